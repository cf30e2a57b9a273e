//! The line dies at every point at which it waits for anything, and each event is found exactly once.

use std::time::Duration;

use margay_runtime::Tenancy;
use margay_sim::{Fault, PlannedFault, Scenario, SimulationConfig};

use crate::sim_world::{Place, Server, World, assert_complete};
use crate::world::pull_all;

/// So many places are tried in an ordinary run, evenly spread from a random first one; `MARGAY_SIM_PLACE=all` tries each, and
/// a number tries that one.
const SAMPLE: u64 = 16;

/// Two days in two windows, and everything on the way that makes the line wait or begin anew.
fn world() -> World {
    let scenario = Scenario {
        faults: vec![
            PlannedFault::from(Fault::RateLimit { retry_after_s: 20 }).at(2..=2),
            PlannedFault::from(Fault::Hang).at(4..=4),
            PlannedFault::from(Fault::ExpiredOffset).at(5..=6),
            PlannedFault::from(Fault::CutBody { percent: 50 }).at(8..=8),
        ],
        ..Scenario::default()
    };
    World::of(SimulationConfig {
        event_count: 260,
        history_span: Duration::from_hours(20),
        scenario,
        ..SimulationConfig::default()
    })
}

/// One life that may end at `place`, and one that puts everything right. Returns how many places the first one met if it did not die.
fn lives(world: &World, place: Place) -> Option<u64> {
    let first = Server::start(world, Some(place));
    let lived = first.run(async {
        let line = world.open(first.clock(), Tenancy::Alone).await;
        pull_all(&line).await;
    });
    let met = lived.map(|()| first.places());
    drop(first);
    let second = Server::start(world, None);
    second.run(async {
        let line = world.open(second.clock(), Tenancy::Alone).await;
        pull_all(&line).await;
        let replay = format!(
            "died at place {}; replay: MARGAY_SIM_PLACE={} cargo nextest run -p margay-runtime sim_crash",
            place.0, place.0
        );
        assert_complete(world, &line, &replay).await;
    });
    met
}

#[test]
fn dying_wherever_it_waits_the_line_loses_nothing_and_doubles_nothing() {
    let chosen = std::env::var("MARGAY_SIM_PLACE").unwrap_or_default();
    if let Ok(place) = chosen.parse() {
        lives(&world(), Place(place));
        return;
    }
    let places = lives(&world(), Place(u64::MAX)).unwrap();
    let step = if chosen == "all" {
        1
    } else {
        places.div_ceil(SAMPLE).max(1)
    };
    // Another first place each time: over many runs all are met.
    let first = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), places) % step;
    let (mut tried, mut place) = (0, first);
    // A first life that ends by itself has met every place there is.
    while lives(&world(), Place(place)).is_none() {
        tried += 1;
        place += step;
    }
    assert!(tried >= SAMPLE / 2, "only {tried} of {places} places");
}
