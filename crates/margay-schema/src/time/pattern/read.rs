//! Text → the numbers that a pattern found in it.

use super::{Item, Part, ZoneNames};

/// What a text says, part by part. Not yet known to be a date.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) year: Option<i64>,
    pub(super) year_of_century: Option<i64>,
    pub(super) century: Option<i64>,
    pub(super) month: Option<i64>,
    pub(super) day: Option<i64>,
    pub(super) day_of_year: Option<i64>,
    pub(super) iso_year: Option<i64>,
    pub(super) iso_week: Option<i64>,
    pub(super) sunday_week: Option<i64>,
    pub(super) monday_week: Option<i64>,
    /// Sunday is 0.
    pub(super) weekday: Option<i64>,
    pub(super) hour: Option<i64>,
    pub(super) hour12: Option<i64>,
    pub(super) is_afternoon: Option<bool>,
    pub(super) minute: Option<i64>,
    pub(super) second: Option<i64>,
    pub(super) nanosecond: Option<i64>,
    pub(super) offset_seconds: Option<i64>,
    /// Seconds since 1970, and whether they were written with a minus.
    pub(super) timestamp: Option<(i64, bool)>,
}

/// Most digits of a second's fraction: nanoseconds.
const FRACTION_DIGITS_MAX: usize = 9;

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

const WEEKDAYS: [&[u8]; 7] = [
    b"sunday",
    b"monday",
    b"tuesday",
    b"wednesday",
    b"thursday",
    b"friday",
    b"saturday",
];

/// Letters of a short name.
const SHORT: usize = 3;

/// The names that RFC 5322, section 4.3, gives an offset in hours, and those of UTC itself. All others are ambiguous.
const ZONES: [(&[u8], i64); 12] = [
    (b"utc", 0),
    (b"gmt", 0),
    (b"ut", 0),
    (b"z", 0),
    (b"est", -5),
    (b"edt", -4),
    (b"cst", -6),
    (b"cdt", -5),
    (b"mst", -7),
    (b"mdt", -6),
    (b"pst", -8),
    (b"pdt", -7),
];

impl Fields {
    /// Reads a text to its end. `None` if it is written otherwise.
    pub(super) fn read(items: &[Item], zone_names: ZoneNames, text: &[u8]) -> Option<Self> {
        let mut fields = Self::default();
        let mut rest = text;
        for item in items {
            rest = fields.take(*item, zone_names, rest)?;
        }
        rest.is_empty().then_some(fields)
    }

