//! Replacing: rows give way to what another schema makes of their records, in one commit a table.
//!
//! ```text
//! t0  look      which files hold any of the rows, and whether a row there already says the same
//! t1  write     the new rows, and what stays of the files that lose some
//! t2  commit    old files out, new files in, against the very version that was looked at
//! ```
//!
//! A reader sees the table before or after, never without a row. A stop before t2 leaves files that no commit names, which
//! maintenance removes; doing the same again after t2 finds every row unchanged and writes nothing. Whatever another
//! writer commits in between makes t2 fail, and everything is looked at anew: delta-rs' own check would let a compaction
//! of the same files pass, and the rows would be there twice.
//!
//! No sequence moves: a replacement carries no application transaction, so landing goes on as if nothing had happened.
//!
//! Files are found by the times in the log: a row's `p_parse_time` is when its record was journalled and never changes.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::DeltaTableError;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::kernel::StructType;
use jiff::Timestamp;
use margay_schema::{Event, RowId, Schema, SourceId};

use crate::batch::BatchError;
use crate::columns;
use crate::failure::{LakeError, Remedy};
use crate::incoming::Incoming;
use crate::lake::Inner;
use crate::reject::RejectRow;
use crate::table::Table;

mod apply;
mod change;
mod failures;
mod survey;

use apply::apply;
use change::Change;
pub use failures::Failures;

/// Rows that are looked for in one go over a table's files: some 20 MB of ids.
const SOUGHT_AT_ONCE_MAX: usize = 100_000;

/// A row by its id, with the time by which the files that may hold it are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// `p_row_id`
    pub row_id: RowId,
    /// `p_parse_time`: when the record was journalled.
    pub parse_time: Timestamp,
}

/// Events that take the place of the rows with their ids in a log type's table.
#[derive(Debug, Clone)]
pub struct Replacement<'a> {
    /// The schema that normalised the events; its log type names the table.
    pub schema: &'a Schema,
    /// The events. Of two with one id the first counts.
    pub events: Vec<Event>,
    /// Rows to look for beside them. They stay as they are; [`Replaced::found`] tells which are there.
    pub sought: Vec<RowKey>,
}

/// What becomes of `classification_failures`.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// Rows that go: their records have landed.
    pub landed: Vec<RowKey>,
    /// Rejects that take the place of the rows with their ids, or are added.
    pub rejects: Vec<RejectRow>,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The change is committed.
    Write,
    /// It is only counted what a change would do.
    Count,
}

/// What a [`Replacement`] did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Rows that were not there.
    pub added: usize,
    /// Rows that were there and said something else.
    pub replaced: usize,
    /// Rows that were there and are left alone, as they already say the same.
    pub unchanged: usize,
    /// Which of the rows that were only looked for are there.
    pub found: HashSet<RowId>,
    /// The files that it took.
    pub files: FilesChanged,
}

/// What a [`Settlement`] did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Rows that went.
    pub removed: usize,
    /// Rejects that had no row.
    pub added: usize,
    /// Rejects whose row said something else.
    pub replaced: usize,
    /// Rejects whose row already says the same.
    pub unchanged: usize,
    /// The files that it took.
    pub files: FilesChanged,
}

/// Data files that a commit took out of a table and put into it; both zero if there was nothing to commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FilesChanged {
    /// Files that lost rows. They stay on disk for readers that began before, until maintenance removes them.
    pub removed: usize,
    /// Files written.
    pub added: usize,
}

/// Why nothing was replaced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplaceError {
    /// Other writers changed the table at every try.
    #[error(
        "table `{table}` was changed by other writers at each of {attempts} tries\nhint: try again when they are done"
    )]
    Contended {
        /// The table.
        table: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The rows contradict the schema; the caller erred.
    #[error("the replacement is not well formed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// The table could not be read or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl ReplaceError {
    /// Returns what the caller should do.
    pub fn remedy(&self) -> Remedy {
        match self {
            ReplaceError::Contended { .. } => Remedy::Retry,
            ReplaceError::Malformed { .. } => Remedy::AskOperator,
            ReplaceError::Lake(error) => error.remedy(),
        }
    }
}

/// A replacement that may leave the caller's executor.
pub(crate) struct Replacing {
    schema: Schema,
    events: Vec<Event>,
    sought: Vec<RowKey>,
    effect: Effect,
}

