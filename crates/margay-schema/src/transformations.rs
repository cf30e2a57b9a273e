//! What a field takes from elsewhere in the record, and how it is changed before it is read: `rename`, `copy`, `concat`,
//! `split` and `mask`.

use std::fmt;
use std::sync::Arc;

use crate::limits::{EVENT_PATH_BYTES_MAX, EVENT_PATH_KEY_COUNT_MAX};

#[cfg(test)]
mod tests;

/// The transformations of a field.
///
/// They run in phases over the whole record, in the order of the members here: all renames, then all copies, and so on.
/// Every transformation of a phase sees the record as the phase before left it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transformations {
    /// A key of the same object, whose value the field takes if the record has none under the field's own name.
    pub rename: Option<String>,
    /// Where the field's value is copied from.
    pub copy: Option<EventPath>,
    /// What the field is joined from.
    pub concat: Option<Concat>,
    /// What the field is a part of.
    pub split: Option<Split>,
    /// What stands in for the value.
    pub mask: Option<Mask>,
}

/// Several values, joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concat {
    /// Where the values are, in order. Never empty.
    pub paths: Vec<EventPath>,
    /// What stands between them; may be empty.
    pub separator: String,
}

/// One part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Where the value is.
    pub from: EventPath,
    /// What stands between its parts. Never empty.
    pub separator: String,
    /// Which part, from 0.
    pub index: usize,
}

/// What stands in for a value that shall not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mask {
    /// SHA-256 of the salt followed by the value, as hexadecimal digits.
    Obfuscate {
        /// What is hashed before the value; may be empty.
        salt: String,
    },
    /// A fixed text.
    Redact {
        /// The text.
        to: String,
    },
}

impl Transformations {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The way from the record to a value in it: keys joined by dots.
///
/// A key of digits also takes the element of an array, counted from 0. `\.` is a dot in a key, `\\` a backslash.
///
/// - **Invariant**: at least one key and at most [`EVENT_PATH_KEY_COUNT_MAX`]; none is empty.
/// - Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPath {
    written: Arc<str>,
    keys: Arc<[String]>,
}

impl EventPath {
    /// Reads a path. An `Err` says what is wrong with it.
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        if written.len() > EVENT_PATH_BYTES_MAX {
            return Err(format!(
                "a path has at most {EVENT_PATH_BYTES_MAX} bytes, this has {}",
                written.len()
            ));
        }
        let mut keys = vec![String::new()];
        let mut characters = written.chars();
        while let Some(character) = characters.next() {
            let key = match character {
                '.' => {
                    keys.push(String::new());
                    continue;
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('.' | '\\')) => escaped,
                    _ => return Err("in a path, a backslash comes before a dot or another backslash".to_owned()),
                },
                character => character,
            };
            if let Some(last) = keys.last_mut() {
                last.push(key);
            }
        }
        if keys.iter().any(String::is_empty) {
            return Err("a path is one or more keys with a dot between them".to_owned());
        }
        if keys.len() > EVENT_PATH_KEY_COUNT_MAX {
            return Err(format!(
                "a path has at most {EVENT_PATH_KEY_COUNT_MAX} keys, this has {}",
                keys.len()
            ));
        }
        Ok(Self {
            written: written.into(),
            keys: keys.into(),
        })
    }

    /// Returns the keys, from the record's object inwards.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }
}

impl fmt::Display for EventPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
