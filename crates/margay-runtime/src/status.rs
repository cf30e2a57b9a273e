//! What this process knows of its own health, for `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_schema::LogType;

#[cfg(test)]
mod tests;

/// Landing that has not succeeded for this long while it fails makes the process not ready: the promise is five seconds.
const LANDING_FAILING_MAX: Duration = Duration::from_secs(60);

/// Shared by the loops, which write, and the HTTP server, which reads.
#[derive(Debug, Default)]
pub struct Status(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    is_stopping: bool,
    /// Whether landing has passed over all log types once.
    has_landed: bool,
    /// What keeps everything from landing, and since when.
    landing_problem: Option<Lasting>,
    /// What keeps a log type from landing.
    landing_problems: BTreeMap<LogType, Lasting>,
    source_problems: BTreeMap<String, String>,
}

/// A problem that lasts.
#[derive(Debug)]
struct Lasting {
    since: Timestamp,
    problem: String,
}

/// How a pass of landing ended.
#[derive(Debug)]
pub(crate) enum LandingEnd {
    /// It went over all log types; these have a problem.
    Passed(BTreeMap<LogType, String>),
    /// It could not begin.
    Failed(String),
}

impl LandingEnd {
    pub(crate) fn has_failed(&self) -> bool {
        match self {
            Self::Passed(problems) => !problems.is_empty(),
            Self::Failed(_) => true,
        }
    }
}

/// Whether the process does its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it does.
    pub is_ready: bool,
    /// What keeps it from it, without what the world said: whoever reaches the port may read it.
    pub reasons: Vec<String>,
    /// Sources that cannot be polled now. They do not make the process unready: a vendor's outage is not cured by a restart.
    pub source_problems: BTreeMap<String, String>,
}

impl Status {
    /// Returns whether the process does its job at `now`.
    pub fn readiness(&self, now: Timestamp) -> Readiness {
        let inner = self.inner();
        let mut reasons = Vec::new();
        if inner.is_stopping {
            reasons.push("stopping".to_owned());
        }
        let problems = inner.landing_problem.iter().chain(inner.landing_problems.values());
        for Lasting { since, .. } in problems {
            if now.duration_since(*since) >= signed(LANDING_FAILING_MAX) {
                reasons.push(format!("landing has failed since {since}"));
            }
        }
        if !inner.has_landed && inner.landing_problem.is_none() {
            reasons.push("starting: landing has not looked at the journal yet".to_owned());
        }
        Readiness {
            is_ready: reasons.is_empty(),
            reasons,
            source_problems: inner.source_problems.clone(),
        }
    }

    /// Returns what keeps records of a log type from landing, if something does now.
    pub fn landing_problem(&self, log_type: &LogType) -> Option<String> {
        let inner = self.inner();
        let lasting = inner.landing_problems.get(log_type).or(inner.landing_problem.as_ref());
        lasting.map(|lasting| lasting.problem.clone())
    }

    /// Notes that the process is on its way out.
    pub fn stopping(&self) {
        self.inner().is_stopping = true;
    }

    pub(crate) fn landing_ended(&self, now: Timestamp, landing: LandingEnd) {
        let mut inner = self.inner();
        let lasting = |before: Option<Lasting>, problem| Lasting {
            since: before.map_or(now, |before| before.since),
            problem,
        };
        match landing {
            LandingEnd::Passed(problems) => {
                inner.has_landed = true;
                inner.landing_problem = None;
                let mut before = std::mem::take(&mut inner.landing_problems);
                let lasting = problems.into_iter().map(|(log_type, problem)| {
                    let lasting = lasting(before.remove(&log_type), problem);
                    (log_type, lasting)
                });
                inner.landing_problems = lasting.collect();
            }
            LandingEnd::Failed(problem) => {
                let before = inner.landing_problem.take();
                inner.landing_problem = Some(lasting(before, problem));
            }
        }
    }

    pub(crate) fn round_ended(&self, source_label: &str, problem: Option<String>) {
        let mut inner = self.inner();
        match problem {
            Some(problem) => inner.source_problems.insert(source_label.to_owned(), problem),
            None => inner.source_problems.remove(source_label),
        };
    }

    /// Forgets a source that is not attended to any more.
    pub(crate) fn source_gone(&self, source_label: &str) {
        self.inner().source_problems.remove(source_label);
    }

    /// A panic elsewhere must not take health reporting with it: every field is valid on its own.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
