//! Running a schema over a file of records, one in a line.

use margay_schema::{Normalised, Origin, Schema, SourceId};
use std::fmt::Write as _;

pub(crate) fn schema() -> Schema {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/asana/schema.yml");
    let text = std::fs::read_to_string(path).unwrap();
    Schema::from_yaml(&text).unwrap_or_else(|error| panic!("{path}:\n{error}"))
}

pub(crate) fn normalise(schema: &Schema, record: &str, record_id: &str) -> Normalised {
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse::<SourceId>().unwrap(),
        source_label: "Acorn & Sons",
        record_id,
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    };
    schema.normalise(record.as_bytes(), &origin)
}

/// Returns the events as JSON, one in a line; a reject is a line `{"rejected":[…]}`.
pub(crate) fn normalise_lines(schema: &Schema, records: &str) -> String {
    let mut out = String::new();
    for (index, record) in records.lines().enumerate() {
        match normalise(schema, record, &format!("line {}", index + 1)) {
            Normalised::Event(event) => writeln!(out, "{}", event.to_json(schema)).unwrap(),
            Normalised::Reject(reject) => {
                let problems: Vec<String> = reject.problems.iter().map(ToString::to_string).collect();
                writeln!(out, "{}", serde_json::json!({ "rejected": problems })).unwrap();
            }
        }
    }
    out
}
