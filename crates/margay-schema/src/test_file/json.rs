//! Values as a test writes them, in JSON or in YAML, with every number as its text.

use std::collections::BTreeMap;
use std::fmt;

use crate::json::{JsonError, JsonErrorCause, Kind, Reader, write_string};
use crate::schema::yaml::{Node, Tree};

/// A JSON value.
///
/// - **Invariant**: numbers are as the JSON grammar has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// Of a key given twice the last counts.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads a text that holds one value.
    pub(super) fn of_text(text: &str) -> Result<Self, JsonError> {
        let mut reader = Reader::of_text(text);
        let value = read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    /// Reads a text that holds values one after another.
    pub(super) fn several_of_text(text: &str) -> Result<Vec<Self>, JsonError> {
        let mut reader = Reader::of_text(text);
        let mut values = Vec::new();
        while !reader.is_at_end() {
            values.push(read(&mut reader)?);
        }
        Ok(values)
    }

    /// Reads a YAML node: what is written without quotes may be null, a boolean or a number, as YAML 1.2 has them. A
    /// number with a leading zero is text: to some readers it is octal, and who writes one means an id.
    pub(super) fn of_yaml(node: &Node) -> Self {
        match &node.tree {
            Tree::Plain(_) if node.is_null() => Self::Null,
            Tree::Plain(text) => of_plain(text),
            Tree::Quoted(text) => Self::String(text.clone()),
            Tree::Sequence(items) => Self::Array(items.iter().map(|item| Self::of_yaml(item)).collect()),
            Tree::Mapping(entries) => Self::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), Self::of_yaml(&entry.value)))
                    .collect(),
            ),
        }
    }

    /// Returns what it is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Json, JsonError> {
    match reader.peek()? {
        Kind::Null => reader.literal().map(|_| Json::Null),
        Kind::Boolean => reader.literal().map(|word| Json::Boolean(word == "true")),
        Kind::Number => reader.number().map(|text| Json::Number(text.to_owned())),
        Kind::String => reader.decoded_string().map(|text| Json::String(text.into_owned())),
        Kind::Array => {
            reader.enter()?;
            let mut items = Vec::new();
            while reader.next_element()? {
                items.push(read(reader)?);
            }
            Ok(Json::Array(items))
        }
        Kind::Object => {
            reader.enter()?;
            let mut members = BTreeMap::new();
            while let Some(key) = reader.next_key()? {
                let key = key.decode().into_owned();
                members.insert(key, read(reader)?);
            }
            Ok(Json::Object(members))
        }
    }
}

fn of_plain(text: &str) -> Json {
    match text {
        "true" | "True" | "TRUE" => Json::Boolean(true),
        "false" | "False" | "FALSE" => Json::Boolean(false),
        _ => number_of_plain(text).map_or_else(|| Json::String(text.to_owned()), Json::Number),
    }
}

/// Returns a YAML number as JSON writes it: `+1` is 1, `.5` is 0.5, `5.` is 5.0, `0x1f` is 31.
fn number_of_plain(text: &str) -> Option<String> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let value = u128::from_str_radix(digits, radix).ok();
            return value
                .filter(|_| !digits.starts_with('+'))
                .map(|value| value.to_string());
        }
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let number = match fraction {
        None => format!("{sign}{whole}{exponent}"),
        Some("") => format!("{sign}{whole}.0{exponent}"),
        Some(fraction) => format!("{sign}{whole}.{fraction}{exponent}"),
    };
    is_number(&number).then_some(number)
}

fn is_number(text: &str) -> bool {
    let mut reader = Reader::of_text(text);
    !text.starts_with([' ', '\t', '\n', '\r'])
        && matches!(reader.peek(), Ok(Kind::Number))
        && reader.number().is_ok_and(|number| number == text)
}

/// Returns whether two numbers are the same: whole ones digit by digit, others by their exact value. A whole number is
/// never the same as one with a fraction or an exponent.
pub(super) fn is_same_number(a: &str, b: &str) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a == b || matches!((decimal(a), decimal(b)), (Some(a), Some(b)) if a == b),
        _ => false,
    }
}

/// Returns a whole number's digits; `-0` is 0.
pub(super) fn whole(number: &str) -> Option<&str> {
    let is_whole = !number.contains(['.', 'e', 'E']);
    is_whole.then_some(if number == "-0" { "0" } else { number })
}

/// A number as its sign, its digits without zeros at either end, and the power of ten of the last digit.
fn decimal(number: &str) -> Option<(bool, String, i64)> {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let dropped = digits.len() - significant.len();
    let significant = significant.trim_start_matches('0').to_owned();
    if significant.is_empty() {
        return Some((false, significant, 0));
    }
    let shift = i64::try_from(dropped).ok()? - i64::try_from(fraction.len()).ok()?;
    let power = exponent.parse::<i64>().ok()?.checked_add(shift)?;
    Some((is_negative, significant, power))
}

/// JSON on one line, members by name.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => value.fmt(f),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => f.write_str(&quoted(text)),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    f.write_str(if index > 0 { "," } else { "" })?;
                    write!(f, "{}:{value}", quoted(key))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Returns a text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}

/// Says what is wrong with a JSON text, and in which line and column of it.
pub(super) fn describe(error: JsonError, text: &str) -> String {
    let mut at = error.at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    let found = match error.cause {
        JsonErrorCause::EndOfText => "it ends too early".to_owned(),
        cause => format!("found {}", cause.found()),
    };
    format!("{found}, in line {line}, column {column} of the text")
}
