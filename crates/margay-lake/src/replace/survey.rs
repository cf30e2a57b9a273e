//! Looking: which of the change's rows are in which files, and whether they already say what they should.

use std::collections::HashSet;
use std::ops::Range;

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, AsArray, BooleanArray};
use deltalake::arrow::datatypes::DataType;
use deltalake::parquet::arrow::arrow_reader::RowSelection;

use super::change::{Change, Wish};
use crate::data_file::{DataFile, OpenFile, ROW_ID};
use crate::incoming::Comparable;

/// Files that lose the rows of a source in one commit: each is written anew with what stays of it, and the commit has to be made before
/// somebody else makes one.
const ERASED_FILES_MAX: usize = 64;
/// The column that says whose a row is.
const SOURCE_ID: &str = "p_source_id";

/// Where a row was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nowhere,
    /// It is there and says something else.
    Differs,
    /// It is there and says the same, in one place that is left alone.
    Same,
}

/// What the table holds of the change's rows.
pub(super) struct Survey {
    seen: Vec<Seen>,
    /// Rows that go because an equal one stays and nothing else is wished for.
    repeated: usize,
    /// Rows that go with their source.
    erased: usize,
    /// The files that lose rows.
    pub(super) touched: Vec<Touched>,
}

/// A file that loses rows, with what stays of it.
pub(super) struct Touched {
    pub(super) file: DataFile,
    /// The rows that stay, by row group; groups without any are left out.
    pub(super) kept: Vec<(usize, RowSelection)>,
}

/// What a change does to the rows.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) added: usize,
    pub(super) replaced: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
    /// Ids of rows that were looked for and are there.
    pub(super) found: HashSet<String>,
}

impl Survey {
    /// Looks through the files. Reads ids first, and whole rows only of those that the change is about.
    ///
    /// # Complexity
    ///
    /// One pass over the ids of the files and row groups that may hold the rows by their times.
    pub(super) fn of(change: &Change, files: Vec<DataFile>) -> Result<Self, DeltaTableError> {
        let incoming = change.incoming.comparable()?;
        let mut survey = Self {
            seen: vec![Seen::Nowhere; change.wishes.len()],
            repeated: 0,
            erased: 0,
            touched: Vec::new(),
        };
        for file in files {
            if change.doomed_source().is_some() && survey.touched.len() >= ERASED_FILES_MAX {
                break;
            }
            let (from, through) = file.parse_times();
            if !change.may_concern(from, through) {
                continue;
            }
            let open = file.open(change.incoming.schema())?;
            let mut doomed = vec![Vec::new(); open.groups()];
            for (group, doomed) in doomed.iter_mut().enumerate() {
                let (from, through) = open.parse_times_of(group);
                if change.may_concern(from, through) {
                    *doomed = survey.look_at(change, &incoming, &open, group)?;
                }
            }
            if doomed.iter().any(|doomed| !doomed.is_empty()) {
                let kept = doomed.iter().enumerate();
                let kept = kept.filter_map(|(group, doomed)| Some((group, all_but(doomed, open.rows_of(group))?)));
                let kept = kept.collect();
                survey.touched.push(Touched { file, kept });
            }
        }
        Ok(survey)
    }

    /// Returns which rows of the group go, in order.
    fn look_at(
        &mut self,
        change: &Change,
        incoming: &Comparable,
        open: &OpenFile,
        group: usize,
    ) -> Result<Vec<usize>, DeltaTableError> {
        if let Some(source) = change.doomed_source() {
            let doomed = rows_of_source(source, open, group)?;
            self.erased += doomed.len();
            return Ok(doomed);
        }
        let mut doomed = Vec::new();
        let mut to_compare = Vec::new();
        for (row, number) in rows_of_change(change, open, group)? {
            match change.wishes[number] {
                Wish::Stay => self.seen[number] = Seen::Same,
                Wish::Vanish => {
                    self.seen[number] = Seen::Differs;
                    doomed.push(row);
                }
                Wish::Become | Wish::Single => to_compare.push((row, number)),
            }
        }
        for ((row, number), is_same) in to_compare.iter().zip(incoming.compare(open, group, &to_compare)?) {
            // Of two equal rows one is enough: a row that is there twice is there once afterwards.
            if is_same && self.seen[*number] != Seen::Same {
                self.seen[*number] = Seen::Same;
                continue;
            }
            if change.wishes[*number] == Wish::Single {
                // One that says something else is not touched: it may be the only one that does.
                if is_same {
                    doomed.push(*row);
                    self.repeated += 1;
                }
                continue;
            }
            doomed.push(*row);
            if self.seen[*number] == Seen::Nowhere {
                self.seen[*number] = Seen::Differs;
            }
        }
        doomed.sort_unstable();
        Ok(doomed)
    }

