//! The computed part of the log: history up to the start, live events from then on.
//!
//! - **Invariant**: times ascend with the index; history lies before the start, live events after it.

use std::ops::Range;

use crate::random::Random;
use crate::rhythm::Rhythm;

const MINUTE_MS: u128 = 60_000;
/// Live rates are kept as whole millionths of an event a minute, so that no rounding depends on the machine.
const MILLIONTHS: u32 = 1_000_000;
/// Parts that the space between two live events is divided into, for the jitter.
const JITTER_PARTS: u64 = 1 << 16;
const TOPIC_LIVE: u64 = 0x6c76;

/// The times of all computed events.
#[derive(Debug)]
pub(crate) struct Stream {
    seed: u64,
    history: Rhythm,
    history_count: u64,
    start_ms: i64,
    live_millionths_per_minute: u64,
}

impl Stream {
    /// Returns a stream of `history_count` events over `span_ms` up to `start_ms`, and of live ones from there on.
    pub(crate) fn new(seed: u64, start_ms: i64, span_ms: u64, history_count: u64, live_per_minute: f64) -> Self {
        let begin_ms = start_ms.saturating_sub_unsigned(span_ms);
        let millionths = (live_per_minute * f64::from(MILLIONTHS)).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are checked at the start: 0 to a million, so at most 10^12 millionths"
        )]
        let live_millionths_per_minute = millionths as u64;
        let history = Rhythm::new(seed, begin_ms, span_ms, history_count);
        Self {
            seed,
            history,
            history_count,
            start_ms,
            live_millionths_per_minute,
        }
    }

    /// Returns when event `index` is created.
    pub(crate) fn time_ms(&self, index: u64) -> i64 {
        match index.checked_sub(self.history_count) {
            None => self.history.time_ms(index),
            Some(live) => self.live_time_ms(live),
        }
    }

    /// Returns the events created in `[from_ms, until_ms)`, of those that exist at `now_ms`.
    pub(crate) fn between(&self, from_ms: i64, until_ms: i64, now_ms: i64) -> Range<u64> {
        let count = self.count(now_ms);
        let start = self.first_at_or_after(from_ms, count);
        let end = self.first_at_or_after(until_ms, count);
        start..end.max(start)
    }

    /// Returns how many events exist at `now_ms`, those of history included that the clock has not reached.
    fn count(&self, now_ms: i64) -> u64 {
        let elapsed_ms = now_ms.saturating_sub(self.start_ms);
        let Ok(elapsed_ms) = u128::try_from(elapsed_ms) else {
            return self.history_count;
        };
        let parts = elapsed_ms * u128::from(self.live_millionths_per_minute);
        let whole = u64::try_from(parts / (MINUTE_MS * u128::from(MILLIONTHS))).unwrap_or(u64::MAX / 2);
        let is_next_due = self.live_millionths_per_minute > 0 && self.live_time_ms(whole) <= now_ms;
        self.history_count + whole + u64::from(is_next_due)
    }

    fn live_time_ms(&self, live: u64) -> i64 {
        let jitter = Random::of(self.seed, TOPIC_LIVE, live).below(JITTER_PARTS);
        let parts = u128::from(live) * u128::from(JITTER_PARTS) + u128::from(jitter);
        let divisor = u128::from(self.live_millionths_per_minute.max(1)) * u128::from(JITTER_PARTS);
        let elapsed_ms = parts * MINUTE_MS * u128::from(MILLIONTHS) / divisor;
        self.start_ms
            .saturating_add_unsigned(u64::try_from(elapsed_ms).unwrap_or(u64::MAX))
    }

    fn first_at_or_after(&self, time_ms: i64, count: u64) -> u64 {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_ms(middle) < time_ms {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
