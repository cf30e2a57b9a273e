//! An event beside what a test expects.
//!
//! The walk follows the schema, since the type of a field says when two values are the same.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::json::{Json, is_same_number, whole};
use super::run::PARSE_TIME_UNKNOWN;
use super::{Difference, TestOutcome};
use crate::event::{Event, StandardFields, Value, Values, print};
use crate::indicator::IndicatorColumn;
use crate::limits::{TEST_DIFFERENCE_COUNT_MAX, TEST_VALUE_CHARACTERS_MAX};
use crate::reject::Reject;
use crate::schema::{Field, Schema, ValueType};
use crate::time::TimeFormat;

/// Standard fields that depend on the run, or that other parts of a system add.
const IGNORED: [&str; 9] = [
    "p_row_id",
    "p_parse_time",
    "p_schema_version",
    "p_source_id",
    "p_source_label",
    "p_source_file",
    "p_header",
    "p_udm",
    "p_enrichment",
];

/// What stands where there is no value.
const NOTHING: &str = "nothing";

/// Characters shown before the first that differs, where a value is too long to be shown whole.
const CHARACTERS_BEFORE_DIFFERENCE: usize = 40;

/// Comparing one event, and writing down where it differs.
pub(super) struct Comparison<'o> {
    outcome: &'o mut TestOutcome,
    event: usize,
}

impl<'o> Comparison<'o> {
    /// Begins with the test as a whole.
    pub(super) fn whole(outcome: &'o mut TestOutcome) -> Self {
        Self { outcome, event: 0 }
    }

    /// Begins with an event, by its number from 1.
    pub(super) fn of_event(outcome: &'o mut TestOutcome, number: usize) -> Self {
        Self { outcome, event: number }
    }

    /// Writes down a difference.
    pub(super) fn differs(&mut self, path: &str, expected: &str, found: &str) {
        let (expected, found) = excerpts(expected, found);
        self.add(path, expected, found);
    }

    /// Writes down that the record made no event.
    pub(super) fn rejected(&mut self, expected: &str, reject: &Reject) {
        self.add("", excerpt(expected, 0), format!("the record rejected: {reject}"));
    }

    fn add(&mut self, path: &str, expected: String, found: String) {
        if self.outcome.differences.len() == TEST_DIFFERENCE_COUNT_MAX {
            self.outcome.differences_omitted += 1;
            return;
        }
        self.outcome.differences.push(Difference {
            event: self.event,
            path: path.to_owned(),
            expected,
            found,
        });
    }

    /// Compares an event.
    pub(super) fn event(&mut self, event: &Event, schema: &Schema, expected: &BTreeMap<String, Json>) {
        let (standard, own): (Vec<_>, Vec<_>) = expected.iter().partition(|(key, _)| key.starts_with("p_"));
        self.fields(schema.fields(), event.values(), &own.into_iter().collect(), "");
        for (key, expected) in standard {
            if !IGNORED.contains(&key.as_str()) {
                self.standard(&event.standard, key, expected);
            }
        }
    }

    fn standard(&mut self, standard: &StandardFields, key: &str, expected: &Json) {
        match key {
            "p_log_type" => {
                if *expected != Json::String(standard.log_type.to_string()) {
                    let found = Json::String(standard.log_type.to_string());
                    self.differs(key, &expected.to_string(), &found.to_string());
                }
            }
            "p_event_time" if standard.event_time == PARSE_TIME_UNKNOWN => {
                self.differs(
                    key,
                    &expected.to_string(),
                    "the time of parsing, as no field holds the event's time",
                );
            }
            "p_event_time" => {
                let value = Value::Timestamp(standard.event_time.as_microsecond());
                let value_type = ValueType::Timestamp {
                    formats: Vec::new(),
                    is_event_time: false,
                    is_expiration: false,
                };
                self.value(&value_type, Some(value), Some(expected), key);
            }
            "p_unmapped" => {
                let found = standard.unmapped.as_deref().and_then(|text| Json::of_text(text).ok());
                // Some write it as the text that the column holds.
                let written = match expected {
                    Json::String(text) => Json::of_text(text).ok(),
                    _ => None,
                };
                self.json(found.as_ref(), written.as_ref().or(Some(expected)), key);
            }
            _ => match IndicatorColumn::ALL.into_iter().find(|column| column.name() == key) {
                Some(column) => self.indicators(standard, column, expected),
                None if *expected == Json::Null => {}
                None => self.differs(key, &expected.to_string(), "no standard field of that name"),
            },
        }
    }

