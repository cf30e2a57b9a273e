//! One Delta table: opening, growing, and a cached view that is brought up to date before each use.
//!
//! The cached view is immutable and replaced as a whole. Bringing it up to date reads only the log entries that it does not
//! have. No lock is held while doing so: two callers may both read the same entries, and the newer view wins.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use deltalake::kernel::{Action, MetadataExt, StructType};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use margay_schema::SourceId;
use url::Url;

use crate::columns::{self, EVENT_DATE, STATISTICS_COLUMNS};
use crate::commit::{commit, commit_properties};
use crate::failure::{LakeError, causes};

mod landed;

use landed::Landed;

/// Database of the log types' tables.
pub(crate) const LOGS: &str = "margay_logs";
/// Database of Margay's tables about itself.
pub(crate) const MONITOR: &str = "margay_monitor";
/// Table of the rejects, in [`MONITOR`].
pub(crate) const CLASSIFICATION_FAILURES: &str = "classification_failures";

/// The folder of a table's log, within the table's.
pub(crate) const LOG: &str = "_delta_log";

/// Commits between checkpoints. Opening a table replays the commits since the last one, about 0.1 ms each.
pub(crate) const CHECKPOINT_COMMITS: u64 = 50;
/// How long a data file stays after compaction replaced it: far longer than any query or reader of another engine runs.
/// Delta's own lower bound.
const DELETED_FILES_KEPT: &str = "interval 7 days";
/// How long log entries stay that a checkpoint replaced. A commit each five seconds makes 17,280 a day, and listing them is
/// part of every commit.
pub(crate) const LOG_KEPT_HOURS: i64 = 48;
/// Tries to change the columns or create a table while others do the same.
const ATTEMPTS_MAX: u32 = 5;

pub(crate) struct Table {
    database: &'static str,
    name: String,
    folder: PathBuf,
    cached: RwLock<DeltaTable>,
    landed: Mutex<Landed>,
}

impl Table {
    /// Opens the table, creating it if there is none, and adds the columns it lacks.
    pub(crate) async fn open(
        root: &Path,
        database: &'static str,
        name: &str,
        wanted: &StructType,
    ) -> Result<Self, LakeError> {
        let table = if let Some(table) = Self::open_existing(root, database, name).await? {
            table
        } else {
            let (folder, delta) = locate(root, database, name)?;
            if holds_data(&folder) {
                // A new log would not name these files, and maintenance would delete them one day.
                let table = name.to_owned();
                return Err(LakeError::LogMissing { table, folder });
            }
            let delta = create(delta, name, wanted)
                .await
                .map_err(|source| failed("create", name, source))?;
            Self {
                database,
                name: name.to_owned(),
                folder,
                cached: RwLock::new(delta),
                landed: Mutex::default(),
            }
        };
        table.grow(wanted).await?;
        Ok(table)
    }

    /// Opens the table, `None` if there is none.
    pub(crate) async fn open_existing(
        root: &Path,
        database: &'static str,
        name: &str,
    ) -> Result<Option<Self>, LakeError> {
        let (folder, mut delta) = locate(root, database, name)?;
        let failed = |source: DeltaTableError| unreadable("open", name, &folder, source);
        if !delta.verify_deltatable_existence().await.map_err(failed)? {
            return Ok(None);
        }
        delta.load().await.map_err(failed)?;
        Ok(Some(Self {
            database,
            name: name.to_owned(),
            folder,
            cached: RwLock::new(delta),
            landed: Mutex::default(),
        }))
    }

