//! Calendars: which time counts. Silence at night, on a weekend or on a holiday is no silence where nobody works then.
//!
//! ```text
//!   Fri 16:00        17:00          Mon 09:00     10:00
//!   ────┼──────────────┼───────────────┼────────────┼──▶
//!       [   counts     )               [   counts   )      two hours have passed, not sixty-six
//! ```

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

#[cfg(test)]
mod tests;

/// The most spans of one weekday: a day of shifts with breaks has a handful.
pub const SPANS_PER_DAY_MAX: usize = 16;
/// The most holidays: thirty years of them.
pub const HOLIDAYS_MAX: usize = 1_000;
/// So many days are looked at for time that counts. A month of time that counts, an hour a week, takes fourteen years.
const DAYS_LOOKED_AT_MAX: usize = 15 * 366;
/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// Which time counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Calendar {
    /// All of it.
    #[default]
    Always,
    /// Some hours of the week, in one place of the world.
    Hours(Hours),
}

/// Hours of the week that count.
///
/// - **Invariant**: some weekday has a span; spans of a day are sorted and disjoint; see the limits of this module.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    zone: TimeZone,
    /// By weekday, Monday first.
    weekly: [Vec<Span>; 7],
    holidays: BTreeSet<Date>,
}

/// A part of a day, `[from, to)`, in minutes after midnight by the clock on the wall; `to` may be the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    from: u16,
    to: u16,
}

/// Why something is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarProblem {
    /// Not `HH:MM-HH:MM`, or it ends before it begins.
    #[error(
        "`{0}` is no part of a day\nhint: write it as 09:00-17:00; 24:00 is the end of the day, and a shift over midnight is two parts"
    )]
    Span(String),
    /// Two spans of a day share time.
    #[error("on {0} two parts of the day overlap")]
    Overlap(&'static str),
    /// More than [`SPANS_PER_DAY_MAX`].
    #[error("a day may have at most {SPANS_PER_DAY_MAX} parts")]
    TooManySpans,
    /// More than [`HOLIDAYS_MAX`].
    #[error("a calendar may have at most {HOLIDAYS_MAX} holidays")]
    TooManyHolidays,
    /// No weekday has any hours.
    #[error(
        "no day of the week has hours that count, so the alarm would never sound\nhint: switch the alarm off instead"
    )]
    Empty,
}

impl Span {
    /// Reads `09:00-17:00`.
    pub fn parse(text: &str) -> Result<Self, CalendarProblem> {
        let problem = || CalendarProblem::Span(text.chars().take(40).collect());
        let (from, to) = text.trim().split_once('-').ok_or_else(problem)?;
        let (from, to) = (minutes(from).ok_or_else(problem)?, minutes(to).ok_or_else(problem)?);
        if from < to {
            Ok(Self { from, to })
        } else {
            Err(problem())
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// `HH:MM`, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY_MINUTES).then_some(total)
}

impl Hours {
    /// Makes a calendar of the spans of each weekday (Monday first) and of holidays, all by the clock of `zone`.
    pub fn new(zone: TimeZone, weekly: [Vec<Span>; 7], holidays: BTreeSet<Date>) -> Result<Self, CalendarProblem> {
        const NAMES: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        if holidays.len() > HOLIDAYS_MAX {
            return Err(CalendarProblem::TooManyHolidays);
        }
        if weekly.iter().all(Vec::is_empty) {
            return Err(CalendarProblem::Empty);
        }
        let mut weekly = weekly;
        for (spans, name) in weekly.iter_mut().zip(NAMES) {
            if spans.len() > SPANS_PER_DAY_MAX {
                return Err(CalendarProblem::TooManySpans);
            }
            spans.sort_unstable();
            if spans.windows(2).any(|pair| pair[0].to > pair[1].from) {
                return Err(CalendarProblem::Overlap(name));
            }
        }
        Ok(Self { zone, weekly, holidays })
    }

    /// Returns where its clock stands.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the spans of each weekday, Monday first.
    pub fn weekly(&self) -> &[Vec<Span>; 7] {
        &self.weekly
    }

    /// Returns the days that do not count.
    pub fn holidays(&self) -> &BTreeSet<Date> {
        &self.holidays
    }

    /// The ranges of time that count, from the day of `from` on, in order; they may begin before `from`.
    fn ranges(&self, from: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = self.zone.to_datetime(from).date();
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(DAYS_LOOKED_AT_MAX);
        let working = days.filter(|day| !self.holidays.contains(day));
        working.flat_map(move |day| {
            let spans = &self.weekly[monday_offset(day.weekday())];
            spans
                .iter()
                .filter_map(move |span| Some((self.at(day, span.from)?, self.at(day, span.to)?)))
        })
    }

    /// A time on the wall that a change of the clock skips is the moment of the change; of two the earlier counts.
    fn at(&self, day: Date, minutes: u16) -> Option<Timestamp> {
        let time = Time::midnight();
        let moment = if minutes == DAY_MINUTES {
            day.tomorrow().ok()?.to_datetime(time)
        } else {
            day.to_datetime(time).checked_add(i64::from(minutes).minutes()).ok()?
        };
        self.zone.to_timestamp(moment).ok()
    }
}

fn monday_offset(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0)
}

impl Calendar {
    /// Returns how much of `[from, to)` counts.
    ///
    /// Takes time in proportion to the days between them.
    pub fn counted(&self, from: Timestamp, to: Timestamp) -> Duration {
        if to <= from {
            return Duration::ZERO;
        }
        match self {
            Self::Always => to.duration_since(from).unsigned_abs(),
            Self::Hours(hours) => {
                let ranges = hours.ranges(from).take_while(|(begin, _)| *begin < to);
                let parts = ranges.map(|(begin, end)| end.min(to).duration_since(begin.max(from)));
                parts.map(|part| part.max(SignedDuration::ZERO).unsigned_abs()).sum()
            }
        }
    }

    /// Returns the moment at which `duration` of time that counts has passed since `from`; nothing if that is years away.
    pub fn after(&self, from: Timestamp, duration: Duration) -> Option<Timestamp> {
        match self {
            Self::Always => from.checked_add(duration).ok(),
            Self::Hours(hours) => {
                let mut left = SignedDuration::try_from(duration).ok()?;
                for (begin, end) in hours.ranges(from) {
                    let begin = begin.max(from);
                    let length = end.duration_since(begin).max(SignedDuration::ZERO);
                    if length >= left {
                        return begin.checked_add(left).ok();
                    }
                    left -= length;
                }
                None
            }
        }
    }
}
