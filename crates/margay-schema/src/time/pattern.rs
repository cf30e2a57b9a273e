//! strftime patterns such as `%Y-%m-%d %H:%M:%S`.
//!
//! A pattern is compiled once. Reading with it walks over the text, allocates nothing and never goes back.

use std::fmt;

use super::{TimeError, in_range};
use crate::limits::TIME_FORMAT_BYTES_MAX;

mod compile;
mod date;
mod read;
#[cfg(test)]
mod tests;

use read::Fields;

/// A strftime pattern that can be read with.
///
/// - **Invariant**: it names a moment, or all of it but the year.
/// - A text without an offset is UTC. A zone's name is one of those that RFC 5322 knows.
/// - `%c`, `%x`, `%X` and `%r` mean what they mean in the C locale.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As the schema has it.
    written: Box<str>,
    items: Box<[Item]>,
    zone: ZoneNames,
}

/// What a pattern wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Byte(u8),
    /// Any white space, also none.
    Space,
    /// A number of at most so many digits.
    Number(Part, u8),
    /// Long or short.
    MonthName,
    /// Long or short.
    WeekdayName,
    /// `AM` or `PM`.
    Meridiem,
    /// One to nine digits.
    Fraction,
    /// A point and a fraction, or neither.
    PointFraction,
    Offset,
    ZoneName,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    YearOfCentury,
    Century,
    Month,
    Day,
    DayOfYear,
    IsoYear,
    IsoYearOfCentury,
    IsoWeek,
    /// Weeks that start on Sunday.
    SundayWeek,
    /// Weeks that start on Monday.
    MondayWeek,
    /// Sunday is 0.
    WeekdayFromSunday,
    /// Monday is 1, Sunday 7.
    WeekdayFromMonday,
    Hour,
    Hour12,
    Minute,
    Second,
    /// Seconds since 1970.
    Timestamp,
}

/// What a zone's name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ZoneNames {
    /// It says what the offset is.
    Tell,
    /// The offset stands beside it, so any name will do.
    Decorate,
}

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
        let items = compile::items(written)?;
        compile::check(written, &items)?;
        let zone = if items.contains(&Item::Offset) {
            ZoneNames::Decorate
        } else {
            ZoneNames::Tell
        };
        Ok(Self {
            written: written.into(),
            items: items.into(),
            zone,
        })
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Reads a time. Without a year it is the latest that is not more than a day after `parse_time`.
    pub(super) fn parse(&self, text: &str, parse_time: i64) -> Result<i64, TimeError> {
        let fields = Fields::read(&self.items, self.zone, text.as_bytes()).ok_or(TimeError::OtherFormat)?;
        in_range(fields.microseconds(parse_time).ok_or(TimeError::OtherFormat)?)
    }
}

impl fmt::Debug for Pattern {
    /// Shows what was written; the rest follows from it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.as_str()).finish()
    }
}
