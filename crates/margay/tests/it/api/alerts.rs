//! Alerts, deliveries, destinations and alarms.

use serde_json::{Value, json};

use super::world::Server;

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[test]
fn an_alert_is_looked_at_changed_and_commented_on() {
    let server = Server::start();
    let (older, newer) = (server.alert("TEST_ONE"), server.alert("TEST_TWO"));
    let ids = |path: &str| -> Vec<String> {
        let list = server.get(path).ok(200);
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|alert| field(alert, "id").to_owned())
            .collect()
    };
    assert_eq!(ids("/alerts"), [newer.clone(), older.clone()]);
    assert_eq!(ids("/alerts?status=TRIAGED,CLOSED"), Vec::<String>::new());
    assert_eq!(ids("/alerts?created-after=2026-02-01T00:00:00Z"), Vec::<String>::new());
    let first = server.get("/alerts?limit=1").ok(200);
    assert_eq!(
        ids(&format!("/alerts?limit=1&cursor={}", field(&first, "next"))),
        [older.as_str()]
    );

    let path = format!("/alerts/{older}");
    let alert = server.get(&path).ok(200);
    assert_eq!(
        (field(&alert, "type"), field(&alert, "status")),
        ("SYSTEM_ERROR", "OPEN")
    );
    let change = |body: Value| server.send("PATCH", &path, &body);
    let changed = change(json!({"status": "TRIAGED", "assignee": "ann"})).ok(200);
    assert_eq!(
        (field(&changed, "status"), field(&changed, "assignee")),
        ("TRIAGED", "ann")
    );
    assert_eq!(field(&change(json!({"status": "CLOSED"})).ok(200), "assignee"), "ann");
    assert!(change(json!({"assignee": null})).ok(200)["assignee"].is_null());
    change(json!({"status": "DONE"})).assert_problem(422, "invalid_body");
    change(json!({"status": "OPEN", "assignee": ""})).assert_problem(422, "invalid_value");
    assert_eq!(field(&server.get(&path).ok(200), "status"), "CLOSED");

    let comments = format!("{path}/comments");
    server.send("POST", &comments, &json!({"text": " seen "})).ok(201);
    server
        .send("POST", &comments, &json!({"text": " "}))
        .assert_problem(422, "invalid_value");
    let timeline = server.get(&format!("{path}/timeline")).ok(200);
    let events: Vec<(&str, &str, &str)> = timeline["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (field(event, "kind"), field(event, "actor"), field(event, "text")))
        .collect();
    assert_eq!(
        events,
        [
            ("opened", "margay", "it happened"),
            ("assigned", "everything", "ann"),
            ("status", "everything", "TRIAGED"),
            ("status", "everything", "CLOSED"),
            ("assigned", "everything", ""),
            ("comment", "everything", "seen"),
        ]
    );
    let nobody = "/alerts/01890000-0000-7000-8000-000000000000";
    for gone in [
        nobody.to_owned(),
        format!("{nobody}/timeline"),
        format!("{nobody}/deliveries"),
    ] {
        server.get(&gone).assert_problem(404, "not_found");
    }
    server
        .send("PATCH", nobody, &json!({}))
        .assert_problem(404, "not_found");
    server
        .send("POST", &format!("{nobody}/comments"), &json!({"text": "x"}))
        .assert_problem(404, "not_found");
}

