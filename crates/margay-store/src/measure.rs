//! Measures: what flowed through a source over time, kept in steps that grow coarser with age.
//!
//! | step | kept |
//! |---|---|
//! | 5 minutes | [`FINE_KEPT`] |
//! | 1 hour | [`COARSE_KEPT`] |
//!
//! Bounded: a source has at most some fourteen thousand rows.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::{LookupError, StorageFault};
use crate::round::shortened;
use crate::row::row;
use crate::source::{list_of, number_of_journalled};
use crate::store::{OrFault, Store};
use crate::time::{before, count_from_sql, count_to_sql, from_micros, to_micros};

/// How long measures are kept by five minutes: the two weeks that an alarm looks back over.
pub const FINE_KEPT: Duration = Duration::from_secs(15 * 24 * 60 * 60);
/// How long they are kept by the hour: a year, and what it is compared with.
pub const COARSE_KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// The most steps that one reading returns.
pub const STEPS_PER_READ_MAX: usize = 20_000;

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasureStep {
    /// Five minutes.
    Fine,
    /// An hour.
    Coarse,
}

impl MeasureStep {
    const ALL: [MeasureStep; 2] = [Self::Fine, Self::Coarse];

    /// Returns how long it is.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.seconds().unsigned_abs())
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Fine => 300,
            Self::Coarse => 3_600,
        }
    }

    fn kept(self) -> Duration {
        match self {
            Self::Fine => FINE_KEPT,
            Self::Coarse => COARSE_KEPT,
        }
    }
}

/// What flowed through a source in some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measures {
    /// Events that landed.
    pub events: u64,
    /// Bytes of their records, as the vendor sent them.
    pub bytes: u64,
    /// Records that no schema accepted.
    pub rejects: u64,
    /// Polls.
    pub polls: u64,
    /// Polls that failed.
    pub poll_errors: u64,
    /// Events that landed and whose lag was measured: those from after the source was added. Its past lags behind nothing.
    pub lag_events: u64,
    /// From events to their landing, summed over `lag_events`, in milliseconds. Says nothing where `lag_events` is 0: before version 13
    /// of the database these events were not counted.
    pub lag_ms_total: u64,
    /// The longest of these.
    pub lag_ms_max: u64,
}

impl Measures {
    /// Adds what flowed at another time.
    pub fn add(&mut self, more: &Measures) {
        let lag_ms_total = self.counted_lag().saturating_add(more.counted_lag());
        for (sum, more) in [
            (&mut self.events, more.events),
            (&mut self.bytes, more.bytes),
            (&mut self.rejects, more.rejects),
            (&mut self.polls, more.polls),
            (&mut self.poll_errors, more.poll_errors),
            (&mut self.lag_events, more.lag_events),
        ] {
            *sum = sum.saturating_add(more);
        }
        self.lag_ms_total = lag_ms_total;
        self.lag_ms_max = self.lag_ms_max.max(more.lag_ms_max);
    }

    /// Returns how long events took to land, on average, in milliseconds; `None` if no event is known whose lag was measured.
    pub fn lag_ms_average(&self) -> Option<u64> {
        self.lag_ms_total.checked_div(self.lag_events)
    }

    /// Returns the longest that an event took to land, in milliseconds; `None` if no lag was measured.
    pub fn lag_ms_longest(&self) -> Option<u64> {
        (self.lag_events > 0 || self.lag_ms_max > 0).then_some(self.lag_ms_max)
    }

    fn counted_lag(&self) -> u64 {
        if self.lag_events > 0 { self.lag_ms_total } else { 0 }
    }
}

