//! The numbers of a text → a moment.

use super::super::calendar::{days_of_month, days_of_year, days_since_epoch, weekday, year_of};
use super::read::{Fields, full_year};

const MICROSECONDS_PER_SECOND: i64 = 1_000_000;

const MICROSECONDS_PER_DAY: i64 = 24 * 60 * 60 * MICROSECONDS_PER_SECOND;

/// How far after the moment it was read a time without a year may lie: it may be written in a zone that is ahead, by a
/// clock that is wrong. Anything later was last year.
const AHEAD_MICROSECONDS_MAX: i64 = MICROSECONDS_PER_DAY;

/// How many years back a date without a year is looked for: 29 February comes at least every eight years.
const YEARS_BACK_MAX: i64 = 8;

impl Fields {
    /// Returns the microseconds since 1970 that the fields stand for; finer digits are cut off.
    pub(super) fn microseconds(&self, parse_time: i64) -> Option<i128> {
        let nanosecond = self.nanosecond.unwrap_or(0);
        if let Some((seconds, is_negative)) = self.timestamp {
            let fraction = if is_negative { -nanosecond } else { nanosecond };
            let microseconds = i128::from(seconds) * i128::from(MICROSECONDS_PER_SECOND);
            return Some(microseconds + i128::from(fraction.div_euclid(1_000)));
        }
        let seconds = self.second_of_day()? - self.offset_seconds.unwrap_or(0);
        let microseconds = seconds * MICROSECONDS_PER_SECOND + nanosecond / 1_000;
        let is_iso = self.iso_year.is_some() && self.iso_week.is_some() && self.weekday.is_some();
        let days = match self.written_year() {
            Some(year) if !is_iso || self.month.is_some() && self.day.is_some() => self.days(year)?,
            _ if is_iso => self.iso_days()?,
            _ => self.latest_days(microseconds, parse_time)?,
        };
        if self.weekday.is_some_and(|written| written != weekday(days)) {
            return None;
        }
        Some(i128::from(days) * i128::from(MICROSECONDS_PER_DAY) + i128::from(microseconds))
    }

    fn second_of_day(&self) -> Option<i64> {
        let hour = match (self.hour, self.hour12, self.is_afternoon) {
            (None, Some(hour), Some(is_afternoon)) => hour % 12 + if is_afternoon { 12 } else { 0 },
            (Some(hour), ..) | (None, Some(hour), None) => hour,
            (None, None, _) => 0,
        };
        let seconds = (hour * 60 + self.minute.unwrap_or(0)) * 60 + self.second.unwrap_or(0);
        (seconds < 24 * 60 * 60).then_some(seconds)
    }

    fn written_year(&self) -> Option<i64> {
        self.year.or_else(|| {
            let year = self.year_of_century?;
            Some(match self.century {
                Some(century) => century * 100 + year,
                None => full_year(year),
            })
        })
    }

    /// Returns the day of an ISO week date.
    fn iso_days(&self) -> Option<i64> {
        let (year, week, day) = (self.iso_year?, self.iso_week?, self.weekday?);
        let first = first_iso_monday(year);
        let days = first + (week - 1) * 7 + (day + 6) % 7;
        // A year of 52 weeks has no week 53.
        (days < first_iso_monday(year + 1)).then_some(days)
    }

    /// Returns the day that the fields name in a year.
    fn days(&self, year: i64) -> Option<i64> {
        if let (Some(month), Some(day)) = (self.month, self.day) {
            return (day <= days_of_month(year, month)).then(|| days_since_epoch(year, month, day));
        }
        let first = days_since_epoch(year, 1, 1);
        let day_of_year = if let Some(day_of_year) = self.day_of_year {
            day_of_year - 1
        } else {
            let written = self.weekday?;
            // Days from the start of a week to the year's first day, and to the wanted one.
            let (week, before, into) = match (self.sunday_week, self.monday_week) {
                (Some(week), _) => (week, weekday(first), written),
                (None, Some(week)) => (week, (weekday(first) + 6) % 7, (written + 6) % 7),
                (None, None) => return None,
            };
            // Days before the first start of a week are in week 0.
            let week_1 = (7 - before) % 7;
            week_1 + (week - 1) * 7 + into
        };
        (0..days_of_year(year))
            .contains(&day_of_year)
            .then_some(first + day_of_year)
    }

    /// Returns the latest day that the fields can mean without a year. `microseconds` is the time of day.
    fn latest_days(&self, microseconds: i64, parse_time: i64) -> Option<i64> {
        let latest = parse_time.saturating_add(AHEAD_MICROSECONDS_MAX);
        let year = year_of(latest.div_euclid(MICROSECONDS_PER_DAY));
        // An offset may move a time of next year into this one.
        (year - YEARS_BACK_MAX..=year + 1).rev().find_map(|year| {
            let days = self.days(year)?;
            let is_weekday = self.weekday.is_none_or(|written| written == weekday(days));
            let is_past = days * MICROSECONDS_PER_DAY + microseconds <= latest;
            (is_weekday && is_past).then_some(days)
        })
    }
}

/// Returns the day that an ISO year starts with: the Monday of the week that 4 January is in.
fn first_iso_monday(year: i64) -> i64 {
    let fourth = days_since_epoch(year, 1, 4);
    fourth - (weekday(fourth) + 6) % 7
}
