//! What a table's log says of the values in a data file.
//!
//! The format is Delta's: JSON with the smallest and largest value of some columns, times cut to whole milliseconds
//! (Delta Transaction Log Protocol, "Per-file Statistics", 2026-11-27).

use deltalake::parquet::basic::{LogicalType, TimeUnit};
use deltalake::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use deltalake::parquet::file::statistics::Statistics as ColumnStatistics;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::columns::STATISTICS_COLUMNS;

/// Statistics of a log entry are cut to whole milliseconds.
const STEP_MICROS: i64 = 1_000;

/// What a log entry says of its file.
#[derive(Default)]
pub(super) struct Statistics(Value);

impl Statistics {
    /// Reads the text of a log entry; one that is no JSON says nothing.
    pub(super) fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// Returns what the log is to say of a file that has this footer.
    pub(super) fn of(footer: &ParquetMetaData) -> Self {
        let (mut smallest, mut largest, mut nulls) = (Map::new(), Map::new(), Map::new());
        for name in STATISTICS_COLUMNS.split(',') {
            let columns = footer.file_metadata().schema_descr().columns().iter();
            let mut columns = columns.enumerate();
            let Some((at, column)) =
                columns.find(|(_, column)| matches!(column.path().parts(), [only] if only == name))
            else {
                continue;
            };
            let Some(span) = Span::of(footer.row_groups(), at) else {
                continue;
            };
            nulls.insert(name.to_owned(), span.nulls.into());
            let logical = column.logical_type_ref();
            let text = |value: Option<Bound<'_>>| value?.to_text(logical);
            // One without the other would be right, but not every reader expects it.
            if let (Some(min), Some(max)) = (text(span.min), text(span.max)) {
                smallest.insert(name.to_owned(), min.into());
                largest.insert(name.to_owned(), max.into());
            }
        }
        let members = [
            ("numRecords", footer.file_metadata().num_rows().into()),
            ("minValues", Value::Object(smallest)),
            ("maxValues", Value::Object(largest)),
            ("nullCount", Value::Object(nulls)),
        ];
        Self(Value::Object(
            members
                .map(|(key, value)| (key.to_owned(), value))
                .into_iter()
                .collect(),
        ))
    }

    /// Returns the text for a log entry.
    pub(super) fn to_text(&self) -> String {
        self.0.to_string()
    }

    /// Returns between which times, in microseconds, the column's values lie.
    pub(super) fn times(&self, column: &str) -> Option<(i64, i64)> {
        let time = |which: &str| {
            let text = self.0.get(which)?.get(column)?.as_str()?;
            text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
        };
        Some((time("minValues")?, time("maxValues")?.saturating_add(STEP_MICROS)))
    }
}

/// The values of a column over some row groups.
#[derive(Default)]
struct Span<'a> {
    min: Option<Bound<'a>>,
    max: Option<Bound<'a>>,
    nulls: u64,
}

/// A smallest or largest value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bound<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

impl<'a> Span<'a> {
    /// Returns the span of a column, `None` if a row group does not say it.
    fn of(groups: &'a [RowGroupMetaData], column: usize) -> Option<Self> {
        let mut span = Self::default();
        for group in groups {
            let statistics = group.column(column).statistics()?;
            let nulls = statistics.null_count_opt()?;
            span.nulls += nulls;
            if u64::try_from(group.num_rows()).is_ok_and(|rows| rows == nulls) {
                continue;
            }
            let (min, max) = match statistics {
                ColumnStatistics::Int64(values) => {
                    (Bound::Number(*values.min_opt()?), Bound::Number(*values.max_opt()?))
                }
                ColumnStatistics::ByteArray(values) => (
                    Bound::Bytes(values.min_bytes_opt()?),
                    Bound::Bytes(values.max_bytes_opt()?),
                ),
                _ => return None,
            };
            span.min = Some(span.min.map_or(min, |known| known.min(min)));
            span.max = Some(span.max.map_or(max, |known| known.max(max)));
        }
        Some(span)
    }
}

impl Bound<'_> {
    /// Returns the value as Delta writes it, `None` if it is of no kind that is written here.
    fn to_text(self, logical: Option<&LogicalType>) -> Option<String> {
        match (self, logical?) {
            (Bound::Number(micros), LogicalType::Timestamp(kind)) if kind.unit == TimeUnit::MICROS => time_text(micros),
            // A text that was cut in the middle of a character is no text, and stands for no value then.
            (Bound::Bytes(bytes), LogicalType::String) => std::str::from_utf8(bytes).ok().map(str::to_owned),
            _ => None,
        }
    }
}

/// Returns a time as the log has it, cut to milliseconds; `None` before year 0, which writers spell in different ways.
fn time_text(micros: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(micros.div_euclid(STEP_MICROS)).ok()?;
    let text = if time.subsec_nanosecond() == 0 {
        time.to_string()
    } else {
        format!("{time:.3}")
    };
    (!text.starts_with('-')).then_some(text)
}

#[cfg(test)]
mod tests;
