//! Times as numbers since 1970-01-01 UTC. Exact: the digits are shifted, never turned into a binary fraction.

use super::{TimeError, in_range};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    /// Decimal places from this unit to microseconds.
    const fn places(self) -> i32 {
        match self {
            Self::Seconds => 6,
            Self::Milliseconds => 3,
            Self::Microseconds => 0,
            Self::Nanoseconds => -3,
        }
    }
}

/// Digits of a number that are looked at: beyond them a whole number is out of range in any unit, and a fraction is
/// far below a microsecond.
const DIGITS_MAX: u32 = 30;

/// Reads a decimal number of `unit`s; fractions and exponents are allowed.
pub(super) fn parse(text: &str, unit: Unit) -> Result<i64, TimeError> {
    Decimal::parse(text)
        .ok_or(TimeError::OtherFormat)?
        .shifted(unit.places())
}

/// Reads a number whose unit shows from its size.
///
/// | below | counts | so the latest time |
/// |---|---|---|
/// | 10¹¹ | seconds | year 5138 |
/// | 10¹⁴ | milliseconds | year 5138; the earliest is 1973 |
/// | 10¹⁷ | microseconds | the same |
/// | | nanoseconds | |
pub(super) fn parse_any_unit(text: &str) -> Result<i64, TimeError> {
    let decimal = Decimal::parse(text).ok_or(TimeError::OtherFormat)?;
    let unit = match decimal.integer_digits() {
        ..=11 => Unit::Seconds,
        12..=14 => Unit::Milliseconds,
        15..=17 => Unit::Microseconds,
        _ => Unit::Nanoseconds,
    };
    decimal.shifted(unit.places())
}

/// A decimal number: `significand` × 10^`exponent`.
struct Decimal {
    significand: i128,
    exponent: i32,
}

impl Decimal {
    /// Reads an optional sign, digits with at most one point among them, and an optional exponent.
    fn parse(text: &str) -> Option<Self> {
        let (is_negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let mut decimal = Self {
            significand: 0,
            exponent,
        };
        let (mut digit_count, mut taken, mut is_fraction) = (0_usize, 0, false);
        for byte in mantissa.bytes() {
            match byte {
                b'0'..=b'9' => {
                    digit_count += 1;
                    if taken < DIGITS_MAX {
                        decimal.significand = decimal.significand * 10 + i128::from(byte - b'0');
                        decimal.exponent = decimal.exponent.saturating_sub(i32::from(is_fraction));
                        taken += u32::from(decimal.significand != 0);
                    } else {
                        decimal.exponent = decimal.exponent.saturating_add(i32::from(!is_fraction));
                    }
                }
                b'.' if !is_fraction => is_fraction = true,
                _ => return None,
            }
        }
        if is_negative {
            decimal.significand = -decimal.significand;
        }
        (digit_count > 0).then_some(decimal)
    }

    /// Returns how many digits stand before the decimal point, negative for small fractions.
    fn integer_digits(&self) -> i64 {
        let digits = self
            .significand
            .unsigned_abs()
            .checked_ilog10()
            .map_or(0, |log| i64::from(log) + 1);
        if digits == 0 {
            0
        } else {
            digits + i64::from(self.exponent)
        }
    }

    /// Returns the number with its point moved right, what is left behind the point cut off.
    fn shifted(&self, places: i32) -> Result<i64, TimeError> {
        if self.significand == 0 {
            return Ok(0);
        }
        let power = self.exponent.saturating_add(places);
        let size = power.unsigned_abs();
        match 10_i128.checked_pow(size) {
            Some(scale) if power >= 0 => in_range(self.significand.checked_mul(scale).ok_or(TimeError::OutOfRange)?),
            Some(scale) => in_range(self.significand.div_euclid(scale)),
            None if power >= 0 => Err(TimeError::OutOfRange),
            // Nearer to zero than a microsecond.
            None => Ok(if self.significand < 0 { -1 } else { 0 }),
        }
    }
}

/// Reads the exponent of a number; one too long for any use saturates.
fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i32>().unwrap_or(i32::MAX);
    Some(if text.starts_with('-') { -size } else { size })
}
