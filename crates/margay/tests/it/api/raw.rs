//! The raw record of a row over HTTP.

use std::time::Duration;

use margay_runtime::Clock;
use serde_json::{Value, json};

use super::world::Server;
use crate::serve::wait_for;
use crate::world::World;

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
/// Written as no serializer would: nothing of it may change.
const ODD: &str = "{\"gid\": \"odd\",   \"created_at\": \"2026-11-20T01:02:03.000Z\", \"actor\": {}, \"event_type\": \"\\u0075ser_login_succeeded\",\"new\":1.50}";

fn row_id(server: &Server, table: &str, condition: &str) -> String {
    let sql = format!("select p_row_id from {table} where {condition}");
    let rows = server.world.margay(&["query", &sql, "--format", "ndjson"]);
    let row: Value = serde_json::from_str(rows.stdout.lines().next().unwrap_or("{}")).unwrap();
    row["p_row_id"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_row_has_its_record_as_the_vendor_sent_it() {
    let world = World::connected(50);
    world.simulation.add_raw_event(ODD).unwrap();
    world.pull();
    let server = Server::over(world, &[]);
    let id = row_id(&server, "asana_audit", "gid = 'odd'");
    let path = format!("/tables/asana_audit/rows/{id}/raw");
    let record = server.get(&path).ok(200);
    assert_eq!(record["raw"], ODD);
    assert!(record["readAt"].is_string(), "{record}");
    // By its day, and by the whole name of its table.
    let told = server.get(&format!("{path}?eventTime=2026-11-20T01:02:03Z")).ok(200);
    assert_eq!(told, record);
    let told = server
        .get(&format!("/tables/margay_logs.asana_audit/rows/{id}/raw"))
        .ok(200);
    assert_eq!(told, record);
    server
        .get(&format!("{path}?eventTime=2026-11-19T01:02:03Z"))
        .assert_problem(404, "not_found");
    // Each row has its own.
    let other = row_id(&server, "asana_audit", "gid <> 'odd'");
    let record = server.get(&format!("/tables/asana_audit/rows/{other}/raw")).ok(200);
    let raw: Value = serde_json::from_str(record["raw"].as_str().unwrap()).unwrap();
    let gid = raw["gid"].as_str().unwrap();
    assert_eq!(row_id(&server, "asana_audit", &format!("gid = '{gid}'")), other);
}

#[test]
fn what_fitted_no_schema_has_its_record_too() {
    let world = World::connected(1);
    let odd = "{\"gid\": \"odd\", \"created_at\": 7}";
    world.simulation.add_raw_event(odd).unwrap();
    world.pull();
    let server = Server::over(world, &[]);
    let table = "margay_monitor.classification_failures";
    let id = row_id(&server, table, "true");
    for name in [table, "classification_failures"] {
        let record = server.get(&format!("/tables/{name}/rows/{id}/raw")).ok(200);
        assert_eq!(record["raw"], odd);
    }
}

#[test]
fn a_record_that_is_not_there_or_not_kept_is_not_found() {
    let server = Server::start();
    wait_for(|| server.world.landed_ids().len() == 50);
    for path in [
        format!("/tables/asana_audit/rows/{NOBODY}/raw"),
        format!("/tables/nowhere/rows/{NOBODY}/raw"),
        format!("/tables/all_logs/rows/{NOBODY}/raw"),
        format!("/tables/x%22;drop/rows/{NOBODY}/raw"),
    ] {
        server.get(&path).assert_problem(404, "not_found");
    }
    server
        .get("/tables/asana_audit/rows/x/raw")
        .assert_problem(400, "invalid_request");
    let id = row_id(&server, "asana_audit", "true");
    let path = format!("/tables/asana_audit/rows/{id}/raw");
    server.get(&path).ok(200);
    server
        .get(&format!("{path}?eventTime=x"))
        .assert_problem(400, "invalid_request");

    let source = format!("/log-sources/{}", server.source_id());
    // The vendor has shown a later time, and the journal is kept for no time at all.
    let later = Clock::system().now() + jiff::SignedDuration::from_hours(1);
    wait_for(|| {
        server
            .block_on(server.store.prune(later, Duration::ZERO))
            .unwrap()
            .entries
            == 0
    });
    let gone = server.get(&path);
    gone.assert_problem(404, "not_found");
    assert!(
        gone.json()["detail"].as_str().unwrap().contains("not kept any more"),
        "{}",
        gone.text
    );

    server.send("DELETE", &source, &json!({})).ok(204);
    let gone = server.get(&path);
    assert!(
        gone.json()["detail"].as_str().unwrap().contains("not kept any more"),
        "{}",
        gone.text
    );
}
