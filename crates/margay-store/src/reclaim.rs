//! Reclaiming: asking the vendor once more for records that the lake lost and the journal no longer keeps.
//!
//! Their ids are remembered, so that they would be passed over as known. So in **one transaction** the ids of records that no
//! entry keeps are forgotten, the ledger gives up the time in which they may have happened, what the vendor has deleted of it
//! is written down as lost, and the rest is asked for as a backfill. Before it nothing happened; after it the records come.
//!
//! Whoever calls this is sure that the lake has none of these records: one that it has would land a second time.

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::backfill::{self, BackfillError, BackfillId, NewBackfill};
use crate::coverage::{Claim, Entered, Evidence};
use crate::fault::{Remedy, StorageFault};
use crate::journal::EntriesError;
use crate::record_id::key_of;
use crate::sequence::Sequence;
use crate::source::number_of_journalled;
use crate::store::{OrFault, Store};
use crate::time::{day_of, from_micros};

/// Unpacked bytes of entries that are looked at together: memory stays bounded, and a pull's entry is seldom larger.
const PORTION_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most ids that the caller may keep. They are in memory; more than a million classification failures of one source are
/// a schema to mend first.
pub const KEPT_IDS_MAX: usize = 1_000_000;

/// What is asked for again.
#[derive(Debug, Clone)]
pub struct Reclaim {
    /// The time to read again, if the vendor still has any of it. The ledger gives it up.
    pub backfill: Option<NewBackfill>,
    /// What happened before this, the vendor has deleted.
    pub lost_before: Timestamp,
    /// Records that stay known though no entry keeps them, since the lake has them; at most [`KEPT_IDS_MAX`].
    pub kept_ids: Vec<String>,
    /// The current time.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reclaimed {
    /// Ids that were forgotten.
    pub ids_forgotten: u64,
    /// The time that is lost for good, if any is: `[from, to)`.
    pub lost: Option<(Timestamp, Timestamp)>,
    /// The backfill that was begun.
    pub backfill: Option<BackfillId>,
}

