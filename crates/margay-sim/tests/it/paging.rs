//! The rules of paging, one by one.

use std::time::Duration;

use margay_sim::{LimitMode, SimulationConfig};

use crate::client::{World, encode, with_offset};

#[tokio::test]
async fn pages_ascend_and_make_up_the_whole_history() {
    let world = World::start(2_500).await;
    let (ids, _) = world.drain("limit=100").await;
    assert_eq!(ids, world.truth());
    let page = world.audit("limit=100").await;
    let times: Vec<String> = page
        .events()
        .iter()
        .map(|event| event["created_at"].to_string())
        .collect();
    assert!(times.is_sorted());
}

#[tokio::test]
async fn a_page_without_limit_holds_a_thousand() {
    let world = World::start(2_500).await;
    let page = world.audit("").await;
    assert_eq!(page.events().len(), 1000);
    assert_eq!(world.drain("").await.0, world.truth());
}

#[tokio::test]
async fn next_page_is_null_only_if_nothing_matches() {
    let world = World::start(0).await;
    let empty = world.audit("limit=10").await;
    assert_eq!(empty.text, r#"{"data":[],"next_page":null}"#);
    let added = world.simulation.add_events(1);
    let page = world.audit("limit=10").await;
    assert_eq!(page.ids(), added);
    assert!(page.offset().is_some(), "though it is the last page");
    assert_eq!(world.audit("limit=10&event_type=no_such_type").await.offset(), None);
}

#[tokio::test]
async fn a_drained_log_still_has_a_next_page_with_a_new_offset_each_time() {
    let world = World::start(30).await;
    let (_, offset) = world.drain("limit=100").await;
    let first = offset.unwrap();
    let again = world.audit(&with_offset("limit=100", Some(&first))).await;
    let second = again.offset().unwrap();
    assert!(again.events().is_empty());
    assert_ne!(first, second);
    let third = world
        .audit(&with_offset("limit=100", Some(&second)))
        .await
        .offset()
        .unwrap();
    assert_ne!(second, third);
}

#[tokio::test]
async fn the_latest_offset_streams_what_happens_later() {
    let world = World::start(30).await;
    let (_, offset) = world.drain("limit=100").await;
    let added = world.simulation.add_events(3);
    let page = world.audit(&with_offset("limit=100", offset.as_deref())).await;
    assert_eq!(page.ids(), added);
    world.clock.advance(Duration::from_secs(1));
    let added = world.simulation.add_events(2);
    let page = world.audit(&with_offset("limit=100", page.offset().as_deref())).await;
    assert_eq!(page.ids(), added);
}

#[tokio::test]
async fn an_offset_of_a_full_last_page_leads_to_an_empty_one() {
    let world = World::start(100).await;
    let page = world.audit("limit=100").await;
    assert_eq!(page.events().len(), 100);
    let last = world.audit(&with_offset("limit=100", page.offset().as_deref())).await;
    assert!(last.events().is_empty() && last.offset().is_some());
}

#[tokio::test]
async fn an_old_offset_replays_its_place() {
    let world = World::start(300).await;
    let offset = world.audit("limit=50").await.offset();
    let second = world.audit(&with_offset("limit=50", offset.as_deref())).await.ids();
    let again = world.audit(&with_offset("limit=50", offset.as_deref())).await.ids();
    assert_eq!(second, again);
    assert_eq!(second, world.truth()[50..100]);
}

#[tokio::test]
async fn a_foreign_garbled_or_empty_offset_is_a_400() {
    let (world, other) = (World::start(300).await, World::start_with(seeded(2)).await);
    let offset = world.audit("limit=50").await.offset().unwrap();
    let foreign = other.audit("limit=50").await.offset().unwrap();
    let mut garbled = offset.clone();
    garbled.replace_range(3..4, if &offset[3..4] == "A" { "B" } else { "A" });
    for wrong in [
        "",
        "x",
        "eyJ0eXAiOJiKV1iQLCJhbGciOiJIUzI1NiJ9",
        &garbled,
        &foreign,
        &offset[..20],
    ] {
        let answer = world.audit(&format!("limit=50&offset={}", encode(wrong))).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.message().starts_with("offset: "), "{}", answer.message());
    }
}

