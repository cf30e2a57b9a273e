//! `csv`: cells of a row, named by the schema or by the file's header.
//!
//! Cells are written as RFC 4180 says: a cell that starts with a quote ends with one, and `""` in it is a quote. A row
//! is one line, so a quoted cell ends in its line. What the RFC has no word for is taken as it stands: a quote inside a
//! cell, or one inside a quoted cell that neither ends it nor is doubled.

use super::object::{Layout, Options};
use super::piece::{Piece, Quoting};
use super::{ParseProblem, first_repeated};
use crate::limits::{CSV_COLUMN_COUNT_MAX, FIELD_NAME_BYTES_MAX};

/// A csv parser.
#[derive(Debug, Clone, PartialEq)]
pub struct Csv {
    delimiter: char,
    columns: Columns,
    options: Options,
}

/// Where the names of the columns come from.
#[derive(Debug, Clone, PartialEq)]
enum Columns {
    /// From the schema; files have no header.
    Given(Layout),
    /// From the schema, for files with a header, which counts for nothing. The names are kept to know a header by.
    Renamed(Layout, Vec<String>),
    /// From the header of each file.
    OfHeader,
}

/// Whether files start with a row of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    Absent,
    Present,
}

/// What a session knows of a file's header.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum HeaderState {
    /// No row has come yet.
    #[default]
    Awaited,
    /// It has passed, and the schema has the names.
    Passed,
    /// It gave the names.
    Named(Layout),
    /// It cannot give names, and so no row can be read.
    Unusable(ParseProblem),
}

impl Csv {
    /// `columns` are the names, empty for a column that is left out; no columns mean that the header has the names.
    pub(crate) fn new(delimiter: char, header: Header, columns: Vec<String>, options: Options) -> Self {
        assert!(
            header == Header::Present || !columns.is_empty(),
            "names come from somewhere"
        );
        let layout = || Layout::new(columns.iter().map(|name| &**name), &options);
        let columns = match header {
            Header::Absent => Columns::Given(layout()),
            Header::Present if columns.is_empty() => Columns::OfHeader,
            Header::Present => Columns::Renamed(layout(), columns),
        };
        Self {
            delimiter,
            columns,
            options,
        }
    }

    /// Returns what stands between cells.
    pub(crate) const fn delimiter(&self) -> char {
        self.delimiter
    }

    /// Returns how lines start that are no rows.
    pub(crate) fn skip_prefix(&self) -> Option<&str> {
        self.options.skip_prefix.as_deref()
    }

    pub(super) const fn options(&self) -> &Options {
        &self.options
    }

    /// Returns whether a file's rows can be read only after its header, and so never alone.
    pub const fn needs_header(&self) -> bool {
        matches!(self.columns, Columns::OfHeader)
    }

    /// Returns whether a row is the header of a file, as far as the row alone can tell.
    pub(super) fn is_header(&self, row: &str) -> bool {
        let Columns::Renamed(_, names) = &self.columns else {
            return false;
        };
        let mut cells = Cells::new(row, self.delimiter);
        names
            .iter()
            .all(|name| matches!(cells.next(), Some(Ok(cell)) if self.options.trim(cell).means(name)))
            && cells.next().is_none()
    }

    /// Takes the first row of a file. Returns whether it was a header.
    pub(super) fn take_header(&self, row: &str, state: &mut HeaderState) -> bool {
        if *state != HeaderState::Awaited {
            return false;
        }
        let (next, is_header) = match &self.columns {
            Columns::Given(_) => (HeaderState::Passed, false),
            Columns::Renamed(..) => (HeaderState::Passed, true),
            Columns::OfHeader => match self.names(row) {
                Ok(names) => {
                    let layout = Layout::new(names.iter().map(|name| &**name), &self.options);
                    (HeaderState::Named(layout), true)
                }
                Err(problem) => (HeaderState::Unusable(problem), false),
            },
        };
        *state = next;
        is_header
    }

