//! Mending what is safe to mend. Each repair looks again within its transaction, and does nothing if all is well by then.

use jiff::Timestamp;

use super::journal::Step;
use super::proofs::{AHEAD_MAX, broken_rows};
use super::{Finding, FindingKind, Subject};
use crate::fault::{Remedy, StorageFault};
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{after, day_of, to_micros};

/// Why a finding was not mended.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// It cannot be mended without a person's decision.
    #[error("this cannot be repaired safely: {0}")]
    NotSafe(String),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl RepairError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            RepairError::NotSafe(_) => Remedy::AskOperator,
            RepairError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Mends a finding of [`Store::examine`]. Mending one that was mended meanwhile does nothing.
    ///
    /// | kind | what is done |
    /// |---|---|
    /// | `Leftover` | the entries and ids that belong to nobody are removed |
    /// | `IdForgotten` | the ids are remembered again, since the day of their entry |
    /// | `TotalTooLow` | the totals are raised to what is there |
    /// | `CoverageBroken` | the rows are taken out: their ranges are unproven, and are read again |
    /// | `CoverageInFuture` | what reaches beyond now is cut off |
    /// | `BackfillMiscounted` | the windows that are waiting are counted; all else is done |
    pub async fn repair(&self, finding: &Finding, now: Timestamp) -> Result<(), RepairError> {
        match finding.kind {
            FindingKind::Leftover => self.remove_leftover(finding.target).await?,
            FindingKind::IdForgotten => self.remember_ids(finding, now).await?,
            FindingKind::TotalTooLow => self.raise_totals(finding.target).await?,
            FindingKind::CoverageBroken => self.take_out_broken_rows(finding.target).await?,
            FindingKind::CoverageInFuture => self.cut_future_rows(finding.target, now).await?,
            FindingKind::BackfillMiscounted => self.count_windows(finding.target, now).await?,
            _ => return Err(RepairError::NotSafe(finding.text.clone())),
        }
        Ok(())
    }

    async fn remove_leftover(&self, number: i64) -> Result<(), StorageFault> {
        let owner: Option<i64> = sqlx::query_scalar("SELECT number FROM source WHERE number = ?1")
            .bind(number)
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
        // Numbers are never given out twice: what nobody has now, nobody will have.
        match owner {
            Some(_) => Ok(()),
            None => self.remove_rest_of(number).await,
        }
    }

    async fn remember_ids(&self, finding: &Finding, now: Timestamp) -> Result<(), StorageFault> {
        let Some(id) = finding.source_id else { return Ok(()) };
        let subject = Subject {
            number: finding.target,
            id,
            label: String::new(),
        };
        let mut after = Sequence::ZERO;
        loop {
            let entries = match self.step(&subject, &mut after).await? {
                Step::End => return Ok(()),
                Step::Damaged(..) => continue,
                Step::Entries(entries) => entries,
            };
            for entry in entries {
                let forgotten = self.forgotten_ids(&subject, std::slice::from_ref(&entry), now).await?;
                if forgotten.is_empty() {
                    continue;
                }
                let mut transaction = self.begin_write().await?;
                sqlx::query(
                    "INSERT INTO record_id (source, record_id, first_seen_day) SELECT ?1, value, ?3 FROM json_each(?2) \
                     WHERE EXISTS (SELECT 1 FROM source WHERE number = ?1) ON CONFLICT DO NOTHING",
                )
                .bind(subject.number)
                .bind(serde_json::to_string(&forgotten).expect("a list of texts is JSON"))
                .bind(day_of(entry.journalled_at))
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
                transaction.commit().await.or_fault(self)?;
            }
        }
    }

    async fn raise_totals(&self, number: i64) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query(
            "UPDATE journal SET records_total = max(records_total, kept.records), \
             raw_bytes_total = max(raw_bytes_total, kept.raw_bytes), \
             stored_bytes_total = max(stored_bytes_total, kept.stored_bytes) \
             FROM (SELECT coalesce(sum(CASE WHEN format = 3 THEN 0 ELSE record_count END), 0) AS records, coalesce(sum(raw_bytes), 0) AS raw_bytes, \
             coalesce(sum(length(records)), 0) AS stored_bytes FROM entry WHERE source = ?1) AS kept WHERE source = ?1",
        )
        .bind(number)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Takes out rows until none overlaps another: which of two that overlap is right cannot be known.
    async fn take_out_broken_rows(&self, number: i64) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        loop {
            let removed = sqlx::query(concat!(
                "DELETE FROM coverage WHERE source = ?1 AND from_at IN \
                 (SELECT from_at FROM coverage WHERE source = ?1 AND ",
                broken_rows!(),
                ")"
            ))
            .bind(number)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
            if removed.rows_affected() == 0 {
                break;
            }
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    async fn cut_future_rows(&self, number: i64, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        for statement in [
            "DELETE FROM coverage WHERE source = ?1 AND from_at >= ?2 AND to_at > ?3",
            "UPDATE coverage SET to_at = ?2 WHERE source = ?1 AND to_at > ?3",
        ] {
            sqlx::query(statement)
                .bind(number)
                .bind(to_micros(now))
                .bind(to_micros(after(now, AHEAD_MAX)))
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Makes a backfill's counts agree with the windows that are waiting. What was cancelled stays so; otherwise it is
    /// finished if none is waiting. A window that was lost by this leaves a hole in the ledger, which is found.
    async fn count_windows(&self, backfill: i64, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query(
            "DELETE FROM backfill_window WHERE backfill = ?1 \
             AND EXISTS (SELECT 1 FROM backfill WHERE number = ?1 AND is_cancelled)",
        )
        .bind(backfill)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        sqlx::query(
            "UPDATE backfill SET windows_total = max(windows_done, 1 - waiting.count, 0) + waiting.count, \
             windows_done = max(windows_done, 1 - waiting.count, 0), \
             covered = max(to_at - from_at - waiting.length, 0), \
             finished_at = CASE WHEN waiting.count = 0 THEN coalesce(finished_at, ?2) END \
             FROM (SELECT count(*) AS count, coalesce(sum(to_at - from_at), 0) AS length FROM backfill_window \
             WHERE backfill = ?1) AS waiting WHERE number = ?1 AND NOT is_cancelled",
        )
        .bind(backfill)
        .bind(to_micros(now))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        sqlx::query("UPDATE backfill SET finished_at = coalesce(finished_at, ?2) WHERE number = ?1 AND is_cancelled")
            .bind(backfill)
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }
}
