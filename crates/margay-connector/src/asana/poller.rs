//! Reads the log in rounds: page after page, until an empty one. The live tail has no end and is read in round after round; a
//! closed window is read once.
//!
//! ```text
//!          Begin                Fetched(page)              Journalled
//!   idle ─────────▶ fetching ────────────────▶ journalling ───────────▶ fetching … │ Finish
//!                    ▲    │ Fetched(failure)
//!                    └────┴─▶ waiting
//!                     Waited
//! ```
//! | answer | what follows |
//! |---|---|
//! | 200, records, offset | journal; next page |
//! | 200, no records | journal: the chain is proven up to here; the round ends |
//! | 200, records, `next_page: null` | journal; the offset stays as it was; the round ends. The vendor documents `null` only for an empty answer. The next round reads this page again; its records are known then, so it costs one request. A window is not proven by it, so its reading gives up |
//! | 400 with an offset sent, live tail | start anew by time: drop the offset, begin [`OVERLAP`] before the newest event. Once, until new records come |
//! | 400 with an offset sent, window | start anew at its beginning, once; then give up: smaller windows may fit an offset's life |
//! | 400, 401, 402, 403, 404, 451 | a person has to act |
//! | 429 | wait as long as the vendor says, exactly; then again |
//! | 408, 5xx, no answer, a 200 that is no page | wait, doubling, at least as long as the vendor says; then again |
//! | anything else | give up |
//!
//! What always holds:
//! - the checkpoint of a page replaces ours only when the page is journalled; after a crash or a failed journal, `Begin`
//!   goes on from there;
//! - every round ends: failures in a row, pauses, repeated pages, circular offsets and its whole time are bounded;
//! - while a pause that the vendor asked for lasts, nothing is fetched; one that is too long for the round ends it, and the end
//!   names the time. Whoever begins rounds keeps to it;
//! - only the empty page at the end of a chain proves anything, and never beyond the moment at which it was asked for, by our
//!   clock and by the vendor's, nor before what the vendor still kept then.

mod fetched;
mod guard;
mod limits;
mod proof;

use std::time::Duration;

use jiff::Timestamp;

use self::guard::Guard;
use super::checkpoint::Checkpoint;
use super::diagnosis::Diagnosis;
use super::endpoint::page_url;
use super::problem::{PollProblem, PollProblemKind};
use super::settings::Settings;
use crate::backoff::Backoff;
use crate::page::Page;
use crate::request::Request;
use crate::response::Response;
use crate::transport::TransportFailure;

pub use fetched::OVERLAP;
pub use limits::PollLimits;
pub use proof::RETENTION;

/// Reads one source's log. It lives for one round or for many.
#[derive(Debug, Clone)]
pub struct Poller {
    settings: Settings,
    limits: PollLimits,
    backoff: Backoff,
    /// What is journalled.
    checkpoint: Checkpoint,
    /// Where the next request asks. Differs from `checkpoint` only after starting anew by time.
    position: Checkpoint,
    /// When the request under way was sent, by our clock.
    sent_at: Timestamp,
    round: Round,
    phase: Phase,
}

/// What is forgotten when a round ends.
#[derive(Debug, Clone)]
struct Round {
    deadline: Timestamp,
    /// Requests in a row without a page.
    failures: u32,
    restart: Restart,
    /// From when on the round started anew, if it did.
    restarted_from: Option<Timestamp>,
    guard: Guard,
}

/// Whether the round started anew, with no new records since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restart {
    Possible,
    Used,
}

#[derive(Debug, Clone)]
enum Phase {
    Idle,
    Fetching,
    Waiting,
    Journalling { checkpoint: Checkpoint, then: Then },
}

/// What follows a journalled page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    NextPage,
    Drained,
    /// The window's last page came without the empty one that would prove it.
    Unproven,
}

/// What happened since the last [`Action`].
#[derive(Debug, Clone)]
pub enum Input {
    /// A round begins. Always allowed: whatever was under way is dropped, and the round goes on from what is journalled.
    Begin {
        /// The time.
        now: Timestamp,
    },
    /// The request was carried out.
    Fetched {
        /// The time.
        now: Timestamp,
        /// The answer, or why there is none.
        outcome: Result<Response, TransportFailure>,
    },
    /// The page, its checkpoint included, is stored durably.
    Journalled {
        /// The time.
        now: Timestamp,
        /// How many of its records were not known before.
        records_new: usize,
    },
    /// The delay has passed, on a clock that does not jump.
    Waited {
        /// The time.
        now: Timestamp,
    },
}

