//! Why there is no audit.

use margay_lake::{CompareError, ReplaceError};
use margay_schema::LogType;
use margay_store::{AppendError, AuditError as KeepError, BackfillError, EntriesError, LookupError};

use crate::land::LandingError;
use crate::lease::LeaseProblem;
use crate::replay::ReplayError;
use crate::source::BindError;

/// Why there is no audit. What it had repaired stays.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The range is empty.
    #[error("there is nothing to audit of source `{label}`: {reason}")]
    NothingToAudit {
        /// The source.
        label: String,
        /// Why, for people.
        reason: String,
    },
    /// Its records cannot be normalised, so there is nothing to compare.
    #[error("the records of `{log_type}` cannot be compared: {problem}")]
    NoSchema {
        /// The log type.
        log_type: LogType,
        /// Why.
        problem: String,
    },
    /// The source cannot be read.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The lease could not be taken or kept.
    #[error(transparent)]
    Lease(#[from] LeaseProblem),
    /// What waits in the journal could not be landed.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// Rows could not be put back from the journal.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The tables could not be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// A row could not be put back.
    #[error(transparent)]
    Restore(#[from] ReplaceError),
    /// The database could not tell.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The journal could not be read.
    #[error(transparent)]
    Entries(#[from] EntriesError),
    /// A missing record could not be journalled, or a claim not entered.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A backfill could not be asked for.
    #[error(transparent)]
    Backfill(#[from] BackfillError),
    /// The result could not be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// A task of ours died.
    #[error("normalising stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}
