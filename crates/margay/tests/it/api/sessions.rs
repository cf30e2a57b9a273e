//! Logging in: the first user, sessions and their cookie, roles, and what pages of others cannot do.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use margay_store::{Grantor, NewApiToken, NewUser, PasswordHash, Permission, Role};
use serde_json::{Value, json};

use super::world::{Answer, Server};
use crate::world::World;

pub(super) const PASSWORD: &str = "a phrase that nobody has";
const CONSOLE: (&str, &str) = ("X-Margay-Console", "1");
const JSON: (&str, &str) = ("Content-Type", "application/json");

impl Server {
    pub(super) fn user(&self, email: &str, role: Role) -> String {
        let new = NewUser {
            email: email.to_owned(),
            role,
            password: PasswordHash::of(&PASSWORD.into(), email).unwrap(),
        };
        self.block_on(
            self.store
                .create_user(&new, Grantor::Operator, "2026-01-01T00:00:00Z".parse().unwrap()),
        )
        .unwrap()
        .id
        .to_string()
    }

    pub(super) fn log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password}).to_string();
        self.call("POST", "/session", &[CONSOLE, JSON], &body)
    }

    /// The cookie of somebody who signs in.
    fn cookie(&self, email: &str) -> String {
        let answer = self.log_in(email, PASSWORD);
        answer.ok(204);
        answer.headers["set-cookie"].split(';').next().unwrap().to_owned()
    }

    fn as_user(&self, cookie: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.call(method, path, &[("Cookie", cookie), CONSOLE, JSON], &body.to_string())
    }
}

#[test]
fn who_logs_in_may_do_what_their_role_lets() {
    let server = Server::start();
    server.user("ann@example.com", Role::ReadOnly);
    let answer = server.log_in(" ANN@example.com", PASSWORD);
    answer.ok(204);
    let set = &answer.headers["set-cookie"];
    for part in ["margay_session=mgs_", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(
        !set.contains("Secure"),
        "without TLS a browser would not send it: {set}"
    );
    let cookie = server.cookie("ann@example.com");
    let ask = |method: &str, path: &str, body: Value| server.as_user(&cookie, method, path, &body);
    let me = ask("GET", "/me", Value::Null).ok(200);
    assert_eq!(
        (&me["kind"], &me["name"], &me["role"]),
        (&json!("user"), &json!("ann@example.com"), &json!("AnalystReadOnly"))
    );
    assert!(me["permissions"].as_array().unwrap().contains(&json!("LogSourceRead")));
    ask("GET", "/log-sources", Value::Null).ok(200);
    ask("POST", "/destinations", json!({"name": "x", "kind": "stdout"})).assert_problem(403, "permission_missing");
    ask("GET", "/users", Value::Null).assert_problem(403, "permission_missing");

    let sessions = ask("GET", "/me/sessions", Value::Null).ok(200);
    let sessions = sessions["results"].as_array().unwrap();
    let current: Vec<bool> = sessions
        .iter()
        .map(|session| session["isCurrent"].as_bool().unwrap())
        .collect();
    assert_eq!(
        current.iter().filter(|is_current| **is_current).count(),
        1,
        "{sessions:?}"
    );
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["isCurrent"] == false).unwrap();
    ask(
        "DELETE",
        &format!("/me/sessions/{}", other["id"].as_str().unwrap()),
        Value::Null,
    )
    .ok(204);

    let out = ask("DELETE", "/session", Value::Null);
    out.ok(204);
    assert!(out.headers["set-cookie"].contains("Max-Age=0"), "{out:?}");
    ask("GET", "/me", Value::Null).assert_problem(401, "session_over");
}

