//! `content/asana`: the schema, and samples with what they become beside them.

use std::fmt::Write as _;
use std::path::Path;

use expect_test::expect_file;
use margay_schema::{Field, Indicator, ValueType};

use crate::samples::{normalise_lines, schema};

/// The fields, types, required flags and indicators of the schema that users bring along, which may never change, and
/// the two that the API has gained.
#[test]
fn asana_audit_has_the_fields_that_saved_queries_use() {
    let mut lines = String::new();
    list(schema().fields(), "", &mut lines);
    expect_test::expect![["
        gid: string required
        actor: object required
        actor.actor_type: string
        actor.email: string [email]
        actor.gid: string
        actor.name: string [username]
        context: object
        context.api_authentication_method: string
        context.client_ip_address: string [ip]
        context.context_type: string
        context.oauth_app_name: string
        context.user_agent: string
        context.rule_name: string
        context.on_behalf_of_user_id: bigint
        created_at: timestamp required (rfc3339) event time
        details: json
        event_category: string
        event_type: string required
        resource: object
        resource.email: string [email]
        resource.gid: string
        resource.name: string
        resource.resource_subtype: string
        resource.resource_type: string
    "]]
    .assert_eq(&lines);
}

fn list(fields: &[Field], prefix: &str, out: &mut String) {
    for field in fields {
        assert!(field.description.is_some(), "{} is described", field.name);
        write!(out, "{prefix}{}: {}", field.name, field.value.name()).unwrap();
        *out += if field.required { " required" } else { "" };
        match &field.value {
            ValueType::String { indicators, .. } if !indicators.is_empty() => {
                let names: Vec<_> = indicators
                    .iter()
                    .map(|indicator: &Indicator| indicator.name())
                    .collect();
                write!(out, " [{}]", names.join(", ")).unwrap();
            }
            ValueType::Timestamp {
                formats, is_event_time, ..
            } => {
                write!(
                    out,
                    " ({}){}",
                    formats[0],
                    if *is_event_time { " event time" } else { "" }
                )
                .unwrap();
            }
            _ => {}
        }
        *out += "\n";
        if let ValueType::Object(inner) = &field.value {
            list(inner, &format!("{prefix}{}.", field.name), out);
        }
    }
}

#[test]
fn samples_become_what_stands_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/asana/samples");
    let schema = schema();
    let mut record_count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(stem) = name.strip_suffix(".ndjson").filter(|stem| !stem.ends_with(".expected")) else {
            continue;
        };
        let records = std::fs::read_to_string(&path).unwrap();
        record_count += records.lines().count();
        let normalised = normalise_lines(&schema, &records);
        for line in normalised.lines() {
            assert!(
                serde_json::from_str::<&serde_json::value::RawValue>(line).is_ok(),
                "{line}"
            );
        }
        expect_file![folder.join(format!("{stem}.expected.ndjson"))].assert_eq(&normalised);
    }
    assert!(record_count >= 12, "there are samples");
}
