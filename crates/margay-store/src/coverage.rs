//! The coverage ledger: which ranges of a source's event time are proven complete, by what, and since when.
//!
//! A claim comes with the page that proves it, in [`Store::append`]'s transaction, or alone, by [`Store::claim`]. What it
//! changes is decided in `ledger`; here the rows that it touches are read and written.
//!
//! What is not in the ledger counts as unproven. So a claim for which there is no room is left out rather than an older one
//! forgotten, and the range stays a hole that is read again.

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::{LookupError, StorageFault};
use crate::journal::AppendError;
use crate::lease::LeaseToken;
use crate::row::row;
use crate::source::{has_vendor, number_of};
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, from_micros, to_micros};

mod ledger;

#[cfg(test)]
mod tests;

pub use ledger::{Claim, Coverage, Evidence, Ledger};
use ledger::{coarsened, disclaimed, with_claim};

/// The most rows of one source's ledger. A year of hourly windows, each proven otherwise than its neighbours, has 8,760.
pub const COVERAGE_ROWS_MAX: usize = 10_000;

/// How many rows are left once a full ledger was coarsened, so that this does not come again with the next claim.
const COARSE_ROWS_MAX: usize = COVERAGE_ROWS_MAX / 4 * 3;

/// Whether a claim is in the ledger now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    Yes,
    /// There are [`COVERAGE_ROWS_MAX`] rows that cannot be merged.
    NoRoom,
}

