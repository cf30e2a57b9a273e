//! The way to a vendor: lets requests of one source through as its budget allows.
//!
//! All readings of a source share one gate, so whatever runs beside the live tail keeps within the same limits, and a pause
//! that one of them is told holds all. A pause that is longer than what a round waits turns them away instead: somebody has to be
//! told of it, and a reading that stands in the gate tells nobody.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use margay_connector::asana::PollLimits;
use margay_connector::{Admission, Budget, BudgetLimits, Errand};
use tokio::sync::Notify;

use crate::clock::Clock;

/// The gate of one source.
#[derive(Debug)]
pub(crate) struct Gate {
    budget: Mutex<Budget>,
    ended: Notify,
}

/// A request under way; it is over when this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay<'gate> {
    gate: &'gate Gate,
}

/// The vendor wants a pause that is too long to be waited for in the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paused {
    pub(crate) until: Timestamp,
}

impl Gate {
    /// Returns a gate with a whole burst saved.
    pub(crate) fn new(limits: BudgetLimits, now: Timestamp) -> Self {
        Self {
            budget: Mutex::new(Budget::new(limits, now)),
            ended: Notify::new(),
        }
    }

    /// Waits until a request may be sent. Dropping the future takes nothing from the budget.
    ///
    /// # Errors
    /// When the vendor wants a pause that a round does not wait for; also if it begins while this waits.
    pub(crate) async fn pass(&self, errand: Errand, clock: &Clock) -> Result<UnderWay<'_>, Paused> {
        loop {
            // Registered before the budget is asked, so that an end in between is not missed.
            let ended = self.ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            let now = clock.now();
            let admission = self.budget().ask(errand, now);
            match admission {
                Admission::Granted => return Ok(UnderWay { gate: self }),
                Admission::Paused(until) if is_long(until, now) => return Err(Paused { until }),
                Admission::Paused(until) => tokio::time::sleep(until.duration_since(now).unsigned_abs()).await,
                Admission::After(wait) => tokio::time::sleep(wait).await,
                Admission::WhenOneEnds => ended.await,
            }
        }
    }

    /// Lets nothing through before `time`: the vendor wants a pause.
    pub(crate) fn pause_until(&self, time: Timestamp) {
        self.budget().pause_until(time);
    }

    /// A panic elsewhere must not close the gate: a budget is valid at every moment.
    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a pause is longer than what a round waits.
pub(crate) fn is_long(until: Timestamp, now: Timestamp) -> bool {
    let left = until.duration_since(now);
    left.is_positive() && left.unsigned_abs() > PollLimits::default().wait_max
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.gate.budget().ended();
        self.gate.ended.notify_waiters();
    }
}
