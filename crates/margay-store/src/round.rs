//! Rounds: how the polls of a source went, for the people who ask and for the alarms.

use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::{LookupError, StorageFault};
use crate::health_check::{Looked, write_checks};
use crate::lateness::add_counts;
use crate::measure::{Measures, add_measures};
use crate::row::{Joined, row};
use crate::source::{has_vendor, number_of};
use crate::store::{OrFault, Store};
use crate::time::{after, count_from_sql, count_to_sql, from_micros, to_micros};

#[cfg(test)]
mod tests;

/// How many rounds with a problem are remembered for each source.
pub const PROBLEMS_KEPT_MAX: usize = 50;

/// The longest problem text; longer ones are cut. A vendor's whole answer does not belong here.
pub const PROBLEM_BYTES_MAX: usize = 4 * 1024;

/// The longest pause that is kept. A stored one that ends later than this from now was noted under a clock that has been set back
/// since, and counts as none: nobody is kept away until a wrong time comes.
pub const PAUSE_MAX: Duration = Duration::from_hours(24);

/// How a round ended. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoundKind {
    /// The log was read to its end.
    Drained,
    /// Time was up before the end; the next round goes on.
    DeadlineReached,
    /// We were told to stop; says nothing about the source.
    Interrupted,
    /// It failed, and the next round may succeed.
    GaveUp,
    /// It fails until a person acts.
    NeedsOperator,
    /// The vendor refused the credentials: it fails until they pass again.
    TokenRefused,
    /// Another process polls the source; says nothing about it. No longer written: the status is the holder's own.
    StandBy,
}

/// How a round went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOutcome {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub kind: RoundKind,
    /// What went wrong, for people; never a secret.
    pub problem: Option<String>,
    /// Pages that were journalled.
    pub pages: u64,
    /// Records that were new.
    pub records_new: u64,
    /// Records that were journalled before.
    pub records_known: u64,
    /// The source is not to be polled before this time, if the vendor or a backoff says so.
    pub retry_not_before: Option<Timestamp>,
}

/// A round that ended, with what it showed of its source at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRound {
    /// How it went.
    pub outcome: RoundOutcome,
    /// What of the source works.
    pub looks: Vec<Looked>,
    /// What it adds to what flowed.
    pub measures: Measures,
    /// How many events became visible how late, by buckets; see [`Store::add_lateness`].
    pub lateness: Vec<(u8, u64)>,
}

/// A round of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub kind: RoundKind,
    /// What went wrong, for people.
    pub problem: Option<String>,
    /// Pages that were journalled.
    pub pages: u64,
    /// Records that were new.
    pub records_new: u64,
    /// Records that were journalled before.
    pub records_known: u64,
}

/// How a source's polls are going.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollStatus {
    /// The last round, if there was any.
    pub last_round: Option<Round>,
    /// When a round last ended well.
    pub last_success_at: Option<Timestamp>,
    /// How many rounds have failed since, in one way: the vendor refused the credentials, or anything else.
    pub consecutive_failures: u64,
    /// When the first of these failed.
    pub failing_since: Option<Timestamp>,
    /// The source is not to be polled before this time, as it was noted; [`PollStatus::paused_until`] says whether it holds.
    pub retry_not_before: Option<Timestamp>,
}

impl PollStatus {
    /// Returns until when the source is not to be asked, if a pause lasts at `now`.
    pub fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.retry_not_before
            .filter(|until| now < *until && *until <= after(now, PAUSE_MAX))
    }
}

/// What a round says about its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Success,
    Failure,
    Nothing,
}

impl RoundKind {
    const ALL: [RoundKind; 7] = [
        RoundKind::Drained,
        RoundKind::DeadlineReached,
        RoundKind::Interrupted,
        RoundKind::GaveUp,
        RoundKind::NeedsOperator,
        RoundKind::TokenRefused,
        RoundKind::StandBy,
    ];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            RoundKind::Drained => "drained",
            RoundKind::DeadlineReached => "deadline_reached",
            RoundKind::Interrupted => "interrupted",
            RoundKind::GaveUp => "gave_up",
            RoundKind::NeedsOperator => "needs_operator",
            RoundKind::TokenRefused => "token_refused",
            RoundKind::StandBy => "stand_by",
        }
    }

    fn from_str(name: &str) -> Option<RoundKind> {
        RoundKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    fn verdict(self) -> Verdict {
        match self {
            RoundKind::Drained | RoundKind::DeadlineReached => Verdict::Success,
            RoundKind::Interrupted | RoundKind::StandBy => Verdict::Nothing,
            RoundKind::GaveUp | RoundKind::NeedsOperator | RoundKind::TokenRefused => Verdict::Failure,
        }
    }
}

