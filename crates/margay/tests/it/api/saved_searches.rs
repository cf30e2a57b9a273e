//! Saved searches over HTTP.

use margay_store::Permission;
use serde_json::json;

use super::world::Server;

#[test]
fn searches_are_saved_for_everybody_who_may_ask_the_lake() {
    let server = Server::start();
    let form = json!({"name": "Logins", "sql": "select 1", "view": "table=asana_audit&since=7d"});
    let key = [("Idempotency-Key", "a-key")];
    let made = server.send_with("POST", "/saved-searches", &key, &form).ok(201);
    assert_eq!(made["createdBy"], "everything");
    assert_eq!(made["createdAt"], made["updatedAt"]);
    let again = server.send_with("POST", "/saved-searches", &key, &form);
    assert_eq!(again.ok(201), made);
    assert_eq!(again.headers["idempotency-replayed"], "true");

    let path = format!("/saved-searches/{}", made["id"].as_str().unwrap());
    let reader = server.token_of("reader", &[Permission::DataAnalyticsRead]);
    let read = |path: &str| server.call("GET", path, &[("X-API-Key", &reader)], "");
    assert_eq!(read(&path).ok(200), made);
    assert_eq!(
        read("/saved-searches").ok(200),
        json!({"results": [made], "next": null})
    );
    let headers = [("X-API-Key", reader.as_str()), ("Content-Type", "application/json")];
    for (method, path) in [("POST", "/saved-searches"), ("PUT", &path), ("DELETE", &path)] {
        server
            .call(method, path, &headers, &form.to_string())
            .assert_problem(403, "permission_missing");
    }

    let changed = json!({"name": "LOGINS", "sql": "select 2", "view": ""});
    let changed = server.send("PUT", &path, &changed).ok(200);
    assert_eq!((&changed["name"], &changed["view"]), (&json!("LOGINS"), &json!("")));
    assert_eq!(changed["createdAt"], made["createdAt"]);
    server
        .send("POST", "/saved-searches", &form)
        .assert_problem(409, "name_taken");
    server.send("DELETE", &path, &json!({})).ok(204);
    server.get(&path).assert_problem(404, "not_found");
    server.send("PUT", &path, &form).assert_problem(404, "not_found");
}

#[test]
fn what_cannot_be_saved_is_refused() {
    let server = Server::start();
    let long = |count: usize| "é".repeat(count / 2);
    for bad in [
        json!({"name": " ", "sql": "select 1", "view": ""}),
        json!({"name": "a", "sql": "", "view": ""}),
        json!({"name": "a", "sql": long(64 * 1024 + 2), "view": ""}),
        json!({"name": "a", "sql": "select 1", "view": long(8 * 1024 + 2)}),
    ] {
        server
            .send("POST", "/saved-searches", &bad)
            .assert_problem(422, "invalid_value");
    }
    let whole = json!({"name": "a", "sql": long(64 * 1024), "view": long(8 * 1024)});
    server.send("POST", "/saved-searches", &whole).ok(201);
}
