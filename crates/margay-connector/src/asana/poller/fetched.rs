//! What follows from an answer, or from none.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Action, Phase, Poller, Restart, RoundEnd, Then, WaitReason, later};
use crate::asana::checkpoint::Checkpoint;
use crate::asana::diagnose::{Seen, refusal};
use crate::asana::endpoint::page_url;
use crate::asana::envelope::{Envelope, EnvelopeProblem};
use crate::asana::owner::Owner;
use crate::asana::problem::{PollProblem, PollProblemKind};
use crate::asana::vendor_error::VendorError;
use crate::excerpt::excerpt_bytes;
use crate::page::Page;
use crate::record::Record;
use crate::response::Response;
use crate::retry_after::parse_retry_after;
use crate::transport::TransportFailure;

/// How far before the newest event we begin when an offset is refused. Events may become visible late; AWS `AppFabric`, which
/// reads the same log, speaks of up to 30 minutes (its administration guide, "Asana", read 2026-11-23). What is read twice
/// is known by its id.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(30);
/// An event that claims to be further ahead of our clock does not count as the newest one: starting anew from its time
/// would skip what lies before it.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);
/// How much of a body that is no page is shown, in characters.
const BODY_CHARS_MAX: usize = 200;

impl Poller {
    pub(super) fn fetched(&mut self, now: Timestamp, outcome: Result<Response, TransportFailure>) -> Action {
        let response = match outcome {
            Ok(response) => response,
            Err(failure) if failure.remedy().is_retry() => {
                return self.retry(now, PollProblemKind::Transport(failure), None);
            }
            Err(failure) => return self.give_up(PollProblemKind::Transport(failure), None),
        };
        let wait = response
            .retry_after
            .as_deref()
            .and_then(|header| parse_retry_after(header, now));
        let message = || VendorError::parse(&response.body).message;
        match response.status {
            200 => self.answered(now, &response),
            400 if self.position.offset.is_some() => self.offset_refused(now, &response),
            400..=404 | 451 => self.ask_operator(now, &response),
            429 => self.retry(now, PollProblemKind::RateLimited { wait }, wait),
            status @ (408 | 500..=599) => self.retry(
                now,
                PollProblemKind::Server {
                    status,
                    message: message(),
                },
                wait,
            ),
            status => self.give_up(
                PollProblemKind::UnexpectedStatus {
                    status,
                    message: message(),
                },
                wait.map(|wait| later(now, wait)),
            ),
        }
    }

    fn answered(&mut self, now: Timestamp, response: &Response) -> Action {
        let envelope = match Envelope::parse(&response.body) {
            Ok(envelope) => envelope,
            Err(EnvelopeProblem::OffsetTooLong { bytes }) => {
                return self.give_up(PollProblemKind::OffsetTooLong { bytes }, None);
            }
            Err(problem) => {
                let kind = PollProblemKind::Body {
                    problem,
                    seen: start_of(&response.body),
                };
                return self.retry(now, kind, None);
            }
        };
        self.round.failures = 0;
        let Envelope { records, offset } = envelope;
        let then = if records.is_empty() {
            Then::Drained
        } else if offset.is_some() {
            Then::NextPage
        } else if self.is_window() {
            Then::Unproven
        } else {
            Then::Drained
        };
        if let (Then::NextPage, Some(next)) = (then, &offset)
            && let Err(kind) = self.round.guard.see(&records, self.position.offset.as_deref(), next)
        {
            return self.give_up(kind, None);
        }
        let proven = records.is_empty().then(|| self.proof(now, response)).flatten();
        let checkpoint = Checkpoint {
            window_start: self.position.window_start,
            window_end: self.position.window_end,
            offset: offset.or_else(|| self.position.offset.clone()),
            newest_event_time: newest(self.position.newest_event_time, &records, now),
        };
        if records.is_empty() && checkpoint == self.checkpoint && proven.is_none() {
            return Action::Finish(RoundEnd::Drained);
        }
        self.phase = Phase::Journalling {
            checkpoint: checkpoint.clone(),
            then,
        };
        Action::Journal(Page {
            records,
            checkpoint,
            proven,
            body_bytes: response.body.len(),
        })
    }

    /// A refused offset is a planned state: offsets expire. A 400 that does not name the offset is treated alike once,
    /// since dropping it is safe and may help. The new position is stored with its first page. A window starts anew at its
    /// beginning, since only a chain over all of it proves it; what is read twice is known.
    fn offset_refused(&mut self, now: Timestamp, response: &Response) -> Action {
        if self.round.restart == Restart::Used {
            let error = VendorError::parse(&response.body);
            return if error.names_offset() {
                self.give_up(PollProblemKind::OffsetRefused { message: error.message }, None)
            } else {
                self.ask_operator(now, response)
            };
        }
        let resume = self
            .position
            .newest_event_time
            .and_then(|newest| newest.min(now).checked_sub(OVERLAP).ok());
        let window_start = match resume {
            Some(resume) if !self.is_window() => resume.max(self.position.window_start),
            _ => self.position.window_start,
        };
        self.position = Checkpoint {
            window_start,
            offset: None,
            ..self.position.clone()
        };
        self.round.restart = Restart::Used;
        self.round.restarted_from = Some(window_start);
        // The same pages and offsets may rightly come again.
        self.round.guard = super::Guard::default();
        self.next_page(now)
    }

    fn ask_operator(&self, now: Timestamp, response: &Response) -> Action {
        let url = page_url(&self.settings, &self.position);
        let seen = Seen {
            settings: &self.settings,
            url: &url,
            now,
            response,
        };
        Action::Finish(RoundEnd::NeedsOperator(refusal(seen, &Owner::NotAsked)))
    }

    /// Waits before the same request is sent again, unless that would be once too often or too late for this round.
    /// `wait` is what the vendor asked for: for a rate limit it is kept to the letter, else it is the least.
    fn retry(&mut self, now: Timestamp, kind: PollProblemKind, wait: Option<Duration>) -> Action {
        let attempts = self.round.failures + 1;
        let backoff = self.backoff.delay(attempts);
        let delay = match (&kind, wait) {
            (PollProblemKind::RateLimited { .. }, Some(wait)) => wait,
            (_, Some(wait)) => wait.max(backoff),
            (_, None) => backoff,
        };
        let is_too_late = delay > self.limits.wait_max || later(now, delay) >= self.round.deadline;
        if attempts >= self.limits.attempts_max || is_too_late {
            return self.give_up(kind, wait.map(|wait| later(now, wait)));
        }
        self.round.failures = attempts;
        self.phase = Phase::Waiting;
        let is_rate_limited = matches!(kind, PollProblemKind::RateLimited { .. });
        let pause = wait.or(is_rate_limited.then_some(delay));
        Action::Wait {
            delay,
            why: WaitReason { kind, attempts, pause },
        }
    }

    pub(super) fn give_up(&self, kind: PollProblemKind, retry_not_before: Option<Timestamp>) -> Action {
        let attempts = self.round.failures + 1;
        Action::Finish(RoundEnd::GaveUp(PollProblem {
            kind,
            attempts,
            retry_not_before,
        }))
    }
}

fn newest(before: Option<Timestamp>, records: &[Record], now: Timestamp) -> Option<Timestamp> {
    let latest = now.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
    let of_page = records
        .iter()
        .filter_map(|record| record.event_time)
        .filter(|time| *time <= latest)
        .max();
    before.max(of_page)
}

fn start_of(body: &[u8]) -> String {
    let start = excerpt_bytes(body, BODY_CHARS_MAX);
    if start.is_empty() {
        format!("({} bytes, nothing to show)", body.len())
    } else {
        start
    }
}
