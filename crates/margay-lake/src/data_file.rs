//! One data file of a table: where it is, which days and times it holds, and its rows as the table has them now.
//!
//! A file is read row group by row group and batch by batch: however large it is and however well its text is encoded, some
//! tens of megabytes of it are in memory ([`decoded`] has how).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Date32Array, RecordBatch, RecordBatchOptions};
use deltalake::arrow::datatypes::{DataType, Field, Schema as ArrowSchema, SchemaRef, TimeUnit};
use deltalake::arrow::error::ArrowError;
use deltalake::kernel::{LogicalFileView, Remove};
use deltalake::parquet::arrow::ProjectionMask;
use deltalake::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use deltalake::parquet::file::statistics::Statistics as ColumnStatistics;
use deltalake::{DeltaTable, DeltaTableError};
use jiff::Span;
use jiff::civil::Date;

use crate::columns::{EVENT_DATE, EVENT_TIME};
use crate::failure::LakeError;
use crate::table::Table;

mod decoded;
pub(crate) mod fit;
mod new_file;
mod statistics;

pub(crate) use new_file::{NewFiles, discard_all};
use statistics::Statistics;

/// The day from which days are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);
/// The column by which rows are known.
pub(crate) const ROW_ID: &str = "p_row_id";
/// When a row's record was journalled: a column by whose range files and row groups are passed over.
pub(crate) const PARSE_TIME: &str = "p_parse_time";

/// A live data file of one version of a table.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    path: PathBuf,
    /// The day of its partition, counted from 1970-01-01.
    day: i32,
    /// Its bytes, as the log says.
    size: u64,
    /// Its rows, if the log says it.
    rows: Option<usize>,
    /// The first and last time, in microseconds, at which its rows were journalled, if the log says it.
    parse_times: Option<(i64, i64)>,
    /// The first and last time, in microseconds, of its rows' events, if the log says it.
    event_times: Option<(i64, i64)>,
    /// What takes it out of the table.
    pub(crate) remove: Remove,
}

impl DataFile {
    /// Returns the live files of this version of the table.
    pub(crate) fn all(table: &Table, delta: &DeltaTable) -> Result<Vec<Self>, LakeError> {
        let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
        let log = state.log_data();
        let files = log.iter().map(|view| Self::of(table, &view));
        files
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| table.failed("read", error))
    }

    pub(crate) fn of(table: &Table, view: &LogicalFileView) -> Result<Self, DeltaTableError> {
        if view.deletion_vector_descriptor().is_some() {
            // Its rows would come back to life. Margay's tables have none unless somebody else turned them on.
            let reason = format!("{} has a deletion vector, which Margay does not read", view.path());
            return Err(DeltaTableError::Generic(reason));
        }
        let day = view.partition_values_map().remove(EVENT_DATE).flatten();
        let day = day_of(day.as_deref(), &view.path())?;
        let statistics = view.stats().as_deref().map(Statistics::parse).unwrap_or_default();
        Ok(Self {
            path: table.folder().join(view.object_store_path().as_ref()),
            day,
            rows: view.num_records(),
            size: u64::try_from(view.size()).unwrap_or_default(),
            parse_times: statistics.times(PARSE_TIME),
            event_times: statistics.times(EVENT_TIME),
            remove: view.remove_action(true),
        })
    }

    pub(crate) fn day(&self) -> i32 {
        self.day
    }

    /// Returns the range of times at which the rows were journalled, as wide as it may be.
    pub(crate) fn parse_times(&self) -> (i64, i64) {
        self.parse_times.unwrap_or((i64::MIN, i64::MAX))
    }

    /// Returns the range of the times of the rows' events, as wide as it may be. The day of the partition says nothing that
    /// can be relied on: whoever looks for rows in the wrong place finds them by the times.
    pub(crate) fn event_times(&self) -> (i64, i64) {
        self.event_times.unwrap_or((i64::MIN, i64::MAX))
    }

    /// Returns where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns its place within the table's folder, as the log names it.
    pub(crate) fn name(&self) -> &str {
        &self.remove.path
    }

    /// Returns how many bytes the log says it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns how many rows the log says it has; none if it does not say it.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.unwrap_or_default() as u64
    }

    /// Opens the file to read rows in these columns, the table's or some of them.
    pub(crate) fn open(&self, columns: &SchemaRef) -> Result<OpenFile, DeltaTableError> {
        let file = open(&self.path)?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|error| {
            let reason = format!("{} cannot be read: {error}", self.path.display());
            DeltaTableError::Generic(reason)
        })?;
        Ok(OpenFile {
            path: self.path.clone(),
            day: self.day,
            columns: Arc::clone(columns),
            metadata,
        })
    }
}

/// A data file whose footer has been read.
#[derive(Debug, Clone)]
pub(crate) struct OpenFile {
    path: PathBuf,
    day: i32,
    columns: SchemaRef,
    metadata: ArrowReaderMetadata,
}

impl OpenFile {
    /// Returns how many row groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Returns how many rows a row group has.
    pub(crate) fn rows_of(&self, group: usize) -> usize {
        usize::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or_default()
    }

