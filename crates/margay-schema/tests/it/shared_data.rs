//! Public samples that are not part of the repository: read if they are there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use margay_schema::Normalised;

use crate::samples::{normalise, schema};

/// The folder of the samples, from the environment or beside the workspace.
fn folder() -> PathBuf {
    match std::env::var_os("MARGAY_SHARED_DATA") {
        Some(folder) => folder.into(),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn all_public_samples_become_events() {
    let path = folder().join("asana_samples_api_shape.ndjson");
    let Ok(records) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
    let schema = schema();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (index, record) in records.lines().enumerate() {
        let event = match normalise(&schema, record, &index.to_string()) {
            Normalised::Event(event) => event,
            Normalised::Reject(reject) => panic!("line {}: {reject}", index + 1),
        };
        assert_eq!(event.standard.unmapped, None, "line {}", index + 1);
        assert_ne!(
            event.standard.event_time,
            event.standard.parse_time,
            "line {}",
            index + 1
        );
        *counts.entry("events".to_owned()).or_default() += 1;
        for (column, _) in event.standard.indicators.iter() {
            *counts.entry(column.to_string()).or_default() += 1;
        }
        let printed: serde_json::Value = serde_json::from_str(&event.to_json(&schema)).unwrap();
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        assert_eq!(printed["details"], record["details"]);
        assert_eq!(printed["context"], record["context"]);
    }
    expect_test::expect![[r#"{"events": 26, "p_any_emails": 26, "p_any_ip_addresses": 25, "p_any_usernames": 25}"#]]
        .assert_eq(&format!("{counts:?}"));
}
