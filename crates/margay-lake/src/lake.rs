//! The lake: its folder, its tables, its threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use margay_schema::{LogType, RowId, Schema, SourceId};

use crate::backup::{self, BackedUp, BackupError};
use crate::columns;
use crate::compare::{CompareError, Compared, Comparing, Comparison};
use crate::describe::{self, TableDescription};
use crate::examine::{self, Examined, RepeatedRemoved};
use crate::failure::LakeError;
use crate::landing::{self, Batch, LandError, Landed};
use crate::maintenance::{self, MaintenanceReport};
use crate::query::{self, QueryContext, QueryError, Rows};
use crate::replace::{
    self, Effect, Failures, ReplaceError, Replaced, Replacement, Replacing, RowKey, Settled, Settlement,
};
use crate::table::{LOG, LOGS, Table};
use crate::window::{self, Window};
use crate::workers::{Stopped, Workers};

mod open;

use open::{Opening, open};

/// Every event that Margay keeps. Cheap to clone; all clones are one lake.
///
/// - **Shape**: `<root>/margay_logs/<table>` for each log type, `<root>/margay_monitor/classification_failures`; each is a
///   Delta table that other engines may read at any time, without asking. `<root>/spill` is for queries that outgrow memory.
/// - **Invariant**: a table's rows of a source are exactly those of its journal entries up to [`Lake::landed`].
#[derive(Clone)]
pub struct Lake {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    root: PathBuf,
    /// By table name.
    logs: RwLock<BTreeMap<String, Arc<Table>>>,
    pub(crate) rejects: Arc<Table>,
    pub(crate) engine: query::Engine,
    pub(crate) housekeeping: maintenance::Housekeeping,
    /// Threads that land and maintain.
    pub(crate) workers: Workers,
    /// Threads that answer queries: one that computes for minutes keeps nothing from landing.
    pub(crate) query_workers: Workers,
}

impl Lake {
    /// Opens the lake in this folder, creating it and the tables of these schemas where they are not there yet.
    ///
    /// Tables that are on disk and have no schema here stay readable; one of them that cannot be read is left out and logged.
    ///
    /// # Errors
    ///
    /// The folder cannot be used, a table cannot be read, or a schema wants a column of another type than the table's.
    pub async fn open(root: &Path, schemas: &[Schema]) -> Result<Self, LakeError> {
        Self::open_as(root, schemas, Opening::Create).await
    }

    /// Opens the lake in this folder to read it, beside a process that may be writing. Makes and changes nothing in the tables:
    /// a folder that is not there is an error, not an empty lake.
    ///
    /// # Errors
    ///
    /// The folder or a table of these schemas is not there, or cannot be read.
    pub async fn open_read_only(root: &Path, schemas: &[Schema]) -> Result<Self, LakeError> {
        Self::open_as(root, schemas, Opening::Existing).await
    }

