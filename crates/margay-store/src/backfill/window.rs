//! The windows of backfills that are waiting to be read to their end.

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use super::{BackfillError, BackfillId, BackfillProblem, WINDOWS_WAITING_MAX, WindowId, open_counts};
use crate::fault::LookupError;
use crate::lease::LeaseToken;
use crate::round::shortened;
use crate::row::{Joined, row};
use crate::source::has_vendor;
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, from_micros, to_micros};

/// A window that is waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillWindow {
    /// Its number.
    pub id: WindowId,
    /// Whose window it is.
    pub backfill: BackfillId,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Where its reading resumes; none if it begins.
    pub checkpoint: Option<String>,
    /// How many times it has failed since its last page.
    pub attempts: u32,
    /// What went wrong the last time, for people; none once a page came.
    pub problem: Option<String>,
    /// It is not to be read before this time.
    pub not_before: Option<Timestamp>,
}

/// What a page brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageCounts {
    pub(crate) records_new: usize,
    pub(crate) records_known: usize,
}

impl Store {
    /// Returns windows of a source that are waiting, at most `limit`: those with the oldest event time first, because that
    /// is what the vendor deletes first. Those that are not to be read yet are among them.
    pub async fn waiting_windows(&self, source_id: SourceId, limit: usize) -> Result<Vec<BackfillWindow>, LookupError> {
        let rows: Vec<Joined<WindowRow>> = sqlx::query_as(concat!(
            "SELECT backfill_window.number, backfill, from_at, to_at, checkpoint, attempts, problem, not_before FROM source \
             LEFT JOIN backfill_window ON backfill_window.source = source.number WHERE source.id = ?1 AND ",
            has_vendor!(),
            " ORDER BY from_at, backfill_window.number LIMIT ?2"
        ))
        .bind(source_id.to_string())
        // With no row at all it could not be told whether there is the source.
        .bind(count_to_sql(limit.max(1)))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let rows = Joined::found(rows).ok_or(LookupError::SourceUnknown(source_id))?;
        Ok(rows.take(limit).map(BackfillWindow::from).collect())
    }

