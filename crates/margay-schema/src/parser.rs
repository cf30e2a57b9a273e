//! Parsers: a record that is a line of text becomes one JSON object, which is then read as any other record.
//!
//! A schema names at most one. What always holds:
//! - the object's values are strings, in the order of the pattern or of the columns, then the fields that
//!   `expandFields` makes; a value among `emptyValues` is left out;
//! - a problem says which parser, what it wanted and where, never what the line says;
//! - time is linear in the line, and reading a line allocates nothing but room for the object.

use crate::limits::LINE_BYTES_MAX;
use crate::reject::{Problem, Reject};
use crate::schema::Schema;

mod session;

pub(crate) use session::json_of;
pub use session::{Line, Session, Skip};

/// How a schema's records become JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Parser {
    /// The record is JSON already, and the schema is the built-in one of its name.
    Native,
}

/// The kinds of parsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParserKind {
    /// JSON of a built-in schema.
    Native,
}

impl ParserKind {
    /// Returns the word that the language uses for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
        }
    }

    /// Returns whether records are lines of text, and not JSON.
    pub const fn reads_lines(self) -> bool {
        match self {
            Self::Native => false,
        }
    }
}

impl Parser {
    /// Returns what kind it is.
    pub const fn kind(&self) -> ParserKind {
        match self {
            Self::Native => ParserKind::Native,
        }
    }

    /// Appends to `out` the JSON object that a line stands for. Nothing is appended if it stands for none.
    fn write_json(&self, line: &str, _buffers: &mut Buffers, out: &mut String) -> Result<(), ParseProblem> {
        match self {
            Self::Native => {
                out.push_str(line);
                Ok(())
            }
        }
    }

    /// Returns why a line is no event though nothing is wrong with it, by its beginning.
    fn skips(&self, _line: &str) -> Option<Skip> {
        match self {
            Self::Native => None,
        }
    }
}

impl Schema {
    /// Returns whether a record is a line of text that the schema's parser reads, and not JSON.
    pub fn reads_lines(&self) -> bool {
        self.parser().is_some_and(|parser| parser.kind().reads_lines())
    }
}

/// What a parser may reuse from line to line.
#[derive(Debug, Default)]
struct Buffers {}

/// Why a line is not what a parser reads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ParseProblem {
    /// What the parser wants.
    expected: String,
    /// What there is instead, and where; never the text.
    found: String,
}

impl ParseProblem {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn into_reject(self) -> Reject {
        Reject {
            problems: vec![Problem {
                path: String::new(),
                expected: self.expected,
                found: self.found,
            }],
            problems_omitted: 0,
        }
    }
}

/// Returns a record's bytes as a line: without its end and without a byte order mark.
fn line_of(record: &[u8]) -> Result<&str, ParseProblem> {
    if record.len() > LINE_BYTES_MAX {
        let expected = format!("a line of at most {LINE_BYTES_MAX} bytes");
        return Err(ParseProblem::new(expected, format!("{} bytes", record.len())));
    }
    let text = std::str::from_utf8(record).map_err(|error| {
        let found = format!("bytes that are not UTF-8 at byte {}", error.valid_up_to());
        ParseProblem::new("a line of UTF-8 text", found)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text))
}