    /// Returns whether the table already is what it should be.
    pub(super) fn is_done(&self, change: &Change) -> bool {
        self.touched.is_empty() && !self.is_to_write(change).any(|is_to_write| is_to_write)
    }

    /// Returns, for `count` incoming rows from the one numbered `first`, which are to be written.
    pub(super) fn mask(&self, change: &Change, first: usize, count: usize) -> BooleanArray {
        let is_to_write = self.is_to_write(change).skip(first).take(count);
        is_to_write.map(Some).collect()
    }

    fn is_to_write<'a>(&'a self, change: &'a Change) -> impl Iterator<Item = bool> + 'a {
        let rows = self.seen.iter().zip(&change.wishes);
        rows.map(|(seen, wish)| *wish == Wish::Become && *seen != Seen::Same)
    }

    pub(super) fn counts(&self, change: &Change) -> Counts {
        let mut counts = Counts {
            removed: self.repeated + self.erased,
            ..Counts::default()
        };
        for (wish, seen) in change.wishes.iter().zip(&self.seen) {
            match (wish, seen) {
                (Wish::Become, Seen::Nowhere) => counts.added += 1,
                (Wish::Become, Seen::Differs) => counts.replaced += 1,
                (Wish::Become, Seen::Same) => counts.unchanged += 1,
                (Wish::Vanish, Seen::Differs | Seen::Same) => counts.removed += 1,
                (Wish::Vanish, Seen::Nowhere) | (Wish::Stay | Wish::Single, _) => {}
            }
        }
        counts.found =
            change.ids_of(|number| change.wishes[number] == Wish::Stay && self.seen[number] != Seen::Nowhere);
        counts
    }
}

/// Returns the group's rows that the change is about, with the numbers of their wishes.
fn rows_of_change(change: &Change, open: &OpenFile, group: usize) -> Result<Vec<(usize, usize)>, DeltaTableError> {
    let mut found = Vec::new();
    let mut first = 0;
    for ids in open.read_column(group, ROW_ID)? {
        let ids = ids?;
        debug_assert_eq!(*ids.data_type(), DataType::Utf8, "the columns are the table's");
        let ids = ids.as_string::<i32>();
        for (at, id) in ids.iter().enumerate() {
            if let Some(number) = id.and_then(|id| change.number_of(id)) {
                found.push((first + at, number));
            }
        }
        first += ids.len();
    }
    Ok(found)
}

/// Returns the group's rows that are of the source.
fn rows_of_source(source: &str, open: &OpenFile, group: usize) -> Result<Vec<usize>, DeltaTableError> {
    let mut found = Vec::new();
    let mut first = 0;
    for ids in open.read_column(group, SOURCE_ID)? {
        let ids = ids?;
        debug_assert_eq!(*ids.data_type(), DataType::Utf8, "the columns are the table's");
        let ids = ids.as_string::<i32>();
        let of_source = ids.iter().enumerate().filter(|(_, id)| *id == Some(source));
        found.extend(of_source.map(|(at, _)| first + at));
        first += ids.len();
    }
    Ok(found)
}

/// Returns the selection of all rows but these, which are in order; `None` if none is left.
fn all_but(rows: &[usize], total: usize) -> Option<RowSelection> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(rows.len() + 1);
    let mut from = 0;
    for &row in rows {
        ranges.push(from..row);
        from = row + 1;
    }
    ranges.push(from..total);
    ranges.retain(|range| !range.is_empty());
    (!ranges.is_empty()).then(|| RowSelection::from_consecutive_ranges(ranges.into_iter(), total))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[usize], total: usize, kept: Option<usize>) {
        assert_eq!(all_but(rows, total).map(|selection| selection.row_count()), kept);
    }

    #[test]
    fn what_stays_of_a_group_is_all_but_what_goes() {
        check(&[], 3, Some(3));
        check(&[0], 3, Some(2));
        check(&[1], 3, Some(2));
        check(&[2], 3, Some(2));
        check(&[0, 1, 2], 3, None);
    }
}
