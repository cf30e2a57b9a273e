//! Appending a page, in one transaction.
//!
//! ```text
//! BEGIN IMMEDIATE          the write lock: what is read below stays true until the commit
//! source, lease, head      is the caller still the holder?
//! known ids                which of the page's records were journalled before?
//! ids, entry, journal row  the new ones; the next sequence; the checkpoint, whether or not anything is new
//! COMMIT                   from here on nothing can be lost; before it nothing happened
//! ```
//!
//! If the caller does not learn of the commit (it was dropped, or the process died), it polls the same page again from
//! whichever checkpoint it finds, and the remembered ids make that harmless.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use jiff::Timestamp;
use margay_schema::{LogType, SourceId};
use sqlx::SqliteConnection;

use crate::blocking;
use crate::entry::{self, ENTRY_RAW_BYTES_MAX, Packed};
use crate::fault::{Remedy, StorageFault};
use crate::lease::LeaseToken;
use crate::record_id;
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, day_of, to_micros};

/// The most records in one page: ten times the largest page of any vendor so far.
pub const RECORDS_PER_PAGE_MAX: usize = 10_000;

/// The longest checkpoint. Vendors' cursors have been seen up to 2 KiB.
pub const CHECKPOINT_BYTES_MAX: usize = 64 * 1024;

/// Packing more than this takes over a millisecond and leaves the async threads.
const PACK_INLINE_BYTES_MAX: usize = 256 * 1024;

/// A page to journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Which schema its records belong to.
    pub log_type: LogType,
    /// Its records in the vendor's order; may be empty, and may hold records that were journalled before.
    pub records: Vec<NewRecord>,
    /// Where the next poll resumes once this page is journalled.
    pub checkpoint: String,
    /// The token of the lease under which the page was polled.
    pub fence: LeaseToken,
    /// The newest event time on the page, if the connector knows it.
    pub newest_event_time: Option<Timestamp>,
    /// The current time.
    pub now: Timestamp,
}

/// A record to journal, exactly as the vendor sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The vendor's id of the record, or a hash of its content where the vendor has none.
    pub id: String,
    /// The record's text.
    pub body: String,
}

impl fmt::Debug for NewRecord {
    /// Leaves the body out: it is somebody's audit log, and may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecord")
            .field("id", &self.id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The new entry; none if the page had no new record.
    pub sequence: Option<Sequence>,
    /// How many of the page's records were journalled now.
    pub records_new: usize,
    /// How many were journalled before, or stood on the page twice.
    pub records_known: usize,
}

/// Why a page was not journalled. Nothing was written, the checkpoint did not move.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// There is no such source; perhaps it was deleted while it was polled.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// Somebody else acquired the source's lease since, or it was released.
    #[error("the lease of the log source {source_id} was lost to another holder; its page was not journalled")]
    LeaseLost {
        /// The source.
        source_id: SourceId,
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
    /// The database could not do its work: a full disk, a lock, a damaged file. Its kind says which.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AppendError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            AppendError::SourceUnknown(_) | AppendError::LeaseLost { .. } => Remedy::StandDown,
            AppendError::TooManyRecords { .. }
            | AppendError::TooLong { .. }
            | AppendError::CheckpointTooLong { .. } => Remedy::AskOperator,
            AppendError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Journals a page: its new records as one entry with the next sequence, their ids, and the checkpoint, all in one
    /// transaction. Without new records only the checkpoint moves, and there is no entry.
    ///
    /// May be cancelled at any time: then either all of it happened or nothing, and appending the same page again is
    /// harmless.
    ///
    /// # Panics
    ///
    /// If the rows that this transaction alone may change are not as it left them: a mistake of ours. Nothing is written.
    pub async fn append(&self, source_id: SourceId, page: NewEntry) -> Result<Appended, AppendError> {
        check_limits(source_id, &page)?;
        let records = without_repeats(&page.records);

        let mut transaction = self.begin_write().await?;
        let (number, head) = self.fenced(&mut transaction, source_id, page.fence).await?;
        let known = known_ids(&mut transaction, number, &records).await.or_fault(self)?;
        let known: HashSet<String> =
            serde_json::from_str(&known).map_err(|_| self.damaged("remembered ids are not text"))?;
        let new: Vec<&KeyedRecord<'_>> = records.iter().filter(|record| !known.contains(&*record.key)).collect();

        let appended = Appended {
            sequence: (!new.is_empty()).then(|| head.next()),
            records_new: new.len(),
            records_known: page.records.len() - new.len(),
        };
        if let Some(sequence) = appended.sequence {
            insert_ids(&mut transaction, number, &new, page.now)
                .await
                .or_fault(self)?;
            let packed = pack(self, &new).await?;
            assert_eq!(packed.record_count, appended.records_new, "every new record is packed");
            insert_entry(&mut transaction, number, sequence, &page, &packed)
                .await
                .or_fault(self)?;
            move_head(&mut transaction, number, sequence, &page, &packed)
                .await
                .or_fault(self)?;
        }
        move_checkpoint(&mut transaction, number, &page).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(appended)
    }

    /// Returns the source's short key and head, if the caller still holds its lease.
    async fn fenced(
        &self,
        connection: &mut SqliteConnection,
        source_id: SourceId,
        fence: LeaseToken,
    ) -> Result<(i64, Sequence), AppendError> {
        let row: Option<(i64, i64, i64, bool)> = sqlx::query_as(
            "SELECT source.number, journal.head, lease.token, lease.holder IS NOT NULL \
             FROM source JOIN journal ON journal.source = source.number JOIN lease ON lease.source = source.number \
             WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(connection)
        .await
        .or_fault(self)?;
        let (number, head, token, has_holder) = row.ok_or(AppendError::SourceUnknown(source_id))?;
        if fence.is_current(token, has_holder) {
            Ok((number, Sequence::from_sql(head)))
        } else {
            Err(AppendError::LeaseLost { source_id })
        }
    }
}

/// A record and the text under which its id is remembered.
struct KeyedRecord<'a> {
    key: Cow<'a, str>,
    record: &'a NewRecord,
}

fn check_limits(source_id: SourceId, page: &NewEntry) -> Result<(), AppendError> {
    let count = page.records.len();
    if count > RECORDS_PER_PAGE_MAX {
        return Err(AppendError::TooManyRecords { source_id, count });
    }
    let bytes = entry::raw_bytes(page.records.iter().map(|record| (&*record.id, &*record.body)));
    if bytes > ENTRY_RAW_BYTES_MAX {
        return Err(AppendError::TooLong { source_id, bytes });
    }
    let bytes = page.checkpoint.len();
    if bytes > CHECKPOINT_BYTES_MAX {
        return Err(AppendError::CheckpointTooLong { source_id, bytes });
    }
    Ok(())
}

/// Returns the records in their order; of those with the same id only the first.
fn without_repeats(records: &[NewRecord]) -> Vec<KeyedRecord<'_>> {
    let mut seen: HashSet<&str> = HashSet::with_capacity(records.len());
    records
        .iter()
        .filter(|record| seen.insert(&record.id))
        .map(|record| KeyedRecord {
            key: record_id::key_of(&record.id),
            record,
        })
        .collect()
}

