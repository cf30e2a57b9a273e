//! Rows of a csv file. A quoted cell may hold line breaks, so a row may be several lines.

use std::io::BufRead;

use super::error::{StreamError, StreamErrorCause};
use super::input::{Input, Place};
use super::lines::cut_end;
use crate::parser::Parser;

/// How rows are told apart.
pub(super) struct Rows {
    delimiter: Box<[u8]>,
    /// How lines start that are no rows, whatever quotes are in them.
    skip_prefix: Option<Box<[u8]>>,
}

impl Rows {
    /// Without a csv parser cells are separated by commas.
    pub(super) fn of(parser: Option<&Parser>) -> Self {
        let (delimiter, skip_prefix) = match parser {
            Some(Parser::Csv(csv)) => (csv.delimiter(), csv.skip_prefix()),
            _ => (',', None),
        };
        Self {
            delimiter: delimiter.encode_utf8(&mut [0; 4]).as_bytes().into(),
            skip_prefix: skip_prefix.map(|prefix| prefix.as_bytes().into()),
        }
    }

    /// Reads the next row that is not blank.
    pub(super) fn next<R: BufRead>(&self, input: &mut Input<R>) -> Result<Option<Place>, StreamError> {
        loop {
            input.record.clear();
            let place = input.place();
            if !input.line()? {
                return Ok(None);
            }
            let is_comment = self
                .skip_prefix
                .as_ref()
                .is_some_and(|prefix| input.record.starts_with(prefix));
            if !is_comment {
                self.close_quotes(input)?;
            }
            cut_end(&mut input.record);
            if !input.record.trim_ascii().is_empty() {
                return Ok(Some(place));
            }
        }
    }

    /// Adds lines to the row until no quote is open.
    fn close_quotes<R: BufRead>(&self, input: &mut Input<R>) -> Result<(), StreamError> {
        let mut cell_start = 0;
        loop {
            // Cells without quotes end at a delimiter in this line, or with it.
            let rest = &input.record[cell_start..];
            if rest.first() != Some(&b'"') {
                match memchr::memmem::find(rest, &self.delimiter) {
                    Some(at) => cell_start += at + self.delimiter.len(),
                    None => return Ok(()),
                }
                continue;
            }
            // The line was read with its end, unless the file has no more.
            let opened_line = input.place().line - u64::from(input.record.last() == Some(&b'\n'));
            let mut at = cell_start + 1;
            let end = loop {
                let Some(offset) = memchr::memchr(b'"', &input.record[at..]) else {
                    at = input.record.len();
                    if !input.line()? {
                        return Err(input.error(StreamErrorCause::OpenQuote { line: opened_line }));
                    }
                    continue;
                };
                at += offset + 1;
                match self.after_quote(&input.record[at..]) {
                    AfterQuote::CellEnds => break at,
                    AfterQuote::Quote => at += 1,
                    AfterQuote::Text => {}
                }
            };
            if !input.record[end..].starts_with(&self.delimiter) {
                return Ok(());
            }
            cell_start = end + self.delimiter.len();
        }
    }

    /// Says what a quote within a quoted cell means, from what follows it.
    fn after_quote(&self, rest: &[u8]) -> AfterQuote {
        if rest.first() == Some(&b'"') {
            AfterQuote::Quote
        } else if rest.starts_with(&self.delimiter) || matches!(rest, [] | [b'\n', ..] | [b'\r', b'\n', ..] | [b'\r']) {
            AfterQuote::CellEnds
        } else {
            AfterQuote::Text
        }
    }
}

/// What a quote within a quoted cell is.
enum AfterQuote {
    CellEnds,
    /// The first of two, which are one.
    Quote,
    /// A stray one, which stands for itself.
    Text,
}
