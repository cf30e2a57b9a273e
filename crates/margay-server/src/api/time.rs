//! Times on the wire: RFC 3339, UTC.

use jiff::Timestamp;

use super::problem::{Code, Problem};

/// Returns a time as it is written.
pub(crate) fn written(time: Timestamp) -> String {
    time.to_string()
}

/// Reads a time of a parameter.
pub(crate) fn read(name: &str, text: &str) -> Result<Timestamp, Problem> {
    parsed(name, text, Code::InvalidRequest)
}

/// Reads a time of a body.
pub(crate) fn given(name: &str, text: &str) -> Result<Timestamp, Problem> {
    parsed(name, text, Code::InvalidValue)
}

fn parsed(name: &str, text: &str, code: Code) -> Result<Timestamp, Problem> {
    text.parse().map_err(|_| {
        Problem::new(
            code,
            format!("`{name}` is no time\nhint: write it as 2026-11-24T00:00:00Z"),
        )
    })
}
