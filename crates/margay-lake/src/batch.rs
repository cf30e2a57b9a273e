//! Events and rejects as Arrow record batches that fit their table exactly.
//!
//! Builders follow the schema that made the events; finishing follows the table, which may have more columns, in
//! another order, at every depth. What the schema does not have becomes null.

use std::collections::HashMap;
use std::sync::Arc;

use deltalake::arrow::array::{
    Array, ArrayRef, Date32Builder, Int32Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
    new_null_array,
};
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::error::ArrowError;
use margay_schema::{Event, Field, Value};

use crate::columns::{EVENT_DATE, EVENT_TIME};
use crate::reject::RejectRow;

mod column;
mod event;
#[cfg(test)]
mod tests;

pub(crate) use event::EventRows;

/// Rows of one record batch: the unit in which events pass from text to Parquet.
pub(crate) const ROWS_MAX: usize = 8_192;
/// Text of one record batch. Arrow's string offsets end at 2 GiB; a batch this small also keeps memory flat.
pub(crate) const TEXT_BYTES_MAX: usize = 64 << 20;
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

/// Cuts rows, in order of time, into runs of one day that each become one record batch, and says which day.
pub(crate) fn cut<R: Row>(rows: &[R]) -> impl Iterator<Item = (i32, &[R])> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let day = rest.first()?.day();
        let mut text_bytes = 0;
        let count = rest
            .iter()
            .take(ROWS_MAX)
            .take_while(|row| {
                let fits = row.day() == day && text_bytes < TEXT_BYTES_MAX;
                text_bytes += row.text_len();
                fits
            })
            .count();
        let (run, later) = rest.split_at(count);
        rest = later;
        Some((day, run))
    })
}

/// Returns the events as one batch with exactly the table's columns.
pub(crate) fn events_to_batch(
    fields: &[Field],
    events: &[Event],
    table: &SchemaRef,
) -> Result<RecordBatch, BatchError> {
    let mut rows = EventRows::new(fields);
    for event in events {
        rows.append(event)?;
    }
    rows.finish(table)
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
            let mut column = finished
                .remove(field.name().as_str())
                .unwrap_or_else(|| new_null_array(field.data_type(), rows));
            // Buffers grow by doubling, and a batch waits in memory for the rest of its commit.
            column.shrink_to_fit();
            column
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(table), columns)?)
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