#[tokio::test]
async fn an_offset_belongs_to_its_filters_but_not_to_its_limit() {
    let world = World::start(300).await;
    let offset = world.audit("limit=50&event_type=task_deleted").await.offset();
    assert_eq!(
        world
            .audit(&with_offset("limit=50&event_type=team_created", offset.as_deref()))
            .await
            .status,
        400
    );
    assert_eq!(
        world.audit(&with_offset("limit=50", offset.as_deref())).await.status,
        400
    );
    assert_eq!(
        world
            .audit(&with_offset("limit=7&event_type=task_deleted", offset.as_deref()))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn offsets_must_be_percent_encoded() {
    let world = World::start(300).await;
    let mut offset = world.audit("limit=2").await.offset().unwrap();
    assert!(offset.ends_with('='));
    while !offset.contains('+') {
        offset = world.audit("limit=2").await.offset().unwrap();
    }
    assert_eq!(world.audit(&format!("limit=2&offset={offset}")).await.status, 400);
    assert_eq!(world.audit(&with_offset("limit=2", Some(&offset))).await.status, 200);
}

#[tokio::test]
async fn an_offset_expires_when_its_lifetime_is_over() {
    let lifetime = Some(Duration::from_mins(10));
    let config = SimulationConfig {
        event_count: 300,
        offset_lifetime: lifetime,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    let offset = world.audit("limit=50").await.offset();
    world.clock.advance(Duration::from_mins(10));
    let page = world.audit(&with_offset("limit=50", offset.as_deref())).await;
    assert_eq!(page.events().len(), 50);
    world.clock.advance(Duration::from_millis(1));
    let expired = world.audit(&with_offset("limit=50", offset.as_deref())).await;
    assert_eq!(
        (expired.status, expired.message().as_str()),
        (400, "offset: Your pagination token has expired.")
    );
    let renewed = world.audit(&with_offset("limit=50", page.offset().as_deref())).await;
    assert_eq!(renewed.status, 200, "each page brings an offset with a life of its own");
}

#[tokio::test]
async fn path_lacks_the_root_and_uri_leads_on() {
    let world = World::start(300).await;
    let page = world
        .audit("limit=50&start_at=2026-05-01T00%3A00%3A00%2B01%3A00")
        .await
        .json();
    let path = page["next_page"]["path"].as_str().unwrap();
    let uri = page["next_page"]["uri"].as_str().unwrap();
    let organization_id = world.simulation.organization_id();
    assert!(
        path.starts_with(&format!(
            "/workspaces/{organization_id}/audit_log_events?limit=50&start_at="
        )),
        "{path}"
    );
    assert_eq!(uri, format!("{}{path}", world.simulation.api_url()));
    let next = world.get(margay_sim::TokenKind::ServiceAccountFull, path).await;
    assert_eq!(next.events().len(), 50);
}

#[tokio::test]
async fn start_is_inclusive_and_end_is_exclusive() {
    let world = World::start(300).await;
    let events = world.audit("").await.events();
    let time = |place: usize| encode(events[place]["created_at"].as_str().unwrap());
    let bounds = format!("start_at={}&end_at={}", time(100), time(200));
    let found = world.drain(&bounds).await.0;
    let expected: Vec<String> = events
        .iter()
        .filter(|event| {
            let created_at = event["created_at"].as_str().unwrap();
            (events[100]["created_at"].as_str().unwrap()..events[200]["created_at"].as_str().unwrap())
                .contains(&created_at)
        })
        .map(|event| event["gid"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected);
    assert!(found.len() > 90);
}

#[tokio::test]
async fn windows_that_hold_nothing_are_empty_and_not_errors() {
    let world = World::start(300).await;
    let windows = [
        "start_at=2030-01-01T00:00:00Z",
        "end_at=2021-10-08T00:00:00Z",
        "start_at=2026-05-02T00:00:00Z&end_at=2026-05-01T00:00:00Z",
        "start_at=1990-01-01T00:00:00Z&end_at=1991-01-01T00:00:00Z",
    ];
    for window in windows {
        assert_eq!(
            world.audit(window).await.text,
            r#"{"data":[],"next_page":null}"#,
            "{window}"
        );
    }
}

#[tokio::test]
async fn wrong_parameters_are_400_and_unknown_ones_are_ignored() {
    let world = World::start(300).await;
    let wrong = [
        ("limit=101", "limit: "),
        ("limit=0", "limit: "),
        ("start_at=yesterday", "start_at: "),
        ("end_at=2026-06-01T13:00:00+01:00", "end_at: "),
        ("actor_type=robot", "actor_type: "),
    ];
    for (parameters, beginning) in wrong {
        let answer = world.audit(parameters).await;
        assert_eq!(answer.status, 400, "{parameters}");
        assert!(answer.message().starts_with(beginning), "{}", answer.message());
    }
    let plain = world.audit("limit=5").await;
    assert_eq!(
        world
            .audit("limit=5&opt_pretty=true&opt_fields=gid&foo=bar")
            .await
            .ids(),
        plain.ids()
    );
}

#[tokio::test]
async fn a_lenient_vendor_takes_limits_up_to_a_thousand() {
    let config = SimulationConfig {
        event_count: 1_500,
        limit_mode: LimitMode::Lenient,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    assert_eq!(world.audit("limit=1000").await.events().len(), 1000);
    assert_eq!(world.audit("limit=1001").await.status, 400);
}

fn seeded(seed: u64) -> SimulationConfig {
    SimulationConfig {
        seed,
        event_count: 300,
        ..SimulationConfig::default()
    }
}