    /// Reads what an item wants, and returns what follows.
    fn take<'t>(&mut self, item: Item, zone_names: ZoneNames, rest: &'t [u8]) -> Option<&'t [u8]> {
        match item {
            Item::Byte(byte) => rest.strip_prefix(&[byte]),
            Item::Space => Some(rest.trim_ascii_start()),
            Item::Number(part, digits_max) => self.number(part, usize::from(digits_max), rest),
            Item::MonthName => {
                let (index, rest) = name(&MONTHS, rest)?;
                self.month = Some(index + 1);
                Some(rest)
            }
            Item::WeekdayName => {
                let (index, rest) = name(&WEEKDAYS, rest)?;
                self.weekday = Some(index);
                Some(rest)
            }
            Item::Meridiem => {
                let (word, rest) = rest.split_at_checked(2)?;
                self.is_afternoon = Some(match word {
                    [b'a' | b'A', b'm' | b'M'] => false,
                    [b'p' | b'P', b'm' | b'M'] => true,
                    _ => return None,
                });
                Some(rest)
            }
            Item::Fraction => self.fraction(rest),
            Item::PointFraction => match rest.strip_prefix(b".") {
                Some(rest) => self.fraction(rest),
                None => Some(rest),
            },
            Item::Offset => {
                let (offset, rest) = offset(rest)?;
                self.offset_seconds = Some(offset);
                Some(rest)
            }
            Item::ZoneName => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let (word, rest) = rest.split_at(length);
                match zone_names {
                    ZoneNames::Decorate => (length > 0).then_some(rest),
                    ZoneNames::Tell => {
                        let known = ZONES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name))?;
                        self.offset_seconds = Some(known.1 * 3600);
                        Some(rest)
                    }
                }
            }
        }
    }

    fn number<'t>(&mut self, part: Part, digits_max: usize, rest: &'t [u8]) -> Option<&'t [u8]> {
        let is_signed = matches!(part, Part::Year | Part::IsoYear | Part::Century | Part::Timestamp);
        let (is_negative, rest) = match rest.first() {
            Some(b'-') if is_signed => (true, &rest[1..]),
            Some(b'+') if is_signed => (false, &rest[1..]),
            _ => (false, rest),
        };
        let (number, rest) = digits(rest.trim_ascii_start(), digits_max)?;
        let signed = if is_negative { -number } else { number };
        let (field, range) = match part {
            Part::Year => (&mut self.year, -9_999..=9_999),
            Part::YearOfCentury => (&mut self.year_of_century, 0..=99),
            Part::Century => (&mut self.century, -99..=99),
            Part::Month => (&mut self.month, 1..=12),
            Part::Day => (&mut self.day, 1..=31),
            Part::DayOfYear => (&mut self.day_of_year, 1..=366),
            Part::IsoYear | Part::IsoYearOfCentury => (&mut self.iso_year, -9_999..=9_999),
            Part::IsoWeek => (&mut self.iso_week, 1..=53),
            Part::SundayWeek => (&mut self.sunday_week, 0..=53),
            Part::MondayWeek => (&mut self.monday_week, 0..=53),
            Part::WeekdayFromSunday => (&mut self.weekday, 0..=6),
            Part::WeekdayFromMonday => (&mut self.weekday, 1..=7),
            Part::Hour => (&mut self.hour, 0..=23),
            Part::Hour12 => (&mut self.hour12, 1..=12),
            Part::Minute => (&mut self.minute, 0..=59),
            // A leap second; the second before is as near as the calendar has it.
            Part::Second => (&mut self.second, 0..=60),
            Part::Timestamp => {
                self.timestamp = Some((signed, is_negative));
                return Some(rest);
            }
        };
        if !range.contains(&signed) {
            return None;
        }
        *field = Some(match part {
            Part::WeekdayFromMonday => signed % 7,
            Part::Second => signed.min(59),
            Part::IsoYearOfCentury => full_year(signed),
            _ => signed,
        });
        (part != Part::IsoYearOfCentury || number <= 99).then_some(rest)
    }

    fn fraction<'t>(&mut self, rest: &'t [u8]) -> Option<&'t [u8]> {
        let (number, after) = digits(rest, FRACTION_DIGITS_MAX)?;
        let mut nanosecond = number;
        for _ in rest.len() - after.len()..FRACTION_DIGITS_MAX {
            nanosecond *= 10;
        }
        self.nanosecond = Some(nanosecond);
        Some(after)
    }
}

/// Returns the year that two digits mean: 1969 to 2068.
pub(super) const fn full_year(year_of_century: i64) -> i64 {
    if year_of_century < 69 {
        2000 + year_of_century
    } else {
        1900 + year_of_century
    }
}

/// Reads at least one digit, and at most so many.
fn digits(rest: &[u8], digits_max: usize) -> Option<(i64, &[u8])> {
    let count = rest
        .iter()
        .take(digits_max)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (digits, rest) = rest.split_at(count);
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().try_fold(0_i64, |number, byte| {
        number.checked_mul(10)?.checked_add(i64::from(byte - b'0'))
    })?;
    Some((number, rest))
}

/// Reads one of the names, whole or its first letters, in any case.
fn name<'t>(names: &[&[u8]], rest: &'t [u8]) -> Option<(i64, &'t [u8])> {
    let short = rest.get(..SHORT)?;
    let index = names
        .iter()
        .position(|name| short.eq_ignore_ascii_case(&name[..SHORT]))?;
    let long = names[index].len();
    let is_long = rest
        .get(..long)
        .is_some_and(|word| word.eq_ignore_ascii_case(names[index]));
    let length = if is_long { long } else { SHORT };
    Some((i64::try_from(index).ok()?, &rest[length..]))
}

/// Reads `Z`, or a sign, hours, and maybe minutes and seconds, with colons or without. Returns seconds ahead of UTC.
fn offset(rest: &[u8]) -> Option<(i64, &[u8])> {
    let sign = match rest.first()? {
        b'Z' | b'z' => return Some((0, &rest[1..])),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let pair = |rest: &[u8]| -> Option<i64> {
        let two = rest.get(..2)?;
        two.iter()
            .all(u8::is_ascii_digit)
            .then(|| i64::from((two[0] - b'0') * 10 + two[1] - b'0'))
    };
    let hours = pair(&rest[1..]).filter(|hours| *hours <= 25)?;
    let mut seconds = hours * 3600;
    let mut rest = &rest[3..];
    let has_colons = rest.first() == Some(&b':');
    for unit in [60, 1] {
        let after = if has_colons {
            rest.strip_prefix(b":")
        } else {
            Some(rest)
        };
        let Some((after, number)) = after.and_then(|after| Some((after, pair(after)?))) else {
            break;
        };
        if number > 59 {
            return None;
        }
        seconds += number * unit;
        rest = &after[2..];
    }
    Some((sign * seconds, rest))
}
