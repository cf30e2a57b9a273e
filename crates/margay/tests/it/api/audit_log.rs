//! The audit log: whoever does something by the API, a session or the command line leaves an entry, and so does who is refused.

use margay_store::{Permission, Role};
use serde_json::{Value, json};

use super::queries::{ended, path_of, rows_of};
use super::sessions::PASSWORD;
use super::world::Server;
use crate::serve::wait_for;

impl Server {
    /// The entries, the newest first.
    fn audit_log(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/audit-log?{query}")).ok(200);
        page["results"].as_array().unwrap().clone()
    }
}

#[test]
fn a_change_by_a_token_has_who_where_what_before_and_after() {
    let server = Server::start();
    let id = server.source_id();
    server
        .send("POST", &format!("/log-sources/{id}/pause"), &json!({}))
        .ok(200);
    let entries = server.audit_log(&format!("object=log_source:{id}"));
    let paused = &entries[0];
    assert_eq!(paused["action"], "pause_log_source");
    assert_eq!(paused["actor"]["kind"], "api_token");
    assert_eq!(paused["address"], "127.0.0.1");
    assert_eq!(paused["outcome"], "succeeded");
    assert_eq!(
        (&paused["before"]["paused"], &paused["after"]["paused"]),
        (&json!(false), &json!(true))
    );
    assert!(paused["requestId"].is_string());
    assert_eq!(
        server
            .get(&format!("/audit-log/{}", paused["id"].as_str().unwrap()))
            .ok(200),
        *paused
    );
    let by_command = server.audit_log("action=create_log_source");
    assert_eq!(
        by_command[0]["actor"]["kind"], "command_line",
        "the source was added by a command"
    );
    assert_eq!(by_command[0]["address"], Value::Null);
}

#[test]
fn who_is_refused_leaves_an_entry_and_a_secret_none() {
    let server = Server::start();
    let id = server.source_id();
    let reader = server.token_of("reader", &[Permission::LogSourceRead]);
    let key = [("X-API-Key", reader.as_str())];
    let refused = server.call("POST", &format!("/log-sources/{id}/pause"), &key, "");
    refused.assert_problem(403, "permission_missing");
    let entries = server.audit_log("outcome=failed");
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry["actor"]["name"], "reader");
    assert_eq!(
        (&entry["status"], &entry["problem"]),
        (&json!(403), &json!("permission_missing"))
    );
    assert_eq!(entry["object"], json!({"kind": "log_source", "id": id, "name": null}));

    let secret = "whsec_c2VjcmV0LXRoYXQtbm9ib2R5LWtub3dzLWF0LWFsbA==";
    let hook =
        json!({"name": "hook", "kind": "webhook", "settings": {"url": "https://example.com/hook"}, "secret": secret});
    let hook = server.send("POST", "/destinations", &hook).ok(201);
    server
        .send(
            "DELETE",
            &format!("/destinations/{}", hook["id"].as_str().unwrap()),
            &json!({}),
        )
        .ok(204);
    let text = server.get("/audit-log?object=destination").text;
    assert!(
        text.contains("delete_destination") && text.contains("create_destination"),
        "{text}"
    );
    assert!(!text.contains("c2VjcmV0"), "{text}");
}

#[test]
fn logins_are_told_with_who_they_were_tried_for() {
    let server = Server::start();
    let ann = server.user("ann@example.com", Role::Admin);
    server
        .log_in("ann@example.com", "not the phrase that ann has")
        .assert_problem(401, "login_refused");
    server
        .log_in("a-password-typed-as-address", PASSWORD)
        .assert_problem(401, "login_refused");
    server.log_in("ann@example.com", PASSWORD).ok(204);
    let entries = server.audit_log("action=log_in");
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry["outcome"].as_str().unwrap(),
                entry["actor"]["name"].clone(),
                entry["object"]["id"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told[1],
        ("failed", json!(""), Value::Null),
        "what was typed as an address may be a password"
    );
    assert_eq!(told[2], ("failed", json!(""), json!(ann)));
    assert_eq!((told[0].0, &told[0].1), ("succeeded", &json!("ann@example.com")));
    assert!(!server.get("/audit-log").text.contains("a-password-typed"));
}

#[test]
fn the_audit_log_is_searched_like_any_log() {
    let server = Server::start();
    let id = server.source_id();
    server
        .send("POST", &format!("/log-sources/{id}/pause"), &json!({}))
        .ok(200);
    let sql = "select count(*) as n from margay_audit where action = 'pause_log_source' and array_has(p_any_ip_addresses, '127.0.0.1')";
    wait_for(|| rows_of(&server, sql)["rows"][0][0] == "1");
    let query = ended(&server, sql);
    let exported_rows = server.get(&format!("{}/export?format=csv", path_of(&query)));
    assert_eq!(exported_rows.status, 200);
    let exported = &server.audit_log("action=export_query")[0];
    assert_eq!(exported["object"]["id"], query["id"]);
    assert_eq!(exported["after"]["sql"], sql, "who took which data away is told");
}

#[test]
fn what_looks_only_leaves_no_entry() {
    let server = Server::start();
    server.send(
        "POST",
        "/schemas/validate",
        &json!({"yaml": "schema: Custom.A\nfields: []\n"}),
    );
    server.get("/log-sources").ok(200);
    let told = server.audit_log("");
    assert!(
        told.iter().all(|entry| entry["actor"]["kind"] == "command_line"),
        "{told:?}"
    );
}

#[test]
fn nobody_fills_the_log_by_trying_to_log_in_and_nothing_is_told_twice() {
    let server = Server::start();
    server.user("ann@example.com", Role::Admin);
    let mut let_try = 0;
    // As many as are let try; more come back while the time passes, and how much of it does depends on the machine.
    while {
        let status = server.log_in("ann@example.com", "not the phrase that ann has").status;
        let_try += usize::from(status == 401);
        status != 429
    } {}
    // What is not even a login leaves nothing.
    server.call("POST", "/session", &[], "no JSON");
    let tried = server.audit_log("action=log_in&limit=100").len();
    assert_eq!(tried, let_try, "who is told to wait leaves nothing");

    let body = json!({"name": "pipe", "kind": "stdout"});
    for _ in 0..2 {
        server
            .send_with("POST", "/destinations", &[("Idempotency-Key", "k")], &body)
            .ok(201);
    }
    assert_eq!(server.audit_log("action=create_destination").len(), 1);
}

#[test]
fn no_log_source_writes_into_the_audit_log() {
    let server = Server::start();
    let mut source = server.new_source("other");
    source["logType"] = json!("Margay.Audit");
    server
        .send("POST", "/log-sources", &source)
        .assert_problem(422, "invalid_value");
}
