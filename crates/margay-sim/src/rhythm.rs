//! When the events of history happen: mornings over nights, working days over weekends.
//!
//! The time of an event is a pure function of its index, found by going back from a share of all work to the moment by
//! which that share is done. Nothing is stored per event and finding an index by time is a binary search.
//!
//! - **Invariant**: `time_ms(i) <= time_ms(i + 1)`, and every time lies in `[begin, begin + span)`.
//! - Some runs of neighbours share one millisecond, as bulk changes do. How the vendor orders those is unconfirmed; here
//!   by index.

use crate::random::Random;

const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Parts that the space between two events is divided into, for the jitter.
const JITTER_PARTS: u64 = 1 << 16;
/// Neighbours that may share one time.
const BULK_EVENTS: u64 = 6;
/// One run of neighbours out of this many does.
const BULK_ONE_IN: u64 = 24;
/// The topic of this file's random streams.
const TOPIC_JITTER: u64 = 0x7269;
const TOPIC_BULK: u64 = 0x626c;

/// How busy each hour of a working day is, UTC, from midnight on: Europe's day with America's behind it.
const HOUR_WEIGHTS: [u64; 24] = [
    14, 10, 8, 8, 9, 14, 30, 62, 90, 100, 98, 88, 80, 92, 100, 98, 90, 78, 62, 50, 42, 34, 26, 18,
];
/// What remains of it on a weekend, in hundredths.
const WEEKEND_PERCENT: u64 = 15;

/// The spread of a number of events over a span of time.
#[derive(Debug)]
pub(crate) struct Rhythm {
    seed: u64,
    begin_ms: i64,
    event_count: u64,
    /// Work done before each hour; one entry more than there are hours.
    work_before: Vec<u64>,
}

impl Rhythm {
    /// Returns the rhythm of `event_count` events over `[begin_ms, begin_ms + span_ms)`.
    pub(crate) fn new(seed: u64, begin_ms: i64, span_ms: u64, event_count: u64) -> Self {
        let mut work_before = vec![0];
        let mut work: u64 = 0;
        let mut elapsed_ms = 0;
        while elapsed_ms < span_ms {
            let length_ms = HOUR_MS.min(span_ms - elapsed_ms);
            work += hour_weight(begin_ms.saturating_add_unsigned(elapsed_ms)) * length_ms;
            work_before.push(work);
            elapsed_ms += length_ms;
        }
        Self {
            seed,
            begin_ms,
            event_count,
            work_before,
        }
    }

    /// Returns when event `index` was created. Must be below the event count.
    pub(crate) fn time_ms(&self, index: u64) -> i64 {
        let bulk = index / BULK_EVENTS;
        if Random::of(self.seed, TOPIC_BULK, bulk).chance(1, BULK_ONE_IN) {
            return self.own_time_ms(bulk * BULK_EVENTS);
        }
        self.own_time_ms(index)
    }

    fn own_time_ms(&self, index: u64) -> i64 {
        let total = self.work_before.last().copied().unwrap_or_default();
        if total == 0 {
            return self.begin_ms;
        }
        let jitter = Random::of(self.seed, TOPIC_JITTER, index).below(JITTER_PARTS);
        let part = u128::from(index) * u128::from(JITTER_PARTS) + u128::from(jitter);
        let parts = u128::from(self.event_count) * u128::from(JITTER_PARTS);
        let work = u64::try_from(u128::from(total) * part / parts).unwrap_or(total);
        // The hour in which that much work gets done: the last one that starts with no more than that.
        let hour = self
            .work_before
            .partition_point(|before| *before <= work)
            .saturating_sub(1);
        let hour_begin_ms = self.begin_ms.saturating_add_unsigned(hour as u64 * HOUR_MS);
        let within_ms = (work - self.work_before[hour]) / hour_weight(hour_begin_ms);
        hour_begin_ms.saturating_add_unsigned(within_ms)
    }
}

/// Returns how busy the hour after `time_ms` is; at least 1.
fn hour_weight(time_ms: i64) -> u64 {
    let day_ms = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
    let hour = time_ms.rem_euclid(day_ms).unsigned_abs() / HOUR_MS;
    // The first of January 1970 was a Thursday; 0 is Monday.
    let weekday = (time_ms.div_euclid(day_ms) + 3).rem_euclid(7);
    let weight = HOUR_WEIGHTS[usize::try_from(hour).unwrap_or_default()];
    let percent = if weekday >= 5 { WEEKEND_PERCENT } else { 100 };
    (weight * percent / 100).max(1)
}

#[cfg(test)]
mod tests;
