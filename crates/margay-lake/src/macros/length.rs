//! Lengths of time in macros: `'1 d'`, `'30 minutes'`, `'90'` (seconds).

use jiff::SignedDuration;

/// The longest length: a hundred years, far from where times end.
const SECONDS_MAX: i64 = 100 * 366 * 86_400;

/// Reads a whole number and a unit, with or without a blank between; without a unit it is seconds.
pub(crate) fn parse(text: &str) -> Result<SignedDuration, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(format!("`{text}` does not begin with a whole number"));
    }
    let unit = unit.trim().to_ascii_lowercase();
    let seconds_per_unit = match unit.as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 7 * 86_400,
        unit => return Err(format!("`{unit}` is no unit of time; use s, m, h, d or w")),
    };
    let seconds = number
        .parse::<i64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds_per_unit));
    match seconds {
        Some(seconds) if seconds <= SECONDS_MAX => Ok(SignedDuration::from_secs(seconds)),
        _ => Err(format!("`{text}` is longer than a hundred years")),
    }
}
