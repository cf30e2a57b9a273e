//! The elements of an array, which may be deep in a document.
//!
//! A walk along the keys of the envelope: what is not on the way is passed without being kept.

use std::io::BufRead;

use super::Envelope;
use super::error::{StreamError, StreamErrorCause};
use super::input::{Fate, Input, Place};
use super::scan::{starts_value, value};
use crate::json::Reader;
use crate::limits::ENVELOPE_BYTES_MAX;

/// A walk through documents.
pub(super) struct Walk {
    envelope: Envelope,
    at: At,
    /// Whether this document's array was found. A key may come twice, and so may the array.
    has_array: bool,
    /// The line that this document starts in.
    line: u64,
}

/// Where a walk is.
#[derive(Clone, Copy)]
enum At {
    /// Between documents.
    Document,
    /// In the object that so many keys lead to, before a member.
    Object { keys: usize, order: Order },
    /// In the array, before an element.
    Array(Order),
}

/// Whether a comma comes before what is next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    First,
    Later,
}

impl Walk {
    pub(super) const fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            at: At::Document,
            has_array: false,
            line: 1,
        }
    }

    /// Returns the walk of a document that is an array, which was entered already.
    pub(super) fn entered() -> Self {
        Self {
            at: At::Array(Order::First),
            has_array: true,
            ..Self::new(Envelope::default())
        }
    }

    /// Reads the next element into the record.
    pub(super) fn next<R: BufRead>(&mut self, input: &mut Input<R>) -> Result<Option<Place>, StreamError> {
        loop {
            match self.at {
                At::Document => {
                    if input.next_byte()?.is_none() {
                        return Ok(None);
                    }
                    self.has_array = false;
                    self.line = input.place().line;
                    self.descend(input, 0)?;
                }
                At::Object { keys, order } => self.member(input, keys, order)?,
                At::Array(order) => {
                    if ends(input, b']', order, self.line)? {
                        self.at = match self.envelope.0.len().checked_sub(1) {
                            Some(keys) => At::Object {
                                keys,
                                order: Order::Later,
                            },
                            None => At::Document,
                        };
                        continue;
                    }
                    input.record.clear();
                    let place = input.place();
                    value(input, Fate::Kept)?;
                    self.at = At::Array(Order::Later);
                    return Ok(Some(place));
                }
            }
        }
    }

    /// Enters the value that so many keys lead to: an object on the way, or the array.
    fn descend<R: BufRead>(&mut self, input: &mut Input<R>, keys: usize) -> Result<(), StreamError> {
        let first = first_byte(input, self.line)?;
        let is_target = keys == self.envelope.0.len();
        match (first, is_target) {
            (b'[', true) => {
                self.has_array = true;
                self.at = At::Array(Order::First);
                input.pass_byte()
            }
            (b'{', false) => {
                self.at = At::Object {
                    keys,
                    order: Order::First,
                };
                input.pass_byte()
            }
            // Null is as good as an array without elements.
            (b'n', _) if keys > 0 => {
                self.has_array = true;
                self.at = At::Object {
                    keys: keys - 1,
                    order: Order::Later,
                };
                value(input, Fate::Dropped)
            }
            _ => {
                let found = match first {
                    b'{' => "an object",
                    b'[' => "an array on the way",
                    b'"' => "a string",
                    b't' | b'f' => "a boolean",
                    b'n' => "null",
                    b'-' | b'0'..=b'9' => "a number",
                    _ => return Err(input.error(StreamErrorCause::NotJson("a value"))),
                };
                Err(self.no_array(input, Some(found)))
            }
        }
    }

    fn no_array<R: BufRead>(&self, input: &Input<R>, found: Option<&'static str>) -> StreamError {
        let path = self.envelope.to_string();
        input.error(StreamErrorCause::NoArray { path, found })
    }

    /// Passes a member, or enters its value.
    fn member<R: BufRead>(&mut self, input: &mut Input<R>, keys: usize, order: Order) -> Result<(), StreamError> {
        if ends(input, b'}', order, self.line)? {
            match keys.checked_sub(1) {
                Some(keys) => {
                    self.at = At::Object {
                        keys,
                        order: Order::Later,
                    };
                }
                None if self.has_array => self.at = At::Document,
                None => return Err(self.no_array(input, None)),
            }
            return Ok(());
        }
        if first_byte(input, self.line)? != b'"' {
            return Err(input.error(StreamErrorCause::NotJson("a key in quotes")));
        }
        let is_on_the_way = self.is_key(input, keys)?;
        if first_byte(input, self.line)? != b':' {
            return Err(input.error(StreamErrorCause::NotJson("a `:` after the key")));
        }
        input.pass_byte()?;
        if is_on_the_way {
            return self.descend(input, keys + 1);
        }
        if !starts_value(first_byte(input, self.line)?) {
            return Err(input.error(StreamErrorCause::NotJson("a value")));
        }
        value(input, Fate::Dropped)?;
        self.at = At::Object {
            keys,
            order: Order::Later,
        };
        Ok(())
    }

    /// Passes a key, and returns whether it is the wanted one.
    fn is_key<R: BufRead>(&self, input: &mut Input<R>, keys: usize) -> Result<bool, StreamError> {
        // Each byte of a key may be written as an escape of six.
        let bytes_max = 6 * ENVELOPE_BYTES_MAX + 2;
        input.record.clear();
        value(input, Fate::Kept)?;
        let wanted = self.envelope.0.get(keys);
        let is_wanted = input.record.len() <= bytes_max
            && Reader::new(&input.record)
                .and_then(|mut reader| reader.peek().and_then(|_| reader.decoded_string()))
                .is_ok_and(|key| wanted.is_some_and(|wanted| **wanted == *key));
        Ok(is_wanted)
    }
}

/// Passes the bracket that comes next, and returns whether it looks like that of an array of records. If not, what was
/// passed is in the record.
pub(super) fn enter<R: BufRead>(input: &mut Input<R>) -> Result<bool, StreamError> {
    input.pass(Fate::Kept, |_| (1, true))?;
    input.pass(Fate::Kept, |chunk| {
        let count = chunk.iter().take_while(|byte| b" \t\r".contains(byte)).count();
        (count, count < chunk.len())
    })?;
    Ok(matches!(input.peek()?, None | Some(b'{' | b'[' | b']' | b'\n')))
}

/// Passes the end of a container if it comes, or the comma before what is next. `line` is where the document starts.
fn ends<R: BufRead>(input: &mut Input<R>, bracket: u8, order: Order, line: u64) -> Result<bool, StreamError> {
    let mut next = first_byte(input, line)?;
    if next == bracket {
        input.pass_byte()?;
        return Ok(true);
    }
    if order == Order::Later {
        if next != b',' {
            return Err(input.error(StreamErrorCause::NotJson("a comma or the end of the list")));
        }
        input.pass_byte()?;
        next = first_byte(input, line)?;
    }
    if !starts_value(next) {
        return Err(input.error(StreamErrorCause::NotJson("a value")));
    }
    Ok(false)
}

/// Returns the byte after white space, in a document that starts in `line` and has not ended.
fn first_byte<R: BufRead>(input: &mut Input<R>, line: u64) -> Result<u8, StreamError> {
    match input.next_byte()? {
        Some(byte) => Ok(byte),
        None => Err(input.error(StreamErrorCause::Truncated { line })),
    }
}
