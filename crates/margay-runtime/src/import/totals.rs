//! How far an import is, for a progress bar. Totals only ever grow; readers see them a moment late, never wrong.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Totals of one import.
#[derive(Debug, Default)]
pub struct ImportTotals {
    file_bytes: AtomicU64,
    records_new: AtomicU64,
    records_known: AtomicU64,
    records_mended: AtomicU64,
    records_without_id: AtomicU64,
    files_without_records: Mutex<Vec<String>>,
    array_within: OnceLock<String>,
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
    /// Records that have no id where one was looked for: theirs is made of their content.
    pub records_without_id: u64,
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
            records_without_id: read(&self.records_without_id),
        }
    }

    /// Returns the names of the files that were read to their end and have no records.
    pub fn files_without_records(&self) -> Vec<String> {
        let files = self.files_without_records.lock();
        files.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the key under which a file's first record holds an array, if it looks as if the records were in there: a page of a
    /// vendor, saved as it came.
    pub fn array_within(&self) -> Option<&str> {
        self.array_within.get().map(String::as_str)
    }

    pub(super) fn read(&self, bytes: usize) {
        self.file_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn mended(&self) {
        self.records_mended.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn made_id(&self) {
        self.records_without_id.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn without_records(&self, file: &str) {
        let files = self.files_without_records.lock();
        files.unwrap_or_else(PoisonError::into_inner).push(file.to_owned());
    }

    pub(super) fn holds_array(&self, key: String) {
        // The first file that looks so speaks for the others.
        self.array_within.set(key).ok();
    }

    pub(super) fn journalled(&self, records_new: usize, records_known: usize) {
        self.records_new.fetch_add(records_new as u64, Ordering::Relaxed);
        self.records_known.fetch_add(records_known as u64, Ordering::Relaxed);
    }
}
