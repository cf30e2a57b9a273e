//! Time formats: text or number → microseconds since 1970-01-01 UTC.
//!
//! Digits finer than a microsecond are cut off, so a time never moves into the next microsecond; before 1970 too, where
//! that means towards the past.

use std::fmt;

mod calendar;
mod pattern;
mod rfc3339;
#[cfg(test)]
mod tests;
mod unix;

pub use pattern::Pattern;

/// How a timestamp may be written in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFormat {
    /// `rfc3339`: `2026-01-02T03:04:05.678Z`, any offset.
    Rfc3339,
    /// `unix`: seconds, fractions allowed.
    Unix,
    /// `unix_ms`: milliseconds.
    UnixMs,
    /// `unix_us`: microseconds.
    UnixUs,
    /// `unix_ns`: nanoseconds.
    UnixNs,
    /// `unix_auto`: seconds, milliseconds, microseconds or nanoseconds, told apart by size.
    UnixAuto,
    /// `cloudflare`: RFC 3339, or a number as `unix_auto` takes it.
    Cloudflare,
    /// A strftime pattern such as `%Y-%m-%d %H:%M:%S`; UTC unless it holds an offset or a zone.
    Strftime(Pattern),
}

/// Why a value is not a time of a format. Never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeError {
    /// It is written otherwise.
    OtherFormat,
    /// It is written so, but lies outside the years 1 to 9999.
    OutOfRange,
}

/// 0001-01-01T00:00:00Z. Earlier years have no place in a four-digit calendar.
pub(crate) const MICROSECONDS_MIN: i64 = -62_135_596_800_000_000;

/// 9999-12-31T23:59:59.999999Z, the last microsecond of a four-digit year: what many vendors write for "never". It is a
/// day beyond [`jiff::Timestamp`], so such a time is a value, but never the event's time.
pub(crate) const MICROSECONDS_MAX: i64 = 253_402_300_799_999_999;

/// What Go writes for a time that was never set, 0001-01-01T00:00:00Z. It is a value, but never the event's time.
pub(crate) const GO_ZERO_TIME: i64 = MICROSECONDS_MIN;

impl TimeFormat {
    /// Returns the format of that name, or the pattern.
    ///
    /// # Errors
    ///
    /// A sentence about what is wrong with it.
    pub(crate) fn of_name(name: &str) -> Result<Self, String> {
        match name {
            "rfc3339" => Ok(Self::Rfc3339),
            "unix" => Ok(Self::Unix),
            "unix_ms" => Ok(Self::UnixMs),
            "unix_us" => Ok(Self::UnixUs),
            "unix_ns" => Ok(Self::UnixNs),
            "unix_auto" => Ok(Self::UnixAuto),
            "cloudflare" => Ok(Self::Cloudflare),
            pattern if pattern.contains('%') => Pattern::new(pattern).map(Self::Strftime),
            _ => Err(format!("unknown time format `{name}`")),
        }
    }

    /// The formats that have a name.
    pub(crate) const NAMES: [&'static str; 7] = [
        "rfc3339",
        "unix",
        "unix_ms",
        "unix_us",
        "unix_ns",
        "unix_auto",
        "cloudflare",
    ];

    /// Reads a time from a string. One without a year is near `parse_time`, microseconds since 1970.
    pub(crate) fn read_string(&self, text: &str, parse_time: i64) -> Result<i64, TimeError> {
        match self {
            Self::Rfc3339 => rfc3339::parse(text),
            Self::Strftime(pattern) => pattern.parse(text, parse_time),
            Self::Cloudflare if text.contains('-') && text.contains(':') => rfc3339::parse(text),
            Self::Unix | Self::UnixMs | Self::UnixUs | Self::UnixNs | Self::UnixAuto | Self::Cloudflare => {
                self.read_number(text)
            }
        }
    }

    /// Reads a time from the text of a number.
    pub(crate) fn read_number(&self, text: &str) -> Result<i64, TimeError> {
        let unit = match self {
            Self::Unix => unix::Unit::Seconds,
            Self::UnixMs => unix::Unit::Milliseconds,
            Self::UnixUs => unix::Unit::Microseconds,
            Self::UnixNs => unix::Unit::Nanoseconds,
            Self::UnixAuto | Self::Cloudflare => return unix::parse_any_unit(text),
            Self::Rfc3339 | Self::Strftime(_) => return Err(TimeError::OtherFormat),
        };
        unix::parse(text, unit)
    }
}

impl fmt::Display for TimeFormat {
    /// Writes it as a schema does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rfc3339 => "rfc3339",
            Self::Unix => "unix",
            Self::UnixMs => "unix_ms",
            Self::UnixUs => "unix_us",
            Self::UnixNs => "unix_ns",
            Self::UnixAuto => "unix_auto",
            Self::Cloudflare => "cloudflare",
            Self::Strftime(pattern) => pattern.as_str(),
        })
    }
}

/// Returns the time if it lies within the years that we store.
fn in_range(microseconds: i128) -> Result<i64, TimeError> {
    i64::try_from(microseconds)
        .ok()
        .filter(|microseconds| (MICROSECONDS_MIN..=MICROSECONDS_MAX).contains(microseconds))
        .ok_or(TimeError::OutOfRange)
}
