//! What a log source has been through: its health, its story, its coverage, audits, backfills, and alarms that are tried out.

use margay_sim::TokenKind;
use serde_json::{Value, json};

use super::world::Server;
use crate::serve::wait_for;
use crate::world::World;

const NOBODY: &str = "/log-sources/01890000-0000-7000-8000-000000000000";

/// A server over a source whose last three days are read and landed.
fn three_days() -> (Server, String) {
    let world = World::of(3_000);
    let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--start-at", "3d"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    world.pull();
    let server = Server::over(world, &[]);
    let path = format!("/log-sources/{}", server.source_id());
    (server, path)
}

#[test]
fn what_stopped_working_and_works_again_is_in_the_history() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    wait_for(|| server.get(&format!("{path}/health")).ok(200)["state"] == "healthy");
    assert_eq!(
        server.get(&format!("{path}/health/history")).ok(200),
        json!({"results": [], "next": null})
    );
    server.world.simulation.revoke_token(TokenKind::ServiceAccountAuditOnly);
    let history = || server.get(&format!("{path}/health/history?limit=1")).ok(200);
    wait_for(|| history()["results"][0]["name"] == "token");
    let newest = history();
    assert_eq!(newest["results"][0]["isHealthy"], false);
    assert!(
        newest["results"][0]["message"].as_str().unwrap().contains("token"),
        "{newest}"
    );
    if let Some(next) = newest["next"].as_str() {
        let older = server.get(&format!("{path}/health/history?cursor={next}")).ok(200);
        assert_ne!(older["results"][0], newest["results"][0]);
    }
    wait_for(|| {
        let notes = server.get(&format!("{path}/history")).ok(200);
        notes["results"][0]["kind"] == "token_refused"
    });
    let notes = server.get(&format!("{path}/history?limit=1")).ok(200);
    assert_eq!(notes["results"].as_array().unwrap().len(), 1);
    for wrong in [
        "history?limit=0",
        "history?limit=1001",
        "health/history?cursor=x",
        "health/history?limit=101",
    ] {
        server
            .get(&format!("{path}/{wrong}"))
            .assert_problem(400, "invalid_request");
    }
    for what in ["history", "health/history", "coverage", "audits", "backfills"] {
        server.get(&format!("{NOBODY}/{what}")).assert_problem(404, "not_found");
    }
}