#[test]
fn alerts_are_found_by_what_they_are_and_changed_at_once() {
    let server = Server::start();
    let ids: Vec<String> = ["TEST_ONE", "TEST_TWO", "TEST_THREE"]
        .map(|kind| server.alert(kind))
        .into();
    let count = |path: &str| server.get(path).ok(200)["results"].as_array().unwrap().len();
    assert_eq!(count("/alerts?severity=HIGH,CRITICAL&type=SYSTEM_ERROR"), 3);
    assert_eq!(count("/alerts?severity=HIGH"), 0);
    assert_eq!(count("/alerts?type=RULE"), 0);
    for bad in ["severity=critical!", "type=SYSTEM", "severity="] {
        server
            .get(&format!("/alerts?{bad}"))
            .assert_problem(400, "invalid_request");
    }
    let open = || server.get("/alerts?status=CLOSED&limit=1").ok(200)["openCount"].clone();
    assert_eq!(open(), 3);

    let change = |body: Value| server.send("PATCH", "/alerts", &body);
    let changed = change(json!({"ids": [ids[0], ids[1]], "status": "TRIAGED", "assignee": "ann"}));
    assert_eq!(changed.ok(200), json!({"changed": 2, "hasMore": false}));
    assert_eq!(open(), 1);
    let filter = json!({"status": ["OPEN", "TRIAGED"], "severity": ["CRITICAL"], "type": ["SYSTEM_ERROR"], "createdAfter": "2026-01-01T00:00:00Z"});
    let close = json!({"filter": filter, "status": "CLOSED"});
    assert_eq!(change(close.clone()).ok(200)["changed"], 3);
    assert_eq!(change(close).ok(200)["changed"], 0);
    let alert = server.get(&format!("/alerts/{}", ids[0])).ok(200);
    assert_eq!((field(&alert, "status"), field(&alert, "assignee")), ("CLOSED", "ann"));
    assert_eq!(change(json!({"filter": {}, "assignee": null})).ok(200)["changed"], 2);

    let many = vec!["01890000-0000-7000-8000-000000000000"; 501];
    for bad in [
        json!({"status": "OPEN"}),
        json!({"ids": [ids[0]]}),
        json!({"ids": [ids[0]], "filter": {}, "status": "OPEN"}),
        json!({"ids": [], "status": "OPEN"}),
        json!({"ids": many, "status": "OPEN"}),
        json!({"filter": {}, "assignee": ""}),
        json!({"filter": {"createdAfter": "x"}, "status": "OPEN"}),
    ] {
        change(bad).assert_problem(422, "invalid_value");
    }
    change(json!({"filter": {"statuses": []}, "status": "OPEN"})).assert_problem(422, "invalid_body");
    change(json!({"ids": ["x"], "status": "OPEN"})).assert_problem(400, "invalid_request");
}

