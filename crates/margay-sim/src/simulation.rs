//! A running simulation: start it, point a client at it, compare with the truth, shut it down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::{SimulationClock, timestamp_of};
use crate::config::{EVENT_COUNT_MAX, LIVE_EVENTS_PER_MINUTE_MAX, SimulationConfig};
use crate::counters::Served;
use crate::fault::{FaultPlan, ScriptedAnswer};
use crate::log::{LateEvent, LateMode, NotJson};
use crate::scenario::{Scenario, ScenarioError};
use crate::server;
use crate::token::TokenKind;
use crate::world::World;

/// How long a shutdown waits for answers in flight before it drops them.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(5);

/// A simulated organisation with its API on a loopback port.
///
/// Dropping it stops the server too, without waiting for it.
#[derive(Debug)]
pub struct Simulation {
    world: Arc<World>,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Why a simulation did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not on this machine's loopback: simulated tokens guard nothing.
    #[error("the simulator listens on loopback only, not on {address}")]
    NotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// More history than ids have digits for.
    #[error("{event_count} events are too many, the most is {EVENT_COUNT_MAX}")]
    TooManyEvents {
        /// The count asked for.
        event_count: u64,
    },
    /// Not a rate.
    #[error("{rate} live events a minute is not a rate between 0 and {LIVE_EVENTS_PER_MINUTE_MAX}")]
    LiveRate {
        /// The rate asked for.
        rate: f64,
    },
    /// A scenario that cannot be.
    #[error("the scenario is out of its limits")]
    Scenario(#[source] ScenarioError),
    /// The address could not be bound.
    #[error("could not listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

impl Simulation {
    /// Builds the organisation and starts to serve it. Needs a tokio runtime with IO.
    pub async fn start(config: SimulationConfig) -> Result<Self, StartError> {
        check(&config)?;
        let listen_error = |cause| StartError::Listen {
            address: config.listen,
            cause,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let world = Arc::new(World::new(&config, address));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::run(listener, Arc::clone(&world), stopped));
        Ok(Self {
            world,
            address,
            stop,
            server,
        })
    }

    /// Returns the address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the API's base, `http://127.0.0.1:PORT/api/1.0`, without a slash at the end.
    pub fn api_url(&self) -> &str {
        self.world.api_url()
    }

    /// Returns the organisation's gid, which the admin console calls the domain id.
    pub fn organization_id(&self) -> &str {
        self.world.organization_id()
    }

    /// Returns the organisation's token of a kind: the latest, if it was replaced.
    pub fn token(&self, kind: TokenKind) -> &str {
        self.world.token(kind)
    }

    /// Lets the token of a kind be refused (401) from now on.
    pub fn revoke_token(&self, kind: TokenKind) {
        self.world.tokens.revoke(kind);
    }

    /// Lets the token of a kind pass again.
    pub fn restore_token(&self, kind: TokenKind) {
        self.world.tokens.restore(kind);
    }

    /// Makes a new token for a kind and returns it; the old one is refused from now on, as when an administrator regenerates
    /// it. `None` after [`TOKEN_REPLACEMENTS_MAX`](crate::TOKEN_REPLACEMENTS_MAX) times.
    pub fn replace_token(&self, kind: TokenKind) -> Option<&str> {
        self.world.tokens.replace(kind)
    }

    /// Returns the clock.
    pub fn clock(&self) -> &SimulationClock {
        self.world.clock()
    }

    /// Returns what the vendor's clock shows: [`Self::clock`], plus the scenario's skew.
    pub fn vendor_now(&self) -> Timestamp {
        self.world.now()
    }

    /// Returns the scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.world.scenario
    }

    /// Returns the ids of all events that a client could read now, in order: the truth to compare a copy with.
    /// Raw events without a string `gid` have no id and are missing here.
    pub fn event_ids(&self) -> impl Iterator<Item = String> {
        self.world.log().visible_gids(self.world.now_ms())
    }

    /// Returns ids and creation times of all events that a client could read now, in the order of [`Self::event_ids`].
    /// Not sorted by time: an event that is delivered late stands where an offset meets it.
    pub fn event_times(&self) -> impl Iterator<Item = (String, Timestamp)> {
        let times = self.world.log().visible_times(self.world.now_ms());
        times.map(|(gid, created_ms)| (gid, timestamp_of(created_ms)))
    }

    /// Returns the events that are late by plan, of the scenario's groups and of [`Self::add_late_event`]: those that can be
    /// read by now, and those that will be. [`Self::event_ids`] has the former.
    pub fn late_events(&self) -> Vec<LateEvent> {
        self.world.log().late_events()
    }

    /// Returns the JSON text of all events that a client could read now, in order, exactly as they are served.
    pub fn events(&self) -> impl Iterator<Item = String> {
        self.world.log().visible_bodies(self.world.now_ms())
    }

    /// Returns how many events a client could read now, raw ones without an id included.
    pub fn event_count(&self) -> u64 {
        self.world.log().visible_count(self.world.now_ms())
    }

    /// Lets `count` events happen now and returns their ids.
    pub fn add_events(&self, count: usize) -> Vec<String> {
        let now = self.world.now();
        (0..count).map(|_| self.add_event_at(now)).collect()
    }

    /// Adds an event of the organisation created at `time` (cut to milliseconds) and returns its id.
    ///
    /// With a `time` that offsets have passed already it is a late event: a new query finds it, an older offset does
    /// not. The vendor does not say what its own offsets do then. With a `time` ahead it appears when the clock gets
    /// there.
    pub fn add_event_at(&self, time: Timestamp) -> String {
        self.world.log().add_event(time.as_millisecond(), None)
    }

    /// Adds an event of the organisation created at `created_at` that can be read from `visible_at` on (both cut to
    /// milliseconds, both on the vendor's clock) and returns its id.
    pub fn add_late_event(&self, created_at: Timestamp, visible_at: Timestamp, mode: LateMode) -> String {
        let late = Some((visible_at.as_millisecond(), mode));
        self.world.log().add_event(created_at.as_millisecond(), late)
    }

    /// Adds any JSON text as an event created now; it is served byte for byte.
    ///
    /// Its place in the order is the moment of this call, whatever its own `created_at` says.
    pub fn add_raw_event(&self, body: &str) -> Result<(), NotJson> {
        self.add_raw_event_at(self.world.now(), body)
    }

    /// Adds any JSON text as an event created at `time`; it is served byte for byte.
    pub fn add_raw_event_at(&self, time: Timestamp, body: &str) -> Result<(), NotJson> {
        self.world.log().add_raw(time.as_millisecond(), body)
    }

    /// Lets the next requests, one each and whatever they ask for, get these answers.
    pub fn fail_next(&self, answers: impl IntoIterator<Item = ScriptedAnswer>) {
        self.faults().fail_next(answers);
    }

    /// Returns the plan of faults.
    pub fn faults(&self) -> &FaultPlan {
        self.world.faults()
    }

    /// Returns what has been served so far.
    pub fn served(&self) -> Served {
        self.world.counters().snapshot()
    }

    /// Returns for how much longer the token of a kind is told to wait; zero if it is not.
    pub fn told_to_wait_for(&self, kind: TokenKind) -> Duration {
        let until_ms = self.world.counters().told_to_wait_until_ms(kind);
        let left_ms = until_ms.map_or(0, |until_ms| until_ms.saturating_sub(self.world.now_ms()));
        Duration::from_millis(u64::try_from(left_ms).unwrap_or_default())
    }

    /// Returns how many requests have been answered so far, whatever the answer.
    pub fn requests_served(&self) -> u64 {
        self.served().requests
    }

    /// Stops listening, lets answers in flight finish for a few seconds, and returns when the port is free.
    pub async fn shutdown(self) {
        drop(self.stop);
        let mut server = self.server;
        if tokio::time::timeout(SHUTDOWN_PATIENCE, &mut server).await.is_err() {
            server.abort();
            let outcome = server.await;
            tracing::debug!(aborted = outcome.is_err(), "simulator stopped with answers in flight");
        }
    }
}

fn check(config: &SimulationConfig) -> Result<(), StartError> {
    if !config.listen.ip().is_loopback() {
        return Err(StartError::NotLoopback { address: config.listen });
    }
    if config.event_count > EVENT_COUNT_MAX {
        return Err(StartError::TooManyEvents {
            event_count: config.event_count,
        });
    }
    if !(0.0..=LIVE_EVENTS_PER_MINUTE_MAX).contains(&config.live_events_per_minute) {
        return Err(StartError::LiveRate {
            rate: config.live_events_per_minute,
        });
    }
    config.scenario.check().map_err(StartError::Scenario)
}
