//! Reads spans such as `30s`, `5m`, `90d`, and times given as a time, a date or an age.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use crate::exit::{Exit, Failure, Outcome};

/// Reads a span of time; a day is 24 hours.
pub(crate) fn parse_duration(name: &str, text: &str) -> Outcome<Duration> {
    let span: Option<SignedDuration> = text
        .trim()
        .parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(SignedDuration::is_positive);
    span.map(SignedDuration::unsigned_abs).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("`{text}` is not a span of time for {name}\nhint: write it like 30s, 5m, 24h or 90d"),
        )
    })
}

/// Returns a span as [`parse_duration`] reads it, in its largest units: `24h`, `1h 30m`.
pub(crate) fn span_text(duration: Duration) -> String {
    let whole = SignedDuration::from_secs(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX));
    format!("{whole:#}")
}

/// Reads a time: `2026-09-01T00:00:00Z`, `2026-09-01` (midnight UTC), or an age such as `30d`.
pub(crate) fn parse_time(name: &str, text: &str, now: Timestamp) -> Outcome<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = text.parse::<Date>()
        && let Ok(midnight) = date.to_zoned_datetime(TimeZone::UTC)
    {
        return Ok(midnight.timestamp());
    }
    let age = parse_duration(name, text)
        .ok()
        .and_then(|age| SignedDuration::try_from(age).ok());
    age.and_then(|age| now.checked_sub(age).ok()).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("`{text}` is not a time for {name}\nhint: write it like 2026-09-01T00:00:00Z, 2026-09-01 or 30d"),
        )
    })
}

#[cfg(test)]
mod tests;
