//! Events and rejects that come in, as record batches that can be compared with the rows of a table.

use std::collections::HashSet;

use deltalake::DeltaTableError;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::row::{RowConverter, Rows, SortField};
use deltalake::kernel::StructType;
use deltalake::parquet::arrow::arrow_reader::RowSelection;
use margay_schema::{Event, Field};

use crate::batch::{self, BatchError, Row};
use crate::columns;
use crate::data_file::{OpenFile, fit};
use crate::reject::RejectRow;
use crate::replace::RowKey;

/// Rows that come in, as record batches of the table's columns.
pub(crate) struct Incoming {
    schema: SchemaRef,
    /// Batches, each of one day.
    pub(crate) batches: Vec<RecordBatch>,
    /// The rows' keys, in the order of the batches; taken by the change.
    keys: Vec<RowKey>,
}

impl Incoming {
    pub(crate) fn events(fields: &[Field], mut events: Vec<Event>, wanted: &StructType) -> Result<Self, BatchError> {
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

    pub(crate) fn rejects(mut rejects: Vec<RejectRow>, wanted: &StructType) -> Result<Self, BatchError> {
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

    /// Makes rows that were read from a table come in again.
    pub(crate) fn read(schema: SchemaRef, rows: Vec<(RowKey, RecordBatch)>) -> Self {
        let (keys, batches) = rows.into_iter().unzip();
        Self { schema, batches, keys }
    }

    fn of<R: Row>(
        rows: &[R],
        keys: Vec<RowKey>,
        wanted: &StructType,
        to_batch: impl Fn(&[R], &SchemaRef) -> Result<RecordBatch, BatchError>,
    ) -> Result<Self, BatchError> {
        let schema = columns::to_arrow(wanted)?;
        let batches = batch::cut(rows).map(|(_, run)| to_batch(run, &schema));
        let batches = batches.collect::<Result<_, _>>()?;
        Ok(Self { schema, batches, keys })
    }

    /// Gives the rows the columns that the table has now.
    pub(crate) fn fit(&mut self, schema: &SchemaRef) -> Result<(), ArrowError> {
        if self.schema == *schema {
            return Ok(());
        }
        for batch in &mut self.batches {
            *batch = fit::batch(batch, schema)?;
        }
        self.schema = SchemaRef::clone(schema);
        Ok(())
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Returns the rows' keys, in the order of the batches; none once they were taken.
    pub(crate) fn keys(&self) -> &[RowKey] {
        &self.keys
    }

    /// Hands over the rows' keys.
    pub(crate) fn take_keys(&mut self) -> Vec<RowKey> {
        std::mem::take(&mut self.keys)
    }

    /// Returns the rows in a form that is equal for equal rows.
    pub(crate) fn comparable(&self) -> Result<Comparable, ArrowError> {
        let fields = self.schema.fields().iter();
        let converter = RowConverter::new(fields.map(|field| SortField::new(field.data_type().clone())).collect())?;
        let mut rows = converter.empty_rows(0, 0);
        for batch in &self.batches {
            converter.append(&mut rows, batch.columns())?;
        }
        Ok(Comparable { converter, rows })
    }
}

/// The incoming rows in a form that is equal for equal rows.
pub(crate) struct Comparable {
    converter: RowConverter,
    rows: Rows,
}

impl Comparable {
    /// Returns, for these rows of the group in their order, whether each equals the incoming row of its number. The file is
    /// open with the incoming rows' columns.
    pub(crate) fn compare(
        &self,
        open: &OpenFile,
        group: usize,
        rows: &[(usize, usize)],
    ) -> Result<Vec<bool>, DeltaTableError> {
        let mut same = Vec::with_capacity(rows.len());
        if rows.is_empty() {
            return Ok(same);
        }
        let ranges = rows.iter().map(|(row, _)| *row..*row + 1);
        let selection = RowSelection::from_consecutive_ranges(ranges, open.rows_of(group));
        for batch in open.read(group, Some(selection))? {
            let there = self.converter.convert_columns(batch?.columns())?;
            for row in &there {
                let (_, number) = rows[same.len()];
                same.push(row == self.rows.row(number));
            }
        }
        assert_eq!(same.len(), rows.len(), "every selected row was read");
        Ok(same)
    }
}
