//! Start, headers, shutdown.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use margay_sim::{Simulation, SimulationConfig, StartError, TokenKind};

use crate::client::World;

#[tokio::test]
async fn answers_carry_the_vendors_headers() {
    let change_notices = vec![
        "name=one;info=https://asa.na/1".to_owned(),
        "name=two;affected=true".to_owned(),
    ];
    let world = World::start_with(SimulationConfig {
        change_notices,
        ..SimulationConfig::default()
    })
    .await;
    let (good, bad) = (world.audit("limit=1").await, world.audit("limit=0").await);
    for answer in [&good, &bad] {
        assert_eq!(answer.header("x-asana-api-version").as_deref(), Some("1.1"));
        assert_eq!(
            answer.header("content-type").as_deref(),
            Some("application/json; charset=UTF-8")
        );
        assert_eq!(answer.headers.get_all("asana-change").iter().count(), 2);
    }
    assert_ne!(
        good.header("x-request-id").unwrap(),
        bad.header("x-request-id").unwrap()
    );
}

#[tokio::test]
async fn only_loopback_is_served() {
    for address in [Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(192, 0, 2, 1)] {
        let listen = SocketAddr::from((address, 0));
        let config = SimulationConfig {
            listen,
            ..SimulationConfig::default()
        };
        assert!(matches!(
            Simulation::start(config).await,
            Err(StartError::NotLoopback { .. })
        ));
    }
}

#[tokio::test]
async fn impossible_worlds_do_not_start() {
    let config = SimulationConfig {
        event_count: u64::MAX,
        ..SimulationConfig::default()
    };
    assert!(matches!(
        Simulation::start(config).await,
        Err(StartError::TooManyEvents { .. })
    ));
    for live_events_per_minute in [-1.0, f64::NAN, f64::INFINITY] {
        let config = SimulationConfig {
            live_events_per_minute,
            ..SimulationConfig::default()
        };
        assert!(matches!(
            Simulation::start(config).await,
            Err(StartError::LiveRate { .. })
        ));
    }
}

#[tokio::test]
async fn a_taken_port_says_so() {
    let world = World::start(1).await;
    let config = SimulationConfig {
        listen: world.simulation.address(),
        ..SimulationConfig::default()
    };
    assert!(matches!(
        Simulation::start(config).await,
        Err(StartError::Listen { .. })
    ));
}

#[tokio::test]
async fn after_a_shutdown_the_port_is_free_again() {
    let world = World::start(10).await;
    // A connection that the client keeps open must not hold the shutdown up.
    assert_eq!(
        world.get(TokenKind::ServiceAccountFull, "/workspaces").await.status,
        200
    );
    let listen = world.simulation.address();
    tokio::time::timeout(Duration::from_secs(4), world.simulation.shutdown())
        .await
        .unwrap();
    let config = SimulationConfig {
        listen,
        ..SimulationConfig::default()
    };
    Simulation::start(config).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn five_million_events_cost_no_memory_to_start_and_any_page_is_near() {
    let world = World::start(5_000_000).await;
    assert_eq!(world.simulation.event_count(), 5_000_000);
    let page = world.audit("limit=100&start_at=2026-05-20T09:00:00Z").await;
    assert_eq!(page.events().len(), 100);
}
