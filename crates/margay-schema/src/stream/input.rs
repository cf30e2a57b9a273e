//! A file, byte by byte or chunk by chunk, and where we are in it.

use std::io::{BufRead, ErrorKind};

use super::error::{StreamError, StreamErrorCause};
use crate::limits::RECORD_BYTES_MAX;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    pub(super) line: u64,
    /// Bytes before it.
    pub(super) position: u64,
}

/// Whether what is passed becomes part of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Dropped,
}

/// A file that is read.
pub(super) struct Input<R> {
    reader: R,
    place: Place,
    /// The record that is being read, or was read last.
    pub(super) record: Vec<u8>,
}

impl<R: BufRead> Input<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self {
            reader,
            place: Place { line: 1, position: 0 },
            record: Vec::new(),
        }
    }

    pub(super) const fn place(&self) -> Place {
        self.place
    }

    pub(super) const fn error(&self, cause: StreamErrorCause) -> StreamError {
        StreamError::new(cause, self.place)
    }

    /// Passes what `step` says of each chunk, until it says that it is done. Returns whether it did before the file ended.
    ///
    /// `step` returns how many bytes to pass and whether that is all.
    pub(super) fn pass(
        &mut self,
        fate: Fate,
        mut step: impl FnMut(&[u8]) -> (usize, bool),
    ) -> Result<bool, StreamError> {
        loop {
            let chunk = fill(&mut self.reader, self.place)?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let (count, is_done) = step(chunk);
            let passed = &chunk[..count];
            let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
            if fate == Fate::Kept {
                if self.record.len() + count > RECORD_BYTES_MAX {
                    return Err(StreamError::new(StreamErrorCause::TooLong, self.place));
                }
                self.record.extend_from_slice(passed);
            }
            self.reader.consume(count);
            self.place.line += lines;
            self.place.position += count as u64;
            if is_done {
                return Ok(true);
            }
        }
    }

    /// Returns the byte that comes next, which is left.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, StreamError> {
        Ok(fill(&mut self.reader, self.place)?.first().copied())
    }

    /// Passes one byte.
    pub(super) fn pass_byte(&mut self) -> Result<(), StreamError> {
        self.pass(Fate::Dropped, |_| (1, true)).map(drop)
    }

    /// Passes a byte order mark, if the file starts with one.
    fn pass_mark(&mut self) -> Result<(), StreamError> {
        const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
        if self.place.position > 0 || self.peek()? != Some(MARK[0]) {
            return Ok(());
        }
        // A reader may give its first bytes one at a time. The mark's first is no beginning of anything else that we
        // read, so passing part of it only spoils what is spoilt.
        for byte in MARK {
            if self.peek()? == Some(byte) {
                self.pass_byte()?;
            }
        }
        Ok(())
    }

    /// Passes white space, and returns the byte after it, which is left.
    pub(super) fn next_byte(&mut self) -> Result<Option<u8>, StreamError> {
        self.pass_mark()?;
        self.pass(Fate::Dropped, |chunk| {
            let count = chunk.iter().take_while(|byte| is_space(**byte)).count();
            (count, count < chunk.len())
        })?;
        self.peek()
    }

    /// Passes blank lines, and the white space before the first byte that is none, which is left and returned. That white
    /// space is in the record: it belongs to the line, should the file hold lines. Returns where the line starts, too.
    pub(super) fn first_byte(&mut self) -> Result<(Option<u8>, Place), StreamError> {
        self.pass_mark()?;
        loop {
            self.record.clear();
            let start = self.place;
            self.pass(Fate::Kept, |chunk| {
                let end = chunk.iter().position(|byte| !is_space(*byte) || *byte == b'\n');
                (end.unwrap_or(chunk.len()), end.is_some())
            })?;
            let next = self.peek()?;
            if next != Some(b'\n') {
                return Ok((next, start));
            }
            self.pass_byte()?;
        }
    }

    /// Returns whether the line ends here. White space in it is passed, its end is not.
    pub(super) fn ends_line(&mut self) -> Result<bool, StreamError> {
        self.pass(Fate::Dropped, |chunk| {
            let is_plain_space = |byte: &u8| is_space(*byte) && *byte != b'\n';
            let count = chunk.iter().take_while(|byte| is_plain_space(byte)).count();
            (count, count < chunk.len())
        })?;
        Ok(matches!(self.peek()?, None | Some(b'\n')))
    }

    /// Reads to the end of the line into the record, its end included. Returns whether there was anything.
    pub(super) fn line(&mut self) -> Result<bool, StreamError> {
        self.pass_mark()?;
        let before = self.record.len();
        self.pass(Fate::Kept, |chunk| match memchr::memchr(b'\n', chunk) {
            Some(at) => (at + 1, true),
            None => (chunk.len(), false),
        })?;
        Ok(self.record.len() > before)
    }
}

/// Returns bytes that come next; none at the end of the file.
fn fill<R: BufRead>(reader: &mut R, place: Place) -> Result<&[u8], StreamError> {
    let failed = |error| StreamError::new(StreamErrorCause::Read(error), place);
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    // What was read is buffered now. Asked again, because the borrow of an answer in a loop would last too long.
    reader.fill_buf().map_err(failed)
}

/// White space of JSON, and the mark that RFC 7464 puts before each text of a sequence.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x1e)
}
