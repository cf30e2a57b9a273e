//! Parts of the crate that benchmarks measure one by one. Not for use: nothing here is promised.

use crate::indicator::{Found, Indicator};
use crate::json::Reader;
use crate::time::TimeFormat;

/// Passes a JSON text, checking all of it and keeping nothing. Returns whether it is one.
pub fn walk_json(text: &[u8]) -> bool {
    let walk = || {
        let mut reader = Reader::new(text)?;
        reader.skip()?;
        reader.end()
    };
    walk().is_ok()
}

/// Runs every scanner over a text. Returns how many indicators they found.
pub fn scan_indicators(text: &str) -> usize {
    let mut found = Found::default();
    for indicator in Indicator::ALL {
        indicator.scan(text, &mut found);
    }
    found.into_indicators().iter().map(|(_, values)| values.len()).sum()
}

/// Reads a time as RFC 3339 writes it, in microseconds since 1970.
pub fn read_rfc3339(text: &str) -> Option<i64> {
    TimeFormat::Rfc3339.read_string(text, 0).ok()
}
