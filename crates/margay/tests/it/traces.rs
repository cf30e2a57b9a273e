//! What the line did arrives as spans, at a collector that is not ours: OpenTelemetry's own definitions, read by Python.

use std::collections::BTreeMap;

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
    let sum = |spans: &BTreeMap<String, Value>, name: &str, of: &str| -> u64 {
        let wanted = spans.values().filter(|span| span["name"] == name);
        let counts = wanted.filter_map(|span| span["attributes"][of].as_str()?.parse::<u64>().ok());
        counts.sum()
    };
    let has = |spans: &BTreeMap<String, Value>, name: &str| spans.values().any(|span| span["name"] == name);
    // Children come before their parents: they end first.
    let is_whole = |spans: &BTreeMap<String, Value>| {
        let parents = spans.values().filter_map(|span| span["parent"].as_str());
        parents
            .filter(|parent| !parent.is_empty())
            .all(|parent| spans.contains_key(parent))
    };
    // The tail has nothing yet: the history is read in windows of the past.
    while !(has(&spans, "poll") && has(&spans, "read_window"))
        || sum(&spans, "land", "events") < 250
        || !is_whole(&spans)
    {
        let span = collector.taken();
        spans.insert(span["id"].as_str().unwrap().to_owned(), span);
    }
    assert_eq!(sum(&spans, "journal", "records_new"), 250);
    let one = |name: &str| spans.values().find(|span| span["name"] == name).unwrap();
    let poll = one("poll");
    assert_eq!(poll["path"], "/v1/traces");
    assert_eq!(poll["service"], "margay");
    assert_eq!(poll["authorization"], "Bearer the-collectors-own");
    assert_eq!(poll["attributes"]["source"], "My Asana logs");
    assert_eq!(poll["attributes"]["result"], "drained");
    let request = one("request");
    assert_eq!(request["attributes"]["http.response.status_code"], "200");
    assert_eq!(request["attributes"]["server.address"], "127.0.0.1");
    for within in [request, one("journal")] {
        let parent = &spans[within["parent"].as_str().unwrap()];
        assert!(
            ["poll", "read_window"].contains(&parent["name"].as_str().unwrap()),
            "{within}"
        );
        assert_eq!(within["trace"], parent["trace"]);
    }
    let token = world.simulation.token(TokenKind::ServiceAccountAuditOnly);
    let organization = world.simulation.organization_id();
    for span in spans.values() {
        let whole = span["whole"].as_str().unwrap();
        assert!(!whole.contains(token) && !whole.contains(organization), "{whole}");
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
