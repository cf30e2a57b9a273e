//! Tries credentials before a source is added, and on demand.
//!
//! ```text
//!  Begin ─▶ oldest event of the audit log ──200──▶ Passed, or PassedEmpty
//!                    │ 401 402 403 404
//!                    ▼
//!              whose token is it? ──▶ Failed: that answer only words the hint
//! ```
//! The audit log's own answer decides alone. It is asked without `start_at`: the oldest event tells how far back a backfill
//! will reach, and an empty log is then a real warning, since adding a service account is an event itself. With
//! a start an hour ago, an empty answer would be the rule and mean nothing.
//!
//! Each request is sent once: the person is waiting, and [`Diagnosis::remedy`] tells whether trying again can help.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::diagnose::{Seen, no_answer, no_page, refusal};
use super::diagnosis::Diagnosis;
use super::endpoint::{oldest_event_url, owner_url};
use super::envelope::Envelope;
use super::owner::{Organization, Owner};
use super::settings::Settings;
use crate::request::Request;
use crate::response::Response;
use crate::transport::TransportFailure;

/// How long each of the two requests may take: as long as a person watches a button.
pub const CHECK_DEADLINE: Duration = Duration::from_secs(10);
/// One event with a large SAML answer fits a hundred times.
const CHECK_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A check of credentials.
#[derive(Debug, Clone)]
pub struct Check {
    settings: Settings,
    now: Timestamp,
    phase: Phase,
}

#[derive(Debug, Clone)]
enum Phase {
    Idle,
    AuditLog { url: Url },
    Owner { refused_url: Url, refused: Response },
}

/// What happened since the last [`CheckAction`].
#[derive(Debug, Clone)]
pub enum CheckInput {
    /// The check begins.
    Begin {
        /// The time.
        now: Timestamp,
    },
    /// The request was carried out.
    Fetched {
        /// The answer, or why there is none.
        outcome: Result<Response, TransportFailure>,
    },
}

/// What the shell does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckAction {
    /// Send this request; then [`CheckInput::Fetched`].
    Fetch(Request),
    /// The check is over.
    Finish(CheckReport),
}

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Whether the audit log can be read.
    pub verdict: Verdict,
    /// When the oldest event happened that the vendor still has.
    pub oldest_event: Option<Timestamp>,
    /// The organizations that the token can see, if the vendor was asked and told: what to offer instead of a wrong id.
    pub organizations: Vec<Organization>,
    /// When the check began.
    pub checked_at: Timestamp,
}

/// Whether the audit log can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It can.
    Passed,
    /// It can, but holds no event at all. Worth a warning: perhaps it is another organization than meant.
    PassedEmpty,
    /// It cannot.
    Failed(Diagnosis),
}

impl Check {
    /// Makes a check of these settings with the token that the shell sends along.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: Timestamp::UNIX_EPOCH,
            phase: Phase::Idle,
        }
    }

    /// Takes in what happened and returns what to do next.
    ///
    /// # Panics
    /// If an answer comes in that was not asked for: the shell erred.
    pub fn step(mut self, input: CheckInput) -> (Self, CheckAction) {
        let phase = std::mem::replace(&mut self.phase, Phase::Idle);
        let action = match (phase, input) {
            (_, CheckInput::Begin { now }) => {
                self.now = now;
                let url = oldest_event_url(&self.settings);
                self.phase = Phase::AuditLog { url: url.clone() };
                fetch(url)
            }
            (Phase::AuditLog { url }, CheckInput::Fetched { outcome: Ok(response) }) => self.answered(url, response),
            (Phase::AuditLog { url }, CheckInput::Fetched { outcome: Err(failure) }) => {
                self.failed(no_answer(&self.settings, &url, self.now, &failure), &Owner::NotAsked)
            }
            (Phase::Owner { refused_url, refused }, CheckInput::Fetched { outcome }) => {
                let owner = outcome.map_or(Owner::Silent, |response| Owner::parse(&response));
                self.failed(refusal(self.seen(&refused_url, &refused), &owner), &owner)
            }
            (Phase::Idle, CheckInput::Fetched { .. }) => panic!("an answer came before a question"),
        };
        (self, action)
    }

    fn answered(&mut self, url: Url, response: Response) -> CheckAction {
        match response.status {
            200 => match Envelope::parse(&response.body) {
                Ok(envelope) => self.passed(&envelope),
                Err(problem) => self.failed(no_page(self.seen(&url, &response), &problem), &Owner::NotAsked),
            },
            401..=404 => {
                self.phase = Phase::Owner {
                    refused_url: url,
                    refused: response,
                };
                fetch(owner_url(&self.settings))
            }
            _ => self.failed(refusal(self.seen(&url, &response), &Owner::NotAsked), &Owner::NotAsked),
        }
    }

    fn seen<'a>(&'a self, url: &'a Url, response: &'a Response) -> Seen<'a> {
        Seen {
            settings: &self.settings,
            url,
            now: self.now,
            response,
        }
    }

    fn passed(&self, envelope: &Envelope) -> CheckAction {
        CheckAction::Finish(CheckReport {
            verdict: if envelope.records.is_empty() {
                Verdict::PassedEmpty
            } else {
                Verdict::Passed
            },
            oldest_event: envelope.records.iter().filter_map(|record| record.event_time).min(),
            organizations: Vec::new(),
            checked_at: self.now,
        })
    }

    fn failed(&self, diagnosis: Diagnosis, owner: &Owner) -> CheckAction {
        CheckAction::Finish(CheckReport {
            verdict: Verdict::Failed(diagnosis),
            oldest_event: None,
            organizations: owner.organizations().to_vec(),
            checked_at: self.now,
        })
    }
}

fn fetch(url: Url) -> CheckAction {
    CheckAction::Fetch(Request {
        url,
        deadline: CHECK_DEADLINE,
        body_bytes_max: CHECK_BODY_BYTES_MAX,
    })
}

#[cfg(test)]
mod tests;
