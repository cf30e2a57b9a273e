//! The story of a source, in sentences that a person reads at night: what happened, what it meant, how it ended.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Unit};
use margay_connector::Window;
use margay_store::{HistoryKind, PollStatus, RoundKind};

use crate::gate::is_long;
use crate::late::Lateness;
use crate::lease::LeaseProblem;
use crate::poll::{RoundReport, RoundResult};

/// One sentence of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) kind: HistoryKind,
    pub(crate) text: String,
}

/// Returns what a round that has just ended adds to the story, given how things stood before it.
pub(crate) fn of_round(before: &PollStatus, report: &RoundReport, now: Timestamp) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    if let Some(from) = report.restarted_from {
        sentences.push(Sentence {
            kind: HistoryKind::OffsetRefused,
            text: format!(
                "the vendor refused the place where we were (an offset expires); started anew by time, from {}; what is read twice is known by its id",
                short(from)
            ),
        });
    }
    let was = before.last_round.as_ref().map(|round| round.kind);
    match &report.result {
        RoundResult::Failed {
            problem,
            retry_not_before,
        } if was != Some(RoundKind::GaveUp) => {
            let pause = retry_not_before.filter(|time| is_long(*time, now));
            sentences.push(pause.map_or_else(|| unreachable(problem), |time| rate_limited(time, problem)));
        }
        RoundResult::TokenRefused { diagnosis } if was != Some(RoundKind::TokenRefused) => sentences.push(Sentence {
            kind: HistoryKind::TokenRefused,
            text: format!(
                "waiting for a working token: {}; nothing is read until then, and it goes on where it stopped",
                first_line(diagnosis)
            ),
        }),
        RoundResult::NeedsOperator { diagnosis } if was != Some(RoundKind::NeedsOperator) => sentences.push(Sentence {
            kind: HistoryKind::OperatorNeeded,
            text: format!("somebody has to act: {}", first_line(diagnosis)),
        }),
        RoundResult::Drained | RoundResult::More => sentences.extend(recovered(before, now)),
        _ => {}
    }
    sentences
}

fn unreachable(problem: &str) -> Sentence {
    Sentence {
        kind: HistoryKind::Unreachable,
        text: format!("the vendor cannot be read: {}", first_line(problem)),
    }
}

/// A pause that is longer than a round waits.
fn rate_limited(until: Timestamp, problem: &str) -> Sentence {
    Sentence {
        kind: HistoryKind::RateLimited,
        text: format!(
            "nothing is asked before {}, as the vendor wants: {}; then it goes on where it stopped",
            short(until),
            first_line(problem)
        ),
    }
}

/// Another server does the work. Told when it begins, and without when that server's lease would end: it is renewed all the time.
pub(crate) fn stand_by(problem: &LeaseProblem) -> Sentence {
    let text = match problem {
        LeaseProblem::Held { holder, .. } => format!("standing by: another server polls this source ({holder})"),
        other => format!("standing by: {other}"),
    };
    Sentence {
        kind: HistoryKind::StandBy,
        text,
    }
}

/// Returns what a round adds that our own side kept from going on.
pub(crate) fn of_our_side(before: &PollStatus, problem: &str) -> Vec<Sentence> {
    let was = before.last_round.as_ref().and_then(|round| round.problem.as_deref());
    // Told once, and again when it is another problem.
    if was == Some(problem) {
        return Vec::new();
    }
    vec![Sentence {
        kind: HistoryKind::Storage,
        text: format!("this server could not go on: {}", first_line(problem)),
    }]
}

/// The end of a time in which nothing could be read.
fn recovered(before: &PollStatus, now: Timestamp) -> Option<Sentence> {
    let was = before.last_round.as_ref()?.kind;
    let kind = match was {
        RoundKind::GaveUp | RoundKind::NeedsOperator => HistoryKind::Reachable,
        RoundKind::TokenRefused => HistoryKind::TokenAccepted,
        _ => return None,
    };
    let what = match kind {
        HistoryKind::TokenAccepted => "the token works again",
        _ => "the vendor can be read again",
    };
    let failures = before.consecutive_failures;
    let polls = if failures == 1 { "poll" } else { "polls" };
    let since = before.last_success_at.map_or_else(
        || "it had never worked".to_owned(),
        |time| {
            format!(
                "the last one that worked was {} before",
                rough(now.duration_since(time).unsigned_abs())
            )
        },
    );
    Some(Sentence {
        kind,
        text: format!("{what} after {failures} failed {polls}; {since}. Going on where it stopped"),
    })
}

/// Returns what a re-read tells of late events, if it found any. Those that the live tail is given are counted and not told: a
/// vendor that is always some minutes late would fill the story.
pub(crate) fn late_events(lateness: &Lateness) -> Option<String> {
    let count = lateness.late_count();
    let longest = rough(lateness.longest());
    match count {
        0 => None,
        1 => Some(format!(
            "1 event became visible late, {longest} after it happened; it is kept"
        )),
        _ => Some(format!(
            "{count} events became visible late, up to {longest} after they happened; they are kept"
        )),
    }
}

pub(crate) fn hole_found(window: Window) -> Sentence {
    Sentence {
        kind: HistoryKind::HoleFound,
        text: format!(
            "{} is not proven complete; it is being read again beside the live tail",
            span(window)
        ),
    }
}

pub(crate) fn hole_lost(window: Window) -> Sentence {
    Sentence {
        kind: HistoryKind::HoleLost,
        text: format!(
            "{} was not read before the vendor deleted it (it keeps 90 days): this hole can never be filled",
            span(window)
        ),
    }
}

pub(crate) fn hole_filled(window: Window, records_new: u64) -> Sentence {
    let found = match records_new {
        0 => "nothing was missing".to_owned(),
        1 => "1 record was missing and is kept now".to_owned(),
        count => format!("{count} records were missing and are kept now"),
    };
    Sentence {
        kind: HistoryKind::HoleFilled,
        text: format!("{} is proven complete; {found}", span(window)),
    }
}

pub(crate) fn backfill_finished(window: Window, records_new: u64) -> Sentence {
    Sentence {
        kind: HistoryKind::BackfillFinished,
        text: format!(
            "the backfill of {} is complete: {records_new} new records",
            span(window)
        ),
    }
}

pub(crate) fn backfill_begun(window: Window, windows: usize) -> Sentence {
    let parts = match windows {
        1 => "1 window".to_owned(),
        count => format!("{count} windows"),
    };
    Sentence {
        kind: HistoryKind::BackfillBegun,
        text: format!("somebody asked for {} to be read again; {parts} wait", span(window)),
    }
}

/// "2026-11-24 10:00 to 11:30 (1 h 30 min)"
fn span(window: Window) -> String {
    format!(
        "{} to {} ({})",
        short(window.from()),
        short(window.to()),
        rough(window.duration().unsigned_abs())
    )
}

fn short(time: Timestamp) -> String {
    let time = time.round(Unit::Second).unwrap_or(time);
    format!("{}", time.strftime("%Y-%m-%d %H:%M:%S UTC"))
}

/// A duration in its two largest units.
pub fn rough(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")];
    let shown: Vec<String> = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if shown.is_empty() {
        "less than a second".to_owned()
    } else {
        shown.join(" ")
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Returns how long ago `time` was, for a person.
pub fn ago(time: Timestamp, now: Timestamp) -> String {
    let passed = now.duration_since(time);
    if passed <= SignedDuration::ZERO {
        return "now".to_owned();
    }
    format!("{} ago", rough(passed.unsigned_abs()))
}

#[cfg(test)]
mod tests;
