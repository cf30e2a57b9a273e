//! What is wrong with a schema file.

use std::fmt;

use super::yaml::Position;
use crate::limits::SCHEMA_PROBLEM_COUNT_MAX;

/// Everything that is wrong with a schema file.
///
/// Its text is one line for each problem, `line:column: path: message`, with a second line for a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The problems, by place. Never empty.
    pub problems: Vec<SchemaProblem>,
}

/// One thing that is wrong with a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The character in the line, from 1; 0 for the file as a whole.
    pub column: usize,
    /// The part of the schema: names joined by dots, `[]` for an array's element. Empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl std::error::Error for SchemaError {}

impl fmt::Display for SchemaError {
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

impl fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The problems of a file, while it is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<SchemaProblem>,
    omitted: usize,
}

impl Problems {
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn add(&mut self, at: Position, path: &str, message: impl Into<String>) {
        self.add_hinted(at, path, message, || None);
    }

    /// Adds a problem with a hint, which is looked for only if it will be shown.
    pub(super) fn add_hinted(
        &mut self,
        at: Position,
        path: &str,
        message: impl Into<String>,
        hint: impl FnOnce() -> Option<String>,
    ) {
        if self.found.len() == SCHEMA_PROBLEM_COUNT_MAX {
            self.omitted += 1;
            return;
        }
        let (line, column) = (at.line, at.column);
        self.found.push(SchemaProblem {
            line,
            column,
            path: path.to_owned(),
            message: message.into(),
            hint: hint(),
        });
    }

    /// Returns the error that holds them.
    pub(super) fn into_error(mut self) -> SchemaError {
        assert!(!self.found.is_empty(), "a schema is refused for a reason");
        self.found.sort_by_key(|problem| (problem.line, problem.column));
        // What an alias repeats is wrong only once.
        self.found.dedup();
        if self.omitted > 0 {
            self.found.push(SchemaProblem {
                line: 0,
                column: 0,
                path: String::new(),
                message: format!("and {} more problems", self.omitted),
                hint: None,
            });
        }
        SchemaError { problems: self.found }
    }
}
