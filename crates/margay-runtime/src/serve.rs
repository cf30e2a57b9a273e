//! Serve: the long-running form. One named loop per job, owned here and joined at the end.
//!
//! ```text
//! poll  <source>   one per log source: a round, then the interval
//! land             what the journal has and the tables do not
//! maintain         compaction, vacuum, retention of the journal
//! ```
//! When `stop` is cancelled each loop finishes the transaction in its hands and returns; landing is last, so that what was
//! journalled a moment ago is in the lake when the process ends.

use std::sync::Arc;
use std::time::Duration;

use margay_connector::asana::PollLimits;
use margay_store::{JOURNAL_KEEP_DEFAULT, Source, StorageFault};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error_chain::ErrorChain;
use crate::land;
use crate::line::Line;
use crate::poll::{self, RoundResult};
use crate::pull::{delay_until, warn};
use crate::round_log;
use crate::source;
use crate::status::Status;

/// How often the tables are looked at for files to merge and remove. Cheap when there is nothing to do.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(60);
/// How long a source that somebody has to mend waits before it is tried again: the mending happens at the vendor, unseen.
const OPERATOR_RETRY_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// What an operator decides about a server.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// How long to wait between the polls of a source.
    pub poll_interval: Duration,
}

/// Why a server ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The sources could not be read.
    #[error("could not read the log sources")]
    Sources(#[from] StorageFault),
    /// Journal and lake do not belong together.
    #[error(transparent)]
    Landing(#[from] land::LandingError),
    /// One of the loops panicked. The rest was stopped in order; a restart goes on from the journal.
    #[error(
        "a part of the server died unexpectedly; the log has its last words\nhint: nothing is lost; start it again"
    )]
    LoopDied,
}

/// Polls, lands and maintains until `stop`; then finishes what is in hand.
///
/// # Errors
/// When the sources cannot be read at the start, or a loop dies: better to end than to be silently blind. Failures of vendors,
/// network and disk are logged, shown in `status`, and tried again.
pub async fn serve(
    line: &Line,
    settings: &ServeSettings,
    status: Arc<Status>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    land::verify(line).await?;
    let sources = line.store.sources().await?;
    tracing::info!(sources = sources.len(), "serving");
    let mut loops = JoinSet::new();
    for source in sources {
        let (line, settings, status) = (line.clone(), settings.clone(), Arc::clone(&status));
        loops.spawn(keep_polling(line, source, settings, status, stop.clone()));
    }
    loops.spawn(keep_maintaining(line.clone(), stop.clone()));
    let landing_stop = CancellationToken::new();
    let mut landing = tokio::spawn(land::keep(line.clone(), Arc::clone(&status), landing_stop.clone()));

    // No loop ends by itself before `stop`: one that does has died. `stop` is looked at first, since the loops hear it too, and
    // may have ended by the time this task runs.
    let mut is_dead = tokio::select! {
        biased;
        () = stop.cancelled() => false,
        _ = loops.join_next() => true,
        _ = &mut landing => true,
    };
    stop.cancel();
    status.stopping();
    tracing::info!("stopping: finishing the transactions in hand");
    while let Some(ended) = loops.join_next().await {
        is_dead |= ended.is_err();
    }
    landing_stop.cancel();
    if !landing.is_finished() {
        is_dead |= landing.await.is_err();
    }
    if is_dead { Err(ServeError::LoopDied) } else { Ok(()) }
}

async fn keep_polling(
    line: Line,
    source: Source,
    settings: ServeSettings,
    status: Arc<Status>,
    stop: CancellationToken,
) {
    loop {
        let delay = poll_once(&line, &source, &settings, &status, &stop).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(delay) => {}
        }
    }
}

/// One round; returns how long to wait before the next.
async fn poll_once(
    line: &Line,
    source: &Source,
    settings: &ServeSettings,
    status: &Status,
    stop: &CancellationToken,
) -> Duration {
    let bound = match source::bind(&line.store, source.clone()).await {
        Ok(bound) => bound,
        Err(error) => {
            warn("the source cannot be polled", &source.label, &error);
            status.round_ended(&source.label, Some(ErrorChain(&error).to_string()));
            return OPERATOR_RETRY_INTERVAL;
        }
    };
    let round = poll::round(line, &bound, PollLimits::default(), stop).await;
    round_log::keep(line, source, &round).await;
    let (problem, delay) = match round.map(|report| report.result) {
        Ok(RoundResult::More) => (None, Duration::ZERO),
        Ok(RoundResult::Drained | RoundResult::Stopped) => (None, settings.poll_interval),
        Ok(RoundResult::Failed {
            problem,
            retry_not_before,
        }) => (
            Some(problem),
            delay_until(line.clock.now(), retry_not_before, settings.poll_interval),
        ),
        Ok(RoundResult::NeedsOperator { diagnosis }) => (Some(diagnosis), OPERATOR_RETRY_INTERVAL),
        Err(error) => (Some(ErrorChain(&error).to_string()), settings.poll_interval),
    };
    // What it journals does not land: polling goes on, and the source is shown as one with a problem.
    let problem = problem.or_else(|| line.content.problem_of(&source.log_type));
    status.round_ended(&source.label, problem);
    delay
}

async fn keep_maintaining(line: Line, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(MAINTENANCE_INTERVAL) => {}
        }
        maintain(&line).await;
    }
}

/// Merges small files, removes what no reader needs, and prunes the journal. Failures are logged: nothing waits for this.
pub async fn maintain(line: &Line) {
    let now = line.clock.now();
    match line.lake.maintain(now).await {
        Ok(report) => tracing::debug!(?report, "tables maintained"),
        Err(error) => tracing::warn!(error = %ErrorChain(&error), "the tables could not be maintained"),
    }
    match line.store.prune(now, JOURNAL_KEEP_DEFAULT).await {
        Ok(pruned) => tracing::debug!(?pruned, "journal pruned"),
        Err(error) => tracing::warn!(error = %ErrorChain(&error), "the journal could not be pruned"),
    }
}
