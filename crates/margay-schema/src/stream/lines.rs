//! Lines of text. Blank ones are no records.

use std::io::BufRead;

use super::error::StreamError;
use super::input::{Input, Place};

/// Reads the next line that is not blank.
pub(super) fn next<R: BufRead>(input: &mut Input<R>) -> Result<Option<Place>, StreamError> {
    loop {
        input.record.clear();
        let place = input.place();
        if !input.line()? {
            return Ok(None);
        }
        cut_end(&mut input.record);
        if !input.record.trim_ascii().is_empty() {
            return Ok(Some(place));
        }
    }
}

/// Reads the rest of a line whose beginning is in the record already, and starts at `place`.
pub(super) fn rest<R: BufRead>(input: &mut Input<R>, place: Place) -> Result<Place, StreamError> {
    input.line()?;
    cut_end(&mut input.record);
    Ok(place)
}

/// Takes off the end of a line.
pub(super) fn cut_end(line: &mut Vec<u8>) {
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
}