/// Why nothing is asked for again. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReclaimError {
    /// An entry cannot be read, so that nobody knows whose ids may be forgotten.
    #[error(transparent)]
    Journal(#[from] EntriesError),
    /// The backfill could not be begun, or the source is not there.
    #[error(transparent)]
    Backfill(#[from] BackfillError),
    /// There is no room in the ledger to write down what is lost.
    #[error(
        "the coverage ledger of the log source {source_id} is full\nhint: let its holes be filled first, then try again"
    )]
    LedgerFull {
        /// The source.
        source_id: SourceId,
    },
    /// More than [`KEPT_IDS_MAX`] ids were to stay.
    #[error(
        "{count} records failed their schema, and at most {KEPT_IDS_MAX} can be told apart here\nhint: mend the schema, `margay replay --failures-only`, then try again"
    )]
    TooManyKept {
        /// How many.
        count: usize,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl ReclaimError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            ReclaimError::Journal(error) => error.remedy(),
            ReclaimError::Backfill(error) => error.remedy(),
            ReclaimError::LedgerFull { .. } | ReclaimError::TooManyKept { .. } => Remedy::AskOperator,
            ReclaimError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Forgets the ids of records that the journal no longer keeps, and asks for them again; see on top.
    ///
    /// Holds the write lock while it reads all entries of the source. Doing it again is harmless: it begins another backfill.
    ///
    /// # Errors
    /// See [`ReclaimError`]; nothing is half done.
    pub async fn reclaim(&self, source_id: SourceId, reclaim: Reclaim) -> Result<Reclaimed, ReclaimError> {
        if reclaim.kept_ids.len() > KEPT_IDS_MAX {
            return Err(ReclaimError::TooManyKept {
                count: reclaim.kept_ids.len(),
            });
        }
        if let Some(new) = &reclaim.backfill {
            backfill::check(new).map_err(BackfillError::Invalid)?;
        }
        let mut transaction = self.begin_write().await?;
        let number = number_of_journalled(&mut transaction, source_id).await.or_fault(self)?;
        let number = number.ok_or(BackfillError::SourceUnknown(source_id))?;
        let ids_forgotten = self
            .forget_pruned_ids(&mut transaction, source_id, number, &reclaim)
            .await?;
        let lost = self.lose_before(&mut transaction, source_id, number, &reclaim).await?;
        let backfill = if let Some(new) = &reclaim.backfill {
            self.disclaim_in(&mut transaction, number, new.from, new.to).await?;
            Some(self.begin_in(&mut transaction, source_id, number, new).await?)
        } else {
            None
        };
        transaction.commit().await.or_fault(self)?;
        Ok(Reclaimed {
            ids_forgotten,
            lost,
            backfill,
        })
    }

    /// Forgets all ids and remembers those again that an entry keeps, or the caller. Entries are read beside the transaction:
    /// it holds the write lock, so that they are what it would see.
    async fn forget_pruned_ids(
        &self,
        transaction: &mut SqliteConnection,
        source_id: SourceId,
        number: i64,
        reclaim: &Reclaim,
    ) -> Result<u64, ReclaimError> {
        let known = sqlx::query("DELETE FROM record_id WHERE source = ?1")
            .bind(number)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?
            .rows_affected();
        let mut kept = 0;
        let mut after = Sequence::ZERO;
        loop {
            let entries = self.entries(source_id, after, PORTION_BYTES_MAX).await?;
            let Some(last) = entries.last() else { break };
            after = last.sequence;
            for entry in &entries {
                let ids = entry.records.iter().map(|record| record.id.as_str());
                kept += self.remember(transaction, number, ids, entry.journalled_at).await?;
            }
        }
        let ids = reclaim.kept_ids.iter().map(String::as_str);
        kept += self.remember(transaction, number, ids, reclaim.now).await?;
        Ok(known.saturating_sub(kept))
    }

    async fn remember<'a>(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        ids: impl Iterator<Item = &'a str>,
        seen_at: Timestamp,
    ) -> Result<u64, StorageFault> {
        let keys: Vec<_> = ids.map(key_of).collect();
        let inserted = sqlx::query(
            "INSERT INTO record_id (source, record_id, first_seen_day) SELECT ?1, value, ?3 FROM json_each(?2) \
             WHERE true ON CONFLICT DO NOTHING",
        )
        .bind(number)
        .bind(serde_json::to_string(&keys).expect("a list of texts is JSON"))
        .bind(day_of(seen_at))
        .execute(transaction)
        .await
        .or_fault(self)?;
        Ok(inserted.rows_affected())
    }

    /// Writes down as lost what was proven, or promised, before that moment.
    async fn lose_before(
        &self,
        transaction: &mut SqliteConnection,
        source_id: SourceId,
        number: i64,
        reclaim: &Reclaim,
    ) -> Result<Option<(Timestamp, Timestamp)>, ReclaimError> {
        let beginning: Option<i64> = sqlx::query_scalar(
            "SELECT min(at) FROM (SELECT since AS at FROM ledger WHERE source = ?1 \
             UNION ALL SELECT min(from_at) FROM coverage WHERE source = ?1)",
        )
        .bind(number)
        .fetch_one(&mut *transaction)
        .await
        .or_fault(self)?;
        let Some(from) = beginning.map(from_micros).filter(|from| *from < reclaim.lost_before) else {
            return Ok(None);
        };
        let to = reclaim.lost_before;
        self.disclaim_in(transaction, number, from, to).await?;
        let claim = Claim {
            from,
            to,
            evidence: Evidence::Lost,
            at: reclaim.now,
        };
        match self.enter_claim(transaction, number, &claim).await? {
            Entered::Yes => Ok(Some((from, to))),
            Entered::NoRoom => Err(ReclaimError::LedgerFull { source_id }),
        }
    }
}
