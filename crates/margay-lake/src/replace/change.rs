//! What is to become of which rows.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::row::{RowConverter, Rows, SortField};
use deltalake::kernel::StructType;
use margay_schema::{Event, Field};

use super::{ReplaceError, RowKey, fit};
use crate::batch::{self, BatchError, Row};
use crate::columns;
use crate::reject::RejectRow;

/// What is to become of a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// It becomes the incoming row of the same number, which is added if there is none.
    Become,
    /// It goes.
    Vanish,
    /// It stays; whether it is there is the question.
    Stay,
}

/// What is to become of which rows, by their ids.
///
/// - **Invariant**: the wishes of the incoming rows come first, in their order.
pub(super) struct Change {
    pub(super) incoming: Incoming,
    pub(super) wishes: Vec<Wish>,
    /// The number of each row's wish.
    numbers: HashMap<String, usize>,
    /// The times, in microseconds, between which all the rows were journalled; `None` if there are none.
    parse_times: Option<RangeInclusive<i64>>,
}

impl Change {
    /// Begins a change by the rows that come in.
    pub(super) fn new(incoming: Incoming) -> Self {
        let mut change = Self {
            wishes: Vec::with_capacity(incoming.keys.len()),
            numbers: HashMap::with_capacity(incoming.keys.len()),
            parse_times: None,
            incoming,
        };
        for key in std::mem::take(&mut change.incoming.keys) {
            change.wish(Wish::Become, key);
        }
        change
    }

    /// Adds rows that go.
    pub(super) fn remove(mut self, keys: impl IntoIterator<Item = RowKey>) -> Self {
        keys.into_iter().for_each(|key| self.wish(Wish::Vanish, key));
        self
    }

    /// Adds rows to look for.
    pub(super) fn seek(mut self, keys: impl IntoIterator<Item = RowKey>) -> Self {
        keys.into_iter().for_each(|key| self.wish(Wish::Stay, key));
        self
    }

    /// Notes a wish, unless there is one for the row.
    fn wish(&mut self, wish: Wish, key: RowKey) {
        let number = self.wishes.len();
        if *self.numbers.entry(key.row_id.to_string()).or_insert(number) != number {
            return;
        }
        self.wishes.push(wish);
        let micros = key.parse_time.as_microsecond();
        self.parse_times = Some(match self.parse_times.take() {
            Some(times) => micros.min(*times.start())..=micros.max(*times.end()),
            None => micros..=micros,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wishes.is_empty()
    }

    /// Returns the number of the row's wish.
    pub(super) fn number_of(&self, row_id: &str) -> Option<usize> {
        self.numbers.get(row_id).copied()
    }

    /// Returns the ids of the rows with these numbers.
    pub(super) fn ids_of(&self, is_wanted: impl Fn(usize) -> bool) -> HashSet<String> {
        let wanted = self.numbers.iter().filter(|(_, number)| is_wanted(**number));
        wanted.map(|(id, _)| id.clone()).collect()
    }

    /// Returns whether rows that were journalled between these times, in microseconds, can be among those of the change.
    pub(super) fn may_concern(&self, from: i64, through: i64) -> bool {
        let times = self.parse_times.as_ref();
        times.is_some_and(|times| from <= *times.end() && through >= *times.start())
    }
}

/// Rows that come in, as record batches of the table's columns.
pub(super) struct Incoming {
    schema: SchemaRef,
    /// Batches, by runs of days whose files are open together.
    pub(super) runs: Vec<Vec<RecordBatch>>,
    /// The rows' keys, in the order of the batches; taken by the change.
    keys: Vec<RowKey>,
}

impl Incoming {
    pub(super) fn events(fields: &[Field], mut events: Vec<Event>, wanted: &StructType) -> Result<Self, ReplaceError> {
        let mut seen = HashSet::with_capacity(events.len());
        events.retain(|event| seen.insert(event.standard.row_id));
        // Neighbours in time become neighbours in files, as when they land.
        events.sort_by_key(|event| event.standard.event_time);
        let keys = events.iter().map(|event| RowKey {
            row_id: event.standard.row_id,
            parse_time: event.standard.parse_time,
        });
        let keys = keys.collect();
        Self::of(&events, keys, wanted, |run, schema| {
            batch::events_to_batch(fields, run, schema)
        })
    }

    pub(super) fn rejects(mut rejects: Vec<RejectRow>, wanted: &StructType) -> Result<Self, ReplaceError> {
        let mut seen = HashSet::with_capacity(rejects.len());
        rejects.retain(|reject| seen.insert(reject.row_id));
        rejects.sort_by_key(|reject| reject.parse_time);
        let keys = rejects.iter().map(|reject| RowKey {
            row_id: reject.row_id,
            parse_time: reject.parse_time,
        });
        let keys = keys.collect();
        Self::of(&rejects, keys, wanted, batch::rejects_to_batch)
    }

    fn of<R: Row>(
        rows: &[R],
        keys: Vec<RowKey>,
        wanted: &StructType,
        to_batch: impl Fn(&[R], &SchemaRef) -> Result<RecordBatch, BatchError>,
    ) -> Result<Self, ReplaceError> {
        let malformed = |error: BatchError| ReplaceError::Malformed {
            reason: error.to_string(),
        };
        let schema = columns::to_arrow(wanted).map_err(|error| malformed(error.into()))?;
        let mut runs = Vec::new();
        for days in batch::cut_days(rows) {
            let batches = batch::cut(days).map(|run| to_batch(run, &schema));
            runs.push(batches.collect::<Result<Vec<_>, _>>().map_err(malformed)?);
        }
        Ok(Self { schema, runs, keys })
    }

    /// Gives the rows the columns that the table has now.
    pub(super) fn fit(&mut self, schema: &SchemaRef) -> Result<(), ArrowError> {
        if self.schema == *schema {
            return Ok(());
        }
        for batch in self.runs.iter_mut().flatten() {
            *batch = fit::batch(batch, schema)?;
        }
        self.schema = SchemaRef::clone(schema);
        Ok(())
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Returns the rows in a form that is equal for equal rows, and what makes the same of others.
    pub(super) fn comparable(&self) -> Result<(RowConverter, Rows), ArrowError> {
        let fields = self.schema.fields().iter();
        let converter = RowConverter::new(fields.map(|field| SortField::new(field.data_type().clone())).collect())?;
        let mut rows = converter.empty_rows(0, 0);
        for batch in self.runs.iter().flatten() {
            converter.append(&mut rows, batch.columns())?;
        }
        Ok((converter, rows))
    }
}