    fn indicators(&mut self, standard: &StandardFields, column: IndicatorColumn, expected: &Json) {
        let found = standard.indicators.get(column);
        let wanted: Option<BTreeSet<&str>> = match expected {
            Json::Null => Some(BTreeSet::new()),
            Json::Array(items) => items
                .iter()
                .map(|item| match item {
                    Json::String(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        let list =
            |values: Vec<&str>| Json::Array(values.into_iter().map(|text| Json::String(text.to_owned())).collect());
        match wanted {
            Some(wanted) if wanted.iter().copied().eq(found.clone()) => {}
            Some(wanted) => {
                let wanted = list(wanted.into_iter().collect()).to_string();
                self.differs(column.name(), &wanted, &list(found.collect()).to_string());
            }
            None => self.differs(column.name(), &expected.to_string(), &list(found.collect()).to_string()),
        }
    }

    /// Compares the fields of an object: all that the schema has, then what the test has beside them.
    fn fields(&mut self, fields: &[Field], values: Values<'_>, expected: &BTreeMap<&String, &Json>, path: &str) {
        for (field, value) in fields.iter().zip(values.iter()) {
            let wanted = expected.get(&field.name).copied();
            self.value(&field.value, value, wanted, &join(path, &field.name));
        }
        for (&key, &wanted) in expected {
            if *wanted != Json::Null && !fields.iter().any(|field| field.name == *key) {
                self.differs(&join(path, key), &wanted.to_string(), "no field of that name");
            }
        }
    }

    fn value(&mut self, value_type: &ValueType, found: Option<Value<'_>>, expected: Option<&Json>, path: &str) {
        let expected = expected.filter(|expected| **expected != Json::Null);
        let value_type = value_type.held();
        match (value_type, found, expected) {
            (_, None, None) => {}
            (_, None, Some(expected)) => self.differs(path, &expected.to_string(), NOTHING),
            (ValueType::Object(fields), Some(Value::Object(values)), Some(Json::Object(members))) => {
                self.fields(fields, values, &members.iter().collect(), path);
            }
            (ValueType::Array(element), Some(Value::Array(values)), Some(Json::Array(items))) => {
                for (index, (value, item)) in values.iter().zip(items).enumerate() {
                    self.value(element, value, Some(item), &format!("{path}[{index}]"));
                }
                self.lengths(values.len(), items.len(), path);
            }
            (_, Some(Value::Json(text)), expected) => {
                let found = Json::of_text(text).ok();
                self.json(found.as_ref(), expected, path);
            }
            (_, Some(found), None) => self.differs(path, NOTHING, &print::value(value_type, found)),
            (_, Some(found), Some(expected)) => {
                if !is_same(value_type, found, expected) {
                    self.differs(path, &expected.to_string(), &print::value(value_type, found));
                }
            }
        }
    }

    /// Compares JSON with JSON. Null is as good as absent, except in an array.
    fn json(&mut self, found: Option<&Json>, expected: Option<&Json>, path: &str) {
        let found = found.filter(|found| **found != Json::Null);
        let expected = expected.filter(|expected| **expected != Json::Null);
        match (found, expected) {
            (None, None) => {}
            (None, Some(expected)) => self.differs(path, &expected.to_string(), NOTHING),
            (Some(found), None) => self.differs(path, NOTHING, &found.to_string()),
            (Some(Json::Object(found)), Some(Json::Object(expected))) => {
                let keys: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
                for key in keys {
                    self.json(found.get(key), expected.get(key), &join(path, key));
                }
            }
            (Some(Json::Array(found)), Some(Json::Array(expected))) => {
                for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                    self.json(Some(found), Some(expected), &format!("{path}[{index}]"));
                }
                self.lengths(found.len(), expected.len(), path);
            }
            (Some(Json::Number(found)), Some(Json::Number(expected))) if is_same_number(found, expected) => {}
            (Some(found), Some(expected)) => {
                if found != expected {
                    self.differs(path, &expected.to_string(), &found.to_string());
                }
            }
        }
    }

    fn lengths(&mut self, found: usize, expected: usize, path: &str) {
        if found != expected {
            self.differs(path, &elements(expected), &elements(found));
        }
    }
}

fn elements(count: usize) -> String {
    if count == 1 {
        "1 element".to_owned()
    } else {
        format!("{count} elements")
    }
}

/// Returns whether a value without parts is the one expected.
fn is_same(value_type: &ValueType, found: Value<'_>, expected: &Json) -> bool {
    match (found, expected) {
        (Value::String(found), Json::String(expected)) => found == expected,
        (Value::Integer(found), Json::Number(expected)) => {
            whole(expected).and_then(|digits| digits.parse::<i64>().ok()) == Some(found)
        }
        (Value::Float(found), Json::Number(expected)) => expected
            .parse::<f64>()
            .is_ok_and(|expected| expected.partial_cmp(&found) == Some(Ordering::Equal)),
        (Value::Boolean(found), Json::Boolean(expected)) => found == *expected,
        (Value::Timestamp(found), expected) => {
            let formats = match value_type {
                ValueType::Timestamp { formats, .. } => formats.as_slice(),
                _ => &[],
            };
            time_of(expected, formats, found).any(|time| time == found)
        }
        _ => false,
    }
}

/// Returns the moments that a value may stand for, one without a year `near` another: by the field's own formats, then in the usual forms. Those are RFC 3339,
/// the same without a zone (UTC), a date alone, and the number of seconds or smaller parts since 1970.
pub(super) fn time_of<'a>(value: &'a Json, formats: &'a [TimeFormat], near: i64) -> impl Iterator<Item = i64> + 'a {
    let usual: Vec<i64> = match value {
        Json::String(text) => usual_times(text),
        Json::Number(text) => TimeFormat::UnixAuto.read_number(text).into_iter().collect(),
        _ => Vec::new(),
    };
    let own = formats.iter().filter_map(move |format| match value {
        Json::String(text) => format.read_string(text, near).ok(),
        Json::Number(text) => format.read_number(text).ok(),
        _ => None,
    });
    own.chain(usual)
}

fn usual_times(text: &str) -> Vec<i64> {
    let text = text.trim();
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let forms = [text.to_owned(), format!("{text}Z"), format!("{text}T00:00:00Z")];
    let read = |form: String| TimeFormat::Rfc3339.read_string(&form, 0).ok();
    forms.into_iter().filter_map(read).take(1).collect()
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

/// Returns the parts of two texts that show how they differ.
fn excerpts(expected: &str, found: &str) -> (String, String) {
    let same = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    let is_long = |text: &str| text.chars().nth(TEST_VALUE_CHARACTERS_MAX).is_some();
    let from = if is_long(expected) || is_long(found) {
        same.saturating_sub(CHARACTERS_BEFORE_DIFFERENCE)
    } else {
        0
    };
    (excerpt(expected, from), excerpt(found, from))
}

fn excerpt(text: &str, from: usize) -> String {
    let mut characters = text.chars().skip(from);
    let mut shown = if from > 0 { "…".to_owned() } else { String::new() };
    shown.extend(characters.by_ref().take(TEST_VALUE_CHARACTERS_MAX));
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}
