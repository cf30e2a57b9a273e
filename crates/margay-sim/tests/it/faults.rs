//! Answers that a test dictates.

use std::time::Duration;

use margay_sim::{ScriptedAnswer, TokenKind};

use crate::client::World;

#[tokio::test]
async fn scripted_answers_come_in_order_and_then_the_api_again() {
    let world = World::start(10).await;
    world.simulation.fail_next([
        ScriptedAnswer::error(500, "Server Error").with_header("x-request-id", "abc"),
        ScriptedAnswer::not_json(502),
        ScriptedAnswer::json(200, r#"{"data":["#).after(Duration::from_millis(10)),
    ]);
    let first = world.audit("").await;
    assert_eq!(
        (first.status, first.header("x-request-id").as_deref()),
        (500, Some("abc"))
    );
    assert_eq!(first.message(), "Server Error");
    let second = world.audit("").await;
    assert_eq!(
        (second.status, second.header("content-type").as_deref()),
        (502, Some("text/html"))
    );
    assert_eq!(world.audit("").await.text, r#"{"data":["#);
    assert_eq!(world.simulation.faults().scripted_count(), 0);
    assert_eq!(world.audit("").await.events().len(), 10);
    let served = world.simulation.served();
    assert_eq!(
        (served.requests, served.scripted, served.pages, served.events),
        (4, 3, 1, 10)
    );
    assert_eq!(
        served.by_status.into_iter().collect::<Vec<_>>(),
        [(200, 2), (500, 1), (502, 1)]
    );
}

#[tokio::test]
async fn a_cut_body_breaks_the_connection() {
    let world = World::start(10).await;
    world.simulation.fail_next([ScriptedAnswer::cut(r#"{"data":["#)]);
    let authorization = format!("Bearer {}", world.simulation.token(TokenKind::ServiceAccountFull));
    assert!(world.try_get("/workspaces", Some(&authorization)).await.is_err());
    assert_eq!(
        world.get(TokenKind::ServiceAccountFull, "/workspaces").await.status,
        200
    );
}
