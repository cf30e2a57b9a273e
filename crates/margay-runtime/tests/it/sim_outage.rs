//! Three hours of outage, an offset that expired meanwhile, a token that is revoked and restored: complete, and a story.

use std::time::Duration;

use expect_test::expect;
use margay_runtime::Tenancy;
use margay_sim::{Fault, Phrase, PlannedFault, Scenario, SimulationConfig};

use crate::sim_world::{Server, TOKEN, World, assert_complete, serve_for, story};
use crate::world::pull_all;

const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 60 * MINUTE_S;

#[test]
fn an_outage_an_expired_offset_and_a_revoked_token_leave_nothing_out_and_a_story_to_read() {
    let outage = Fault::ServerError {
        status: 503,
        phrase: Phrase::Missing,
    };
    let world = World::of(SimulationConfig {
        event_count: 300,
        history_span: Duration::from_hours(20),
        live_events_per_minute: 1.0,
        scenario: Scenario {
            offset_lifetime_s: Some(2 * HOUR_S),
            faults: vec![PlannedFault::from(outage).between(10 * MINUTE_S, 190 * MINUTE_S)],
            ..Scenario::default()
        },
        ..SimulationConfig::default()
    });
    let server = Server::start(&world, None);
    let story = server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        let vendor = async {
            tokio::time::sleep(Duration::from_secs(200 * MINUTE_S)).await;
            world.simulation.revoke_token(TOKEN);
            tokio::time::sleep(Duration::from_secs(10 * MINUTE_S)).await;
            world.simulation.restore_token(TOKEN);
        };
        tokio::join!(serve_for(&line, Duration::from_secs(220 * MINUTE_S)), vendor);
        pull_all(&line).await;
        assert_complete(&world, &line, "in the end").await;
        story(&line).await
    });
    expect![[r#"
        09:0x backfill_finished: the backfill of 2026-03-09 09:00:00 UTC to 2026-03-10 08:30:00 UTC (23 h 30 min) is complete: 285 new records
        09:1x unreachable: the vendor cannot be read: after 6 attempts: Asana has a problem (HTTP 503): Server Error
        12:1x offset_refused: the vendor refused the place where we were (an offset expires); started anew by time, from 2026-03-10 08:38:41 UTC; what is read twice is known by its id
        12:1x reachable: the vendor can be read again after N failed polls; the last one that worked was hours before. Going on where it stopped
        12:2x token_refused: waiting for a working token: Asana does not recognise this token [Service Account Token]; nothing is read until then, and it goes on where it stopped
        12:3x token_accepted: the token works again after N failed polls; the last one that worked was minutes before. Going on where it stopped
    "#]]
    .assert_eq(&story.unwrap());
}
