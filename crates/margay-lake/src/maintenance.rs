//! Maintenance: compaction, checkpoints, vacuum and log clean-up.
//!
//! Landing a few rows every few seconds makes many small files, and every file costs each commit and each query a little.
//! [`compact`] merges a day's small files when they are many, and all days' when together they are many, so the number of
//! live files stays below the number of days plus a hundred however commits fall on days.
//!
//! Nothing here moves a row or a sequence.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use deltalake::operations::vacuum::{Clock, VacuumMode};
use deltalake::protocol::checkpoints::{cleanup_expired_logs_for, create_checkpoint};
use jiff::{SignedDuration, Timestamp};

use crate::commit::commit_properties;
use crate::compaction::compact;
use crate::failure::LakeError;
use crate::lake::Inner;
use crate::table::{CHECKPOINT_COMMITS, LOG, LOG_KEPT_HOURS, Table};

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
