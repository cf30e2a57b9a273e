//! Compaction: a day's small files become one.
//!
//! ```text
//! t0  choose    days with many small files, and which of them go together
//! t1  write     their rows, file by file, into one that no commit names yet
//! t2  commit    old files out, new ones in, against exactly a version that still has all the old ones
//! ```
//!
//! No row is changed, and readers keep the files they began with until the retention time is over. Whatever another writer
//! commits between t0 and t2 costs another look, and what it took away is left out: two merges of the same files at once would
//! otherwise both go through, and every row would be there twice.
//!
//! Rows pass through memory batch by batch, so a merge takes the same some tens of megabytes however large the files are.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::kernel::{Action, Add};
use deltalake::protocol::DeltaOperation;
use deltalake::{DeltaTable, DeltaTableError};
use tokio::task::block_in_place;

use crate::columns::{self, EVENT_DATE};
use crate::commit::{commit, commit_properties, is_conflict};
use crate::data_file::{DataFile, NewFiles, discard_all};
use crate::failure::LakeError;
use crate::maintenance::MaintenanceReport;
use crate::table::Table;

/// Size of which a merged file is to be: large enough to scan fast, small enough to rewrite in a few seconds. From half of it on
/// a file is left alone.
const FILE_BYTES_TARGET: u64 = 128 << 20;
/// Bytes merged by one commit: what is done for nothing if another writer is faster.
const COMMIT_BYTES: u64 = FILE_BYTES_TARGET;
/// Small files of one day that are merged: at a commit each five seconds this is every five minutes.
const SMALL_FILES_PER_DAY_MAX: usize = 60;
/// Small files beyond one a day, over all days, at which every day that has two is merged. Late and backfilled events touch
/// many days a little each. Measured beside 100, 200 and 400 files: a commit takes 17, 36 and 72 ms.
const SMALL_FILES_MAX: usize = 100;
/// Tries to commit a merge while others change the table.
const ATTEMPTS_MAX: u32 = 8;

/// Files of one day that become one file.
struct Merge {
    files: Vec<DataFile>,
}

/// A merge whose file is written.
struct Merged {
    merge: Merge,
    add: Add,
}

/// Merges what is worth it.
pub(crate) async fn compact(table: &Table, report: &mut MaintenanceReport) -> Result<(), LakeError> {
    let delta = table.fresh().await?;
    let mut merges = plan(table, &delta)?.into_iter().peekable();
    let mut days = BTreeSet::new();
    while merges.peek().is_some() {
        let (mut step, mut bytes) = (Vec::new(), 0);
        while bytes < COMMIT_BYTES
            && let Some(merge) = merges.next()
        {
            bytes += merge.bytes();
            step.push(merge);
        }
        let written = block_in_place(|| write(table, &delta, step)).map_err(|error| table.failed("compact", error))?;
        let Some(done) = commit_merged(table, written).await? else {
            report.compactions_postponed += 1;
            break;
        };
        report.files_added += done.len();
        for Merged { merge, .. } in done {
            report.files_removed += merge.files.len();
            days.extend(merge.files.first().map(DataFile::day));
        }
    }
    report.partitions_compacted += days.len();
    Ok(())
}

/// Decides which files to merge.
fn plan(table: &Table, delta: &DeltaTable) -> Result<Vec<Merge>, LakeError> {
    let failed = |error| table.failed("read", error);
    let state = delta.snapshot().map_err(failed)?;
    let log = state.log_data();
    let mut by_day: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, file) in log.iter().enumerate() {
        let is_small = u64::try_from(file.size()).is_ok_and(|size| size < FILE_BYTES_TARGET / 2);
        // With a deletion vector some of its rows are gone, and would come back.
        if is_small
            && file.deletion_vector_descriptor().is_none()
            && let Some(Some(day)) = file.partition_values_map().remove(EVENT_DATE)
        {
            by_day.entry(day).or_default().push(at);
        }
    }
    let small_files = by_day.iter().map(|(day, files)| (day.clone(), files.len())).collect();
    let worth = days_to_merge(&small_files);
    if worth.days.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted: BTreeMap<usize, &str> = BTreeMap::new();
    for day in &worth.days {
        wanted.extend(by_day[day].iter().map(|at| (*at, day.as_str())));
    }
    let mut files: BTreeMap<&str, Vec<DataFile>> = BTreeMap::new();
    for (at, view) in log.iter().enumerate() {
        if let Some(day) = wanted.get(&at) {
            let file = DataFile::of(table, &view).map_err(failed)?;
            files.entry(*day).or_default().push(file);
        }
    }
    let days = files.into_values().map(|files| match worth.extent {
        Extent::All => files,
        Extent::Tier => tier(files, DataFile::size),
    });
    Ok(days.flat_map(cut).collect())
}

/// Which days' small files to merge.
#[derive(Debug, PartialEq, Eq)]
struct Worth {
    days: Vec<String>,
    extent: Extent,
}

/// How many of a day's small files are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of them.
    All,
    /// Those that are not much larger than the others: see [`tier`].
    Tier,
}

/// Decides which days' small files to merge, from their number.
fn days_to_merge(small_files: &BTreeMap<String, usize>) -> Worth {
    let beyond_one: usize = small_files.values().map(|count| count - 1).sum();
    let (least, extent) = if beyond_one > SMALL_FILES_MAX {
        (2, Extent::All)
    } else {
        (SMALL_FILES_PER_DAY_MAX, Extent::Tier)
    };
    let days = small_files.iter().filter(|(_, count)| **count >= least);
    Worth {
        days: days.map(|(day, _)| day.clone()).collect(),
        extent,
    }
}

