//! One append to one table: files written, then one commit that names them and the sequences they stand for.

use deltalake::kernel::{Action, Add, StructType, Transaction};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError};
use tokio::task::block_in_place;

use super::{LandError, Span};
use crate::batch::{self, BatchError};
use crate::columns::{self, EVENT_DATE};
use crate::commit::{commit, commit_properties, is_conflict};
use crate::data_file::{NewFiles, discard_all};
use crate::event_columns::EventColumns;
use crate::failure::LakeError;
use crate::reject::RejectRow;
use crate::table::{Table, application_id};

/// Tries to commit while others change the table. Each loses to a commit that went through, so the lake moves on.
const ATTEMPTS_MAX: u32 = 8;
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
            discard_all(self.table.folder(), &self.written);
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
            block_in_place(|| self.write(delta, rows))?;
        }
        let adds = self.written.clone();
        let transactions = spans.iter().map(|span| {
            let version = i64::try_from(span.through).expect("checked when the batch was prepared");
            Transaction::new(application_id(span.source_id), version)
        });
        let properties = commit_properties().with_application_transactions(transactions.collect());
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(vec![EVENT_DATE.to_owned()]),
            predicate: None,
        };
        let actions = adds.into_iter().map(Action::Add).collect();
        // A table that is gone has taken no commit, and its files are to go with it.
        self.table.verify_there(delta)?;
        self.is_in_doubt = true;
        let committed = commit(self.table, delta, actions, operation, properties).await?;
        if let Ok(version) = &committed {
            let sequences = spans.iter().map(|span| (span.source_id, span.through));
            self.table.committed(*version, sequences);
        } else {
            self.is_in_doubt = false;
        }
        Ok(committed)
    }

    /// Writes the rows as files that no commit names yet, a day at a time, and lets go of what is written.
    fn write(&mut self, delta: &DeltaTable, rows: Rows) -> Result<(), LandError> {
        let table = self.table;
        let failed = |error| table.failed("write", error);
        let state = delta.snapshot().map_err(failed)?;
        let schema = columns::to_arrow(&state.schema()).map_err(|error| failed(error.into()))?;
        let mut files = NewFiles::new(table.folder(), &schema, usize::MAX);
        match rows {
            Rows::Events(events) => {
                for day in events.into_days(schema) {
                    let (day, batches) = day.map_err(|error| batch_error(&error))?;
                    for rows in batches {
                        files.write(day, &rows).map_err(failed)?;
                    }
                }
            }
            Rows::Rejects(rejects) => {
                for (day, run) in batch::cut(&rejects) {
                    let rows = batch::rejects_to_batch(run, &schema).map_err(|error| batch_error(&error))?;
                    files.write(day, &rows).map_err(failed)?;
                }
            }
        }
        self.written = files.finish().map_err(failed)?;
        Ok(())
    }
}

fn batch_error(error: &BatchError) -> LandError {
    LandError::Malformed {
        reason: error.to_string(),
    }
}
