//! Parsers: a record that is a line of text becomes one JSON object, which is then read as any other record.
//!
//! A schema names at most one. What always holds:
//! - the object's values are strings, in the order of the pattern or of the columns, then the fields that
//!   `expandFields` makes; a value among `emptyValues` is left out;
//! - a problem says which parser, what it wanted and where, never what the line says;
//! - time is linear in the line, and reading a line allocates nothing but room for the object.

use margay_script::Script;

use crate::limits::{LINE_BYTES_MAX, RECORD_BYTES_MAX};
use crate::reject::{Problem, Reject};
use crate::schema::Schema;

mod csv;
mod fastmatch;
mod grok;
mod object;
mod piece;
mod re2;
mod regex;
mod session;
mod template;
#[cfg(test)]
mod tests;

pub use csv::Csv;
pub(crate) use csv::Header;
pub use fastmatch::Fastmatch;
pub(crate) use fastmatch::Pattern as FastmatchPattern;
pub(crate) use grok::{BUILT_IN as GROK_BUILT_IN, Definitions, RegexError, RegexHint, is_pattern_name};
pub(crate) use object::Options;
pub use regex::RegexParser;
pub(crate) use regex::{Expression, check_definition};
pub(crate) use template::Expansion;

pub(crate) use session::json_of;
pub use session::{Line, Session, Skip};

/// How a schema's records become JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Parser {
    /// The record is JSON already, and the schema is the built-in one of its name.
    Native,
    /// A row of cells.
    Csv(Csv),
    /// A line between whose values stands fixed text.
    Fastmatch(Fastmatch),
    /// A line that a regular expression matches.
    Regex(RegexParser),
    /// Text of any kind that a script takes apart.
    Script(Script),
}

/// The kinds of parsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParserKind {
    /// JSON of a built-in schema.
    Native,
    /// A row of cells.
    Csv,
    /// A line between whose values stands fixed text.
    Fastmatch,
    /// A line that a regular expression matches.
    Regex,
    /// Text of any kind that a script takes apart.
    Script,
}

impl ParserKind {
    /// Returns the word that the language uses for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Csv => "csv",
            Self::Fastmatch => "fastmatch",
            Self::Regex => "regex",
            Self::Script => "script",
        }
    }

    /// Returns whether records are text that the parser reads, and not JSON already.
    pub const fn reads_lines(self) -> bool {
        match self {
            Self::Native => false,
            Self::Csv | Self::Fastmatch | Self::Regex | Self::Script => true,
        }
    }
}

impl Parser {
    /// Returns what kind it is.
    pub const fn kind(&self) -> ParserKind {
        match self {
            Self::Native => ParserKind::Native,
            Self::Csv(_) => ParserKind::Csv,
            Self::Fastmatch(_) => ParserKind::Fastmatch,
            Self::Regex(_) => ParserKind::Regex,
            Self::Script(_) => ParserKind::Script,
        }
    }

    /// Appends to `out` the JSON object that a line stands for, or nothing if it stands for none.
    fn write_json(&self, line: &str, buffers: &mut Buffers, out: &mut String) -> Result<(), ParseProblem> {
        let from = out.len();
        let written = match self {
            Self::Native => {
                out.push_str(line);
                Ok(())
            }
            Self::Csv(csv) => csv.write_json(line, &buffers.header, out),
            Self::Fastmatch(fastmatch) => fastmatch.write_json(line, out),
            Self::Regex(regex) => regex.write_json(line, &mut buffers.locations, out),
            Self::Script(script) => script
                .run(line, out)
                .map_err(|problem| ParseProblem::new("a record that the script can read", problem.to_string())),
        };
        if written.is_err() {
            out.truncate(from);
        }
        written
    }

    /// Returns the options that the parsers of lines share.
    const fn options(&self) -> Option<&Options> {
        match self {
            Self::Native | Self::Script(_) => None,
            Self::Csv(csv) => Some(csv.options()),
            Self::Fastmatch(fastmatch) => Some(fastmatch.options()),
            Self::Regex(regex) => Some(regex.options()),
        }
    }

    /// Returns the fields that it makes of others.
    pub(crate) fn expansions(&self) -> &[Expansion] {
        self.options().map_or(&[], |options| &options.expansions)
    }

    /// Returns whether a line is a comment.
    fn skips(&self, line: &str) -> bool {
        self.options()
            .and_then(|options| options.skip_prefix.as_ref())
            .is_some_and(|prefix| line.starts_with(&**prefix))
    }

    /// Returns whether a line is the header of its file, as far as the line alone can tell.
    fn is_header(&self, line: &str) -> bool {
        matches!(self, Self::Csv(csv) if csv.is_header(line))
    }

    /// Takes a line of a file that is no comment. Returns whether it is the header.
    fn take_header(&self, line: &str, buffers: &mut Buffers) -> bool {
        matches!(self, Self::Csv(csv) if csv.take_header(line, &mut buffers.header))
    }
}

impl Schema {
    /// Returns whether a record is text that the schema's parser reads, and not JSON already.
    pub fn reads_lines(&self) -> bool {
        self.parser().is_some_and(|parser| parser.kind().reads_lines())
    }
}

/// What a parser keeps from line to line of a file.
#[derive(Debug, Default)]
struct Buffers {
    /// Of a csv file.
    header: csv::HeaderState,
    /// Where a regular expression's groups matched, for its memory.
    locations: Option<::regex::CaptureLocations>,
}

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
fn line_of<'a>(parser: &Parser, record: &'a [u8]) -> Result<&'a str, ParseProblem> {
    let bytes_max = match parser.kind() {
        ParserKind::Csv | ParserKind::Fastmatch | ParserKind::Regex => LINE_BYTES_MAX,
        ParserKind::Script | ParserKind::Native => RECORD_BYTES_MAX,
    };
    if record.len() > bytes_max {
        let expected = format!("a line of at most {bytes_max} bytes");
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

/// Returns the first name that is there twice; an empty name stands for none.
fn first_repeated<T: AsRef<str>>(names: &[T]) -> Option<&str> {
    let mut taken = std::collections::HashSet::new();
    let names = names.iter().map(AsRef::as_ref).filter(|name| !name.is_empty());
    names.into_iter().find(|name| !taken.insert(*name))
}
