//! Tests of schemas: files that say which events a schema makes of a text.
//!
//! A file holds one or more YAML documents, each a test, in the form that Panther's tools read:
//!
//! ```yaml
//! name: a login
//! logType: Custom.Login
//! input: |
//!   {"at": "2026-01-02T03:04:05Z", "address": "192.0.2.7"}
//! result: |
//!   {"at": "2026-01-02 03:04:05", "address": "192.0.2.7", "p_any_ip_addresses": ["192.0.2.7"]}
//! ```
//!
//! YAML text → documents (`schema/yaml`) → [`TestCase`] (`read`); its input → records (`records`) → events, compared with
//! what is expected (`compare`) → [`TestOutcome`].
//!
//! What always holds: numbers keep their digits all the way, so a test tells 9007199254740993 from its neighbour.

use std::fmt;

use crate::schema::SchemaProblem;

mod compare;
mod json;
mod read;
mod records;
mod run;
#[cfg(test)]
mod tests;

use json::Json;

/// A file of tests.
#[derive(Debug, Clone, PartialEq)]
pub struct TestFile {
    /// In the file's order.
    pub tests: Vec<TestCase>,
    /// What is legal but probably not meant, by place.
    pub warnings: Vec<SchemaProblem>,
}

/// One test: a text, and the events that a schema is expected to make of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// What it is called; a test without a name is called after its number.
    pub name: String,
    /// The name of the schema it is for, not known to exist.
    pub log_type: String,
    /// Where the log type stands in the file, from 1.
    pub line: usize,
    input: Input,
    expected: Vec<Json>,
}

/// What a test feeds to the schema.
#[derive(Debug, Clone, PartialEq)]
enum Input {
    /// JSON values one after another, or lines.
    Text(String),
    /// Records written as YAML.
    Records(Vec<Json>),
}

/// Everything that is wrong with a file of tests.
///
/// Its text is one line for each problem, `line:column: path: message`, with a second line for a hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TestFileError {
    /// The problems, by place. Never empty.
    pub problems: Vec<SchemaProblem>,
    /// What is legal beside them but probably not meant, by place.
    pub warnings: Vec<SchemaProblem>,
}

impl fmt::Display for TestFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestOutcome {
    /// Where events are not as expected, in order; at most
    /// [`TEST_DIFFERENCE_COUNT_MAX`](crate::limits::TEST_DIFFERENCE_COUNT_MAX).
    pub differences: Vec<Difference>,
    /// How many more differences there are.
    pub differences_omitted: usize,
    /// Events that the schema made of the input.
    pub event_count: usize,
    /// Records that the schema rejected.
    pub reject_count: usize,
}

/// One thing that is not as a test expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the event, and of its record in the input, from 1; 0 for the test as a whole.
    pub event: usize,
    /// Where in the event: names joined by dots, array positions in brackets from 0. Empty for the event as a whole.
    pub path: String,
    /// What the test expects, as JSON or in words.
    pub expected: String,
    /// What the schema made, as JSON or in words.
    pub found: String,
}

impl TestOutcome {
    /// Returns whether all is as expected.
    pub fn is_passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.event > 0 {
            write!(f, "event {}: ", self.event)?;
        }
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}
