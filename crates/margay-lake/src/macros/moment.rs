//! Moments in macros: `'2026-01-31'`, `'2026-1-31 8:05:00.5'`, `'2026-01-31T08:05:00+01:00'`. Without a zone they are UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Reads a moment.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    civil(text)
        .and_then(|time| TimeZone::UTC.to_timestamp(time).ok())
        .ok_or_else(|| format!("`{text}` is no time; write it like 2026-01-31 08:05:00, in UTC, or with a zone like 2026-01-31T08:05:00+01:00"))
}

/// Reads a date, or a date and a time of day, whose numbers may lack leading zeros.
fn civil(text: &str) -> Option<DateTime> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time.trim_start())),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = Date::new(number(year)?, number(month)?, number(day)?).ok()?;
    let Some(time) = time else {
        return Some(date.at(0, 0, 0, 0));
    };
    Some(date.to_datetime(time_of_day(time)?))
}

fn time_of_day(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, nanosecond) = match parts.next() {
        None => (0, 0),
        Some(second) => match second.split_once('.') {
            None => (number(second)?, 0),
            Some((second, fraction)) if !fraction.is_empty() && fraction.len() <= 9 => {
                (number(second)?, number::<i32>(&format!("{fraction:0<9}"))?)
            }
            Some(_) => return None,
        },
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, nanosecond).ok()
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
