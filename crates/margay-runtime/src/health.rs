//! Health: what of a source works, as each round, landing and the schemas show it.
//!
//! ```text
//! reachable ─▶ token ─▶ organization ─▶ audit_log ─▶ landing ─▶ schema
//! ```
//! A check that fails says nothing of those after it: they keep what they showed last.

use std::time::Duration;

use jiff::Timestamp;
use margay_connector::asana::{CredentialField, Diagnosis, PollProblem, PollProblemKind, RoundEnd};
use margay_store::{CheckName, HealthCheck, Looked, LookupError, PollStatus, Source};

use crate::line::Line;

#[cfg(test)]
mod tests;

/// A check that goes on working is written down this often.
const FRESH: Duration = Duration::from_secs(15 * 60);

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceState {
    /// Somebody has paused it.
    Paused,
    /// It was not polled yet.
    Unknown,
    /// It is polled, and everything that was looked at works.
    Healthy,
    /// Something does not.
    Failing,
}

impl SourceState {
    /// Returns the word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Failing => "failing",
        }
    }

    /// Derives it.
    pub fn of(source: &Source, polls: &PollStatus, checks: &[HealthCheck]) -> Self {
        let fails = polls.consecutive_failures > 0 || checks.iter().any(|check| !check.is_healthy());
        if source.paused_at.is_some() {
            Self::Paused
        } else if fails {
            Self::Failing
        } else if polls.last_success_at.is_some() {
            Self::Healthy
        } else {
            Self::Unknown
        }
    }
}

/// What the end of a round shows of a source.
pub(crate) fn looks(end: &RoundEnd) -> Vec<Looked> {
    match end {
        RoundEnd::Drained | RoundEnd::DeadlineReached => vec![
            works(CheckName::Reachable, "it answers"),
            works(CheckName::Token, "it takes the token"),
            works(CheckName::Organization, "it knows the organization"),
            works(CheckName::AuditLog, "the audit log can be read"),
        ],
        RoundEnd::GaveUp(problem) => of_problem(problem),
        RoundEnd::NeedsOperator(diagnosis) => of_diagnosis(diagnosis),
    }
}

fn of_problem(problem: &PollProblem) -> Vec<Looked> {
    let text = problem.to_string();
    match problem.kind() {
        PollProblemKind::Transport(failure) => vec![fails(CheckName::Reachable, text, Some(failure.detail.clone()))],
        PollProblemKind::RateLimited { .. } => vec![fails(CheckName::Reachable, text, None)],
        PollProblemKind::Server { status, message } => {
            let raw = message.clone().unwrap_or_else(|| format!("HTTP {status}"));
            vec![fails(CheckName::Reachable, text, Some(raw))]
        }
        PollProblemKind::Body { seen, .. } => vec![
            works(CheckName::Reachable, "it answers"),
            fails(CheckName::AuditLog, text, Some(seen.clone())),
        ],
        _ => vec![
            works(CheckName::Reachable, "it answers"),
            fails(CheckName::AuditLog, text, None),
        ],
    }
}

/// The field that is at fault tells which check fails; those before it passed.
fn of_diagnosis(diagnosis: &Diagnosis) -> Vec<Looked> {
    let observed = &diagnosis.observed;
    let raw = observed.vendor_message.clone();
    let failing = match (diagnosis.field, observed.status) {
        (Some(CredentialField::OrganizationId), _) | (None, Some(404)) => CheckName::Organization,
        (Some(CredentialField::ServiceAccountToken), Some(403)) => CheckName::AuditLog,
        (Some(CredentialField::ServiceAccountToken), _) | (None, Some(401)) => CheckName::Token,
        (None, None) => CheckName::Reachable,
        (None, Some(_)) => CheckName::AuditLog,
    };
    let before = CheckName::ALL.into_iter().take_while(|name| *name != failing);
    let mut looks: Vec<Looked> = before
        .map(|name| works(name, "it let us through to the next check"))
        .collect();
    let message = format!("{}: {}", diagnosis.title, diagnosis.summary);
    looks.push(fails(failing, message, raw));
    looks
}

fn works(name: CheckName, message: &str) -> Looked {
    Looked {
        name,
        is_healthy: true,
        message: message.to_owned(),
        raw: None,
    }
}

fn fails(name: CheckName, message: String, raw: Option<String>) -> Looked {
    Looked {
        name,
        is_healthy: false,
        message,
        raw,
    }
}

/// Looks at what is on our side: whether what is read lands, and whether the schema can be used. Written down when it changes, and now
/// and then.
///
/// # Errors
/// When the database cannot be read or written.
pub(crate) async fn look_inside(
    line: &Line,
    source: &Source,
    known: &[HealthCheck],
    landing_problem: Option<String>,
) -> Result<(), LookupError> {
    let schema = match line.content().problem_of(&source.log_type) {
        Some(problem) => fails(CheckName::Schema, problem, None),
        None => works(CheckName::Schema, "the schema can be used"),
    };
    let landing = match landing_problem {
        Some(problem) => fails(CheckName::Landing, problem, None),
        None => works(CheckName::Landing, "what is read reaches the lake"),
    };
    let now = line.clock.now();
    let looks: Vec<Looked> = [landing, schema]
        .into_iter()
        .filter(|look| is_news(look, known, now))
        .collect();
    if looks.is_empty() {
        return Ok(());
    }
    line.store.note_checks(source.id, looks, now).await
}

fn is_news(look: &Looked, known: &[HealthCheck], now: Timestamp) -> bool {
    let Some(known) = known.iter().find(|known| known.name == look.name) else {
        return true;
    };
    let last = known.last_success_at.max(known.last_failure_at);
    let is_old = last.is_none_or(|last| now.duration_since(last).unsigned_abs() >= FRESH);
    known.is_healthy() != look.is_healthy || is_old
}
