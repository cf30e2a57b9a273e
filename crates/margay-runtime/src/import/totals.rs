//! How far an import is, for a progress bar. Totals only ever grow; readers see them a moment late, never wrong.

use std::sync::atomic::{AtomicU64, Ordering};

/// Totals of one import.
#[derive(Debug, Default)]
pub struct ImportTotals {
    file_bytes: AtomicU64,
    records_new: AtomicU64,
    records_known: AtomicU64,
    records_mended: AtomicU64,
}

/// The totals at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedSoFar {
    /// Bytes read from the files, as they are on disk.
    pub file_bytes: u64,
    /// Records journalled.
    pub records_new: u64,
    /// Records that were known before, or stood in the files twice.
    pub records_known: u64,
    /// Records that were not UTF-8: what could not be read in them was replaced by U+FFFD.
    pub records_mended: u64,
}

impl ImportTotals {
    /// Returns the totals now.
    pub fn so_far(&self) -> ImportedSoFar {
        let read = |total: &AtomicU64| total.load(Ordering::Relaxed);
        ImportedSoFar {
            file_bytes: read(&self.file_bytes),
            records_new: read(&self.records_new),
            records_known: read(&self.records_known),
            records_mended: read(&self.records_mended),
        }
    }

    pub(super) fn read(&self, bytes: usize) {
        self.file_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn mended(&self) {
        self.records_mended.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn journalled(&self, records_new: usize, records_known: usize) {
        self.records_new.fetch_add(records_new as u64, Ordering::Relaxed);
        self.records_known.fetch_add(records_known as u64, Ordering::Relaxed);
    }
}
