//! Backfills: sets of windows of event time that are read beside the live tail.
//!
//! A window is waiting until it has been read to its end, and each of its pages moves its own checkpoint in
//! [`Store::append`]'s transaction. One that is done is counted in its backfill and is gone; so is one that was split, and
//! whoever still reads it is told so. The backfill is finished with its last window, in the same transaction.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::audit_log::Subject;
use crate::fault::{LookupError, StorageFault};
use crate::lease::LeaseToken;
use crate::row::{Joined, row};
use crate::source::{has_vendor, number_of};
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

mod error;
pub(crate) mod window;

#[cfg(test)]
mod tests;

pub use error::{BackfillError, BackfillProblem};
pub use window::BackfillWindow;

/// The most windows of one backfill: 90 days in windows of seven minutes.
pub const WINDOWS_PER_BACKFILL_MAX: usize = 20_000;

/// The most backfills of one source that are unfinished at a time. A person asks for a few; holes come one by one.
pub const BACKFILLS_OPEN_MAX: usize = 100;

/// The most windows of one source that are waiting at a time: a few megabytes of rows.
pub const WINDOWS_WAITING_MAX: usize = 100_000;

/// How many finished backfills of a source are kept.
pub const BACKFILLS_KEPT_MAX: usize = 100;

/// The number of a backfill; never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackfillId(i64);

/// The number of a window; never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowId(i64);

/// Why there is a backfill. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackfillReason {
    /// The source is new: what was there before its live tail.
    Initial,
    /// The ledger has a hole.
    Hole,
    /// A person asked for it.
    Asked,
}

/// A backfill to begin: `[from, to)`, cut into windows.
///
/// - **Units**: times are cut to microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBackfill {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Why it is begun.
    pub reason: BackfillReason,
    /// Its windows, `[from, to)` each: in order, each beginning where the one before it ends, together all of it; at most
    /// [`WINDOWS_PER_BACKFILL_MAX`].
    pub windows: Vec<(Timestamp, Timestamp)>,
    /// The current time.
    pub now: Timestamp,
}

/// A backfill and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// Its number.
    pub id: BackfillId,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Why it was begun.
    pub reason: BackfillReason,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When its last window was done; none while windows are waiting.
    pub finished_at: Option<Timestamp>,
    /// Whether it was cancelled before its last window was done. Nothing cancels one today; the database has room for it.
    pub is_cancelled: bool,
    /// Its windows; more when some were split.
    pub windows_total: u64,
    /// Those that were read to their end.
    pub windows_done: u64,
    /// How much event time these have together.
    pub covered: Duration,
    /// Pages that were journalled.
    pub pages: u64,
    /// Records that were new.
    pub records_new: u64,
    /// Records that were journalled before.
    pub records_known: u64,
}

impl BackfillId {
    /// Returns the backfill with that number, as a person typed it.
    pub fn new(number: i64) -> BackfillId {
        BackfillId(number)
    }

    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for BackfillId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl WindowId {
    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for WindowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl BackfillReason {
    const ALL: [BackfillReason; 3] = [BackfillReason::Initial, BackfillReason::Hole, BackfillReason::Asked];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            BackfillReason::Initial => "initial",
            BackfillReason::Hole => "hole",
            BackfillReason::Asked => "asked",
        }
    }

