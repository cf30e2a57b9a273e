//! Rate and concurrency, as a client meets them.

use std::num::NonZeroU32;
use std::time::Duration;

use margay_sim::{ScriptedAnswer, SimulationConfig, TokenKind};

use crate::client::World;

#[tokio::test]
async fn the_request_beyond_the_quota_is_a_429_with_retry_after() {
    let quota = NonZeroU32::new(5);
    let config = SimulationConfig {
        event_count: 10,
        requests_per_minute: quota,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    for _ in 0..5 {
        assert_eq!(world.audit("limit=1").await.status, 200);
    }
    let refused = world.audit("limit=1").await;
    assert_eq!(refused.status, 429);
    let retry_after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(retry_after, 60);
    assert!(refused.message().contains("rate limit"));
    assert!(refused.headers.keys().all(|name| !name.as_str().contains("ratelimit")));
    assert_eq!(
        world
            .audit_as(TokenKind::ServiceAccountAuditOnly, "limit=1")
            .await
            .status,
        200
    );
    world.clock.advance(Duration::from_secs(retry_after - 1));
    assert_eq!(world.audit("limit=1").await.status, 429, "too early, and it counts");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.audit("limit=1").await.status, 200);
}

#[tokio::test]
async fn the_default_is_fifteen_hundred_a_minute() {
    let world = World::start(10).await;
    for _ in 0..1_500 {
        let answer = world.get(TokenKind::ServiceAccountFull, "/workspaces").await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(
        world.get(TokenKind::ServiceAccountFull, "/workspaces").await.status,
        429
    );
}

#[tokio::test]
async fn a_client_without_a_place_is_told_to_wait() {
    let config = SimulationConfig {
        event_count: 10,
        concurrent_requests_max: 0,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    let answer = world.audit("limit=1").await;
    assert_eq!(
        (answer.status, answer.header("retry-after").as_deref()),
        (429, Some("30"))
    );
}

#[tokio::test]
async fn no_quota_means_no_quota() {
    let config = SimulationConfig {
        event_count: 10,
        requests_per_minute: None,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    for _ in 0..1_600 {
        assert_eq!(
            world.get(TokenKind::ServiceAccountFull, "/workspaces").await.status,
            200
        );
    }
}

#[tokio::test]
async fn a_scripted_429_is_worded_as_a_real_one() {
    let config = SimulationConfig {
        requests_per_minute: NonZeroU32::new(1),
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    world.simulation.fail_next([ScriptedAnswer::rate_limited(7)]);
    let scripted = world.audit("").await;
    assert_eq!(
        (scripted.status, scripted.header("retry-after").as_deref()),
        (429, Some("7"))
    );
    assert_eq!(world.audit("limit=1").await.status, 200);
    assert_eq!(world.audit("limit=1").await.message(), scripted.message());
}
