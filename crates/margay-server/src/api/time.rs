//! Times on the wire: RFC 3339, UTC.

use jiff::Timestamp;

use super::problem::{Code, Problem};

/// Returns a time as it is written.
pub(crate) fn written(time: Timestamp) -> String {
    time.to_string()
}

/// Reads a time.
pub(crate) fn read(name: &str, text: &str) -> Result<Timestamp, Problem> {
    text.parse().map_err(|_| {
        Problem::new(
            Code::InvalidRequest,
            format!("`{name}` is no time\nhint: write it as 2026-11-24T00:00:00Z"),
        )
    })
}
