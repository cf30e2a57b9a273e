//! When a delivery that failed is tried again, and when it is given up.

use std::time::Duration;

use jiff::Timestamp;
use margay_store::Followed;

#[cfg(test)]
mod tests;

/// The wait after the first failure.
const RETRY_DELAY_MIN: Duration = Duration::from_secs(30);
/// The longest wait.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(30 * 60);
/// A delivery older than this is given up when it fails: whoever is down for a day has other worries than this alert.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// One that some of its receivers have is given up sooner: the next notice of its alert waits for it, and those that have this one wait
/// for that. Mail servers that put off what they do not know (greylisting) take it within minutes.
pub const GIVE_UP_PARTLY_TAKEN_AFTER: Duration = Duration::from_secs(60 * 60);

/// A delivery that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed {
    /// When it was made, or sent again by somebody.
    pub(crate) since: Timestamp,
    /// How many tries there were.
    pub(crate) attempts: u64,
    /// Whether some of its receivers have it.
    pub(crate) is_partly_taken: bool,
    /// The receiver asked not to be called before this time.
    pub(crate) retry_not_before: Option<Timestamp>,
    /// What spreads many deliveries over time.
    pub(crate) seed: u64,
}

/// Says what follows a failure at `now`: waits double from 30 s to 30 min, each shortened by a random part of at most a quarter, and
/// last at least as long as the receiver asks.
pub(crate) fn follow(failed: Failed, now: Timestamp) -> Followed {
    let give_up_after = if failed.is_partly_taken {
        GIVE_UP_PARTLY_TAKEN_AFTER
    } else {
        GIVE_UP_AFTER
    };
    let give_up_at = failed.since.checked_add(give_up_after).unwrap_or(Timestamp::MAX);
    let doublings = u32::try_from(failed.attempts.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(16);
    let whole = RETRY_DELAY_MIN.saturating_mul(1 << doublings).min(RETRY_DELAY_MAX);
    let quarter_ms = u64::try_from(whole.as_millis() / 4).unwrap_or(u64::MAX);
    let less = Duration::from_millis(scattered(failed.seed, failed.attempts) % (quarter_ms + 1));
    let delay = whole.saturating_sub(less);
    let ours = now.checked_add(delay).unwrap_or(Timestamp::MAX);
    let again = failed.retry_not_before.map_or(ours, |wanted| wanted.max(ours));
    if now >= give_up_at {
        return Followed::GivenUp;
    }
    // However long the receiver wants to be left alone, there is a last try.
    Followed::Again(again.min(give_up_at))
}

/// splitmix64: enough to spread retries.
fn scattered(seed: u64, nth: u64) -> u64 {
    let mut z = seed.wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
