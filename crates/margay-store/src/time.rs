//! Times and counts as the database keeps them: microseconds since 1970-01-01 UTC, days, signed 64-bit numbers.

use std::time::Duration;

use jiff::Timestamp;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// Returns the microseconds; finer digits are cut off.
pub(crate) fn to_micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Reads a column of microseconds. A number outside the calendar, which only a damaged file holds, becomes its end.
pub(crate) fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// Returns the day of a time, counted from 1970-01-01.
pub(crate) fn day_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(SECONDS_PER_DAY)
}

/// Returns `time - span`, at most the beginning of the calendar.
pub(crate) fn before(time: Timestamp, span: Duration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// Returns `time + span`, at most the end of the calendar.
pub(crate) fn after(time: Timestamp, span: Duration) -> Timestamp {
    time.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Returns a count as the database keeps it.
pub(crate) fn count_to_sql(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Reads a column of counts, which are never negative.
pub(crate) fn count_from_sql(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
