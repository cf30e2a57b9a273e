//! Two servers on one database: one polls, the other stands by, takes over when the first is gone, and the first, come back to life, is refused.

use std::sync::Arc;
use std::time::Duration;

use margay_runtime::Tenancy;
use margay_sim::SimulationConfig;
use margay_store::{HistoryKind, RoundKind};

use crate::sim_world::{Server, World, assert_complete, serve_for, source, story};
use crate::world::pull_all;

/// How long each server runs before it is frozen and the other one goes on.
const TURN: Duration = Duration::from_secs(60);

#[test]
fn a_frozen_server_is_replaced_and_refused_when_it_wakes_and_no_event_lands_twice() {
    let world = World::of(SimulationConfig {
        event_count: 300,
        history_span: Duration::from_hours(20),
        live_events_per_minute: 6.0,
        ..SimulationConfig::default()
    });
    let day = Duration::from_hours(24);
    let (first, second) = (Server::start(&world, None), Server::start(&world, None));
    let first_line = first
        .run(world.open(first.clock(), Tenancy::Shared))
        .map(Arc::new)
        .unwrap();
    let second_line = second
        .run(world.open(second.clock(), Tenancy::Shared))
        .map(Arc::new)
        .unwrap();
    for (server, line) in [(&first, &first_line), (&second, &second_line)] {
        let line = Arc::clone(line);
        server.handle().spawn(async move { serve_for(&line, day).await });
    }
    let turn = |server: &Server<'_>, turns: u32| server.run(async { tokio::time::sleep(TURN * turns).await });
    let requests = || world.simulation.served().received;

    // The first one is alive: it polls, the second does not.
    for _ in 0..3 {
        turn(&first, 1);
        let asked = requests();
        turn(&second, 1);
        assert_eq!(requests(), asked, "the second server polled beside the first");
    }
    assert!(requests() > 0);
    second.run(async {
        let source = source(&second_line).await;
        let status = second_line.store.poll_status(source.id).await.unwrap();
        assert_eq!(status.last_round.unwrap().kind, RoundKind::Drained, "the holder's own");
        let notes = second_line.store.history(source.id, 100).await.unwrap();
        let times: Vec<u64> = notes
            .iter()
            .filter(|note| note.kind == HistoryKind::StandBy)
            .map(|note| note.count)
            .collect();
        assert_eq!(times, [1], "told once, when it begins: {notes:?}");
    });
    // It freezes. Its lease ends, and the second one polls within its time to stand by.
    let asked = requests();
    turn(&second, 5);
    assert!(requests() > asked, "nobody polls");
    // It wakes with the old lease, in the middle of whatever it did.
    turn(&first, 2);
    turn(&second, 2);
    turn(&first, 1);
    second.run(async {
        let source = source(&second_line).await;
        let status = second_line.store.poll_status(source.id).await.unwrap();
        assert_ne!(status.last_round.unwrap().kind, RoundKind::GaveUp);
        let told = story(&second_line).await;
        assert!(told.contains("standing by"), "{told}");
    });
    drop((first, second));

    // Whoever comes next finds everything in order.
    let third = Server::start(&world, None);
    third.run(async {
        let line = world.open(third.clock(), Tenancy::Alone).await;
        serve_for(&line, TURN * 3).await;
        pull_all(&line).await;
        assert_complete(&world, &line, "after both").await;
    });
}