impl Replacing {
    /// Checks the replacement against itself.
    pub(crate) fn prepare(replacement: Replacement<'_>, effect: Effect) -> Result<Self, ReplaceError> {
        let log_type = replacement.schema.log_type();
        let mut events = replacement.events.iter();
        if let Some(event) = events.find(|event| event.standard.log_type != *log_type) {
            return Err(ReplaceError::Malformed {
                reason: format!(
                    "an event of `{}` stands among those of `{log_type}`",
                    event.standard.log_type
                ),
            });
        }
        Ok(Self {
            schema: replacement.schema.clone(),
            events: replacement.events,
            sought: replacement.sought,
            effect,
        })
    }

    pub(crate) async fn run(self, lake: &Inner) -> Result<Replaced, ReplaceError> {
        let table = match (lake.log(&self.schema.log_type().table_name()), self.effect) {
            (Some(table), _) => table,
            (None, Effect::Write) => lake.register(&self.schema).await?,
            (None, Effect::Count) => {
                return Ok(Replaced {
                    added: self.events.len(),
                    ..Replaced::default()
                });
            }
        };
        let wanted = columns::event_columns(&self.schema)?;
        let incoming =
            Incoming::events(self.schema.fields(), self.events, &wanted).map_err(|error| malformed(&error))?;
        let change = Change::new(incoming).seek(self.sought.iter().copied());
        let applied = apply(&table, &wanted, change, self.effect).await?;
        let is_there = |key: &&RowKey| applied.counts.found.contains(&key.row_id.to_string());
        Ok(Replaced {
            added: applied.counts.added,
            replaced: applied.counts.replaced,
            unchanged: applied.counts.unchanged,
            found: self.sought.iter().filter(is_there).map(|key| key.row_id).collect(),
            files: applied.files,
        })
    }
}

pub(crate) async fn settle(lake: &Inner, settlement: Settlement, effect: Effect) -> Result<Settled, ReplaceError> {
    let wanted = columns::reject_columns();
    let incoming = Incoming::rejects(settlement.rejects, &wanted).map_err(|error| malformed(&error))?;
    let change = Change::new(incoming).remove(settlement.landed);
    let applied = apply(&lake.rejects, &wanted, change, effect).await?;
    Ok(Settled {
        removed: applied.counts.removed,
        added: applied.counts.added,
        replaced: applied.counts.replaced,
        unchanged: applied.counts.unchanged,
        files: applied.files,
    })
}

/// Leaves one of the rows that are equal to each of these, which were read from the table, and returns how many went.
pub(crate) async fn keep_one(
    table: &Table,
    wanted: &StructType,
    columns: SchemaRef,
    rows: Vec<(RowKey, RecordBatch)>,
    effect: Effect,
) -> Result<(u64, FilesChanged), ReplaceError> {
    let change = Change::single(Incoming::read(columns, rows));
    let applied = apply(table, wanted, change, effect).await?;
    Ok((applied.counts.removed as u64, applied.files))
}

/// Removes every row of a source from the table, some files a commit, and returns how many went.
pub(crate) async fn erase(table: &Table, source_id: SourceId) -> Result<u64, ReplaceError> {
    let nothing = StructType::try_new([]).expect("no names are no equal names");
    let mut removed = 0;
    loop {
        let incoming = Incoming::events(&[], Vec::new(), &nothing).expect("nothing cannot misfit");
        let change = Change::new(incoming).erase(source_id);
        let applied = apply(table, &nothing, change, Effect::Write).await?;
        if applied.counts.removed == 0 {
            return Ok(removed);
        }
        removed += applied.counts.removed as u64;
    }
}

/// Returns which of these rows are neither in the table of events, if there is one, nor among the failures.
pub(crate) async fn absent(lake: &Inner, table: &str, mut keys: Vec<RowKey>) -> Result<Vec<RowId>, LakeError> {
    let tables = [lake.log(table), Some(Arc::clone(&lake.rejects))];
    for table in tables.into_iter().flatten() {
        let mut absent = Vec::new();
        for sought in keys.chunks(SOUGHT_AT_ONCE_MAX) {
            let nothing = StructType::try_new([]).expect("no names are no equal names");
            let incoming = Incoming::events(&[], Vec::new(), &nothing).expect("nothing cannot misfit");
            let change = Change::new(incoming).seek(sought.iter().copied());
            let found = apply(&table, &nothing, change, Effect::Count).await;
            let found = found.map_err(|error| match error {
                ReplaceError::Lake(error) => error,
                error => table.failed("read", DeltaTableError::generic(error.to_string())),
            })?;
            let is_absent = |key: &&RowKey| !found.counts.found.contains(&key.row_id.to_string());
            absent.extend(sought.iter().filter(is_absent));
        }
        keys = absent;
    }
    Ok(keys.into_iter().map(|key| key.row_id).collect())
}

fn malformed(error: &BatchError) -> ReplaceError {
    ReplaceError::Malformed {
        reason: error.to_string(),
    }
}
