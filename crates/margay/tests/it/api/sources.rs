//! Log sources: added with a check, looked at, paused, renamed, given another token, deleted; and what flowed through them.

use margay_sim::TokenKind;
use serde_json::{Value, json};

use super::world::Server;

/// Asks until `wanted` holds; the test's own timeout ends a wait that never does.
fn wait_for(mut wanted: impl FnMut() -> bool) {
    while !wanted() {
        std::thread::yield_now();
    }
}

#[test]
fn a_source_is_added_and_read_at_once() {
    let server = Server::start();
    let new = server.new_source("another");
    let token = new["token"].as_str().unwrap();
    let made = server.send("POST", "/log-sources", &new);
    assert!(!made.text.contains(token));
    let made = made.ok(201);
    assert_eq!(made["label"], "another");
    let path = format!("/log-sources/{}", made["id"].as_str().unwrap());
    wait_for(|| server.get(&path).ok(200)["records"] == 50);
    wait_for(|| server.get(&path).ok(200)["state"] == "healthy");
    let health = server.get(&format!("{path}/health"));
    assert_eq!(health.ok(200)["polls"]["last"]["outcome"], "drained");
    assert!(!health.text.contains(token));

    let id = made["id"].as_str().unwrap();
    wait_for(|| server.get(&format!("/metrics-history?source={id}&interval=5")).ok(200)["total"]["events"] == 50);
    for bad in [
        "interval=7",
        "interval=0",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "interval=5&from=2020-01-01T00:00:00Z",
        "from=x",
    ] {
        server
            .get(&format!("/metrics-history?source={id}&{bad}"))
            .assert_problem(400, "invalid_request");
    }
    server
        .get("/metrics-history?source=01890000-0000-7000-8000-000000000000")
        .assert_problem(404, "not_found");
    server.get("/metrics-history").assert_problem(400, "invalid_request");
}

#[test]
fn credentials_that_do_not_work_are_diagnosed_and_nothing_is_stored() {
    let server = Server::start();
    let mut new = server.new_source("another");
    new["token"] = json!("1/1200000000000000:wrong-and-secret");
    let refused = server.send("POST", "/log-sources", &new);
    refused.assert_problem(422, "credentials_refused");
    let problem = refused.json();
    assert_eq!(
        (&problem["diagnosis"]["field"], &problem["diagnosis"]["vendorStatus"]),
        (&json!("token"), &json!(401))
    );
    assert!(!refused.text.contains("wrong-and-secret"));
    assert_eq!(
        server.get("/log-sources").json()["results"].as_array().unwrap().len(),
        1
    );

    let check = |kind| {
        let mut connection = server.new_source("x");
        connection.as_object_mut().unwrap().remove("label");
        connection["token"] = json!(server.world.simulation.token(kind));
        server.send("POST", "/log-sources/check", &connection)
    };
    assert_eq!(check(TokenKind::ServiceAccountAuditOnly).ok(200)["hasEvents"], true);
    check(TokenKind::PersonalAccess).assert_problem(422, "credentials_refused");
    new["check"] = json!(false);
    server.send("POST", "/log-sources", &new).ok(201);
}

#[test]
fn what_cannot_be_a_source_is_refused() {
    let server = Server::start();
    let with = |name: &str, value: Value| {
        let mut new = server.new_source("another");
        new[name] = value;
        server.send("POST", "/log-sources", &new)
    };
    with("label", json!("MY ASANA LOGS")).assert_problem(409, "conflict");
    with("label", json!(" ")).assert_problem(422, "invalid_value");
    with("organizationId", json!("abc")).assert_problem(422, "invalid_value");
    with("token", json!("")).assert_problem(422, "invalid_value");
    with("logType", json!("Custom.Nothing")).assert_problem(422, "invalid_value");
    with("startAt", json!("9999-01-01T00:00:00Z")).assert_problem(422, "invalid_value");
    with("requestsPerMinute", json!(0)).assert_problem(422, "invalid_value");
    with("tokn", json!("x")).assert_problem(422, "invalid_body");
    // The server's network is not looked at by this: a name may lead anywhere.
    for inside in [
        "https://10.0.0.1/api",
        "https://localhost/api",
        "https://169.254.169.254/",
        "https://internal.example/",
    ] {
        with("apiUrl", json!(inside)).assert_problem(422, "invalid_value");
    }
}