/// Returns those of the keys that are remembered, as a JSON list: one row whatever the page's size.
async fn known_ids(
    connection: &mut SqliteConnection,
    number: i64,
    records: &[KeyedRecord<'_>],
) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT json_group_array(record_id) FROM record_id \
         WHERE source = ?1 AND record_id IN (SELECT value FROM json_each(?2))",
    )
    .bind(number)
    .bind(json_list(records.iter()))
    .fetch_one(connection)
    .await
}

async fn insert_ids(
    connection: &mut SqliteConnection,
    number: i64,
    records: &[&KeyedRecord<'_>],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO record_id (source, record_id, first_seen_day) SELECT ?1, value, ?3 FROM json_each(?2)",
    )
    .bind(number)
    .bind(json_list(records.iter().copied()))
    .bind(day_of(now))
    .execute(connection)
    .await?;
    assert_eq!(
        inserted.rows_affected(),
        records.len() as u64,
        "every new id is remembered"
    );
    Ok(())
}

async fn insert_entry(
    connection: &mut SqliteConnection,
    number: i64,
    sequence: Sequence,
    page: &NewEntry,
    packed: &Packed,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO entry (source, sequence, journalled_at, record_count, raw_bytes, format, log_type, records) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(number)
    .bind(sequence.to_sql())
    .bind(to_micros(page.now))
    .bind(count_to_sql(packed.record_count))
    .bind(count_to_sql(packed.raw_bytes))
    .bind(entry::FORMAT)
    .bind(page.log_type.as_str())
    .bind(packed.blob.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

async fn move_head(
    connection: &mut SqliteConnection,
    number: i64,
    sequence: Sequence,
    page: &NewEntry,
    packed: &Packed,
) -> Result<(), sqlx::Error> {
    let moved = sqlx::query(
        "UPDATE journal SET head = ?2, records_total = records_total + ?3, raw_bytes_total = raw_bytes_total + ?4, \
         stored_bytes_total = stored_bytes_total + ?5, entry_at = ?6 WHERE source = ?1 AND head = ?2 - 1",
    )
    .bind(number)
    .bind(sequence.to_sql())
    .bind(count_to_sql(packed.record_count))
    .bind(count_to_sql(packed.raw_bytes))
    .bind(count_to_sql(packed.blob.len()))
    .bind(to_micros(page.now))
    .execute(connection)
    .await?;
    assert_eq!(moved.rows_affected(), 1, "the head did not move since it was read");
    Ok(())
}

async fn move_checkpoint(connection: &mut SqliteConnection, number: i64, page: &NewEntry) -> Result<(), sqlx::Error> {
    let moved = sqlx::query(
        "UPDATE journal SET checkpoint = ?2, checkpoint_at = ?3, newest_event_at = \
         CASE WHEN ?4 IS NULL OR ?4 < newest_event_at THEN newest_event_at ELSE ?4 END WHERE source = ?1",
    )
    .bind(number)
    .bind(page.checkpoint.as_str())
    .bind(to_micros(page.now))
    .bind(page.newest_event_time.map(to_micros))
    .execute(connection)
    .await?;
    assert_eq!(moved.rows_affected(), 1, "the journal did not vanish since it was read");
    Ok(())
}

async fn pack(store: &Store, records: &[&KeyedRecord<'_>]) -> Result<Packed, StorageFault> {
    let pairs = || records.iter().map(|keyed| (&*keyed.record.id, &*keyed.record.body));
    if entry::raw_bytes(pairs()) <= PACK_INLINE_BYTES_MAX {
        return Ok(entry::pack(&pairs().collect::<Vec<_>>()));
    }
    let owned: Vec<NewRecord> = records.iter().map(|keyed| keyed.record.clone()).collect();
    let packing = move || {
        entry::pack(
            &owned
                .iter()
                .map(|record| (&*record.id, &*record.body))
                .collect::<Vec<_>>(),
        )
    };
    blocking::run(store, packing).await
}

fn json_list<'a>(records: impl Iterator<Item = &'a KeyedRecord<'a>>) -> String {
    let keys: Vec<&str> = records.map(|record| &*record.key).collect();
    serde_json::to_string(&keys).expect("a list of texts is JSON")
}
