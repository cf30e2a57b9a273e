//! The only door through which wall-clock time enters.
//!
//! Everything below asks a [`Clock`], so a test can run a month in a second: a virtual clock follows tokio's
//! (pausable) timer from a start that the test chose.

use jiff::Timestamp;
use tokio::time::Instant;

/// Where "now" comes from.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Virtual { start: Timestamp, origin: Instant },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that reads `start` now and then follows tokio's timer, paused or not. For tests and simulation.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Kind::Virtual {
            start,
            origin: Instant::now(),
        })
    }

    /// The current time, UTC.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one place that reads the machine's clock"
            )]
            Kind::System => Timestamp::now(),
            Kind::Virtual { start, origin } => {
                let elapsed = jiff::SignedDuration::try_from(origin.elapsed()).unwrap_or(jiff::SignedDuration::MAX);
                start.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
            }
        }
    }
}
