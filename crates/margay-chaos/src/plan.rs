//! What one seed does: the vendor, what goes wrong with it, and the lives of the process.
//!
//! - **Invariant**: a plan is a function of its seed and [`Size`]; what is left to chance is only when the machine does what.
//! - A plan takes seconds: waits, hangs and late events of [`Scenario::swarm`] are drawn in, and the faults end when the killing
//!   does.

use std::time::Duration;

use margay_sim::{EventGroup, Fault, FaultsEnd, Scenario, SimulationConfig};

use crate::random::Random;

const TOPIC_WORLD: u64 = 1;
const TOPIC_LIFE: u64 = 2;

/// How long one life lasts on average; the killing goes on for as many of these as there are kills.
const LIFE_MEAN: Duration = Duration::from_millis(1_700);
/// The longest that a life lasts: past the two seconds that landing gathers for, so that landings are killed too.
pub(crate) const LIFE_MAX: Duration = Duration::from_millis(4_500);
/// The longest wait and delay of a scenario, so that a life sees more than one.
const DELAY_MS_MAX: u64 = 300;
/// The pause that the vendor asks for, in seconds: longer than a process takes to start, so that the next life meets it.
pub(crate) const PAUSE_S: u32 = 2;
/// How far the vendor's clock may be off, in seconds: a window that ends "now" waits that long.
const SKEW_S_MAX: i64 = 4;
/// Late events become visible within this many seconds of the start.
const LATE_WITHIN_S: u32 = 6;
/// Over how many days the history of most seeds is spread: as many windows.
const SPAN_DAYS: u64 = 4;
/// One seed of so many has the whole 89 days, and a window for each.
const WHOLE_ONE_IN: u64 = 5;
const DAY: Duration = Duration::from_hours(24);

/// How large a run of one seed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How often the process is killed, at least.
    pub kills: u32,
    /// Events of history, before storms, ties, late and live ones.
    pub events: u64,
}

/// What one seed does.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) kills: u32,
    pub(crate) config: SimulationConfig,
    /// What `--start-at` is given, if anything.
    pub(crate) start_at: Option<String>,
    /// For how long the process is killed and the vendor is ill.
    pub(crate) ill_for: Duration,
}

/// One life of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) runs: Runs,
    pub(crate) ends: Ends,
    /// Whether the vendor refuses the token while it lives.
    pub(crate) token: Token,
    /// Events that happen when it begins.
    pub(crate) events: usize,
}

/// Which of the two ways of running the line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    Serve,
    Pull,
}

/// When the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// So long after its start.
    After(Duration),
    /// So long after the vendor got so many requests of it.
    Requests(u64, Duration),
    /// So long after the lake got so many commits of it.
    Commits(usize, Duration),
}

/// What the vendor thinks of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Good,
    Revoked,
}

impl Plan {
    /// Draws the plan of `seed`.
    pub(crate) fn of(seed: u64, size: Size) -> Self {
        let mut random = Random::of(seed, TOPIC_WORLD, 0);
        let is_whole = random.one_in(WHOLE_ONE_IN);
        let span = if is_whole {
            margay_sim::HISTORY_SPAN
        } else {
            DAY * u32::try_from(SPAN_DAYS).unwrap_or(1)
        };
        let ill_for = LIFE_MEAN * size.kills.max(LATE_WITHIN_S.div_ceil(2));
        let scenario = drawn_in(Scenario::swarm(seed), span, ill_for);
        let config = SimulationConfig {
            seed: 1 + random.below(1_000),
            event_count: size.events / 2 + random.below(size.events.max(1)),
            history_span: span,
            live_events_per_minute: [0, 60, 600][usize::try_from(random.below(3)).unwrap_or_default()].into(),
            requests_per_minute: None,
            scenario,
            ..SimulationConfig::default()
        };
        Self {
            seed,
            kills: size.kills,
            config,
            start_at: (!is_whole).then(|| format!("{}d", SPAN_DAYS + 1)),
            ill_for,
        }
    }

    /// Draws the `nth` life.
    pub(crate) fn life(&self, nth: u64) -> Life {
        let mut random = Random::of(self.seed, TOPIC_LIFE, nth);
        let moment = Duration::from_millis(random.below(60));
        let ends = match random.below(10) {
            // Early deaths count most: opening, recovering and the first request are short.
            0..4 => {
                let part = random.below(1_000);
                Ends::After(Duration::from_millis(part * part * 2_800 / 1_000_000))
            }
            4..7 => Ends::Requests(1 + random.below(60), moment),
            _ => Ends::Commits(1 + usize::try_from(random.below(3)).unwrap_or_default(), moment),
        };
        Life {
            runs: if random.below(5) < 3 { Runs::Serve } else { Runs::Pull },
            ends,
            token: if random.one_in(12) { Token::Revoked } else { Token::Good },
            events: usize::try_from(random.below(40)).unwrap_or_default(),
        }
    }
}

/// Makes a swarm fit into seconds and into the history.
fn drawn_in(mut scenario: Scenario, span: Duration, ill_for: Duration) -> Scenario {
    scenario.faults_end = FaultsEnd {
        requests: u64::MAX,
        after_s: Some(ill_for.as_secs()),
    };
    scenario.clock_skew_s %= SKEW_S_MAX + 1;
    for planned in &mut scenario.faults {
        match &mut planned.fault {
            Fault::RateLimit { retry_after_s } => *retry_after_s = PAUSE_S,
            Fault::Delay { ms } => *ms = (*ms).min(DELAY_MS_MAX),
            Fault::SlowBody { over_ms } => *over_ms = (*over_ms).min(DELAY_MS_MAX),
            _ => {}
        }
    }
    let span_s = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    for group in &mut scenario.events {
        match group {
            EventGroup::Storm { from_s, .. } => *from_s = within(*from_s, span_s),
            EventGroup::Tie { at_s, .. } => *at_s = within(*at_s, span_s),
            EventGroup::Late {
                span_s,
                delay_s_min,
                delay_s_max,
                ..
            } => {
                *span_s = LATE_WITHIN_S / 2;
                *delay_s_max = *delay_s_min + LATE_WITHIN_S / 2;
            }
        }
    }
    scenario
}

/// Moves a time before the start, in negative seconds, into the history.
fn within(from_s: i64, span_s: i64) -> i64 {
    // A minute before the start at the latest, as the swarm has it: a storm lasts that long.
    -60 - (-from_s - 60).rem_euclid(span_s - 60)
}

#[cfg(test)]
mod tests;
