//! Removing a log source beside the loops that read it: nothing that was journalled is lost with its journal.
//!
//! ```text
//! t0  departing: nobody of this process attends to it; whoever reads it finishes the transaction in hand and gives the lease back
//! t1  its lease is ours: no other process appends either
//! t2  all that was journalled has landed
//! t3  it is deleted with its journal; its events stay in the lake, or a wish to erase them is written in the same transaction
//! t4  its events are erased from the lake, and then the wish
//! ```
//! Up to t3 nothing is written down but the lease, which ends by itself: if t1 or t2 does not come in time, or the process dies, the
//! source is as it was. After a crash between t3 and t4 the next maintenance goes on.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use margay_store::{Lease, LeaseError, LookupError, Source};
use tokio::time::Instant;

use crate::error_chain::ErrorChain;
use crate::land::{self, LandingError};
use crate::line::Line;

/// How long a source that is to be removed is waited for: a request to the vendor that is under way ends, and a landing or two.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How often is looked whether it is free, and landed.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// How long is waited for its events to be erased.
const ERASURE_PATIENCE: Duration = Duration::from_secs(20);
/// Its lease lasts longer than we wait.
const LEASE_TTL: Duration = Duration::from_secs(120);
/// Who holds the lease meanwhile.
const HOLDER: &str = "the removal of the source";

/// Sources that this process is about to remove: it does not attend to them.
#[derive(Debug, Default)]
pub(crate) struct Departing(Mutex<HashSet<SourceId>>);

impl Departing {
    /// Whether a source is about to be removed.
    pub(crate) fn has(&self, id: SourceId) -> bool {
        self.ids().contains(&id)
    }

    fn ids(&self) -> std::sync::MutexGuard<'_, HashSet<SourceId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While it lives, its source is about to be removed.
struct Departure<'line> {
    line: &'line Line,
    id: SourceId,
}

impl<'line> Departure<'line> {
    /// Nothing if somebody else removes it already.
    fn begin(line: &'line Line, id: SourceId) -> Option<Self> {
        line.departing.ids().insert(id).then(|| {
            line.sources_changed.notify_one();
            Self { line, id }
        })
    }
}

impl Drop for Departure<'_> {
    fn drop(&mut self) {
        self.line.departing.ids().remove(&self.id);
        self.line.sources_changed.notify_one();
    }
}

/// What becomes of the events of a source that is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Events {
    /// They stay in the lake.
    Keep,
    /// They go from its tables.
    Erase,
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// All that was to be.
    Wholly,
    /// The source; its events go when [`erase`] has the time, or can.
    EventsPending,
}

/// Why a source was not removed. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Somebody else is at it.
    #[error("log source `{label}` is being deleted already")]
    UnderWay {
        /// The source.
        label: String,
    },
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

/// Removes a source with its credentials and journal, and with its events if they are to go, beside the loops of this process.
///
/// # Errors
/// When somebody reads it and does not let go, or what was journalled does not land, within [`PATIENCE`].
pub async fn remove(line: &Line, source: &Source, events: Events) -> Result<Removed, RemoveError> {
    let Some(_departure) = Departure::begin(line, source.id) else {
        return Err(RemoveError::UnderWay {
            label: source.label.clone(),
        });
    };
    let deadline = Instant::now() + PATIENCE;
    let lease = lease(line, source, deadline).await?;
    let removed = remove_held(line, source, events, deadline).await;
    if removed.is_err()
        && let Err(error) = line.store.release_lease(&lease).await
    {
        tracing::debug!(source = source.label, error = %ErrorChain(&error), "the lease was not given back");
    }
    removed?;
    Ok(match events {
        Events::Keep => Removed::Wholly,
        Events::Erase => match tokio::time::timeout(ERASURE_PATIENCE, erase(line)).await {
            Ok(true) => Removed::Wholly,
            Ok(false) | Err(_) => Removed::EventsPending,
        },
    })
}

/// Erases the events of sources that were deleted with them, of all that are left. Whether none is left now; what goes wrong is logged,
/// and tried again by the next [`maintain`](crate::serve::maintain).
pub async fn erase(line: &Line) -> bool {
    let erasures = match line.store.erasures().await {
        Ok(erasures) => erasures,
        Err(error) => {
            tracing::warn!(error = %ErrorChain(&error), "what is to be erased could not be looked up");
            return false;
        }
    };
    let mut is_done = true;
    for erasure in erasures {
        let source_id = erasure.source_id;
        let erased = line.lake.erase(&erasure.log_type, source_id).await;
        let rows = match erased {
            Ok(rows) => rows,
            Err(error) => {
                is_done = false;
                tracing::warn!(%source_id, error = %ErrorChain(&error), "the events of a deleted source could not be erased; trying again");
                continue;
            }
        };
        tracing::info!(%source_id, rows, "the events of a deleted source are erased");
        if let Err(error) = line.store.end_erasure(source_id).await {
            is_done = false;
            tracing::warn!(%source_id, error = %ErrorChain(&error), "that the events of a source are erased was not written down");
        }
    }
    is_done
}

async fn remove_held(line: &Line, source: &Source, events: Events, deadline: Instant) -> Result<(), RemoveError> {
    match (events, line.content().problem_of(&source.log_type)) {
        // What waits for a schema lands nowhere, and is to go anyway.
        (Events::Erase, Some(_)) => {}
        // Else a batch may be on its way to the lake, and would arrive after its events were erased.
        _ => landed(line, source, deadline).await?,
    }
    let (store, now) = (&line.store, line.clock.now());
    match events {
        Events::Keep => store.delete_source(source.id, now).await?,
        Events::Erase => store.delete_source_and_events(source.id, now).await?,
    }
    Ok(())
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
    let problem = line.content().problem_of(&source.log_type);
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
