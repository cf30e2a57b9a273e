//! A written pattern → what it wants, in order; and whether that is a moment.

use super::{Item, Part};

/// Characters that may stand between `%` and the letter: padding and case. They say how to print.
const FLAGS: &[char] = &['-', '_', '^', '#', '0'];

/// Most digits of a number, whatever width is asked for: those of the largest 64-bit integer.
const DIGITS_MAX: u8 = 19;

/// Splits a pattern.
pub(super) fn items(written: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut rest = written;
    while let Some((plain, after)) = rest.split_once('%') {
        literal(plain, &mut items);
        rest = directive(after, &mut items)?;
    }
    literal(rest, &mut items);
    Ok(items)
}

fn literal(text: &str, items: &mut Vec<Item>) {
    for byte in text.bytes() {
        if !byte.is_ascii_whitespace() {
            items.push(Item::Byte(byte));
        } else if items.last() != Some(&Item::Space) {
            items.push(Item::Space);
        }
    }
}

/// Reads a directive behind its `%`, and returns what follows it.
fn directive<'p>(after: &'p str, items: &mut Vec<Item>) -> Result<&'p str, String> {
    let unflagged = after.strip_prefix(FLAGS).unwrap_or(after);
    let digits = unflagged.bytes().take_while(u8::is_ascii_digit).count();
    let width = &unflagged[..digits];
    let rest = unflagged[digits..].trim_start_matches(':');
    let Some(letter) = rest.chars().next() else {
        return Err("the time format ends with a single `%`; a percent sign is written `%%`".to_owned());
    };
    let written = &after[..after.len() - rest.len() + letter.len_utf8()];
    if letter == '.' {
        // `%.f` and `%.3f`: the point belongs to the fraction.
        let tail = rest[1..].trim_start_matches(|digit: char| digit.is_ascii_digit());
        let Some(tail) = tail.strip_prefix('f') else {
            return Err(format!("there is no directive `%{written}` in a time format"));
        };
        items.push(Item::PointFraction);
        return Ok(tail);
    }
    // Zeros that it is padded with are digits too.
    let wanted = match width {
        "" => 0,
        _ if after.starts_with(['-', '_']) => 0,
        _ => width.parse().unwrap_or(DIGITS_MAX),
    };
    let number = |part, digits: u8| Item::Number(part, digits.max(wanted).min(DIGITS_MAX));
    items.push(match letter {
        'a' | 'A' => Item::WeekdayName,
        'b' | 'B' | 'h' => Item::MonthName,
        'C' => number(Part::Century, 2),
        'd' | 'e' => number(Part::Day, 2),
        'f' | 'N' => Item::Fraction,
        'G' => number(Part::IsoYear, 4),
        'g' => number(Part::IsoYearOfCentury, 2),
        'H' | 'k' => number(Part::Hour, 2),
        'I' | 'l' => number(Part::Hour12, 2),
        'j' => number(Part::DayOfYear, 3),
        'M' => number(Part::Minute, 2),
        'm' => number(Part::Month, 2),
        'p' | 'P' => Item::Meridiem,
        'S' => number(Part::Second, 2),
        's' => number(Part::Timestamp, DIGITS_MAX),
        'U' => number(Part::SundayWeek, 2),
        'u' => number(Part::WeekdayFromMonday, 1),
        'V' => number(Part::IsoWeek, 2),
        'W' => number(Part::MondayWeek, 2),
        'w' => number(Part::WeekdayFromSunday, 1),
        'Y' => number(Part::Year, 4),
        'y' => number(Part::YearOfCentury, 2),
        'Z' => Item::ZoneName,
        'z' => Item::Offset,
        'n' | 't' => Item::Space,
        '%' => Item::Byte(b'%'),
        _ => {
            let Some(spelled) = spelled_out(letter) else {
                return Err(unknown(written, letter));
            };
            items.extend(self::items(spelled)?);
            return Ok(&rest[letter.len_utf8()..]);
        }
    });
    Ok(&rest[letter.len_utf8()..])
}

/// What the shorthands mean; those that depend on a locale, in that of C.
const fn spelled_out(letter: char) -> Option<&'static str> {
    match letter {
        'c' => Some("%a %b %e %H:%M:%S %Y"),
        'D' | 'x' => Some("%m/%d/%y"),
        'F' => Some("%Y-%m-%d"),
        'R' => Some("%H:%M"),
        'r' => Some("%I:%M:%S %p"),
        'T' | 'X' => Some("%H:%M:%S"),
        _ => None,
    }
}

fn unknown(written: &str, letter: char) -> String {
    let hint = match letter {
        'Q' => ": names of places are not supported; use `%z` for an offset",
        'L' => "; milliseconds are `%f`",
        _ => "",
    };
    format!("there is no directive `%{written}` in a time format{hint}")
}

/// Fails unless the items name a moment, or all of it but the year.
pub(super) fn check(written: &str, items: &[Item]) -> Result<(), String> {
    let has = |wanted: Part| {
        items
            .iter()
            .any(|item| matches!(item, Item::Number(part, _) if *part == wanted))
    };
    if items.iter().filter(|item| **item == Item::ZoneName).count() > 1 {
        return Err(format!("the time format `{written}` has more than one `%Z`"));
    }
    if has(Part::Timestamp) {
        return Ok(());
    }
    let refuse = |what: &str| Err(format!("the time format `{written}` {what}"));
    let has_weekday =
        items.contains(&Item::WeekdayName) || has(Part::WeekdayFromSunday) || has(Part::WeekdayFromMonday);
    let has_month = has(Part::Month) || items.contains(&Item::MonthName);
    let has_iso_year = has(Part::IsoYear) || has(Part::IsoYearOfCentury);
    let is_iso = has_iso_year && has(Part::IsoWeek) && has_weekday;
    let is_in_year = has_month && has(Part::Day)
        || has(Part::DayOfYear)
        || has_weekday && (has(Part::SundayWeek) || has(Part::MondayWeek));
    if !is_iso && !is_in_year {
        return refuse("names no day, so its times could be of any day");
    }
    if has(Part::Century) && !has(Part::YearOfCentury) && !has(Part::Year) {
        return refuse("has a century without its year; `%Y` is both");
    }
    let has_hour = has(Part::Hour) || has(Part::Hour12);
    let has_fraction = items.contains(&Item::Fraction) || items.contains(&Item::PointFraction);
    if has(Part::Minute) && !has_hour {
        return refuse("has minutes without hours");
    }
    if has(Part::Second) && !has(Part::Minute) {
        return refuse("has seconds without minutes");
    }
    if has_fraction && !has(Part::Second) {
        return refuse("has a fraction without seconds");
    }
    Ok(())
}
