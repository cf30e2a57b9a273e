//! A source has a poll interval of its own: it is kept to, changes hold at once, and a poll that fails does not wait for the next hour.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use margay_runtime::{Line, Tenancy};
use margay_sim::{ScriptedAnswer, SimulationConfig};
use margay_store::{MeasureStep, PollInterval, SourceEdit};

use crate::sim_world::{Server, World, serve_for, source};

const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);
/// Of one source; the server of these tests polls every minute.
const HOUR_S: u64 = 60 * 60;

/// An organization in which little happens, so that rounds are short.
fn quiet() -> World {
    World::of(SimulationConfig {
        event_count: 3,
        history_span: Duration::from_hours(20),
        live_events_per_minute: 0.0,
        ..SimulationConfig::default()
    })
}

/// Who tells the server that a source was changed.
#[derive(Clone, Copy)]
enum Told {
    /// The process that serves has changed it.
    AtOnce,
    /// Another process has, and tells nobody.
    Never,
}

async fn set(line: &Line, seconds: Option<u64>, told: Told) {
    let interval = seconds.map(|seconds| PollInterval::from_seconds(seconds).unwrap());
    let edit = SourceEdit::poll_interval(interval);
    line.store.edit_source(source(line).await.id, edit).await.unwrap();
    if let Told::AtOnce = told {
        line.sources_changed.notify_one();
    }
}

async fn polls(line: &Line) -> u64 {
    let id = source(line).await.id;
    let all = line
        .store
        .measures(id, MeasureStep::Fine, Timestamp::MIN, Timestamp::MAX);
    all.await.unwrap().iter().map(|(_, measures)| measures.polls).sum()
}

async fn assert_polls(line: &Line, during: Duration, expected: RangeInclusive<u64>) {
    let before = polls(line).await;
    tokio::time::sleep(during).await;
    let polled = polls(line).await - before;
    assert!(
        expected.contains(&polled),
        "{polled} polls in {during:?}, not {expected:?}"
    );
}

#[test]
fn a_source_keeps_to_its_own_interval_and_a_change_holds_while_the_server_runs() {
    let world = quiet();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        let changes = async {
            assert_polls(&line, MINUTE * 10, 9..=12).await;
            set(&line, Some(HOUR_S), Told::AtOnce).await;
            // One at once, since it is attended to anew, beside one that may have been under way; then one each hour.
            assert_polls(&line, MINUTE * 30, 1..=2).await;
            assert_polls(&line, MINUTE * 60, 1..=1).await;
            set(&line, Some(10), Told::AtOnce).await;
            assert_polls(&line, MINUTE * 5, 28..=31).await;
            set(&line, None, Told::Never).await;
            // The sources are looked at every 15 s.
            tokio::time::sleep(MINUTE).await;
            assert_polls(&line, MINUTE * 10, 9..=11).await;
        };
        tokio::select! {
            () = serve_for(&line, DAY) => unreachable!("a day is longer than the changes"),
            () = changes => {}
        }
    });
}

#[test]
fn a_failed_poll_of_a_source_that_is_polled_hourly_is_tried_again_within_a_minute() {
    let world = quiet();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        set(&line, Some(HOUR_S), Told::Never).await;
        let failing_since = async || {
            let id = source(&line).await.id;
            line.store.poll_status(id).await.unwrap().failing_since
        };
        let failures = async {
            // What a new source has waiting is read by then, and no re-read is due.
            tokio::time::sleep(MINUTE * 22).await;
            for (status, times, seconds) in [(401, 1, HOUR_S + 1), (503, 6, HOUR_S + 2)] {
                assert_eq!(failing_since().await, None);
                let answer = ScriptedAnswer::error(status, "Something");
                world.simulation.fail_next(vec![answer; times]);
                // Its tail is polled anew at once, before anything else asks.
                set(&line, Some(seconds), Told::AtOnce).await;
                while failing_since().await.is_none() {
                    tokio::time::sleep(MINUTE / 6).await;
                }
                tokio::time::sleep(MINUTE * 2).await;
                assert_eq!(failing_since().await, None, "{status} stands until the next hour");
            }
        };
        tokio::select! {
            () = serve_for(&line, DAY) => panic!("a poll never failed"),
            () = failures => {}
        }
    });
}
