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

/// Polls, lands and maintains until `stop`; then finishes what is in hand.
///
/// # Errors
/// When the sources cannot be read at the start. Later failures are logged, shown in `status`, and tried again.
pub async fn serve(
    line: &Line,
    settings: &ServeSettings,
    status: Arc<Status>,
    stop: CancellationToken,
) -> Result<(), StorageFault> {
    let sources = line.store.sources().await?;
    tracing::info!(sources = sources.len(), "serving");
    let mut loops = JoinSet::new();
    for source in sources {
        loops.spawn(keep_polling(
            line.clone(),
            source,
            settings.clone(),
            Arc::clone(&status),
            stop.clone(),
        ));
    }
    loops.spawn(keep_maintaining(line.clone(), stop.clone()));
    let landing_stop = CancellationToken::new();
    let landing = tokio::spawn(land::keep(line.clone(), Arc::clone(&status), landing_stop.clone()));

    stop.cancelled().await;
    status.stopping();
    tracing::info!("stopping: finishing the transactions in hand");
    join_all(&mut loops).await;
    landing_stop.cancel();
    if let Err(error) = landing.await {
        tracing::error!(%error, "landing died; the journal keeps what it had not landed");
    }
    Ok(())
}

async fn join_all(loops: &mut JoinSet<()>) {
    while let Some(ended) = loops.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a loop died; its work goes on at the next start");
        }
    }
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
            status.round_ended(&source.label, Some(error.to_string()));
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
        Err(error) => warn("the tables could not be maintained", "", &error),
    }
    match line.store.prune(now, JOURNAL_KEEP_DEFAULT).await {
        Ok(pruned) => tracing::debug!(?pruned, "journal pruned"),
        Err(error) => warn("the journal could not be pruned", "", &error),
    }
}
