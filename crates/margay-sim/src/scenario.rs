//! Scenarios: what goes wrong in a simulation, as a value and as a YAML file.
//!
//! - **Invariant**: whether a fault meets a request is a pure function of the scenario, the request's number, the time since the
//!   start and how often the fault has happened ([`Scenario::decide`]). So two runs that ask in the same order meet
//!   the same faults.
//! - **Invariant**: [`FaultsEnd`] ends everything that refuses or breaks; a patient client always gets its copy.
//! - **Invariant**: the YAML that a scenario prints reads back to an equal scenario.

mod chance;
mod decision;
mod fault;
mod group;
mod swarm;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::config::LimitMode;

pub use chance::{Chance, Requests};
pub(crate) use decision::Decision;
pub(crate) use fault::Place;
pub use fault::{DELAY_MS_MAX, Fault, FaultKind, Phrase, PlannedFault, RETRY_AFTER_S_MAX, RepeatedOffset};
pub use group::{EventGroup, GROUP_S_MAX, LATE_S_MAX};

/// The most faults that a scenario may plan: each is looked at for every request.
pub const FAULTS_MAX: usize = 256;
/// The most events that a scenario's groups may add; they are kept in memory, some 100 bytes each.
pub const GROUP_EVENTS_MAX: u64 = 1_000_000;
/// The most that the vendor's clock may differ from ours, in seconds: a day.
pub const CLOCK_SKEW_S_MAX: i64 = 86_400;
/// After how many requests the faults of a scenario end that does not say it: an hour of a busy client.
pub const FAULTS_END_REQUESTS: u64 = 10_000;
/// The longest scenario file, in bytes; one that plans [`FAULTS_MAX`] faults is far shorter.
pub const SCENARIO_BYTES_MAX: usize = 256 * 1024;

/// What goes wrong in a simulation, and what is odd about its events.
///
/// `Scenario::default()` is the vendor as documented. Fields that also [`SimulationConfig`](crate::SimulationConfig) has
/// win over it when they are given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// Decides chances and the times of event groups; the organisation has a seed of its own.
    pub seed: u64,
    /// From when on the vendor is healthy.
    pub faults_end: FaultsEnd,
    /// By how many seconds the vendor's clock is ahead of the simulation's; negative for behind. `Date` headers, live events,
    /// retention and offset lifetimes follow the vendor's clock.
    pub clock_skew_s: i64,
    /// Which values of `limit` are accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitMode>,
    /// How many seconds an offset is accepted after it was handed out, until the faults end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_lifetime_s: Option<u64>,
    /// How often an offset is accepted, until the faults end.
    pub offset_uses: OffsetUses,
    /// Whether the organisation has a log at all.
    pub organization: OrganizationLife,
    /// Events beside the ordinary ones.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "group::within_limits")]
    pub events: Vec<EventGroup>,
    /// What goes wrong with requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<PlannedFault>,
}

/// When the faults of a scenario end: at whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultsEnd {
    /// After so many requests.
    #[serde(default = "faults_end_requests")]
    pub requests: u64,
    /// After so many seconds of the simulation's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<u64>,
}

/// How often an offset may be sent. The vendor does not say whether an old one leads to its page again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffsetUses {
    /// As often as one likes.
    #[default]
    Unlimited,
    /// Once; a second use is a 400, whether the first one's answer arrived or not.
    Once,
}

/// How much happens in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationLife {
    /// What the configuration says.
    #[default]
    Lively,
    /// Nothing, ever, but what is added by hand.
    Empty,
}

/// Why a scenario cannot be.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not a scenario file; the text has line and column.
    #[error("the scenario cannot be read: {problem}")]
    Unreadable {
        /// What is wrong, and where.
        problem: String,
    },
    /// A file beyond [`SCENARIO_BYTES_MAX`].
    #[error("the scenario has {bytes} bytes, the most is {SCENARIO_BYTES_MAX}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// A value that is out of its limits.
    #[error("{place}: {problem}")]
    OutOfLimits {
        /// Which value, as a path such as `faults[2].at`.
        place: String,
        /// What it may be.
        problem: String,
    },
}

impl Scenario {
    /// Reads a scenario file. Unknown keys are refused.
    ///
    /// # Errors
    ///
    /// What does not fit is named with line and column; what is too much altogether, by its path.
    pub fn from_yaml(text: &str) -> Result<Self, ScenarioError> {
        if text.len() > SCENARIO_BYTES_MAX {
            return Err(ScenarioError::TooLong { bytes: text.len() });
        }
        let scenario: Self = serde_saphyr::from_str(text).map_err(|error| ScenarioError::Unreadable {
            problem: error.to_string(),
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Leaves out the faults of these kinds: such as what hangs, for a client that is patient for minutes.
    #[must_use]
    pub fn without(mut self, kinds: &[FaultKind]) -> Self {
        self.faults.retain(|planned| !kinds.contains(&planned.fault.kind()));
        self
    }

    /// Returns the YAML that reads back to this scenario.
    pub fn to_yaml(&self) -> String {
        // Nothing in a scenario can fail to be written; a test prints thousands.
        serde_saphyr::to_string(self).unwrap_or_default()
    }

    /// Returns whether nothing refuses or breaks any more at request `number`, `elapsed_ms` after the start.
    pub(crate) fn is_over(&self, number: u64, elapsed_ms: u64) -> bool {
        let after_ms = self.faults_end.after_s.map(|after_s| after_s.saturating_mul(1000));
        number > self.faults_end.requests || after_ms.is_some_and(|after_ms| elapsed_ms >= after_ms)
    }

    /// Holds every number to its limit.
    pub(crate) fn check(&self) -> Result<(), ScenarioError> {
        let refuse = |place: String, problem: String| Err(ScenarioError::OutOfLimits { place, problem });
        if self.faults.len() > FAULTS_MAX {
            return refuse("faults".to_owned(), format!("at most {FAULTS_MAX}"));
        }
        if self.clock_skew_s.abs() > CLOCK_SKEW_S_MAX {
            return refuse(
                "clock_skew_s".to_owned(),
                format!("at most {CLOCK_SKEW_S_MAX} either way"),
            );
        }
        let event_count: u64 = self.events.iter().map(|group| u64::from(group.count())).sum();
        if event_count > GROUP_EVENTS_MAX {
            return refuse("events".to_owned(), format!("at most {GROUP_EVENTS_MAX} altogether"));
        }
        for (index, group) in self.events.iter().enumerate() {
            if let Some(problem) = group.problem() {
                return refuse(format!("events[{index}]"), problem);
            }
        }
        for (index, planned) in self.faults.iter().enumerate() {
            if let Some(problem) = planned.fault.problem() {
                return refuse(format!("faults[{index}]"), problem);
            }
            if planned.at.iter().any(|requests| requests.is_empty()) {
                let problem = "a range of requests begins at 1 or later and ends no earlier".to_owned();
                return refuse(format!("faults[{index}].at"), problem);
            }
        }
        Ok(())
    }
}

impl Default for FaultsEnd {
    fn default() -> Self {
        Self {
            requests: FAULTS_END_REQUESTS,
            after_s: None,
        }
    }
}

fn faults_end_requests() -> u64 {
    FAULTS_END_REQUESTS
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_yaml())
    }
}

#[cfg(test)]
mod tests;
