//! Landing: a batch of events becomes one Delta commit per table, exactly once.
//!
//! ```text
//! t0  rejects commit, if there are any:   rows + "source S has rejects through n"
//! t1  events commit, always:              rows + "source S has events through n"
//! ```
//!
//! A stop between t0 and t1 leaves the rejects of entries that have no events yet. The caller then asks both tables and
//! leaves out the rejects of entries at or below [`crate::Lake::rejects_landed`]; should it not, this module does.
//!
//! Delta itself accepts a sequence that is already there, so it is read from the very view that the commit is made from:
//! a commit by anyone else with the same source in between is then a conflict, and everything is checked anew.

use std::collections::HashMap;

use deltalake::DeltaTable;
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::{CommitBuilder, TransactionError};
use deltalake::kernel::{Action, Add, StructType, Transaction};
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use margay_schema::{Event, Field, Schema, SourceId};

use crate::batch::{self, BatchError};
use crate::columns::{self, EVENT_DATE};
use crate::durable;
use crate::failure::{LakeError, Remedy};
use crate::lake::Inner;
use crate::reject::RejectRow;
use crate::table::{Table, application_id, commit_properties};

/// Tries to commit while others change the table. Each loses to a commit that went through, so the lake moves on.
const ATTEMPTS_MAX: u32 = 8;
/// Rows of a Parquet row group: what a reader decodes at once and can skip by statistics.
const ROW_GROUP_ROWS_MAX: usize = 128 * 1024;
/// Zstandard's own default: logs shrink to about a twelfth, and higher levels cost more than they save.
const ZSTD_LEVEL: i32 = 3;

/// What one commit holds.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// The schema that normalised the events; its log type names the table.
    pub schema: &'a Schema,
    /// The events, of any number of sources of this log type.
    pub events: Vec<Event>,
    /// The records that were refused. Those of entries at or below [`crate::Lake::rejects_landed`] are left out by the caller.
    pub rejects: Vec<RejectRow>,
    /// For every source of `through`: the journal sequence that the caller read up to before this batch (0: from the start).
    /// The lake lands the batch only onto exactly that state.
    pub after: Vec<(SourceId, u64)>,
    /// For every source in the batch: the last journal sequence it contains.
    pub through: Vec<(SourceId, u64)>,
}

/// What a landing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Event rows committed.
    pub events: usize,
    /// Reject rows committed by this call; those found to be there already are not counted.
    pub rejects: usize,
    /// Data files written for the events.
    pub files: usize,
    /// Bytes of those files.
    pub bytes: u64,
    /// The version of the event table that carries the batch.
    pub table_version: u64,
}

/// Why a batch did not land.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LandError {
    /// Some or all of the batch's entries are in the table already.
    #[error("entries of source `{source_id}` have landed up to {landed}; this batch wanted to continue after {after}")]
    AlreadyLanded {
        /// The source.
        source_id: SourceId,
        /// What the table has.
        landed: u64,
        /// Where the batch began.
        after: u64,
    },
    /// The table stands before the batch's first entry: landing it would leave a hole.
    #[error("entries of source `{source_id}` have landed up to {landed} only; this batch begins after {after}")]
    Gap {
        /// The source.
        source_id: SourceId,
        /// What the table has (0: nothing).
        landed: u64,
        /// Where the batch began.
        after: u64,
    },
    /// Other writers changed the table at every try.
    #[error("table `{table}` was changed by other writers at each of {attempts} tries")]
    Contended {
        /// The table.
        table: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The batch contradicts itself; the caller erred.
    #[error("the batch is not well formed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// The table could not be read or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl LandError {
    /// Returns what the caller should do.
    pub fn remedy(&self) -> Remedy {
        match self {
            LandError::AlreadyLanded { .. } | LandError::Gap { .. } => Remedy::Resume,
            LandError::Contended { .. } => Remedy::Retry,
            LandError::Malformed { .. } => Remedy::AskOperator,
            LandError::Lake(error) => error.remedy(),
        }
    }
}

/// The sequences that a batch stands for, of one source: `(after, through]`.
#[derive(Debug, Clone, Copy)]
struct Span {
    source_id: SourceId,
    after: u64,
    through: u64,
}

/// A batch that may leave the caller's executor.
pub(crate) struct Landing {
    schema: Schema,
    events: Vec<Event>,
    rejects: Vec<RejectRow>,
    spans: Vec<Span>,
}