#[test]
fn a_page_of_somebody_else_does_nothing_with_the_cookie() {
    let server = Server::start();
    server.user("ann@example.com", Role::Admin);
    let cookie = server.cookie("ann@example.com");
    let source = format!("/log-sources/{}", server.source_id());
    let with = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let all: Vec<_> = [("Cookie", cookie.as_str()), JSON]
            .into_iter()
            .chain(headers.iter().copied())
            .collect();
        server.call(method, path, &all, body)
    };
    // What a form or a script of another page can send: no header of ours.
    with("POST", &format!("{source}/pause"), &[], "{}").assert_problem(403, "cross_site");
    with("DELETE", &source, &[], "").assert_problem(403, "cross_site");
    for site in ["cross-site", "same-site"] {
        let from = [("Sec-Fetch-Site", site), CONSOLE];
        with("GET", "/log-sources", &from, "").assert_problem(403, "cross_site");
        with("POST", &format!("{source}/pause"), &from, "{}").assert_problem(403, "cross_site");
        let login = json!({"email": "ann@example.com", "password": PASSWORD}).to_string();
        server
            .call("POST", "/session", &[("Sec-Fetch-Site", site), CONSOLE, JSON], &login)
            .assert_problem(403, "cross_site");
    }
    // A preflight is not answered with a permission.
    let preflight = [
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Headers", "x-margay-console"),
    ];
    let answer = server.call("OPTIONS", &source, &preflight, "");
    assert!(
        !answer.headers.keys().any(|name| name.starts_with("access-control")),
        "{answer:?}"
    );
    with(
        "POST",
        &format!("{source}/pause"),
        &[("Sec-Fetch-Site", "same-origin"), CONSOLE],
        "{}",
    )
    .ok(200);
}

#[test]
fn guessing_is_slow_and_learns_nothing() {
    let server = Server::start();
    server.user("ann@example.com", Role::Admin);
    let wrong = server.log_in("ann@example.com", "a phrase that is wrong");
    let nobody = server.log_in("bob@example.com", PASSWORD);
    wrong.assert_problem(401, "login_refused");
    nobody.assert_problem(401, "login_refused");
    assert_eq!(wrong.json()["detail"], nobody.json()["detail"]);
    let mut last = wrong;
    for _ in 0..20 {
        last = server.log_in("ann@example.com", "a phrase that is wrong");
        if last.status == 429 {
            break;
        }
    }
    last.assert_problem(429, "too_many_attempts");
    let wait: u64 = last.headers["retry-after"].parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // The right one has to wait too, or it would tell which is right.
    server
        .log_in("ann@example.com", PASSWORD)
        .assert_problem(429, "too_many_attempts");
}

