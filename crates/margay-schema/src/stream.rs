//! Stream types: how a file is cut into records.
//!
//! Reading is incremental: what is held is one record and the reader's own buffer, however long the file or the array in
//! it. Only the borders of records are looked for; whether a record is JSON is said by whoever reads it.

use std::fmt;
use std::io::BufRead;
use std::str::FromStr;

use crate::limits::{ENVELOPE_BYTES_MAX, ENVELOPE_KEY_COUNT_MAX};
use crate::parser::{Parser, ParserKind};
use crate::schema::Schema;

mod array;
mod csv;
mod error;
mod input;
mod lines;
mod scan;
#[cfg(test)]
mod tests;

pub use error::{StreamError, StreamErrorCause};

use input::Input;

/// How a file is cut into records. Set where files are read, not in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StreamType {
    /// `Auto`: told from the schema's parser and the file's first bytes, see [`Records`].
    #[default]
    Auto,
    /// `JSON`: JSON values, one after the other, each on as many lines as it likes.
    Json,
    /// `NDJSON`: one JSON value a line. A line that is broken is one record, and the next starts afresh.
    Ndjson,
    /// `JsonArray`: the elements of an array.
    JsonArray(Envelope),
    /// `Lines`: lines of text.
    Lines,
    /// `CSV`: rows of cells; a quoted cell may hold line breaks.
    Csv,
}

/// Where in a JSON document the array of records is: the keys from outside in.
///
/// Without keys the document is the array. A file may hold several documents, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope(Box<[Box<str>]>);

/// Why a text names no stream type, or no envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamTypeError {
    /// It is no name of one.
    #[error("there is no stream type `{0}`\n  hint: there are Auto, JSON, NDJSON, JsonArray, Lines and CSV")]
    Unknown(String),
    /// The path to the array has a key without characters.
    #[error(
        "`{0}` is no path to an array: a key is empty\n  hint: keys are joined by dots, such as `a.b.c`; without any, the document is the array"
    )]
    EmptyKey(String),
    /// The path to the array is too long.
    #[error("a path to an array has at most {ENVELOPE_BYTES_MAX} bytes and {ENVELOPE_KEY_COUNT_MAX} keys")]
    TooLong,
}

/// A record of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its text, without the line break or comma after it. Not checked to be anything.
    pub bytes: Vec<u8>,
    /// How many records were before it.
    pub index: u64,
    /// The line it starts in, from 1.
    pub line: u64,
    /// How many bytes of the file were before it.
    pub position: u64,
}

/// The records of a file, in order.
///
/// - White space between records, blank lines and a byte order mark are no records. `\r\n` ends a line as `\n` does.
/// - `Auto` reads rows for a csv parser and lines for fastmatch and regex. Otherwise the file decides: what starts with
///   `[` and an object, an array or nothing is an array, what starts with `{` is JSON values, and anything else, such as
///   `[warning] text`, is lines. If the first value fills its
///   line, the rest is read line by line, so that one broken line does not end the reading.
/// - After an error there is nothing more.
///
/// ```
/// use margay_schema::{Records, StreamType};
///
/// let file = br#"{"Records": [{"n": 1}, {"n": 2}]}"#;
/// let stream_type = StreamType::JsonArray("Records".parse()?);
/// let records = Records::new(&file[..], &stream_type, None).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(records[1].bytes, br#"{"n": 2}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Records<R> {
    input: Input<R>,
    mode: Mode,
    index: u64,
}

/// How the next record is found.
enum Mode {
    /// Nothing was read yet.
    Auto,
    /// The next JSON value.
    Values,
    /// The first JSON value of a file whose type is not known.
    FirstValue,
    Array(array::Walk),
    Lines,
    Csv(csv::Rows),
    Ended,
}

