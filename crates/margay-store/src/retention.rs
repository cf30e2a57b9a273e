//! Retention: what is removed from the metadata database, and when.
//!
//! | what | goes when |
//! |---|---|
//! | entries | they are older than `keep` **and** every registered consumer of their source has passed them |
//! | remembered ids | they were first seen before [`DEDUP_HORIZON`], but for those of imported records: a file may come again at any time |
//! | measures | they are older than their step is kept |
//! | alerts | they are over, and nothing has happened to them for [`ALERTS_KEPT`](crate::ALERTS_KEPT) |
//! | the rest of deleted sources | now |
//!
//! "Older" and "before" are by our clock, but only as far as the vendor's clock bears it out: see [`SHOWN_MARGIN`].
//!
//! All of it goes in small transactions, so that appends wait for milliseconds only, and stopping in between is fine.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use crate::fault::StorageFault;
use crate::source::IMPORT_CONNECTOR;
use crate::store::{OrFault, Store};
use crate::time::{after, before, day_of, from_micros, to_micros};

#[cfg(test)]
mod tests;

const DAY: Duration = Duration::from_hours(24);

/// How long entries are usually kept after every consumer passed them: the raw view, and what a corrected schema is
/// replayed from.
pub const JOURNAL_KEEP_DEFAULT: Duration = DAY.saturating_mul(30);

/// How long ids are remembered after they were first seen.
///
/// A record can come back as long as its vendor keeps it. The longest retention of a supported vendor is Asana's, 90 days
/// (the introduction of its audit log reference, read 2026-11), counted from the event's capture, which is never later than
/// our first look at it. So after 90 days an id cannot come back; ten more days are for clocks that are wrong and for a
/// vendor that deletes late.
pub const DEDUP_HORIZON: Duration = DAY.saturating_mul(100);

/// How far our clock is believed beyond the last moment that the vendor has shown. Ids that are forgotten too early make
/// records land twice, and a clock that is months ahead for one minute would forget them all; what stays a day longer costs
/// nothing. A source that is not read keeps its entries and ids.
const SHOWN_MARGIN: Duration = DAY;

/// Entries removed in one transaction: at 10 KB each, a megabyte of pages.
const ENTRIES_PER_CHUNK: i64 = 100;

/// Ids looked at in one transaction: a few milliseconds.
const IDS_PER_CHUNK: i64 = 5_000;

/// Freed pages given back to the disk in one transaction: 4 MiB.
const PAGES_PER_CHUNK: i64 = 1_000;

/// Freed pages that are kept for what comes next: 16 MiB. Giving back the last ones would only make the file grow again.
const FREE_PAGES_KEPT: i64 = 4_000;

/// What retention removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Entries that were old and that every consumer had passed.
    pub entries: u64,
    /// Ids beyond the horizon.
    pub record_ids: u64,
    /// Deleted sources of which nothing is left now.
    pub sources: u64,
}

impl Store {
    /// Removes what is no longer needed: see the table on top of this module. Pages that become free are given back to
    /// the disk.
    pub async fn prune(&self, now: Timestamp, keep: Duration) -> Result<Pruned, StorageFault> {
        let mut pruned = Pruned::default();
        let removals: Vec<i64> = sqlx::query_scalar("SELECT source FROM source_removal ORDER BY source")
            .fetch_all(self.readers())
            .await
            .or_fault(self)?;
        for number in removals {
            self.remove_rest_of(number).await?;
            pruned.sources += 1;
        }
        let sources: Vec<(i64, Option<i64>, String)> = sqlx::query_as(
            "SELECT number, tail_through, connector FROM source LEFT JOIN ledger ON ledger.source = number \
             ORDER BY number",
        )
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        for (number, shown, connector) in sources {
            let now = shown.map_or(now, |shown| now.min(after(from_micros(shown), SHOWN_MARGIN)));
            pruned.entries += self.prune_entries(number, before(now, keep)).await?;
            self.prune_measures(number, now).await?;
            if connector == IMPORT_CONNECTOR {
                continue;
            }
            pruned.record_ids += self.prune_ids(number, day_of(before(now, DEDUP_HORIZON))).await?;
        }
        self.prune_alerts(now).await?;
        self.prune_idempotency(now).await?;
        self.prune_sessions(now).await?;
        self.prune_audit_log().await?;
        self.give_back_pages(FREE_PAGES_KEPT).await?;
        Ok(pruned)
    }

    /// Removes the entries before `cutoff` that every consumer has passed, and returns how many.
    async fn prune_entries(&self, number: i64, cutoff: Timestamp) -> Result<u64, StorageFault> {
        let mut removed = 0;
        loop {
            let mut transaction = self.begin_write().await?;
            let Some((pruned_through, limit)) = self.prune_limit(&mut transaction, number).await? else {
                return Ok(removed);
            };
            // Only a prefix goes, so that what is left has no gaps: it ends before the first entry that is too young,
            // though later ones may look older where the clock has jumped.
            let first_young: Option<i64> = sqlx::query_scalar(
                "SELECT sequence FROM entry WHERE source = ?1 AND sequence > ?2 AND sequence <= ?3 \
                 AND journalled_at >= ?4 ORDER BY sequence LIMIT 1",
            )
            .bind(number)
            .bind(pruned_through)
            .bind(limit)
            .bind(to_micros(cutoff))
            .fetch_optional(&mut *transaction)
            .await
            .or_fault(self)?;
            let through = first_young.map_or(limit, |sequence| sequence - 1);
            if through == pruned_through {
                return Ok(removed);
            }
            let deleted = sqlx::query("DELETE FROM entry WHERE source = ?1 AND sequence <= ?2")
                .bind(number)
                .bind(through)
                .execute(&mut *transaction)
                .await
                .or_fault(self)?
                .rows_affected();
            sqlx::query("UPDATE journal SET pruned_through = ?2 WHERE source = ?1")
                .bind(number)
                .bind(through)
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
            transaction.commit().await.or_fault(self)?;
            removed += deleted;
        }
    }

