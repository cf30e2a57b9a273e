//! Reading entries, whole and in order.

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::{Sqlite, Transaction};

use crate::blocking;
use crate::entry::{self, ENTRY_RAW_BYTES_MAX, Entry, EntryProblem, EntryText};
use crate::fault::{LookupError, Remedy, StorageFault};
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, from_micros, to_micros};

/// The most entries of one read, however small they are.
pub const ENTRIES_PER_READ_MAX: usize = 1_000;

/// Why entries could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EntriesError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// An entry is not what was written.
    #[error(
        "entry {sequence} of the log source {source_id} cannot be read: {problem}\nhint: keep a copy of the database with its -wal and -shm companions, then restore margay.db and lake/ from the same backup"
    )]
    EntryDamaged {
        /// The source.
        source_id: SourceId,
        /// The entry.
        sequence: Sequence,
        /// What is wrong with it.
        problem: EntryProblem,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl EntriesError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            EntriesError::SourceUnknown(_) => Remedy::StandDown,
            EntriesError::EntryDamaged { .. } => Remedy::AskOperator,
            EntriesError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Returns the entries after `after`, whole and in order, until `bytes_max` unpacked bytes or
    /// [`ENTRIES_PER_READ_MAX`] are reached; at least one if there is any. Entries that retention has removed are
    /// passed over.
    ///
    /// Every entry is checked against its row. If one is damaged, those before it are returned first, and the error
    /// comes when it is the next.
    pub async fn entries(
        &self,
        source_id: SourceId,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, EntriesError> {
        // One snapshot for all three questions, so that a retention in between cannot look like a gap.
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let state: Option<(i64, i64, i64)> = sqlx::query_as(
            "SELECT source.number, journal.head, journal.pruned_through \
             FROM source JOIN journal ON journal.source = source.number WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(&mut *snapshot)
        .await
        .or_fault(self)?;
        let (number, head, pruned_through) = state.ok_or(EntriesError::SourceUnknown(source_id))?;

        let after = after.max(Sequence::from_sql(pruned_through));
        if after >= Sequence::from_sql(head) {
            return Ok(Vec::new());
        }
        let last = self.last_within(&mut snapshot, number, after, bytes_max).await?;
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT sequence, journalled_at, record_count, raw_bytes, format, log_type, records FROM entry \
             WHERE source = ?1 AND sequence > ?2 AND sequence <= ?3 ORDER BY sequence",
        )
        .bind(number)
        .bind(after.to_sql())
        .bind(last.to_sql())
        .fetch_all(&mut *snapshot)
        .await
        .or_fault(self)?;
        snapshot.rollback().await.or_fault(self)?;

        // Unpacking megabytes takes milliseconds, which is too long for an async thread.
        blocking::run(self, move || unpack_all(source_id, after, rows)).await?
    }

    /// Returns when the oldest entry that is kept was journalled; nothing if none is. What is older cannot be read again.
    pub async fn oldest_entry_at(&self, source_id: SourceId) -> Result<Option<Timestamp>, LookupError> {
        let oldest: Option<Option<i64>> = sqlx::query_scalar(
            "SELECT (SELECT journalled_at FROM entry WHERE entry.source = source.number ORDER BY sequence LIMIT 1) \
             FROM source WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(oldest.ok_or(LookupError::SourceUnknown(source_id))?.map(from_micros))
    }

    /// Returns the sequence after which every entry stands that was journalled at or after `since`. Entries after it may be
    /// older all the same, where the clock was set back.
    pub async fn sequence_before(&self, source_id: SourceId, since: Timestamp) -> Result<Sequence, LookupError> {
        let before: Option<i64> = sqlx::query_scalar(
            "SELECT coalesce((SELECT sequence - 1 FROM entry WHERE entry.source = source.number AND journalled_at >= ?2 \
             ORDER BY sequence LIMIT 1), journal.head) \
             FROM source JOIN journal ON journal.source = source.number WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .bind(to_micros(since))
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        before
            .map(Sequence::from_sql)
            .ok_or(LookupError::SourceUnknown(source_id))
    }

    /// Returns the last entry of a read, by the lengths in the rows: the blobs are not touched.
    async fn last_within(
        &self,
        snapshot: &mut Transaction<'static, Sqlite>,
        number: i64,
        after: Sequence,
        bytes_max: usize,
    ) -> Result<Sequence, StorageFault> {
        // One row whatever there is: each row of an answer is a message from `SQLite`'s thread.
        let last: Option<i64> = sqlx::query_scalar(
            "WITH next AS (SELECT sequence, raw_bytes FROM entry WHERE source = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3), \
             summed AS (SELECT sequence, sum(min(raw_bytes, ?5)) OVER (ORDER BY sequence) AS bytes FROM next) \
             SELECT coalesce(max(sequence) FILTER (WHERE bytes <= ?4), min(sequence)) FROM summed",
        )
        .bind(number)
        .bind(after.to_sql())
        .bind(count_to_sql(ENTRIES_PER_READ_MAX))
        .bind(count_to_sql(bytes_max))
        // A length that was damaged is to be found where its entry is read, and not to overflow the sum.
        .bind(count_to_sql(ENTRY_RAW_BYTES_MAX))
        .fetch_one(&mut **snapshot)
        .await
        .or_fault(self)?;
        Ok(last.map_or(after, Sequence::from_sql))
    }
}

type EntryRow = (i64, i64, i64, i64, i64, String, Vec<u8>);

/// Unpacks rows that should follow `after` without a gap. The caller knows that there is at least one such entry.
fn unpack_all(source_id: SourceId, after: Sequence, rows: Vec<EntryRow>) -> Result<Vec<Entry>, EntriesError> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut expected = after.next();
    let mut found_problem = None;
    for row in rows {
        match unpack_one(source_id, expected, row) {
            Ok(entry) => entries.push(entry),
            Err(problem) => {
                found_problem = Some(problem);
                break;
            }
        }
        expected = expected.next();
    }
    if !entries.is_empty() {
        return Ok(entries);
    }
    let problem = found_problem.unwrap_or(EntryProblem::Missing);
    Err(EntriesError::EntryDamaged {
        source_id,
        sequence: expected,
        problem,
    })
}

fn unpack_one(source_id: SourceId, expected: Sequence, row: EntryRow) -> Result<Entry, EntryProblem> {
    let (sequence, journalled_at, record_count, raw_bytes, format, log_type, blob) = row;
    if Sequence::from_sql(sequence) != expected {
        return Err(EntryProblem::Missing);
    }
    Ok(Entry {
        source_id,
        sequence: expected,
        log_type: log_type.parse().map_err(|_| EntryProblem::BadLogType)?,
        journalled_at: from_micros(journalled_at),
        text: EntryText::of_format(format),
        records: entry::unpack(format, record_count, raw_bytes, &blob)?,
    })
}
