//! Schemas: looked at, tried, added while the server runs, and in force at once.

use serde_json::{Value, json};

use super::world::Server;
use crate::serve::wait_for;

const TEXT: &str = "\
schema: Custom.Audit
description: What happened
fields:
  - name: gid
    type: string
    required: true
  - name: created_at
    type: timestamp
    timeFormats: [rfc3339]
    isEventTime: true
  - name: actor
    type: object
    fields:
      - name: email
        type: string
        indicators: [email]
";

fn add(server: &Server) -> Value {
    server.send("POST", "/schemas", &json!({"yaml": TEXT})).ok(201)
}

#[test]
fn the_built_in_schema_is_shown_with_its_text_and_fields() {
    let server = Server::start();
    let list = server.get("/schemas").ok(200);
    assert_eq!(list["results"].as_array().unwrap().len(), 2, "{list}");
    let summary = &list["results"][0];
    assert_eq!(
        (&summary["name"], &summary["kind"]),
        (&json!("Asana.Audit"), &json!("built_in"))
    );
    assert_eq!(
        (&summary["sourceCount"], &summary["table"]),
        (&json!(1), &json!("asana_audit"))
    );
    let schema = server.get("/schemas/asana.audit").ok(200);
    assert!(schema["yaml"].as_str().unwrap().contains("schema: Asana.Audit"));
    assert_eq!(schema["sources"], json!(["My Asana logs"]));
    let fields = schema["fields"].as_array().unwrap();
    let field = |path: &str| fields.iter().find(|field| field["path"] == path).unwrap();
    assert_eq!(field("actor.email")["indicators"], json!(["email"]));
    assert_eq!(field("created_at")["columnType"], "timestamp");
    assert_eq!(field("created_at")["isEventTime"], true);
    server
        .get("/schemas/Asana.Audit?version=7")
        .assert_problem(404, "not_found");
    server.get("/schemas/Asana.Adit").assert_problem(404, "not_found");
    let change = json!({"yaml": TEXT, "revision": 1});
    server
        .send("PUT", "/schemas/Asana.Audit", &change)
        .assert_problem(409, "conflict");
    server
        .send("POST", "/schemas/Asana.Audit/archive", &json!({}))
        .assert_problem(409, "conflict");
}

#[test]
fn a_schema_that_is_added_while_the_server_runs_lands_the_events_of_a_new_source() {
    let server = Server::start();
    let added = add(&server);
    assert_eq!(
        (&added["version"], &added["revision"], &added["state"]),
        (&json!(1), &json!(1), &json!("active"))
    );
    server
        .send("POST", "/schemas", &json!({"yaml": TEXT}))
        .assert_problem(409, "conflict");
    let mut source = server.new_source("by my own schema");
    source["logType"] = json!("Custom.Audit");
    server.send("POST", "/log-sources", &source).ok(201);
    let count = |sql: &str| {
        let path = format!(
            "/queries/{}",
            server.send("POST", "/queries", &json!({"sql": sql})).ok(201)["id"]
                .as_str()
                .unwrap()
        );
        wait_for(|| server.get(&path).ok(200)["state"] != "running");
        let answer = server.get(&format!("{path}/results")).ok(200);
        answer["rows"][0][0].as_str().unwrap_or_default().to_owned()
    };
    wait_for(|| count("select count(*) from custom_audit where p_schema_version = 1") == "50");

    // Another version is in force from the next record on, with its column.
    let text = format!("{TEXT}  - name: event_type\n    type: string\n");
    let change = json!({"yaml": text, "revision": 1});
    let changed = server.send("PUT", "/schemas/Custom.Audit", &change).ok(200);
    assert_eq!((&changed["version"], &changed["revision"]), (&json!(2), &json!(2)));
    assert_eq!(changed["versions"].as_array().unwrap().len(), 2);
    assert_eq!(changed["sources"], json!(["by my own schema"]));
    server
        .send("PUT", "/schemas/Custom.Audit", &change)
        .assert_problem(409, "conflict");
    server.world.simulation.add_events(5);
    wait_for(|| {
        count("select count(*) from custom_audit where p_schema_version = 2 and event_type is not null") == "5"
    });
    let old = server.get("/schemas/Custom.Audit?version=1").ok(200);
    assert_eq!(
        (&old["yaml"], &old["shownVersion"], &old["version"]),
        (&json!(TEXT), &json!(1), &json!(2))
    );

    // In use, so it stays.
    server
        .send("POST", "/schemas/Custom.Audit/archive", &json!({}))
        .assert_problem(409, "conflict");
}

#[test]
fn a_schema_is_archived_and_restored() {
    let server = Server::start();
    add(&server);
    let state = |action: &str| server.send("POST", &format!("/schemas/Custom.Audit/{action}"), &json!({}));
    assert_eq!(state("archive").ok(200)["state"], "archived");
    let mut source = server.new_source("other");
    source["logType"] = json!("Custom.Audit");
    server
        .send("POST", "/log-sources", &source)
        .assert_problem(422, "invalid_value");
    assert_eq!(server.get("/schemas").ok(200)["results"].as_array().unwrap().len(), 2);
    let all = server.get("/schemas?includeArchived=true&limit=1").ok(200);
    assert_eq!(all["next"], "Asana.Audit");
    let rest = server.get("/schemas?includeArchived=true&cursor=Asana.Audit").ok(200);
    assert_eq!(rest["results"][0]["name"], "Custom.Audit");
    state("archive?revision=1").assert_problem(409, "conflict");
    assert_eq!(state("restore?revision=2").ok(200)["state"], "active");
    server.send("POST", "/log-sources", &source).ok(201);
    server
        .send("POST", "/schemas/Custom.Nope/archive", &json!({}))
        .assert_problem(404, "not_found");
}

