//! Appending a page, in one transaction.
//!
//! ```text
//! BEGIN IMMEDIATE          the write lock: what is read below stays true until the commit
//! source, lease, head      is the caller still the holder?
//! ids                      which of the page's records are new? from here on they are known
//! entry, journal row       the new ones; the next sequence
//! progress                 the checkpoint of the live tail or of a window, whether or not anything is new
//! ledger                   what the page proves
//! COMMIT                   from here on nothing can be lost; before it nothing happened
//! ```
//!
//! If the caller does not learn of the commit (it was dropped, or the process died), it polls the same page again from
//! whichever checkpoint it finds, and the remembered ids make that harmless.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use super::{AppendError, Appended, NewEntry, NewRecord, Progress};
use crate::backfill::window::{self, PageCounts};
use crate::blocking;
use crate::coverage::Entered;
use crate::entry::{self, ENTRY_RAW_BYTES_MAX, Entry, EntryRecord, EntryText, Packed, Unpacked};
use crate::fault::StorageFault;
use crate::fence::Fenced;
use crate::record_id;
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, day_of, from_micros, to_micros};

/// The most records in one page: ten times the largest page of any vendor so far.
pub const RECORDS_PER_PAGE_MAX: usize = 10_000;

/// The longest checkpoint. Vendors' cursors have been seen up to 2 KiB.
pub const CHECKPOINT_BYTES_MAX: usize = 64 * 1024;

/// Packing more than this takes over a millisecond and leaves the async threads.
const PACK_INLINE_BYTES_MAX: usize = 256 * 1024;

impl Store {
    /// Journals a page: its new records as one entry with the next sequence, their ids, the checkpoint that follows them
    /// and what the page proves, all in one transaction. Without new records there is no entry, and the rest is the same.
    ///
    /// A claim for which the ledger has no room (see [`COVERAGE_ROWS_MAX`](crate::COVERAGE_ROWS_MAX)) is left out with a
    /// warning: records are not held up by it, and what is not claimed is read again.
    ///
    /// May be cancelled at any time: then either all of it happened or nothing, and appending the same page again is
    /// harmless.
    ///
    /// # Panics
    ///
    /// If the rows that this transaction alone may change are not as it left them: a mistake of ours. Nothing is written.
    pub async fn append(&self, source_id: SourceId, page: NewEntry) -> Result<Appended, AppendError> {
        self.append_as(source_id, &page, EntryText::Kept).await
    }

    /// As [`Store::append`], for a caller that lands what is new at once and under the same lease: it gets the entry with its text, and need
    /// not read it back. There is no entry if no record is new.
    ///
    /// If the journal is not to keep the text, its own entry says only which records they are, so that what did not reach the lake can be
    /// [withdrawn](Store::withdraw).
    ///
    /// # Errors
    /// As [`Store::append`].
    ///
    /// # Panics
    /// As [`Store::append`].
    pub async fn append_in_hand(
        &self,
        source_id: SourceId,
        page: NewEntry,
        text: EntryText,
    ) -> Result<(Appended, Option<Entry>), AppendError> {
        let appended = self.append_as(source_id, &page, text).await?;
        let Some(sequence) = appended.sequence else {
            return Ok((appended, None));
        };
        let mut new = appended.new.iter().copied().peekable();
        let records = page.records.into_iter().enumerate();
        let records = records.filter(|(place, _)| new.next_if_eq(place).is_some());
        let entry = Entry {
            source_id,
            sequence,
            log_type: page.log_type,
            journalled_at: from_micros(to_micros(page.now)),
            text: EntryText::Kept,
            records: records
                .map(|(_, NewRecord { id, body })| EntryRecord { id, body })
                .collect(),
        };
        Ok((appended, Some(entry)))
    }

