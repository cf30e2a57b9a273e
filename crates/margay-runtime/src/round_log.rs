//! Writes down how a round ended: in the database for `source show`, in the metrics, in the log.

use jiff::Timestamp;
use margay_store::{EndedRound, NewNote, PollStatus, RoundKind, RoundOutcome, Source};

use crate::error_chain::ErrorChain;
use crate::line::Line;
use crate::poll::{RoundError, RoundReport, RoundResult};
use crate::pull::warn;
use crate::story::Sentence;
use crate::{flow, story, telemetry};

/// Writes down a round. A failure to do so is logged and changes nothing: the journal has what matters.
pub(crate) async fn keep(line: &Line, source: &Source, round: &Result<RoundReport, RoundError>) {
    let now = line.clock.now();
    let before = match line.store.poll_status(source.id).await {
        Ok(before) => before,
        Err(error) => return warn("the round could not be written down", &source.label, &error),
    };
    if !adds_something(round, &before) {
        return;
    }
    tell(line, source, round, &before, now).await;
    let outcome = match round {
        Ok(report) => of_report(report, now),
        Err(error) => RoundOutcome {
            started_at: now,
            finished_at: now,
            kind: RoundKind::GaveUp,
            problem: Some(ErrorChain(error).to_string()),
            pages: 0,
            records_new: 0,
            records_known: 0,
            retry_not_before: None,
        },
    };
    telemetry::round_ended(&source.label, outcome.kind.as_str());
    if let Some(problem) = &outcome.problem {
        tracing::warn!(
            source = source.label,
            outcome = outcome.kind.as_str(),
            problem,
            "the round failed"
        );
    } else if outcome.records_new > 0 {
        tracing::debug!(
            source = source.label,
            records_new = outcome.records_new,
            "the round brought records"
        );
    }
    let report = round.as_ref().ok();
    let ended = EndedRound {
        measures: flow::of_poll(outcome.kind),
        outcome,
        looks: report.map(|report| report.looks.clone()).unwrap_or_default(),
        lateness: report
            .filter(|report| report.records_new > 0)
            .map(|report| report.lateness.buckets())
            .unwrap_or_default(),
    };
    if let Err(error) = line.store.end_round(source.id, ended).await {
        warn("the round could not be written down", &source.label, &error);
    }
}

/// Writes down that no round could begin, as our own side kept it from that.
pub(crate) async fn keep_problem(line: &Line, source: &Source, kind: RoundKind, problem: String) {
    let now = line.clock.now();
    match line.store.poll_status(source.id).await {
        Ok(before) => {
            for sentence in story::of_our_side(&before, &problem) {
                note(line, source, sentence).await;
            }
        }
        Err(error) => warn("the story could not be told", &source.label, &error),
    }
    let outcome = RoundOutcome {
        started_at: now,
        finished_at: now,
        kind,
        problem: Some(problem),
        pages: 0,
        records_new: 0,
        records_known: 0,
        retry_not_before: None,
    };
    telemetry::round_ended(&source.label, outcome.kind.as_str());
    if let Err(error) = line.store.record_round(source.id, outcome).await {
        warn("the round could not be written down", &source.label, &error);
    }
}

/// Whether a round says something of its source that is not written down. One that asked nothing, since the vendor wants a pause, is
/// told once: after that it knows nothing new. One that stood by knows nothing at all: the status is the holder's.
fn adds_something(round: &Result<RoundReport, RoundError>, before: &PollStatus) -> bool {
    let was = before.last_round.as_ref().map(|last| last.kind);
    match round {
        Ok(report) if matches!(report.result, RoundResult::StandBy { .. }) => false,
        Ok(report) => report.has_asked || was != Some(RoundKind::GaveUp),
        Err(_) => true,
    }
}

/// Adds to the source's story what the round changed.
async fn tell(
    line: &Line,
    source: &Source,
    round: &Result<RoundReport, RoundError>,
    before: &PollStatus,
    now: Timestamp,
) {
    let sentences = match round {
        Ok(report) => story::of_round(before, report, now),
        Err(error) => story::of_our_side(before, &ErrorChain(error).to_string()),
    };
    for sentence in sentences {
        note(line, source, sentence).await;
    }
}

/// Adds a sentence to the source's story. A failure to do so is logged and changes nothing.
pub(crate) async fn note(line: &Line, source: &Source, sentence: Sentence) {
    let note = NewNote {
        at: line.clock.now(),
        kind: sentence.kind,
        text: sentence.text,
    };
    if let Err(error) = line.store.note(source.id, note).await {
        warn("the story could not be told", &source.label, &error);
    }
}

fn of_report(report: &RoundReport, finished_at: Timestamp) -> RoundOutcome {
    let (kind, problem, retry_not_before) = match &report.result {
        RoundResult::Drained => (RoundKind::Drained, None, None),
        RoundResult::More => (RoundKind::DeadlineReached, None, None),
        RoundResult::Stopped => (RoundKind::Interrupted, None, None),
        RoundResult::Failed {
            problem,
            retry_not_before,
        } => (RoundKind::GaveUp, Some(problem.clone()), *retry_not_before),
        RoundResult::TokenRefused { diagnosis } => (RoundKind::TokenRefused, Some(diagnosis.clone()), None),
        RoundResult::StandBy { problem } => (RoundKind::StandBy, Some(problem.clone()), None),
        RoundResult::NeedsOperator { diagnosis } => (RoundKind::NeedsOperator, Some(diagnosis.clone()), None),
    };
    RoundOutcome {
        started_at: report.started_at,
        finished_at,
        kind,
        problem,
        pages: report.pages,
        records_new: report.records_new,
        records_known: report.records_known,
        retry_not_before,
    }
}
