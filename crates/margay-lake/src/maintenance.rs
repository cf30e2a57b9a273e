//! Maintenance: compaction, checkpoints, vacuum and log clean-up.
//!
//! Landing a few rows every few seconds makes many small files, and every file costs each commit and each query a little.
//! A day's small files are merged when they are many, and all days' when together they are many, so the number of live
//! files stays below the number of days plus [`SMALL_FILES_MAX`] however commits fall on days.
//!
//! Nothing here moves a row or a sequence: merging only appends a commit that says which files replace which, and readers
//! keep the files they began with until the retention time is over.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use deltalake::kernel::transaction::TransactionError;
use deltalake::operations::vacuum::{Clock, VacuumMode};
use deltalake::protocol::checkpoints::{cleanup_expired_logs_for, create_checkpoint};
use deltalake::{DeltaTable, DeltaTableError, FilterOp, FilterValue};
use jiff::{SignedDuration, Timestamp};

use crate::columns::EVENT_DATE;
use crate::durable;
use crate::failure::LakeError;
use crate::lake::Inner;
use crate::landing::writer_properties;
use crate::table::{CHECKPOINT_COMMITS, LOG, LOG_KEPT_HOURS, Table, commit_properties};

/// Size from which a file is left alone: large enough to scan fast, small enough to rewrite in a second or two.
const FILE_BYTES_TARGET: NonZeroU64 = NonZeroU64::new(128 << 20).expect("it is not zero");
/// Small files of one day that are merged: at a commit each five seconds this is every five minutes.
const SMALL_FILES_PER_DAY_MAX: usize = 60;
/// Small files beyond one a day, over all days, at which every day that has two is merged. Late and backfilled events touch
/// many days a little each. Measured beside 100, 200 and 400 files: a commit takes 17, 36 and 72 ms.
const SMALL_FILES_MAX: usize = 100;
/// Merges at a time: maintenance must leave cores to landing and queries.
const MERGES_AT_ONCE: usize = 2;
/// Commits after the last checkpoint that are worth a new one here. Commits write their own every [`CHECKPOINT_COMMITS`].
const CHECKPOINT_COMMITS_WORTH: u64 = CHECKPOINT_COMMITS / 2;
/// How often storage is listed for files to delete.
const SWEEP_INTERVAL: SignedDuration = SignedDuration::from_hours(1);
/// Age from which a query's spill folder is a leftover of a process that died.
const SPILL_AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What one round of maintenance did, over all tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaintenanceReport {
    /// Tables looked at.
    pub tables: usize,
    /// Partitions (days) whose small files were merged.
    pub partitions_compacted: usize,
    /// Files that compaction replaced.
    pub files_removed: usize,
    /// Files that compaction wrote.
    pub files_added: usize,
    /// Tables whose compaction gave way to another writer; the next round does it.
    pub compactions_postponed: usize,
    /// Checkpoints written by this round; commits write their own.
    pub checkpoints: usize,
    /// Data files deleted from storage because no version within the retention time needs them.
    pub files_deleted: usize,
    /// Expired files of the transaction logs deleted.
    pub log_files_deleted: usize,
    /// Live data files after the round.
    pub files_live: usize,
    /// The most commits that any table's log has after its last checkpoint.
    pub commits_since_checkpoint_max: u64,
}

/// What maintenance remembers between rounds.
#[derive(Default)]
pub(crate) struct Housekeeping {
    /// When each table's storage was last swept.
    swept: Mutex<HashMap<PathBuf, Timestamp>>,
}

