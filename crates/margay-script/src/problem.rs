//! What is wrong with a script, and what went wrong while it ran.

use std::borrow::Cow;

use crate::token::Place;

/// Why a text is no script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}{}", hint_line(.hint.as_deref()))]
pub struct ScriptProblem {
    /// The line in the script, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

fn hint_line(hint: Option<&str>) -> String {
    hint.map(|hint| format!("\n  hint: {hint}")).unwrap_or_default()
}

impl ScriptProblem {
    pub(crate) fn new(at: Place, message: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Why a script made no event of a record. Holds nothing of the record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the script: {message}")]
pub struct RunProblem {
    /// The line in the script, from 1.
    pub line: usize,
    /// Which kind of failure it was.
    pub kind: RunProblemKind,
    /// What went wrong.
    pub message: Cow<'static, str>,
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunProblemKind {
    /// An operation cannot do what it was asked for with the values it got.
    Operation,
    /// The script called `fail`.
    Fail,
    /// More steps than a run may take.
    Steps,
    /// More memory than a run may take.
    Memory,
    /// More calls or values inside each other than there may be.
    Depth,
    /// What the function returned is no event.
    Result,
}

/// A failure on its way up. Boxed, because every evaluation returns room for one. Its line is 0 until an expression or
/// a statement adds its own.
#[derive(Debug)]
pub(crate) struct Fault(Box<RunProblem>);

/// What evaluation returns.
pub(crate) type Run<T> = Result<T, Fault>;

impl Fault {
    #[cold]
    pub(crate) fn new(kind: RunProblemKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(RunProblem {
            line: 0,
            kind,
            message: message.into(),
        }))
    }

    /// The operation does not suit its values.
    #[cold]
    pub(crate) fn operation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(RunProblemKind::Operation, message)
    }

    /// Adds the line, unless an inner one is known.
    #[cold]
    pub(crate) fn at(mut self, at: Place) -> Self {
        if self.0.line == 0 {
            self.0.line = at.line;
        }
        self
    }

    /// The same failure, where it concerns what the function returned.
    #[cold]
    pub(crate) fn of_result(mut self) -> Self {
        if self.0.kind == RunProblemKind::Operation {
            self.0.kind = RunProblemKind::Result;
            self.0.message = format!("the function's result is no event: {}", self.0.message).into();
        }
        self
    }

    pub(crate) fn into_problem(self, at: Place) -> RunProblem {
        *self.at(at).0
    }
}
