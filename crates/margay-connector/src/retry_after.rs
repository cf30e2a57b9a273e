//! The `Retry-After` header: how long the vendor wants us away.

use std::time::Duration;

use jiff::Timestamp;

/// A longer wish counts as this one. Beyond a day it is a mistake of something between the vendor and us, and obeying it
/// would silently end the log.
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);
/// A longer header is not read. An HTTP date has 29 characters.
const HEADER_BYTES_MAX: usize = 64;

/// Returns the wait that `header` asks for at `now`, rounded up to a millisecond, or nothing if it cannot be read.
///
/// Reads whole seconds, decimal seconds (the vendor's own client reads a decimal) and HTTP dates (RFC 9110 §10.2.3). A
/// date in the past means now.
pub fn parse_retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let text = header.trim();
    if text.is_empty() || text.len() > HEADER_BYTES_MAX {
        return None;
    }
    let wait = if text.starts_with(|c: char| c.is_ascii_digit()) {
        seconds(text)?
    } else {
        until(text, now)?
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// By hand, since a float would turn 1.1 into 1100.0000000000002 ms.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    // Too many digits for a u64 is a long time, not a mistake.
    let whole = whole.parse::<u64>().unwrap_or(u64::MAX);
    let (milliseconds, rest) = fraction.split_at(fraction.len().min(3));
    let milliseconds = format!("{milliseconds:0<3}").parse::<u64>().ok()?;
    let rounded_up = u64::from(rest.bytes().any(|byte| byte != b'0'));
    Some(Duration::from_secs(whole).saturating_add(Duration::from_millis(milliseconds + rounded_up)))
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = date.duration_since(now);
    if wait.is_negative() {
        return Some(Duration::ZERO);
    }
    let wait = wait.unsigned_abs();
    let rounded_up = Duration::from_millis(u64::from(wait.subsec_nanos() % 1_000_000 != 0));
    let whole = Duration::new(wait.as_secs(), wait.subsec_millis() * 1_000_000);
    Some(whole.saturating_add(rounded_up))
}

#[cfg(test)]
mod tests;
