//! A vendor that wants a pause gets it: from the next process, from every reading, and in the story.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use margay_connector::Window;
use margay_runtime::backfill::in_days;
use margay_runtime::serve::{ServeSettings, serve};
use margay_runtime::{Status, Tenancy};
use margay_sim::{Fault, FaultKind, PlannedFault, Scenario, ScriptedAnswer, SimulationConfig};
use margay_store::{BackfillReason, WINDOWS_WAITING_MAX};
use tokio_util::sync::CancellationToken;

use crate::sim_world::{Server, World, assert_complete, serve_for, source, story};
use crate::world::pull_all;

const DAY: Duration = Duration::from_hours(24);
/// The live tail of a new source asks for a page and for the empty one after it; then its windows are asked for.
const FIRST_REQUEST_OF_A_WINDOW: u64 = 3;

/// A vendor that answers one request with a pause.
fn world_that_pauses(at: u64, retry_after_s: u32) -> World {
    let fault = PlannedFault::from(Fault::RateLimit { retry_after_s });
    World::of(SimulationConfig {
        event_count: 300,
        history_span: Duration::from_hours(20),
        scenario: Scenario {
            faults: vec![fault.at(at..=at)],
            ..Scenario::default()
        },
        ..SimulationConfig::default()
    })
}

#[test]
fn a_pause_within_a_round_outlives_the_process_that_was_told() {
    let world = world_that_pauses(FIRST_REQUEST_OF_A_WINDOW, 80);
    let early = || world.simulation.served().calls_while_told_to_wait;
    let first = Server::start(&world, None);
    first.run(async {
        let line = world.open(first.clock(), Tenancy::Alone).await;
        tokio::select! {
            () = serve_for(&line, DAY) => {}
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    });
    // As `kill -9` does.
    drop(first);
    assert_eq!(world.simulation.served().faults.get(&FaultKind::RateLimit), Some(&1));
    let before = early();

    let second = Server::start(&world, None);
    second.run(async {
        let line = world.open(second.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(5)).await;
        assert_eq!(
            early(),
            before,
            "the next process asked while the vendor wanted a pause"
        );
        pull_all(&line).await;
        assert_complete(&world, &line, "after the pause").await;
    });
}

#[test]
fn a_long_pause_that_a_window_is_told_is_told_of_by_the_tail() {
    let world = world_that_pauses(FIRST_REQUEST_OF_A_WINDOW, 3_600);
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        let (status, stop) = (Arc::new(Status::default()), CancellationToken::new());
        let settings = ServeSettings::new(Duration::from_secs(60), &world.data_dir());
        let watching = async {
            tokio::time::sleep(Duration::from_mins(5)).await;
            let problems = status.readiness(line.clock.now()).source_problems;
            let problem = problems.get("simulated").cloned().unwrap_or_default();
            assert!(problem.contains("asked not to be called before"), "{problems:?}");
            let id = source(&line).await.id;
            let poll_status = line.store.poll_status(id).await.unwrap();
            assert!(poll_status.retry_not_before.is_some());
            assert!(
                poll_status.last_round.unwrap().problem.is_some(),
                "`source show` has no problem"
            );
            tokio::time::sleep(Duration::from_mins(65)).await;
            let problems = status.readiness(line.clock.now()).source_problems;
            assert!(problems.is_empty(), "{problems:?}");
            stop.cancel();
        };
        let (ended, ()) = tokio::join!(serve(&line, &settings, Arc::clone(&status), stop.clone()), watching);
        ended.unwrap();
        let told = story(&line).await;
        let begun = told.find("rate_limited").unwrap_or_else(|| panic!("{told}"));
        assert!(
            told.find("] reachable").or(told.find("x reachable")) > Some(begun),
            "{told}"
        );
        assert_complete(&world, &line, "after the pause").await;
    });
}

#[test]
fn a_troubled_vendor_that_says_how_long_is_left_alone_by_every_reading() {
    let world = World::of(SimulationConfig {
        event_count: 300,
        history_span: DAY * 5,
        ..SimulationConfig::default()
    });
    let server = Server::start(&world, None);
    server.run(async {
        let line = Arc::new(world.open(server.clock(), Tenancy::Alone).await);
        let serving = Arc::clone(&line);
        tokio::spawn(async move { serve_for(&serving, DAY).await });
        // Between two polls of the tail, so that a window is the first to ask.
        tokio::time::sleep(Duration::from_secs(310)).await;
        let (id, now) = (source(&line).await.id, line.clock.now());
        let window = Window::new(now - SignedDuration::from_hours(5 * 24 + 1), now).unwrap();
        line.store
            .ask_backfill(id, in_days(window, BackfillReason::Asked, now))
            .await
            .unwrap();
        let troubled = ScriptedAnswer::error(503, "Server Error").with_header("retry-after", "60");
        world.simulation.fail_next([troubled]);
        tokio::time::sleep(Duration::from_secs(40)).await;
        let waiting = line.store.waiting_windows(id, WINDOWS_WAITING_MAX).await.unwrap();
        assert!(
            waiting.len() > 1,
            "the other windows were read during the pause: {waiting:?}"
        );
        tokio::time::sleep(Duration::from_mins(5)).await;
        assert_complete(&world, &line, "after the pause").await;
    });
}
