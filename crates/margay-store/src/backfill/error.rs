//! Why something about a backfill was not written, and what to do about it.

use margay_schema::SourceId;

use super::{BACKFILLS_OPEN_MAX, WINDOWS_PER_BACKFILL_MAX, WINDOWS_WAITING_MAX, WindowId};
use crate::fault::{Remedy, StorageFault};
use crate::fence::FenceError;

/// What is wrong with windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackfillProblem {
    /// More than [`WINDOWS_PER_BACKFILL_MAX`].
    #[error("there are {0} windows; {WINDOWS_PER_BACKFILL_MAX} are allowed")]
    TooManyWindows(usize),
    /// There is none, one is empty, or they are not in order and without gaps from the beginning to the end.
    #[error("the windows do not cover the range one after the other")]
    NotCovered,
}

/// Why something about a backfill was not written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    /// There is no such source; perhaps it was deleted a moment ago.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// Somebody else acquired the source's lease since, or it was released.
    #[error("the lease of the log source {source_id} was lost to another holder; nothing was written")]
    LeaseLost {
        /// The source.
        source_id: SourceId,
    },
    /// The windows cannot be used.
    #[error("this range cannot be read in windows: {0}")]
    Invalid(BackfillProblem),
    /// [`BACKFILLS_OPEN_MAX`] backfills are unfinished, or more than [`WINDOWS_WAITING_MAX`] windows would be waiting.
    #[error(
        "the log source {source_id} has too much left to backfill: at most {BACKFILLS_OPEN_MAX} backfills and {WINDOWS_WAITING_MAX} windows wait at a time\nhint: wait until some are finished"
    )]
    TooMany {
        /// The source.
        source_id: SourceId,
    },
    /// The window is not waiting any more: it was split, or read to its end.
    #[error("window {window} of the log source {source_id} is not waiting any more")]
    WindowGone {
        /// The source.
        source_id: SourceId,
        /// The window.
        window: WindowId,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl BackfillError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            BackfillError::SourceUnknown(_) | BackfillError::LeaseLost { .. } | BackfillError::WindowGone { .. } => {
                Remedy::StandDown
            }
            BackfillError::Invalid(_) | BackfillError::TooMany { .. } => Remedy::AskOperator,
            BackfillError::Storage(fault) => fault.remedy(),
        }
    }
}

impl From<FenceError> for BackfillError {
    fn from(error: FenceError) -> BackfillError {
        match error {
            FenceError::SourceUnknown(source_id) => BackfillError::SourceUnknown(source_id),
            FenceError::LeaseLost(source_id) => BackfillError::LeaseLost { source_id },
            FenceError::Storage(fault) => BackfillError::Storage(fault),
        }
    }
}
