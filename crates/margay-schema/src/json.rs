//! A JSON reader that hands out pieces of the text it reads.
//!
//! It builds no tree and copies nothing: strings without escapes, numbers and skipped values are slices of the record.
//! It is strict RFC 8259: no comments, no trailing commas, no bare words, no control characters in strings, valid UTF-8.
//!
//! Lone surrogates: the grammar allows `"\ud800"` though no Unicode text equals it. Refusing the record would lose the
//! rest of it for one broken character, so the reader accepts them. A string that is decoded gets U+FFFD in their place
//! (as Go's decoder does, which Panther uses); a value that is kept as text keeps the escape.

use std::borrow::Cow;

use crate::limits::JSON_DEPTH_MAX;

#[cfg(test)]
pub(crate) mod tests;
mod text;

pub(crate) use text::Text;

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    /// Bytes before the fault.
    pub(crate) at: usize,
    pub(crate) cause: JsonErrorCause,
}

/// Why a text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonErrorCause {
    NotUtf8,
    EndOfText,
    UnexpectedByte,
    ControlCharacter,
    BadEscape,
    TooDeep,
    TextAfterValue,
}

impl JsonErrorCause {
    /// Returns what stands there, for a [`Problem`](crate::reject::Problem).
    pub(crate) const fn found(self) -> &'static str {
        match self {
            Self::NotUtf8 => "bytes that are not UTF-8",
            Self::EndOfText => "the end of the text",
            Self::UnexpectedByte => "an unexpected character",
            Self::ControlCharacter => "a control character in a string",
            Self::BadEscape => "an unknown escape in a string",
            Self::TooDeep => "too many values inside each other",
            Self::TextAfterValue => "more text after the value",
        }
    }
}