    pub(crate) fn database(&self) -> &'static str {
        self.database
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the folder that holds the table's files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the view that was loaded last.
    pub(crate) fn cached(&self) -> DeltaTable {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the table as it is now.
    ///
    /// A folder that vanished looks like one to which nothing was added, and a commit would make it anew with a log that begins
    /// in the middle. So the log entry of the view must still be there.
    pub(crate) async fn fresh(&self) -> Result<DeltaTable, LakeError> {
        let mut delta = self.cached();
        if let Err(error) = delta.update_state().await {
            // Another process may have cleaned up log entries that the view still names.
            tracing::warn!(table = self.name, %error, "the table is read anew");
            return self.reload().await;
        }
        if !self.is_there(&delta) {
            tracing::warn!(table = self.name, "the table is not what it was; it is read anew");
            return self.reload().await;
        }
        self.remember(delta.clone());
        Ok(delta)
    }

    /// Returns whether the log entry that made this version is still in the folder. Nobody cleans up a log's last entry.
    pub(crate) fn is_there(&self, delta: &DeltaTable) -> bool {
        let entry = format!("{:020}.json", delta.version().unwrap_or(0));
        self.folder.join(LOG).join(entry).exists()
    }

    /// Refuses a view of a table that is gone.
    pub(crate) fn verify_there(&self, delta: &DeltaTable) -> Result<(), LakeError> {
        if self.is_there(delta) {
            return Ok(());
        }
        Err(self.gone())
    }

    fn gone(&self) -> LakeError {
        LakeError::TableGone {
            table: self.name.clone(),
            folder: self.folder.clone(),
        }
    }

    /// Reads the table anew, from its last checkpoint, and forgets the view kept so far.
    pub(crate) async fn reload(&self) -> Result<DeltaTable, LakeError> {
        if !has_log(&self.folder) {
            return Err(self.gone());
        }
        let mut delta = DeltaTable::new(self.cached().log_store());
        delta
            .load()
            .await
            .map_err(|source| unreadable("read", &self.name, &self.folder, source))?;
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        // An older version is the table now only if the newer one is not there, as after restoring a backup.
        if delta.version() >= cached.version() || !self.is_there(&cached) {
            *cached = delta.clone();
            self.remembered().forget();
        }
        Ok(delta)
    }

    /// Keeps the view for the next use, if it is newer than the one kept.
    pub(crate) fn remember(&self, delta: DeltaTable) {
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        if delta.version() > cached.version() {
            *cached = delta;
        }
    }

    /// Refuses columns that [`Self::grow`] would refuse.
    pub(crate) async fn check(&self, wanted: &StructType) -> Result<(), LakeError> {
        let delta = self.fresh().await?;
        let state = delta.snapshot().map_err(|source| self.failed("read", source))?;
        columns::merge(&self.name, &state.schema(), wanted).map(drop)
    }

    /// Adds to the table what `wanted` has and it lacks, and returns it as it is then.
    pub(crate) async fn grow(&self, wanted: &StructType) -> Result<DeltaTable, LakeError> {
        let mut attempt = 1;
        loop {
            let delta = self.fresh().await?;
            let state = delta.snapshot().map_err(|source| self.failed("read", source))?;
            let existing = state.schema();
            let Some(merged) = columns::merge(&self.name, &existing, wanted)? else {
                return Ok(delta);
            };
            let metadata = state
                .metadata()
                .clone()
                .with_schema(&merged)
                .map_err(|source| self.failed("change", source.into()))?;
            let fields = merged
                .fields()
                .filter(|field| existing.field(field.name()) != Some(field))
                .cloned()
                .collect();
            let actions = vec![Action::Metadata(metadata)];
            let operation = DeltaOperation::AddColumn { fields };
            match commit(self, &delta, actions, operation, commit_properties()).await? {
                Ok(_) => tracing::info!(table = self.name, "columns were added"),
                Err(error) if attempt < ATTEMPTS_MAX => {
                    tracing::warn!(table = self.name, %error, "adding columns again");
                }
                Err(error) => return Err(self.failed("add columns to", error)),
            }
            attempt += 1;
        }
    }

    /// Returns the journal sequence of the source that this view of the table contains.
    pub(crate) async fn landed(&self, delta: &DeltaTable, source_id: SourceId) -> Result<Option<u64>, LakeError> {
        let version = delta.version().unwrap_or(0);
        if let Some(landed) = self.remembered().get(version, source_id) {
            return Ok((landed > 0).then_some(landed));
        }
        let state = delta.snapshot().map_err(|source| self.failed("read", source))?;
        let landed = state
            .transaction_version(delta.log_store().as_ref(), application_id(source_id))
            .await
            .map_err(|source| self.failed("read", source))?;
        let landed = landed
            .map(|version| {
                u64::try_from(version).map_err(|_| {
                    self.failed(
                        "read",
                        DeltaTableError::Generic(format!("transaction version {version} is negative")),
                    )
                })
            })
            .transpose()?;
        self.remembered().note(version, source_id, landed.unwrap_or(0));
        Ok(landed)
    }

    /// Says that we have made this version, with these sequences in it.
    pub(crate) fn committed(&self, version: u64, sequences: impl Iterator<Item = (SourceId, u64)>) {
        self.remembered().committed(version, sequences);
    }

    fn remembered(&self) -> MutexGuard<'_, Landed> {
        self.landed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn failed(&self, action: &'static str, source: DeltaTableError) -> LakeError {
        failed(action, &self.name, source)
    }

    pub(crate) fn folder_failed(&self, source: std::io::Error) -> LakeError {
        LakeError::Folder {
            path: self.folder.clone(),
            source,
        }
    }
}

/// Returns the name under which a source's sequence is kept in a table's log.
pub(crate) fn application_id(source_id: SourceId) -> String {
    format!("margay:{source_id}")
}

async fn create(delta: DeltaTable, name: &str, wanted: &StructType) -> Result<DeltaTable, DeltaTableError> {
    let configuration = [
        ("delta.checkpointInterval", CHECKPOINT_COMMITS.to_string()),
        ("delta.dataSkippingStatsColumns", STATISTICS_COLUMNS.to_owned()),
        ("delta.deletedFileRetentionDuration", DELETED_FILES_KEPT.to_owned()),
        ("delta.logRetentionDuration", format!("interval {LOG_KEPT_HOURS} hours")),
    ];
    delta
        .create()
        .with_table_name(name)
        .with_columns(wanted.fields().cloned())
        .with_partition_columns([EVENT_DATE])
        .with_configuration(configuration.map(|(key, value)| (key, Some(value))))
        .with_save_mode(SaveMode::Ignore)
        .await
}

/// Returns the table's folder, made if need be, and the table as nothing has been read of it yet.
fn locate(root: &Path, database: &str, name: &str) -> Result<(PathBuf, DeltaTable), LakeError> {
    let folder = root.join(database).join(name);
    std::fs::create_dir_all(&folder).map_err(|source| LakeError::Folder {
        path: folder.clone(),
        source,
    })?;
    let builder = DeltaTableBuilder::from_url(url_of(&folder)?);
    let delta = builder
        .and_then(DeltaTableBuilder::build)
        .map_err(|source| failed("open", name, source))?;
    Ok((folder, delta))
}

fn url_of(folder: &Path) -> Result<Url, LakeError> {
    let absolute = std::fs::canonicalize(folder).map_err(|source| LakeError::Folder {
        path: folder.to_owned(),
        source,
    })?;
    Url::from_directory_path(&absolute).map_err(|()| LakeError::Folder {
        path: folder.to_owned(),
        source: std::io::Error::other("the path cannot be written as a URL"),
    })
}

pub(crate) fn failed(action: &'static str, table: &str, source: DeltaTableError) -> LakeError {
    LakeError::of_table(action, table, source)
}

/// Tells a log that does not make sense from storage that cannot be read just now.
fn unreadable(action: &'static str, table: &str, folder: &Path, source: DeltaTableError) -> LakeError {
    let is_passing = causes(&source).any(<dyn std::error::Error + 'static>::is::<std::io::Error>);
    if is_passing {
        return failed(action, table, source);
    }
    LakeError::LogUnreadable {
        table: table.to_owned(),
        folder: folder.to_owned(),
        source: Box::new(source),
    }
}

/// Returns whether there is anything in a table's folder besides an empty log.
fn holds_data(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() != LOG))
}

/// Returns whether the log has any entry or checkpoint.
fn has_log(folder: &Path) -> bool {
    std::fs::read_dir(folder.join(LOG)).is_ok_and(|mut entries| entries.next().is_some())
}