impl<R: BufRead> Records<R> {
    /// Starts reading. The schema is the one that the records are for, if there is one.
    pub fn new(reader: R, stream_type: &StreamType, schema: Option<&Schema>) -> Self {
        let parser = schema.and_then(Schema::parser);
        let rows = || Mode::Csv(csv::Rows::of(parser));
        let mode = match (stream_type, parser.map(Parser::kind)) {
            (StreamType::Auto, Some(ParserKind::Csv)) | (StreamType::Csv, _) => rows(),
            (StreamType::Auto, Some(ParserKind::Fastmatch | ParserKind::Regex))
            | (StreamType::Lines | StreamType::Ndjson, _) => Mode::Lines,
            (StreamType::Auto, _) => Mode::Auto,
            (StreamType::Json, _) => Mode::Values,
            (StreamType::JsonArray(envelope), _) => Mode::Array(array::Walk::new(envelope.clone())),
        };
        Self {
            input: Input::new(reader),
            mode,
            index: 0,
        }
    }

    /// Finds the next record. Its text is left in the input's buffer.
    fn advance(&mut self) -> Result<Option<input::Place>, StreamError> {
        if matches!(self.mode, Mode::Auto) {
            self.mode = match self.input.first_byte()? {
                (None, _) => Mode::Ended,
                (Some(b'{'), _) => {
                    self.input.record.clear();
                    Mode::FirstValue
                }
                (Some(b'['), start) => {
                    if !array::enter(&mut self.input)? {
                        self.mode = Mode::Lines;
                        return lines::rest(&mut self.input, start).map(Some);
                    }
                    Mode::Array(array::Walk::entered())
                }
                (Some(_), start) => {
                    self.mode = Mode::Lines;
                    return lines::rest(&mut self.input, start).map(Some);
                }
            };
        }
        match &mut self.mode {
            Mode::Auto | Mode::Ended => Ok(None),
            Mode::Lines => lines::next(&mut self.input),
            Mode::Csv(rows) => rows.next(&mut self.input),
            Mode::Array(walk) => walk.next(&mut self.input),
            Mode::Values => scan::value_or_end(&mut self.input),
            Mode::FirstValue => {
                let found = scan::value_or_end(&mut self.input)?;
                let fills_line = !self.input.record.contains(&b'\n') && self.input.ends_line()?;
                self.mode = if fills_line { Mode::Lines } else { Mode::Values };
                Ok(found)
            }
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        let place = match self.advance() {
            Ok(Some(place)) => place,
            Ok(None) => {
                self.mode = Mode::Ended;
                return None;
            }
            Err(error) => {
                self.mode = Mode::Ended;
                return Some(Err(error));
            }
        };
        let record = Record {
            bytes: std::mem::take(&mut self.input.record),
            index: self.index,
            line: place.line,
            position: place.position,
        };
        self.index += 1;
        Some(Ok(record))
    }
}

impl<R> fmt::Debug for Records<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl FromStr for StreamType {
    type Err = StreamTypeError;

    /// Reads a name, without regard to capital letters. `JsonArray:a.b` names the envelope too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, path) = match text.split_once(':') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        match (name.to_ascii_lowercase().as_str(), path) {
            ("auto", None) => Ok(Self::Auto),
            ("json", None) => Ok(Self::Json),
            ("ndjson" | "jsonl", None) => Ok(Self::Ndjson),
            ("jsonarray", path) => path.unwrap_or_default().parse().map(Self::JsonArray),
            ("lines", None) => Ok(Self::Lines),
            ("csv", None) => Ok(Self::Csv),
            _ => Err(StreamTypeError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for StreamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("Auto"),
            Self::Json => f.write_str("JSON"),
            Self::Ndjson => f.write_str("NDJSON"),
            Self::JsonArray(envelope) if envelope.0.is_empty() => f.write_str("JsonArray"),
            Self::JsonArray(envelope) => write!(f, "JsonArray:{envelope}"),
            Self::Lines => f.write_str("Lines"),
            Self::Csv => f.write_str("CSV"),
        }
    }
}

impl FromStr for Envelope {
    type Err = StreamTypeError;

    /// Reads keys joined by dots; empty text is no key.
    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if path.is_empty() {
            return Ok(Self::default());
        }
        let keys: Box<[Box<str>]> = path.split('.').map(Box::from).collect();
        if path.len() > ENVELOPE_BYTES_MAX || keys.len() > ENVELOPE_KEY_COUNT_MAX {
            return Err(StreamTypeError::TooLong);
        }
        if keys.iter().any(|key| key.is_empty()) {
            return Err(StreamTypeError::EmptyKey(path.to_owned()));
        }
        Ok(Self(keys))
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
