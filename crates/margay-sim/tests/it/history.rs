//! What the history holds: determinism, retention, live events, order, raw bodies.

use std::collections::BTreeSet;
use std::time::Duration;

use margay_sim::{CATALOGUE, SimulationConfig};

use crate::client::{World, with_offset};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn one_seed_and_one_start_give_byte_identical_events() {
    let (one, two) = (World::start(2_000).await, World::start(2_000).await);
    let events: Vec<String> = one.simulation.events().collect();
    assert!(events.iter().eq(two.simulation.events().collect::<Vec<_>>().iter()));
    let config = SimulationConfig {
        seed: 2,
        event_count: 2_000,
        ..SimulationConfig::default()
    };
    let other = World::start_with(config).await;
    assert!(events.iter().ne(other.simulation.events().collect::<Vec<_>>().iter()));
}

#[tokio::test]
async fn what_is_served_is_the_truth_byte_for_byte() {
    let world = World::start(500).await;
    let expected: Vec<String> = world.simulation.events().collect();
    let text = world.audit("").await.text;
    assert!(text.starts_with(&format!(r#"{{"data":[{}],"next_page":{{"#, expected.join(","))));
    assert_eq!(world.simulation.event_count(), 500);
}

#[tokio::test]
async fn every_type_is_served() {
    let world = World::start(2_000).await;
    for event_type in CATALOGUE {
        let page = world.audit(&format!("limit=1&event_type={}", event_type.name)).await;
        let events = page.events();
        assert_eq!(events.len(), 1, "{}", event_type.name);
        assert_eq!(events[0]["event_category"], event_type.category);
        assert_eq!(events[0]["resource"]["resource_type"], event_type.resource.name());
    }
}

#[tokio::test]
async fn events_are_unique_ascending_and_within_the_span() {
    let world = World::start(5_000).await;
    let truth = world.truth();
    assert_eq!(truth.iter().collect::<BTreeSet<_>>().len(), 5_000);
    let first = &world.audit("limit=1").await.events()[0];
    assert!(
        first["created_at"].as_str().unwrap() >= "2026-03-04T12:00:00.000Z",
        "{first}"
    );
}

#[tokio::test]
async fn events_are_gone_after_ninety_days() {
    let world = World::start(1_000).await;
    let before = world.truth();
    world.clock.advance(45 * DAY);
    let (ids, _) = world.drain("limit=100").await;
    assert_eq!(ids, world.truth());
    assert!(ids.len() < before.len() && before.ends_with(&ids));
    world.clock.advance(45 * DAY + Duration::from_millis(1));
    assert_eq!(world.audit("").await.text, r#"{"data":[],"next_page":null}"#);
}

#[tokio::test]
async fn an_offset_outlives_the_events_it_came_with() {
    let world = World::start(100).await;
    let offset = world.audit("limit=10").await.offset();
    world.clock.advance(100 * DAY);
    let page = world.audit(&with_offset("limit=10", offset.as_deref())).await;
    assert!(page.events().is_empty() && page.offset().is_some());
    let added = world.simulation.add_events(1);
    let page = world.audit(&with_offset("limit=10", page.offset().as_deref())).await;
    assert_eq!(page.ids(), added);
}

#[tokio::test]
async fn live_events_follow_the_clock() {
    let config = SimulationConfig {
        event_count: 10,
        live_events_per_minute: 60.0,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    let (mut ids, mut offset) = world.drain("limit=100").await;
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(30));
        let page = world.audit(&with_offset("limit=100", offset.as_deref())).await;
        assert!((29..=31).contains(&page.events().len()), "{}", page.events().len());
        offset = page.offset();
        ids.extend(page.ids());
    }
    assert_eq!(ids, world.truth());
}

#[tokio::test]
async fn raw_bodies_are_served_as_they_are() {
    let world = World::start(0).await;
    let bodies = [
        r#"{"gid": 12345}"#,
        r#"{"event_type":"future_thing","created_at":17}"#,
        "42",
        r#""text""#,
        "[]",
    ];
    for body in bodies {
        world.simulation.add_raw_event(body).unwrap();
    }
    assert!(world.simulation.add_raw_event("{broken").is_err());
    let text = world.audit("").await.text;
    assert!(
        text.starts_with(&format!(r#"{{"data":[{}],"#, bodies.join(","))),
        "{text}"
    );
    assert_eq!((world.truth().len(), world.simulation.event_count()), (0, 5));
}

#[tokio::test]
async fn an_event_ahead_of_the_clock_appears_in_time() {
    let world = World::start(10).await;
    let (_, offset) = world.drain("limit=10").await;
    let ahead = world
        .simulation
        .add_event_at(world.clock.now() + Duration::from_mins(1));
    let page = world.audit(&with_offset("limit=10", offset.as_deref())).await;
    assert!(page.events().is_empty());
    world.clock.advance(Duration::from_mins(1));
    let page = world.audit(&with_offset("limit=10", page.offset().as_deref())).await;
    assert_eq!(page.ids(), [ahead]);
}
