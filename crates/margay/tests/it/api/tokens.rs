//! API tokens, by the command line and by themselves.

use jiff::{SignedDuration, Timestamp};
use margay_store::{NewApiToken, Permission};
use serde_json::json;

use super::world::Server;
use crate::world::World;

#[test]
fn the_first_token_is_made_on_the_command_line_beside_the_server() {
    let server = Server::start();
    let said = server.world.margay(&[
        "token",
        "create",
        "ci",
        "--permission",
        "LogSourceRead",
        "--expires",
        "90d",
        "--allow",
        "127.0.0.1",
    ]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let value = said.stdout.trim();
    assert!(value.starts_with("mgy_") && !said.stderr.contains(value));
    server.call("GET", "/log-sources", &[("X-API-Key", value)], "").ok(200);
    let listed = server.world.margay(&["token", "list", "--format", "json"]);
    assert!(
        listed.stdout.contains("LogSourceRead") && !listed.stdout.contains(value),
        "{}",
        listed.stdout
    );
    assert_eq!(server.world.margay(&["token", "delete", "CI"]).exit, 0);
    server
        .call("GET", "/log-sources", &[("X-API-Key", value)], "")
        .assert_problem(401, "token_invalid");

    let said = server
        .world
        .margay(&["token", "create", "x", "--permission", "Everything"]);
    assert_eq!(said.exit, 2);
    assert!(
        said.stderr.contains("there is no permission `Everything`"),
        "{}",
        said.stderr
    );
    assert_eq!(server.world.margay(&["token", "delete", "x"]).exit, 2);
}

#[test]
fn tokens_are_made_changed_rotated_and_deleted() {
    let server = Server::start();
    let form = json!({"name": "ci", "permissions": ["AlertRead"], "allowedCIDRBlocks": ["127.0.0.0/8"], "expiresAt": "9999-01-01T00:00:00Z"});
    let made = server.send("POST", "/api-tokens", &form).ok(201);
    let path = format!("/api-tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(made["createdBy"], "everything");
    let value = made["value"].as_str().unwrap().to_owned();
    let shown = server.get(&path);
    assert_eq!(shown.json()["allowedCIDRBlocks"], json!(["127.0.0.0/8"]));
    assert!(!shown.text.contains("value"), "{}", shown.text);
    server
        .send("POST", "/api-tokens", &form)
        .assert_problem(409, "conflict");

    let own = |value: &str, method: &str, path: &str| server.call(method, path, &[("X-API-Key", value)], "");
    assert_eq!(own(&value, "GET", "/api-tokens/self").ok(200)["id"], made["id"]);
    own(&value, "GET", &path).assert_problem(403, "permission_missing");
    let rotated = own(&value, "POST", "/api-tokens/self/rotate").ok(200);
    own(&value, "GET", "/api-tokens/self").assert_problem(401, "token_invalid");
    let value = rotated["value"].as_str().unwrap();
    assert!(!own(value, "GET", "/api-tokens/self").ok(200)["rotatedAt"].is_null());
    let again = server
        .call("POST", &format!("{path}/rotate"), &[("X-API-Key", &server.token)], "")
        .ok(200);
    let value = again["value"].as_str().unwrap();

    own(value, "GET", "/log-sources").assert_problem(403, "permission_missing");
    let changed = json!({"name": "ci 2", "permissions": ["LogSourceRead"]});
    assert_eq!(server.send("PUT", &path, &changed).ok(200)["name"], "ci 2");
    own(value, "GET", "/log-sources").ok(200);
    server.send("DELETE", &path, &json!({})).ok(204);
    own(value, "GET", "/log-sources").assert_problem(401, "token_invalid");
    server.get(&path).assert_problem(404, "not_found");

    for bad in [
        json!({"name": " ", "permissions": ["AlertRead"]}),
        json!({"name": "a", "permissions": []}),
        json!({"name": "a", "permissions": ["AlertRead"], "allowedCIDRBlocks": ["here"]}),
        json!({"name": "a", "permissions": ["AlertRead"], "expiresAt": "2020-01-01T00:00:00Z"}),
    ] {
        server
            .send("POST", "/api-tokens", &bad)
            .assert_problem(422, "invalid_value");
    }
    let bad = json!({"name": "a", "permissions": ["Everything"]});
    server
        .send("POST", "/api-tokens", &bad)
        .assert_problem(422, "invalid_body");
}

#[test]
fn a_token_gives_away_only_what_it_has() {
    let server = Server::start();
    let rich = server
        .send(
            "POST",
            "/api-tokens",
            &json!({"name": "rich", "permissions": ["LogSourceModify"]}),
        )
        .ok(201);
    let rich = format!("/api-tokens/{}", rich["id"].as_str().unwrap());
    let poor = server.token_of("poor", &[Permission::OrganizationApiTokenModify, Permission::AlertRead]);
    let headers = [("X-API-Key", poor.as_str()), ("Content-Type", "application/json")];
    let with = |permission: &str| json!({"name": "made", "permissions": [permission]}).to_string();
    server
        .call("POST", "/api-tokens", &headers, &with("LogSourceModify"))
        .assert_problem(403, "permission_missing");
    server
        .call("POST", &format!("{rich}/rotate"), &headers, "")
        .assert_problem(403, "permission_missing");
    server
        .call("PUT", &rich, &headers, &with("AlertRead"))
        .assert_problem(403, "permission_missing");
    server.call("POST", "/api-tokens", &headers, &with("AlertRead")).ok(201);
}

#[test]
fn behind_a_proxy_only_what_it_says_of_the_client_counts() {
    let server = Server::over(World::connected(5), &["--public-url", "https://margay.example.com"]);
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let local = server.token_with(&NewApiToken {
        name: "local".to_owned(),
        permissions: [Permission::LogSourceRead].into(),
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap(), "192.0.2.0/24".parse().unwrap()],
        expires_at: Some(now + SignedDuration::from_hours(24 * 36_500)),
    });
    let from = |forwarded: Option<&str>, path: &str| {
        let mut headers = vec![("X-API-Key", local.as_str()), ("Host", "margay.example.com")];
        headers.extend(forwarded.map(|addresses| ("X-Forwarded-For", addresses)));
        server.call("GET", path, &headers, "")
    };
    from(Some("192.0.2.7"), "/log-sources").ok(200);
    from(Some("127.0.0.1, 203.0.113.9"), "/log-sources").assert_problem(403, "address_not_allowed");
    // A proxy that does not say it does not make everybody local.
    from(None, "/log-sources").assert_problem(403, "address_not_allowed");
    // What is for this machine is not told through the proxy.
    for path in ["/metrics", "/readyz"] {
        from(None, path).assert_problem(421, "host_not_allowed");
        let forwarded = [("X-Forwarded-For", "192.0.2.7")];
        server
            .call("GET", path, &forwarded, "")
            .assert_problem(421, "host_not_allowed");
    }
    assert_eq!(server.call("GET", "/metrics", &[], "").status, 200);
}

#[test]
fn lists_come_in_pages() {
    let server = Server::start();
    for number in 0..4 {
        server.token_of(&format!("token {number}"), &[Permission::AlertRead]);
    }
    let mut names = Vec::new();
    let mut path = "/api-tokens?limit=2".to_owned();
    loop {
        let page = server.get(&path).ok(200);
        let results = page["results"].as_array().unwrap();
        assert!(results.len() <= 2);
        names.extend(results.iter().map(|token| token["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api-tokens?limit=2&cursor={next}");
    }
    names.sort();
    assert_eq!(names, ["everything", "token 0", "token 1", "token 2", "token 3"]);
}
