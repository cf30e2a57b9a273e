//! Everything that the server knows, and the vendor's clock.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::clock::{SimulationClock, timestamp_of};
use crate::config::{LimitMode, PlanRefusal, SimulationConfig};
use crate::counters::Counters;
use crate::event::Generator;
use crate::fault::FaultPlan;
use crate::limits::Limits;
use crate::log::{EventLog, Stream};
use crate::offset::{OffsetSealer, UsedOffsets};
use crate::random::Random;
use crate::scenario::{OffsetUses, OrganizationLife, Scenario};
use crate::token::{TokenKind, Tokens};

/// Every path starts with this.
pub(crate) const API_ROOT: &str = "/api/1.0";
/// 2021-10-08T00:00:00Z: nothing was logged before (specification of 2026-06-11).
const FLOOR_MS: i64 = 1_633_651_200_000;
const TOPIC_REQUEST: u64 = 0x7265;

/// The organisation, its vendor, and what both have done so far.
#[derive(Debug)]
pub(crate) struct World {
    seed: u64,
    api_url: String,
    clock: SimulationClock,
    /// By how much the vendor's clock is ahead.
    skew_ms: i64,
    /// What the vendor's clock showed at the start.
    start_ms: i64,
    log: EventLog,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) offsets: OffsetSealer,
    pub(crate) used_offsets: UsedOffsets,
    offset_lifetime: Option<Duration>,
    pub(crate) limit_mode: LimitMode,
    plan_refusal: PlanRefusal,
    active_from_ms: i64,
    pub(crate) change_notices: Vec<HeaderValue>,
    faults: FaultPlan,
    pub(crate) scenario: Scenario,
    counters: Counters,
    answers_begun: AtomicU64,
    /// True from the moment at which the server is told to stop.
    stopping: watch::Sender<bool>,
}

impl World {
    pub(crate) fn new(config: &SimulationConfig, address: SocketAddr) -> Self {
        let scenario = config.scenario.clone();
        let skew_ms = scenario.clock_skew_s.saturating_mul(1000);
        let start_ms = config.clock.now_ms().saturating_add(skew_ms);
        let span_ms = whole_ms(config.history_span).unsigned_abs();
        let (event_count, live_per_minute) = match scenario.organization {
            OrganizationLife::Lively => (config.event_count, config.live_events_per_minute),
            OrganizationLife::Empty => (0, 0.0),
        };
        let stream = Stream::new(config.seed, start_ms, span_ms, event_count, live_per_minute);
        let generator = Generator::new(config.seed, event_count);
        let log = EventLog::new(generator, stream, whole_ms(config.retention), FLOOR_MS);
        if scenario.organization == OrganizationLife::Lively {
            let groups = scenario.events.iter().enumerate();
            let moments = groups.flat_map(|(place, group)| group.moments(scenario.seed, place, start_ms));
            log.add_events(moments.map(|moment| (moment.created_ms, moment.late)));
        }
        let notices = config
            .change_notices
            .iter()
            .filter_map(|notice| HeaderValue::try_from(notice).ok());
        Self {
            seed: config.seed,
            api_url: format!("http://{address}{API_ROOT}"),
            clock: config.clock.clone(),
            skew_ms,
            start_ms,
            log,
            tokens: Tokens::new(config.seed),
            limits: Limits::new(config.requests_per_minute, config.concurrent_requests_max),
            offsets: OffsetSealer::new(config.seed),
            used_offsets: UsedOffsets::default(),
            offset_lifetime: config.offset_lifetime,
            limit_mode: scenario.limit.unwrap_or(config.limit_mode),
            plan_refusal: config.plan_refusal,
            active_from_ms: start_ms.saturating_add(whole_ms(config.token_activation)),
            change_notices: notices.collect(),
            faults: config.faults.clone(),
            scenario,
            counters: Counters::default(),
            answers_begun: AtomicU64::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    pub(crate) fn api_url(&self) -> &str {
        &self.api_url
    }

    pub(crate) fn organization_id(&self) -> &str {
        &self.log.generator().organization().gid
    }

    pub(crate) fn token(&self, kind: TokenKind) -> &str {
        self.tokens.text(kind)
    }

    pub(crate) fn clock(&self) -> &SimulationClock {
        &self.clock
    }

    /// Returns what the vendor's clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        timestamp_of(self.now_ms())
    }

    /// As [`Self::now`], in milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms().saturating_add(self.skew_ms)
    }

    /// Returns how long the simulation has run on its clock.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.now_ms().saturating_sub(self.start_ms)).unwrap_or_default()
    }

    pub(crate) fn log(&self) -> &EventLog {
        &self.log
    }

    pub(crate) fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns whether a token of [`TokenKind::NotYetActive`] is active by now.
    pub(crate) fn is_activation_over(&self, now_ms: i64) -> bool {
        now_ms >= self.active_from_ms
    }

    /// Returns the status that refuses a plan.
    pub(crate) fn plan_refusal_status(&self) -> u16 {
        match self.plan_refusal {
            PlanRefusal::PaymentRequired => 402,
            PlanRefusal::Forbidden => 403,
        }
    }

    /// Returns how long an offset lives at request `number`, and whether it may be used again.
    pub(crate) fn offset_rules(&self, number: u64) -> (Option<Duration>, OffsetUses) {
        if self.scenario.is_over(number, self.elapsed_ms()) {
            return (self.offset_lifetime, OffsetUses::Unlimited);
        }
        let lifetime = self.scenario.offset_lifetime_s.map(Duration::from_secs);
        (lifetime.or(self.offset_lifetime), self.scenario.offset_uses)
    }

    /// Returns a new id for an answer.
    pub(crate) fn request_id(&self) -> String {
        let serial = self.answers_begun.fetch_add(1, Ordering::Relaxed);
        format!("{:032x}", Random::of(self.seed, TOPIC_REQUEST, serial).number())
    }

    /// Lets everything end that waits for [`Self::stopped`].
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns when the server has been told to stop.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // An error says that the sender is gone, and with it the world: stopped as well.
        drop(stopping.wait_for(|is_stopping| *is_stopping).await);
    }
}

/// Returns a duration in whole milliseconds, at most as many as a clock can have.
pub(crate) fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
