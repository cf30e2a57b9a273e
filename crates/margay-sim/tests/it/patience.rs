//! Whatever goes wrong, a client that retries, restarts by time and drops what it has already gets everything.
//!
//! A failing run prints its scenario, which replays it: `margay sim asana --scenario FILE`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use margay_sim::{FaultKind, OffsetUses, Scenario, Served, SimulationConfig};
use serde_json::Value;

use crate::client::{Answer, START, World, encode, with_offset};

/// How far a restart goes back behind the newest event: the most that one is late.
const OVERLAP: Duration = Duration::from_mins(30);
/// How long one request may take; longer than what is slow, shorter than what hangs.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How many kinds of faults there are.
const FAULT_KINDS: usize = 17;
/// More requests than any of these runs needs.
const REQUESTS_MAX: usize = 20_000;

/// A copy of the log, and where it is continued.
struct Patient<'world> {
    world: &'world World,
    events: BTreeMap<String, String>,
    start_at: Option<Timestamp>,
    newest: Option<Timestamp>,
    offset: Option<String>,
    /// What came of each request: a status, or 0 for no usable answer.
    outcomes: Vec<u16>,
}

impl<'world> Patient<'world> {
    fn new(world: &'world World) -> Self {
        Self {
            world,
            events: BTreeMap::new(),
            start_at: None,
            newest: None,
            offset: None,
            outcomes: Vec::new(),
        }
    }

    /// Reads on until the log is drained.
    async fn drain(&mut self) {
        while !self.ask().await {
            assert!(self.outcomes.len() < REQUESTS_MAX, "this never ends");
        }
    }

    fn restart(&mut self, from: Option<Timestamp>) {
        (self.offset, self.start_at) = (None, from);
    }

    /// Asks once; returns whether there is nothing more.
    async fn ask(&mut self) -> bool {
        let mut parameters = "limit=100".to_owned();
        if let Some(start_at) = self.start_at {
            parameters = format!("{parameters}&start_at={}", encode(&start_at.to_string()));
        }
        let parameters = with_offset(&parameters, self.offset.as_deref());
        let answer = self.world.try_audit(&parameters).await.ok();
        let is_page = |answer: &Answer| answer.status != 200 || serde_json::from_str::<Value>(&answer.text).is_ok();
        let Some(answer) = answer.filter(is_page) else {
            self.outcomes.push(0);
            return false;
        };
        self.outcomes.push(answer.status);
        match answer.status {
            200 => return self.take(&answer),
            400 => self.restart(self.newest.map(|newest| newest - OVERLAP)),
            429 => {
                let wait_s = answer.header("retry-after").unwrap().parse().unwrap();
                self.world.clock.advance(Duration::from_secs(wait_s));
            }
            // Refused, or broken: asked again.
            _ => {}
        }
        false
    }

    fn take(&mut self, page: &Answer) -> bool {
        let events = page.events();
        for event in &events {
            let gid = event["gid"].as_str().unwrap().to_owned();
            let created_at: Timestamp = event["created_at"].as_str().unwrap().parse().unwrap();
            self.newest = self.newest.max(Some(created_at));
            let text = event.to_string();
            let known = self.events.insert(gid, text.clone());
            assert!(known.is_none_or(|known| known == text), "an event changed");
        }
        self.offset = page.offset().or(self.offset.take());
        events.is_empty()
    }
}

fn truth(world: &World) -> BTreeMap<String, String> {
    let events = world.simulation.events().map(|body| {
        let event: Value = serde_json::from_str(&body).unwrap();
        (event["gid"].as_str().unwrap().to_owned(), event.to_string())
    });
    events.collect()
}

/// Reads a world as it lives for a minute, then once more what may have come late; compares.
async fn read_patiently(scenario: Scenario) -> Served {
    let config = SimulationConfig {
        event_count: 1_000,
        live_events_per_minute: 30.0,
        requests_per_minute: None,
        scenario: scenario.clone(),
        ..SimulationConfig::default()
    };
    let mut world = World::start_with(config).await;
    world.patience = PATIENCE;
    let mut patient = Patient::new(&world);
    for _ in 0..6 {
        patient.drain().await;
        world.clock.advance(Duration::from_secs(10));
    }
    let start: Timestamp = START.parse().unwrap();
    patient.restart(Some(start - Duration::from_hours(2)));
    patient.drain().await;
    let (copy, truth) = (patient.events, truth(&world));
    let missing = truth.keys().filter(|gid| !copy.contains_key(*gid)).count();
    let extra = copy.keys().filter(|gid| !truth.contains_key(*gid)).count();
    let served = world.simulation.served();
    assert!(
        copy == truth && served.calls_while_told_to_wait == 0,
        "{missing} missing, {extra} extra, {served:?}\n{scenario}"
    );
    let late = world.simulation.late_events();
    assert!(late.iter().all(|event| copy.contains_key(&event.gid)), "{late:?}");
    served
}

#[tokio::test]
async fn a_patient_client_gets_everything_though_everything_goes_wrong() {
    let everything = Scenario::from_yaml(include_str!("../../scenarios/everything.yml")).unwrap();
    let served = read_patiently(everything).await;
    assert_eq!(
        served.faults.len(),
        FAULT_KINDS,
        "each kind was given: {:?}",
        served.faults
    );
}

#[tokio::test]
async fn a_patient_client_gets_everything_from_any_swarm() {
    let runs = (0..12).map(|seed| read_patiently(Scenario::swarm(seed)));
    futures::future::join_all(runs).await;
}

#[tokio::test]
async fn one_scenario_and_one_order_of_requests_give_one_run() {
    // What waits depends on the machine's time and not on the simulation's.
    let everything = Scenario::from_yaml(include_str!("../../scenarios/everything.yml")).unwrap();
    let mut scenario = everything.without(&[FaultKind::Hang, FaultKind::StallBody]);
    scenario.offset_uses = OffsetUses::Unlimited;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let world = World::with_scenario(scenario.clone()).await;
        let mut patient = Patient::new(&world);
        patient.drain().await;
        runs.push((patient.outcomes, world.simulation.served(), patient.offset));
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].0.iter().any(|status| *status != 200));
}