#[test]
fn a_source_is_paused_resumed_renamed_and_given_another_token() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    let post = |what: &str| server.send("POST", &format!("{path}/{what}"), &json!({})).ok(200);
    assert_eq!(post("pause")["state"], "paused");
    assert_eq!(post("pause")["state"], "paused");
    assert!(post("resume")["pausedAt"].is_null());
    assert_eq!(
        server.send("PATCH", &path, &json!({"label": "renamed"})).ok(200)["label"],
        "renamed"
    );
    server.send("POST", "/log-sources", &server.new_source("other")).ok(201);
    server
        .send("PATCH", &path, &json!({"label": "Other"}))
        .assert_problem(409, "conflict");
    server
        .send("PATCH", &path, &json!({"label": ""}))
        .assert_problem(422, "invalid_value");
    let credentials = format!("{path}/credentials");
    let token = |kind| json!({"token": server.world.simulation.token(kind)});
    server
        .send("PUT", &credentials, &token(TokenKind::PersonalAccess))
        .assert_problem(422, "credentials_refused");
    server
        .send("PUT", &credentials, &token(TokenKind::ServiceAccountAuditOnly))
        .ok(200);
    let nobody = "/log-sources/01890000-0000-7000-8000-000000000000";
    server.get(nobody).assert_problem(404, "not_found");
    server.get(&format!("{nobody}/health")).assert_problem(404, "not_found");
    server
        .send("PATCH", nobody, &json!({"label": "x"}))
        .assert_problem(404, "not_found");
    server
        .send("DELETE", nobody, &json!({}))
        .assert_problem(404, "not_found");
}

#[test]
fn a_new_token_is_tried_at_once() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    wait_for(|| server.get(&path).ok(200)["state"] == "healthy");
    let kind = TokenKind::ServiceAccountAuditOnly;
    let new = server.world.simulation.replace_token(kind).unwrap().to_owned();
    // Refused twice, the source waits for minutes before it asks again.
    let failures = || server.get(&format!("{path}/health")).ok(200)["polls"]["consecutiveFailures"].as_u64();
    wait_for(|| failures() >= Some(2));
    assert_eq!(server.get(&path).ok(200)["state"], "failing");
    server
        .send("PUT", &format!("{path}/credentials"), &json!({ "token": new }))
        .ok(200);
    wait_for(|| server.get(&path).ok(200)["state"] == "healthy");
}

#[test]
fn a_source_is_deleted_once_what_was_read_has_landed() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    wait_for(|| server.get(&path).ok(200)["records"] == 50);
    server.send("DELETE", &path, &json!({})).ok(204);
    server.get(&path).assert_problem(404, "not_found");
    assert!(
        server.get("/log-sources").json()["results"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    server.world.assert_complete();
}

#[test]
fn a_source_is_deleted_with_its_events() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    wait_for(|| server.get(&path).ok(200)["records"] == 50);
    server
        .send("DELETE", &format!("{path}?data=all"), &json!({}))
        .assert_problem(400, "invalid_request");
    let deleted = server.send("DELETE", &format!("{path}?data=delete"), &json!({}));
    assert!([202, 204].contains(&deleted.status), "{}", deleted.text);
    server.get(&path).assert_problem(404, "not_found");
    wait_for(|| server.world.landed_ids().is_empty());
    // It may come again, and all of it with it.
    server.send("POST", "/log-sources", &server.new_source("again")).ok(201);
    wait_for(|| server.world.landed_ids().len() == 50);
    server.world.assert_complete();
}
