//! Dates of the Gregorian calendar as numbers of days.

/// Returns how many days a month has.
pub(super) fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(super) fn days_of_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the days from 1970-01-01 to a date.
///
/// Years are counted from March, so that the leap day comes last and the months before it have a fixed pattern.
pub(super) fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    year * 365 + leap_days + day_of_year - 719_468
}

/// Returns the year that a day belongs to.
pub(super) fn year_of(days: i64) -> i64 {
    // 146 097 days are 400 years. The guess is at most one year off.
    let guess = 1970 + (days * 400).div_euclid(146_097);
    (guess - 1..=guess + 1)
        .rev()
        .find(|year| days_since_epoch(*year, 1, 1) <= days)
        .unwrap_or(guess)
}

/// Returns the day of the week, Sunday being 0.
pub(super) fn weekday(days: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (days + 4).rem_euclid(7)
}
