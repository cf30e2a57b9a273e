//! Any text as a schema: it is read or refused with reasons, and a schema that is read can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use margay_schema::{Normalised, Schema};

fuzz_target!(|text: &str| {
    match Schema::from_yaml(text) {
        Ok(schema) => {
            for record in margay_fuzz::RECORDS {
                if let Normalised::Event(event) = schema.normalise(record.as_bytes(), &margay_fuzz::origin()) {
                    margay_fuzz::assert_json(&event.to_json(&schema));
                }
            }
        }
        Err(error) => {
            assert!(!error.problems.is_empty());
            assert!(!error.to_string().is_empty());
        }
    }
});
