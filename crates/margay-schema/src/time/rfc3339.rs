//! RFC 3339, section 5.6: `2026-01-02T03:04:05.678+01:00`.
//!
//! The form that machines write is read by hand, since every record has one; the rare rest of the grammar (small letters, a
//! space for the `T`, leap seconds) goes to jiff. A property test holds the two together.

use jiff::fmt::temporal::DateTimeParser;

use super::calendar::{days_of_month, days_since_epoch};
use super::{TimeError, in_range};

static PARSER: DateTimeParser = DateTimeParser::new();

/// Most digits of a second's fraction: nanoseconds.
const FRACTION_DIGITS_MAX: usize = 9;

/// Reads a time. Zero to nine digits of fraction; microseconds are kept.
pub(super) fn parse(text: &str) -> Result<i64, TimeError> {
    let shape = Shape::of(text.as_bytes()).ok_or(TimeError::OtherFormat)?;
    match shape.microseconds() {
        Some(microseconds) => in_range(microseconds),
        None => rest(text),
    }
}

/// The numbers of a text that has the shape of RFC 3339; not yet known to be a date.
struct Shape {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
    offset_seconds: i64,
    is_plain: bool,
}

impl Shape {
    fn of(bytes: &[u8]) -> Option<Self> {
        let (head, tail) = bytes.split_at_checked(19)?;
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if separators.iter().any(|&(at, separator)| head[at] != separator) || !b"Tt ".contains(&head[10]) {
            return None;
        }
        let (microsecond, zone) = fraction(tail)?;
        Some(Self {
            year: digits(&head[..4])?,
            month: digits(&head[5..7])?,
            day: digits(&head[8..10])?,
            hour: digits(&head[11..13])?,
            minute: digits(&head[14..16])?,
            second: digits(&head[17..19])?,
            microsecond,
            offset_seconds: offset(zone)?,
            is_plain: head[10] == b'T' && zone != b"z",
        })
    }

    /// Returns the time, or `None` if the text is left to jiff.
    fn microseconds(&self) -> Option<i128> {
        let is_date = self.is_plain && (1..=12).contains(&self.month) && self.day >= 1;
        if !is_date || self.day > days_of_month(self.year, self.month) {
            return None;
        }
        if self.hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let days = days_since_epoch(self.year, self.month, self.day);
        let seconds = ((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second - self.offset_seconds;
        Some(i128::from(seconds * 1_000_000 + self.microsecond))
    }
}

/// Returns the microseconds of a fraction, if there is one, and what follows.
fn fraction(tail: &[u8]) -> Option<(i64, &[u8])> {
    let Some(after) = tail.strip_prefix(b".") else {
        return Some((0, tail));
    };
    let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=FRACTION_DIGITS_MAX).contains(&count) {
        return None;
    }
    let kept = count.min(6);
    let mut microsecond = digits(&after[..kept])?;
    for _ in kept..6 {
        microsecond *= 10;
    }
    Some((microsecond, &after[count..]))
}

/// Returns the seconds that the zone is ahead of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, [h1, h2, b':', m1, m2]) = (match zone {
        b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    }) else {
        return None;
    };
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    (hour <= 23 && minute <= 59).then_some(sign * (hour * 60 + minute) * 60)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// Reads what has the shape but is not plain.
#[cold]
fn rest(text: &str) -> Result<i64, TimeError> {
    let time = PARSER.parse_timestamp(text).map_err(|_| TimeError::OtherFormat)?;
    in_range(time.as_nanosecond().div_euclid(1_000))
}
