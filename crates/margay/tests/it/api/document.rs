//! The document that is served is the one that is checked in. `UPDATE_EXPECT=1` writes it.

use expect_test::expect_file;

use super::world::Server;

#[test]
fn the_document_is_served_as_it_is_checked_in() {
    let server = Server::start();
    let answer = server.call("GET", "/api/openapi.json", &[], "");
    assert_eq!(answer.status, 200);
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    expect_file!["../../../../../docs/reference/openapi.json"].assert_eq(&answer.text);
}
