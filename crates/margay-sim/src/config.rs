//! What a simulation is started with. Every knob of the simulated vendor is a field here.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::SimulationClock;
use crate::fault::FaultPlan;
use crate::scenario::Scenario;

/// How long the vendor keeps an event: 90 days (API reference, "Get audit log events", specification of 2026-06-11).
/// Whether the cut is exact to the second is not published; here it is.
pub const RETENTION: Duration = Duration::from_hours(90 * 24);

/// Over how many days history is spread unless the caller says otherwise. One less than the retention: with a real
/// clock the oldest events would otherwise expire while they are being read, and no count would hold.
pub const HISTORY_SPAN: Duration = Duration::from_hours(89 * 24);

/// The most events of history one simulation may have; their ids must fit 16 digits.
pub const EVENT_COUNT_MAX: u64 = 1_000_000_000;

/// The fastest live stream, events a minute; beyond it, an hour's stream is no longer a test but a load generator.
pub const LIVE_EVENTS_PER_MINUTE_MAX: f64 = 1_000_000.0;

/// Calls a minute a token has in a paid domain (developers.asana.com, "Rate limits").
pub const REQUESTS_PER_MINUTE: u32 = 1_500;

/// Reads that may be in flight at once for one token (same page).
pub const CONCURRENT_REQUESTS_MAX: u32 = 50;

/// Everything that decides how a simulated organisation and its vendor behave.
///
/// `SimulationConfig::default()` is the vendor as documented: strict limits, offsets that do not expire, no faults,
/// no live events, on a free loopback port.
#[derive(Debug, Clone)]
pub struct SimulationConfig {
    /// Decides the organisation, its events, its tokens and its offsets. The same seed, event count and starting time
    /// give byte-identical events.
    pub seed: u64,
    /// Events of history at the start, at most [`EVENT_COUNT_MAX`]. From 2,000 on, every type of the catalogue occurs.
    pub event_count: u64,
    /// The history is spread over `[start - history_span, start)`.
    pub history_span: Duration,
    /// Events older than this are gone.
    pub retention: Duration,
    /// New events a minute from the start on; 0 for none. They exist as soon as the clock has passed their time.
    pub live_events_per_minute: f64,
    /// The simulation's clock; the history ends at what it shows at the start.
    pub clock: SimulationClock,
    /// Where to listen: loopback only, port 0 for a free one.
    pub listen: SocketAddr,
    /// Which values of `limit` are accepted.
    pub limit_mode: LimitMode,
    /// How long an offset is accepted after it was handed out; `None` for ever. The vendor says that offsets expire
    /// and publishes no time.
    pub offset_lifetime: Option<Duration>,
    /// Calls a minute for each token, rejected ones included; `None` for no limit.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Calls in flight for each token.
    pub concurrent_requests_max: u32,
    /// The answer to a token whose organisation's plan lacks the audit log.
    pub plan_refusal: PlanRefusal,
    /// How long after the start [`TokenKind::NotYetActive`](crate::TokenKind::NotYetActive) is refused.
    pub token_activation: Duration,
    /// `Asana-Change` headers put on every answer, one header each.
    pub change_notices: Vec<String>,
    /// Answers that a test dictates; they come before the scenario's faults.
    pub faults: FaultPlan,
    /// What goes wrong, and what is odd about the events; what it says wins over the fields above.
    pub scenario: Scenario,
}

impl Default for SimulationConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            event_count: 5_000,
            history_span: HISTORY_SPAN,
            retention: RETENTION,
            live_events_per_minute: 0.0,
            clock: SimulationClock::Real,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limit_mode: LimitMode::Strict,
            offset_lifetime: None,
            requests_per_minute: NonZeroU32::new(REQUESTS_PER_MINUTE),
            concurrent_requests_max: CONCURRENT_REQUESTS_MAX,
            plan_refusal: PlanRefusal::PaymentRequired,
            token_activation: Duration::from_mins(3),
            change_notices: Vec::new(),
            faults: FaultPlan::none(),
            scenario: Scenario::default(),
        }
    }
}

/// Which explicit values of `limit` the endpoint takes. Without `limit` a page always holds up to 1,000.
///
/// The specification of 2026-06-11 bounds the shared parameter at 100 while the endpoint's text has a default of
/// 1,000; what the vendor does between the two is not published, so all answers can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitMode {
    /// 1 to 100; anything else is a 400.
    #[default]
    Strict,
    /// 1 to 1,000; anything else is a 400.
    Lenient,
    /// From 1 on; more than 100 counts as 100.
    Clamp,
}

/// How the vendor refuses a plan without the audit log; unconfirmed either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlanRefusal {
    /// 402, the status that the vendor's general list gives to "above the current plan".
    #[default]
    PaymentRequired,
    /// 403, the nearest status that this operation lists.
    Forbidden,
}
