//! Serve: the long-running form. One named loop per job, owned here and joined at the end.
//!
//! ```text
//! attend <source>  one per log source: its live tail, its backfill, its re-reads
//! land             what the journal has and the tables do not
//! maintain         compaction, vacuum, retention of the journal
//! ```
//! When `stop` is cancelled each loop finishes the transaction in its hands and returns; landing is last, so that what was
//! journalled a moment ago is in the lake when the process ends.

use std::sync::Arc;
use std::time::Duration;

use margay_store::{JOURNAL_KEEP_DEFAULT, StorageFault};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::attend::{Attendance, attend};
use crate::error_chain::ErrorChain;
use crate::land;
use crate::line::Line;
use crate::status::Status;

/// How often the tables are looked at for files to merge and remove. Cheap when there is nothing to do.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(60);

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
        loops.spawn(attend(Attendance {
            line: line.clone(),
            source,
            poll_interval: settings.poll_interval,
            status: Arc::clone(&status),
            stop: stop.clone(),
        }));
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
