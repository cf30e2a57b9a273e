//! Which columns of two rows differ.

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use deltalake::arrow::compute::interleave;
use deltalake::arrow::datatypes::DataType;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::row::{RowConverter, SortField};
use deltalake::parquet::arrow::arrow_reader::RowSelection;

use super::canonical::canonical;
use crate::data_file::OpenFile;
use crate::incoming::Incoming;

/// Returns, for these rows of the group in their order, which columns say something else than the incoming row of their
/// number. The file is open with the incoming rows' columns; `is_json` tells the columns that hold JSON.
pub(super) fn columns_that_differ(
    incoming: &Incoming,
    open: &OpenFile,
    group: usize,
    rows: &[(usize, usize)],
    is_json: &[bool],
) -> Result<Vec<Vec<usize>>, DeltaTableError> {
    let mut differing = Vec::with_capacity(rows.len());
    if rows.is_empty() {
        return Ok(differing);
    }
    let ranges = rows.iter().map(|(row, _)| *row..*row + 1);
    let selection = RowSelection::from_consecutive_ranges(ranges, open.rows_of(group));
    for there in open.read(group, Some(selection))? {
        let there = there?;
        let first = differing.len();
        let numbers = rows[first..first + there.num_rows()].iter().map(|(_, number)| *number);
        let here = rows_of(incoming, numbers.collect())?;
        differing.resize(first + there.num_rows(), Vec::new());
        for (column, (there, here)) in there.columns().iter().zip(here.columns()).enumerate() {
            for row in rows_that_differ(there, here, is_json[column])? {
                differing[first + row].push(column);
            }
        }
    }
    assert_eq!(differing.len(), rows.len(), "every selected row was read");
    Ok(differing)
}

/// Returns the incoming rows with these numbers.
fn rows_of(incoming: &Incoming, numbers: Vec<usize>) -> Result<RecordBatch, ArrowError> {
    let batches: Vec<&RecordBatch> = incoming.batches.iter().collect();
    let mut ends = Vec::with_capacity(batches.len());
    let mut end = 0;
    for batch in &batches {
        end += batch.num_rows();
        ends.push(end);
    }
    let places = numbers.into_iter().map(|number| {
        let batch = ends.partition_point(|end| *end <= number);
        (batch, number + batches[batch].num_rows() - ends[batch])
    });
    let places: Vec<(usize, usize)> = places.collect();
    let columns = (0..incoming.schema().fields().len()).map(|column| {
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(column).as_ref()).collect();
        interleave(&parts, &places)
    });
    RecordBatch::try_new(incoming.schema().clone(), columns.collect::<Result<Vec<_>, _>>()?)
}

fn rows_that_differ(one: &ArrayRef, other: &ArrayRef, is_json: bool) -> Result<Vec<usize>, ArrowError> {
    let converter = RowConverter::new(vec![SortField::new(one.data_type().clone())])?;
    let ones = converter.convert_columns(std::slice::from_ref(one))?;
    let others = converter.convert_columns(std::slice::from_ref(other))?;
    let mut differing: Vec<usize> = (0..one.len()).filter(|at| ones.row(*at) != others.row(*at)).collect();
    if is_json && *one.data_type() == DataType::Utf8 {
        let (one, other) = (one.as_string::<i32>(), other.as_string::<i32>());
        differing.retain(|&at| {
            let is_text = one.is_valid(at) && other.is_valid(at);
            !is_text || canonical(one.value(at)) != canonical(other.value(at))
        });
    }
    Ok(differing)
}
