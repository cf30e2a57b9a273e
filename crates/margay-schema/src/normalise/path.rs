//! Where in a record we are, and what was found wrong there.

use std::fmt;

use crate::limits::PROBLEM_COUNT_MAX;
use crate::reject::{Problem, Reject};

/// A place in a record. Each level points to the one above it, on the stack, so that keeping it costs nothing; it is
/// written out only for a problem.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    /// A field, by the schema's name for it.
    Field(&'a Path<'a>, &'a str),
    /// An element of an array, from 0.
    Element(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Element(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The problems of a record, while it is read.
#[derive(Default)]
pub(super) struct Problems {
    kept: Vec<Problem>,
    omitted: usize,
}

impl Problems {
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    #[cold]
    pub(super) fn add(&mut self, path: &Path<'_>, expected: impl Into<String>, found: impl Into<String>) {
        if self.kept.len() == PROBLEM_COUNT_MAX {
            self.omitted += 1;
            return;
        }
        self.kept.push(Problem {
            path: path.to_string(),
            expected: expected.into(),
            found: found.into(),
        });
    }

    pub(super) fn into_reject(self) -> Reject {
        assert!(!self.kept.is_empty(), "a record is rejected for a reason");
        Reject {
            problems: self.kept,
            problems_omitted: self.omitted,
        }
    }
}
