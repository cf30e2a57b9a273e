//! What the server has done so far.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What has been served up to some moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Served {
    /// Requests answered, whatever the answer, scripted ones included.
    pub requests: u64,
    /// Requests to the audit endpoint that got a page.
    pub pages: u64,
    /// Of those, the pages without an event.
    pub pages_empty: u64,
    /// Events on all pages; one that was sent twice counts twice.
    pub events: u64,
    /// Requests that got a scripted answer.
    pub scripted: u64,
    /// Requests by the status of their answer.
    pub by_status: BTreeMap<u16, u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    served: Mutex<Served>,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Served {
        self.served().clone()
    }

    pub(crate) fn count_answer(&self, status: u16) {
        let mut served = self.served();
        served.requests += 1;
        *served.by_status.entry(status).or_default() += 1;
    }

    pub(crate) fn count_page(&self, events: usize) {
        let mut served = self.served();
        served.pages += 1;
        served.pages_empty += u64::from(events == 0);
        served.events += events as u64;
    }

    pub(crate) fn count_scripted(&self) {
        self.served().scripted += 1;
    }

    fn served(&self) -> MutexGuard<'_, Served> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