/// The kind of the next value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// Returns the word for a [`Problem`](crate::reject::Problem).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A place in a JSON text, moving forward.
///
/// Use: [`Self::peek`] says what comes next; then the reading function of that kind, or [`Self::skip`]. A container is
/// entered with [`Self::enter`] and read with [`Self::next_key`] (then the value) or [`Self::next_element`] (if true, a
/// value) until they say that it has ended. [`Self::end`] comes last.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// A container was entered and nothing of it read yet, so no comma is due.
    is_fresh: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        text(bytes).map(Self::of_text)
    }

    /// Reads a text of its own.
    pub(crate) const fn of_text(text: &'a str) -> Self {
        Self::inside(text, 0)
    }

    /// Reads a text that stands, or will stand, inside `depth` containers, which count towards the limit.
    pub(crate) const fn inside(text: &'a str, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth,
            is_fresh: false,
        }
    }

    /// Returns how many bytes were passed.
    #[inline]
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Returns whether nothing but white space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.pass_space();
        self.byte().is_none()
    }

    /// Returns the kind of the value that starts here.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Kind, JsonError> {
        match self.next_byte()? {
            b'"' => Ok(Kind::String),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Boolean),
            b'n' => Ok(Kind::Null),
            _ => Err(self.error(JsonErrorCause::UnexpectedByte)),
        }
    }

    /// Enters the array or object that starts here.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == JSON_DEPTH_MAX {
            return Err(self.error(JsonErrorCause::TooDeep));
        }
        self.at += 1;
        self.depth += 1;
        self.is_fresh = true;
        Ok(())
    }

    /// Returns the next key of the object entered last, past its colon; or `None` past its end.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `string`, which it returns")]
    pub(crate) fn next_key(&mut self) -> Result<Option<Text<'a>>, JsonError> {
        if self.leaves(b'}')? {
            Ok(None)
        } else {
            self.key().map(Some)
        }
    }

    /// Returns whether another element of the array entered last comes; if not, its end is passed.
    #[inline]
    pub(crate) fn next_element(&mut self) -> Result<bool, JsonError> {
        self.leaves(b']').map(|left| !left)
    }

    /// Passes the end of the container, or the comma before its next member.
    #[inline]
    fn leaves(&mut self, end: u8) -> Result<bool, JsonError> {
        let byte = self.next_byte()?;
        let was_fresh = std::mem::replace(&mut self.is_fresh, false);
        if byte == end {
            self.at += 1;
            self.depth -= 1;
            return Ok(true);
        }
        if !was_fresh {
            self.expect(byte, b',')?;
        }
        Ok(false)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `string`, which it returns")]
    fn key(&mut self) -> Result<Text<'a>, JsonError> {
        if self.next_byte()? != b'"' {
            return Err(self.error(JsonErrorCause::UnexpectedByte));
        }
        let key = self.string()?;
        let byte = self.next_byte()?;
        self.expect(byte, b':')?;
        Ok(key)
    }

    /// Reads the boolean or null that starts here.
    pub(crate) fn literal(&mut self) -> Result<&'a str, JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        for literal in ["true", "false", "null"] {
            if rest.starts_with(literal.as_bytes()) {
                let from = self.at;
                self.at += literal.len();
                return Ok(&self.text[from..self.at]);
            }
        }
        let cut_short = ["true", "false", "null"]
            .iter()
            .any(|literal| literal.as_bytes().starts_with(rest));
        Err(self.error(if cut_short {
            JsonErrorCause::EndOfText
        } else {
            JsonErrorCause::UnexpectedByte
        }))
    }

    /// Reads the number that starts here, as its text.
    pub(crate) fn number(&mut self) -> Result<&'a str, JsonError> {
        let from = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[from..self.at])
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        match (count, self.byte()) {
            (0, None) => Err(self.error(JsonErrorCause::EndOfText)),
            (0, Some(_)) => Err(self.error(JsonErrorCause::UnexpectedByte)),
            _ => Ok(()),
        }
    }

    /// Reads the string that starts here.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a text that is returned in memory stalls whoever reads it next"
    )]
    pub(crate) fn string(&mut self) -> Result<Text<'a>, JsonError> {
        let from = self.at;
        self.at = text::plain_end(self.text.as_bytes(), from + 1);
        let has_escapes = self.byte() != Some(b'"');
        if has_escapes {
            self.rest_of_string()?;
        }
        self.at += 1;
        Ok(Text::new(self.text, from, self.at - 1, has_escapes))
    }

    /// Passes the rest of a string, from where it shows that it is not plain, up to its last quote.
    #[inline(never)]
    fn rest_of_string(&mut self) -> Result<(), JsonError> {
        loop {
            match self.byte() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.error(JsonErrorCause::ControlCharacter)),
                None => return Err(self.error(JsonErrorCause::EndOfText)),
            }
            self.at = text::plain_end(self.text.as_bytes(), self.at);
        }
    }

    /// Reads the string that starts here and decodes it.
    pub(crate) fn decoded_string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.string().map(|text| text.decode())
    }

    /// Passes one escape.
    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.byte() {
                        Some(byte) if byte.is_ascii_hexdigit() => self.at += 1,
                        Some(_) => return Err(self.error(JsonErrorCause::BadEscape)),
                        None => return Err(self.error(JsonErrorCause::EndOfText)),
                    }
                }
                Ok(())
            }
            Some(_) => Err(self.error(JsonErrorCause::BadEscape)),
            None => Err(self.error(JsonErrorCause::EndOfText)),
        }
    }

    /// Passes the value that starts here, checking it, and returns its exact text.
    pub(crate) fn skip(&mut self) -> Result<&'a str, JsonError> {
        let kind = self.peek()?;
        let from = self.at;
        match kind {
            Kind::Null | Kind::Boolean => self.literal().map(drop)?,
            Kind::Number => self.number().map(drop)?,
            Kind::String => self.string().map(drop)?,
            Kind::Array | Kind::Object => self.skip_container(kind)?,
        }
        Ok(&self.text[from..self.at])
    }

    /// Passes a container. A loop and not a recursion, so that a record chooses its speed but not our stack.
    fn skip_container(&mut self, outermost: Kind) -> Result<(), JsonError> {
        const _: () = assert!(JSON_DEPTH_MAX <= u128::BITS as usize, "one bit for each level");
        let depth_outside = self.depth;
        // One bit for each container we are in, the innermost lowest; set for an object.
        let mut objects = u128::from(outermost == Kind::Object);
        self.enter()?;
        while self.depth > depth_outside {
            let has_member = if objects & 1 == 1 {
                self.next_key()?.is_some()
            } else {
                self.next_element()?
            };
            if !has_member {
                objects >>= 1;
                continue;
            }
            match self.peek()? {
                Kind::Null | Kind::Boolean => self.literal().map(drop)?,
                Kind::Number => self.number().map(drop)?,
                Kind::String => self.string().map(drop)?,
                kind @ (Kind::Array | Kind::Object) => {
                    self.enter()?;
                    objects = objects << 1 | u128::from(kind == Kind::Object);
                }
            }
        }
        Ok(())
    }

    /// Checks that nothing follows the value.
    pub(crate) fn end(&mut self) -> Result<(), JsonError> {
        self.pass_space();
        if self.byte().is_none() {
            Ok(())
        } else {
            Err(self.error(JsonErrorCause::TextAfterValue))
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn pass_space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Returns the byte after white space, without passing it.
    #[inline]
    fn next_byte(&mut self) -> Result<u8, JsonError> {
        match self.byte() {
            // Machines write none, so this is nearly always all.
            Some(byte) if byte > b' ' => Ok(byte),
            _ => self.byte_after_space(),
        }
    }

    #[inline(never)]
    fn byte_after_space(&mut self) -> Result<u8, JsonError> {
        self.pass_space();
        match self.byte() {
            Some(byte) => Ok(byte),
            None => Err(self.error(JsonErrorCause::EndOfText)),
        }
    }

    /// Passes `byte`, the one here, if it is the `wanted` one.
    #[inline]
    fn expect(&mut self, byte: u8, wanted: u8) -> Result<(), JsonError> {
        if byte != wanted {
            return Err(self.error(JsonErrorCause::UnexpectedByte));
        }
        self.at += 1;
        Ok(())
    }

    #[cold]
    const fn error(&self, cause: JsonErrorCause) -> JsonError {
        JsonError { at: self.at, cause }
    }
}

/// Returns the text that these bytes are.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|error| JsonError {
        at: error.valid_up_to(),
        cause: JsonErrorCause::NotUtf8,
    })
}

/// Writes `text` as a JSON string.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    write_inside_string(out, text);
    out.push('"');
}

/// Writes `text` as a part of a JSON string whose quotes the caller writes.
pub(crate) fn write_inside_string(out: &mut String, text: &str) {
    let mut rest = text;
    loop {
        let plain = text::plain_end(rest.as_bytes(), 0);
        out.push_str(&rest[..plain]);
        let Some(&byte) = rest.as_bytes().get(plain) else { break };
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => {
                out.push_str("\\u00");
                for digit in [control >> 4, control & 15] {
                    out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
                }
            }
        }
        rest = &rest[plain + 1..];
    }
}
