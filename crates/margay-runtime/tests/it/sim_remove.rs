//! A log source is removed beside the loops that read it, or stays as it was.

use std::time::Duration;

use margay_connector::asana::Checkpoint;
use margay_runtime::remove::{Events, RemoveError, remove};
use margay_runtime::{Line, Tenancy};
use margay_sim::SimulationConfig;
use margay_store::{NewEntry, NewRecord, Progress, Source};

use crate::sim_world::{Server, World, assert_complete, landed_ids, serve_for, source};

const TTL: Duration = Duration::from_secs(60);

fn world() -> World {
    World::of(SimulationConfig {
        event_count: 120,
        history_span: Duration::from_hours(20),
        ..SimulationConfig::default()
    })
}

/// Journals one record that nobody lands: there is no landing here.
async fn journal_one(line: &Line, source: &Source) {
    let now = line.clock.now();
    let lease = line.store.acquire_lease(source.id, "a test", now, TTL).await.unwrap();
    let checkpoint = line.store.checkpoint(source.id).await.unwrap();
    Checkpoint::from_json(&checkpoint).unwrap();
    let body = format!(
        r#"{{"gid":"999","created_at":"{now}","event_type":"user_login_succeeded","actor":{{"actor_type":"user"}}}}"#
    );
    let entry = NewEntry {
        log_type: source.log_type.clone(),
        records: vec![NewRecord {
            id: "999".to_owned(),
            body,
        }],
        progress: Progress::Tail { checkpoint },
        claim: None,
        fence: lease.token,
        newest_event_time: Some(now),
        now,
    };
    line.store.append(source.id, entry).await.unwrap();
    line.store.release_lease(&lease).await.unwrap();
}

#[test]
fn a_removal_that_is_refused_leaves_the_source_as_it_was() {
    let world = world();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(5)).await;
        let before = source(&line).await;
        let polls = line.store.poll_status(before.id).await.unwrap();
        journal_one(&line, &before).await;

        let refused = remove(&line, &before, Events::Keep).await.unwrap_err();
        assert!(matches!(refused, RemoveError::NotLanded { .. }), "{refused}");
        assert!(refused.to_string().contains("nothing was deleted"), "{refused}");
        assert_eq!(source(&line).await, before, "it is neither paused nor resumed");
        let polls_after = line.store.poll_status(before.id).await.unwrap();
        assert_eq!(format!("{polls_after:?}"), format!("{polls:?}"));

        // It is read on at once, and nothing is lost.
        let landed = landed_ids(&line).await.len();
        serve_for(&line, Duration::from_mins(5)).await;
        assert_eq!(landed_ids(&line).await.len(), landed + 1);
        let polls_after = line.store.poll_status(before.id).await.unwrap();
        assert!(polls_after.last_success_at > polls.last_success_at);
    });
}

#[test]
fn a_removal_that_dies_half_way_leaves_the_source_to_the_next_process() {
    let world = world();
    let first = Server::start(&world, None);
    first.run(async {
        let line = world.open(first.clock(), Tenancy::Alone).await;
        let source = source(&line).await;
        journal_one(&line, &source).await;
        // It has the lease and waits for a landing when the process dies.
        tokio::select! {
            removed = remove(&line, &source, Events::Keep) => panic!("{removed:?}"),
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
    });
    drop(first);
    let second = Server::start(&world, None);
    second.run(async {
        let line = world.open(second.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(5)).await;
        assert_eq!(source(&line).await.paused_at, None);
        assert_eq!(landed_ids(&line).await.len(), world.served_ids().len() + 1);
    });
}

#[test]
fn a_source_is_removed_while_it_is_read_and_only_once() {
    let world = world();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        let source = source(&line).await;
        let removing = async {
            tokio::time::sleep(Duration::from_mins(3)).await;
            assert_complete(&world, &line, "before the removal").await;
            let (one, other) = tokio::join!(
                remove(&line, &source, Events::Keep),
                remove(&line, &source, Events::Keep)
            );
            one.unwrap();
            assert!(matches!(other, Err(RemoveError::UnderWay { .. })), "{other:?}");
        };
        tokio::join!(serve_for(&line, Duration::from_mins(10)), removing);
        assert!(line.store.sources().await.unwrap().is_empty());
        assert_eq!(landed_ids(&line).await, world.served_ids(), "its events stay");
    });
}
