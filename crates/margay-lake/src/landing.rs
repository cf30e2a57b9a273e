//! Landing: a batch of events becomes one Delta commit per table, exactly once.
//!
//! ```text
//! t0  rejects commit, if there are any:   rows + "source S has rejects through n"
//! t1  events commit, always:              rows + "source S has events through n"
//! ```
//!
//! A stop between t0 and t1 leaves the rejects of entries that have no events yet. The caller then asks both tables and
//! leaves out the rejects of entries at or below [`crate::Lake::rejects_landed`]. Should it repeat the very same batch, the
//! rejects are found to be there and are not written again.
//!
//! Delta itself accepts a sequence that is already there, so it is read from the very view that the commit is made from:
//! a commit by anyone else with the same source in between is then a conflict, and everything is checked anew.

use std::collections::HashMap;

use margay_schema::SourceId;

use crate::columns;
use crate::event_columns::EventColumns;
use crate::failure::{LakeError, Remedy};
use crate::lake::Inner;
use crate::reject::RejectRow;
use crate::table::Table;

mod append;

use append::{Append, Known, Rows, check};

/// What one commit holds.
#[derive(Debug)]
pub struct Batch {
    /// The events, of any number of sources of this log type. The schema that normalised them names the table.
    pub events: EventColumns,
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
    events: EventColumns,
    rejects: Vec<RejectRow>,
    spans: Vec<Span>,
}

impl Landing {
    /// Checks the batch against itself.
    pub(crate) fn prepare(batch: Batch) -> Result<Self, LandError> {
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
        let sources = batch.events.sources().iter().copied();
        let sources = sources.chain(batch.rejects.iter().map(|reject| reject.source_id));
        for source_id in sources {
            if !spans.iter().any(|span| span.source_id == source_id) {
                return Err(malformed(format!("a row's source `{source_id}` is not in `through`")));
            }
        }
        Ok(Self {
            events: batch.events,
            rejects: batch.rejects,
            spans,
        })
    }

    pub(crate) async fn run(self, lake: &Inner) -> Result<Landed, LandError> {
        let schema = self.events.schema();
        let table = match lake.log(&schema.log_type().table_name()) {
            Some(table) => table,
            None => lake.register(schema).await?,
        };
        if !self.rejects.is_empty() {
            // Refuse before the rejects commit what the events' commit would refuse.
            check(&table, &table.fresh().await?, &self.spans).await?;
        }
        let rejects = self.land_rejects(&lake.rejects).await?;
        let (events, wanted) = (self.events.len(), self.events.own().clone());
        let mut append = Append::new(&table, &wanted, Rows::Events(Box::new(self.events)));
        let table_version = append.commit(&self.spans, Known::Refuse).await?;
        let written = append.written;
        Ok(Landed {
            events,
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
        let count = rejects.len();
        let wanted = columns::reject_columns();
        let mut append = Append::new(table, &wanted, Rows::Rejects(rejects));
        append.commit(&spans, Known::Skip).await?;
        Ok(count)
    }
}
