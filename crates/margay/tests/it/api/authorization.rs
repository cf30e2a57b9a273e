//! Every endpoint of the document, without a token, with the wrong one, and with the least one.

use std::collections::HashMap;

use expect_test::expect_file;
use jiff::Timestamp;
use margay_store::{NewApiToken, Permission};
use serde_json::{Value, json};

use super::world::Server;

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

struct Endpoint {
    method: String,
    path: String,
    permission: Option<String>,
}

fn endpoints(document: &Value) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            endpoints.push(Endpoint {
                method: method.to_uppercase(),
                path: path
                    .replace("{type}", "SOURCE_NO_DATA")
                    .replace("{table}", "asana_audit")
                    .replace("{rowId}", NOBODY)
                    .replace("{sourceId}", NOBODY)
                    .replace("{name}", "Custom.Nobody")
                    .replace("{id}", NOBODY),
                permission: operation["x-permission"].as_str().map(str::to_owned),
            });
        }
    }
    endpoints
}

#[test]
fn every_endpoint_needs_a_token_with_its_permission() {
    let server = Server::start();
    let document = server.call("GET", "/api/openapi.json", &[], "").json();
    let mut without = HashMap::new();
    let mut only = HashMap::new();
    for permission in Permission::ALL {
        let others: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|other| *other != permission)
            .collect();
        let name = permission.as_str();
        without.insert(name, server.token_of(&format!("without {name}"), &others));
        only.insert(name, server.token_of(&format!("only {name}"), &[permission]));
    }
    let json = ("Content-Type", "application/json");
    let mut untested = String::new();
    for Endpoint {
        method,
        path,
        permission,
    } in endpoints(&document)
    {
        let what = format!("{method} {path}");
        let Some(permission) = permission else {
            untested.push_str(&what);
            untested.push('\n');
            continue;
        };
        let permission = permission.as_str();
        let everything = [("X-API-Key", server.token.as_str()), json];
        match permission {
            // For whoever is not known yet: nothing of a token is asked, and a session's cookie changes nothing.
            "none" => {
                let (status, code) = server
                    .call(&method, &path, &[json, ("X-Margay-Console", "1")], "{}")
                    .told();
                assert!([200, 422].contains(&status), "{what}: {status} {code}");
                continue;
            }
            // For whoever is known, whatever they may do.
            "any" => {
                assert_eq!(
                    server.call(&method, &path, &[json], "{}").told().1,
                    "token_missing",
                    "{what}"
                );
                assert_eq!(
                    server
                        .call(&method, &path, &[json, ("X-API-Key", "mgy_00")], "{}")
                        .told()
                        .1,
                    "token_invalid"
                );
                assert_eq!(server.call(&method, &path, &everything, "{}").status, 200, "{what}");
                continue;
            }
            // For people who are signed in: the mightiest token is none.
            "session" => {
                assert_eq!(
                    server.call(&method, &path, &[json], "{}").told().1,
                    "token_missing",
                    "{what}"
                );
                let headers = [json, ("Cookie", "margay_session=mgs_00"), ("X-Margay-Console", "1")];
                assert_eq!(
                    server.call(&method, &path, &headers, "{}").told().1,
                    "session_over",
                    "{what}"
                );
                let body = if method == "PUT" {
                    r#"{"current":"","new":""}"#
                } else {
                    ""
                };
                let headers = [everything[0], json, ("X-Margay-Console", "1")];
                let refused = server.call(&method, &path, &headers, body).told();
                assert_eq!(refused, (403, "permission_missing".to_owned()), "{what}");
                continue;
            }
            _ => {}
        }
        let ask = |headers: &[(&str, &str)]| {
            let headers: Vec<_> = headers.iter().copied().chain([json]).collect();
            server.call(&method, &path, &headers, "{}").told()
        };
        assert_eq!(ask(&[]), (401, "token_missing".to_owned()), "{what}");
        assert_eq!(
            ask(&[("X-API-Key", "mgy_00")]),
            (401, "token_invalid".to_owned()),
            "{what}"
        );
        let refused = (403, "permission_missing".to_owned());
        assert_eq!(ask(&[("X-API-Key", &without[permission])]), refused, "{what}");
        let bearer = format!("Bearer {}", only[permission]);
        let (status, code) = ask(&[("Authorization", &bearer)]);
        assert!(![401, 403, 500].contains(&status), "{what}: {status} {code}");
    }
    expect_file!["../../../../../tests/output/endpoints_without_authz_test.txt"].assert_eq(&untested);
}

