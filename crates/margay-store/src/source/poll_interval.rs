//! How long to wait between the polls of a source.

use std::fmt;
use std::time::Duration;

/// The shortest: what asks a vendor more often is told of nothing sooner, and uses up what backfills may ask.
pub const POLL_INTERVAL_MIN: Duration = Duration::from_secs(1);
/// The longest: the silence alarm, a day unless set, and the daily audit take it that the log was read within the day.
pub const POLL_INTERVAL_MAX: Duration = Duration::from_hours(24);

/// How long to wait between the polls of a source: whole seconds, [`POLL_INTERVAL_MIN`] to [`POLL_INTERVAL_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollInterval(Duration);

/// Why a span is no poll interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PollIntervalProblem {
    /// Shorter than [`POLL_INTERVAL_MIN`], or longer than [`POLL_INTERVAL_MAX`].
    #[error(
        "a log source is polled every {} s to every {} s, which is a day",
        POLL_INTERVAL_MIN.as_secs(),
        POLL_INTERVAL_MAX.as_secs()
    )]
    OutOfRange,
    /// It has a part of a second.
    #[error("the poll interval of a log source is whole seconds")]
    NotWholeSeconds,
}

impl PollInterval {
    /// Takes a span for one.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn new(span: Duration) -> Result<Self, PollIntervalProblem> {
        if !(POLL_INTERVAL_MIN..=POLL_INTERVAL_MAX).contains(&span) {
            Err(PollIntervalProblem::OutOfRange)
        } else if span.subsec_nanos() != 0 {
            Err(PollIntervalProblem::NotWholeSeconds)
        } else {
            Ok(Self(span))
        }
    }

    /// Takes seconds for one.
    ///
    /// # Errors
    /// When they cannot be one.
    pub fn from_seconds(seconds: u64) -> Result<Self, PollIntervalProblem> {
        Self::new(Duration::from_secs(seconds))
    }

    /// Returns the span.
    pub fn get(self) -> Duration {
        self.0
    }

    /// Returns the span in seconds.
    pub fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// Reads the column.
    pub(super) fn from_sql(seconds: i64) -> Result<Self, PollIntervalProblem> {
        u64::try_from(seconds).map_or(Err(PollIntervalProblem::OutOfRange), Self::from_seconds)
    }

    /// Returns what the column holds.
    pub(super) fn to_sql(self) -> i64 {
        i64::try_from(self.seconds()).expect("a day has fewer seconds")
    }
}

impl fmt::Display for PollInterval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}s", self.seconds())
    }
}

#[cfg(test)]
mod tests;