    async fn open_as(root: &Path, schemas: &[Schema], opening: Opening) -> Result<Self, LakeError> {
        let folder_error = |source| LakeError::Folder {
            path: root.to_owned(),
            source,
        };
        let workers = Workers::start().map_err(folder_error)?;
        let query_workers = Workers::start().map_err(folder_error)?;
        let schemas = schemas.to_vec();
        let root = root.to_owned();
        let opened = workers
            .run(open(root, schemas, opening))
            .await
            .map_err(|Stopped| LakeError::Closing)??;
        let (root, logs, rejects, engine) = opened;
        let housekeeping = maintenance::Housekeeping::default();
        let inner = Inner {
            root,
            logs: RwLock::new(logs),
            rejects: Arc::new(rejects),
            engine,
            housekeeping,
            workers,
            query_workers,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Makes sure that the schema's table exists and has its columns. Does nothing the second time.
    ///
    /// # Errors
    ///
    /// The table cannot be read or written, or the schema wants a column of another type than the table's.
    pub async fn register(&self, schema: &Schema) -> Result<(), LakeError> {
        let schema = schema.clone();
        self.run(|inner| async move { inner.register(&schema).await.map(drop) })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Finds out whether [`Self::register`] would be possible. Makes and changes nothing.
    ///
    /// # Errors
    ///
    /// The table cannot be read, or the schema wants a column of another type than the table's.
    pub async fn check(&self, schema: &Schema) -> Result<(), LakeError> {
        let schema = schema.clone();
        self.run(|inner| async move { inner.check(&schema).await })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Lands a batch: rejects first, if there are any, then the events, always, with the sequences they stand for.
    ///
    /// Runs on the lake's threads. One commit writes one file for each day that its events touch, so a backfill of 90 days
    /// makes up to 91 files a commit: let its batches be large (100,000 events), and those of live polling a few seconds.
    /// Dropping the future does not stop it; landing the same batch again is then answered with what is there.
    ///
    /// # Errors
    ///
    /// See [`LandError`]; nothing is half done for the events, whatever the error.
    pub async fn land(&self, batch: Batch) -> Result<Landed, LandError> {
        let landing = landing::Landing::prepare(batch)?;
        self.run(|inner| async move { landing.run(&inner).await })
            .await
            .unwrap_or(Err(LandError::Lake(LakeError::Closing)))
    }

    /// Returns the last journal sequence of the source whose events are in the log type's table; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The table cannot be read.
    pub async fn landed(&self, log_type: &LogType, source_id: SourceId) -> Result<Option<u64>, LakeError> {
        let landed = self.landed_of(log_type, &[source_id]).await?;
        Ok(landed.into_iter().next().flatten())
    }

    /// As [`Self::landed`], of several sources at one moment, in their order. Looking for news in the table's folder is what it costs,
    /// and is done once.
    ///
    /// # Errors
    ///
    /// The table cannot be read.
    pub async fn landed_of(&self, log_type: &LogType, sources: &[SourceId]) -> Result<Vec<Option<u64>>, LakeError> {
        match self.inner.log(&log_type.table_name()) {
            Some(table) => self.landed_in(table, sources).await,
            None => Ok(vec![None; sources.len()]),
        }
    }

    /// Returns the last journal sequence of the source whose rejects are in `classification_failures`.
    ///
    /// It moves only with batches that have rejects, so it may be far behind [`Lake::landed`]; it is ahead only after a stop
    /// between the two commits of a landing.
    ///
    /// # Errors
    ///
    /// The table cannot be read.
    pub async fn rejects_landed(&self, source_id: SourceId) -> Result<Option<u64>, LakeError> {
        let landed = self.landed_in(Arc::clone(&self.inner.rejects), &[source_id]).await?;
        Ok(landed.into_iter().next().flatten())
    }

    /// Puts events in the place of the rows with their ids, and adds those that have none: one commit, or none if every row
    /// already says the same. Moves no sequence.
    ///
    /// Runs on the lake's threads. Dropping the future does not stop it; doing the same again is harmless.
    ///
    /// # Errors
    ///
    /// See [`ReplaceError`]; nothing is half done, whatever the error.
    pub async fn replace(&self, replacement: Replacement<'_>, effect: Effect) -> Result<Replaced, ReplaceError> {
        let replacing = Replacing::prepare(replacement, effect)?;
        self.run(|inner| async move { replacing.run(&inner).await })
            .await
            .unwrap_or(Err(ReplaceError::Lake(LakeError::Closing)))
    }

    /// Removes rows of `classification_failures` and puts rejects in the place of others: one commit, or none if nothing
    /// changes. Moves no sequence.
    ///
    /// # Errors
    ///
    /// See [`ReplaceError`]; nothing is half done, whatever the error.
    pub async fn settle(&self, settlement: Settlement, effect: Effect) -> Result<Settled, ReplaceError> {
        self.run(move |inner| async move { replace::settle(&inner, settlement, effect).await })
            .await
            .unwrap_or(Err(ReplaceError::Lake(LakeError::Closing)))
    }

    /// Returns the classification failures of a source as they are now, to be read in portions: all of them, or those whose
    /// records were journalled at or after `since`.
    ///
    /// # Errors
    ///
    /// The table cannot be read.
    pub async fn failures(&self, source_id: SourceId, since: Option<Timestamp>) -> Result<Failures, LakeError> {
        self.run(move |inner| Failures::open(inner, source_id, since))
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Removes every row of a source from the log type's table and from `classification_failures`, and returns how many went. Moves no
    /// sequence. Their files are deleted from storage once no version within the retention time needs them, by [`Self::maintain`].
    ///
    /// The source must not land any more. Stopped half-way some rows are gone; doing it again finishes.
    ///
    /// # Errors
    ///
    /// See [`ReplaceError`]; what was committed before stays done.
    pub async fn erase(&self, log_type: &LogType, source_id: SourceId) -> Result<u64, ReplaceError> {
        let table = log_type.table_name();
        self.run(move |inner| async move {
            let mut removed = 0;
            for table in [inner.log(&table), Some(Arc::clone(&inner.rejects))]
                .into_iter()
                .flatten()
            {
                removed += replace::erase(&table, source_id).await?;
            }
            Ok(removed)
        })
        .await
        .unwrap_or(Err(ReplaceError::Lake(LakeError::Closing)))
    }

    /// Compares what the log type's table says of a window of event time with what the vendor says of it now. Changes nothing.
    ///
    /// Runs on the lake's threads.
    ///
    /// # Errors
    ///
    /// See [`CompareError`].
    ///
    /// # Complexity
    ///
    /// Reads the ids of the files and row groups that touch the window, and the whole rows of the records shown. If something
    /// is missing, the ids of both tables as well.
    pub async fn compare(&self, comparing: Comparing<'_>) -> Result<Compared, CompareError> {
        let comparison = Comparison::prepare(comparing)?;
        self.run(|inner| async move { comparison.run(&inner).await })
            .await
            .unwrap_or(Err(CompareError::Lake(LakeError::Closing)))
    }

    /// Returns how many rows of the source, with an event time in `[from, to)`, the log type's table has.
    ///
    /// # Errors
    ///
    /// The table cannot be read.
    pub async fn rows(
        &self,
        log_type: &LogType,
        source_id: SourceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64, LakeError> {
        let (table, window) = (log_type.table_name(), Window::new(source_id, from, to));
        self.run(|inner| async move { window::count(&inner, &table, window).await })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Returns which of these rows are neither in the log type's table nor in `classification_failures`, in their order. Reads the
    /// files whose rows were journalled at the times of the keys.
    ///
    /// # Errors
    ///
    /// A table cannot be read.
    pub async fn absent(&self, log_type: &LogType, keys: &[RowKey]) -> Result<Vec<RowId>, LakeError> {
        let (table, keys) = (log_type.table_name(), keys.to_vec());
        self.run(|inner| async move { replace::absent(&inner, &table, keys).await })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Examines the lake in this folder, open or not: whether logs, files and rows are as they should be. Changes nothing.
    ///
    /// What is wrong with a table is a finding, not an error. For the sources given, and those that have rows, it says what
    /// landed. Beside a process that replays, a record may be seen in both tables for a moment.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or a file was lost while it was looked at.
    ///
    /// # Complexity
    ///
    /// Reads the ids of all rows, once for every eight million rows of the largest table.
    pub async fn examine(root: &Path, sources: &[SourceId]) -> Result<Examined, LakeError> {
        let workers = Workers::start().map_err(|source| LakeError::Folder {
            path: root.to_owned(),
            source,
        })?;
        let (root, sources) = (root.to_owned(), sources.to_vec());
        workers
            .run(async move { examine::examine(&root, &sources).await })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Leaves one row of each record that has several and all of them equal, in every table. Rows that say different things
    /// stay. One commit for some thousands of records; moves no sequence.
    ///
    /// # Errors
    ///
    /// See [`ReplaceError`]; what was committed before stays done.
    pub async fn remove_repeated_rows(&self, effect: Effect) -> Result<RepeatedRemoved, ReplaceError> {
        self.run(move |inner| async move { examine::remove_repeated_rows(&inner, effect).await })
            .await
            .unwrap_or(Err(ReplaceError::Lake(LakeError::Closing)))
    }

    /// Copies every table to an empty folder, all as they were at one moment, while landing, queries and maintenance go on.
    /// [`Lake::open`] opens the copy as a lake.
    ///
    /// # Errors
    ///
    /// See [`BackupError`].
    pub async fn backup(&self, to: &Path) -> Result<Vec<BackedUp>, BackupError> {
        let to = to.to_owned();
        self.run(|inner| async move { backup::backup(&inner, to).await })
            .await
            .unwrap_or(Err(BackupError::Lake(LakeError::Closing)))
    }

    /// Merges small files, writes checkpoints, and deletes what no reader can need any more. Safe beside landing and queries.
    ///
    /// # Errors
    ///
    /// A table could not be read or written; what was done before stays done.
    pub async fn maintain(&self, now: Timestamp) -> Result<MaintenanceReport, LakeError> {
        self.run(move |inner| async move { maintenance::maintain(&inner, now).await })
            .await
            .unwrap_or(Err(LakeError::Closing))
    }

    /// Runs one read-only statement over the tables as they are now.
    ///
    /// # Errors
    ///
    /// See [`QueryError`]; it is made for the person who wrote the statement.
    pub async fn query(&self, sql: &str, context: QueryContext) -> Result<Rows, QueryError> {
        query::query(&self.inner, sql, context).await
    }

    /// Returns every table that a statement may name with its columns, and the view over all.
    ///
    /// # Errors
    ///
    /// A table cannot be read.
    pub fn describe(&self) -> Result<Vec<TableDescription>, LakeError> {
        describe::describe(&self.inner)
    }

    /// Returns every table, as `database.table`, sorted.
    pub fn tables(&self) -> Vec<String> {
        self.inner
            .tables()
            .iter()
            .map(|table| format!("{}.{}", table.database(), table.name()))
            .collect()
    }

    async fn landed_in(&self, table: Arc<Table>, sources: &[SourceId]) -> Result<Vec<Option<u64>>, LakeError> {
        let sources = sources.to_vec();
        self.run(move |_| async move {
            let delta = table.fresh().await?;
            let mut landed = Vec::with_capacity(sources.len());
            for source_id in sources {
                landed.push(table.landed(&delta, source_id).await?);
            }
            Ok(landed)
        })
        .await
        .unwrap_or(Err(LakeError::Closing))
    }

    async fn run<W, F>(&self, work: W) -> Result<F::Output, Stopped>
    where
        W: FnOnce(Arc<Inner>) -> F,
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.inner.workers.run(work(Arc::clone(&self.inner))).await
    }
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lake")
            .field("root", &self.inner.root)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Returns the table of a log type by the table's name.
    pub(crate) fn log(&self, name: &str) -> Option<Arc<Table>> {
        self.logs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// Returns every table, sorted by database and name.
    pub(crate) fn tables(&self) -> Vec<Arc<Table>> {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        logs.values().chain([&self.rejects]).cloned().collect()
    }

    async fn check(&self, schema: &Schema) -> Result<(), LakeError> {
        let wanted = columns::event_columns(schema)?;
        let name = schema.log_type().table_name();
        if let Some(table) = self.log(&name) {
            return table.check(&wanted).await;
        }
        // It may be there and have been left out when the lake was opened: then this says why. Looking for one that is not
        // there would make its folder.
        let is_there = self.root.join(LOGS).join(&name).join(LOG).is_dir();
        if !is_there {
            return Ok(());
        }
        match Table::open_existing(&self.root, LOGS, &name).await? {
            Some(table) => table.check(&wanted).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn register(&self, schema: &Schema) -> Result<Arc<Table>, LakeError> {
        let wanted = columns::event_columns(schema)?;
        let name = schema.log_type().table_name();
        if let Some(table) = self.log(&name) {
            table.grow(&wanted).await?;
            return Ok(table);
        }
        // Making a table makes the folders above it; a lake whose folder is gone must not begin anew under our feet.
        std::fs::metadata(&self.root).map_err(|source| LakeError::Folder {
            path: self.root.clone(),
            source,
        })?;
        let table = Arc::new(Table::open(&self.root, LOGS, &name, &wanted).await?);
        let mut logs = self.logs.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(logs.entry(name).or_insert(table)))
    }
}
