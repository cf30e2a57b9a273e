//! What this process knows of its own health, for `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Landing that has not succeeded for this long while it fails makes the process not ready: the promise is five seconds.
const LANDING_FAILING_MAX: Duration = Duration::from_secs(60);

/// Shared by the loops, which write, and the HTTP server, which reads.
#[derive(Debug, Default)]
pub struct Status(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    is_stopping: bool,
    landing_succeeded_at: Option<Timestamp>,
    landing_problem: Option<(Timestamp, String)>,
    source_problems: BTreeMap<String, String>,
}

/// Whether the process does its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it does.
    pub is_ready: bool,
    /// What keeps it from it.
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
        match (&inner.landing_problem, inner.landing_succeeded_at) {
            (Some((since, problem)), _) if now.duration_since(*since) >= signed(LANDING_FAILING_MAX) => {
                reasons.push(format!("landing has failed since {since}: {problem}"));
            }
            (None, None) => reasons.push("starting: landing has not looked at the journal yet".to_owned()),
            _ => {}
        }
        Readiness {
            is_ready: reasons.is_empty(),
            reasons,
            source_problems: inner.source_problems.clone(),
        }
    }

    /// Returns what keeps records from landing, if something does now.
    pub fn landing_problem(&self) -> Option<String> {
        self.inner()
            .landing_problem
            .as_ref()
            .map(|(_, problem)| problem.clone())
    }

    /// Notes that the process is on its way out.
    pub fn stopping(&self) {
        self.inner().is_stopping = true;
    }

    pub(crate) fn landing_succeeded(&self, now: Timestamp) {
        let mut inner = self.inner();
        inner.landing_succeeded_at = Some(now);
        inner.landing_problem = None;
    }

    pub(crate) fn landing_failed(&self, now: Timestamp, problem: String) {
        let mut inner = self.inner();
        let since = inner.landing_problem.as_ref().map_or(now, |(since, _)| *since);
        inner.landing_problem = Some((since, problem));
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
