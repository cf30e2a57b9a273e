//! Any pattern and any line: the first line of the input is the pattern, the rest the record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use margay_schema::{Normalised, Schema};

fuzz_target!(|input: &str| {
    let (pattern, line) = input.split_once('\n').unwrap_or((input, ""));
    let parser = format!(
        "{{fastmatch: {{match: [{}], emptyValues: ['-'], trimSpace: true}}}}",
        serde_json::Value::from(pattern)
    );
    let Ok(schema) = Schema::from_yaml(&margay_fuzz::schema_of_parser(&parser)) else {
        return;
    };
    for record in [line, pattern] {
        match schema.normalise(record.as_bytes(), &margay_fuzz::origin()) {
            Normalised::Event(event) => margay_fuzz::assert_json(&event.to_json(&schema)),
            Normalised::Reject(reject) => assert!(!reject.problems.is_empty()),
        }
    }
});
