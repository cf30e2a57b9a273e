//! Reading the classification failures of a source, as they were at one moment, in portions.

use std::collections::VecDeque;
use std::sync::Arc;

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, AsArray, RecordBatch};
use deltalake::arrow::datatypes::{Int32Type, SchemaRef, TimestampMicrosecondType};
use deltalake::arrow::error::ArrowError;
use jiff::Timestamp;
use margay_schema::{RowId, SourceId};

use crate::columns;
use crate::data_file::{DataFile, OpenFile};
use crate::failure::LakeError;
use crate::lake::Inner;
use crate::reject::RejectRow;
use crate::table::{CLASSIFICATION_FAILURES, failed};
use crate::workers::Workers;

/// Rows of one portion, however short their records are: as many as a landing's batch of short records has.
const PORTION_ROWS_MAX: usize = 100_000;

/// The classification failures of a source, as they were when this was asked for: what is settled meanwhile still comes.
///
/// - **Invariant**: a row comes once; rows come in no particular order.
pub struct Failures {
    lake: Arc<Inner>,
    /// `None` only while a portion is read; for good after an error.
    reading: Option<Reading>,
}

/// Where reading stands.
struct Reading {
    columns: SchemaRef,
    source_id: SourceId,
    /// Rows that were journalled before are left out, in microseconds.
    since: i64,
    files: VecDeque<DataFile>,
    open: Option<(OpenFile, usize)>,
    batches: Option<Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>>,
    /// Rows that were decoded with others and were too many for a portion.
    rest: VecDeque<RejectRow>,
}

impl Failures {
    pub(crate) async fn open(
        lake: Arc<Inner>,
        source_id: SourceId,
        since: Option<Timestamp>,
    ) -> Result<Self, LakeError> {
        let table = &lake.rejects;
        let delta = table.fresh().await?;
        let since = since.map_or(i64::MIN, Timestamp::as_microsecond);
        let mut files = DataFile::all(table, &delta)?;
        files.retain(|file| file.parse_times().1 >= since);
        let columns = columns::to_arrow(&columns::reject_columns()).map_err(|error| read_error(error.into()))?;
        let reading = Reading {
            columns,
            source_id,
            since,
            files: files.into(),
            open: None,
            batches: None,
            rest: VecDeque::new(),
        };
        Ok(Self {
            lake,
            reading: Some(reading),
        })
    }

    /// Returns the next rows, until `bytes_max` bytes of raw records or 100,000 rows are reached; at least one if there is
    /// any, `None` at the end.
    ///
    /// # Errors
    ///
    /// The table cannot be read. There is nothing more after an error.
    pub async fn next(&mut self, bytes_max: usize) -> Result<Option<Vec<RejectRow>>, LakeError> {
        let Some(mut reading) = self.reading.take() else {
            return Ok(None);
        };
        let workers: &Workers = &self.lake.workers;
        let portion = workers.run_blocking(move || {
            let rows = reading.portion(bytes_max)?;
            Ok::<_, DeltaTableError>((reading, rows))
        });
        let (reading, rows) = portion.await.map_err(|_| LakeError::Closing)?.map_err(read_error)?;
        self.reading = Some(reading);
        Ok((!rows.is_empty()).then_some(rows))
    }
}

impl std::fmt::Debug for Failures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Failures").finish_non_exhaustive()
    }
}

impl Reading {
    fn portion(&mut self, bytes_max: usize) -> Result<Vec<RejectRow>, DeltaTableError> {
        let mut portion = Vec::new();
        let mut bytes = 0;
        loop {
            while let Some(row) = self.rest.pop_front() {
                bytes += row.payload.len();
                portion.push(row);
                if bytes >= bytes_max || portion.len() >= PORTION_ROWS_MAX {
                    return Ok(portion);
                }
            }
            match self.next_batch()? {
                Some(batch) => self.decode(&batch)?,
                None => return Ok(portion),
            }
        }
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, DeltaTableError> {
        loop {
            if let Some(batch) = self.batches.as_mut().and_then(Iterator::next) {
                return Ok(Some(batch?));
            }
            let (open, group) = match self.open.take() {
                Some((open, group)) if group < open.groups() => (open, group),
                _ => match self.files.pop_front() {
                    Some(file) => (file.open(&self.columns)?, 0),
                    None => return Ok(None),
                },
            };
            self.batches = (group < open.groups() && open.parse_times_of(group).1 >= self.since)
                .then(|| open.read(group, None))
                .transpose()?
                .map(|batches| Box::new(batches) as Box<_>);
            self.open = Some((open, group + 1));
        }
    }

    /// Keeps the rows of the batch that are asked for.
    fn decode(&mut self, batch: &RecordBatch) -> Result<(), DeltaTableError> {
        let text = |name: &str| batch.column_by_name(name).map(AsArray::as_string::<i32>);
        let columns = [
            "p_source_id",
            "p_log_type",
            "p_row_id",
            "record_id",
            "payload",
            "error",
            "p_source_label",
        ];
        let [
            Some(source),
            Some(log_type),
            Some(id),
            Some(record_id),
            Some(payload),
            Some(error),
            Some(label),
        ] = columns.map(text)
        else {
            return Err(DeltaTableError::Generic("a column is missing".to_owned()));
        };
        let (Some(times), Some(versions)) = (
            batch.column_by_name("p_parse_time"),
            batch.column_by_name("p_schema_version"),
        ) else {
            return Err(DeltaTableError::Generic("a column is missing".to_owned()));
        };
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let versions = versions.as_primitive::<Int32Type>();
        let source_id = self.source_id.to_string();
        for at in 0..batch.num_rows() {
            if source.value(at) != source_id || times.value(at) < self.since {
                continue;
            }
            let row_id = RowId::of(self.source_id, record_id.value(at));
            let (Ok(log_type), Ok(parse_time), Ok(schema_version)) = (
                log_type.value(at).parse(),
                Timestamp::from_microsecond(times.value(at)),
                u32::try_from(versions.value(at)),
            ) else {
                tracing::warn!(row_id = id.value(at), "a row that Margay did not write is left alone");
                continue;
            };
            if payload.is_null(at) || row_id.to_string() != id.value(at) {
                tracing::warn!(row_id = id.value(at), "a row that Margay did not write is left alone");
                continue;
            }
            self.rest.push_back(RejectRow {
                log_type,
                row_id,
                record_id: record_id.value(at).to_owned(),
                payload: payload.value(at).to_owned(),
                error: error.value(at).to_owned(),
                parse_time,
                source_id: self.source_id,
                source_label: label.value(at).to_owned(),
                schema_version,
            });
        }
        Ok(())
    }
}

fn read_error(error: DeltaTableError) -> LakeError {
    failed("read", CLASSIFICATION_FAILURES, error)
}
