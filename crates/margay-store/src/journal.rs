//! The journal: the durable inbox of every source.
//!
//! `append` is the only way in, for what is in `page`; `read` is the way out, `find` says where a record is, and `size` how much there is.
//! `withdraw` takes back what was to land without being kept here, and did not. [`JournalStatus`] is the summary.

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::LookupError;
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, from_micros};

mod append;
mod append_error;
mod find;
mod page;
mod read;
mod size;
mod withdraw;

#[cfg(test)]
mod tests;

pub use append::{CHECKPOINT_BYTES_MAX, RECORDS_PER_PAGE_MAX};
pub use append_error::AppendError;
pub use page::{Appended, NewEntry, NewRecord, Progress};
pub use read::{ENTRIES_PER_READ_MAX, EntriesError};
pub use size::JournalSize;

/// What a source's journal holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalStatus {
    /// The last entry; zero if there is none yet.
    pub head: Sequence,
    /// The last entry that retention has removed; zero if none.
    pub pruned_through: Sequence,
    /// Records that were ever journalled.
    pub records_total: u64,
    /// Bytes that were ever journalled, ids and bodies before compression.
    pub raw_bytes_total: u64,
    /// Bytes that were ever journalled, after compression.
    pub stored_bytes_total: u64,
    /// The newest event time that came with a page.
    pub newest_event_time: Option<Timestamp>,
    /// When the head was journalled.
    pub entry_at: Option<Timestamp>,
    /// When the live tail's checkpoint last came with a page, new records or not.
    pub checkpoint_at: Timestamp,
}

impl Store {
    /// Returns the checkpoint of a source: where the next poll of its live tail resumes.
    pub async fn checkpoint(&self, source_id: SourceId) -> Result<String, LookupError> {
        sqlx::query_scalar(
            "SELECT journal.checkpoint FROM journal JOIN source ON source.number = journal.source WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?
        .ok_or(LookupError::SourceUnknown(source_id))
    }

    /// Returns the sequence of a source's last entry; zero if there is none yet.
    pub async fn head(&self, source_id: SourceId) -> Result<Sequence, LookupError> {
        Ok(self.journal_status(source_id).await?.head)
    }

    /// Returns what a source's journal holds, in numbers.
    pub async fn journal_status(&self, source_id: SourceId) -> Result<JournalStatus, LookupError> {
        let row: Option<StatusRow> = sqlx::query_as(
            "SELECT head, pruned_through, records_total, raw_bytes_total, stored_bytes_total, newest_event_at, \
             entry_at, checkpoint_at FROM journal JOIN source ON source.number = journal.source WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let (head, pruned_through, records, raw_bytes, stored_bytes, newest_event_at, entry_at, checkpoint_at) =
            row.ok_or(LookupError::SourceUnknown(source_id))?;
        Ok(JournalStatus {
            head: Sequence::from_sql(head),
            pruned_through: Sequence::from_sql(pruned_through),
            records_total: count_from_sql(records),
            raw_bytes_total: count_from_sql(raw_bytes),
            stored_bytes_total: count_from_sql(stored_bytes),
            newest_event_time: newest_event_at.map(from_micros),
            entry_at: entry_at.map(from_micros),
            checkpoint_at: from_micros(checkpoint_at),
        })
    }
}

type StatusRow = (i64, i64, i64, i64, i64, Option<i64>, Option<i64>, i64);
