//! Running totals of what the line did, for a progress bar, the demo and `/metrics`.
//!
//! Totals only ever grow; readers see them a moment late, never wrong.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

/// Totals since the process began.
#[derive(Debug, Default)]
pub struct Progress {
    requests: AtomicU64,
    pages: AtomicU64,
    records_new: AtomicU64,
    records_known: AtomicU64,
    events_landed: AtomicU64,
    rejects_landed: AtomicU64,
    commits: AtomicU64,
    newest_event_time: Mutex<Option<Timestamp>>,
}

/// The totals at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Requests sent to vendors, retries included.
    pub requests: u64,
    /// Pages journalled, empty ones included.
    pub pages: u64,
    /// Records journalled.
    pub records_new: u64,
    /// Records the vendor served again; already in the journal, so not written.
    pub records_known: u64,
    /// Events committed to the lake.
    pub events_landed: u64,
    /// Records committed to the table of classification failures.
    pub rejects_landed: u64,
    /// Batches committed.
    pub commits: u64,
    /// The time of the newest record journalled.
    pub newest_event_time: Option<Timestamp>,
}

impl Progress {
    /// Returns the totals now.
    pub fn totals(&self) -> Totals {
        let read = |total: &AtomicU64| total.load(Ordering::Relaxed);
        Totals {
            requests: read(&self.requests),
            pages: read(&self.pages),
            records_new: read(&self.records_new),
            records_known: read(&self.records_known),
            events_landed: read(&self.events_landed),
            rejects_landed: read(&self.rejects_landed),
            commits: read(&self.commits),
            newest_event_time: self.newest_event_time.lock().ok().and_then(|newest| *newest),
        }
    }

    pub(crate) fn request_sent(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn page_journalled(&self, records_new: usize, records_known: usize, newest: Option<Timestamp>) {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.records_new.fetch_add(records_new as u64, Ordering::Relaxed);
        self.records_known.fetch_add(records_known as u64, Ordering::Relaxed);
        if let Ok(mut known) = self.newest_event_time.lock() {
            *known = (*known).max(newest);
        }
    }

    pub(crate) fn batch_landed(&self, events: usize, rejects: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.events_landed.fetch_add(events as u64, Ordering::Relaxed);
        self.rejects_landed.fetch_add(rejects as u64, Ordering::Relaxed);
    }
}