pub(crate) async fn maintain(lake: &Inner, now: Timestamp) -> Result<MaintenanceReport, LakeError> {
    let mut report = MaintenanceReport::default();
    for table in lake.tables() {
        report.tables += 1;
        compact(&table, &mut report).await?;
        checkpoint(&table, &mut report).await?;
        if lake.housekeeping.is_sweep_due(table.folder(), now) {
            sweep(&table, now, &mut report).await?;
        }
        let delta = table.fresh().await?;
        report.files_live += delta
            .snapshot()
            .map_err(|error| table.failed("read", error))?
            .log_data()
            .num_files();
        let commits = delta
            .version()
            .unwrap_or(0)
            .saturating_sub(checkpoint_version(table.folder()).unwrap_or(0));
        report.commits_since_checkpoint_max = report.commits_since_checkpoint_max.max(commits);
    }
    lake.engine.remove_spill_older_than(before(now, SPILL_AGE_MAX));
    Ok(report)
}

impl Housekeeping {
    fn is_sweep_due(&self, folder: &Path, now: Timestamp) -> bool {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = swept
            .get(folder)
            .is_none_or(|last| now.duration_since(*last) >= SWEEP_INTERVAL);
        if is_due {
            swept.insert(folder.to_owned(), now);
        }
        is_due
    }
}

async fn compact(table: &Table, report: &mut MaintenanceReport) -> Result<(), LakeError> {
    let delta = table.fresh().await?;
    let days = days_to_merge(&small_files_by_day(table, &delta)?);
    if days.is_empty() {
        return Ok(());
    }
    let values = days.iter().map(String::as_str).collect();
    let filter = [(EVENT_DATE, FilterOp::In, FilterValue::Set(values))];
    let merged = delta
        .optimize()
        .with_filters(&filter)
        .with_target_size(FILE_BYTES_TARGET)
        .with_max_concurrent_tasks(MERGES_AT_ONCE)
        .with_writer_properties(writer_properties())
        .with_commit_properties(commit_properties())
        .await;
    let (delta, metrics) = match merged {
        Ok(merged) => merged,
        Err(DeltaTableError::Transaction {
            source: error @ (TransactionError::CommitConflict(_) | TransactionError::MaxCommitAttempts(_)),
        }) => {
            tracing::warn!(table = table.name(), %error, "compaction gave way to another writer");
            report.compactions_postponed += 1;
            return Ok(());
        }
        Err(error) => return Err(table.failed("compact", error)),
    };
    sync_merged(table, &delta, &days)?;
    table.remember(delta);
    report.partitions_compacted += days.len();
    report.files_removed += usize::try_from(metrics.num_files_removed).unwrap_or(usize::MAX);
    report.files_added += usize::try_from(metrics.num_files_added).unwrap_or(usize::MAX);
    tracing::debug!(table = table.name(), days = days.len(), "small files were merged");
    Ok(())
}

fn small_files_by_day(table: &Table, delta: &DeltaTable) -> Result<BTreeMap<String, usize>, LakeError> {
    let mut by_day = BTreeMap::new();
    let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
    for file in state.log_data().iter() {
        let is_small = u64::try_from(file.size()).is_ok_and(|size| size < FILE_BYTES_TARGET.get() / 2);
        if is_small && let Some(Some(day)) = file.partition_values_map().remove(EVENT_DATE) {
            *by_day.entry(day).or_default() += 1;
        }
    }
    Ok(by_day)
}

/// Decides which days' small files to merge, from their number.
fn days_to_merge(small_files: &BTreeMap<String, usize>) -> Vec<String> {
    let beyond_one: usize = small_files.values().map(|count| count - 1).sum();
    let worth = if beyond_one > SMALL_FILES_MAX {
        2
    } else {
        SMALL_FILES_PER_DAY_MAX
    };
    small_files
        .iter()
        .filter(|(_, count)| **count >= worth)
        .map(|(day, _)| day.clone())
        .collect()
}

