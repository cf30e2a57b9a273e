//! Attendants: one attendance for each source that is there and not paused.
//!
//! A reconciler: what runs is compared with what the database says. A source that was added, resumed or changed is attended to at once
//! by this process' doing, and within [`LOOK_INTERVAL`] by another's; one that was paused or
//! deleted, or is about to be, is let go after the transaction in hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use margay_schema::SourceId;
use margay_store::{PollInterval, Source};
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::attend::{Attendance, attend};
use crate::error_chain::ErrorChain;
use crate::line::Line;
use crate::status::Status;

/// How often the sources are looked at without being woken: another process may have changed them.
const LOOK_INTERVAL: Duration = Duration::from_secs(15);

/// What is the same for all attendances.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(crate) line: Line,
    /// How long to wait between the polls of a source that has no interval of its own.
    pub(crate) poll_interval: Duration,
    pub(crate) status: Arc<Status>,
    /// Rung when this process has changed a source.
    pub(crate) wake: Arc<Notify>,
    pub(crate) stop: CancellationToken,
}

struct Running {
    source: Source,
    stop: CancellationToken,
    task: Id,
}

/// Attends to all sources until the terms' `stop`, or until an attendance dies; then all have ended.
pub(crate) async fn keep(terms: Terms) {
    let mut tasks = JoinSet::new();
    let mut running: HashMap<SourceId, Running> = HashMap::new();
    while !terms.stop.is_cancelled() {
        match terms.line.store.sources().await {
            Ok(sources) => reconcile(&terms, sources, &mut tasks, &mut running),
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "the log sources could not be looked at; trying again");
            }
        }
        tokio::select! {
            () = terms.stop.cancelled() => {}
            () = terms.wake.notified() => {}
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            Some(ended) = tasks.join_next_with_id() => {
                let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, ())| *id);
                // Only one that was told to may end.
                if ended.is_err() || !forget(&terms.status, &mut running, id) {
                    break;
                }
            }
        }
    }
    for one in running.values() {
        one.stop.cancel();
    }
    while tasks.join_next().await.is_some() {}
}

/// Forgets an attendance that ended. Whether it was told to.
fn forget(status: &Status, running: &mut HashMap<SourceId, Running>, task: Id) -> bool {
    let ended = running.iter().find(|(_, one)| one.task == task).map(|(id, _)| *id);
    let Some(one) = ended.and_then(|id| running.remove(&id)) else {
        return true;
    };
    status.source_gone(&one.source.label);
    one.stop.is_cancelled()
}

fn reconcile(terms: &Terms, sources: Vec<Source>, tasks: &mut JoinSet<()>, running: &mut HashMap<SourceId, Running>) {
    let mut wanted: HashMap<SourceId, Source> = sources
        .into_iter()
        .filter(|source| source.paused_at.is_none() && !terms.line.departing.has(source.id))
        .map(|source| (source.id, source))
        .collect();
    for (id, one) in running.iter() {
        // One that changed is told to end, and begun anew when it has.
        if wanted.remove(id).is_none_or(|source| source != one.source) && !one.stop.is_cancelled() {
            one.stop.cancel();
        }
    }
    for (id, source) in wanted {
        let stop = terms.stop.child_token();
        let attendance = Attendance {
            line: terms.line.clone(),
            poll_interval: source.poll_interval.map_or(terms.poll_interval, PollInterval::get),
            source: source.clone(),
            status: Arc::clone(&terms.status),
            stop: stop.clone(),
        };
        let task = tasks.spawn(attend(attendance)).id();
        running.insert(id, Running { source, stop, task });
    }
}