impl Landing {
    /// Checks the batch against itself.
    pub(crate) fn prepare(batch: Batch<'_>) -> Result<Self, LandError> {
        let malformed = |reason: String| LandError::Malformed { reason };
        let after: HashMap<SourceId, u64> = batch.after.iter().copied().collect();
        let mut spans: Vec<Span> = Vec::with_capacity(batch.through.len());
        for &(source_id, through) in &batch.through {
            let &after = after
                .get(&source_id)
                .ok_or_else(|| malformed(format!("`after` lacks source `{source_id}`")))?;
            if through <= after || i64::try_from(through).is_err() {
                return Err(malformed(format!(
                    "source `{source_id}` goes from {after} through {through}"
                )));
            }
            if spans.iter().any(|span| span.source_id == source_id) {
                return Err(malformed(format!("source `{source_id}` is there twice")));
            }
            spans.push(Span {
                source_id,
                after,
                through,
            });
        }
        if spans.is_empty() {
            return Err(malformed("it names no source".to_owned()));
        }
        let sources = batch.events.iter().map(|event| event.standard.source_id);
        let sources = sources.chain(batch.rejects.iter().map(|reject| reject.source_id));
        for source_id in sources {
            if !spans.iter().any(|span| span.source_id == source_id) {
                return Err(malformed(format!("a row's source `{source_id}` is not in `through`")));
            }
        }
        let log_type = batch.schema.log_type();
        if let Some(event) = batch.events.iter().find(|event| event.standard.log_type != *log_type) {
            return Err(malformed(format!(
                "an event of `{}` is in a batch of `{log_type}`",
                event.standard.log_type
            )));
        }
        Ok(Self {
            schema: batch.schema.clone(),
            events: batch.events,
            rejects: batch.rejects,
            spans,
        })
    }

    pub(crate) async fn run(mut self, lake: &Inner) -> Result<Landed, LandError> {
        let table = match lake.log(&self.schema.log_type().table_name()) {
            Some(table) => table,
            None => lake.register(&self.schema).await?,
        };
        // Neighbours in time become neighbours in files: fewer files per record batch, better compression and pruning.
        self.events.sort_by_key(|event| event.standard.event_time);
        if !self.rejects.is_empty() {
            // Refuse before the rejects commit what the events' commit would refuse.
            check(&table, &table.fresh().await?, &self.spans).await?;
        }
        let rejects = self.land_rejects(&lake.rejects).await?;
        let wanted = columns::event_columns(&self.schema)?;
        let rows = Rows::Events {
            fields: self.schema.fields(),
            events: &self.events,
        };
        let mut append = Append {
            table: &table,
            wanted: &wanted,
            rows,
            written: None,
        };
        let table_version = append.commit(&self.spans, Known::Refuse).await?;
        let written = append.written.unwrap_or_default();
        Ok(Landed {
            events: self.events.len(),
            rejects,
            files: written.len(),
            bytes: written.iter().map(|add| u64::try_from(add.size).unwrap_or(0)).sum(),
            table_version,
        })
    }

    /// Commits the rejects that are not there yet and returns how many.
    async fn land_rejects(&self, table: &Table) -> Result<usize, LandError> {
        if self.rejects.is_empty() {
            return Ok(0);
        }
        let delta = table.fresh().await?;
        let mut spans = Vec::new();
        for span in &self.spans {
            if table.landed(&delta, span.source_id).await?.unwrap_or(0) < span.through {
                spans.push(*span);
            }
        }
        let is_new = |reject: &&RejectRow| spans.iter().any(|span| span.source_id == reject.source_id);
        let rejects: Vec<RejectRow> = self.rejects.iter().filter(is_new).cloned().collect();
        if rejects.is_empty() {
            return Ok(0);
        }
        let wanted = columns::reject_columns();
        let mut append = Append {
            table,
            wanted: &wanted,
            rows: Rows::Rejects(&rejects),
            written: None,
        };
        append.commit(&spans, Known::Skip).await?;
        Ok(rejects.len())
    }
}

/// What a table holds of the batch's sources.
async fn check(table: &Table, delta: &DeltaTable, spans: &[Span]) -> Result<(), LandError> {
    for &Span { source_id, after, .. } in spans {
        let landed = table.landed(delta, source_id).await?.unwrap_or(0);
        if landed > after {
            return Err(LandError::AlreadyLanded {
                source_id,
                landed,
                after,
            });
        }
        if landed < after {
            return Err(LandError::Gap {
                source_id,
                landed,
                after,
            });
        }
    }
    Ok(())
}

async fn has_all(table: &Table, delta: &DeltaTable, spans: &[Span]) -> Result<bool, LakeError> {
    for span in spans {
        if table.landed(delta, span.source_id).await? < Some(span.through) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[derive(Clone, Copy)]
enum Rows<'a> {
    Events { fields: &'a [Field], events: &'a [Event] },
    Rejects(&'a [RejectRow]),
}

/// What to do when the table is not exactly where the batch begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Events: refuse. The table must be exactly at `after`.
    Refuse,
    /// Rejects: their table moves only now and then, so only what it has beyond `through` counts, and that is fine.
    Skip,
}

/// Appends rows and the sequences they stand for, in one commit.
struct Append<'a> {
    table: &'a Table,
    wanted: &'a StructType,
    rows: Rows<'a>,
    /// The files, once written; a second try commits the same ones.
    written: Option<Vec<Add>>,
}

