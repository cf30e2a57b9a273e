//! The simulator's idea of now.
//!
//! Retention, live events, offset lifetimes and rate limits all read this one clock, so a test that moves it moves
//! the whole simulated world.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// Where a simulation takes the time from.
#[derive(Debug, Clone, Default)]
pub enum SimulationClock {
    /// The machine's clock.
    #[default]
    Real,
    /// A clock that stands still until its owner moves it.
    Manual(ManualClock),
}

impl SimulationClock {
    /// Returns the present, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let now_ms = match self {
            Self::Real => real_now_ms(),
            Self::Manual(clock) => return clock.now(),
        };
        timestamp_of(now_ms)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

impl From<ManualClock> for SimulationClock {
    fn from(clock: ManualClock) -> Self {
        Self::Manual(clock)
    }
}

/// A clock for tests. Clones share one time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now_ms: Arc<AtomicI64>,
}

impl ManualClock {
    /// Returns a clock that shows `now`, cut to milliseconds, until it is moved.
    pub fn starting_at(now: Timestamp) -> Self {
        Self {
            now_ms: Arc::new(AtomicI64::new(now.as_millisecond())),
        }
    }

    /// Returns the time shown.
    pub fn now(&self) -> Timestamp {
        timestamp_of(self.now_ms.load(Ordering::SeqCst))
    }

    /// Moves the time forward by `step`, cut to milliseconds.
    pub fn advance(&self, step: Duration) {
        let step_ms = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        let moved = |now_ms: i64| Some(now_ms.saturating_add(step_ms).min(Timestamp::MAX.as_millisecond()));
        let outcome = self.now_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        debug_assert!(outcome.is_ok(), "the closure always returns a time");
    }

    /// Shows `now` from here on; may go back.
    pub fn set(&self, now: Timestamp) {
        self.now_ms.store(now.as_millisecond(), Ordering::SeqCst);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the simulator is the outside world: it has a clock of its own, which margay_runtime::Clock must not be"
)]
fn real_now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Returns the timestamp of a millisecond count, or the nearest end of the calendar.
pub(crate) fn timestamp_of(time_ms: i64) -> Timestamp {
    let end = if time_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(time_ms).unwrap_or(end)
}