#[test]
fn what_is_wrong_with_a_schema_is_said_with_its_place() {
    let server = Server::start();
    let broken = TEXT.replace("type: object", "type: objekt");
    let refused = server.send("POST", "/schemas", &json!({"yaml": broken}));
    refused.assert_problem(422, "schema_invalid");
    let problem = refused.json();
    assert_eq!(
        (&problem["line"], &problem["errors"][0]["line"]),
        (&json!(12), &json!(12)),
        "{problem}"
    );
    let validate = |yaml: &str| server.send("POST", "/schemas/validate", &json!({"yaml": yaml})).ok(200);
    let found = validate(&broken);
    assert_eq!(
        (&found["isValid"], &found["problems"][0]["severity"]),
        (&json!(false), &json!("error"))
    );
    let found = validate(TEXT);
    assert_eq!(
        (&found["isValid"], &found["name"], &found["problems"]),
        (&json!(true), &json!("Custom.Audit"), &json!([]))
    );
    let found = validate(&TEXT.replace("Custom.Audit", "Mine.Audit"));
    assert_eq!(found["isValid"], false);
    assert!(found["problems"][0]["message"].as_str().unwrap().contains("Mine.Audit"));

    add(&server);
    let other_type = TEXT.replace(
        "    type: timestamp\n    timeFormats: [rfc3339]\n    isEventTime: true\n",
        "    type: string\n",
    );
    let found = validate(&other_type);
    assert_eq!((&found["isValid"], &found["revision"]), (&json!(false), &json!(1)));
    assert_eq!(found["changes"][0]["verdict"], "refused", "{found}");
    let refused = server.send(
        "PUT",
        "/schemas/Custom.Audit",
        &json!({"yaml": other_type, "revision": 1}),
    );
    refused.assert_problem(422, "schema_change_refused");
    assert_eq!(refused.json()["errors"][0]["path"], "created_at");
    let other_name = json!({"yaml": TEXT.replace("Custom.Audit", "Custom.Other"), "revision": 1});
    server
        .send("PUT", "/schemas/Custom.Audit", &other_name)
        .assert_problem(422, "invalid_value");
    let headers = [
        ("X-API-Key", server.token.as_str()),
        ("Content-Type", "application/json"),
        ("Content-Length", "5000000"),
    ];
    server
        .call("POST", "/schemas", &headers, "")
        .assert_problem(413, "body_too_large");
    // A schema may be longer than other bodies.
    let padded = format!("{TEXT}# {}\n", "x".repeat(300_000));
    assert_eq!(validate(&padded)["isValid"], true);
}

#[test]
fn samples_are_tried_and_a_schema_is_suggested_for_them() {
    let server = Server::start();
    let samples = "{\"gid\":\"1\",\"created_at\":\"2026-01-02T03:04:05Z\",\"more\":1}\n{\"gid\":null}\nnonsense\n";
    let trial = json!({"yaml": TEXT, "samples": samples, "streamType": "NDJSON"});
    let tried = server.send("POST", "/schemas/test", &trial).ok(200);
    assert_eq!(
        (&tried["matched"], &tried["unmatched"], &tried["withUnmapped"]),
        (&json!(1), &json!(2), &json!(1))
    );
    assert_eq!(tried["events"][0]["event"]["gid"], "1");
    assert_eq!(
        (
            &tried["rejects"][0]["line"],
            &tried["rejects"][0]["problems"][0]["path"]
        ),
        (&json!(2), &json!("gid"))
    );
    let by_name = json!({"name": "Asana.Audit", "samples": samples});
    assert_eq!(server.send("POST", "/schemas/test", &by_name).ok(200)["matched"], 0);
    let both = json!({"name": "Asana.Audit", "yaml": TEXT, "samples": ""});
    server
        .send("POST", "/schemas/test", &both)
        .assert_problem(422, "invalid_value");
    let stream = json!({"yaml": TEXT, "samples": "", "streamType": "XML"});
    server
        .send("POST", "/schemas/test", &stream)
        .assert_problem(422, "invalid_value");

    let wanted = json!({"name": "Custom.Mine", "samples": samples});
    let suggested = server.send("POST", "/schemas/infer", &wanted).ok(200);
    assert!(
        suggested["yaml"].as_str().unwrap().contains("schema: Custom.Mine"),
        "{suggested}"
    );
    assert_eq!(
        (&suggested["sampleCount"], &suggested["refused"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(suggested["trial"]["matched"], 2);
    let yaml = json!({"yaml": suggested["yaml"]});
    server.send("POST", "/schemas", &yaml).ok(201);
    server
        .send("POST", "/schemas/infer", &json!({"name": "mine", "samples": samples}))
        .assert_problem(422, "invalid_value");
    server
        .send("POST", "/schemas/infer", &json!({"name": "Custom.Mine", "samples": ""}))
        .assert_problem(422, "invalid_value");
}
