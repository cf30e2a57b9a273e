//! How much a vendor may be asked: so many requests a minute, so many at once, and nothing while it wants a pause.
//!
//! All readings of one source share one budget, since vendors count by token. The live tail goes first: what is read beside
//! it (backfill, re-reads, audits) leaves it a share of the requests and one place in flight, so a backfill never makes live
//! events late.
//!
//! Requests are counted by a bucket that refills steadily: a pause of the source saves up a short burst and no more.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;

use crate::retry_after::RETRY_AFTER_MAX;

/// A burst is what this long refills. Long enough for a page or two of every reading at once, short enough that no vendor
/// counting by the minute minds.
const BURST: Duration = Duration::from_secs(10);
/// The smallest burst, in requests: a tail and a window must not wait for each other at any rate.
const BURST_REQUESTS_MIN: u64 = 4;
/// One part of the burst in this many is the live tail's alone.
const TAIL_SHARE: u64 = 4;
/// Parts that a request is counted in, so that slow rates refill evenly: a request is this many.
const REQUEST: u64 = 60_000_000;

/// The bounds of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetLimits {
    /// Requests a minute, all readings together.
    pub requests_per_minute: NonZeroU32,
    /// Requests that may be in flight at once, all readings together.
    pub in_flight_max: NonZeroU32,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Errand {
    /// The live tail.
    Tail,
    /// Anything beside it.
    Beside,
}

/// The answer to a request that asks to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may be sent now, and counts; [`Budget::ended`] follows when its answer is there.
    Granted,
    /// Ask again after this long.
    After(Duration),
    /// Ask again at this time: the vendor wants a pause.
    Paused(Timestamp),
    /// Ask again when a request has ended.
    WhenOneEnds,
}

/// The budget of one source.
#[derive(Debug, Clone)]
pub struct Budget {
    limits: BudgetLimits,
    /// What is in the bucket, in parts of a request.
    saved: u64,
    refilled_at: Timestamp,
    in_flight: u32,
    not_before: Option<Timestamp>,
}

impl Budget {
    /// Returns a budget with a whole burst saved.
    pub fn new(limits: BudgetLimits, now: Timestamp) -> Self {
        let mut budget = Self {
            limits,
            saved: 0,
            refilled_at: now,
            in_flight: 0,
            not_before: None,
        };
        budget.saved = budget.saved_max();
        budget
    }

    /// Asks to send a request now.
    pub fn ask(&mut self, errand: Errand, now: Timestamp) -> Admission {
        if let Some(until) = self.paused_until(now) {
            return Admission::Paused(until);
        }
        let in_flight_max = self.limits.in_flight_max.get();
        let places = match errand {
            Errand::Tail => in_flight_max,
            // With one place only, the two take turns.
            Errand::Beside => in_flight_max.saturating_sub(1).max(1),
        };
        if self.in_flight >= places {
            return Admission::WhenOneEnds;
        }
        self.refill(now);
        let kept = match errand {
            Errand::Tail => 0,
            Errand::Beside => self.saved_max() / TAIL_SHARE,
        };
        let needed = REQUEST + kept;
        if self.saved < needed {
            return Admission::After(self.refilling(needed - self.saved));
        }
        self.saved -= REQUEST;
        self.in_flight += 1;
        Admission::Granted
    }

    /// Notes that a request which was granted is over, however it ended.
    pub fn ended(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Grants nothing before `time`: the vendor wants a pause. The later of two pauses counts.
    pub fn pause_until(&mut self, time: Timestamp) {
        self.not_before = self.not_before.max(Some(time));
    }

    /// Returns until when a pause lasts.
    fn paused_until(&mut self, now: Timestamp) -> Option<Timestamp> {
        let until = self.not_before?;
        let left = until.duration_since(now);
        // A pause longer than any that is kept means that our clock was set back.
        if left.is_positive() && left.unsigned_abs() <= RETRY_AFTER_MAX {
            return Some(until);
        }
        self.not_before = None;
        None
    }

    fn refill(&mut self, now: Timestamp) {
        let elapsed = now.duration_since(self.refilled_at);
        self.refilled_at = now;
        // A clock that was set back refills nothing; the next look counts from there.
        if elapsed.is_positive() {
            let elapsed = u64::try_from(elapsed.unsigned_abs().as_micros()).unwrap_or(u64::MAX);
            self.saved = self
                .saved
                .saturating_add(elapsed.saturating_mul(self.parts_per_microsecond()))
                .min(self.saved_max());
        }
    }

    /// How long it takes until `parts` more are in the bucket; at least a millisecond, so that asking again is of use.
    fn refilling(&self, parts: u64) -> Duration {
        Duration::from_micros(parts.div_ceil(self.parts_per_microsecond())).max(Duration::from_millis(1))
    }

    /// A minute has 60,000,000 microseconds, and a request as many parts: so this is the rate itself.
    fn parts_per_microsecond(&self) -> u64 {
        u64::from(self.limits.requests_per_minute.get())
    }

    fn saved_max(&self) -> u64 {
        let burst = u64::from(self.limits.requests_per_minute.get()) * BURST.as_secs() / 60;
        burst.max(BURST_REQUESTS_MIN) * REQUEST
    }
}

#[cfg(test)]
mod tests;