    /// Returns where retention of a source stands, and how far its next chunk may go: not past the slowest consumer.
    /// Nothing if there is nowhere to go: the source is gone, has no registered consumer, or one that has read no more.
    async fn prune_limit(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        number: i64,
    ) -> Result<Option<(i64, i64)>, StorageFault> {
        let row: Option<(i64, Option<i64>)> = sqlx::query_as(
            "SELECT pruned_through, (SELECT min(sequence) FROM consumer_position WHERE source = ?1) \
             FROM journal WHERE source = ?1",
        )
        .bind(number)
        .fetch_optional(&mut **transaction)
        .await
        .or_fault(self)?;
        let Some((pruned_through, Some(slowest))) = row else {
            return Ok(None);
        };
        let limit = slowest.min(pruned_through + ENTRIES_PER_CHUNK);
        Ok((limit > pruned_through).then_some((pruned_through, limit)))
    }

    /// Removes the ids first seen before `day`, and returns how many. The table has no index by day, which would double
    /// its size; it is walked in the order of its key instead, and not at all while it can hold nothing that old.
    async fn prune_ids(&self, number: i64, day: i64) -> Result<u64, StorageFault> {
        let since_day: Option<i64> = sqlx::query_scalar("SELECT ids_since_day FROM journal WHERE source = ?1")
            .bind(number)
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
        if since_day.is_none_or(|since_day| since_day >= day) {
            return Ok(0);
        }
        let mut removed = 0;
        let mut from = String::new(); // no text is smaller than the empty one
        loop {
            // Where the next chunk begins: found on a reader, so that the write lock is held for the removal alone.
            let until: Option<String> = sqlx::query_scalar(
                "SELECT record_id FROM record_id WHERE source = ?1 AND record_id >= ?2 \
                 ORDER BY record_id LIMIT 1 OFFSET ?3",
            )
            .bind(number)
            .bind(from.as_str())
            .bind(IDS_PER_CHUNK)
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
            removed += self.prune_id_range(number, day, &from, until.as_deref()).await?;
            match until {
                Some(until) => from = until,
                None => break,
            }
        }
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE journal SET ids_since_day = ?2 WHERE source = ?1")
            .bind(number)
            .bind(day)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(removed)
    }

    /// Removes the ids in `[from, until)` that were first seen before `day`.
    async fn prune_id_range(
        &self,
        number: i64,
        day: i64,
        from: &str,
        until: Option<&str>,
    ) -> Result<u64, StorageFault> {
        // Two statements, as SQLite only narrows its search by bounds that are always there.
        let delete = match until {
            Some(until) => sqlx::query(
                "DELETE FROM record_id WHERE source = ?1 AND first_seen_day < ?2 AND record_id >= ?3 \
                 AND record_id < ?4",
            )
            .bind(number)
            .bind(day)
            .bind(from)
            .bind(until),
            None => sqlx::query("DELETE FROM record_id WHERE source = ?1 AND first_seen_day < ?2 AND record_id >= ?3")
                .bind(number)
                .bind(day)
                .bind(from),
        };
        let mut transaction = self.begin_write().await?;
        let deleted = delete.execute(&mut *transaction).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(deleted.rows_affected())
    }

    /// Removes the entries and ids of a deleted source, then the note that says so.
    pub(crate) async fn remove_rest_of(&self, number: i64) -> Result<(), StorageFault> {
        loop {
            let mut transaction = self.begin_write().await?;
            let entries = sqlx::query(
                "DELETE FROM entry WHERE source = ?1 AND sequence IN \
                 (SELECT sequence FROM entry WHERE source = ?1 ORDER BY sequence LIMIT ?2)",
            )
            .bind(number)
            .bind(ENTRIES_PER_CHUNK)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?
            .rows_affected();
            let ids = sqlx::query(
                "DELETE FROM record_id WHERE source = ?1 AND record_id IN \
                 (SELECT record_id FROM record_id WHERE source = ?1 ORDER BY record_id LIMIT ?2)",
            )
            .bind(number)
            .bind(IDS_PER_CHUNK)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?
            .rows_affected();
            let is_done = entries == 0 && ids == 0;
            if is_done {
                sqlx::query("DELETE FROM source_removal WHERE source = ?1")
                    .bind(number)
                    .execute(&mut *transaction)
                    .await
                    .or_fault(self)?;
            }
            transaction.commit().await.or_fault(self)?;
            if is_done {
                return Ok(());
            }
        }
    }

    /// Cuts free pages off the end of the file, little by little, but keeps some. This is `SQLite`'s own; other databases
    /// need no such step.
    async fn give_back_pages(&self, pages_kept: i64) -> Result<(), StorageFault> {
        let mut free_before = i64::MAX;
        loop {
            let mut transaction = self.begin_write().await?;
            let free: i64 = sqlx::query_scalar("PRAGMA freelist_count")
                .fetch_one(&mut *transaction)
                .await
                .or_fault(self)?;
            // A file whose mode somebody has changed gives nothing back.
            let is_done = free < pages_kept + PAGES_PER_CHUNK || free >= free_before;
            if is_done {
                return Ok(());
            }
            const { assert!(PAGES_PER_CHUNK == 1_000, "the statement below is static") };
            sqlx::query("PRAGMA incremental_vacuum(1000)")
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
            transaction.commit().await.or_fault(self)?;
            free_before = free;
        }
    }
}
