//! Creations under an `Idempotency-Key`.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::world::Server;

#[test]
fn a_creation_that_is_sent_twice_happens_once() {
    let server = Server::start();
    let body = json!({"name": "pipe", "kind": "stdout"});
    let post = |key: &str, body: &Value| server.send_with("POST", "/destinations", &[("Idempotency-Key", key)], body);
    let first = post("k", &body);
    let made = first.ok(201);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let second = post("k", &body);
    assert_eq!(second.ok(201), made);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert_eq!(
        server.get("/destinations").json()["results"].as_array().unwrap().len(),
        1
    );
    post("k", &json!({"name": "other", "kind": "stdout"})).assert_problem(422, "idempotency_key_reused");
    // Without the key, or with another, it is another request.
    post("l", &body).assert_problem(409, "conflict");
    server
        .send("POST", "/destinations", &body)
        .assert_problem(409, "conflict");
    // What failed is not kept: the same request may succeed later.
    server
        .send(
            "DELETE",
            &format!("/destinations/{}", made["id"].as_str().unwrap()),
            &json!({}),
        )
        .ok(204);
    post("l", &body).ok(201);
    post(&"k".repeat(256), &body).assert_problem(400, "invalid_request");
}

#[test]
fn a_creation_that_is_being_worked_on_is_not_begun_again() {
    let server = Server::start();
    // A vendor that takes the connection and says nothing keeps the check waiting.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut new = server.new_source("slow");
    new["apiUrl"] = json!(format!("http://{}/", silent.local_addr().unwrap()));
    let post = || server.send_with("POST", "/log-sources", &[("Idempotency-Key", "k")], &new);
    std::thread::scope(|scope| {
        let first = scope.spawn(post);
        let (connection, _) = silent.accept().unwrap();
        post().assert_problem(409, "idempotency_in_progress");
        drop((connection, silent));
        // It failed, so the key is free again.
        assert_eq!(first.join().unwrap().status, 503);
    });
    assert_ne!(post().json()["code"], "idempotency_in_progress");
}

#[test]
fn the_value_of_a_token_is_in_the_first_answer_only() {
    let server = Server::start();
    let body = json!({"name": "ci", "permissions": ["AlertRead"]});
    let post = || {
        server
            .send_with("POST", "/api-tokens", &[("Idempotency-Key", "k")], &body)
            .ok(201)
    };
    let (first, second) = (post(), post());
    assert!(first["value"].as_str().unwrap().starts_with("mgy_"));
    assert!(second["value"].is_null());
    assert_eq!(first["id"], second["id"]);
}
