//! One append to one table: files written, then one commit that names them and the sequences they stand for.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Date32Array, RecordBatch};
use deltalake::kernel::scalars::ScalarExt;
use deltalake::kernel::transaction::{CommitBuilder, TransactionError};
use deltalake::kernel::{Action, Add, StructType, Transaction};
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::parquet::schema::types::ColumnPath;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter, WriteMode};
use deltalake::{DeltaTable, DeltaTableError};

use super::{LandError, Span};
use crate::batch::{self, BatchError};
use crate::columns::{self, EVENT_DATE};
use crate::data_file::ROW_ID;
use crate::durable;
use crate::event_columns::EventColumns;
use crate::failure::LakeError;
use crate::reject::RejectRow;
use crate::table::{Table, application_id, commit_properties};

/// Tries to commit while others change the table. Each loses to a commit that went through, so the lake moves on.
const ATTEMPTS_MAX: u32 = 8;
/// Rows of a Parquet row group: what a reader decodes at once and can skip by statistics.
const ROW_GROUP_ROWS_MAX: usize = 128 * 1024;
/// Zstandard's own default: logs shrink to about a twelfth, and higher levels cost more than they save.
const ZSTD_LEVEL: i32 = 3;

/// What a table holds of the batch's sources.
pub(super) async fn check(table: &Table, delta: &DeltaTable, spans: &[Span]) -> Result<(), LandError> {
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

/// What is to be written.
pub(super) enum Rows {
    Events(Box<EventColumns>),
    Rejects(Vec<RejectRow>),
}

/// What to do when the table is not exactly where the batch begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Events: refuse. The table must be exactly at `after`.
    Refuse,
    /// Rejects: their table moves only now and then, so only what it has beyond `through` counts, and that is fine.
    Skip,
}

/// Appends rows and the sequences they stand for, in one commit.
pub(super) struct Append<'a> {
    pub(super) table: &'a Table,
    pub(super) wanted: &'a StructType,
    /// What is not written yet: nothing once the files are whole, and a second try commits the same ones.
    rows: Option<Rows>,
    /// The files written so far.
    pub(super) written: Vec<Add>,
    /// Whether a commit may name the files, although it reported an error.
    is_in_doubt: bool,
}

impl<'a> Append<'a> {
    pub(super) fn new(table: &'a Table, wanted: &'a StructType, rows: Rows) -> Self {
        Self {
            table,
            wanted,
            rows: Some(rows),
            written: Vec::new(),
            is_in_doubt: false,
        }
    }

    pub(super) async fn commit(&mut self, spans: &[Span], known: Known) -> Result<u64, LandError> {
        let committed = self.commit_or_try_again(spans, known).await;
        if committed.is_err() && !self.is_in_doubt {
            self.discard();
        }
        committed
    }

    async fn commit_or_try_again(&mut self, spans: &[Span], known: Known) -> Result<u64, LandError> {
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
                self.is_in_doubt = true;
                let delta = self.table.fresh().await?;
                if has_all(self.table, &delta, spans).await? {
                    tracing::warn!(table = self.table.name(), %error, "a commit is there although it reported an error");
                    return Ok(delta.version().unwrap_or(0));
                }
                self.is_in_doubt = false;
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
        if let Some(rows) = self.rows.take() {
            self.write(delta, rows).await?;
        }
        let adds = self.written.clone();
        self.table.verify_there(delta)?;
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
        self.is_in_doubt = true;
        durable::sync_commit(self.table.folder(), version).map_err(|source| self.folder_error(source))?;
        let mut delta = delta.clone();
        delta.state = Some(commit.snapshot());
        self.table.remember(delta);
        let sequences = spans.iter().map(|span| (span.source_id, span.through));
        self.table.committed(version, sequences);
        Ok(Ok(version))
    }

    /// Deletes the files that no commit names. A landing that is tried again and again would otherwise fill the disk with
    /// them: maintenance leaves such files alone for days.
    fn discard(&mut self) {
        for add in self.written.drain(..) {
            let file = self.table.folder().join(&add.path);
            if let Err(error) = std::fs::remove_file(&file) {
                tracing::warn!(path = %file.display(), %error, "a file that did not land could not be deleted");
            }
        }
    }

    /// Writes the rows as files that no commit names yet, a day at a time, and lets go of what is written.
    async fn write(&mut self, delta: &DeltaTable, rows: Rows) -> Result<(), LandError> {
        let table = self.table;
        let failed = |error| table.failed("write", error);
        let state = delta.snapshot().map_err(failed)?;
        let schema = columns::to_arrow(&state.schema()).map_err(|error| failed(error.into()))?;
        let mut writer = RecordBatchWriter::for_table(delta)
            .map_err(failed)?
            .with_writer_properties(writer_properties());
        match rows {
            Rows::Events(events) => {
                for day in events.into_days(schema) {
                    let (day, batches) = day.map_err(|error| batch_error(&error))?;
                    let day: ArrayRef = Arc::new(Date32Array::from(vec![day]));
                    for rows in batches {
                        write_day(&mut writer, rows, &day).await.map_err(failed)?;
                    }
                    self.written.extend(writer.flush().await.map_err(failed)?);
                }
            }
            Rows::Rejects(rejects) => {
                for days in batch::cut_days(&rejects) {
                    for run in batch::cut(days) {
                        let rows = batch::rejects_to_batch(run, &schema).map_err(|error| batch_error(&error))?;
                        writer.write(rows).await.map_err(failed)?;
                    }
                    self.written.extend(writer.flush().await.map_err(failed)?);
                }
            }
        }
        let paths = self.written.iter().map(|add| add.path.as_str());
        durable::sync_data(self.table.folder(), paths).map_err(|source| self.folder_error(source))?;
        Ok(())
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
        // No two rows have the same.
        .set_column_dictionary_enabled(ColumnPath::from(ROW_ID), false)
        .set_created_by(concat!("margay ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

/// Writes rows that are all of this day. Said so, they need not be looked through and copied day by day.
async fn write_day(writer: &mut RecordBatchWriter, rows: RecordBatch, day: &ArrayRef) -> Result<(), DeltaTableError> {
    let value = ScalarExt::from_array(day, 0).ok_or_else(|| DeltaTableError::generic("a day is no date"))?;
    let partition = [(EVENT_DATE.to_owned(), value)].into_iter().collect();
    writer.write_partition(rows, &partition, WriteMode::Default).await?;
    Ok(())
}

fn batch_error(error: &BatchError) -> LandError {
    LandError::Malformed {
        reason: error.to_string(),
    }
}

/// Returns whether a commit lost to another writer's, so that nothing of it is there.
pub(crate) fn is_conflict(error: &DeltaTableError) -> bool {
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
