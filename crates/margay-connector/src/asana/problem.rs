//! Why a round gave up before the vendor's log was drained.

use std::time::Duration;

use jiff::Timestamp;

use super::endpoint::OFFSET_BYTES_MAX;
use super::envelope::EnvelopeProblem;
use crate::remedy::Remedy;
use crate::transport::TransportFailure;

/// Why a round gave up. What was journalled stays; the next round goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollProblem {
    pub(crate) kind: PollProblemKind,
    pub(crate) attempts: u32,
    pub(crate) retry_not_before: Option<Timestamp>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PollProblemKind {
    /// 429.
    #[error("Asana asks us to slow down (HTTP 429){}", wait_text(*wait))]
    RateLimited {
        /// How long the vendor wants us away, if it said so.
        wait: Option<Duration>,
    },
    /// 408 or 5xx.
    #[error("Asana has a problem (HTTP {status}){}", message_text(message.as_deref()))]
    Server {
        /// The status.
        status: u16,
        /// What the vendor said.
        message: Option<String>,
    },
    /// No complete answer.
    #[error("Asana could not be reached: {0}")]
    Transport(TransportFailure),
    /// A 200 that is no page.
    #[error("the answer is no page of the audit log: {problem}; it begins: {seen}")]
    Body {
        /// What is wrong with it.
        problem: EnvelopeProblem,
        /// How it begins, in at most 200 characters, or that it is empty.
        seen: String,
    },
    /// An offset that is longer than what is stored and sent back.
    #[error(
        "Asana gave an offset of {bytes} bytes; at most {OFFSET_BYTES_MAX} are stored, so the log cannot be read on"
    )]
    OffsetTooLong {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A status that the vendor does not use here.
    #[error("unexpected answer (HTTP {status}){}\nhint: {}", message_text(message.as_deref()), status_hint(*status))]
    UnexpectedStatus {
        /// The status.
        status: u16,
        /// What the answer said.
        message: Option<String>,
    },
    /// The offset is refused, again, right after starting anew by time.
    #[error("Asana refuses its own offset, even after starting anew by time{}", message_text(message.as_deref()))]
    OffsetRefused {
        /// What the vendor said.
        message: Option<String>,
    },
    /// The last page of a window came without the empty one after it.
    #[error(
        "Asana ended a window with a page of events instead of an empty one, which its reference rules out; whether it is complete cannot be told"
    )]
    NoEmptyPage,
    /// The same page again and again.
    #[error("Asana sent the same page {times} times in a row, each with records; going on would not end")]
    PageRepeated {
        /// How often it came.
        times: u32,
    },
    /// An offset leads back to where we were.
    #[error(
        "Asana's offsets lead in a circle: {times} pages in a row gave an offset of this round again; going on would not end"
    )]
    OffsetRepeated {
        /// How many pages in a row.
        times: u32,
    },
}

impl PollProblem {
    /// Returns what went wrong.
    pub fn kind(&self) -> &PollProblemKind {
        &self.kind
    }

    /// Returns how many requests in a row failed.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the vendor refused an offset of its own: a smaller window may be read before the next one is refused.
    pub fn is_offset_refused(&self) -> bool {
        matches!(self.kind, PollProblemKind::OffsetRefused { .. })
    }

    /// Returns the time before which the vendor does not want to be asked. The next round must not begin earlier.
    pub fn retry_not_before(&self) -> Option<Timestamp> {
        self.retry_not_before
    }

    /// Returns what the problem asks for.
    pub fn remedy(&self) -> Remedy {
        if let Some(time) = self.retry_not_before {
            return Remedy::WaitUntil(time);
        }
        match &self.kind {
            PollProblemKind::UnexpectedStatus { .. } | PollProblemKind::OffsetTooLong { .. } => Remedy::AskOperator,
            PollProblemKind::Transport(failure) => failure.remedy(),
            _ => Remedy::Retry,
        }
    }
}

impl std::fmt::Display for PollProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.attempts > 1 {
            write!(f, "after {} attempts: ", self.attempts)?;
        }
        write!(f, "{}", self.kind)?;
        match self.retry_not_before {
            Some(time) => write!(f, "\nhint: the next request is sent after {time}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PollProblem {}

fn wait_text(wait: Option<Duration>) -> String {
    wait.map_or(String::new(), |wait| {
        format!(" and wants {} s of pause", wait.as_secs_f64())
    })
}

fn message_text(message: Option<&str>) -> String {
    message.map_or(String::new(), |message| format!(": {message}"))
}

fn status_hint(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed; check the API URL and any proxy in between",
        407 => "a proxy between here and Asana wants a login; check HTTPS_PROXY",
        _ => "something between here and Asana may have answered; check the API URL and any proxy",
    }
}
