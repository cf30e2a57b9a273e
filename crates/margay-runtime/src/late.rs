//! Late events: what became visible after its time was proven, and the re-read that catches it.
//!
//! A vendor may show an event long after it happened, and a live tail that has gone past its time may never be given it. So
//! recent closed time is read again, until it is older than events are late. Known records cost their transfer and nothing
//! else.
//!
//! ```text
//!        settled_through          now − trailing           proven_through      now
//!   ───────────┼────────────────────────┼─────────────────────────┼─────────────┼──▶ event time
//!              [                  read again                      )
//!              [   settled from now on  )
//! ```
//! `now` is the vendor's as far as it has shown it: a clock of ours that is ahead settles nothing too early.
//!
//! How far back (`trailing`) follows from how late events have been, and only ever grows beyond its default. Time that passed
//! while nothing was read is read again too, since `settled_through` stands still meanwhile.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_connector::asana::{Checkpoint, RoundEnd};
use margay_store::{Claim, Evidence, HistoryKind, Ledger, NewNote, Source};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::coverage;
use crate::read::{self, Reading, ReadingEnd, Stretch};
use crate::reader::Reader;
use crate::story;
use crate::telemetry::SPANS;

/// How far back recent time is read again at least. Four times the longest delay that anybody has published for this log: AWS
/// `AppFabric` waits 30 minutes (its administration guide, "Asana", read 2026-11-23).
pub const TRAILING_MIN: Duration = Duration::from_hours(2);
/// How far back at most: beyond two days a re-read is a backfill, and the audit's business.
pub const TRAILING_MAX: Duration = Duration::from_hours(48);
/// Recent time is read again every so many-th part of `trailing`: every 15 minutes at its default.
const REREADS_PER_TRAILING: u32 = 8;
/// The longest window of one re-read. After a long pause several are read, one after the other, and each one counts when it
/// is done.
const WINDOW_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Of a thousand events, this many must have been in time for `trailing` to stay as it is: p99.9.
const IN_TIME_PER_THOUSAND: u128 = 999;
/// Buckets of lateness: the last one begins at 2^30 seconds, 34 years.
const BUCKETS: usize = 32;

/// How late new records were: a histogram over powers of two of a second.
///
/// - **Shape**: bucket 0 counts records in time; bucket `k` those late by `[2^(k-1), 2^k)` seconds, bucket 1 by anything less
///   than 2 s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness {
    counts: [u64; BUCKETS],
    longest: Duration,
}

impl Default for Lateness {
    fn default() -> Self {
        Self {
            counts: [0; BUCKETS],
            longest: Duration::ZERO,
        }
    }
}

impl Lateness {
    /// Returns the lateness that is stored of a source.
    pub fn from_buckets(buckets: impl IntoIterator<Item = (u8, u64)>) -> Self {
        let mut lateness = Self::default();
        for (bucket, count) in buckets {
            if let Some(place) = lateness.counts.get_mut(usize::from(bucket)) {
                *place = place.saturating_add(count);
            }
        }
        lateness
    }

    /// Returns the buckets that are not empty.
    pub fn buckets(&self) -> Vec<(u8, u64)> {
        let counted = (0_u8..).zip(self.counts.iter().copied());
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Returns how many records were late.
    pub fn late_count(&self) -> u64 {
        self.counts.iter().skip(1).sum()
    }

    /// Returns the longest lateness that was counted by [`Self::count`].
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// Counts new records by the times at which they happened: those whose time was proven before they were seen were late.
    pub fn count(&mut self, times: impl IntoIterator<Item = Timestamp>, now: Timestamp, ledger: &Ledger) {
        for time in times {
            let late =
                is_proven_at(ledger, time).then(|| now.duration_since(time).max(SignedDuration::ZERO).unsigned_abs());
            let bucket = late.map_or(0, bucket_of);
            let late = late.unwrap_or_default();
            if let Some(place) = self.counts.get_mut(bucket) {
                *place = place.saturating_add(1);
            }
            self.longest = self.longest.max(late);
        }
    }

    /// Adds what was counted elsewhere.
    pub(crate) fn add(&mut self, more: &Self) {
        for (place, count) in self.counts.iter_mut().zip(more.counts) {
            *place = place.saturating_add(count);
        }
        self.longest = self.longest.max(more.longest);
    }

    /// Returns the lateness that 99.9 % of all records kept to, rounded up to the end of its bucket; zero if that many were in
    /// time.
    pub fn p999(&self) -> Duration {
        let total: u128 = self.counts.iter().map(|count| u128::from(*count)).sum();
        let mut counted = 0_u128;
        for (bucket, count) in self.counts.iter().enumerate() {
            counted += u128::from(*count);
            if counted * 1000 >= total * IN_TIME_PER_THOUSAND {
                return if bucket == 0 {
                    Duration::ZERO
                } else {
                    Duration::from_secs(1 << bucket.min(BUCKETS - 1))
                };
            }
        }
        Duration::ZERO
    }

    /// Returns how far back recent time is read again: twice what was seen, within the bounds.
    pub fn trailing(&self) -> Duration {
        self.p999().saturating_mul(2).clamp(TRAILING_MIN, TRAILING_MAX)
    }

    /// Returns how often.
    pub fn interval(&self) -> Duration {
        self.trailing() / REREADS_PER_TRAILING
    }
}

/// Whether the vendor had shown everything of that moment when the ledger was read.
fn is_proven_at(ledger: &Ledger, time: Timestamp) -> bool {
    let rows = ledger.coverage.partition_point(|row| row.from <= time);
    let row = rows.checked_sub(1).and_then(|last| ledger.coverage.get(last));
    row.is_some_and(|row| time < row.to && row.evidence != Evidence::Lost)
}

fn bucket_of(late: Duration) -> usize {
    let seconds = late.as_secs().max(1);
    let bucket = usize::try_from(seconds.ilog2()).unwrap_or(BUCKETS) + 1;
    bucket.min(BUCKETS - 1)
}

/// What is to be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing before this much time has passed.
    Later(Duration),
    /// This window.
    Now(Window),
}

