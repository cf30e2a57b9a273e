//! The outside world for Margay's tests and demo: Asana's audit log API on a real port.
//!
//! A [`Simulation`] is a seeded organisation (people, teams, projects, apps), the audit events it leaves behind, and
//! a server that hands them out by the vendor's rules: opaque offsets, pages that may be empty, retention, tokens of
//! several kinds, rate limits, error bodies. It is written from the vendor's reference alone and shares no code with
//! the connector it tests, so the two can disagree.
//!
//! Every oddity names its source in its doc comment. What nobody could confirm is called unconfirmed there.
//!
//! ```no_run
//! # async fn example() -> Result<(), margay_sim::StartError> {
//! use margay_sim::{Simulation, SimulationConfig, TokenKind};
//!
//! let simulation = Simulation::start(SimulationConfig { event_count: 50_000, ..SimulationConfig::default() }).await?;
//! let url = format!("{}/workspaces/{}/audit_log_events", simulation.api_url(), simulation.organization_id());
//! let token = simulation.token(TokenKind::ServiceAccountAuditOnly);
//! // … pull `url` with `Authorization: Bearer {token}`, then compare with `simulation.event_ids()`.
//! simulation.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! What goes wrong is a [`Scenario`]: seeded faults that combine, late events, a skewed clock; a value, or a YAML file.
//! [`Scenario::swarm`] draws one at random.
//!
//! **Absent on purpose**: the connector, TLS, compression, background timers (live events are a function of the
//! clock), stored state (a restart with the same seed and clock is the same world, minus the events added by hand).

mod base64;
mod catalogue;
mod clock;
mod config;
mod connection;
mod counters;
mod directory;
mod error_body;
mod event;
mod fault;
mod front;
mod history;
mod limits;
mod log;
mod offset;
mod organization;
mod paging;
mod query;
mod random;
mod receiver;
mod rhythm;
mod scenario;
mod server;
mod simulation;
mod token;
mod world;

pub use catalogue::{CATALOGUE, Details, EventType, ResourceKind};
pub use clock::{ManualClock, SimulationClock};
pub use config::{
    CONCURRENT_REQUESTS_MAX, EVENT_COUNT_MAX, HISTORY_SPAN, LIVE_EVENTS_PER_MINUTE_MAX, LimitMode, PlanRefusal,
    REQUESTS_PER_MINUTE, RETENTION, SimulationConfig,
};
pub use counters::Served;
pub use fault::{FaultPlan, ScriptedAnswer, ScriptedBody};
pub use history::History;
pub use log::{LateEvent, LateMode, NotJson};
pub use receiver::{Received, Receiver, Reply};
pub use scenario::{
    CLOCK_SKEW_S_MAX, Chance, DELAY_MS_MAX, EventGroup, FAULTS_END_REQUESTS, FAULTS_MAX, Fault, FaultKind, FaultsEnd,
    GROUP_EVENTS_MAX, GROUP_S_MAX, LATE_S_MAX, OffsetUses, OrganizationLife, Phrase, PlannedFault, RETRY_AFTER_S_MAX,
    RepeatedOffset, Requests, SCENARIO_BYTES_MAX, Scenario, ScenarioError,
};
pub use simulation::{Simulation, StartError};
pub use token::{TOKEN_REPLACEMENTS_MAX, TokenKind};
