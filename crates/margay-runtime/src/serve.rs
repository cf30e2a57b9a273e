//! Serve: the long-running form. One named loop per job, owned here and joined at the end.
//!
//! ```text
//! attend <source>  one per log source: its live tail, its backfill, its re-reads
//! land             what the journal has and the tables do not
//! watch            evaluates the alarms, raises alerts
//! deliver          brings alerts to their destinations
//! own log          what was done to this server becomes events too
//! maintain         compaction, vacuum, retention of the journal
//! ```
//! When `stop` is cancelled each loop finishes the transaction in its hands and returns; landing is last, so that what was
//! journalled a moment ago is in the lake when the process ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use margay_store::{JOURNAL_KEEP_DEFAULT, StorageFault};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::attendants::{self, Terms};
use crate::data_dir::DataDir;
use crate::deliver::courier::{Courier, CourierError};
use crate::deliver::guard::AddressGuard;
use crate::deliver::{self, Post};
use crate::error_chain::ErrorChain;
use crate::land;
use crate::line::Line;
use crate::own_log;
use crate::remove;
use crate::status::Status;
use crate::watch::{self, Watch};

/// How often the tables are looked at for files to merge and remove. Cheap when there is nothing to do.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(60);

/// Where a person reads an alert, on the machine that the server runs on.
pub const ALERTS_URL_DEFAULT: &str = "http://127.0.0.1:8470/alerts/";

/// What an operator decides about a server.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// How long to wait between the polls of a source that has no interval of its own.
    pub poll_interval: Duration,
    /// The folder whose disk is watched.
    pub data_dir: PathBuf,
    /// Which addresses alerts may be sent to.
    pub guard: AddressGuard,
    /// Where a person reads an alert: this URL, and the alert's id after it.
    pub alerts_url: String,
}

impl ServeSettings {
    /// What is decided unless an operator says otherwise: alerts go to public addresses only, and link to this machine.
    pub fn new(poll_interval: Duration, data_dir: &DataDir) -> Self {
        Self {
            poll_interval,
            data_dir: data_dir.root().to_owned(),
            guard: AddressGuard::default(),
            alerts_url: ALERTS_URL_DEFAULT.to_owned(),
        }
    }
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
    /// Nothing could be made ready to call destinations.
    #[error("could not set up the HTTP client for alerts")]
    Courier(#[source] CourierError),
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
    let courier = Courier::new(settings.guard.clone(), line.clock.clone(), line.http.carrier());
    let post = Post {
        courier: courier.map_err(ServeError::Courier)?,
        alerts_url: settings.alerts_url.clone(),
        wake: Arc::clone(&line.outbox),
    };
    let watch = Watch {
        status: Arc::clone(&status),
        started_at: line.clock.now(),
        data_dir: settings.data_dir.clone(),
        wake: Arc::clone(&post.wake),
    };
    let sources = line.store.sources().await?.len();
    tracing::info!(sources, "serving");
    let mut loops = JoinSet::new();
    loops.spawn(attendants::keep(Terms {
        line: line.clone(),
        poll_interval: settings.poll_interval,
        status: Arc::clone(&status),
        wake: Arc::clone(&line.sources_changed),
        stop: stop.clone(),
    }));
    loops.spawn(watch::keep(line.clone(), watch, stop.clone()));
    loops.spawn(deliver::keep(line.clone(), post, stop.clone()));
    loops.spawn(own_log::keep(line.clone(), stop.clone()));
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

/// Erases what is to be erased, merges small files, removes what no reader needs, and prunes the journal. Failures are logged: nothing
/// waits for this.
pub async fn maintain(line: &Line) {
    let now = line.clock.now();
    remove::erase(line).await;
    match line.lake.maintain(now).await {
        Ok(report) => tracing::debug!(?report, "tables maintained"),
        Err(error) => tracing::warn!(error = %ErrorChain(&error), "the tables could not be maintained"),
    }
    match line.store.prune(now, JOURNAL_KEEP_DEFAULT).await {
        Ok(pruned) => tracing::debug!(?pruned, "journal pruned"),
        Err(error) => tracing::warn!(error = %ErrorChain(&error), "the journal could not be pruned"),
    }
}
