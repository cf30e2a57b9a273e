//! Log sources: added with a check, looked at, paused, renamed, given another token, deleted; and what flowed through them.

use jiff::SignedDuration;
use margay_runtime::Clock;
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
fn the_credentials_that_a_source_has_are_checked_without_bringing_them() {
    let server = Server::start();
    let path = format!("/log-sources/{}/check", server.source_id());
    let passed = server.send("POST", &path, &json!({})).ok(200);
    assert_eq!(passed["hasEvents"], true);
    assert!(
        passed["oldestEventAt"].is_string() && passed["checkedAt"].is_string(),
        "{passed}"
    );
    // Nothing needs to be sent at all.
    server.call("POST", &path, &[("X-API-Key", &server.token)], "").ok(200);

    let kind = TokenKind::ServiceAccountAuditOnly;
    server.world.simulation.replace_token(kind).unwrap();
    let refused = server.send("POST", &path, &json!({}));
    refused.assert_problem(422, "credentials_refused");
    assert_eq!(refused.json()["diagnosis"]["vendorStatus"], 401);
    let nobody = "/log-sources/01890000-0000-7000-8000-000000000000/check";
    server.send("POST", nobody, &json!({})).assert_problem(404, "not_found");
}

#[test]
fn a_vendor_that_wants_a_pause_is_not_asked_by_a_check() {
    let server = Server::start();
    let id = server.source_id();
    let now = Clock::system().now();
    let until = now + SignedDuration::from_hours(1);
    server
        .block_on(server.store.pause(id.parse().unwrap(), until, now))
        .unwrap();
    let refused = server.send("POST", &format!("/log-sources/{id}/check"), &json!({}));
    refused.assert_problem(503, "vendor_unavailable");
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("not to be called before"),
        "{}",
        refused.text
    );
}

#[test]
fn a_list_has_the_last_day_of_each_source_if_it_is_asked_for() {
    let server = Server::start();
    let id = server.source_id();
    server
        .send("POST", "/log-sources", &server.new_source("another"))
        .ok(201);
    let plain = server.get("/log-sources").ok(200);
    assert!(plain["results"][0].get("lastDay").is_none() && plain["results"][0].get("dropOffMinutes").is_none());

    let list = || server.get("/log-sources?include=lastDay").ok(200)["results"].clone();
    wait_for(|| {
        list()
            .as_array()
            .unwrap()
            .iter()
            .all(|source| source["lastDay"]["events"] == 50)
    });
    let day = &list()[0]["lastDay"];
    let hourly = day["hourly"].as_array().unwrap();
    assert_eq!(hourly.len(), 24);
    assert_eq!(hourly.iter().map(|hour| hour.as_u64().unwrap()).sum::<u64>(), 50);
    assert!(day["bytes"].as_u64().unwrap() > 0);
    assert_eq!(list()[0]["dropOffMinutes"], 1_440);

    let alarm = format!("/log-source-alarms/{id}/SOURCE_NO_DATA");
    server.send("PUT", &alarm, &json!({"minutesThreshold": 240})).ok(200);
    assert_eq!(
        (&list()[0]["dropOffMinutes"], &list()[1]["dropOffMinutes"]),
        (&json!(240), &json!(1_440))
    );
    server.send("PUT", &alarm, &json!({"enabled": false})).ok(200);
    assert_eq!(list()[0].get("dropOffMinutes"), Some(&Value::Null));
    server
        .get("/log-sources?include=everything")
        .assert_problem(400, "invalid_request");
    assert_eq!(
        server.get("/log-sources?include=lastDay&limit=1").ok(200)["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
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
fn a_source_is_polled_by_an_interval_of_its_own_until_it_is_given_back() {
    let server = Server::start();
    let path = format!("/log-sources/{}", server.source_id());
    let change = |what: Value| server.send("PATCH", &path, &what);
    let of = |source: &Value| {
        (
            source["pollIntervalSeconds"].clone(),
            source["effectivePollIntervalSeconds"].clone(),
        )
    };
    // What the server of these tests was started with.
    assert_eq!(of(&server.get(&path).ok(200)), (Value::Null, json!(1)));
    assert_eq!(server.get("/system").ok(200)["pollIntervalSeconds"], 1);

    let last_poll = || server.get(&path).ok(200)["lastPolledAt"].clone();
    wait_for(|| last_poll().is_string());
    let hourly = change(json!({"pollIntervalSeconds": 3_600})).ok(200);
    assert_eq!(of(&hourly), (json!(3_600), json!(3_600)));
    let both = change(json!({"label": "seldom", "pollIntervalSeconds": 7_200})).ok(200);
    assert_eq!((&both["label"], of(&both).0), (&json!("seldom"), json!(7_200)));
    assert_eq!(of(&change(json!({"label": "often"})).ok(200)).0, 7_200);
    assert_eq!(
        of(&change(json!({"pollIntervalSeconds": null})).ok(200)),
        (Value::Null, json!(1))
    );
    // Without a restart: hours would pass otherwise.
    let before = last_poll();
    wait_for(|| last_poll() != before);

    let log = server.get("/audit-log?action=change_log_source").ok(200);
    let newest = &log["results"][0];
    assert_eq!(
        (
            &newest["before"]["pollIntervalSeconds"],
            &newest["after"]["pollIntervalSeconds"]
        ),
        (&json!(7_200), &Value::Null),
        "{newest}"
    );

    for seconds in [0, 86_401] {
        let refused = change(json!({ "pollIntervalSeconds": seconds }));
        refused.assert_problem(422, "invalid_value");
        let detail = refused.json()["detail"].clone();
        assert_eq!(
            detail,
            "`pollIntervalSeconds`: a log source is polled every 1 s to every 86400 s, which is a day"
        );
    }
    change(json!({})).assert_problem(422, "invalid_value");
    change(json!({"pollIntervalSeconds": -1})).assert_problem(422, "invalid_body");
    change(json!({"pollIntervalSeconds": 1.5})).assert_problem(422, "invalid_body");
    change(json!({"label": " ", "pollIntervalSeconds": 5})).assert_problem(422, "invalid_value");
    assert_eq!(of(&server.get(&path).ok(200)).0, Value::Null, "nothing of it was kept");

    let mut new = server.new_source("another");
    new["pollIntervalSeconds"] = json!(30);
    assert_eq!(of(&server.send("POST", "/log-sources", &new).ok(201)).0, 30);
    new["label"] = json!("a third");
    new["pollIntervalSeconds"] = json!(100_000);
    server
        .send("POST", "/log-sources", &new)
        .assert_problem(422, "invalid_value");
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
