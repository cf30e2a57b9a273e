//! Events and rejects as Arrow record batches that fit their table exactly.
//!
//! Builders follow the schema that made the events; finishing follows the table, which may have more columns, in
//! another order, at every depth. What the schema does not have becomes null.

use std::collections::HashMap;
use std::sync::Arc;

use deltalake::arrow::array::{
    Array, ArrayRef, Date32Builder, Int32Builder, ListArray, ListBuilder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder, new_null_array,
};
use deltalake::arrow::datatypes::{DataType, SchemaRef};
use deltalake::arrow::error::ArrowError;
use margay_schema::{Event, Field, IndicatorColumn, StandardFields, Value};

use crate::columns::{EVENT_DATE, EVENT_TIME};
use crate::reject::RejectRow;

mod column;
#[cfg(test)]
mod tests;

use column::{Builder, Misfit};

/// Rows of one record batch: the unit in which events pass from text to Parquet.
const ROWS_MAX: usize = 8_192;
/// Text of one record batch. Arrow's string offsets end at 2 GiB; a batch this small also keeps memory flat.
const TEXT_BYTES_MAX: usize = 64 << 20;
/// Files written at the same time, each with buffers for every column. A vendor's broken clock must not open thousands.
const DAYS_OPEN_MAX: usize = 16;
const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// Why rows did not become a batch: the caller mixed up schemas.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BatchError {
    #[error("event {row_id} does not fit the batch's schema at `{path}`")]
    Misfit { row_id: String, path: String },
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// A row before it is columns.
pub(crate) trait Row {
    /// Returns about how many bytes of text it brings.
    fn text_len(&self) -> usize;
    /// Returns the day of its partition.
    fn day(&self) -> i32;
}

impl Row for Event {
    fn text_len(&self) -> usize {
        let values: usize = self.values().iter().flatten().map(text_len).sum();
        values + self.standard.unmapped.as_ref().map_or(0, String::len)
    }

    fn day(&self) -> i32 {
        day_of(self.standard.event_time.as_microsecond())
    }
}

impl Row for RejectRow {
    fn text_len(&self) -> usize {
        self.payload.len() + self.error.len()
    }

    fn day(&self) -> i32 {
        day_of(self.parse_time.as_microsecond())
    }
}

/// Cuts rows, in order of time, into runs of whole days whose files are open together.
pub(crate) fn cut_days<R: Row>(rows: &[R]) -> impl Iterator<Item = &[R]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let count = rest
            .chunk_by(|one, next| one.day() == next.day())
            .take(DAYS_OPEN_MAX)
            .map(<[R]>::len)
            .sum();
        let (run, later) = rest.split_at(count);
        rest = later;
        (!run.is_empty()).then_some(run)
    })
}

/// Cuts rows into runs that each become one record batch.
pub(crate) fn cut<R: Row>(rows: &[R]) -> impl Iterator<Item = &[R]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut text_bytes = 0;
        let count = rest
            .iter()
            .take(ROWS_MAX)
            .take_while(|row| {
                let fits = text_bytes < TEXT_BYTES_MAX;
                text_bytes += row.text_len();
                fits
            })
            .count();
        let (run, later) = rest.split_at(count);
        rest = later;
        Some(run)
    })
}

/// Returns the events as one batch with exactly the table's columns.
pub(crate) fn events_to_batch(
    fields: &[Field],
    events: &[Event],
    table: &SchemaRef,
) -> Result<RecordBatch, BatchError> {
    let mut builders: Vec<_> = fields.iter().map(|field| Builder::for_type(&field.value)).collect();
    let mut standard = StandardBuilders::default();
    for event in events {
        let misfit = |path: String| BatchError::Misfit {
            row_id: event.standard.row_id.to_string(),
            path,
        };
        if event.values().len() != fields.len() {
            return Err(misfit("number of fields".to_owned()));
        }
        for ((builder, field), value) in builders.iter_mut().zip(fields).zip(event.values().iter()) {
            builder.append(value).map_err(|Misfit| misfit(field.name.clone()))?;
        }
        standard
            .append(&event.standard)
            .map_err(|Misfit| misfit("p_schema_version".to_owned()))?;
    }
    let mut finished = standard.finish();
    for (builder, field) in builders.into_iter().zip(fields) {
        if let Ok(column) = table.field_with_name(&field.name) {
            finished.insert(&field.name, builder.finish(column.data_type(), events.len())?);
        }
    }
    assemble(finished, events.len(), table)
}

