use jiff::Timestamp;

use super::History;
use crate::config::EVENT_COUNT_MAX;
use crate::{ManualClock, Simulation, SimulationConfig};

fn until() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn lines(seed: u64, event_count: u64) -> Vec<String> {
    let mut text = Vec::new();
    History::new(seed, event_count, until())
        .unwrap()
        .write(&mut text)
        .unwrap();
    let text = String::from_utf8(text).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_file_has_the_events_that_the_api_serves() {
    let config = SimulationConfig {
        seed: 7,
        event_count: 3_000,
        clock: ManualClock::starting_at(until()).into(),
        ..SimulationConfig::default()
    };
    let simulation = Simulation::start(config).await.unwrap();
    let served: Vec<String> = simulation.events().collect();
    simulation.shutdown().await;
    assert_eq!(lines(7, 3_000), served);
}

#[test]
fn the_same_seed_gives_the_same_file_and_another_one_another() {
    assert_eq!(lines(1, 2_000), lines(1, 2_000));
    assert_ne!(lines(1, 2_000), lines(2, 2_000));
}

#[test]
fn more_events_than_ids_have_digits_for_are_refused() {
    assert!(History::new(1, EVENT_COUNT_MAX + 1, until()).is_err());
}
