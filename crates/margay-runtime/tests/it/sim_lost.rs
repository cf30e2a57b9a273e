//! A gap that is longer than the vendor keeps its log: it is reported as lost, and not passed over.

use std::time::Duration;

use jiff::SignedDuration;
use margay_connector::asana::RETENTION;
use margay_runtime::Tenancy;
use margay_sim::{Scenario, SimulationConfig};
use margay_store::Evidence;

use crate::sim_world::{Server, World, landed_ids, serve_for, source, story};
use crate::world::pull_all;

#[test]
fn what_the_vendor_deleted_before_it_was_read_is_lost_for_good_and_said_so() {
    let world = World::of(SimulationConfig {
        event_count: 100,
        history_span: Duration::from_hours(20),
        // Some each day.
        live_events_per_minute: 0.01,
        scenario: Scenario {
            offset_lifetime_s: Some(24 * 60 * 60),
            ..Scenario::default()
        },
        ..SimulationConfig::default()
    });
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(20)).await;
    });
    drop(server);
    let stopped_at = world.now();
    world.pass(Duration::from_hours(100 * 24));

    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(20)).await;
        let source = source(&line).await;
        let ledger = line.store.ledger(source.id).await.unwrap();
        assert_eq!(ledger.holes(ledger.proven_through().unwrap()), []);
        let lost = ledger.lost();
        assert_eq!(lost.len(), 1, "{ledger:?}");
        let (from, to) = lost[0];
        let oldest_kept = world.now() - RETENTION;
        // From the last proof to what was still kept when the server came back.
        assert!(
            from <= stopped_at && stopped_at.duration_since(from) < SignedDuration::from_mins(10),
            "{from}"
        );
        assert!(
            to <= oldest_kept && oldest_kept.duration_since(to) < SignedDuration::from_mins(30),
            "{to}"
        );
        assert!(ledger.coverage.iter().any(|row| row.evidence == Evidence::Lost));
        let settled = ledger.settled_through.unwrap();
        assert!(
            settled > world.now() - SignedDuration::from_hours(4),
            "late events are waited for again: {settled}"
        );
        let story = story(&line).await;
        assert!(story.contains("this hole can never be filled"), "{story}");
        pull_all(&line).await;
        // All that the vendor still shows is there, and nothing twice.
        let landed = landed_ids(&line).await;
        assert!(world.served_ids().iter().all(|id| landed.contains(id)));
        let mut once = landed.clone();
        once.dedup();
        assert_eq!(landed, once);
    });
}
