//! What bounds a round.

use std::time::Duration;

/// The bounds of a round. `default()` is what the product uses; tests narrow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollLimits {
    /// After this long no further page is asked for. 30 minutes: a backfill reports progress and gives other sources their
    /// turn, and no fault can hold a round for ever.
    pub round_duration_max: Duration,
    /// One request, body included. 60 seconds, as the vendor's own client waits.
    pub request_duration_max: Duration,
    /// One body, decompressed. 64 MiB: 1000 events that each carry a SAML answer of some ten kB fit several times over.
    pub body_bytes_max: usize,
    /// Requests in a row without a page, before the round gives up. 6: with doubling waits about half a minute, longer
    /// than a restart of a server; after that the next round tries.
    pub attempts_max: u32,
    /// One wait within a round. 90 seconds: the vendor counts by the minute. A longer pause is kept just as well, but the
    /// round ends and names the time.
    pub wait_max: Duration,
}

impl Default for PollLimits {
    fn default() -> Self {
        Self {
            round_duration_max: Duration::from_mins(30),
            request_duration_max: Duration::from_mins(1),
            body_bytes_max: 64 * 1024 * 1024,
            attempts_max: 6,
            wait_max: Duration::from_secs(90),
        }
    }
}
