//! Whether a number comes back out of the column it would go to.
//!
//! A JSON number is a value: it survives if the column holds exactly that value. A string that looks like a number may
//! be a version, a postcode or a serial number: it survives only if the column would print the very same text.

use crate::time::TimeFormat;

/// Into which column a number may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// `bigint`. Not every whole number of 64 bits fits a `float` too.
    Whole { fits_float: bool },
    /// `float`, and not `bigint`.
    Fraction,
    /// Neither.
    Neither,
}

/// Whole numbers up to this size, 2⁵³, are all doubles; beyond, one that is may have neighbours that are not.
const FLOAT_WHOLE_MAX: u64 = 1 << 53;

/// Bytes of the longest text that can be a double without loss: the smallest of them written out, with its sign.
const FLOAT_BYTES_MAX: usize = 350;

/// Classifies a JSON number.
///
/// A whole number beyond 64 bits is `Neither` even if it happens to be a double: the next one would not be.
pub(super) fn of_number(text: &str) -> Number {
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_whole && text != "-0" {
        return whole(text);
    }
    if is_exact_float(text) {
        Number::Fraction
    } else {
        Number::Neither
    }
}

/// Classifies a string.
pub(super) fn of_string(text: &str) -> Number {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (integer, fraction) = match unsigned.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (unsigned, None),
    };
    let is_canonical = is_digits(integer) && (integer == "0" || !integer.starts_with('0'));
    match fraction {
        _ if !is_canonical || text == "-0" => Number::Neither,
        None => whole(text),
        Some(fraction) => {
            let comes_back = is_digits(fraction)
                && text.len() <= FLOAT_BYTES_MAX
                && text.parse::<f64>().is_ok_and(|float| format!("{float:?}") == text);
            if comes_back { Number::Fraction } else { Number::Neither }
        }
    }
}

/// Returns whether a string means a number, however it is written.
pub(super) fn looks_like_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(text: &str) -> Number {
    match text.parse::<i64>() {
        Ok(number) => Number::Whole {
            fits_float: number.unsigned_abs() <= FLOAT_WHOLE_MAX,
        },
        Err(_) => Number::Neither,
    }
}

/// Returns whether the nearest double means the same decimal number as `text`.
fn is_exact_float(text: &str) -> bool {
    if text.len() > FLOAT_BYTES_MAX {
        return false;
    }
    // `{:e}` prints the fewest digits that read back the same.
    text.parse::<f64>()
        .is_ok_and(|float| float.is_finite() && Decimal::of(&format!("{float:e}")) == Decimal::of(text))
}

/// A decimal number: 0.`digits` × 10^`exponent`, without zeros at either end of `digits`.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a JSON number. `None` if its exponent is beyond all use.
    fn of(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{integer}{fraction}");
        let significant = all.trim_start_matches('0');
        let zeros = i64::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() {
            0
        } else {
            i64::from(exponent) + i64::try_from(integer.len()).ok()? - zeros
        };
        Some(Self {
            is_negative,
            digits,
            exponent,
        })
    }

    /// Returns how many digits stand behind the point once it is moved right by `places`.
    fn digits_behind_point(&self, places: i64) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        length - self.exponent - places
    }
}

/// What a time counts since 1970, and how many places its point moves to count microseconds. Their order is that of
/// [`Units`].
const UNITS: [(TimeFormat, i64); 4] = [
    (TimeFormat::Unix, 6),
    (TimeFormat::UnixMs, 3),
    (TimeFormat::UnixUs, 0),
    (TimeFormat::UnixNs, -3),
];

/// How often numbers would be a time of this century, by unit.
pub(super) type Units = [u64; UNITS.len()];

/// Returns the format of a unit.
pub(super) fn unit_format(unit: usize) -> TimeFormat {
    UNITS[unit].0.clone()
}

/// 2000-01-01T00:00:00Z to 2100-01-01T00:00:00Z, in microseconds: times that a log may speak of.
const PLAUSIBLE_MICROSECONDS: std::ops::Range<i64> = 946_684_800_000_000..4_102_444_800_000_000;

/// Returns the unit in which the number is a plausible time without digits finer than a microsecond. At most one is:
/// the ranges are far apart.
pub(super) fn unit(text: &str) -> Option<usize> {
    if text.len() > FLOAT_BYTES_MAX || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let unit = UNITS.iter().position(|(format, _)| {
        format
            .read_number(text)
            .is_ok_and(|microseconds| PLAUSIBLE_MICROSECONDS.contains(&microseconds))
    })?;
    let decimal = Decimal::of(text)?;
    (decimal.digits_behind_point(UNITS[unit].1) <= 0).then_some(unit)
}
