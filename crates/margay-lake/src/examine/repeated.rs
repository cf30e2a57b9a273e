//! The rows of records that have more than one: whether they are equal.

use std::collections::{BTreeMap, BTreeSet};

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use deltalake::arrow::compute::take_record_batch;
use deltalake::arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use deltalake::arrow::row::{OwnedRow, RowConverter, SortField};
use deltalake::parquet::arrow::arrow_reader::RowSelection;
use jiff::Timestamp;
use margay_schema::RowId;

use crate::data_file::{DataFile, OpenFile, PARSE_TIME, ROW_ID};
use crate::replace::RowKey;

/// Records that have more than one row.
#[derive(Default)]
pub(super) struct Copies {
    /// Those whose rows are equal, with one of the rows.
    pub(super) equal: Vec<(RowKey, RecordBatch)>,
    /// Those whose rows say different things.
    pub(super) contradicted: Vec<RowId>,
}

/// The first row that was met of a record.
struct First {
    row: OwnedRow,
    batch: RecordBatch,
}

/// Reads all rows of these records, in these columns, and compares them. Memory holds one row of each record.
pub(super) fn copies(files: &[&DataFile], columns: &SchemaRef, ids: &[RowId]) -> Result<Copies, DeltaTableError> {
    let wanted: BTreeSet<RowId> = ids.iter().copied().collect();
    if wanted.is_empty() {
        return Ok(Copies::default());
    }
    let fields = columns.fields().iter();
    let converter = RowConverter::new(fields.map(|field| SortField::new(field.data_type().clone())).collect())?;
    let mut firsts: BTreeMap<RowId, First> = BTreeMap::new();
    let mut contradicted = BTreeSet::new();
    for file in files {
        let open = file.open(columns)?;
        for group in 0..open.groups() {
            let met = rows_of(&open, group, &wanted)?;
            if met.is_empty() {
                continue;
            }
            let ranges = met.iter().map(|(row, _)| *row..*row + 1);
            let selection = RowSelection::from_consecutive_ranges(ranges, open.rows_of(group));
            let mut ids = met.iter().map(|(_, id)| *id);
            for batch in open.read(group, Some(selection))? {
                let batch = batch?;
                let rows = converter.convert_columns(batch.columns())?;
                for (at, id) in (0_u32..).zip(ids.by_ref().take(batch.num_rows())) {
                    let row = rows.row(at as usize);
                    match firsts.get(&id) {
                        Some(first) if first.row.row() == row => {}
                        Some(_) => drop(contradicted.insert(id)),
                        None => {
                            let batch = take_record_batch(&batch, &UInt32Array::from_value(at, 1))?;
                            firsts.insert(
                                id,
                                First {
                                    row: row.owned(),
                                    batch,
                                },
                            );
                        }
                    }
                }
            }
        }
    }
    Ok(told_apart(firsts, contradicted))
}

fn told_apart(firsts: BTreeMap<RowId, First>, mut contradicted: BTreeSet<RowId>) -> Copies {
    let mut equal = Vec::new();
    for (row_id, First { batch, .. }) in firsts {
        if contradicted.contains(&row_id) {
            continue;
        }
        match parse_time(&batch) {
            Some(parse_time) => equal.push((RowKey { row_id, parse_time }, batch)),
            // Without it the row is not Margay's, and could not be found again.
            None => drop(contradicted.insert(row_id)),
        }
    }
    Copies {
        equal,
        contradicted: contradicted.into_iter().collect(),
    }
}

fn parse_time(row: &RecordBatch) -> Option<Timestamp> {
    let times = row.column_by_name(PARSE_TIME)?;
    let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
    let micros = times.is_valid(0).then(|| times.value(0))?;
    Timestamp::from_microsecond(micros).ok()
}

/// Returns which rows of the group are those of the wanted records.
fn rows_of(open: &OpenFile, group: usize, wanted: &BTreeSet<RowId>) -> Result<Vec<(usize, RowId)>, DeltaTableError> {
    let mut met = Vec::new();
    let mut first = 0;
    for ids in open.read_column(group, ROW_ID)? {
        let ids = ids?;
        for (at, id) in ids.as_string::<i32>().iter().enumerate() {
            let id = id.and_then(|id| id.parse::<RowId>().ok());
            met.extend(id.filter(|id| wanted.contains(id)).map(|id| (first + at, id)));
        }
        first += ids.len();
    }
    Ok(met)
}
