//! Why something about a source's journal or ledger was not written, and what to do about it.

use margay_schema::SourceId;

use crate::backfill::WindowId;
use crate::coverage::COVERAGE_ROWS_MAX;
use crate::entry::ENTRY_RAW_BYTES_MAX;
use crate::fault::{Remedy, StorageFault};
use crate::fence::FenceError;
use crate::journal::{CHECKPOINT_BYTES_MAX, RECORDS_PER_PAGE_MAX};

/// Why a page was not journalled, or a claim not entered. Nothing was written, no checkpoint moved.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// There is no such source; perhaps it was deleted while it was polled.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// Somebody else acquired the source's lease since, or it was released.
    #[error("the lease of the log source {source_id} was lost to another holder; nothing was written")]
    LeaseLost {
        /// The source.
        source_id: SourceId,
    },
    /// The window is not waiting any more: it was split, cancelled or read to its end.
    #[error("window {window} of the log source {source_id} is not waiting any more; its page was not journalled")]
    WindowGone {
        /// The source.
        source_id: SourceId,
        /// The window.
        window: WindowId,
    },
    /// The page has more than [`RECORDS_PER_PAGE_MAX`] records.
    #[error("a page of the log source {source_id} has {count} records; {RECORDS_PER_PAGE_MAX} are allowed")]
    TooManyRecords {
        /// The source.
        source_id: SourceId,
        /// The page's number of records.
        count: usize,
    },
    /// The page is longer than [`ENTRY_RAW_BYTES_MAX`].
    #[error("a page of the log source {source_id} has {bytes} bytes; {ENTRY_RAW_BYTES_MAX} are allowed")]
    TooLong {
        /// The source.
        source_id: SourceId,
        /// The length of all ids and bodies.
        bytes: usize,
    },
    /// The checkpoint is longer than [`CHECKPOINT_BYTES_MAX`].
    #[error("the checkpoint of the log source {source_id} has {bytes} bytes; {CHECKPOINT_BYTES_MAX} are allowed")]
    CheckpointTooLong {
        /// The source.
        source_id: SourceId,
        /// The checkpoint's length.
        bytes: usize,
    },
    /// The ledger has [`COVERAGE_ROWS_MAX`] rows that cannot be merged.
    #[error(
        "the coverage ledger of the log source {source_id} has {COVERAGE_ROWS_MAX} separate ranges; no more are kept\nhint: fill its holes first"
    )]
    LedgerFull {
        /// The source.
        source_id: SourceId,
    },
    /// The database could not do its work: a full disk, a lock, a damaged file. Its kind says which.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AppendError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            AppendError::SourceUnknown(_) | AppendError::LeaseLost { .. } | AppendError::WindowGone { .. } => {
                Remedy::StandDown
            }
            AppendError::TooManyRecords { .. }
            | AppendError::TooLong { .. }
            | AppendError::CheckpointTooLong { .. }
            | AppendError::LedgerFull { .. } => Remedy::AskOperator,
            AppendError::Storage(fault) => fault.remedy(),
        }
    }
}

impl From<FenceError> for AppendError {
    fn from(error: FenceError) -> AppendError {
        match error {
            FenceError::SourceUnknown(source_id) => AppendError::SourceUnknown(source_id),
            FenceError::LeaseLost(source_id) => AppendError::LeaseLost { source_id },
            FenceError::Storage(fault) => AppendError::Storage(fault),
        }
    }
}
