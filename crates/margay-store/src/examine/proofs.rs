//! The coverage ledger and the backfills of a source.

use std::time::Duration;

use jiff::Timestamp;

use super::{Finding, FindingKind, Findings, Subject};
use crate::coverage::Evidence;
use crate::fault::StorageFault;
use crate::row::row;
use crate::store::{OrFault, Store};
use crate::time::{after, from_micros, to_micros};

/// How far proofs may be ahead of our clock: the vendor's may be a little faster, and ours may have been set.
pub(super) const AHEAD_MAX: Duration = Duration::from_hours(24);

/// The condition for rows of the ledger that say what cannot be: that end before they begin (the table's check keeps us
/// from writing any), are proven in an unknown way or before they began to be, reach into the row that follows or are
/// reached into by the one before.
macro_rules! broken_rows {
    () => {
        "(to_at <= from_at OR first_at > last_at \
         OR evidence NOT IN ('page_chain', 'window_read', 'audit', 'lost') \
         OR to_at > coalesce((SELECT min(next.from_at) FROM coverage AS next \
         WHERE next.source = coverage.source AND next.from_at > coverage.from_at), to_at) \
         OR from_at < coalesce((SELECT previous.to_at FROM coverage AS previous \
         WHERE previous.source = coverage.source AND previous.from_at < coverage.from_at \
         ORDER BY previous.from_at DESC LIMIT 1), from_at))"
    };
}
pub(super) use broken_rows;

impl Store {
    /// Looks at each row of the ledger and at the one that follows.
    pub(super) async fn examine_coverage(
        &self,
        findings: &mut Findings,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<(), StorageFault> {
        const {
            // The list of names in the statement.
            assert!(
                Evidence::ALL.len() == 4,
                "each kind of evidence is known to the examination"
            );
        }
        let broken: Vec<(i64, i64, String)> = sqlx::query_as(concat!(
            "SELECT from_at, to_at, evidence FROM coverage WHERE source = ?1 AND ",
            broken_rows!(),
            " ORDER BY from_at"
        ))
        .bind(subject.number)
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        for (from, to, evidence) in broken {
            findings.add(
                FindingKind::CoverageBroken,
                subject,
                format_args!(
                    "its coverage from {} to {} by {evidence:?} contradicts itself or a range beside it",
                    from_micros(from),
                    from_micros(to)
                ),
            );
        }
        let latest: Option<i64> =
            sqlx::query_scalar("SELECT max(to_at) FROM coverage WHERE source = ?1 AND to_at > ?2")
                .bind(subject.number)
                .bind(to_micros(after(now, AHEAD_MAX)))
                .fetch_one(self.readers())
                .await
                .or_fault(self)?;
        if let Some(latest) = latest {
            findings.add(
                FindingKind::CoverageInFuture,
                subject,
                format_args!(
                    "its coverage reaches to {}, which is yet to come\nhint: check the clock; if it is right now, it was wrong before",
                    from_micros(latest)
                ),
            );
        }
        Ok(())
    }

    /// Compares what each backfill counts with the windows that are waiting.
    pub(super) async fn examine_backfills(
        &self,
        findings: &mut Findings,
        subject: &Subject,
    ) -> Result<(), StorageFault> {
        let rows: Vec<BackfillRow> = sqlx::query_as(
            "SELECT backfill.number, backfill.from_at, backfill.to_at, finished_at IS NOT NULL AS is_finished, \
             is_cancelled, windows_total, windows_done, covered, count(backfill_window.number) AS waiting, \
             coalesce(sum(backfill_window.to_at - backfill_window.from_at), 0) AS uncovered \
             FROM backfill LEFT JOIN backfill_window ON backfill_window.backfill = backfill.number \
             WHERE backfill.source = ?1 GROUP BY backfill.number ORDER BY backfill.number",
        )
        .bind(subject.number)
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        for row in rows.iter().filter(|row| !row.agrees()) {
            findings.add_finding(Finding {
                kind: FindingKind::BackfillMiscounted,
                source_id: Some(subject.id),
                text: format!(
                    "log source \"{}\": backfill {} counts {} of {} windows as done, and {} are waiting",
                    subject.label, row.number, row.windows_done, row.windows_total, row.waiting
                ),
                is_repairable: true,
                target: row.number,
            });
        }
        Ok(())
    }
}

row! {
    struct BackfillRow {
        number: i64,
        from_at: i64,
        to_at: i64,
        is_finished: bool,
        is_cancelled: bool,
        windows_total: i64,
        windows_done: i64,
        covered: i64,
        waiting: i64,
        uncovered: i64,
    }
}

impl BackfillRow {
    fn agrees(&self) -> bool {
        if self.is_cancelled {
            return self.is_finished && self.waiting == 0;
        }
        let is_all_done = self.waiting == 0;
        self.is_finished == is_all_done
            && self.windows_total == self.windows_done + self.waiting
            && self.covered + self.uncovered == self.to_at - self.from_at
    }
}
