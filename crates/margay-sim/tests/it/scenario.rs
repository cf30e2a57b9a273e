//! The faults and habits of a scenario, as a client meets them; those of the connection are in `connection.rs`.

use std::time::Duration;

use margay_sim::{
    Chance, Fault, FaultKind, FaultsEnd, LimitMode, OffsetUses, OrganizationLife, Phrase, PlannedFault, RepeatedOffset,
    Scenario, ScriptedAnswer, Simulation, SimulationConfig, StartError, TokenKind,
};

use crate::client::{World, with_offset};

pub(crate) fn once(fault: Fault) -> PlannedFault {
    PlannedFault::from(fault).at(1..=1)
}

pub(crate) fn given(world: &World, kind: FaultKind) -> u64 {
    world.simulation.served().faults.get(&kind).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_rate_limit_is_a_429_and_calls_during_the_wait_are_counted() {
    let world = World::with_faults([once(Fault::RateLimit { retry_after_s: 30 })]).await;
    let refused = world.audit("limit=1").await;
    assert_eq!(
        (refused.status, refused.header("retry-after").as_deref()),
        (429, Some("30"))
    );
    let counted = async |world: &World| {
        world.audit("limit=1").await;
        world.simulation.served().calls_while_told_to_wait
    };
    assert_eq!(counted(&world).await, 1);
    world.clock.advance(Duration::from_millis(29_999));
    assert_eq!(counted(&world).await, 2);
    let left = |kind| world.simulation.told_to_wait_for(kind);
    assert_eq!(left(TokenKind::ServiceAccountAuditOnly), Duration::ZERO);
    assert_eq!(
        world
            .audit_as(TokenKind::ServiceAccountAuditOnly, "limit=1")
            .await
            .status,
        200
    );
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(counted(&world).await, 2, "the wait is over, and another token had none");
    assert_eq!(given(&world, FaultKind::RateLimit), 1);
}

#[tokio::test]
async fn the_vendors_own_429_and_a_scripted_one_tell_to_wait_as_well() {
    let config = SimulationConfig {
        requests_per_minute: std::num::NonZeroU32::new(1),
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    world.simulation.fail_next([ScriptedAnswer::rate_limited(3)]);
    for expected in [0, 1, 1, 2] {
        world.audit("limit=1").await;
        assert_eq!(world.simulation.served().calls_while_told_to_wait, expected);
        if expected == 1 {
            world.clock.advance(Duration::from_secs(4));
        }
    }
}

#[tokio::test]
async fn a_server_error_has_a_phrase_or_none() {
    let fault = |number, status, phrase| PlannedFault::from(Fault::ServerError { status, phrase }).at(number..=number);
    let world = World::with_faults([fault(1, 500, Phrase::Given), fault(2, 503, Phrase::Missing)]).await;
    let with = world.audit("").await;
    assert_eq!(
        (with.status, with.text.as_str()),
        (
            500,
            r#"{"errors":[{"message":"Server Error","phrase":"6 sad squid snuggle softly"}]}"#
        )
    );
    let without = world.audit("").await;
    assert_eq!((without.status, without.json()["errors"][0].get("phrase")), (503, None));
    assert_eq!(given(&world, FaultKind::ServerError), 2);
}

#[tokio::test]
async fn html_comes_with_any_status_even_200() {
    let fault = |number, status| PlannedFault::from(Fault::Html { status }).at(number..=number);
    let world = World::with_faults([fault(1, 502), fault(2, 200)]).await;
    for status in [502, 200] {
        let answer = world.audit("").await;
        assert_eq!(
            (answer.status, answer.header("content-type").as_deref()),
            (status, Some("text/html"))
        );
        assert!(answer.text.starts_with("<html>"));
    }
}

#[tokio::test]
async fn tokens_addresses_and_plans_are_refused_for_a_while() {
    let fault = |number, fault| PlannedFault::from(fault).at(number..=number);
    let world = World::with_faults([
        fault(1, Fault::Unauthorized),
        fault(2, Fault::Forbidden),
        fault(3, Fault::PlanRefused),
    ])
    .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.audit("limit=1").await.status);
    }
    assert_eq!(statuses, [401, 403, 402, 200]);
}

#[tokio::test]
async fn a_fault_follows_the_simulations_clock() {
    let world = World::with_faults([PlannedFault::from(Fault::Unauthorized).between(60, 120)]).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.audit("limit=1").await.status);
        world.clock.advance(Duration::from_secs(45));
    }
    assert_eq!(statuses, [200, 200, 401, 200], "at 0, 45, 90 and 135 seconds");
}

