//! Why landing failed.

use margay_lake::{LakeError, LandError, ReplaceError};
use margay_schema::LogType;
use margay_store::{AdvanceError, EntriesError, LookupError, StorageFault};

/// Why nothing landed.
#[derive(Debug, thiserror::Error)]
pub enum LandingError {
    /// The journal could not be read.
    #[error("could not read the journal")]
    Journal(#[from] EntriesError),
    /// The sources could not be read.
    #[error("could not read the log sources")]
    Sources(#[from] StorageFault),
    /// A source is gone, or could not be read.
    #[error("could not read a log source")]
    Source(#[from] LookupError),
    /// The position could not be moved.
    #[error("could not note how far landing has come")]
    Advance(#[from] AdvanceError),
    /// The log type has no schema that can be used.
    #[error("log type `{log_type}` has no schema that can be used\nhint: `margay schema list` says which have one")]
    NoSchema {
        /// The log type.
        log_type: LogType,
    },
    /// The commit failed.
    #[error("could not land `{log_type}`")]
    Commit {
        /// The log type whose table it is.
        log_type: LogType,
        /// Why.
        #[source]
        cause: LandError,
    },
    /// The classification failures that an earlier, interrupted landing left could not be settled.
    #[error("could not settle the classification failures of `{log_type}`")]
    Settlement {
        /// The log type whose records they are.
        log_type: LogType,
        /// Why.
        #[source]
        cause: ReplaceError,
    },
    /// The lake could not be asked what it has.
    #[error("could not read the table of `{log_type}`")]
    Lake {
        /// The log type whose table it is.
        log_type: LogType,
        /// Why.
        #[source]
        cause: LakeError,
    },
    /// The table has less than was landed, and the journal no longer has the difference.
    #[error(
        "the table of source `{label}` ends at journal entry {landed}, and the journal begins at {oldest}: entries between them are in neither\nhint: restore the lake folder from a backup, or see what `margay doctor` says; nothing has been changed"
    )]
    LakeBehindJournal {
        /// The source's label.
        label: String,
        /// The last sequence that the table has.
        landed: u64,
        /// The first sequence that the journal still has.
        oldest: u64,
    },
    /// The table has more than the journal ever had: the database is older than the lake.
    #[error(
        "the table of source `{label}` has landed journal entries up to {landed}, and the journal ends at {head}: the database is older than the lake\nhint: restore margay.db and lake/ from the same backup; nothing has been changed"
    )]
    LakeAheadOfJournal {
        /// The source's label.
        label: String,
        /// The last sequence that the table has.
        landed: u64,
        /// The last sequence that the journal has.
        head: u64,
    },
    /// The work was cut short by a defect.
    #[error("normalising stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}
