//! Why a file cannot be cut into records any further.

use std::fmt;
use std::io;

use super::input::Place;
use crate::limits::RECORD_BYTES_MAX;

/// Why reading a file ends before its end. The records before it stand.
///
/// - **Invariant**: it holds nothing of the file.
#[derive(Debug)]
pub struct StreamError {
    /// Why.
    pub cause: StreamErrorCause,
    /// The line, from 1.
    pub line: u64,
    /// How many bytes of the file were before it, after decompression.
    pub position: u64,
}

/// Why reading a file ends before its end.
#[derive(Debug)]
pub enum StreamErrorCause {
    /// It could not be read.
    Read(io::Error),
    /// A record is longer than [`RECORD_BYTES_MAX`].
    TooLong,
    /// It ends within a value, which starts in that line.
    Truncated {
        /// The line, from 1.
        line: u64,
    },
    /// A quote that is never closed starts in that line.
    OpenQuote {
        /// The line, from 1.
        line: u64,
    },
    /// It is no JSON: this should have come.
    NotJson(&'static str),
    /// A document has no array at the end of the path.
    NoArray {
        /// The path.
        path: String,
        /// What is there instead; `None` if the path leads nowhere.
        found: Option<&'static str>,
    },
}

impl StreamError {
    pub(super) const fn new(cause: StreamErrorCause, place: Place) -> Self {
        Self {
            cause,
            line: place.line,
            position: place.position,
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}: ", self.line, self.position)?;
        match &self.cause {
            StreamErrorCause::Read(_) => f.write_str("the file cannot be read any further"),
            StreamErrorCause::TooLong => write!(
                f,
                "a record is longer than {RECORD_BYTES_MAX} bytes\n  hint: if the file holds many records, its stream type is \
                 another, such as JsonArray or Lines"
            ),
            StreamErrorCause::Truncated { line } => write!(
                f,
                "the file ends within the value that starts in line {line}\n  hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`"
            ),
            StreamErrorCause::OpenQuote { line } => write!(
                f,
                "the quote that starts a cell in line {line} is never closed\n  hint: close it, or read the file as Lines"
            ),
            StreamErrorCause::NotJson(expected) => write!(
                f,
                "this is no JSON: expected {expected}\n  hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a \
                 broken one; if it is text, use `--stream-type Lines`"
            ),
            StreamErrorCause::NoArray { path, found } => {
                let found = found.unwrap_or("nothing");
                if path.is_empty() {
                    write!(
                        f,
                        "the document is no array, found {found}\n  hint: give the path to the array, such as \
                         JsonArray:Records, or use JSON"
                    )
                } else {
                    write!(
                        f,
                        "there is no array at `{path}`, found {found}\n  hint: the path goes from the document's outermost \
                         object, keys joined by dots, capital letters count"
                    )
                }
            }
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            StreamErrorCause::Read(error) => Some(error),
            _ => None,
        }
    }
}