    async fn append_as(&self, source_id: SourceId, page: &NewEntry, text: EntryText) -> Result<Appended, AppendError> {
        check_limits(source_id, page)?;
        let mut transaction = self.begin_write().await?;
        let Fenced { number, head } = self.fenced(&mut transaction, source_id, page.fence).await?;
        let new = self.remember_new(&mut transaction, number, page).await?;

        let appended = Appended {
            sequence: (!new.is_empty()).then(|| head.next()),
            new: new.iter().map(|record| record.place).collect(),
            records_known: page.records.len() - new.len(),
        };
        self.move_window(&mut transaction, source_id, number, page, &appended)
            .await?;
        match appended.sequence {
            Some(sequence) => {
                let packed = pack(self, &new, text).await?;
                assert_eq!(
                    packed.record_count,
                    appended.records_new(),
                    "every new record is packed"
                );
                insert_entry(&mut transaction, number, sequence, page, (&packed, text)).await
            }
            None => move_journal(&mut transaction, number, page).await,
        }
        .or_fault(self)?;
        if let Some(claim) = &page.claim {
            let entered = match page.progress {
                Progress::Tail { .. } => self.enter_tail_claim(&mut transaction, number, claim).await?,
                Progress::Window { .. } | Progress::Nothing => {
                    self.enter_claim(&mut transaction, number, claim).await?
                }
            };
            if entered == Entered::NoRoom {
                tracing::warn!(%source_id, "the coverage ledger is full; what a page proved was not entered");
            }
        }
        transaction.commit().await.or_fault(self)?;
        Ok(appended)
    }

    /// Remembers the ids of the page's records, and returns those records that are new, in their order.
    async fn remember_new<'p>(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        page: &'p NewEntry,
    ) -> Result<Vec<KeyedRecord<'p>>, AppendError> {
        // A page of a source with nothing new, which is most of them.
        if page.records.is_empty() {
            return Ok(Vec::new());
        }
        let records = keyed(&page.records);
        // Mostly all of them are new, and the insertion says so itself.
        let all_are_new = insert_all(transaction, number, &records, page.now)
            .await
            .or_fault(self)?;
        if all_are_new {
            return Ok(records);
        }
        let records = without_repeats(records);
        let known = known_ids(transaction, number, &records).await.or_fault(self)?;
        let known: HashSet<String> =
            serde_json::from_str(&known).map_err(|_| self.damaged("remembered ids are not text"))?;
        let new: Vec<KeyedRecord<'p>> = records
            .into_iter()
            .filter(|record| !known.contains(&*record.key))
            .collect();
        let inserted = insert_ids(transaction, number, &new, page.now).await.or_fault(self)?;
        assert_eq!(inserted, new.len() as u64, "every new id is remembered");
        Ok(new)
    }

    /// Moves the window that the page belongs to, if there is one.
    async fn move_window(
        &self,
        transaction: &mut SqliteConnection,
        source_id: SourceId,
        number: i64,
        page: &NewEntry,
        appended: &Appended,
    ) -> Result<(), AppendError> {
        if let Progress::Window {
            window,
            checkpoint,
            is_done,
        } = &page.progress
        {
            let counts = PageCounts {
                records_new: appended.records_new(),
                records_known: appended.records_known,
            };
            let was_waiting = if *is_done {
                window::finish(transaction, number, *window, counts, page.now).await
            } else {
                window::resume_at(transaction, number, *window, checkpoint, counts).await
            };
            if !was_waiting.or_fault(self)? {
                let window = *window;
                return Err(AppendError::WindowGone { source_id, window });
            }
        }
        Ok(())
    }
}

/// Remembers the ids ?2 of the source ?1, seen first on the day ?3, as far as they are not known.
macro_rules! insert_ids {
    () => {
        // Without a condition the parser takes `ON` for that of a join.
        "INSERT INTO record_id (source, record_id, first_seen_day) SELECT ?1, value, ?3 FROM json_each(?2) WHERE true \
         ON CONFLICT DO NOTHING"
    };
}

/// What every page moves: the checkpoint to ?2, if there is one, at ?3, and the newest event time to ?4.
macro_rules! moved {
    () => {
        "checkpoint = coalesce(?2, checkpoint), \
         checkpoint_at = CASE WHEN ?2 IS NULL THEN checkpoint_at ELSE ?3 END, newest_event_at = \
         CASE WHEN ?4 IS NULL OR ?4 < newest_event_at THEN newest_event_at ELSE ?4 END"
    };
}

/// A record and the text under which its id is remembered.
struct KeyedRecord<'a> {
    place: usize,
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
    let bytes = page.progress.checkpoint().map_or(0, str::len);
    if bytes > CHECKPOINT_BYTES_MAX {
        return Err(AppendError::CheckpointTooLong { source_id, bytes });
    }
    Ok(())
}

fn keyed(records: &[NewRecord]) -> Vec<KeyedRecord<'_>> {
    let records = records.iter().enumerate();
    records
        .map(|(place, record)| KeyedRecord {
            place,
            key: record_id::key_of(&record.id),
            record,
        })
        .collect()
}

