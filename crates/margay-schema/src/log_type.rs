//! The name of a schema, such as `Asana.Audit`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::limits::{LOG_TYPE_BYTES, LOG_TYPE_PARTS_MAX};

#[cfg(test)]
mod tests;

/// The name of a schema and of the table its events land in.
///
/// - **Shape**: one to seven parts joined by dots; each part is an ASCII capital followed by ASCII letters and digits.
/// - **Units**: 3 to 255 bytes.
/// - **Invariant**: [`Self::table_name`] is therefore always a plain lower-case SQL identifier.
///
/// Cloning is cheap: every event carries one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogType(Arc<str>);

/// Why a text is no log type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogTypeError {
    /// Shorter or longer than allowed.
    #[error("a log type has {} to {} characters", LOG_TYPE_BYTES.start(), LOG_TYPE_BYTES.end())]
    Length,
    /// More dot-separated parts than allowed.
    #[error("a log type has at most {LOG_TYPE_PARTS_MAX} parts")]
    TooManyParts,
    /// A part that does not start with a capital, or holds something else than letters and digits.
    #[error("every part of a log type starts with a capital letter and goes on with letters and digits")]
    Part,
}

impl LogType {
    /// Returns the name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the table: lower case, dots as underscores.
    pub fn table_name(&self) -> String {
        self.0.to_ascii_lowercase().replace('.', "_")
    }
}

impl FromStr for LogType {
    type Err = LogTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !LOG_TYPE_BYTES.contains(&text.len()) {
            return Err(LogTypeError::Length);
        }
        if text.split('.').count() > LOG_TYPE_PARTS_MAX {
            return Err(LogTypeError::TooManyParts);
        }
        if !text.split('.').all(is_part) {
            return Err(LogTypeError::Part);
        }
        Ok(Self(text.into()))
    }
}

fn is_part(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_uppercase()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl fmt::Display for LogType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LogType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogType({})", self.0)
    }
}