impl Store {
    /// Enters claims that come without a page: ranges that are lost, windows that were read again, audits. All of them or
    /// none.
    ///
    /// A ledger with more than [`COVERAGE_ROWS_MAX`] rows is made coarser first: its oldest rows that touch become one, with
    /// the weaker evidence.
    ///
    /// # Errors
    ///
    /// [`AppendError::LedgerFull`] if it is still too long: it has thousands of holes.
    pub async fn claim(&self, source_id: SourceId, fence: LeaseToken, claims: &[Claim]) -> Result<(), AppendError> {
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        for claim in claims {
            if self.enter_claim(&mut transaction, number, claim).await? == Entered::NoRoom {
                return Err(AppendError::LedgerFull { source_id });
            }
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Gives up what is proven of `[from, to)`: it becomes a hole that is read again. Lost ranges stay lost. What is settled
    /// never reaches beyond what is still proven.
    ///
    /// Needs no fence: whoever gives up a proof costs a reading, and claims nothing.
    ///
    /// # Errors
    /// If there is no such source, or the database cannot do its work.
    pub async fn disclaim(&self, source_id: SourceId, from: Timestamp, to: Timestamp) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        self.disclaim_in(&mut transaction, number, from, to).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// As [`Store::disclaim`], within the caller's transaction.
    pub(crate) async fn disclaim_in(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), StorageFault> {
        // A range cut in its middle makes one row more than there may be at worst, which the next claim finds and mends.
        let rows = self.coverage_rows(transaction, number, None).await?;
        let left = disclaimed(&rows, from, to);
        if left != rows {
            replace_rows(transaction, number, &rows, &left).await.or_fault(self)?;
        }
        // SQLite's min() of a moment and nothing is nothing: without a proof nothing is settled.
        sqlx::query(
            "UPDATE ledger SET settled_through = min(settled_through, \
             (SELECT max(to_at) FROM coverage WHERE coverage.source = ledger.source AND evidence <> 'lost')) \
             WHERE source = ?1",
        )
        .bind(number)
        .execute(transaction)
        .await
        .or_fault(self)?;
        Ok(())
    }

    /// Returns a source's ledger.
    pub async fn ledger(&self, source_id: SourceId) -> Result<Ledger, LookupError> {
        let rows: Vec<LedgerRow> = sqlx::query_as(concat!(
            "SELECT ",
            ledger_columns!(),
            " FROM source JOIN ledger ON ledger.source = source.number LEFT JOIN coverage ON coverage.source = source.number \
             WHERE source.id = ?1 AND ",
            has_vendor!(),
            " ORDER BY from_at"
        ))
        .bind(source_id.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        if rows.is_empty() {
            return Err(LookupError::SourceUnknown(source_id));
        }
        Ok(self.ledger_from_rows(rows)?)
    }

    /// Puts a ledger together from its rows, each with one of its ranges.
    pub(crate) fn ledger_from_rows(&self, rows: Vec<LedgerRow>) -> Result<Ledger, StorageFault> {
        let first = rows.first();
        let [since, settled_through, tail_through] = [
            first.and_then(|row| row.since),
            first.and_then(|row| row.settled_through),
            first.and_then(|row| row.tail_through),
        ]
        .map(|at| at.map(from_micros));
        let coverage = rows.into_iter().filter_map(LedgerRow::coverage);
        Ok(Ledger {
            since,
            settled_through,
            tail_through,
            coverage: coverage
                .map(|row| self.coverage_from_row(&row))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Says from when on a source is to be complete. That moment is only ever moved back; a later one changes nothing.
    pub async fn set_since(&self, source_id: SourceId, fence: LeaseToken, since: Timestamp) -> Result<(), AppendError> {
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        sqlx::query("UPDATE ledger SET since = min(coalesce(since, ?2), ?2) WHERE source = ?1")
            .bind(number)
            .bind(to_micros(since))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Notes that everything before `through` was read once more after its late events had their time to come. Only ever
    /// moves forward; an earlier moment changes nothing.
    pub async fn set_settled(
        &self,
        source_id: SourceId,
        fence: LeaseToken,
        through: Timestamp,
    ) -> Result<(), AppendError> {
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        sqlx::query("UPDATE ledger SET settled_through = max(coalesce(settled_through, ?2), ?2) WHERE source = ?1")
            .bind(number)
            .bind(to_micros(through))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Enters what a page of the live tail proves, within the caller's transaction.
    ///
    /// Each empty page of a chain proves everything since the chain began, but only what lies beyond the last such page is
    /// news. The rest was claimed then; what has been given up of it since is not proven by a page that did not read it again.
    pub(crate) async fn enter_tail_claim(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        claim: &Claim,
    ) -> Result<Entered, StorageFault> {
        let claimed: Option<i64> = sqlx::query_scalar("SELECT tail_through FROM ledger WHERE source = ?1")
            .bind(number)
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        let claimed = claimed.map_or(Timestamp::MIN, from_micros);
        let news = Claim {
            from: claim.from.max(claimed),
            ..*claim
        };
        let entered = self.enter_claim(transaction, number, &news).await?;
        if entered == Entered::Yes {
            sqlx::query("UPDATE ledger SET tail_through = max(coalesce(tail_through, ?2), ?2) WHERE source = ?1")
                .bind(number)
                .bind(to_micros(claim.to))
                .execute(transaction)
                .await
                .or_fault(self)?;
        }
        Ok(entered)
    }

    /// Enters a claim within the caller's transaction.
    pub(crate) async fn enter_claim(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        claim: &Claim,
    ) -> Result<Entered, StorageFault> {
        self.enter_claim_within(transaction, number, claim, COVERAGE_ROWS_MAX, COARSE_ROWS_MAX)
            .await
    }

    async fn enter_claim_within(
        &self,
        transaction: &mut SqliteConnection,
        number: i64,
        claim: &Claim,
        rows_max: usize,
        coarse_rows_max: usize,
    ) -> Result<Entered, StorageFault> {
        let claim = claim.in_micros();
        if claim.from >= claim.to {
            return Ok(Entered::Yes);
        }
        let touched = self.coverage_rows(transaction, number, Some(&claim)).await?;
        let changed = with_claim(&touched, &claim);
        if changed == touched {
            return Ok(Entered::Yes);
        }
        if changed.len() > touched.len() {
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM coverage WHERE source = ?1")
                .bind(number)
                .fetch_one(&mut *transaction)
                .await
                .or_fault(self)?;
            if count + count_to_sql(changed.len() - touched.len()) > count_to_sql(rows_max) {
                let all = self.coverage_rows(transaction, number, None).await?;
                let coarse = coarsened(with_claim(&all, &claim), coarse_rows_max);
                if coarse.len() > rows_max {
                    return Ok(Entered::NoRoom);
                }
                replace_rows(transaction, number, &all, &coarse).await.or_fault(self)?;
                return Ok(Entered::Yes);
            }
        }
        replace_rows(transaction, number, &touched, &changed)
            .await
            .or_fault(self)?;
        Ok(Entered::Yes)
    }

    /// Returns rows in order: those that a claim overlaps or touches, or all.
    pub(crate) async fn coverage_rows(
        &self,
        connection: &mut SqliteConnection,
        number: i64,
        claim: Option<&Claim>,
    ) -> Result<Vec<Coverage>, StorageFault> {
        // Rows are disjoint, so at most one that begins before the claim reaches it: the last of these.
        let (from, to) = claim.map_or((i64::MIN, i64::MAX), |claim| {
            (to_micros(claim.from), to_micros(claim.to))
        });
        let rows: Vec<CoverageRow> = sqlx::query_as(
            "SELECT from_at, to_at, evidence, first_at, last_at FROM coverage WHERE source = ?1 AND from_at <= ?3 \
             AND from_at >= coalesce((SELECT max(from_at) FROM coverage WHERE source = ?1 AND from_at < ?2), ?2) \
             AND to_at >= ?2 ORDER BY from_at",
        )
        .bind(number)
        .bind(from)
        .bind(to)
        .fetch_all(connection)
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.coverage_from_row(&row)).collect()
    }

    fn coverage_from_row(&self, row: &CoverageRow) -> Result<Coverage, StorageFault> {
        let (from, to, evidence, first_at, last_at) = row;
        Ok(Coverage {
            from: from_micros(*from),
            to: from_micros(*to),
            evidence: Evidence::from_str(evidence)
                .ok_or_else(|| self.damaged("a range is proven in an unknown way"))?,
            first_at: from_micros(*first_at),
            last_at: from_micros(*last_at),
        })
    }
}

type CoverageRow = (i64, i64, String, i64, i64);

/// The columns of a ledger with one of its ranges.
macro_rules! ledger_columns {
    () => {
        "since, settled_through, tail_through, from_at, to_at, evidence, first_at, last_at"
    };
}
pub(crate) use ledger_columns;

row! {
    /// A source's ledger with one of its ranges; one row without a range if there is none.
    pub(crate) struct LedgerRow {
        since: Option<i64>,
        settled_through: Option<i64>,
        tail_through: Option<i64>,
        from_at: Option<i64>,
        to_at: Option<i64>,
        evidence: Option<String>,
        first_at: Option<i64>,
        last_at: Option<i64>,
    }
}

impl LedgerRow {
    fn coverage(self) -> Option<CoverageRow> {
        Some((
            self.from_at?,
            self.to_at?,
            self.evidence?,
            self.first_at?,
            self.last_at?,
        ))
    }
}

/// Takes neighbouring rows out and puts others in their place, in one statement each.
async fn replace_rows(
    connection: &mut SqliteConnection,
    number: i64,
    old: &[Coverage],
    new: &[Coverage],
) -> Result<(), sqlx::Error> {
    if let (Some(first), Some(last)) = (old.first(), old.last()) {
        sqlx::query("DELETE FROM coverage WHERE source = ?1 AND from_at BETWEEN ?2 AND ?3")
            .bind(number)
            .bind(to_micros(first.from))
            .bind(to_micros(last.from))
            .execute(&mut *connection)
            .await?;
    }
    let rows: Vec<(i64, i64, &str, i64, i64)> = new
        .iter()
        .map(|row| {
            let [from, to, first_at, last_at] = [row.from, row.to, row.first_at, row.last_at].map(to_micros);
            (from, to, row.evidence.as_str(), first_at, last_at)
        })
        .collect();
    sqlx::query(
        "INSERT INTO coverage (source, from_at, to_at, evidence, first_at, last_at) \
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2)",
    )
    .bind(number)
    .bind(serde_json::to_string(&rows).expect("numbers and names are JSON"))
    .execute(connection)
    .await?;
    Ok(())
}
