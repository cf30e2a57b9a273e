//! A record that does not fit its schema, with the reasons.

use std::fmt;

/// Why a record did not become an event.
///
/// - **Shape**: at least one problem, at most [`PROBLEM_COUNT_MAX`](crate::limits::PROBLEM_COUNT_MAX), in the order
///   they were met.
/// - **Invariant**: nothing in it comes from the record's values, nor from keys that the schema does not name, so it
///   may be logged and shown where the record may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// How many more problems were met than `problems` holds.
    pub problems_omitted: usize,
}

/// One thing that is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: field names joined by dots, array positions in brackets from 0 (`roles[2].name`). Empty for the record as
    /// a whole.
    pub path: String,
    /// What the schema asks for, such as `string`.
    pub expected: String,
    /// What stands there, as a type or a short description, never the value.
    pub found: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "record: expected {}, found {}", self.expected, self.found)
        } else {
            write!(f, "`{}`: expected {}, found {}", self.path, self.expected, self.found)
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        if self.problems_omitted > 0 {
            write!(f, "; and {} more", self.problems_omitted)?;
        }
        Ok(())
    }
}