/// Leaves out files that are larger than all smaller ones together.
///
/// A day's first merge makes a file that the next one would write again, and so on, until the day is over. So each row is written
/// again only when as many have come since, and a day keeps one file of each size, doubling.
fn tier<F>(mut files: Vec<F>, size: impl Fn(&F) -> u64) -> Vec<F> {
    files.sort_by_key(&size);
    let mut total: u64 = files.iter().map(&size).sum();
    while let Some(largest) = files.last().map(&size)
        && largest > total - largest
    {
        total -= largest;
        files.pop();
    }
    files
}

/// Cuts a day's files, in the order in which their rows were journalled, into merges that make a file of about the target size
/// each.
fn cut(mut files: Vec<DataFile>) -> Vec<Merge> {
    files.sort_by(|one, other| (one.parse_times(), one.name()).cmp(&(other.parse_times(), other.name())));
    let mut merges: Vec<Merge> = Vec::new();
    for file in files {
        match merges.last_mut() {
            Some(merge) if merge.bytes() < FILE_BYTES_TARGET => merge.files.push(file),
            _ => merges.push(Merge { files: vec![file] }),
        }
    }
    merges.retain(|merge| merge.files.len() > 1);
    merges
}

impl Merge {
    fn bytes(&self) -> u64 {
        self.files.iter().map(DataFile::size).sum()
    }

    /// Writes the rows of the files into a new one.
    fn write(&self, new: &mut NewFiles, columns: &SchemaRef) -> Result<(), DeltaTableError> {
        let (mut written, mut expected) = (0, 0);
        for file in &self.files {
            let open = file.open(columns)?;
            for group in 0..open.groups() {
                expected += open.rows_of(group);
                for rows in open.read(group, None)? {
                    let rows = rows?;
                    written += rows.num_rows();
                    new.write(file.day(), &rows)?;
                }
            }
        }
        if written != expected {
            let reason = format!("merging {} files read {written} rows of {expected}", self.files.len());
            return Err(DeltaTableError::Generic(reason));
        }
        new.end_file()
    }
}

/// Writes the merged files, one for each merge.
fn write(table: &Table, delta: &DeltaTable, merges: Vec<Merge>) -> Result<Vec<Merged>, DeltaTableError> {
    let columns = columns::to_arrow(&delta.snapshot()?.schema())?;
    let mut new = NewFiles::new(table.folder(), &columns, usize::MAX);
    merges.iter().try_for_each(|merge| merge.write(&mut new, &columns))?;
    let adds = new.finish()?.into_iter().map(|mut add| {
        add.data_change = false;
        add
    });
    Ok(merges
        .into_iter()
        .zip(adds)
        .map(|(merge, add)| Merged { merge, add })
        .collect())
}

/// Commits the merges whose files are all still there, and returns them; `None` if others were faster each time.
async fn commit_merged(table: &Table, mut merged: Vec<Merged>) -> Result<Option<Vec<Merged>>, LakeError> {
    for attempt in 1..=ATTEMPTS_MAX {
        let delta = table.fresh().await?;
        let live = live_files(table, &delta)?;
        let is_lost = |merged: &mut Merged| !merged.merge.files.iter().all(|file| live.contains(file.name()));
        for lost in merged.extract_if(.., is_lost) {
            tracing::warn!(
                table = table.name(),
                file = lost.add.path,
                "a merge gave way: its files were replaced"
            );
            discard_all(table.folder(), [&lost.add]);
        }
        if merged.is_empty() {
            return Ok(None);
        }
        let removes = merged.iter().flat_map(|merged| &merged.merge.files).map(|file| {
            let mut remove = file.remove.clone();
            remove.data_change = false;
            Action::Remove(remove)
        });
        let adds = merged.iter().map(|merged| Action::Add(merged.add.clone()));
        let operation = DeltaOperation::Optimize {
            predicate: None,
            target_size: i64::try_from(FILE_BYTES_TARGET).unwrap_or(i64::MAX),
        };
        // Without retries any commit in between is a conflict, also that of another merge of the same files.
        let properties = commit_properties().with_max_retries(0);
        let actions = removes.chain(adds).collect();
        let Err(error) = commit(table, &delta, actions, operation, properties).await? else {
            return Ok(Some(merged));
        };
        if !is_conflict(&error) {
            // The commit may be there all the same: a checkpoint after it may have failed.
            let live = live_files(table, &table.fresh().await?)?;
            if merged.iter().all(|merged| live.contains(merged.add.path.as_str())) {
                tracing::warn!(table = table.name(), %error, "a commit is there although it reported an error");
                return Ok(Some(merged));
            }
            return Err(table.failed("compact", error));
        }
        tracing::debug!(table = table.name(), attempt, %error, "another writer was faster; looking again");
    }
    tracing::warn!(table = table.name(), "compaction gave way to other writers");
    discard_all(table.folder(), merged.iter().map(|merged| &merged.add));
    Ok(None)
}

/// Returns the names of the files of this version.
fn live_files(table: &Table, delta: &DeltaTable) -> Result<HashSet<String>, LakeError> {
    let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
    Ok(state.log_data().iter().map(|file| file.path().to_string()).collect())
}

#[cfg(test)]
mod tests;
