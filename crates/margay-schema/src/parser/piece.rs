//! A value as the line writes it, with its quoting still in it. Nothing is copied until it is written out.

use crate::json;

/// A part of a line that is one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// As written, without the quotes around it.
    text: &'a str,
    quoting: Quoting,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// As it is.
    Plain,
    /// `""` is a quote, as in csv.
    Doubled,
    /// Backslashes escape, as in most programming languages.
    Escaped,
}

impl<'a> Piece<'a> {
    pub(super) const fn plain(text: &'a str) -> Self {
        Self {
            text,
            quoting: Quoting::Plain,
        }
    }

    pub(super) const fn quoted(text: &'a str, quoting: Quoting) -> Self {
        Self { text, quoting }
    }

    /// Returns it without the space around it.
    pub(super) fn trim(self) -> Self {
        Self {
            text: self.text.trim(),
            quoting: self.quoting,
        }
    }

    /// Returns whether it is empty. No quoting makes nothing out of something.
    pub(super) const fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// Returns whether it means `text`.
    pub(super) fn means(self, text: &str) -> bool {
        if self.quoting == Quoting::Plain {
            return self.text == text;
        }
        let mut rest = text;
        let matches = |part: Part<'_>| {
            let left = match part {
                Part::Text(part) => rest.strip_prefix(part),
                Part::Character(character) => rest.strip_prefix(character),
            };
            rest = left.unwrap_or_default();
            left.is_some()
        };
        self.all_parts(matches) && rest.is_empty()
    }

    /// Returns what it means.
    pub(super) fn decode(self) -> String {
        let mut out = String::with_capacity(self.text.len());
        self.all_parts(|part| {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Character(character) => out.push(character),
            }
            true
        });
        out
    }

    /// Writes it as a part of a JSON string.
    pub(super) fn write_inside_string(self, out: &mut String) {
        if self.quoting == Quoting::Plain {
            json::write_inside_string(out, self.text);
            return;
        }
        self.all_parts(|part| {
            match part {
                Part::Text(text) => json::write_inside_string(out, text),
                Part::Character(character) => json::write_inside_string(out, character.encode_utf8(&mut [0; 4])),
            }
            true
        });
    }

    /// Hands out what it means, part by part, while `take` agrees. Returns whether it agreed to all.
    fn all_parts(self, mut take: impl FnMut(Part<'_>) -> bool) -> bool {
        let mut rest = self.text;
        let marker = match self.quoting {
            Quoting::Plain => return take(Part::Text(rest)),
            Quoting::Doubled => b'"',
            Quoting::Escaped => b'\\',
        };
        while let Some(at) = memchr::memchr(marker, rest.as_bytes()) {
            if !take(Part::Text(&rest[..at])) {
                return false;
            }
            let (character, length) = match self.quoting {
                Quoting::Escaped => unescape(&rest[at..]),
                // The second of two, or one that has no business here and stands for itself.
                _ => ('"', 1 + usize::from(rest[at + 1..].starts_with('"'))),
            };
            if !take(Part::Character(character)) {
                return false;
            }
            rest = &rest[at + length..];
        }
        take(Part::Text(rest))
    }
}

/// A part of what a value means.
enum Part<'a> {
    Text(&'a str),
    Character(char),
}

/// Returns what the backslash at the start of `text` and what belongs to it mean, and how many bytes that is. A
/// backslash before anything that is no escape means itself, as in a path of Windows.
fn unescape(text: &str) -> (char, usize) {
    let rest = &text[1..];
    match rest.as_bytes().first() {
        Some(character @ (b'"' | b'\'' | b'\\' | b'/')) => (char::from(*character), 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'x') => match code(rest, 2) {
            // What is above is a byte of a character, and its others may be written otherwise.
            Some(code @ 0..0x80) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 4),
            _ => ('\\', 1),
        },
        Some(b'u') => match code(rest, 4) {
            Some(first @ 0xD800..0xDC00) => match text.get(6..).filter(|rest| rest.starts_with("\\u")) {
                Some(rest) => match code(&rest[1..], 4) {
                    Some(second @ 0xDC00..0xE000) => {
                        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                        (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                    }
                    _ => (char::REPLACEMENT_CHARACTER, 6),
                },
                None => (char::REPLACEMENT_CHARACTER, 6),
            },
            Some(code) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            None => ('\\', 1),
        },
        _ => ('\\', 1),
    }
}

/// Returns the number that `count` hexadecimal digits after the first letter write.
fn code(letter_and_digits: &str, count: usize) -> Option<u32> {
    let digits = letter_and_digits.get(1..=count)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}
