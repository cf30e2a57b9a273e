//! Removing a log source beside the loops that read it: nothing that was journalled is lost with its journal.
//!
//! ```text
//! t0  paused: whoever reads it finishes the transaction in hand and gives the lease back
//! t1  its lease is ours: nobody appends any more
//! t2  all that was journalled has landed
//! t3  it is deleted with its journal; its events stay in the lake
//! ```
//! If t1 or t2 does not come in time, everything is as it was before.

use std::time::Duration;

use jiff::Timestamp;
use margay_store::{Lease, LeaseError, LookupError, Pause, Source};
use tokio::time::Instant;

use crate::error_chain::ErrorChain;
use crate::land::{self, LandingError};
use crate::line::Line;

/// How long a source that is to be removed is waited for: a request to the vendor that is under way ends, and a landing or two.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How often is looked whether it is free, and landed.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// Its lease lasts longer than we wait.
const LEASE_TTL: Duration = Duration::from_secs(120);
/// Who holds the lease meanwhile.
const HOLDER: &str = "the removal of the source";

/// Why a source was not removed. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Somebody reads it and does not let go.
    #[error("log source `{label}` is still being read\nhint: try again in a minute")]
    BeingRead {
        /// The source.
        label: String,
    },
    /// Its journal has what the lake has not.
    #[error(
        "nothing was deleted: records of `{label}` wait in the journal and are not in the lake{}\nhint: try again when they have landed",
        problem.as_ref().map(|problem| format!("\n{problem}")).unwrap_or_default()
    )]
    NotLanded {
        /// The source.
        label: String,
        /// What keeps them from landing, if that is known.
        problem: Option<String>,
    },
    /// The lake cannot say what has landed.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// The lease could not be taken.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The source is gone, or the database could not do its work.
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

/// Removes a source with its credentials and journal, beside the loops of this process.
///
/// # Errors
/// When somebody reads it and does not let go, or what was journalled does not land, within [`PATIENCE`].
pub async fn remove(line: &Line, source: &Source) -> Result<(), RemoveError> {
    let was_paused = source.paused_at.is_some();
    if !was_paused {
        line.store
            .pause_source(source.id, Pause::Begin, line.clock.now())
            .await?;
        line.sources_changed.notify_one();
    }
    let removed = remove_paused(line, source).await;
    if removed.is_err()
        && !was_paused
        && let Err(error) = line.store.pause_source(source.id, Pause::End, line.clock.now()).await
    {
        tracing::warn!(source = source.label, error = %ErrorChain(&error), "a source that was not removed stays paused");
    }
    line.sources_changed.notify_one();
    removed
}

async fn remove_paused(line: &Line, source: &Source) -> Result<(), RemoveError> {
    let deadline = Instant::now() + PATIENCE;
    let lease = lease(line, source, deadline).await?;
    let landed = landed(line, source, deadline).await;
    if let Err(error) = landed {
        if let Err(error) = line.store.release_lease(&lease).await {
            tracing::debug!(source = source.label, error = %ErrorChain(&error), "the lease was not given back");
        }
        return Err(error);
    }
    Ok(line.store.delete_source(source.id, line.clock.now()).await?)
}

async fn lease(line: &Line, source: &Source, deadline: Instant) -> Result<Lease, RemoveError> {
    loop {
        let now: Timestamp = line.clock.now();
        match line.store.acquire_lease(source.id, HOLDER, now, LEASE_TTL).await {
            Ok(lease) => return Ok(lease),
            Err(LeaseError::Held { .. }) if Instant::now() < deadline => tokio::time::sleep(LOOK_INTERVAL).await,
            Err(LeaseError::Held { .. }) => {
                return Err(RemoveError::BeingRead {
                    label: source.label.clone(),
                });
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn landed(line: &Line, source: &Source, deadline: Instant) -> Result<(), RemoveError> {
    // A schema that cannot be used is not mended by waiting.
    let problem = line.content.problem_of(&source.log_type);
    while land::backlog(line, source).await? > 0 {
        if problem.is_some() || Instant::now() >= deadline {
            return Err(RemoveError::NotLanded {
                label: source.label.clone(),
                problem,
            });
        }
        line.journalled.notify_one();
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
    Ok(())
}