    /// Returns the range of times at which the rows of a group were journalled, as wide as it may be.
    pub(crate) fn parse_times_of(&self, group: usize) -> (i64, i64) {
        self.times_of(group, PARSE_TIME).unwrap_or((i64::MIN, i64::MAX))
    }

    /// Returns the range of the times of the events of a group, as wide as it may be.
    pub(crate) fn event_times_of(&self, group: usize) -> (i64, i64) {
        self.times_of(group, EVENT_TIME).unwrap_or((i64::MIN, i64::MAX))
    }

    fn times_of(&self, group: usize, name: &str) -> Option<(i64, i64)> {
        let field = self.metadata.schema().field_with_name(name).ok()?;
        if !matches!(field.data_type(), DataType::Timestamp(TimeUnit::Microsecond, _)) {
            return None;
        }
        let mut columns = self.metadata.metadata().row_group(group).columns().iter();
        let column = columns.find(|column| matches!(column.column_path().parts(), [only] if only == name))?;
        match column.statistics()? {
            ColumnStatistics::Int64(statistics) => Some((*statistics.min_opt()?, *statistics.max_opt()?)),
            _ => None,
        }
    }

    /// Reads the selected rows of a group, all of them without a selection, with the columns that the file was opened for.
    pub(crate) fn read(
        &self,
        group: usize,
        selection: Option<RowSelection>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + use<>, DeltaTableError> {
        self.read_columns(group, selection, &self.columns)
    }

    /// As [`OpenFile::read`], but only this column.
    pub(crate) fn read_column(
        &self,
        group: usize,
        name: &str,
    ) -> Result<impl Iterator<Item = Result<ArrayRef, ArrowError>> + Send + use<>, DeltaTableError> {
        let field = self.columns.field_with_name(name)?.clone();
        let columns = Arc::new(ArrowSchema::new(vec![field]));
        let batches = self.read_columns(group, None, &columns)?;
        Ok(batches.map(|batch| batch.map(|batch| Arc::clone(batch.column(0)))))
    }

    /// As [`OpenFile::read`], but only these columns.
    pub(crate) fn read_columns(
        &self,
        group: usize,
        selection: Option<RowSelection>,
        columns: &SchemaRef,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + use<>, DeltaTableError> {
        let file = open(&self.path)?;
        let roots = self
            .metadata
            .parquet_schema()
            .root_schema()
            .get_fields()
            .iter()
            .enumerate();
        let is_wanted = |name: &str| columns.field_with_name(name).is_ok();
        let roots = roots.filter(|(_, root)| is_wanted(root.name())).map(|(at, _)| at);
        let projection = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
        let rows_max = decoded::batch_rows(self.metadata.metadata().row_group(group), &projection);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(projection)
            .with_batch_size(rows_max);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        let (day, columns) = (self.day, Arc::clone(columns));
        Ok(builder
            .build()?
            .map(move |batch| fit::batch(&with_day(&batch?, day)?, &columns)))
    }
}

/// Opens a file; an error says which.
fn open(path: &Path) -> std::io::Result<File> {
    File::open(path).map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Adds the day, which is in the file's place and not in the file.
fn with_day(rows: &RecordBatch, day: i32) -> Result<RecordBatch, ArrowError> {
    if rows.column_by_name(EVENT_DATE).is_some() {
        return Ok(rows.clone());
    }
    let count = rows.num_rows();
    let mut fields = rows.schema().fields().to_vec();
    fields.push(Arc::new(Field::new(EVENT_DATE, DataType::Date32, true)));
    let mut columns = rows.columns().to_vec();
    columns.push(Arc::new(Date32Array::from_value(day, count)));
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    RecordBatch::try_new_with_options(Arc::new(ArrowSchema::new(fields)), columns, &options)
}

/// Returns the day that the log says of a file, counted from 1970-01-01.
///
/// A file without a day is an error: its rows would be written anew without the day that they had.
fn day_of(day: Option<&str>, path: &str) -> Result<i32, DeltaTableError> {
    let error = |reason: String| DeltaTableError::Generic(format!("{path} {reason}"));
    let text = day.ok_or_else(|| error(format!("has no partition value `{EVENT_DATE}`")))?;
    // Years before 0 stand in the log with four digits, and are read with six.
    let parsed = match text.strip_prefix('-') {
        Some(rest) if rest.find('-') == Some(4) => format!("-00{rest}").parse::<Date>(),
        _ => text.parse::<Date>(),
    };
    match parsed {
        Ok(day) => Ok(days_since_epoch(day)),
        Err(_) => Err(error(format!(
            "has the partition value `{EVENT_DATE}={text}`, which is not a day"
        ))),
    }
}

/// Returns a day, counted from 1970-01-01, as the log has it.
fn day_text(day: i32) -> String {
    let day = EPOCH.saturating_add(Span::new().days(day));
    // Years before 0 stand there with four digits.
    match day.year() {
        year @ ..0 => format!("-{:04}-{:02}-{:02}", year.unsigned_abs(), day.month(), day.day()),
        _ => day.to_string(),
    }
}

fn days_since_epoch(day: Date) -> i32 {
    (day - EPOCH).get_days()
}

#[cfg(test)]
mod tests;