/// The last record of a source that no schema accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastReject {
    /// When it was refused.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Adds what flowed through a source just now.
    pub async fn measure(&self, source_id: SourceId, now: Timestamp, measures: &Measures) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of_journalled(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        add_measures(&mut transaction, number, now, measures)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Notes a record that no schema accepted, the last one until another is noted.
    pub async fn note_reject(&self, source_id: SourceId, now: Timestamp, reason: String) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of_journalled(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        sqlx::query(
            "INSERT INTO last_reject (source, at, reason) VALUES (?1, ?2, ?3) \
             ON CONFLICT (source) DO UPDATE SET at = ?2, reason = ?3",
        )
        .bind(number)
        .bind(to_micros(now))
        .bind(shortened(reason))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the last record of a source that no schema accepted, if there ever was one.
    pub async fn last_reject(&self, source_id: SourceId) -> Result<Option<LastReject>, StorageFault> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "SELECT at, reason FROM last_reject JOIN source ON source.number = last_reject.source WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(row.map(|(at, reason)| LastReject {
            at: from_micros(at),
            reason,
        }))
    }

    /// Returns what flowed through a source in the steps that begin in `[from, to)`, in order; steps in which nothing did are left
    /// out. At most [`STEPS_PER_READ_MAX`].
    pub async fn measures(
        &self,
        source_id: SourceId,
        step: MeasureStep,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, Measures)>, StorageFault> {
        let rows: Vec<MeasureRow> = sqlx::query_as(
            "SELECT at, events, bytes, rejects, polls, poll_errors, lag_events, lag_ms_total, lag_ms_max FROM measure \
             JOIN source ON source.number = measure.source \
             WHERE source.id = ?1 AND step_s = ?2 AND at >= ?3 AND at < ?4 ORDER BY at LIMIT ?5",
        )
        .bind(source_id.to_string())
        .bind(step.seconds())
        .bind(from.as_second())
        .bind(to.as_second())
        .bind(count_to_sql(STEPS_PER_READ_MAX))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        Ok(rows.into_iter().map(MeasureRow::into_step).collect())
    }

    /// Returns what flowed through each of these sources in the steps that begin in `[from, to)`, in order; steps in which nothing did
    /// are left out, and so are sources through which nothing did.
    pub async fn measures_of(
        &self,
        sources: &[SourceId],
        step: MeasureStep,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<HashMap<SourceId, Vec<(Timestamp, Measures)>>, StorageFault> {
        let rows: Vec<SourceMeasureRow> = sqlx::query_as(
            "SELECT source.id, at, events, bytes, rejects, polls, poll_errors, lag_events, lag_ms_total, lag_ms_max \
             FROM source JOIN measure ON measure.source = source.number \
             WHERE source.id IN (SELECT value FROM json_each(?1)) AND step_s = ?2 AND at >= ?3 AND at < ?4 ORDER BY at",
        )
        .bind(list_of(sources))
        .bind(step.seconds())
        .bind(from.as_second())
        .bind(to.as_second())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let mut of_source: HashMap<SourceId, Vec<_>> = HashMap::new();
        for SourceMeasureRow { id, row } in rows {
            let id = id.parse().map_err(|_| self.damaged("a source's id is no UUID"))?;
            of_source.entry(id).or_default().push(row.into_step());
        }
        Ok(of_source)
    }

    /// Removes the steps of a source that are older than they are kept.
    pub(crate) async fn prune_measures(&self, number: i64, now: Timestamp) -> Result<(), StorageFault> {
        for step in MeasureStep::ALL {
            let cutoff = before(now, step.kept()).as_second();
            // Seen on a reader first, as mostly there is nothing.
            let oldest: Option<i64> =
                sqlx::query_scalar("SELECT min(at) FROM measure WHERE source = ?1 AND step_s = ?2")
                    .bind(number)
                    .bind(step.seconds())
                    .fetch_one(self.readers())
                    .await
                    .or_fault(self)?;
            if oldest.is_none_or(|oldest| oldest >= cutoff) {
                continue;
            }
            let mut transaction = self.begin_write().await?;
            sqlx::query("DELETE FROM measure WHERE source = ?1 AND step_s = ?2 AND at < ?3")
                .bind(number)
                .bind(step.seconds())
                .bind(cutoff)
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
            transaction.commit().await.or_fault(self)?;
        }
        Ok(())
    }
}

row! {
    struct MeasureRow {
        at: i64,
        events: i64,
        bytes: i64,
        rejects: i64,
        polls: i64,
        poll_errors: i64,
        lag_events: i64,
        lag_ms_total: i64,
        lag_ms_max: i64,
    }
}

row! {
    struct SourceMeasureRow {
        ..row: MeasureRow,
        id: String,
    }
}

impl MeasureRow {
    fn into_step(self) -> (Timestamp, Measures) {
        let measures = Measures {
            events: count_from_sql(self.events),
            bytes: count_from_sql(self.bytes),
            rejects: count_from_sql(self.rejects),
            polls: count_from_sql(self.polls),
            poll_errors: count_from_sql(self.poll_errors),
            lag_events: count_from_sql(self.lag_events),
            lag_ms_total: count_from_sql(self.lag_ms_total),
            lag_ms_max: count_from_sql(self.lag_ms_max),
        };
        (Timestamp::from_second(self.at).unwrap_or(Timestamp::MIN), measures)
    }
}

/// Adds what flowed through a source to the steps of `now`.
pub(crate) async fn add_measures(
    connection: &mut SqliteConnection,
    source: i64,
    now: Timestamp,
    measures: &Measures,
) -> Result<(), sqlx::Error> {
    let begin = |step: MeasureStep| now.as_second().div_euclid(step.seconds()) * step.seconds();
    // A total from before its events were counted gives way to one whose events are.
    sqlx::query(
        "INSERT INTO measure \
         (source, step_s, at, events, bytes, rejects, polls, poll_errors, lag_ms_total, lag_ms_max, lag_events) \
         VALUES (?1, ?9, ?10, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?13), (?1, ?11, ?12, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?13) \
         ON CONFLICT (source, step_s, at) DO UPDATE SET \
         events = events + ?2, bytes = bytes + ?3, rejects = rejects + ?4, polls = polls + ?5, \
         poll_errors = poll_errors + ?6, lag_ms_total = iif(lag_events > 0, lag_ms_total, 0) + ?7, \
         lag_ms_max = max(lag_ms_max, ?8), lag_events = lag_events + ?13",
    )
    .bind(source)
    .bind(count_to_sql(measures.events))
    .bind(count_to_sql(measures.bytes))
    .bind(count_to_sql(measures.rejects))
    .bind(count_to_sql(measures.polls))
    .bind(count_to_sql(measures.poll_errors))
    .bind(count_to_sql(measures.lag_ms_total))
    .bind(count_to_sql(measures.lag_ms_max))
    .bind(MeasureStep::Fine.seconds())
    .bind(begin(MeasureStep::Fine))
    .bind(MeasureStep::Coarse.seconds())
    .bind(begin(MeasureStep::Coarse))
    .bind(count_to_sql(measures.lag_events))
    .execute(connection)
    .await?;
    Ok(())
}
