//! How long to wait after the n-th failure in a row.

use std::time::Duration;

/// The first wait: long enough for a restarting server, short enough not to be noticed.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// No single wait is longer: a poll interval's length, after which a new round begins anyway.
const BACKOFF_MAX: Duration = Duration::from_mins(1);

/// Doubling waits with jitter. The jitter only spreads many sources over time, so a small generator is good enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backoff {
    state: u64,
}

impl Backoff {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the wait after `failures` failures in a row (1 for the first): 1 s, 2 s, 4 s … 60 s, of which a random
    /// part of at most half is taken off.
    pub(crate) fn delay(&mut self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        let whole = BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_MAX);
        let half_ms = u64::try_from(whole.as_millis() / 2).unwrap_or(u64::MAX);
        whole.saturating_sub(Duration::from_millis(self.next() % (half_ms + 1)))
    }

    /// splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests;
