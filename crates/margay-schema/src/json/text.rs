//! A string of a JSON text: where it ends, and what it means.

use std::borrow::Cow;

/// A string, as written and checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// With its quotes.
    quoted: &'a str,
    has_escapes: bool,
}

impl<'a> Text<'a> {
    /// `quoted` starts and ends with a quote and holds only whole escapes.
    pub(super) const fn new(quoted: &'a str, has_escapes: bool) -> Self {
        Self { quoted, has_escapes }
    }

    /// Returns the exact text, with its quotes.
    pub(crate) const fn quoted(&self) -> &'a str {
        self.quoted
    }

    /// Returns what it means; copied only if it holds escapes.
    pub(crate) fn decode(&self) -> Cow<'a, str> {
        let inner = &self.quoted[1..self.quoted.len() - 1];
        if self.has_escapes {
            Cow::Owned(decode(inner))
        } else {
            Cow::Borrowed(inner)
        }
    }
}

fn decode(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let letter = rest.as_bytes()[at + 1];
        rest = &rest[at + 2..];
        match letter {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => out.push(unicode(&mut rest)),
            itself => out.push(char::from(itself)),
        }
    }
    out.push_str(rest);
    out
}

/// Takes the four digits after `\u`, and the second half of a surrogate pair if it follows.
fn unicode(rest: &mut &str) -> char {
    let first = code_unit(rest);
    *rest = &rest[4..];
    if (0xD800..0xDC00).contains(&first)
        && let Some(after) = rest.strip_prefix("\\u")
    {
        let second = code_unit(after);
        if (0xDC00..0xE000).contains(&second) {
            *rest = &after[4..];
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    // A lone surrogate is no character.
    char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Returns the number that the first four characters write; they are hexadecimal digits.
fn code_unit(digits: &str) -> u32 {
    u32::from_str_radix(&digits[..4], 16).unwrap_or(0xFFFD)
}

/// Returns how many bytes come before the first quote, backslash or control character.
///
/// Eight bytes at a time. Each test sets the high bit of the bytes it is true for; a borrow can set a wrong bit only
/// above a right one, and only the lowest counts.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (LOW * u64::from(b'"'));
        let backslash = word ^ (LOW * u64::from(b'\\'));
        let found = (quote.wrapping_sub(LOW) & !quote)
            | (backslash.wrapping_sub(LOW) & !backslash)
            | (word.wrapping_sub(LOW * 0x20) & !word);
        if found & HIGH != 0 {
            return index * 8 + (found & HIGH).trailing_zeros() as usize / 8;
        }
    }
    let plain = rest
        .iter()
        .take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
        .count();
    chunks.len() * 8 + plain
}
