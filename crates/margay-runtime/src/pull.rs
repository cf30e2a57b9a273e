//! Pull: one process polls, journals and lands, and ends when there is nothing more.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use margay_store::Source;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backfill::BackfillFailure;
use crate::coverage::CoverageError;
use crate::error_chain::ErrorChain;
use crate::land::{self, LandingError};
use crate::late::LateError;
use crate::lease::LeaseProblem;
use crate::line::Line;
use crate::poll::{RoundReport, RoundResult};
use crate::reader::Reader;
use crate::source::BindError;
use crate::status::Status;
use crate::{backfill, coverage, late, lease, poll, round_log};

/// How long to wait before another round after one that failed, at first and at most, when pulling until drained.
const RETRY_DELAY_MIN: Duration = Duration::from_secs(2);
const RETRY_DELAY_MAX: Duration = Duration::from_secs(60);

/// When to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// After one round of each source, however it ended.
    RoundEnd,
    /// When the vendor has nothing more; temporary failures are tried again for as long as it takes.
    Drained,
}

/// What pulling one source came to.
#[derive(Debug)]
pub struct Pulled {
    /// The source.
    pub source: Source,
    /// What its rounds did together, and how the last one ended.
    pub report: Result<RoundReport, PullProblem>,
}

/// Why a source was not pulled: our own side.
#[derive(Debug, thiserror::Error)]
pub enum PullProblem {
    /// The source cannot be polled.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The round could not go on.
    #[error(transparent)]
    Round(#[from] poll::RoundError),
    /// The lease could not be taken or kept.
    #[error(transparent)]
    Lease(#[from] LeaseProblem),
    /// Holes could not be looked for.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// A window could not be read.
    #[error(transparent)]
    Backfill(#[from] BackfillFailure),
    /// Recent time could not be read again.
    #[error(transparent)]
    Late(#[from] LateError),
}

/// Why a pull as a whole failed.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// What was journalled could not be landed; the next pull or server lands it.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// A task of ours died.
    #[error("a poller stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}

/// Pulls `sources`, all at once, and lands what came in. `stop` ends it early and cleanly.
///
/// # Errors
/// When landing fails. A source's own failure is in its [`Pulled`].
pub async fn pull(
    line: &Line,
    sources: Vec<Source>,
    until: Until,
    stop: &CancellationToken,
) -> Result<Vec<Pulled>, PullError> {
    land::verify(line).await?;
    let landing_stop = CancellationToken::new();
    let status = Arc::new(Status::default());
    let landing = tokio::spawn(land::keep(line.clone(), status, landing_stop.clone()));

    let mut pollers = JoinSet::new();
    for source in sources {
        let line = line.clone();
        let stop = stop.clone();
        pollers.spawn(async move {
            let report = pull_one(&line, source.clone(), until, &stop).await;
            Pulled { source, report }
        });
    }
    let mut pulled = Vec::new();
    while let Some(one) = pollers.join_next().await {
        pulled.push(one?);
    }
    landing_stop.cancel();
    landing.await?;
    // The loop logs its failures and goes on; this last look says whether something is left.
    land::everything(line).await?;
    pulled.sort_by(|left, right| left.source.label.cmp(&right.source.label));
    Ok(pulled)
}

async fn pull_one(
    line: &Line,
    source: Source,
    until: Until,
    stop: &CancellationToken,
) -> Result<RoundReport, PullProblem> {
    let held = lease::holding(line, &source, async |token| {
        let reader = Reader::open(line, source.clone(), token).await?;
        pull_held(&reader, until, stop).await
    })
    .await;
    match held {
        Ok(report) => report,
        Err(problem) if problem.is_stand_by() => {
            let result = RoundResult::StandBy {
                problem: problem.to_string(),
            };
            Ok(RoundReport::begun(line.clock.now(), result))
        }
        Err(problem) => Err(PullProblem::Lease(problem)),
    }
}

/// Rounds of the live tail, each followed by the windows that wait and by a look at recent time.
async fn pull_held(reader: &Reader, until: Until, stop: &CancellationToken) -> Result<RoundReport, PullProblem> {
    let line = &reader.line;
    let mut sum: Option<RoundReport> = None;
    let mut retry_delay = RETRY_DELAY_MIN;
    loop {
        let mut round = poll::round(reader, stop).await;
        let mut besides = Ok(());
        if let Ok(report) = &mut round
            && matches!(report.result, RoundResult::Drained | RoundResult::More)
        {
            besides = beside(reader, report, stop).await;
        }
        // Afterwards, so that what keeps the windows from being read is written down too.
        round_log::keep(line, reader.source(), &round).await;
        besides?;
        let round = round?;
        let mut wait = None;
        let mut is_over = match &round.result {
            RoundResult::More => until == Until::RoundEnd,
            RoundResult::Failed { retry_not_before, .. } => {
                if until == Until::Drained {
                    wait = Some(delay_until(line.clock.now(), *retry_not_before, retry_delay));
                    retry_delay = (retry_delay * 2).min(RETRY_DELAY_MAX);
                }
                until == Until::RoundEnd
            }
            _ => true,
        };
        if round.pages > 0 {
            retry_delay = RETRY_DELAY_MIN;
        }
        sum = Some(added(sum, round));
        if let Some(delay) = wait {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = stop.cancelled() => {}
            }
        }
        is_over |= stop.is_cancelled();
        if let Some(report) = sum.take_if(|_| is_over) {
            return Ok(report);
        }
    }
}

/// What is read beside the live tail, added to the report of its round. A round is drained when nothing waits any more.
async fn beside(reader: &Reader, round: &mut RoundReport, stop: &CancellationToken) -> Result<(), PullProblem> {
    coverage::look(reader).await?;
    let backfill = backfill::run(reader, stop).await?;
    round.pages += backfill.pages;
    round.records_new += backfill.records_new;
    round.records_known += backfill.records_known;
    if let Some(problem) = backfill.problem {
        round.result = problem;
        return Ok(());
    }
    late::reread_if_due(reader, stop).await?;
    if stop.is_cancelled() {
        round.result = RoundResult::Stopped;
        return Ok(());
    }
    let waiting = reader.line.store.waiting_windows(reader.source_id(), 1).await;
    let waiting = waiting.map_err(CoverageError::from)?;
    if let (Some(window), RoundResult::Drained) = (waiting.first(), &round.result) {
        let span = format!("{} to {}", window.from, window.to);
        round.result = RoundResult::Failed {
            problem: window
                .problem
                .clone()
                .unwrap_or_else(|| format!("{span} waits to be read")),
            retry_not_before: window.not_before,
        };
    }
    Ok(())
}

/// The vendor's own "not before" wins over our delay when it is later.
pub(crate) fn delay_until(now: Timestamp, not_before: Option<Timestamp>, delay: Duration) -> Duration {
    let asked = not_before
        .map(|time| time.duration_since(now))
        .filter(jiff::SignedDuration::is_positive);
    asked.map_or(delay, |wait| wait.unsigned_abs().max(delay))
}

fn added(sum: Option<RoundReport>, round: RoundReport) -> RoundReport {
    match sum {
        None => round,
        Some(sum) => RoundReport {
            result: round.result,
            has_asked: sum.has_asked || round.has_asked,
            started_at: sum.started_at,
            pages: sum.pages + round.pages,
            records_new: sum.records_new + round.records_new,
            records_known: sum.records_known + round.records_known,
            restarted_from: sum.restarted_from.or(round.restarted_from),
            lateness: round.lateness,
            looks: round.looks,
        },
    }
}

/// Logs a problem with its causes; used where a failure must not end the loop.
pub(crate) fn warn(message: &'static str, label: &str, error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(source = label, error = %ErrorChain(error), message);
}
