//! Waiting for time to pass, where nothing else is to be waited for: a window in which something is watched.

use std::thread;
use std::time::{Duration, Instant};

/// Returns when `span` is over.
pub(super) fn let_pass(span: Duration) {
    let begun = Instant::now();
    // A parked thread may be woken for nothing.
    while let Some(left) = span.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
}