/// What the shell does next. Each is answered by the [`Input`] named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send this request; then [`Input::Fetched`].
    Fetch(Request),
    /// Store this page in one transaction; then [`Input::Journalled`]. If that fails, drop the poller or [`Input::Begin`].
    Journal(Page),
    /// Let this much time pass; then [`Input::Waited`].
    Wait {
        /// How long.
        delay: Duration,
        /// What for.
        why: WaitReason,
    },
    /// The round is over; then [`Input::Begin`], some time.
    Finish(RoundEnd),
}

/// Why the poller waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitReason {
    /// What went wrong.
    pub kind: PollProblemKind,
    /// How many requests in a row it went wrong for.
    pub attempts: u32,
    /// How long the vendor wants to be left alone, by whomever: as it said, or while it limits how often it may be asked. Nothing
    /// if only this request waits.
    pub pause: Option<Duration>,
}

impl std::fmt::Display for WaitReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "attempt {} failed: {}", self.attempts, self.kind)
    }
}

/// How a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundEnd {
    /// The vendor has nothing more for now.
    Drained,
    /// There is more, and the round's time is up. The next round goes on.
    DeadlineReached,
    /// It did not work this time.
    GaveUp(PollProblem),
    /// It will not work before a person changes something.
    NeedsOperator(Diagnosis),
}

impl Poller {
    /// Makes a poller that goes on from `checkpoint`, the last one journalled. The seed only spreads retries over time.
    pub fn new(settings: Settings, checkpoint: Checkpoint, limits: PollLimits, seed: u64) -> Self {
        Self {
            settings,
            limits,
            backoff: Backoff::new(seed),
            position: checkpoint.clone(),
            checkpoint,
            sent_at: Timestamp::MIN,
            round: Round::until(Timestamp::MAX),
            phase: Phase::Idle,
        }
    }

    /// Returns the checkpoint of the last journalled page, or the one that the poller began with.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns from when on the round started anew by time because the vendor refused an offset, if it did.
    pub fn restarted_from(&self) -> Option<Timestamp> {
        self.round.restarted_from
    }

    /// Takes in what happened and returns what to do next.
    ///
    /// # Panics
    /// If `input` does not answer the last action: the shell erred.
    pub fn step(mut self, input: Input) -> (Self, Action) {
        let phase = std::mem::replace(&mut self.phase, Phase::Idle);
        let action = match (phase, input) {
            (_, Input::Begin { now }) => self.begin(now),
            (Phase::Fetching, Input::Fetched { now, outcome }) => self.fetched(now, outcome),
            (Phase::Journalling { checkpoint, then }, Input::Journalled { now, records_new }) => {
                self.journalled(now, checkpoint, records_new, then)
            }
            (Phase::Waiting, Input::Waited { now }) => self.next_page(now),
            (phase, input) => panic!("{input:?} is no answer while {phase:?}"),
        };
        (self, action)
    }

    fn begin(&mut self, now: Timestamp) -> Action {
        self.position = self.checkpoint.clone();
        self.round = Round::until(later(now, self.limits.round_duration_max));
        self.fetch(now)
    }

    fn journalled(&mut self, now: Timestamp, checkpoint: Checkpoint, records_new: usize, then: Then) -> Action {
        self.position = checkpoint.clone();
        self.checkpoint = checkpoint;
        if records_new > 0 && !self.is_window() {
            self.round.restart = Restart::Possible;
        }
        match then {
            Then::NextPage => self.next_page(now),
            Then::Drained => Action::Finish(RoundEnd::Drained),
            Then::Unproven => self.give_up(PollProblemKind::NoEmptyPage, None),
        }
    }

    fn next_page(&mut self, now: Timestamp) -> Action {
        if now >= self.round.deadline {
            Action::Finish(RoundEnd::DeadlineReached)
        } else {
            self.fetch(now)
        }
    }

    fn is_window(&self) -> bool {
        self.checkpoint.window_end.is_some()
    }

    fn fetch(&mut self, now: Timestamp) -> Action {
        self.sent_at = now;
        self.phase = Phase::Fetching;
        Action::Fetch(Request {
            url: page_url(&self.settings, &self.position),
            deadline: self.limits.request_duration_max,
            body_bytes_max: self.limits.body_bytes_max,
        })
    }
}

impl Round {
    fn until(deadline: Timestamp) -> Self {
        Self {
            deadline,
            failures: 0,
            restart: Restart::Possible,
            restarted_from: None,
            guard: Guard::default(),
        }
    }
}

/// The end of time is far enough for what overflows.
fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
