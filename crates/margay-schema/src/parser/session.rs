//! Reading the lines of one file or stream, in order.

use super::{Buffers, ParseProblem, Parser, line_of};
use crate::normalise::{Normalised, Origin};
use crate::reject::Reject;
use crate::schema::Schema;

/// Reads one file's lines in order: knows which line is a header, and reuses its memory.
///
/// A schema alone has no memory, so it cannot know that a line is the first. Where there is a file, a session does:
/// it passes over blank lines, comments (`skipPrefix`) and the header of a csv file, and takes the columns' names from
/// it if the schema gives none.
#[derive(Debug)]
pub struct Session<'s> {
    schema: &'s Schema,
    buffers: Buffers,
    /// The object of the line read last.
    json: String,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    /// A record, as one JSON object; for a schema without a parser the line itself, not checked yet.
    /// [`Schema::normalise_json`] reads it.
    Json(&'a str),
    /// No record.
    Skipped(Skip),
    /// A record that the parser cannot read.
    Reject(Reject),
}

/// Why a line is no record though nothing is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// It is empty, or only space.
    Blank,
    /// It starts with the parser's `skipPrefix`.
    Comment,
    /// It is the header of a csv file.
    Header,
}

impl Skip {
    /// Returns what the line is, for a problem.
    pub(super) const fn found(self) -> &'static str {
        match self {
            Self::Blank => "a blank line",
            Self::Comment => "a line that starts with `skipPrefix`",
            Self::Header => "the header",
        }
    }
}

impl Schema {
    /// Starts reading a file or stream of this schema's records, one a line.
    pub fn session(&self) -> Session<'_> {
        Session {
            schema: self,
            buffers: Buffers::default(),
            json: String::new(),
        }
    }
}

impl Session<'_> {
    /// Reads the next line; its end may be there or not.
    pub fn read(&mut self, line: &[u8]) -> Line<'_> {
        match self.next(line) {
            Ok(None) => Line::Json(&self.json),
            Ok(Some(skip)) => Line::Skipped(skip),
            Err(problem) => Line::Reject(problem.into_reject()),
        }
    }

    /// Reads the next line and normalises it. `None` if it is no record.
    pub fn normalise(&mut self, line: &[u8], origin: &Origin<'_>) -> Option<Normalised> {
        let schema = self.schema;
        match self.read(line) {
            Line::Json(json) => Some(schema.normalise_json(json.as_bytes(), origin)),
            Line::Skipped(_) => None,
            Line::Reject(reject) => Some(Normalised::Reject(reject)),
        }
    }

    /// Writes the next line's object to `self.json`, unless it is no record.
    fn next(&mut self, line: &[u8]) -> Result<Option<Skip>, ParseProblem> {
        self.json.clear();
        let native = Parser::Native;
        let parser = self.schema.parser().unwrap_or(&native);
        let line = line_of(parser, line)?;
        if line.trim().is_empty() {
            return Ok(Some(Skip::Blank));
        }
        if parser.skips(line) {
            return Ok(Some(Skip::Comment));
        }
        if parser.take_header(line, &mut self.buffers) {
            return Ok(Some(Skip::Header));
        }
        parser.write_json(line, &mut self.buffers, &mut self.json)?;
        Ok(None)
    }
}

/// Returns the JSON of a record that stands alone.
pub(crate) fn json_of(parser: &Parser, record: &[u8]) -> Result<String, Reject> {
    let read = || {
        let line = line_of(parser, record)?;
        let skip = if parser.skips(line) {
            Some(Skip::Comment)
        } else if parser.is_header(line) {
            Some(Skip::Header)
        } else {
            None
        };
        if let Some(skip) = skip {
            let expected = format!("a record for the {} parser", parser.kind().name());
            return Err(ParseProblem::new(expected, skip.found()));
        }
        let mut json = String::new();
        parser.write_json(line, &mut Buffers::default(), &mut json)?;
        Ok(json)
    };
    read().map_err(ParseProblem::into_reject)
}