#[tokio::test]
async fn offsets_are_refused_only_where_there_is_one() {
    let world = World::with_faults([
        PlannedFault::from(Fault::ExpiredOffset).at_most(1),
        PlannedFault::from(Fault::ForeignOffset).at_most(1),
    ])
    .await;
    let first = world.audit("limit=50").await;
    let again = with_offset("limit=50", first.offset().as_deref());
    let expired = world.audit(&again).await;
    assert_eq!(
        (expired.status, expired.message().as_str()),
        (400, "offset: Your pagination token has expired.")
    );
    let foreign = world.audit(&again).await;
    assert_eq!(
        (foreign.status, foreign.message().as_str()),
        (400, "offset: Your pagination token is invalid.")
    );
    assert_eq!(world.audit(&again).await.events().len(), 50);
    assert_eq!(
        (
            given(&world, FaultKind::ExpiredOffset),
            given(&world, FaultKind::ForeignOffset)
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_page_repeats_a_bounded_number_of_times() {
    for how in [RepeatedOffset::New, RepeatedOffset::Same] {
        let world = World::with_faults([PlannedFault::from(Fault::RepeatPage { offset: how }).at_most(2)]).await;
        let mut offset = world.audit("limit=50").await.offset();
        let mut pages = Vec::new();
        for _ in 0..4 {
            let page = world.audit(&with_offset("limit=50", offset.as_deref())).await;
            let is_same = page.offset() == offset;
            assert_eq!(is_same, how == RepeatedOffset::Same && pages.len() < 2, "{how:?}");
            offset = page.offset();
            pages.push(page.ids());
        }
        let truth = world.truth();
        assert_eq!(pages[0], truth[50..100], "{how:?}");
        assert!(pages[0] == pages[1] && pages[1] == pages[2], "{how:?}");
        assert_eq!(pages[3], truth[100..150], "{how:?}");
    }
}

#[tokio::test]
async fn a_short_page_is_no_end() {
    let world =
        World::with_faults([PlannedFault::from(Fault::ShortPage { events_max: 3 }).with_chance(Chance::percent(80))])
            .await;
    let page = world.drain("limit=50").await.0;
    assert_eq!(page, world.truth());
    assert!(given(&world, FaultKind::ShortPage) > 5);
}

#[tokio::test]
async fn an_offset_may_be_used_once_until_the_faults_end() {
    let scenario = Scenario {
        offset_uses: OffsetUses::Once,
        faults_end: FaultsEnd {
            requests: 3,
            after_s: None,
        },
        ..Scenario::default()
    };
    let world = World::with_scenario(scenario).await;
    let offset = world.audit("limit=50").await.offset();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(world.audit(&with_offset("limit=50", offset.as_deref())).await.status);
    }
    assert_eq!(statuses, [200, 400, 200]);
    assert_eq!(given(&world, FaultKind::UsedOffset), 1);
}

#[tokio::test]
async fn offsets_live_as_long_as_the_scenario_says() {
    let scenario = Scenario {
        offset_lifetime_s: Some(60),
        ..Scenario::default()
    };
    let world = World::with_scenario(scenario).await;
    let page = with_offset("limit=50", world.audit("limit=50").await.offset().as_deref());
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.audit(&page).await.status, 200);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(world.audit(&page).await.status, 400);
    assert_eq!(given(&world, FaultKind::ExpiredOffset), 1);
}

#[tokio::test]
async fn a_clamped_limit_is_taken_and_cut() {
    let scenario = Scenario {
        limit: Some(LimitMode::Clamp),
        ..Scenario::default()
    };
    let world = World::with_scenario(scenario).await;
    assert_eq!(world.audit("limit=1000").await.events().len(), 100);
    assert_eq!(world.audit("limit=0").await.status, 400);
}

#[tokio::test]
async fn an_empty_organisation_has_nothing_and_no_next_page() {
    let scenario = Scenario {
        organization: OrganizationLife::Empty,
        ..Scenario::from_yaml(include_str!("../../scenarios/late.yml")).unwrap()
    };
    let world = World::with_scenario(scenario).await;
    world.clock.advance(Duration::from_hours(3));
    assert_eq!(world.audit("").await.text, r#"{"data":[],"next_page":null}"#);
    assert_eq!(world.simulation.event_count(), 0);
}

#[tokio::test]
async fn the_vendors_clock_is_its_own() {
    let config = SimulationConfig {
        event_count: 0,
        live_events_per_minute: 60.0,
        scenario: Scenario {
            clock_skew_s: 90,
            ..Scenario::default()
        },
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    world.clock.advance(Duration::from_secs(30));
    let page = world.audit("limit=100").await;
    assert_eq!(page.header("date").as_deref(), Some("Mon, 01 Jun 2026 12:02:00 GMT"));
    assert_eq!(
        world.simulation.vendor_now(),
        world.clock.now() + Duration::from_secs(90)
    );
    let first = page.events()[0]["created_at"].as_str().unwrap().to_owned();
    assert!(first.starts_with("2026-06-01T12:01:3"), "{first}");
    assert!((29..=31).contains(&page.events().len()));
}

#[tokio::test]
async fn every_answer_has_the_simulations_date() {
    let world = World::with_faults([once(Fault::Html { status: 502 })]).await;
    world.simulation.fail_next([
        ScriptedAnswer::error(500, "x"),
        ScriptedAnswer::error(500, "x").with_header("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ]);
    let now = "Mon, 01 Jun 2026 12:00:00 GMT";
    for expected in [now, "Thu, 01 Jan 1970 00:00:00 GMT", now, now] {
        assert_eq!(world.audit("limit=0").await.header("date").as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_token_is_revoked_restored_and_replaced() {
    let world = World::start(10).await;
    let kind = TokenKind::ServiceAccountFull;
    let old = format!("Bearer {}", world.simulation.token(kind));
    world.simulation.revoke_token(kind);
    assert_eq!(world.audit("limit=1").await.status, 401);
    world.simulation.restore_token(kind);
    assert_eq!(world.audit("limit=1").await.status, 200);
    world.simulation.replace_token(kind).unwrap();
    assert_eq!(world.get_with("/workspaces", Some(&old)).await.status, 401);
    assert_eq!(world.audit("limit=1").await.status, 200, "with the new one");
}

#[tokio::test]
async fn an_impossible_scenario_does_not_start() {
    let config = SimulationConfig {
        scenario: Scenario {
            clock_skew_s: 1_000_000,
            ..Scenario::default()
        },
        ..SimulationConfig::default()
    };
    assert!(matches!(Simulation::start(config).await, Err(StartError::Scenario(_))));
}