    /// Reads the names in a header.
    fn names(&self, row: &str) -> Result<Vec<String>, ParseProblem> {
        let expected = "a csv header of different names";
        let mut names: Vec<String> = Vec::new();
        for cell in Cells::new(row, self.delimiter) {
            if names.len() == CSV_COLUMN_COUNT_MAX {
                return Err(ParseProblem::new(
                    format!("a csv header of at most {CSV_COLUMN_COUNT_MAX} columns"),
                    "more",
                ));
            }
            let name = cell?.trim();
            let name = name.decode();
            if name.len() > FIELD_NAME_BYTES_MAX {
                let found = format!("more than {FIELD_NAME_BYTES_MAX} bytes in column {}", names.len() + 1);
                return Err(ParseProblem::new(expected, found));
            }
            names.push(name);
        }
        if let Some(name) = first_repeated(&names) {
            let mut places = (1..)
                .zip(&names)
                .filter(|(_, other)| *other == name)
                .map(|(place, _)| place);
            let (first, second) = (places.next().unwrap_or(0), places.next().unwrap_or(0));
            return Err(ParseProblem::new(
                expected,
                format!("the same name in columns {first} and {second}"),
            ));
        }
        if names.iter().all(String::is_empty) {
            return Err(ParseProblem::new(expected, "no name"));
        }
        Ok(names)
    }

    /// Appends the object of a row to `out`.
    pub(super) fn write_json(&self, row: &str, state: &HeaderState, out: &mut String) -> Result<(), ParseProblem> {
        let layout = match (&self.columns, state) {
            (Columns::Given(layout) | Columns::Renamed(layout, _), _) | (_, HeaderState::Named(layout)) => layout,
            (_, HeaderState::Unusable(problem)) => return Err(problem.clone()),
            (_, HeaderState::Awaited | HeaderState::Passed) => {
                return Err(ParseProblem::new(
                    "a csv row after the header of its file, which names the columns",
                    "a row alone",
                ));
            }
        };
        let mut object = layout.start(&self.options, row, out);
        for (column, cell) in Cells::new(row, self.delimiter).enumerate() {
            let cell = cell?;
            // A delimiter at the end of the row makes one more cell, and nothing is lost with it.
            if column >= layout.value_count() && !cell.trim().is_empty() {
                return Err(too_many(layout.value_count(), column + 1));
            }
            object.value(column, cell);
        }
        object.finish()
    }
}

#[cold]
fn too_many(expected: usize, found: usize) -> ParseProblem {
    ParseProblem::new(
        format!("a csv row of {expected} cells"),
        format!("text in cell {found}"),
    )
}

/// The cells of a row, in order. A row has at least one.
struct Cells<'a> {
    /// What has not been read; `None` at the end.
    rest: Option<&'a str>,
    delimiter: char,
    row_bytes: usize,
}

impl<'a> Cells<'a> {
    const fn new(row: &'a str, delimiter: char) -> Self {
        Self {
            rest: Some(row),
            delimiter,
            row_bytes: row.len(),
        }
    }

    /// Returns where the delimiter comes next.
    fn find_delimiter(&self, text: &str) -> Option<usize> {
        match u8::try_from(self.delimiter) {
            Ok(byte) if byte.is_ascii() => memchr::memchr(byte, text.as_bytes()),
            _ => text.find(self.delimiter),
        }
    }

    /// Reads the cell whose opening quote is just before `text`.
    fn quoted(&mut self, text: &'a str) -> Result<Piece<'a>, ParseProblem> {
        let mut from = 0;
        let mut quoting = Quoting::Plain;
        while let Some(found) = memchr::memchr(b'"', &text.as_bytes()[from..]) {
            let at = from + found;
            let after = &text[at + 1..];
            if after.starts_with(self.delimiter) {
                self.rest = Some(&after[self.delimiter.len_utf8()..]);
                return Ok(Piece::quoted(&text[..at], quoting));
            }
            if after.is_empty() {
                self.rest = None;
                return Ok(Piece::quoted(&text[..at], quoting));
            }
            quoting = Quoting::Doubled;
            from = at + 1 + usize::from(after.starts_with('"'));
        }
        let at = self.row_bytes - text.len() - 1;
        Err(ParseProblem::new(
            "a csv row whose quoted cells end in it",
            format!("no end of the quote at byte {at}"),
        ))
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Piece<'a>, ParseProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        if let Some(text) = rest.strip_prefix('"') {
            return Some(self.quoted(text));
        }
        Some(Ok(Piece::plain(match self.find_delimiter(rest) {
            Some(end) => {
                self.rest = Some(&rest[end + self.delimiter.len_utf8()..]);
                &rest[..end]
            }
            None => rest,
        })))
    }
}
