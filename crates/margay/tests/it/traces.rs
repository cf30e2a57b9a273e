//! What the line did arrives as spans, at a collector that is not ours: OpenTelemetry's own definitions, read by Python.

use std::collections::{BTreeMap, BTreeSet};

use margay_sim::TokenKind;
use serde_json::Value;

use crate::python::PythonServer;
use crate::world::World;

#[test]
fn a_pull_is_a_trace_without_secrets() {
    let Some(mut collector) = PythonServer::start("trace_collector.py", "opentelemetry.proto") else {
        return;
    };
    let world = World::connected(250);
    let endpoint = format!("http://127.0.0.1:{}", collector.port);
    let pulled = world
        .command(&["pull", "--until-drained", "--otlp-endpoint", &endpoint])
        .env("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer the-collectors-own")
        .output()
        .unwrap();
    assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));

    let mut spans: BTreeMap<String, Value> = BTreeMap::new();
    let mut names = BTreeSet::new();
    let is_there = |names: &BTreeSet<String>| {
        ["poll", "request", "journal", "land"]
            .iter()
            .all(|name| names.contains(*name))
    };
    while !is_there(&names) {
        let span = collector.taken();
        names.insert(span["name"].as_str().unwrap().to_owned());
        spans.insert(span["id"].as_str().unwrap().to_owned(), span);
    }
    let one = |name: &str| spans.values().find(|span| span["name"] == name).unwrap();
    let poll = one("poll");
    assert_eq!(poll["path"], "/v1/traces");
    assert_eq!(poll["service"], "margay");
    assert_eq!(poll["authorization"], "Bearer the-collectors-own");
    assert_eq!(poll["attributes"]["source"], "My Asana logs");
    assert_eq!(poll["attributes"]["result"], "drained");
    assert_eq!(poll["attributes"]["records_new"], "250");
    assert_eq!(one("land")["attributes"]["events"], "250");
    let request = one("request");
    assert_eq!(request["attributes"]["http.response.status_code"], "200");
    assert_eq!(request["attributes"]["server.address"], "127.0.0.1");
    for within in [request, one("journal")] {
        assert_eq!(within["parent"], poll["id"], "{within}");
        assert_eq!(within["trace"], poll["trace"]);
    }
    let token = world.simulation.token(TokenKind::ServiceAccountAuditOnly);
    let organization = world.simulation.organization_id();
    for span in spans.values() {
        let whole = span["whole"].as_str().unwrap();
        assert!(!whole.contains(&token) && !whole.contains(&organization), "{whole}");
    }
}

#[test]
fn a_collector_that_is_gone_costs_no_events() {
    let world = World::connected(20);
    // Nobody listens on port 1.
    let said = world.margay(&["pull", "--until-drained", "--otlp-endpoint", "http://127.0.0.1:1"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let counted = world.query("select count(*) as n from asana_audit");
    assert_eq!(counted[0]["n"], 20);
}

#[test]
fn an_address_that_is_none_is_refused_before_anything_is_done() {
    let world = World::of(0);
    for (endpoint, why) in [
        ("collector", "relative URL without a base"),
        ("ftp://collector", "it begins with http:// or https://"),
        (
            "http://user:hush@collector",
            "secrets belong into OTEL_EXPORTER_OTLP_HEADERS",
        ),
    ] {
        let said = world.margay(&["pull", "--otlp-endpoint", endpoint]);
        assert_eq!(said.exit, 2, "{}", said.stderr);
        assert!(said.stderr.contains(why), "{}", said.stderr);
        assert!(!said.stderr.contains("hush"), "{}", said.stderr);
        assert!(!world.data_dir().exists());
    }
}
