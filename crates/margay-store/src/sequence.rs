//! The number of an entry within its source.

use std::fmt;

/// The number of an entry within its source: 1, 2, 3, … without gaps. Zero stands before the first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first entry.
    pub const ZERO: Sequence = Sequence(0);

    /// Returns the sequence with that number.
    ///
    /// # Panics
    ///
    /// If the number needs the 64th bit: the database keeps signed numbers.
    pub fn new(number: u64) -> Sequence {
        assert!(
            i64::try_from(number).is_ok(),
            "the sequence {number} is beyond what the database can keep"
        );
        Sequence(number)
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Returns the one that follows.
    #[must_use]
    pub fn next(self) -> Sequence {
        Sequence::new(self.0 + 1)
    }

    pub(crate) fn to_sql(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Reads a column that the table's checks keep at zero or above.
    pub(crate) fn from_sql(number: i64) -> Sequence {
        Sequence(u64::try_from(number).unwrap_or_default())
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