#[test]
fn a_destination_is_kept_tried_and_deleted_and_its_secret_is_never_told() {
    const SECRET: &str = "hunter2-the-signing-key";
    let server = Server::start();
    // Nobody listens there.
    let form = json!({"name": "hook", "kind": "webhook", "settings": {"url": "http://127.0.0.1:1/hook"}, "secret": SECRET, "alertTypes": ["SYSTEM_ERROR"]});
    let made = server.send("POST", "/destinations", &form);
    let id = field(&made.ok(201), "id").to_owned();
    let path = format!("/destinations/{id}");
    let mut texts = vec![made.text, server.get(&path).text, server.get("/destinations").text];
    assert_eq!(server.get(&path).ok(200)["hasSecret"], true);
    let tested = server.send("POST", &format!("{path}/test"), &json!({}));
    assert_eq!(tested.ok(200)["isDelivered"], false);
    texts.push(tested.text);

    // An alert for it makes a delivery, which can be sent again.
    let alert = server.alert("TEST_ONE");
    let deliveries = server.get(&format!("/alerts/{alert}/deliveries")).ok(200);
    let delivery = &deliveries["results"][0];
    assert_eq!(
        (field(delivery, "destinationId"), field(delivery, "notice")),
        (id.as_str(), "opened")
    );
    let resent = server.send(
        "POST",
        &format!("/deliveries/{}/resend", field(delivery, "id")),
        &json!({}),
    );
    assert_eq!(field(&resent.ok(200), "state"), "waiting");
    let timeline = server.get(&format!("/alerts/{alert}/timeline")).ok(200);
    let kinds: Vec<&str> = timeline["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| field(event, "kind"))
        .collect();
    assert!(kinds.contains(&"resent"), "{kinds:?}");

    let mut changed = form.clone();
    changed.as_object_mut().unwrap().remove("secret");
    changed["name"] = json!("hook 2");
    changed["enabled"] = json!(false);
    let replaced = server.send("PUT", &path, &changed);
    assert_eq!(replaced.ok(200)["hasSecret"], true);
    assert_eq!(replaced.json()["enabled"], false);
    texts.push(replaced.text);
    assert!(texts.iter().all(|text| !text.contains(SECRET)), "{texts:?}");

    server.send("DELETE", &path, &json!({})).ok(204);
    server.get(&path).assert_problem(404, "not_found");
    server
        .send("POST", &format!("{path}/test"), &json!({}))
        .assert_problem(404, "not_found");
    let nobody = "/deliveries/01890000-0000-7000-8000-000000000000/resend";
    server.send("POST", nobody, &json!({})).assert_problem(404, "not_found");
}

#[test]
fn a_secret_is_not_sent_elsewhere_by_who_does_not_know_it() {
    let server = Server::start();
    let bot = |channel: &str, api_url: &str| json!({"name": "bot", "kind": "slack_bot", "settings": {"channel": channel, "api_url": api_url}});
    let mut form = bot("alerts", "https://slack.com/api/");
    form["secret"] = json!("xoxb-secret");
    let made = server.send("POST", "/destinations", &form).ok(201);
    let path = format!("/destinations/{}", field(&made, "id"));
    server
        .send("PUT", &path, &bot("alerts", "https://evil.example/"))
        .assert_problem(422, "invalid_value");
    let hook = json!({"name": "bot", "kind": "webhook", "settings": {"url": "https://evil.example/"}});
    server.send("PUT", &path, &hook).assert_problem(422, "invalid_value");
    server
        .send("PUT", &path, &bot("alerts", "https://slack.com/api/"))
        .ok(200);
    let mut moved = bot("alerts", "https://slack.example/api/");
    moved["secret"] = json!("xoxb-secret");
    server.send("PUT", &path, &moved).ok(200);
}

#[test]
fn what_can_never_be_reached_is_refused() {
    let server = Server::start();
    for bad in [
        json!({"name": "a", "kind": "webhook"}),
        json!({"name": "a", "kind": "webhook", "settings": {"url": "ftp://example.com"}}),
        json!({"name": "a", "kind": "slack_webhook"}),
        json!({"name": "a", "kind": "slack_webhook", "secret": "no url"}),
        json!({"name": "a", "kind": "stdout", "secret": "unwanted"}),
        json!({"name": " ", "kind": "stdout"}),
    ] {
        server
            .send("POST", "/destinations", &bad)
            .assert_problem(422, "invalid_value");
    }
    let bad = json!({"name": "a", "kind": "pigeon"});
    server
        .send("POST", "/destinations", &bad)
        .assert_problem(422, "invalid_body");
}

#[test]
fn an_alarm_is_set_in_panthers_shape_and_given_its_defaults_again() {
    let server = Server::start();
    let alarms = format!("/log-source-alarms/{}", server.source_id());
    let list = server.get(&alarms).ok(200);
    assert_eq!(list["results"].as_array().unwrap().len(), 8);
    let path = format!("{alarms}/SOURCE_NO_DATA");
    let alarm = server.get(&path).ok(200);
    assert_eq!(
        (&alarm["minutesThreshold"], &alarm["isSet"]),
        (&json!(1440), &json!(false))
    );
    let put = |body: Value| server.send("PUT", &path, &body);
    assert_eq!(put(json!({"minutesThreshold": 15})).ok(200)["minutesThreshold"], 15);
    assert_eq!(
        put(json!({"minutesThreshold": 43_200})).ok(200)["minutesThreshold"],
        43_200
    );
    for minutes in [14, 43_201] {
        put(json!({"minutesThreshold": minutes})).assert_problem(422, "invalid_value");
    }
    put(json!({"minutesThreshold": -1})).assert_problem(422, "invalid_body");
    put(json!({"minutesTreshold": 60})).assert_problem(422, "invalid_body");
    let calendar =
        json!({"timeZone": "Europe/Vienna", "hours": {"monday": ["09:00-17:00"]}, "holidays": ["2026-12-25"]});
    let set = put(json!({"remindMinutes": 60, "calendar": calendar})).ok(200);
    assert_eq!(set["calendar"]["hours"]["monday"], json!(["09:00-17:00"]));
    assert_eq!(
        (&set["remindMinutes"], &set["minutesThreshold"]),
        (&json!(60), &json!(1440))
    );
    let nowhere = json!({"calendar": {"timeZone": "Mars/Olympus", "hours": {}}});
    put(nowhere).assert_problem(422, "invalid_value");

    server.send("DELETE", &path, &json!({})).ok(204);
    assert_eq!(server.get(&path).ok(200)["isSet"], false);
    server
        .get(&format!("{alarms}/SERVER_DISK"))
        .assert_problem(404, "not_found");
    let nobody = "/log-source-alarms/01890000-0000-7000-8000-000000000000";
    server.get(nobody).assert_problem(404, "not_found");
    server
        .send("PUT", &format!("{nobody}/SOURCE_NO_DATA"), &json!({}))
        .assert_problem(404, "not_found");
}
