//! strftime patterns such as `%Y-%m-%d %H:%M:%S`.

use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

use super::{TimeError, in_range};
use crate::limits::TIME_FORMAT_BYTES_MAX;

/// A strftime pattern that can be read with.
///
/// - **Invariant**: a time written with it can be read back with it, so it names a whole date.
/// - A text without an offset is UTC.
/// - `%c`, `%x`, `%X` and `%r` mean what they mean in the C locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As the schema has it.
    written: String,
    /// With the locale's shorthands spelled out.
    spelled: String,
}

/// 2026-07-15T17:31:59.123456Z, whose parts are all different.
const SAMPLE_MICROSECONDS: i64 = 1_784_136_719_123_456;

impl Pattern {
    /// Checks a pattern.
    ///
    /// # Errors
    ///
    /// A sentence about what is wrong with it.
    pub(crate) fn new(written: &str) -> Result<Self, String> {
        if written.len() > TIME_FORMAT_BYTES_MAX {
            return Err(format!("a time format has at most {TIME_FORMAT_BYTES_MAX} bytes"));
        }
        let pattern = Self {
            written: written.to_owned(),
            spelled: spell_out(written)?,
        };
        let explain = |error: jiff::Error| format!("the time format `{written}` cannot be read with: {error}");
        let sample = Timestamp::from_microsecond(SAMPLE_MICROSECONDS).map_err(explain)?;
        let text = BrokenDownTime::from(sample)
            .to_string(&pattern.spelled)
            .map_err(explain)?;
        pattern.read(&text).map_err(explain)?;
        Ok(pattern)
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Reads a time.
    pub(super) fn parse(&self, text: &str) -> Result<i64, TimeError> {
        let time = self.read(text).map_err(|_| TimeError::OtherFormat)?;
        in_range(time.as_nanosecond().div_euclid(1_000))
    }

    fn read(&self, text: &str) -> Result<Timestamp, jiff::Error> {
        let time = BrokenDownTime::parse(&self.spelled, text)?;
        if time.offset().is_some() || time.timestamp().is_some() {
            return time.to_timestamp();
        }
        TimeZone::UTC.to_timestamp(time.to_datetime()?)
    }
}

/// Characters that may stand between `%` and the letter: padding, case, colons, a point and a width.
const FLAGS: &[char] = &[
    '-', '_', '^', '#', ':', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
];

/// Replaces the shorthands whose meaning depends on a locale by what they mean in C, and refuses names of time zones:
/// abbreviations are ambiguous, and what a place's offset was is in a database that changes.
fn spell_out(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((plain, after)) = rest.split_once('%') {
        out.push_str(plain);
        let letter_at = after
            .find(|character| !FLAGS.contains(&character))
            .unwrap_or(after.len());
        let (flags, tail) = after.split_at(letter_at);
        let Some(letter) = tail.chars().next() else {
            return Err("the time format ends with a single `%`; a percent sign is written `%%`".to_owned());
        };
        match letter {
            'Z' | 'Q' => {
                return Err(format!(
                    "`%{flags}{letter}` is not supported: names of time zones; use `%z` for an offset"
                ));
            }
            'c' => out.push_str("%a %b %e %H:%M:%S %Y"),
            'x' => out.push_str("%m/%d/%y"),
            'X' => out.push_str("%H:%M:%S"),
            'r' => out.push_str("%I:%M:%S %p"),
            _ => {
                out.push('%');
                out.push_str(flags);
                out.push(letter);
            }
        }
        rest = &tail[letter.len_utf8()..];
    }
    out.push_str(rest);
    Ok(out)
}
