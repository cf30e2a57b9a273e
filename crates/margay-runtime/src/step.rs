//! The places between poll and land at which a crash test stops the line.
//!
//! A released binary passes them without effect. A test hands [`Line`](crate::Line) a [`CrashPlan`] that stops for ever at the
//! n-th place, drops everything, and starts again from what is on disk: whatever an effect before that place did is durable,
//! and nothing after it has begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// A place on the line, in the order in which a page meets them; then those of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The vendor has answered; nothing is stored.
    Fetched,
    /// The page is ready to be journalled.
    BeforeJournal,
    /// The journal's transaction has committed.
    Journalled,
    /// Landing has read entries from the journal.
    Gathered,
    /// They are normalised; nothing is committed.
    Normalised,
    /// The rejects of an earlier landing that ended between its commits are settled; met only then.
    RejectsSettled,
    /// The lake's commits are done; the position has not moved.
    Landed,
    /// The position has moved.
    Advanced,
    /// A replay has read records.
    ReplayRead,
    /// They are normalised by today's schema; nothing is committed.
    ReplayNormalised,
    /// Their events are in their table; the classification failures are as they were.
    EventsReplaced,
    /// Both tables say what today's schema says.
    FailuresSettled,
}

/// Where to stop, if anywhere.
#[derive(Debug, Clone, Default)]
pub struct CrashPlan(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    at: u64,
    passed: AtomicU64,
    reached: Notify,
}

impl CrashPlan {
    /// Stops at the `nth` place that is met, counted from 0.
    pub fn at(nth: u64) -> Self {
        Self(Some(Arc::new(Plan {
            at: nth,
            passed: AtomicU64::new(0),
            reached: Notify::new(),
        })))
    }

    /// Completes when the line has stopped there; never without a plan.
    pub async fn reached(&self) {
        match &self.0 {
            Some(plan) => plan.reached.notified().await,
            None => std::future::pending().await,
        }
    }

    pub(crate) async fn pass(&self, step: Step) {
        let Some(plan) = &self.0 else { return };
        let nth = plan.passed.fetch_add(1, Ordering::SeqCst);
        if nth < plan.at {
            return;
        }
        tracing::debug!(?step, nth, "stopped by the crash plan");
        plan.reached.notify_one();
        // Everything from the planned place on stands still, as after a kill.
        std::future::pending::<()>().await;
    }
}
