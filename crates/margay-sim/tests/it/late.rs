//! Late events, ties and storms, through pages and windows.

use std::collections::BTreeSet;
use std::time::Duration;

use margay_sim::{EventGroup, LateMode, Scenario};

use crate::client::{World, encode, with_offset};

const LATE: &str = include_str!("../../scenarios/late.yml");

fn of_mode(world: &World, mode: LateMode) -> BTreeSet<String> {
    let late = world.simulation.late_events().into_iter();
    late.filter(|event| event.mode == mode).map(|event| event.gid).collect()
}

#[tokio::test]
async fn an_offset_stream_delivers_one_kind_of_late_events_and_a_window_both() {
    let world = World::with_scenario(Scenario::from_yaml(LATE).unwrap()).await;
    let (mut ids, mut offset) = world.drain("limit=100").await;
    let early: BTreeSet<String> = ids.iter().cloned().collect();
    for _ in 0..180 {
        world.clock.advance(Duration::from_mins(1));
        let page = world.audit(&with_offset("limit=100", offset.as_deref())).await;
        offset = page.offset().or(offset);
        ids.extend(page.ids());
    }
    let streamed: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(streamed.len(), ids.len(), "nothing came twice");
    let truth: BTreeSet<String> = world.truth().into_iter().collect();
    let (skipped, delivered) = (
        of_mode(&world, LateMode::Skipped),
        of_mode(&world, LateMode::DeliveredLate),
    );
    assert_eq!((skipped.len(), delivered.len(), truth.len()), (25, 25, 350));
    assert!(delivered.is_subset(&streamed));
    let missing: BTreeSet<String> = truth.difference(&streamed).cloned().collect();
    // One that is newer than all that had been read by then is not missed: no offset had passed it.
    assert!(missing.is_subset(&skipped) && missing.is_disjoint(&early));
    assert!(missing.len() > 10, "{}", missing.len());
    let window = format!(
        "limit=100&start_at={}&end_at={}",
        encode("2026-06-01T11:00:00Z"),
        encode("2026-06-01T13:00:00Z")
    );
    let reread: BTreeSet<String> = world.drain(&window).await.0.into_iter().collect();
    assert!(skipped.is_subset(&reread) && delivered.is_subset(&reread));
}

#[tokio::test]
async fn a_late_event_says_when_it_was_created_and_not_when_it_came() {
    let world = World::start(10).await;
    let created_at = world.clock.now() - Duration::from_mins(20);
    let visible_at = world.clock.now() + Duration::from_mins(5);
    let gid = world
        .simulation
        .add_late_event(created_at, visible_at, LateMode::DeliveredLate);
    assert!(!world.truth().contains(&gid));
    world.clock.advance(Duration::from_mins(5));
    let page = world.audit("limit=100").await;
    let event = page
        .events()
        .into_iter()
        .find(|event| event["gid"] == gid.as_str())
        .unwrap();
    assert_eq!(event["created_at"], "2026-06-01T11:40:00.000Z");
    let times: Vec<_> = world.simulation.event_times().collect();
    assert_eq!(times.last().unwrap(), &(gid, created_at));
}

#[tokio::test]
async fn page_borders_fall_between_equal_times() {
    let scenario = Scenario {
        events: vec![EventGroup::Tie {
            count: 250,
            at_s: -3_600,
        }],
        ..Scenario::default()
    };
    let world = World::with_scenario(scenario).await;
    let (ids, _) = world.drain("limit=100").await;
    assert_eq!(ids, world.truth());
    let page = world.audit("limit=100&start_at=2026-06-01T11:00:00Z").await;
    let times: BTreeSet<String> = page
        .events()
        .iter()
        .map(|event| event["created_at"].as_str().unwrap().to_owned())
        .filter(|time| time.starts_with("2026-06-01T11:00:00"))
        .collect();
    assert_eq!(times.len(), 1, "{times:?}");
}

#[tokio::test]
async fn a_storm_comes_with_the_clock() {
    let scenario = Scenario {
        events: vec![EventGroup::Storm {
            count: 5_000,
            from_s: 600,
            span_s: 60,
        }],
        ..Scenario::default()
    };
    let world = World::with_scenario(scenario).await;
    let count = |world: &World| world.simulation.event_count();
    assert_eq!(count(&world), 300);
    world.clock.advance(Duration::from_secs(630));
    assert!((2_500..3_100).contains(&count(&world)), "{}", count(&world));
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(count(&world), 5_300);
    assert_eq!(world.drain("").await.0, world.truth());
}