#[test]
fn users_are_managed_by_those_who_may() {
    let server = Server::start();
    server.user("ann@example.com", Role::Admin);
    let cookie = server.cookie("ann@example.com");
    let ask = |method: &str, path: &str, body: Value| server.as_user(&cookie, method, path, &body);
    let form = json!({"email": "bob@example.com", "role": "Analyst", "password": PASSWORD});
    let bob = ask("POST", "/users", form.clone());
    assert!(!bob.text.contains(PASSWORD));
    let bob = bob.ok(201);
    assert_eq!(bob["createdBy"], "ann@example.com");
    ask("POST", "/users", form).assert_problem(409, "conflict");
    let weak = json!({"email": "eve@example.com", "role": "Analyst", "password": "short"});
    ask("POST", "/users", weak).assert_problem(422, "invalid_value");
    let path = format!("/users/{}", bob["id"].as_str().unwrap());
    assert_eq!(
        ask("GET", "/users", Value::Null).ok(200)["results"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    // What he may do changes with his next request.
    let his = server.cookie("bob@example.com");
    let as_bob = |method: &str, path: &str| server.as_user(&his, method, path, &json!({}));
    as_bob("GET", "/users").assert_problem(403, "permission_missing");
    assert_eq!(ask("PATCH", &path, json!({"role": "Admin"})).ok(200)["role"], "Admin");
    as_bob("GET", "/users").ok(200);
    ask("PATCH", &path, json!({"enabled": false})).ok(200);
    as_bob("GET", "/me").assert_problem(401, "session_over");
    server
        .log_in("bob@example.com", PASSWORD)
        .assert_problem(401, "login_refused");

    // Nobody locks everybody out.
    let own = ask("GET", "/me", Value::Null).ok(200)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    ask("DELETE", &format!("/users/{own}"), Value::Null).assert_problem(409, "conflict");
    ask("PATCH", &format!("/users/{own}"), json!({"role": "Analyst"})).assert_problem(409, "conflict");
    ask("DELETE", &path, Value::Null).ok(204);
    ask("GET", &path, Value::Null).assert_problem(404, "not_found");

    // A token that may manage users makes nobody mightier than itself.
    let poor = server.token_of("poor", &[Permission::UserModify, Permission::UserRead]);
    let body = json!({"email": "eve@example.com", "role": "Admin", "password": PASSWORD}).to_string();
    let headers = [("X-API-Key", poor.as_str()), JSON];
    server
        .call("POST", "/users", &headers, &body)
        .assert_problem(403, "permission_missing");
    // Nor one that is confined somebody who is not.
    let confined = server.token_with(&NewApiToken {
        name: "confined".to_owned(),
        permissions: Permission::ALL.into(),
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        expires_at: None,
    });
    let of_confined = [("X-API-Key", confined.as_str()), JSON];
    server
        .call("POST", "/users", &of_confined, &body)
        .assert_problem(403, "permission_missing");
    let new = json!({"password": "another phrase of mine"}).to_string();
    server
        .call("PUT", &format!("/users/{own}/password"), &headers, &new)
        .assert_problem(403, "permission_missing");
}

#[test]
fn another_password_ends_every_other_session() {
    let server = Server::start();
    server.user("ann@example.com", Role::Analyst);
    let (here, there) = (server.cookie("ann@example.com"), server.cookie("ann@example.com"));
    let new = "another phrase that nobody has";
    let change = |current: &str| {
        let body = json!({"current": current, "new": new});
        server.as_user(&here, "PUT", "/me/password", &body)
    };
    change("a phrase that is wrong").assert_problem(422, "invalid_value");
    let changed = change(PASSWORD);
    changed.ok(204);
    let cookie = changed.headers["set-cookie"].split(';').next().unwrap();
    server.as_user(cookie, "GET", "/me", &Value::Null).ok(200);
    for old in [&here, &there] {
        server
            .as_user(old, "GET", "/me", &Value::Null)
            .assert_problem(401, "session_over");
    }
    server
        .log_in("ann@example.com", PASSWORD)
        .assert_problem(401, "login_refused");
    server.log_in("ann@example.com", new).ok(204);
}

#[test]
fn behind_tls_the_cookie_is_for_this_host_only() {
    let server = Server::over(World::connected(5), &["--public-url", "https://margay.example.com"]);
    server.user("ann@example.com", Role::Analyst);
    let set = server.log_in("ann@example.com", PASSWORD).headers["set-cookie"].clone();
    assert!(
        set.starts_with("__Host-margay_session=") && set.contains("; Secure"),
        "{set}"
    );
    assert!(!set.contains("Domain"), "{set}");
}

#[test]
fn the_first_user_is_made_with_the_code_that_the_server_prints() {
    let world = World::connected(5);
    let mut child = world
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .next()
        .unwrap()
        .unwrap();
    let code = line
        .split_once("/setup#t=")
        .unwrap()
        .1
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let server = Server::of_child(world, child);
    let set_up = |code: &str| {
        let body = json!({"code": code, "email": "ann@example.com", "password": PASSWORD}).to_string();
        server.call("POST", "/setup", &[CONSOLE, JSON], &body)
    };
    let needed = || server.call("GET", "/setup", &[], "").ok(200)["needed"].clone();
    assert_eq!(needed(), true);
    set_up("0").assert_problem(401, "login_refused");
    let made = set_up(&code);
    made.ok(204);
    let cookie = made.headers["set-cookie"].split(';').next().unwrap();
    assert_eq!(
        server.as_user(cookie, "GET", "/me", &Value::Null).ok(200)["role"],
        "Admin"
    );
    assert_eq!(needed(), false);
    set_up(&code).assert_problem(409, "conflict");
}
