//! Answers against the public specification's excerpt, when that file is there.
//!
//! The specification is `OpenAPI` 3.0 (`nullable`, `allOf`), which is no JSON Schema; the subset it uses is checked here by
//! hand, more strictly than a validator would: a property that the schema does not name is a mistake too.

use std::collections::BTreeSet;
use std::path::PathBuf;

use margay_sim::{CATALOGUE, TokenKind};
use serde_json::Value;

use crate::client::World;

/// Returns a file of the shared data: from `MARGAY_SHARED_DATA`, or beside the workspace.
fn shared(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("MARGAY_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        // The one way to tell somebody who reads the test's output.
        let line = format!(
            "skipped: {name} is neither in MARGAY_SHARED_DATA nor in {}\n",
            folder.display()
        );
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
    }
    text
}

struct Specification(Value);

impl Specification {
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.resolve(self.0.pointer(reference.trim_start_matches('#')).unwrap()),
            None => schema,
        }
    }

    /// Returns the schema of a 200 answer, or of an error.
    fn answer(&self, path: &str, status: u16) -> &Value {
        let pointer = format!("/paths/{}/get/responses/{status}", path.replace('/', "~1"));
        let response = self.resolve(self.0.pointer(&pointer).unwrap());
        response.pointer("/content/application~1json/schema").unwrap()
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, problems: &mut Vec<String>) {
        let mut names = BTreeSet::new();
        self.check_one(schema, value, place, &mut names, problems);
        let Value::Object(members) = value else { return };
        for name in members
            .keys()
            .filter(|name| !names.contains(*name) && !names.contains("*"))
        {
            problems.push(format!("{place}.{name}: not in the specification"));
        }
    }

    fn check_one(
        &self,
        schema: &Value,
        value: &Value,
        place: &str,
        names: &mut BTreeSet<String>,
        problems: &mut Vec<String>,
    ) {
        let schema = self.resolve(schema);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.check_one(part, value, place, names, problems);
        }
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        let is_of_type = match schema.get("type").and_then(Value::as_str) {
            None => true,
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some(other) => panic!("{place}: type {other}"),
        };
        if !is_of_type {
            problems.push(format!("{place}: {value} is no {}", schema["type"]));
        }
        if schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| !values.contains(value))
        {
            problems.push(format!("{place}: {value} is not in the enum"));
        }
        if schema["format"] == "date-time"
            && value
                .as_str()
                .and_then(|text| text.parse::<jiff::Timestamp>().ok())
                .is_none()
        {
            problems.push(format!("{place}: {value} is no date-time"));
        }
        if schema["additionalProperties"] == true {
            names.insert("*".to_owned());
        }
        for (name, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            names.insert(name.clone());
            if let Some(member) = value.get(name) {
                self.check(property, member, &format!("{place}.{name}"), problems);
            }
        }
        if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
            for (index, item) in values.iter().enumerate() {
                self.check(items, item, &format!("{place}[{index}]"), problems);
            }
        }
    }

    fn assert(&self, path: &str, status: u16, value: &Value) {
        let mut problems = Vec::new();
        self.check(self.answer(path, status), value, "", &mut problems);
        problems.truncate(10);
        assert!(problems.is_empty(), "{path} {status}:\n{}", problems.join("\n"));
    }
}

fn specification() -> Option<Specification> {
    shared("asana_openapi_excerpt.yaml").map(|text| Specification(serde_saphyr::from_str(&text).unwrap()))
}

const AUDIT: &str = "/workspaces/{workspace_gid}/audit_log_events";

#[tokio::test]
async fn pages_are_as_specified() {
    let Some(specification) = specification() else { return };
    let world = World::start(2_000).await;
    let mut offset = None;
    for _ in 0..3 {
        let page = world.audit(&crate::client::with_offset("", offset.as_deref())).await;
        specification.assert(AUDIT, 200, &page.json());
        offset = page.offset();
    }
    specification.assert(AUDIT, 200, &world.audit("event_type=none").await.json());
}

#[tokio::test]
async fn the_check_finds_what_is_wrong() {
    let Some(specification) = specification() else { return };
    let wrong = serde_json::json!({
        "data": [{ "gid": 1, "created_at": "now", "actor": { "actor_type": "robot" }, "surprise": true }],
        "next_page": null
    });
    let mut problems = Vec::new();
    specification.check(specification.answer(AUDIT, 200), &wrong, "", &mut problems);
    assert_eq!(problems.len(), 4, "{problems:?}");
}

#[tokio::test]
async fn users_and_workspaces_are_as_specified() {
    let Some(specification) = specification() else { return };
    let world = World::start(1).await;
    let own = format!("/workspaces/{}", world.simulation.organization_id());
    for kind in [TokenKind::ServiceAccountFull, TokenKind::PersonalAccess] {
        let pairs = [
            ("/users/me", "/users/{user_gid}"),
            (own.as_str(), "/workspaces/{workspace_gid}"),
            ("/workspaces", "/workspaces"),
        ];
        for (path, template) in pairs {
            specification.assert(template, 200, &world.get(kind, path).await.json());
        }
    }
}

#[tokio::test]
async fn errors_are_as_specified() {
    let Some(specification) = specification() else { return };
    let world = World::start(1).await;
    let own = format!("/workspaces/{}/audit_log_events", world.simulation.organization_id());
    let wrong = [
        (TokenKind::ServiceAccountFull, format!("{own}?limit=0"), 400),
        (TokenKind::Revoked, own.clone(), 401),
        (TokenKind::PersonalAccess, own, 403),
        (
            TokenKind::ServiceAccountFull,
            "/workspaces/1/audit_log_events".to_owned(),
            404,
        ),
    ];
    for (kind, path, status) in wrong {
        let answer = world.get(kind, &path).await;
        assert_eq!(answer.status, status, "{path}");
        specification.assert(AUDIT, status, &answer.json());
    }
}

#[test]
fn every_published_event_type_is_in_the_catalogue() {
    let Some(text) = shared("asana_event_types.json") else {
        return;
    };
    let list: Value = serde_json::from_str(&text).unwrap();
    for published in list["events"].as_array().unwrap() {
        let name = published["event_type"].as_str().unwrap();
        let known = CATALOGUE.iter().find(|event_type| event_type.name == name);
        let known = known.unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(published["category"], known.category, "{name}");
    }
}