impl Append<'_> {
    async fn commit(&mut self, spans: &[Span], known: Known) -> Result<u64, LandError> {
        for attempt in 1..=ATTEMPTS_MAX {
            let delta = self.table.grow(self.wanted).await?;
            match known {
                Known::Refuse => check(self.table, &delta, spans).await?,
                Known::Skip if has_all(self.table, &delta, spans).await? => return Ok(delta.version().unwrap_or(0)),
                Known::Skip => {}
            }
            let error = match self.try_commit(&delta, spans).await? {
                Ok(version) => return Ok(version),
                Err(error) => error,
            };
            if !is_conflict(&error) {
                // The commit may be there all the same: the network or a checkpoint after it may have failed.
                let delta = self.table.fresh().await?;
                if has_all(self.table, &delta, spans).await? {
                    tracing::warn!(table = self.table.name(), %error, "a commit is there although it reported an error");
                    return Ok(delta.version().unwrap_or(0));
                }
                return Err(self.table.failed("write", error).into());
            }
            tracing::warn!(table = self.table.name(), attempt, %error, "another writer was faster; checking again");
        }
        Err(LandError::Contended {
            table: self.table.name().to_owned(),
            attempts: ATTEMPTS_MAX,
        })
    }

    async fn try_commit(
        &mut self,
        delta: &DeltaTable,
        spans: &[Span],
    ) -> Result<Result<u64, DeltaTableError>, LandError> {
        let adds = if let Some(adds) = &self.written {
            adds.clone()
        } else {
            let adds = self.write(delta).await?;
            self.written.insert(adds).clone()
        };
        let state = delta.snapshot().map_err(|error| self.table.failed("read", error))?;
        let transactions = spans.iter().map(|span| {
            let version = i64::try_from(span.through).expect("checked when the batch was prepared");
            Transaction::new(application_id(span.source_id), version)
        });
        let partition_by = Some(vec![EVENT_DATE.to_owned()]);
        let commit = CommitBuilder::from(commit_properties().with_application_transactions(transactions.collect()))
            .with_actions(adds.into_iter().map(Action::Add).collect())
            .build(
                Some(state),
                delta.log_store(),
                DeltaOperation::Write {
                    mode: SaveMode::Append,
                    partition_by,
                    predicate: None,
                },
            )
            .await;
        let commit = match commit {
            Ok(commit) => commit,
            Err(error) => return Ok(Err(error)),
        };
        let version = commit.version();
        durable::sync_commit(self.table.folder(), version).map_err(|source| self.folder_error(source))?;
        let mut delta = delta.clone();
        delta.state = Some(commit.snapshot());
        self.table.remember(delta);
        Ok(Ok(version))
    }

    /// Writes the rows as files that no commit names yet.
    async fn write(&self, delta: &DeltaTable) -> Result<Vec<Add>, LandError> {
        let failed = |error| self.table.failed("write", error);
        let state = delta.snapshot().map_err(failed)?;
        let schema = columns::to_arrow(&state.schema()).map_err(|error| failed(error.into()))?;
        let mut writer = RecordBatchWriter::for_table(delta)
            .map_err(failed)?
            .with_writer_properties(writer_properties());
        let mut adds = Vec::new();
        match self.rows {
            Rows::Events { fields, events } => {
                for days in batch::cut_days(events) {
                    for run in batch::cut(days) {
                        let rows = batch::events_to_batch(fields, run, &schema).map_err(|error| batch_error(&error))?;
                        writer.write(rows).await.map_err(failed)?;
                    }
                    adds.extend(writer.flush().await.map_err(failed)?);
                }
            }
            Rows::Rejects(rejects) => {
                for days in batch::cut_days(rejects) {
                    for run in batch::cut(days) {
                        let rows = batch::rejects_to_batch(run, &schema).map_err(|error| batch_error(&error))?;
                        writer.write(rows).await.map_err(failed)?;
                    }
                    adds.extend(writer.flush().await.map_err(failed)?);
                }
            }
        }
        let paths = adds.iter().map(|add| add.path.as_str());
        durable::sync_data(self.table.folder(), paths).map_err(|source| self.folder_error(source))?;
        Ok(adds)
    }

    fn folder_error(&self, source: std::io::Error) -> LakeError {
        LakeError::Folder {
            path: self.table.folder().to_owned(),
            source,
        }
    }
}

/// Returns how data files are written, by landing and by compaction alike.
pub(crate) fn writer_properties() -> WriterProperties {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).expect("the level is one of Zstandard's");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS_MAX))
        .set_created_by(concat!("margay ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

fn batch_error(error: &BatchError) -> LandError {
    LandError::Malformed {
        reason: error.to_string(),
    }
}

fn is_conflict(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::CommitConflict(_)
                | TransactionError::MaxCommitAttempts(_)
                | TransactionError::VersionAlreadyExists(_)
        ),
        _ => false,
    }
}
