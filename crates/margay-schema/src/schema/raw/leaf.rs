//! Types without parts, and which attributes go with which type.

use super::super::ValueType;
use super::super::hint::did_you_mean;
use super::super::keys::Mapping;
use super::super::problem::Problems;
use super::super::yaml::{Node, Tree};
use super::validate;
use crate::indicator::Indicator;
use crate::limits::{SCHEMA_BYTES_MAX, TIME_FORMAT_COUNT_MAX};
use crate::time::TimeFormat;

/// Attributes that go with some types only.
const ATTRIBUTES: [(&str, &[&str]); 10] = [
    ("fields", &["object"]),
    ("element", &["array"]),
    ("target", &["ref"]),
    ("indicators", &["string"]),
    ("validate", &["string"]),
    ("timeFormat", &["timestamp"]),
    ("timeFormats", &["timestamp"]),
    ("isEventTime", &["timestamp"]),
    ("isExpiration", &["timestamp"]),
    ("isEmbeddedJSON", &["object", "array", "json"]),
];

/// Reports attributes that go with another type than `word`.
pub(super) fn check_attributes(mapping: &Mapping<'_>, word: &str, path: &str, problems: &mut Problems) {
    for (attribute, owners) in ATTRIBUTES {
        if !owners.contains(&word)
            && let Some(entry) = mapping.entry(attribute)
        {
            let owners = owners.join("` or `");
            let message = format!("`{attribute}` goes with type `{owners}`, this is of type `{word}`");
            problems.add(entry.key_at, path, message);
        }
    }
}

/// Reads a type without parts.
pub(super) fn read(mapping: &Mapping<'_>, word: &str, path: &str, problems: &mut Problems) -> Option<ValueType> {
    match word {
        "string" => Some(ValueType::String {
            indicators: indicators(mapping, path, problems),
            validation: validate::read(mapping, path, problems),
        }),
        "smallint" => Some(ValueType::SmallInt),
        "int" => Some(ValueType::Int),
        "bigint" => Some(ValueType::BigInt),
        "float" => Some(ValueType::Float),
        "boolean" => Some(ValueType::Boolean),
        "timestamp" => Some(ValueType::Timestamp {
            formats: time_formats(mapping, path, problems),
            is_event_time: mapping.is_true("isEventTime", path, problems),
            is_expiration: mapping.is_true("isExpiration", path, problems),
        }),
        "json" => Some(ValueType::Json),
        _ => None,
    }
}

fn indicators(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Vec<Indicator> {
    let Some(entry) = mapping.entry("indicators") else {
        return Vec::new();
    };
    let names: Vec<&str> = Indicator::ALL.iter().map(|indicator| indicator.name()).collect();
    let mut indicators = Vec::new();
    for (item, name) in words(&entry.value, "indicators", path, problems) {
        match Indicator::of_name(name) {
            None => {
                let hint = || did_you_mean(name, &names);
                problems.add_hinted(item.at, path, format!("there is no indicator `{name}`"), hint);
            }
            Some(indicator) if indicators.contains(&indicator) => {
                problems.add(item.at, path, format!("the indicator `{name}` is given twice"));
            }
            Some(indicator) => indicators.push(indicator),
        }
    }
    indicators
}

/// Reads `timeFormat` or `timeFormats`. Without either, a time is RFC 3339.
fn time_formats(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Vec<TimeFormat> {
    let (single, several) = (mapping.entry("timeFormat"), mapping.entry("timeFormats"));
    if let (Some(_), Some(several)) = (single, several) {
        problems.add(
            several.key_at,
            path,
            "`timeFormat` and `timeFormats` exclude each other",
        );
    }
    let mut written: Vec<(&Node, &str)> = Vec::new();
    if let Some(entry) = single
        && let Some(name) = mapping.text("timeFormat", SCHEMA_BYTES_MAX, path, problems)
    {
        written.push((&entry.value, name));
    }
    if let Some(entry) = several {
        written.extend(words(&entry.value, "timeFormats", path, problems));
        if written.len() > TIME_FORMAT_COUNT_MAX {
            problems.add(
                entry.value.at,
                path,
                format!("a field has at most {TIME_FORMAT_COUNT_MAX} time formats"),
            );
            written.truncate(TIME_FORMAT_COUNT_MAX);
        }
    }
    if single.is_none() && several.is_none() {
        return vec![TimeFormat::Rfc3339];
    }
    let mut formats = Vec::new();
    for (node, name) in written {
        match TimeFormat::of_name(name) {
            Ok(format) if formats.contains(&format) => {
                problems.add(node.at, path, format!("the time format `{name}` is given twice"));
            }
            Ok(format) => formats.push(format),
            Err(message) => {
                let hint = || {
                    if name.contains('%') {
                        None
                    } else {
                        Some(time_format_hint(name))
                    }
                };
                problems.add_hinted(node.at, path, message, hint);
            }
        }
    }
    formats
}

fn time_format_hint(name: &str) -> String {
    let names = TimeFormat::NAMES;
    did_you_mean(name, &names)
        .unwrap_or_else(|| format!("known are {}, and patterns such as \"%Y-%m-%d\"", names.join(", ")))
}

/// Reads a list of words. Reports what is none, and an empty one.
pub(super) fn words<'a>(node: &'a Node, key: &str, path: &str, problems: &mut Problems) -> Vec<(&'a Node, &'a str)> {
    let Tree::Sequence(items) = &node.tree else {
        problems.add(node.at, path, format!("`{key}` is a list, found {}", node.kind()));
        return Vec::new();
    };
    if items.is_empty() {
        problems.add(
            node.at,
            path,
            format!("`{key}` needs at least one item, or may be left out"),
        );
    }
    let mut words = Vec::new();
    for item in items {
        match item.text() {
            Some(word) => words.push((&**item, word)),
            None => problems.add(
                item.at,
                path,
                format!("`{key}` is a list of words, found {} in it", item.kind()),
            ),
        }
    }
    words
}