#[test]
fn coverage_says_what_is_complete_and_a_backfill_reads_it_again() {
    let (server, path) = three_days();
    let coverage = server.get(&format!("{path}/coverage")).ok(200);
    assert_eq!(coverage["isComplete"], true, "{coverage}");
    assert!(coverage["provenThrough"].is_string());
    assert_eq!(coverage["stretches"][0]["state"], "complete");

    let asked = json!({"from": coverage["stretches"][0]["from"], "to": coverage["provenThrough"]});
    let backfills = format!("{path}/backfills");
    let before = server.get(&backfills).ok(200)["results"].as_array().unwrap().len();
    let created = server.send("POST", &backfills, &asked).ok(201);
    assert!(created["windows"].as_u64().unwrap() >= 3, "{created}");
    let newest = || server.get(&backfills).ok(200)["results"][0].clone();
    assert_eq!(newest()["reason"], "asked");
    assert_eq!(
        server.get(&backfills).json()["results"].as_array().unwrap().len(),
        before + 1
    );
    let post = |body: Value| server.send("POST", &backfills, &body);
    post(json!({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"})).assert_problem(422, "invalid_value");
    post(json!({"from": "yesterday"})).assert_problem(422, "invalid_value");
    post(json!({"from": "2026-01-01T00:00:00Z", "to": "9999-01-01T00:00:00Z"})).assert_problem(422, "invalid_value");
    server
        .send("POST", &format!("{NOBODY}/backfills"), &asked)
        .assert_problem(404, "not_found");
}

#[test]
fn an_audit_is_begun_and_its_result_is_kept() {
    let (server, path) = three_days();
    let audits = format!("{path}/audits");
    let post = |body: Value| server.send("POST", &audits, &body);
    for wrong in [
        json!({"samplePercent": 0}),
        json!({"samplePercent": 0.05}),
        json!({"samplePercent": 101}),
        json!({"requestsMax": 0}),
        json!({"requestsMax": 5001}),
        json!({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
    ] {
        post(wrong).assert_problem(422, "invalid_value");
    }
    let asked = json!({"samplePercent": 12.5, "requestsMax": 321});
    assert_eq!(post(asked).ok(202)["windowsDone"], 0);
    let list = || server.get(&audits).ok(200);
    wait_for(|| list()["running"].is_null());
    let ended = list();
    assert!(ended["problem"].is_null(), "{ended}");
    // The day's own audit may have come first.
    let ours = ended["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|audit| audit["samplePercent"] == 12.5);
    let ours = ours.unwrap_or_else(|| panic!("{ended}"));
    assert_eq!(
        (&ours["missing"], &ours["extra"], &ours["different"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert!(ours["windows"].as_u64().unwrap() > 0);
}

#[test]
fn the_servers_own_alarms_are_shown_set_and_reset() {
    let server = Server::start();
    let list = server.get("/system-alarms").ok(200);
    let types: Vec<_> = list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alarm| &alarm["type"])
        .collect();
    assert_eq!(json!(types), json!(["ALERT_DELIVERY", "SERVER_DISK"]));
    let path = "/system-alarms/ALERT_DELIVERY";
    assert_eq!(server.get(path).ok(200)["isSet"], false);
    let set = server
        .send("PUT", path, &json!({"minutesThreshold": 45, "remindMinutes": 60}))
        .ok(200);
    assert_eq!(
        (&set["minutesThreshold"], &set["remindMinutes"], &set["isSet"]),
        (&json!(45), &json!(60), &json!(true))
    );
    assert!(set.get("sourceId").is_none());
    server
        .send("PUT", path, &json!({"minutesThreshold": 86_400}))
        .assert_problem(422, "invalid_value");
    server.send("DELETE", path, &json!({})).ok(204);
    assert_eq!(server.get(path).ok(200)["isSet"], false);
    for other in ["SOURCE_NO_DATA", "NONE"] {
        server
            .get(&format!("/system-alarms/{other}"))
            .assert_problem(404, "not_found");
    }
}

#[test]
fn an_alarm_is_rehearsed_before_it_is_set() {
    let (server, path) = three_days();
    let id = path.rsplit('/').next().unwrap();
    let rehearse =
        |kind: &str, body: Value| server.send("POST", &format!("/log-source-alarms/{id}/{kind}/rehearsal"), &body);
    let strict = rehearse("SOURCE_NO_DATA", json!({"minutesThreshold": 15})).ok(200);
    assert!(strict["alarms"].as_u64().unwrap() > 0, "{strict}");
    assert!(strict["isComplete"].is_boolean(), "{strict}");
    let suggested = &strict["minutesThresholdSuggested"];
    assert!(
        suggested.as_u64() > strict["longestSilenceMinutes"].as_u64(),
        "{strict}"
    );
    let lax = rehearse("SOURCE_NO_DATA", json!({"minutesThreshold": suggested})).ok(200);
    assert_eq!(lax["alarms"], 0, "{lax}");
    assert_eq!(
        server.get(&format!("/log-source-alarms/{id}/SOURCE_NO_DATA")).ok(200)["isSet"],
        false
    );
    rehearse("SOURCE_NO_DATA", json!({"minutesThreshold": 1})).assert_problem(422, "invalid_value");
    rehearse("SOURCE_LAG", json!({})).assert_problem(422, "invalid_value");
    rehearse("SERVER_DISK", json!({})).assert_problem(404, "not_found");
}
