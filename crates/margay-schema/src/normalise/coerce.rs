//! What a scalar of one JSON type becomes in a field of another.
//!
//! An `Err` is what stands there, in words that do not give it away.

use crate::event::Cell;
use crate::plan::{ValuePlan, Width};
use crate::time::{TimeError, TimeFormat};

/// A value, or null, or a word for what does not fit. Never a text: what becomes one needs no coercion.
type Coerced = Result<Cell, &'static str>;

impl ValuePlan {
    /// Returns what is expected, for a problem.
    pub(super) fn expected(&self) -> String {
        match self {
            Self::String { .. } => "string".to_owned(),
            Self::Integer(width) => width.expected().to_owned(),
            Self::Float => "float".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Timestamp { formats, .. } => {
                let names: Vec<String> = formats.iter().map(TimeFormat::to_string).collect();
                format!("timestamp ({})", names.join(" or "))
            }
            Self::Array(_) => "array".to_owned(),
            Self::Object(_) => "object".to_owned(),
            Self::Json => "json".to_owned(),
            Self::Embedded(inner) => format!("{}, or a string that holds one as JSON", inner.expected()),
        }
    }
}

/// Reads a string where the plan is for something else. The empty string is null for every scalar. `parse_time` is in
/// microseconds since 1970.
pub(super) fn from_string(plan: &ValuePlan, text: &str, parse_time: i64) -> Coerced {
    match plan {
        ValuePlan::Integer(_) | ValuePlan::Float | ValuePlan::Boolean | ValuePlan::Timestamp { .. }
            if text.is_empty() =>
        {
            Ok(Cell::Null)
        }
        ValuePlan::Integer(width) => integer(*width, text, "string that is no whole number"),
        ValuePlan::Float => float(text, "string that is no number"),
        ValuePlan::Boolean => boolean(text, "string that is no boolean"),
        ValuePlan::Timestamp { formats, .. } => {
            let read = |format: &TimeFormat| format.read_string(text, parse_time);
            time(formats, read, "string in another format")
        }
        ValuePlan::Embedded(_) => Err("string that is no JSON"),
        ValuePlan::String { .. } | ValuePlan::Array(_) | ValuePlan::Object(_) | ValuePlan::Json => Err("string"),
    }
}

/// Reads a number's text.
pub(super) fn from_number(plan: &ValuePlan, text: &str) -> Coerced {
    match plan {
        ValuePlan::Integer(width) => integer(*width, text, "number with a fraction or an exponent"),
        ValuePlan::Float => float(text, "number"),
        ValuePlan::Boolean => boolean(text, "number other than 0 and 1"),
        ValuePlan::Timestamp { formats, .. } => time(formats, |format| format.read_number(text), "number"),
        ValuePlan::String { .. }
        | ValuePlan::Array(_)
        | ValuePlan::Object(_)
        | ValuePlan::Json
        | ValuePlan::Embedded(_) => Err("number"),
    }
}

/// Reads `true` or `false`.
pub(super) fn from_boolean(plan: &ValuePlan, text: &str) -> Coerced {
    match plan {
        ValuePlan::Boolean => Ok(Cell::from(text == "true")),
        _ => Err("boolean"),
    }
}

fn integer(width: Width, text: &str, otherwise: &'static str) -> Coerced {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(otherwise);
    }
    match text.parse::<i64>() {
        Ok(number) if width.fits(number) => Ok(Cell::Integer(number)),
        // All digits, so nothing but its size can be wrong.
        _ => Err("number out of range"),
    }
}

/// Rust reads `inf` and `nan` too; neither is a number that a table could be asked about.
fn float(text: &str, otherwise: &'static str) -> Coerced {
    let starts_like_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Cell::from(number)),
        Ok(_) if starts_like_number && text.bytes().any(|byte| byte.is_ascii_digit()) => Err("number out of range"),
        _ => Err(otherwise),
    }
}

/// The spellings of Go's `strconv.ParseBool`.
fn boolean(text: &str, otherwise: &'static str) -> Coerced {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Cell::from(true)),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Cell::from(false)),
        _ => Err(otherwise),
    }
}

/// Tries the formats in order.
fn time(
    formats: &[TimeFormat],
    read: impl Fn(&TimeFormat) -> Result<i64, TimeError>,
    otherwise: &'static str,
) -> Coerced {
    let mut worst = otherwise;
    for format in formats {
        match read(format) {
            Ok(microseconds) => return Ok(Cell::Timestamp(microseconds)),
            Err(TimeError::OutOfRange) => worst = "time out of range",
            Err(TimeError::OtherFormat) => {}
        }
    }
    Err(worst)
}