/// Decides what to read again at `now`.
pub(crate) fn plan(ledger: &Ledger, created_at: Timestamp, lateness: &Lateness, now: Timestamp) -> Plan {
    let trailing = signed(lateness.trailing());
    let interval = signed(lateness.interval());
    let settled = begun_settled(ledger, created_at, trailing, now);
    let due_at = settled
        .saturating_add(trailing)
        .and_then(|time| time.saturating_add(interval))
        .unwrap_or(Timestamp::MAX);
    let Some(proven) = ledger.proven_through() else {
        return Plan::Later(lateness.interval());
    };
    if now < due_at {
        return Plan::Later(due_at.duration_since(now).unsigned_abs());
    }
    let to = settled.saturating_add(WINDOW_MAX).unwrap_or(proven).min(proven);
    Window::new(settled, to).map_or(Plan::Later(lateness.interval()), Plan::Now)
}

/// A new source's backfill has read what is older; what happened shortly before it was added may still become visible. What
/// the vendor has deleted can only be settled.
fn begun_settled(ledger: &Ledger, created_at: Timestamp, trailing: SignedDuration, now: Timestamp) -> Timestamp {
    let before = created_at.saturating_sub(trailing).unwrap_or(Timestamp::MIN);
    let begun = ledger
        .settled_through
        .unwrap_or(before)
        .max(coverage::deleted_before(ledger, now));
    ledger.since.map_or(begun, |since| begun.max(since))
}

/// Returns the moment before which no late event of a source is to be expected any more.
pub(crate) fn settled_through(ledger: &Ledger, source: &Source, lateness: &Lateness, now: Timestamp) -> Timestamp {
    begun_settled(ledger, source.created_at, signed(lateness.trailing()), now)
}

/// Reads recent time again if it is due; returns how long to wait for the next time.
///
/// # Errors
/// When our own side fails.
pub(crate) async fn reread_if_due(reader: &Reader, stop: &CancellationToken) -> Result<Duration, LateError> {
    let line = &reader.line;
    let source = reader.source();
    loop {
        let ledger = line.store.ledger(source.id).await?;
        let lateness = Lateness::from_buckets(line.store.lateness(source.id).await?);
        let window = match plan(&ledger, source.created_at, &lateness, line.clock.now()) {
            Plan::Later(wait) => return Ok(wait),
            Plan::Now(window) => window,
        };
        let span = tracing::info_span!(target: SPANS, "reread", source = source.label, from = %window.from(), to = %window.to());
        let reading = read::read(reader, Checkpoint::of_window(window), Stretch::Again, &ledger, stop)
            .instrument(span)
            .await?;
        let is_done = keep(reader, &reading, window, &ledger, &lateness).await?;
        if !is_done {
            // The vendor cannot be read now; the live tail tells of it, and knows when to try again.
            return Ok(lateness.interval());
        }
    }
}

/// Writes down what a re-read found. Returns whether it went to the end.
async fn keep(
    reader: &Reader,
    reading: &Reading,
    window: Window,
    ledger: &Ledger,
    lateness: &Lateness,
) -> Result<bool, LateError> {
    let line = &reader.line;
    let source_id = reader.source_id();
    line.store.add_lateness(source_id, &reading.lateness.buckets()).await?;
    if let Some(text) = story::late_events(&reading.lateness) {
        let at = line.clock.now();
        let kind = HistoryKind::LateEvents;
        line.store.note(source_id, NewNote { at, kind, text }).await?;
    }
    let is_drained = matches!(reading.end, ReadingEnd::Ended(RoundEnd::Drained));
    let Some(proven) = reading.proven.filter(|_| is_drained) else {
        return Ok(false);
    };
    let now = line.clock.now();
    let old_enough = ledger
        .sure_now(now)
        .unwrap_or(Timestamp::MIN)
        .saturating_sub(signed(lateness.trailing()))
        .unwrap_or(Timestamp::MIN);
    let Some(settled) = Window::new(window.from(), proven.to().min(old_enough)) else {
        return Ok(false);
    };
    let claim = Claim {
        from: proven.from().max(settled.from()),
        to: settled.to(),
        evidence: Evidence::WindowRead,
        at: now,
    };
    if claim.from < claim.to {
        line.store.claim(source_id, reader.token, &[claim]).await?;
    }
    line.store.set_settled(source_id, reader.token, settled.to()).await?;
    Ok(true)
}

/// Why recent time was not read again.
#[derive(Debug, thiserror::Error)]
pub enum LateError {
    /// The database could not tell what was read.
    #[error(transparent)]
    Lookup(#[from] margay_store::LookupError),
    /// What was read could not be journalled.
    #[error(transparent)]
    Append(#[from] margay_store::AppendError),
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