impl Store {
    /// Notes how a round went. Rounds that failed, or that name a problem, are remembered, the last
    /// [`PROBLEMS_KEPT_MAX`] of each source. A pause that lasts longer than the round says stays: another reading was told it.
    pub async fn record_round(&self, source_id: SourceId, outcome: RoundOutcome) -> Result<(), LookupError> {
        let nothing_else = EndedRound {
            outcome,
            looks: Vec::new(),
            measures: Measures::default(),
            lateness: Vec::new(),
        };
        self.end_round(source_id, nothing_else).await
    }

    /// As [`Self::record_round`], with all that the round showed of its source: in one commit, since each is flushed to the disk, for
    /// every source, every minute.
    pub async fn end_round(&self, source_id: SourceId, ended: EndedRound) -> Result<(), LookupError> {
        let EndedRound {
            outcome,
            looks,
            measures,
            lateness,
        } = ended;
        let outcome = RoundOutcome {
            problem: outcome.problem.map(shortened),
            ..outcome
        };
        let now = outcome.finished_at;
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        write_status(&mut transaction, number, &outcome).await.or_fault(self)?;
        if outcome.problem.is_some() || outcome.kind.verdict() == Verdict::Failure {
            remember_problem(&mut transaction, number, &outcome)
                .await
                .or_fault(self)?;
        }
        if !looks.is_empty() {
            write_checks(&mut transaction, number, looks, now)
                .await
                .or_fault(self)?;
        }
        if measures != Measures::default() {
            add_measures(&mut transaction, number, now, &measures)
                .await
                .or_fault(self)?;
        }
        add_counts(&mut transaction, number, &lateness).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Notes that the vendor wants no request before `until`; the later of two pauses counts. Whoever was told may note it, lease
    /// or not: a pause too many costs time and nothing else.
    ///
    /// A process that dies while its first round waits leaves a round that was interrupted.
    pub async fn pause(&self, source_id: SourceId, until: Timestamp, now: Timestamp) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        sqlx::query(
            "INSERT INTO poll_status (source, started_at, finished_at, kind, pages, records_new, records_known, \
             consecutive_failures, retry_not_before) VALUES (?1, ?2, ?2, ?3, 0, 0, 0, 0, ?4) \
             ON CONFLICT (source) DO UPDATE SET retry_not_before = CASE \
             WHEN poll_status.retry_not_before > ?4 AND poll_status.retry_not_before <= ?5 \
             THEN poll_status.retry_not_before ELSE ?4 END",
        )
        .bind(number)
        .bind(to_micros(now))
        .bind(RoundKind::Interrupted.as_str())
        .bind(to_micros(until))
        .bind(to_micros(after(now, PAUSE_MAX)))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns how a source's polls are going; all empty before the first round.
    pub async fn poll_status(&self, source_id: SourceId) -> Result<PollStatus, LookupError> {
        let rows: Vec<Joined<StatusRow>> = sqlx::query_as(concat!(
            "SELECT ",
            status_columns!(),
            " FROM source LEFT JOIN poll_status ON poll_status.source = source.number WHERE source.id = ?1 AND ",
            has_vendor!()
        ))
        .bind(source_id.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let mut rows = Joined::found(rows).ok_or(LookupError::SourceUnknown(source_id))?;
        let Some(row) = rows.next() else {
            return Ok(PollStatus::default());
        };
        Ok(self.status_from_row(row)?)
    }

    pub(crate) fn status_from_row(&self, row: StatusRow) -> Result<PollStatus, StorageFault> {
        Ok(PollStatus {
            last_round: Some(self.round_from_row(row.round)?),
            last_success_at: row.last_success_at.map(from_micros),
            consecutive_failures: count_from_sql(row.consecutive_failures),
            failing_since: row.failing_since.map(from_micros),
            retry_not_before: row.retry_not_before.map(from_micros),
        })
    }

    /// Returns the remembered rounds of a source that had a problem, the latest first.
    pub async fn round_problems(&self, source_id: SourceId) -> Result<Vec<Round>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let number = number_of(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<RoundRow> = sqlx::query_as(
            "SELECT started_at, finished_at, kind, problem, pages, records_new, records_known FROM round_problem \
             WHERE source = ?1 ORDER BY number DESC",
        )
        .bind(number)
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| Ok(self.round_from_row(row)?)).collect()
    }

    fn round_from_row(&self, row: RoundRow) -> Result<Round, StorageFault> {
        Ok(Round {
            started_at: from_micros(row.started_at),
            finished_at: from_micros(row.finished_at),
            kind: RoundKind::from_str(&row.kind).ok_or_else(|| self.damaged("a round ended in an unknown way"))?,
            problem: row.problem,
            pages: count_from_sql(row.pages),
            records_new: count_from_sql(row.records_new),
            records_known: count_from_sql(row.records_known),
        })
    }
}

row! {
    pub(crate) struct RoundRow {
        started_at: i64,
        finished_at: i64,
        kind: String,
        problem: Option<String>,
        pages: i64,
        records_new: i64,
        records_known: i64,
    }
}

/// The columns of how a source's polls are going.
macro_rules! status_columns {
    () => {
        "started_at, finished_at, kind, problem, pages, records_new, records_known, last_success_at, consecutive_failures, \
         failing_since, retry_not_before"
    };
}
pub(crate) use status_columns;

row! {
    pub(crate) struct StatusRow {
        ..round: RoundRow,
        last_success_at: Option<i64>,
        consecutive_failures: i64,
        failing_since: Option<i64>,
        retry_not_before: Option<i64>,
    }
}

async fn write_status(
    connection: &mut SqliteConnection,
    number: i64,
    outcome: &RoundOutcome,
) -> Result<(), sqlx::Error> {
    let verdict = outcome.kind.verdict();
    let success_at = (verdict == Verdict::Success).then(|| to_micros(outcome.finished_at));
    let failures = i64::from(verdict == Verdict::Failure);
    sqlx::query(
        "INSERT INTO poll_status (source, started_at, finished_at, kind, problem, pages, records_new, records_known, \
         last_success_at, consecutive_failures, failing_since, is_refused, retry_not_before) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CASE WHEN ?10 > 0 THEN ?3 END, ?13, ?11) \
         ON CONFLICT (source) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at, \
         kind = excluded.kind, problem = excluded.problem, pages = excluded.pages, \
         records_new = excluded.records_new, records_known = excluded.records_known, \
         last_success_at = coalesce(excluded.last_success_at, poll_status.last_success_at), \
         consecutive_failures = CASE WHEN excluded.last_success_at IS NOT NULL THEN 0 \
         WHEN ?10 > 0 AND is_refused <> ?13 THEN 1 \
         ELSE poll_status.consecutive_failures + excluded.consecutive_failures END, \
         failing_since = CASE WHEN excluded.last_success_at IS NOT NULL THEN NULL \
         WHEN ?10 > 0 AND is_refused <> ?13 THEN ?3 \
         ELSE coalesce(poll_status.failing_since, excluded.failing_since) END, \
         is_refused = CASE WHEN ?10 > 0 THEN ?13 ELSE is_refused END, \
         retry_not_before = CASE WHEN poll_status.retry_not_before > max(?3, coalesce(?11, ?3)) \
         AND poll_status.retry_not_before <= ?12 THEN poll_status.retry_not_before ELSE ?11 END",
    )
    .bind(number)
    .bind(to_micros(outcome.started_at))
    .bind(to_micros(outcome.finished_at))
    .bind(outcome.kind.as_str())
    .bind(outcome.problem.as_deref())
    .bind(count_to_sql(outcome.pages))
    .bind(count_to_sql(outcome.records_new))
    .bind(count_to_sql(outcome.records_known))
    .bind(success_at)
    .bind(failures)
    .bind(outcome.retry_not_before.map(to_micros))
    .bind(to_micros(after(outcome.finished_at, PAUSE_MAX)))
    .bind(outcome.kind == RoundKind::TokenRefused)
    .execute(connection)
    .await?;
    Ok(())
}

async fn remember_problem(
    connection: &mut SqliteConnection,
    number: i64,
    outcome: &RoundOutcome,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO round_problem (source, started_at, finished_at, kind, problem, pages, records_new, records_known) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(number)
    .bind(to_micros(outcome.started_at))
    .bind(to_micros(outcome.finished_at))
    .bind(outcome.kind.as_str())
    .bind(outcome.problem.as_deref())
    .bind(count_to_sql(outcome.pages))
    .bind(count_to_sql(outcome.records_new))
    .bind(count_to_sql(outcome.records_known))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM round_problem WHERE source = ?1 AND number <= \
         (SELECT number FROM round_problem WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
    )
    .bind(number)
    .bind(count_to_sql(PROBLEMS_KEPT_MAX))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Cuts a text for people that is longer than [`PROBLEM_BYTES_MAX`].
pub(crate) fn shortened(mut text: String) -> String {
    const ELLIPSIS: char = '…';
    if text.len() > PROBLEM_BYTES_MAX {
        text.truncate(text.floor_char_boundary(PROBLEM_BYTES_MAX - ELLIPSIS.len_utf8()));
        text.push(ELLIPSIS);
    }
    text
}