/// Brings the merged files to disk. Those they replaced stay for the retention time, so a loss of power in between leaves
/// both the rows and, after restoring the previous version, the table.
fn sync_merged(table: &Table, delta: &DeltaTable, days: &[String]) -> Result<(), LakeError> {
    let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
    let mut paths = Vec::new();
    for file in state.log_data().iter() {
        let day = file.partition_values_map().remove(EVENT_DATE).flatten();
        if day.is_some_and(|day| days.binary_search(&day).is_ok()) {
            paths.push(file.object_store_path().to_string());
        }
    }
    durable::sync_data(table.folder(), paths.iter().map(String::as_str))
        .and_then(|()| durable::sync_commit(table.folder(), delta.version().unwrap_or(0)))
        .map_err(|source| LakeError::Folder {
            path: table.folder().to_owned(),
            source,
        })
}

async fn checkpoint(table: &Table, report: &mut MaintenanceReport) -> Result<(), LakeError> {
    let delta = table.fresh().await?;
    let version = delta.version().unwrap_or(0);
    if version - checkpoint_version(table.folder()).unwrap_or(0).min(version) >= CHECKPOINT_COMMITS_WORTH {
        create_checkpoint(&delta, None)
            .await
            .map_err(|error| table.failed("checkpoint", error))?;
        report.checkpoints += 1;
    }
    Ok(())
}

/// Returns the version of the table's last checkpoint, `None` if it has none or the note of it cannot be read.
fn checkpoint_version(folder: &Path) -> Option<u64> {
    let note = std::fs::read(folder.join(LOG).join("_last_checkpoint")).ok()?;
    serde_json::from_slice::<serde_json::Value>(&note)
        .ok()?
        .get("version")?
        .as_u64()
}

/// Deletes data files that have been replaced, or belong to no commit, for longer than the table's retention time, and log
/// entries that a checkpoint replaced long ago.
async fn sweep(table: &Table, now: Timestamp, report: &mut MaintenanceReport) -> Result<(), LakeError> {
    let delta = table.fresh().await?;
    let (delta, metrics) = delta
        .vacuum()
        .with_mode(VacuumMode::Full)
        .with_clock(Arc::new(Instant(now)))
        .with_commit_properties(commit_properties())
        .await
        .map_err(|error| table.failed("vacuum", error))?;
    report.files_deleted += metrics.files_deleted.len();
    let keep_from = before(now, SignedDuration::from_hours(LOG_KEPT_HOURS));
    let deleted = cleanup_expired_logs_for(
        delta.version().unwrap_or(0),
        delta.log_store().as_ref(),
        keep_from.as_millisecond(),
        None,
    )
    .await
    .map_err(|error| table.failed("clean up the log of", error))?;
    report.log_files_deleted += deleted;
    if deleted > 0 {
        // The cached view names log files that are gone: replace it by one read from the checkpoint.
        table.reload().await?;
    } else {
        table.remember(delta);
    }
    Ok(())
}

/// Returns the time this long before; at the beginning of time it stays there.
fn before(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_sub(length).unwrap_or(Timestamp::MIN)
}

/// A clock that stands still.
#[derive(Debug)]
struct Instant(Timestamp);

impl Clock for Instant {
    fn current_timestamp_millis(&self) -> i64 {
        self.0.as_millisecond()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(counts: &[usize], days: &[usize]) {
        let small_files = counts
            .iter()
            .enumerate()
            .map(|(at, count)| (at.to_string(), *count))
            .collect();
        let expected: Vec<_> = days.iter().map(ToString::to_string).collect();
        assert_eq!(days_to_merge(&small_files), expected);
    }

    #[test]
    fn a_day_is_merged_when_its_small_files_are_many() {
        check(&[1, SMALL_FILES_PER_DAY_MAX - 1], &[]);
        check(&[1, 30, SMALL_FILES_PER_DAY_MAX], &[2]);
    }

    #[test]
    fn every_day_with_two_is_merged_when_all_days_together_have_many() {
        check(&[1, 2, SMALL_FILES_PER_DAY_MAX - 1], &[]);
        let mut counts = vec![SMALL_FILES_PER_DAY_MAX - 1; 2];
        counts.extend([1, 2]);
        check(&counts, &[0, 1, 3]);
    }
}
