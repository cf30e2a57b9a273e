//! What is wrong with a schema file.

use std::fmt;

use super::options::UnknownKeys;
use super::yaml::Position;
use crate::limits::SCHEMA_PROBLEM_COUNT_MAX;

/// Everything that is wrong with a schema file.
///
/// Its text is one line for each problem, `line:column: path: message`, with a second line for a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The problems, by place. Never empty.
    pub problems: Vec<SchemaProblem>,
    /// What is legal beside them but probably not meant, by place.
    pub warnings: Vec<SchemaProblem>,
    /// Whether one of the problems is a key that [`UnknownKeys::Warn`] would pass over.
    pub has_unknown_keys: bool,
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
#[derive(Debug)]
pub(crate) struct Problems {
    errors: Found,
    warnings: Found,
    unknown_keys: UnknownKeys,
    /// Whether one of the errors is an unknown key.
    has_unknown_keys: bool,
}

impl Problems {
    pub(crate) fn new(unknown_keys: UnknownKeys) -> Self {
        Self {
            errors: Found::default(),
            warnings: Found::default(),
            unknown_keys,
            has_unknown_keys: false,
        }
    }

    /// Returns whether there are no errors; warnings do not count.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.found.is_empty()
    }

    pub(crate) fn add(&mut self, at: Position, path: &str, message: impl Into<String>) {
        self.add_hinted(at, path, message, || None);
    }

    /// Adds a problem with a hint, which is looked for only if it will be shown.
    pub(crate) fn add_hinted(
        &mut self,
        at: Position,
        path: &str,
        message: impl Into<String>,
        hint: impl FnOnce() -> Option<String>,
    ) {
        self.errors.add(at, path, message, hint);
    }

    /// Adds what is legal but probably not meant.
    pub(crate) fn warn(
        &mut self,
        at: Position,
        path: &str,
        message: impl Into<String>,
        hint: impl FnOnce() -> Option<String>,
    ) {
        self.warnings.add(at, path, message, hint);
    }

    /// Adds a key that the language does not know: an error or a warning, as the reader of the file has chosen.
    pub(crate) fn unknown_key(
        &mut self,
        at: Position,
        path: &str,
        message: impl Into<String>,
        hint: impl FnOnce() -> Option<String>,
    ) {
        match self.unknown_keys {
            UnknownKeys::Refuse => {
                self.has_unknown_keys = true;
                self.add_hinted(at, path, message, hint);
            }
            UnknownKeys::Warn => self.warn(at, path, message, hint),
        }
    }

    /// Returns the warnings of a file without errors.
    pub(crate) fn into_warnings(self) -> Vec<SchemaProblem> {
        assert!(self.is_empty(), "a schema with errors is refused");
        self.warnings.into_list("warnings")
    }

    /// Returns the error that holds them.
    pub(crate) fn into_error(self) -> SchemaError {
        assert!(!self.is_empty(), "a schema is refused for a reason");
        SchemaError {
            has_unknown_keys: self.has_unknown_keys,
            problems: self.errors.into_list("problems"),
            warnings: self.warnings.into_list("warnings"),
        }
    }
}

/// Problems of one kind, as many as are shown.
#[derive(Debug, Default)]
struct Found {
    found: Vec<SchemaProblem>,
    omitted: usize,
}

impl Found {
    fn add(&mut self, at: Position, path: &str, message: impl Into<String>, hint: impl FnOnce() -> Option<String>) {
        if self.found.len() == SCHEMA_PROBLEM_COUNT_MAX {
            self.omitted += 1;
            return;
        }
        self.found.push(SchemaProblem {
            line: at.line,
            column: at.column,
            path: path.to_owned(),
            message: message.into(),
            hint: hint(),
        });
    }

    /// Returns them by place. `what` is the word for what was left out.
    fn into_list(mut self, what: &str) -> Vec<SchemaProblem> {
        self.found.sort_by_key(|problem| (problem.line, problem.column));
        // What an alias repeats is wrong only once.
        self.found.dedup();
        if self.omitted > 0 {
            self.found.push(SchemaProblem {
                line: 0,
                column: 0,
                path: String::new(),
                message: format!("and {} more {what}", self.omitted),
                hint: None,
            });
        }
        self.found
    }
}