    fn from_str(name: &str) -> Option<BackfillReason> {
        BackfillReason::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl Store {
    /// Begins a backfill: all of its windows are waiting from now on. Finished ones of the source beyond the newest
    /// [`BACKFILLS_KEPT_MAX`] are forgotten.
    pub async fn begin_backfill(
        &self,
        source_id: SourceId,
        fence: LeaseToken,
        new: NewBackfill,
    ) -> Result<BackfillId, BackfillError> {
        check(&new).map_err(BackfillError::Invalid)?;
        let mut transaction = self.begin_write().await?;
        let number = self.fenced(&mut transaction, source_id, fence).await?.number;
        let id = self.begin_in(&mut transaction, source_id, number, &new).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(id)
    }

    /// Begins a backfill on behalf of a person, who holds no lease: whoever polls the source finds its windows waiting. A wish
    /// changes nothing that a reading in progress relies on, so it needs no fence.
    pub async fn ask_backfill(&self, source_id: SourceId, new: NewBackfill) -> Result<BackfillId, BackfillError> {
        check(&new).map_err(BackfillError::Invalid)?;
        let mut transaction = self.begin_change("create_backfill", Subject::source(source_id)).await?;
        let number = number_of(&mut transaction, source_id).await.or_fault(self)?;
        let number = number.ok_or(BackfillError::SourceUnknown(source_id))?;
        let id = self.begin_in(&mut transaction, source_id, number, &new).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(id)
    }

    /// As [`Store::ask_backfill`], for time that was found incomplete though it counts as proven: what is proven of the `wanting`
    /// ranges is given up in the same transaction, so that no reader sees them complete before they are read again.
    ///
    /// Needs no fence either: whoever finds out beside the holder of the lease has none, and giving up a proof claims nothing.
    pub async fn ask_backfill_of_wanting(
        &self,
        source_id: SourceId,
        wanting: &[(Timestamp, Timestamp)],
        new: NewBackfill,
    ) -> Result<BackfillId, BackfillError> {
        check(&new).map_err(BackfillError::Invalid)?;
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id).await.or_fault(self)?;
        let number = number.ok_or(BackfillError::SourceUnknown(source_id))?;
        for (from, to) in wanting {
            self.disclaim_in(&mut transaction, number, *from, *to).await?;
        }
        let id = self.begin_in(&mut transaction, source_id, number, &new).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(id)
    }

    pub(crate) async fn begin_in(
        &self,
        connection: &mut SqliteConnection,
        source_id: SourceId,
        number: i64,
        new: &NewBackfill,
    ) -> Result<BackfillId, BackfillError> {
        let (open, waiting) = open_counts(connection, number).await.or_fault(self)?;
        let is_room = open < count_to_sql(BACKFILLS_OPEN_MAX)
            && waiting + count_to_sql(new.windows.len()) <= count_to_sql(WINDOWS_WAITING_MAX);
        if !is_room {
            return Err(BackfillError::TooMany { source_id });
        }
        let id = insert(connection, number, new).await.or_fault(self)?;
        forget_finished(connection, number).await.or_fault(self)?;
        Ok(id)
    }

    /// Returns the backfills of a source, the newest first: those that are unfinished, and the last
    /// [`BACKFILLS_KEPT_MAX`] of the others.
    pub async fn backfills(&self, source_id: SourceId) -> Result<Vec<Backfill>, LookupError> {
        let rows: Vec<Joined<BackfillRow>> = sqlx::query_as(concat!(
            "SELECT ",
            backfill_columns!(),
            " FROM source LEFT JOIN backfill ON backfill.source = source.number WHERE source.id = ?1 AND ",
            has_vendor!(),
            " ORDER BY backfill.number DESC"
        ))
        .bind(source_id.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let rows = Joined::found(rows).ok_or(LookupError::SourceUnknown(source_id))?;
        Ok(self.backfills_from_rows(rows)?)
    }

    pub(crate) fn backfills_from_rows(
        &self,
        rows: impl IntoIterator<Item = BackfillRow>,
    ) -> Result<Vec<Backfill>, StorageFault> {
        rows.into_iter().map(|row| self.backfill_from_row(&row)).collect()
    }

    fn backfill_from_row(&self, row: &BackfillRow) -> Result<Backfill, StorageFault> {
        Ok(Backfill {
            id: BackfillId(row.number),
            from: from_micros(row.from_at),
            to: from_micros(row.to_at),
            reason: BackfillReason::from_str(&row.reason)
                .ok_or_else(|| self.damaged("a backfill was begun for an unknown reason"))?,
            begun_at: from_micros(row.begun_at),
            finished_at: row.finished_at.map(from_micros),
            is_cancelled: row.is_cancelled,
            windows_total: count_from_sql(row.windows_total),
            windows_done: count_from_sql(row.windows_done),
            covered: Duration::from_micros(count_from_sql(row.covered)),
            pages: count_from_sql(row.pages),
            records_new: count_from_sql(row.records_new),
            records_known: count_from_sql(row.records_known),
        })
    }
}

/// The columns of a backfill.
macro_rules! backfill_columns {
    () => {
        "backfill.number, from_at, to_at, reason, begun_at, finished_at, is_cancelled, windows_total, windows_done, covered, \
         pages, records_new, records_known"
    };
}
pub(crate) use backfill_columns;

row! {
    pub(crate) struct BackfillRow {
        number: i64,
        from_at: i64,
        to_at: i64,
        reason: String,
        begun_at: i64,
        finished_at: Option<i64>,
        is_cancelled: bool,
        windows_total: i64,
        windows_done: i64,
        covered: i64,
        pages: i64,
        records_new: i64,
        records_known: i64,
    }
}

/// Says what is wrong with a backfill, if anything is.
pub(crate) fn check(new: &NewBackfill) -> Result<(), BackfillProblem> {
    if new.windows.len() > WINDOWS_PER_BACKFILL_MAX {
        return Err(BackfillProblem::TooManyWindows(new.windows.len()));
    }
    if window::cover_exactly(&new.windows, to_micros(new.from), to_micros(new.to)) {
        Ok(())
    } else {
        Err(BackfillProblem::NotCovered)
    }
}

/// Writes a backfill that was checked, and its windows.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    source: i64,
    new: &NewBackfill,
) -> Result<BackfillId, sqlx::Error> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO backfill (source, from_at, to_at, reason, begun_at, windows_total) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING number",
    )
    .bind(source)
    .bind(to_micros(new.from))
    .bind(to_micros(new.to))
    .bind(new.reason.as_str())
    .bind(to_micros(new.now))
    .bind(count_to_sql(new.windows.len()))
    .fetch_one(&mut *connection)
    .await?;
    window::insert(connection, source, number, &new.windows).await?;
    Ok(BackfillId(number))
}

/// Returns how many backfills of a source are unfinished, and how many windows of theirs are waiting.
async fn open_counts(connection: &mut SqliteConnection, source: i64) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "SELECT count(*), coalesce(sum(windows_total - windows_done), 0) FROM backfill \
         WHERE source = ?1 AND finished_at IS NULL",
    )
    .bind(source)
    .fetch_one(connection)
    .await
}

async fn forget_finished(connection: &mut SqliteConnection, source: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM backfill WHERE source = ?1 AND finished_at IS NOT NULL AND number <= \
         (SELECT number FROM backfill WHERE source = ?1 AND finished_at IS NOT NULL \
         ORDER BY number DESC LIMIT 1 OFFSET ?2)",
    )
    .bind(source)
    .bind(count_to_sql(BACKFILLS_KEPT_MAX))
    .execute(connection)
    .await?;
    Ok(())
}
