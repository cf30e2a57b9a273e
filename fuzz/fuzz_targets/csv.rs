//! Any line as a CSV row, for several delimiters: the first character of the input chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use margay_schema::{Normalised, Schema};
use std::sync::LazyLock;

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let delimiters = [",", "\\t", " ", ";", "|", "é"];
    let parser = |delimiter: &&str| {
        format!(
            "{{csv: {{delimiter: \"{delimiter}\", columns: [a, '', b, c, d], emptyValues: ['-'], trimSpace: true, \
             expandFields: {{e: '%{{a}}-%{{b}}'}}}}}}"
        )
    };
    delimiters
        .iter()
        .map(|delimiter| margay_fuzz::schema(&margay_fuzz::schema_of_parser(&parser(delimiter))))
        .collect()
});

fuzz_target!(|input: &str| {
    let mut characters = input.chars();
    let choice = characters.next().map_or(0, |first| first as usize);
    let schema = &SCHEMAS[choice % SCHEMAS.len()];
    match schema.normalise(characters.as_str().as_bytes(), &margay_fuzz::origin()) {
        Normalised::Event(event) => margay_fuzz::assert_json(&event.to_json(schema)),
        Normalised::Reject(reject) => assert!(!reject.problems.is_empty()),
    }
});
