//! Where a JSON value ends. Brackets and quotes are all that is looked at.

use std::io::BufRead;

use super::error::{StreamError, StreamErrorCause};
use super::input::{Fate, Input, Place, is_space};

/// A value half passed.
#[derive(Debug, Default)]
struct Scan {
    /// Containers that are open.
    depth: u64,
    /// One bit for each of the innermost open containers, the last lowest; set for an object.
    objects: u128,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Between values and signs.
    #[default]
    Open,
    Text,
    /// After a backslash in a text.
    Escape,
    /// In a number or a word, at the outermost level.
    Word,
    Ended,
    /// A bracket closes what it did not open.
    Broken,
}

impl Scan {
    /// Looks at bytes, and returns how many of them belong to the value. Then `state` says whether it has ended.
    fn feed(&mut self, chunk: &[u8]) -> usize {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            match self.state {
                State::Open => {
                    match byte {
                        b'"' => self.state = State::Text,
                        b'{' | b'[' => {
                            self.depth += 1;
                            self.objects = self.objects << 1 | u128::from(byte == b'{');
                        }
                        b'}' | b']' => self.close(byte),
                        // What stands between brackets is checked by whoever reads the record.
                        _ if self.depth > 0 => {}
                        _ => self.state = State::Word,
                    }
                    at += 1;
                }
                State::Text => match memchr::memchr2(b'"', b'\\', &chunk[at..]) {
                    Some(offset) => {
                        at += offset + 1;
                        self.state = match chunk[at - 1] {
                            b'\\' => State::Escape,
                            _ if self.depth == 0 => State::Ended,
                            _ => State::Open,
                        };
                    }
                    None => return chunk.len(),
                },
                State::Escape => {
                    self.state = State::Text;
                    at += 1;
                }
                State::Word if is_space(byte) || b",:[]{}\"".contains(&byte) => self.state = State::Ended,
                State::Word => at += 1,
                State::Ended | State::Broken => break,
            }
        }
        at
    }

    fn close(&mut self, bracket: u8) {
        let is_object = self.objects & 1 == 1;
        // Beyond 128 levels the kinds are not known any more; no record may be so deep.
        let is_known = self.depth <= u64::from(u128::BITS);
        if self.depth == 0 || is_known && is_object != (bracket == b'}') {
            self.state = State::Broken;
            return;
        }
        self.depth -= 1;
        self.objects >>= 1;
        if self.depth == 0 {
            self.state = State::Ended;
        }
    }
}

/// Passes the value that starts here.
pub(super) fn value<R: BufRead>(input: &mut Input<R>, fate: Fate) -> Result<(), StreamError> {
    let start = input.place();
    let mut scan = Scan::default();
    input.pass(fate, |chunk| {
        let count = scan.feed(chunk);
        (count, matches!(scan.state, State::Ended | State::Broken))
    })?;
    match scan.state {
        // The file may end with a number.
        State::Ended | State::Word => Ok(()),
        State::Broken => Err(input.error(StreamErrorCause::NotJson("a bracket that closes the one before"))),
        State::Open | State::Text | State::Escape => Err(input.error(StreamErrorCause::Truncated { line: start.line })),
    }
}

/// Reads the next value into the record, if the file has not ended.
pub(super) fn value_or_end<R: BufRead>(input: &mut Input<R>) -> Result<Option<Place>, StreamError> {
    input.record.clear();
    let Some(first) = input.next_byte()? else {
        return Ok(None);
    };
    if !starts_value(first) {
        return Err(input.error(StreamErrorCause::NotJson("a value")));
    }
    let place = input.place();
    value(input, Fate::Kept)?;
    Ok(Some(place))
}

/// Returns whether a JSON value may start with a byte.
pub(super) const fn starts_value(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}
