//! Every event that the simulated vendor can send fits the built-in schema, and none loses a field.

use margay_runtime::Content;
use margay_schema::{Normalised, Origin, SourceId};

use crate::world::Vendor;

#[test]
fn every_simulated_event_type_becomes_an_event() {
    let vendor = Vendor::of(3_000);
    let content = Content::built_in().unwrap();
    let versioned = &content.schemas()[0];
    let source_id: SourceId = "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap();
    for body in vendor.simulation.events() {
        let origin = Origin {
            source_id,
            source_label: "simulated",
            record_id: "1",
            parse_time: "2026-01-02T03:04:05Z".parse().unwrap(),
            schema_version: versioned.version,
        };
        match versioned.schema.normalise(body.as_bytes(), &origin) {
            Normalised::Event(event) => assert_eq!(event.standard.unmapped, None, "{body}"),
            Normalised::Reject(reject) => panic!("{reject}: {body}"),
        }
    }
}
