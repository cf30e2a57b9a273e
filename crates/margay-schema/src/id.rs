//! The ids of a log source and of a row.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

#[cfg(test)]
mod tests;

/// The id of a log source. It never changes, whatever happens to the source's label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Uuid);

/// A text that is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a row id is a UUID such as 6633336f-d15b-5dee-94cf-52e8d9e7c0d8")]
pub struct RowIdError;

/// A text that is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source id is a UUID such as 5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e")]
pub struct SourceIdError;

impl SourceId {
    /// Returns the source id that is this UUID.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Returns the id as a UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl FromStr for SourceId {
    type Err = SourceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| SourceIdError)
    }
}

/// The id of a row, `p_row_id`: the same record of the same source always gets the same one.
///
/// - **Shape**: a version 5 UUID; the namespace is the source's id, the name is the record's id.
/// - **Invariant**: landing a record twice, or replaying it through another schema, gives an equal id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(Uuid);

impl RowId {
    /// Returns the id of the row that this record of this source becomes.
    pub fn of(source_id: SourceId, record_id: &str) -> Self {
        Self(Uuid::new_v5(source_id.as_uuid(), record_id.as_bytes()))
    }

    /// Returns the id as a UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

/// Reads an id back from where it was kept; it says nothing about whether a record has it.
impl FromStr for RowId {
    type Err = RowIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| RowIdError)
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceId({self})")
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowId({self})")
    }
}