/// Returns the records in their order; of those with the same id only the first.
fn without_repeats(records: Vec<KeyedRecord<'_>>) -> Vec<KeyedRecord<'_>> {
    let mut seen: HashSet<&str> = HashSet::with_capacity(records.len());
    records
        .into_iter()
        .filter(|keyed| seen.insert(&keyed.record.id))
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

/// Remembers all ids and returns true, or none of them and returns false if one is known or comes twice.
async fn insert_all(
    connection: &mut SqliteConnection,
    number: i64,
    records: &[KeyedRecord<'_>],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    // In one message to `SQLite`'s thread. The commit ends the savepoint, too.
    let inserted: i64 = sqlx::query_scalar(concat!("SAVEPOINT ids; ", insert_ids!(), "; SELECT changes()"))
        .bind(number)
        .bind(json_list(records.iter()))
        .bind(day_of(now))
        .fetch_one(&mut *connection)
        .await?;
    let all_are_new = inserted == count_to_sql(records.len());
    if !all_are_new {
        sqlx::query("ROLLBACK TO ids; RELEASE ids").execute(connection).await?;
    }
    Ok(all_are_new)
}

/// Remembers those ids that are not known, and returns how many.
async fn insert_ids(
    connection: &mut SqliteConnection,
    number: i64,
    records: &[KeyedRecord<'_>],
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let inserted = sqlx::query(insert_ids!())
        .bind(number)
        .bind(json_list(records.iter()))
        .bind(day_of(now))
        .execute(connection)
        .await?;
    Ok(inserted.rows_affected())
}

/// Adds the entry and moves the journal to it, in one message to `SQLite`'s thread.
async fn insert_entry(
    connection: &mut SqliteConnection,
    number: i64,
    sequence: Sequence,
    page: &NewEntry,
    (packed, text): (&Packed, EntryText),
) -> Result<(), sqlx::Error> {
    let written = sqlx::query(concat!(
        "UPDATE journal SET ",
        moved!(),
        ", head = ?5, records_total = records_total + ?6, raw_bytes_total = raw_bytes_total + ?7, \
         stored_bytes_total = stored_bytes_total + ?8, entry_at = ?3 WHERE source = ?1 AND head = ?5 - 1; \
         INSERT INTO entry (source, sequence, journalled_at, record_count, raw_bytes, format, log_type, records) \
         VALUES (?1, ?5, ?3, ?6, ?7, ?9, ?10, ?11)"
    ))
    .bind(number)
    .bind(page.progress.tail_checkpoint())
    .bind(to_micros(page.now))
    .bind(page.newest_event_time.map(to_micros))
    .bind(sequence.to_sql())
    .bind(count_to_sql(packed.record_count))
    .bind(count_to_sql(packed.raw_bytes))
    .bind(count_to_sql(packed.blob.len()))
    .bind(text.format())
    .bind(page.log_type.as_str())
    .bind(packed.blob.as_slice())
    .execute(connection)
    .await?;
    assert_eq!(written.rows_affected(), 2, "the head did not move since it was read");
    Ok(())
}

/// Moves the live tail's checkpoint, if the page is the tail's, and the newest event time, whoever read it.
async fn move_journal(connection: &mut SqliteConnection, number: i64, page: &NewEntry) -> Result<(), sqlx::Error> {
    let moved = sqlx::query(concat!("UPDATE journal SET ", moved!(), " WHERE source = ?1"))
        .bind(number)
        .bind(page.progress.tail_checkpoint())
        .bind(to_micros(page.now))
        .bind(page.newest_event_time.map(to_micros))
        .execute(connection)
        .await?;
    assert_eq!(moved.rows_affected(), 1, "the journal did not vanish since it was read");
    Ok(())
}

async fn pack(store: &Store, records: &[KeyedRecord<'_>], text: EntryText) -> Result<Packed, StorageFault> {
    let unpacked = match text {
        EntryText::Kept => Unpacked::of(records.iter().map(|keyed| (&*keyed.record.id, &*keyed.record.body))),
        EntryText::NotKept => Unpacked::of(records.iter().map(|keyed| (&*keyed.record.id, ""))),
    };
    if unpacked.bytes() <= PACK_INLINE_BYTES_MAX {
        return Ok(unpacked.pack());
    }
    blocking::run(store, move || unpacked.pack()).await
}

fn json_list<'a>(records: impl Iterator<Item = &'a KeyedRecord<'a>>) -> String {
    let keys: Vec<&str> = records.map(|record| &*record.key).collect();
    serde_json::to_string(&keys).expect("a list of texts is JSON")
}