#[test]
fn a_token_is_taken_until_it_expires_and_from_where_it_may_be_used() {
    let server = Server::start();
    let with = |name: &str, networks: &[&str], expires_at: Option<&str>| {
        server.token_with(&NewApiToken {
            name: name.to_owned(),
            permissions: [Permission::LogSourceRead].into(),
            allowed_networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            expires_at: expires_at.map(|time| time.parse::<Timestamp>().unwrap()),
        })
    };
    let ask = |token: &str| server.call("GET", "/log-sources", &[("X-API-Key", token)], "");
    ask(&with("here", &["127.0.0.0/8"], Some("9999-01-01T00:00:00Z"))).ok(200);
    ask(&with("elsewhere", &["192.0.2.0/24"], None)).assert_problem(403, "address_not_allowed");
    ask(&with("late", &[], Some("2026-01-01T00:00:01Z"))).assert_problem(401, "token_expired");
    // Nobody is in front of this server, so nobody is believed.
    let elsewhere = with("elsewhere too", &["192.0.2.0/24"], None);
    let forged = [("X-API-Key", elsewhere.as_str()), ("X-Forwarded-For", "192.0.2.1")];
    server
        .call("GET", "/log-sources", &forged, "")
        .assert_problem(403, "address_not_allowed");
}

#[test]
fn behind_a_proxy_its_name_is_known_and_its_word_on_who_asks_counts() {
    let world = crate::world::World::connected(1);
    let server = Server::over(world, &["--public-url", "https://margay.example.com"]);
    let token = server.token_with(&NewApiToken {
        name: "office".to_owned(),
        permissions: [Permission::LogSourceRead].into(),
        allowed_networks: vec!["192.0.2.0/24".parse().unwrap()],
        expires_at: None,
    });
    let ask = |forwarded: &str| {
        let headers = [
            ("Host", "margay.example.com"),
            ("X-API-Key", token.as_str()),
            ("X-Forwarded-For", forwarded),
        ];
        server.call("GET", "/log-sources", &headers, "")
    };
    ask("192.0.2.7").ok(200);
    ask("203.0.113.9, 192.0.2.7").ok(200);
    // What the client claims comes first, what the proxy saw last.
    ask("192.0.2.7, 203.0.113.9").assert_problem(403, "address_not_allowed");
    ask("192.0.2.7, nonsense").assert_problem(400, "invalid_request");
}

#[test]
fn a_page_whose_name_leads_here_is_not_answered() {
    let server = Server::start();
    for host in ["evil.example", "127.0.0.1.evil.example:8470", ""] {
        let headers = [("Host", host), ("X-API-Key", server.token.as_str())];
        server
            .call("GET", "/log-sources", &headers, "")
            .assert_problem(421, "host_not_allowed");
        server
            .call("GET", "/healthz", &headers, "")
            .assert_problem(421, "host_not_allowed");
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_that_says_what() {
    let server = Server::start();
    let key = ("X-API-Key", server.token.as_str());
    let json = ("Content-Type", "application/json");
    let post = |body: &str, headers: &[(&str, &str)]| server.call("POST", "/destinations", headers, body);
    post("{}", &[key]).assert_problem(415, "unsupported_media_type");
    post("{", &[key, json]).assert_problem(400, "malformed_body");
    post("{}", &[key, json]).assert_problem(422, "invalid_body");
    post(r#"{"name":"a","kind":"stdout","nmae":1}"#, &[key, json]).assert_problem(422, "invalid_body");
    // Announced is enough.
    post("", &[key, json, ("Content-Length", "200000")]).assert_problem(413, "body_too_large");
    for path in [
        "/log-sources?limit=0",
        "/log-sources?limit=101",
        "/log-sources?limit=x",
        "/log-sources?lmiit=1",
        "/log-sources?cursor=x",
        "/log-sources/x",
        "/log-sources/%ff",
        "/alerts?status=OPENED",
        "/alerts?log-source=x",
        "/alerts?created-after=yesterday",
        &format!("/alerts?cursor={NOBODY}"),
    ] {
        server.get(path).assert_problem(400, "invalid_request");
    }
    server.get("/nowhere").assert_problem(404, "not_found");
    let answer = server.send("PUT", "/log-sources", &json!({}));
    answer.assert_problem(405, "method_not_allowed");
    assert!(answer.headers["allow"].contains("GET"), "{answer:?}");
}
