//! Events that are to land, collected as the columns that they become.
//!
//! An event is some pieces of memory of its own; its columns are its share of a few. So a batch is collected as columns, from entries that
//! are let go of one by one, and takes about as much memory as the text of its records.
//!
//! Each day has rows of its own, because each becomes a file of its own. Nothing has to be sorted by day afterwards, and files are
//! written one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use deltalake::DeltaTableError;
use deltalake::arrow::array::{AsArray, RecordBatch};
use deltalake::arrow::compute::{SortOptions, sort_to_indices, take_record_batch};
use deltalake::arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use deltalake::arrow::error::ArrowError;
use deltalake::kernel::StructType;
use margay_schema::{Event, Schema, SourceId};

use crate::batch::{self, BatchError, EventRows, Row};
use crate::columns::{self, EVENT_TIME};
use crate::data_file::fit;
use crate::failure::LakeError;

/// Events of one schema, to be landed together.
///
/// - **Shape**: columns, by day. Within a day in the order of their times, as far as they came so: rows that were finished together are
///   sorted, and are then behind those that were finished before.
/// - **Units**: memory grows by about the bytes of the records' text.
pub struct EventColumns {
    schema: Arc<Schema>,
    /// The schema's own columns.
    own: StructType,
    arrow: SchemaRef,
    days: BTreeMap<i32, Day>,
    sources: Vec<SourceId>,
    len: usize,
}

/// An event that does not belong to the schema whose events are collected: the caller mixed them up.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct EventMisfit {
    reason: String,
}

/// The rows of one day.
struct Day {
    open: EventRows,
    /// Text of the open rows.
    text_bytes: usize,
    finished: Vec<RecordBatch>,
}

impl EventColumns {
    /// Starts to collect events of this schema.
    ///
    /// # Errors
    ///
    /// A name that no column can have.
    pub fn new(schema: impl Into<Arc<Schema>>) -> Result<Self, LakeError> {
        let schema = schema.into();
        let own = columns::event_columns(&schema)?;
        let arrow = columns::to_arrow(&own).map_err(|error| {
            LakeError::of_table(
                "describe",
                &schema.log_type().table_name(),
                DeltaTableError::from(error),
            )
        })?;
        Ok(Self {
            schema,
            own,
            arrow,
            days: BTreeMap::new(),
            sources: Vec::new(),
            len: 0,
        })
    }

    /// Collects these events.
    ///
    /// # Errors
    ///
    /// As [`Self::new`] and [`Self::push`].
    pub fn of(schema: &Schema, events: &[Event]) -> Result<Self, EventMisfit> {
        let mut collected = Self::new(schema.clone()).map_err(|error| EventMisfit {
            reason: error.to_string(),
        })?;
        events.iter().try_for_each(|event| collected.push(event))?;
        Ok(collected)
    }

    /// Adds an event. After an error what was collected is of no use any more.
    ///
    /// # Errors
    ///
    /// The event is of another log type, or was made by another schema.
    pub fn push(&mut self, event: &Event) -> Result<(), EventMisfit> {
        let standard = &event.standard;
        if standard.log_type != *self.schema.log_type() {
            let (found, wanted) = (&standard.log_type, self.schema.log_type());
            return Err(EventMisfit {
                reason: format!("an event of `{found}` is in a batch of `{wanted}`"),
            });
        }
        if self.sources.last() != Some(&standard.source_id) && !self.sources.contains(&standard.source_id) {
            self.sources.push(standard.source_id);
        }
        let fields = self.schema.fields();
        let day = self.days.entry(event.day()).or_insert_with(|| Day {
            open: EventRows::new(fields),
            text_bytes: 0,
            finished: Vec::new(),
        });
        day.open.append(event)?;
        day.text_bytes += event.text_len();
        self.len += 1;
        if day.open.count() >= batch::ROWS_MAX || day.text_bytes >= batch::TEXT_BYTES_MAX {
            let rows = std::mem::replace(&mut day.open, EventRows::new(fields));
            day.finished.push(finish(rows, &self.arrow)?);
            day.text_bytes = 0;
        }
        Ok(())
    }

    /// Returns how many events there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Returns the schema's own columns.
    pub(crate) fn own(&self) -> &StructType {
        &self.own
    }

    /// Returns the sources whose events are among these.
    pub(crate) fn sources(&self) -> &[SourceId] {
        &self.sources
    }

    /// Hands over the rows day by day, with exactly the table's columns.
    pub(crate) fn into_days(
        self,
        table: SchemaRef,
    ) -> impl Iterator<Item = Result<(i32, Vec<RecordBatch>), BatchError>> {
        let arrow = self.arrow;
        self.days.into_iter().map(move |(number, day)| {
            let mut batches = day.finished;
            if day.open.count() > 0 {
                batches.push(finish(day.open, &arrow)?);
            }
            if arrow != table {
                for batch in &mut batches {
                    *batch = fit::batch(batch, &table)?;
                }
            }
            Ok((number, batches))
        })
    }
}

impl std::fmt::Debug for EventColumns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventColumns")
            .field("log_type", self.schema.log_type())
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

impl From<BatchError> for EventMisfit {
    fn from(error: BatchError) -> Self {
        Self {
            reason: error.to_string(),
        }
    }
}

/// Neighbours in time become neighbours in files: better compression, and pages that a search for a time can skip.
fn finish(rows: EventRows, arrow: &SchemaRef) -> Result<RecordBatch, BatchError> {
    let batch = rows.finish(arrow)?;
    Ok(in_order_of_time(batch)?)
}

fn in_order_of_time(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let Some(times) = batch.column_by_name(EVENT_TIME) else {
        return Ok(batch);
    };
    if times.as_primitive::<TimestampMicrosecondType>().values().is_sorted() {
        return Ok(batch);
    }
    let order = sort_to_indices(times, Some(SortOptions::default()), None)?;
    take_record_batch(&batch, &order)
}

#[cfg(test)]
mod tests;
