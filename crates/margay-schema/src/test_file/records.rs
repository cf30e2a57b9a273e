//! A test's input, cut into records.

use std::borrow::Cow;

use super::Input;
use super::json::Json;
use crate::json::Reader;
use crate::schema::Schema;

/// Returns the records of an input, as many as a schema will see.
///
/// - For a schema that reads JSON: the values one after another, on one line or on many. Text that is no JSON is one record
///   a line, so that a test can expect it to be rejected.
/// - For a schema that reads lines: the lines, also those that are no record.
pub(super) fn records<'a>(input: &'a Input, schema: &Schema) -> Vec<Cow<'a, str>> {
    match input {
        Input::Text(text) if schema.reads_lines() => text.lines().map(Cow::from).collect(),
        Input::Text(text) => json_values(text).into_iter().map(Cow::from).collect(),
        Input::Records(records) => records
            .iter()
            .map(|record| match record {
                Json::String(line) if schema.reads_lines() => line.into(),
                record => record.to_string().into(),
            })
            .collect(),
    }
}

fn json_values(text: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let value = match Reader::of_text(rest).skip() {
            Ok(value) => value,
            Err(_) => rest.lines().next().unwrap_or(rest),
        };
        values.push(value);
        rest = rest[value.len()..].trim_ascii_start();
    }
    values
}
