//! Any bytes as a record, for schemas with every type, validation, embedded JSON and every transformation: an event that
//! prints as JSON, or a reject with reasons; the same both times.
#![no_main]

use libfuzzer_sys::fuzz_target;
use margay_schema::{Normalised, Schema};
use std::sync::LazyLock;

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let texts = [
        include_str!("../schemas/every_type.yml"),
        include_str!("../schemas/reshaped.yml"),
        include_str!("../../content/asana/schema.yml"),
    ];
    texts.iter().map(|text| margay_fuzz::schema(text)).collect()
});

fuzz_target!(|record: &[u8]| {
    for schema in SCHEMAS.iter() {
        let first = schema.normalise(record, &margay_fuzz::origin());
        match &first {
            Normalised::Event(event) => {
                margay_fuzz::assert_json(&event.to_json(schema));
                if let Some(unmapped) = &event.standard.unmapped {
                    margay_fuzz::assert_json(unmapped);
                }
            }
            Normalised::Reject(reject) => assert!(!reject.problems.is_empty()),
        }
        assert_eq!(first, schema.normalise(record, &margay_fuzz::origin()), "pure");
    }
});