/// Returns the rejects as one batch with exactly the table's columns.
pub(crate) fn rejects_to_batch(rejects: &[RejectRow], table: &SchemaRef) -> Result<RecordBatch, BatchError> {
    let mut texts: [StringBuilder; 8] = Default::default();
    let mut times = TimestampMicrosecondBuilder::new();
    let mut dates = Date32Builder::new();
    let mut versions = Int32Builder::new();
    for reject in rejects {
        let row_id = reject.row_id.to_string();
        let source_id = reject.source_id.to_string();
        let values = [
            reject.log_type.as_str(),
            &row_id,
            reject.log_type.as_str(),
            &reject.record_id,
            &reject.error,
            &reject.payload,
            &source_id,
            &reject.source_label,
        ];
        for (builder, value) in texts.iter_mut().zip(values) {
            builder.append_value(value);
        }
        let micros = reject.parse_time.as_microsecond();
        times.append_value(micros);
        dates.append_value(day_of(micros));
        let version = i32::try_from(reject.schema_version).map_err(|_| BatchError::Misfit {
            row_id,
            path: "p_schema_version".to_owned(),
        })?;
        versions.append_value(version);
    }
    let names = [
        "p_log_type",
        "p_row_id",
        "id",
        "record_id",
        "error",
        "payload",
        "p_source_id",
        "p_source_label",
    ];
    let mut finished: HashMap<&str, ArrayRef> = HashMap::new();
    for (name, mut builder) in names.into_iter().zip(texts) {
        finished.insert(name, Arc::new(builder.finish()));
    }
    let times: ArrayRef = Arc::new(times.finish().with_timezone("UTC"));
    finished.insert(EVENT_TIME, Arc::clone(&times));
    finished.insert("p_parse_time", times);
    finished.insert(EVENT_DATE, Arc::new(dates.finish()));
    finished.insert("p_schema_version", Arc::new(versions.finish()));
    assemble(finished, rejects.len(), table)
}

fn assemble(mut finished: HashMap<&str, ArrayRef>, rows: usize, table: &SchemaRef) -> Result<RecordBatch, BatchError> {
    let columns = table
        .fields()
        .iter()
        .map(|field| {
            finished
                .remove(field.name().as_str())
                .unwrap_or_else(|| new_null_array(field.data_type(), rows))
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(table), columns)?)
}

/// Collects the standard fields.
#[derive(Default)]
struct StandardBuilders {
    log_type: StringBuilder,
    row_id: StringBuilder,
    event_time: TimestampMicrosecondBuilder,
    parse_time: TimestampMicrosecondBuilder,
    schema_version: Int32Builder,
    source_id: StringBuilder,
    source_label: StringBuilder,
    unmapped: StringBuilder,
    event_date: Date32Builder,
    indicators: [ListBuilder<StringBuilder>; IndicatorColumn::ALL.len()],
}

impl StandardBuilders {
    fn append(&mut self, standard: &StandardFields) -> Result<(), Misfit> {
        let micros = standard.event_time.as_microsecond();
        self.log_type.append_value(standard.log_type.as_str());
        self.row_id.append_value(standard.row_id.to_string());
        self.event_time.append_value(micros);
        self.event_date.append_value(day_of(micros));
        self.parse_time.append_value(standard.parse_time.as_microsecond());
        self.schema_version
            .append_value(i32::try_from(standard.schema_version).map_err(|_| Misfit)?);
        self.source_id.append_value(standard.source_id.to_string());
        self.source_label.append_value(&standard.source_label);
        self.unmapped.append_option(standard.unmapped.as_deref());
        for (builder, column) in self.indicators.iter_mut().zip(IndicatorColumn::ALL) {
            let values = standard.indicators.get(column);
            let is_present = values.len() > 0;
            for value in values {
                builder.values().append_value(value);
            }
            builder.append(is_present);
        }
        Ok(())
    }

    fn finish(mut self) -> HashMap<&'static str, ArrayRef> {
        let mut finished: HashMap<&'static str, ArrayRef> = HashMap::from([
            ("p_log_type", Arc::new(self.log_type.finish()) as ArrayRef),
            ("p_row_id", Arc::new(self.row_id.finish())),
            (EVENT_TIME, Arc::new(self.event_time.finish().with_timezone("UTC"))),
            ("p_parse_time", Arc::new(self.parse_time.finish().with_timezone("UTC"))),
            ("p_schema_version", Arc::new(self.schema_version.finish())),
            ("p_source_id", Arc::new(self.source_id.finish())),
            ("p_source_label", Arc::new(self.source_label.finish())),
            ("p_unmapped", Arc::new(self.unmapped.finish())),
            (EVENT_DATE, Arc::new(self.event_date.finish())),
        ]);
        for (mut builder, column) in self.indicators.into_iter().zip(IndicatorColumn::ALL) {
            finished.insert(column.name(), rename_item(&builder.finish()));
        }
        finished
    }
}

/// Gives the list's items the name that the table has for them.
fn rename_item(list: &ListArray) -> ArrayRef {
    use deltalake::arrow::datatypes::Field;
    let item = Arc::new(Field::new("element", DataType::Utf8, true));
    let renamed = ListArray::new(
        item,
        list.offsets().clone(),
        Arc::clone(list.values()),
        list.nulls().cloned(),
    );
    Arc::new(renamed)
}

/// Returns the day, counted from 1970-01-01, of a time in microseconds; days before are negative.
fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(MICROSECONDS_PER_DAY)).expect("64-bit microseconds span 213 million days")
}

fn text_len(value: Value<'_>) -> usize {
    match value {
        Value::String(text) | Value::Json(text) => text.len(),
        Value::Array(values) | Value::Object(values) => values.iter().flatten().map(text_len).sum(),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Timestamp(_) => 0,
    }
}