    /// Replaces a waiting window by parts that cover it, one after the other; they are waiting instead, and begin anew. The
    /// pages that were read of it stay journalled.
    pub async fn split_window(
        &self,
        source_id: SourceId,
        fence: LeaseToken,
        window: WindowId,
        parts: &[(Timestamp, Timestamp)],
    ) -> Result<(), BackfillError> {
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        let removed: Option<(i64, i64, i64)> = sqlx::query_as(
            "DELETE FROM backfill_window WHERE number = ?2 AND source = ?1 RETURNING backfill, from_at, to_at",
        )
        .bind(number)
        .bind(window.0)
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let (backfill, from, to) = removed.ok_or(BackfillError::WindowGone { source_id, window })?;
        if !cover_exactly(parts, from, to) {
            return Err(BackfillError::Invalid(BackfillProblem::NotCovered));
        }
        let more = count_to_sql(parts.len() - 1);
        let (_, waiting) = open_counts(&mut transaction, number).await.or_fault(self)?;
        if waiting + more > count_to_sql(WINDOWS_WAITING_MAX) {
            return Err(BackfillError::TooMany { source_id });
        }
        insert(&mut transaction, number, backfill, parts).await.or_fault(self)?;
        sqlx::query("UPDATE backfill SET windows_total = windows_total + ?2 WHERE number = ?1")
            .bind(backfill)
            .bind(more)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Notes that a waiting window could not be read, why, and before when it is not to be tried again. Its checkpoint
    /// stays.
    pub async fn window_failed(
        &self,
        source_id: SourceId,
        fence: LeaseToken,
        window: WindowId,
        problem: String,
        not_before: Timestamp,
    ) -> Result<(), BackfillError> {
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        let changed = sqlx::query(
            "UPDATE backfill_window SET attempts = attempts + 1, problem = ?3, not_before = ?4 \
             WHERE number = ?2 AND source = ?1",
        )
        .bind(number)
        .bind(window.0)
        .bind(shortened(problem))
        .bind(to_micros(not_before))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        if changed.rows_affected() == 0 {
            return Err(BackfillError::WindowGone { source_id, window });
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }
}

row! {
    struct WindowRow {
        number: i64,
        backfill: i64,
        from_at: i64,
        to_at: i64,
        checkpoint: Option<String>,
        attempts: i64,
        problem: Option<String>,
        not_before: Option<i64>,
    }
}

impl From<WindowRow> for BackfillWindow {
    fn from(row: WindowRow) -> BackfillWindow {
        BackfillWindow {
            id: WindowId(row.number),
            backfill: BackfillId(row.backfill),
            from: from_micros(row.from_at),
            to: from_micros(row.to_at),
            checkpoint: row.checkpoint,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            problem: row.problem,
            not_before: row.not_before.map(from_micros),
        }
    }
}

/// Returns whether windows cover `[from, to)` one after the other, in microseconds.
pub(super) fn cover_exactly(windows: &[(Timestamp, Timestamp)], from: i64, to: i64) -> bool {
    let mut reached = from;
    for window in windows {
        let (begin, end) = (to_micros(window.0), to_micros(window.1));
        if begin != reached || end <= begin {
            return false;
        }
        reached = end;
    }
    reached == to && !windows.is_empty()
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    source: i64,
    backfill: i64,
    windows: &[(Timestamp, Timestamp)],
) -> Result<(), sqlx::Error> {
    let rows: Vec<(i64, i64)> = windows
        .iter()
        .map(|window| (to_micros(window.0), to_micros(window.1)))
        .collect();
    let inserted = sqlx::query(
        "INSERT INTO backfill_window (backfill, source, from_at, to_at) \
         SELECT ?1, ?2, value ->> 0, value ->> 1 FROM json_each(?3)",
    )
    .bind(backfill)
    .bind(source)
    .bind(serde_json::to_string(&rows).expect("numbers are JSON"))
    .execute(connection)
    .await?;
    assert_eq!(
        inserted.rows_affected(),
        windows.len() as u64,
        "every window is waiting"
    );
    Ok(())
}

/// Moves the checkpoint of a window behind a page, and returns whether the window was waiting.
pub(crate) async fn resume_at(
    connection: &mut SqliteConnection,
    source: i64,
    window: WindowId,
    checkpoint: &str,
    counts: PageCounts,
) -> Result<bool, sqlx::Error> {
    let backfill: Option<i64> = sqlx::query_scalar(
        "UPDATE backfill_window SET checkpoint = ?3, attempts = 0, problem = NULL, not_before = NULL \
         WHERE number = ?2 AND source = ?1 RETURNING backfill",
    )
    .bind(source)
    .bind(window.0)
    .bind(checkpoint)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(backfill) = backfill else { return Ok(false) };
    count_page(connection, backfill, counts).await?;
    Ok(true)
}

/// Takes a window off the waiting ones after its last page, and returns whether it was waiting. Its backfill is finished if
/// it was the last.
pub(crate) async fn finish(
    connection: &mut SqliteConnection,
    source: i64,
    window: WindowId,
    counts: PageCounts,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let removed: Option<(i64, i64)> = sqlx::query_as(
        "DELETE FROM backfill_window WHERE number = ?2 AND source = ?1 RETURNING backfill, to_at - from_at",
    )
    .bind(source)
    .bind(window.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((backfill, length)) = removed else {
        return Ok(false);
    };
    count_page(connection, backfill, counts).await?;
    sqlx::query(
        "UPDATE backfill SET windows_done = windows_done + 1, covered = covered + ?2, \
         finished_at = CASE WHEN windows_done + 1 = windows_total THEN ?3 END WHERE number = ?1",
    )
    .bind(backfill)
    .bind(length)
    .bind(to_micros(now))
    .execute(connection)
    .await?;
    Ok(true)
}

async fn count_page(connection: &mut SqliteConnection, backfill: i64, counts: PageCounts) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE backfill SET pages = pages + 1, records_new = records_new + ?2, records_known = records_known + ?3 \
         WHERE number = ?1",
    )
    .bind(backfill)
    .bind(count_to_sql(counts.records_new))
    .bind(count_to_sql(counts.records_known))
    .execute(connection)
    .await?;
    Ok(())
}
