//! The ids of all rows, in bounded memory: which are there more than once, and which are in both tables.
//!
//! An id is the outcome of a hash, so ids fall evenly into shares. One pass sorts one share of every table's.

use deltalake::DeltaTableError;
use deltalake::arrow::array::AsArray;
use margay_schema::{RowId, SourceId};

use super::files::Usable;
use super::{ExaminedTable, FINDING_ROWS_MAX, Finding, FindingCode, repeated};
use crate::data_file::{DataFile, ROW_ID};
use crate::failure::LakeError;
use crate::table::LOGS;
use crate::window::{SOURCE_ID, columns_of};

/// Ids of one table that a pass has in memory: 128 MB.
const IDS_AT_ONCE_MAX: u64 = 8_000_000;
/// Ids that are kept of those found in one table. More are counted.
const FOUND_KEPT_MAX: usize = 10_000;

/// Ids of rows that something is wrong with.
#[derive(Default)]
pub(super) struct Found {
    pub(super) count: u64,
    /// The first of them, at most [`FOUND_KEPT_MAX`].
    pub(super) kept: Vec<RowId>,
}

impl Found {
    fn add(&mut self, id: RowId) {
        self.count += 1;
        if self.kept.len() < FOUND_KEPT_MAX {
            self.kept.push(id);
        }
    }
}

/// Counts the rows of the file by source, and returns how many are not Margay's.
pub(super) fn count_rows(file: &DataFile, examined: &mut ExaminedTable) -> Result<u64, DeltaTableError> {
    let open = file.open(&columns_of(&[ROW_ID, SOURCE_ID]))?;
    // A file has the rows of few sources.
    let (mut of_sources, mut rows_count, mut foreign) = (Vec::<(SourceId, u64)>::new(), 0, 0);
    for group in 0..open.groups() {
        for rows in open.read(group, None)? {
            let rows = rows?;
            rows_count += rows.num_rows() as u64;
            let (ids, sources) = (rows.column(0).as_string::<i32>(), rows.column(1).as_string::<i32>());
            for (id, source) in ids.iter().zip(sources) {
                let source: Option<SourceId> = source.and_then(|source| source.parse().ok());
                let has_id = id.is_some_and(|id| id.parse::<RowId>().is_ok());
                let (Some(source), true) = (source, has_id) else {
                    foreign += 1;
                    continue;
                };
                match of_sources.iter_mut().find(|(known, _)| *known == source) {
                    Some((_, rows)) => *rows += 1,
                    None => of_sources.push((source, 1)),
                }
            }
        }
    }
    examined.rows += rows_count;
    for (source_id, rows) in of_sources {
        examined.sources.entry(source_id).or_default().rows += rows;
    }
    Ok(foreign)
}

/// Looks for repeated ids in each table, and for those of the failures in the others. The failures come first.
pub(super) fn look(tables: &[Usable<'_>], findings: &mut Vec<Finding>) -> Result<(), LakeError> {
    let rows_max = tables.iter().map(|table| table.rows).max().unwrap_or_default();
    let shares = shares_of(rows_max);
    let mut found: Vec<(Found, Found)> = tables.iter().map(|_| Default::default()).collect();
    for share in 0..shares {
        let mut failures = Vec::new();
        for (table, (repeated, in_both)) in tables.iter().zip(&mut found) {
            let ids = ids_of(&table.files, share, shares).map_err(|error| table.failed(error))?;
            add_repeated(&ids, repeated);
            if table.opened.table.database() == LOGS {
                let is_failure = |ids: &&[RowId]| failures.binary_search(&ids[0]).is_ok();
                let both = ids.chunk_by(|one, next| one == next).filter(is_failure);
                both.for_each(|ids| in_both.add(ids[0]));
            } else {
                failures = ids;
            }
        }
    }
    for (table, (repeated, in_both)) in tables.iter().zip(found) {
        let copies = repeated::copies(&table.files, &table.opened.columns()?, &repeated.kept)
            .map_err(|error| table.failed(error))?;
        report_repeated(table, &repeated, &copies, findings);
        report_in_both(table, &in_both, findings);
    }
    Ok(())
}

/// Returns ids that are there more than once.
pub(super) fn repeated(files: &[&DataFile], rows: u64) -> Result<Found, DeltaTableError> {
    let shares = shares_of(rows);
    let mut found = Found::default();
    for share in 0..shares {
        add_repeated(&ids_of(files, share, shares)?, &mut found);
    }
    Ok(found)
}

fn shares_of(rows: u64) -> u64 {
    rows.div_ceil(IDS_AT_ONCE_MAX).max(1)
}

fn add_repeated(ids: &[RowId], repeated: &mut Found) {
    let runs = ids.chunk_by(|one, next| one == next);
    runs.filter(|run| run.len() > 1).for_each(|run| repeated.add(run[0]));
}

/// Returns the ids of one share, sorted.
fn ids_of(files: &[&DataFile], share: u64, shares: u64) -> Result<Vec<RowId>, DeltaTableError> {
    let columns = columns_of(&[ROW_ID]);
    let mut ids = Vec::new();
    for file in files {
        let open = file.open(&columns)?;
        for group in 0..open.groups() {
            for texts in open.read_column(group, ROW_ID)? {
                let texts = texts?;
                let parsed = texts
                    .as_string::<i32>()
                    .iter()
                    .flatten()
                    .filter_map(|id| id.parse::<RowId>().ok());
                ids.extend(parsed.filter(|id| id.as_uuid().as_u64_pair().0 % shares == share));
            }
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

fn report_repeated(table: &Usable<'_>, repeated: &Found, copies: &repeated::Copies, findings: &mut Vec<Finding>) {
    // Of those that were only counted it is not known whether their rows are equal: the repair finds out.
    let contradicted = copies.contradicted.len() as u64;
    let equal = repeated.count - contradicted;
    if equal > 0 {
        findings.push(Finding {
            code: FindingCode::RowRepeated,
            table: table.opened.name(),
            count: equal,
            rows: sample(copies.equal.iter().map(|(key, _)| key.row_id)),
            text: format!(
                "{equal} records have two or more equal rows\n\
                 hint: the repair leaves one of each, in one commit; nothing else changes"
            ),
        });
    }
    if contradicted > 0 {
        findings.push(Finding {
            code: FindingCode::RowContradicted,
            table: table.opened.name(),
            count: contradicted,
            rows: sample(copies.contradicted.iter().copied()),
            text: format!(
                "{contradicted} records have two or more rows that say different things\n\
                 hint: replay their source; each of these records then has the one row that today's schema makes of it"
            ),
        });
    }
}

fn report_in_both(table: &Usable<'_>, in_both: &Found, findings: &mut Vec<Finding>) {
    if in_both.count > 0 {
        let count = in_both.count;
        findings.push(Finding {
            code: FindingCode::RowInBoth,
            table: table.opened.name(),
            count,
            rows: sample(in_both.kept.iter().copied()),
            text: format!(
                "{count} records are events, and classification failures as well\n\
                 hint: a replay that was interrupted leaves this; run it again for their source"
            ),
        });
    }
}

fn sample(rows: impl Iterator<Item = RowId>) -> Vec<RowId> {
    rows.take(FINDING_ROWS_MAX).collect()
}
