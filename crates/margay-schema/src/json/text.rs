//! A string of a JSON text: where it ends, and what it means.

use std::borrow::Cow;

/// A string, as written and checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// What it stands in.
    around: &'a str,
    /// Where its first quote is.
    from: usize,
    /// Where its last quote is.
    to: usize,
    has_escapes: bool,
}

impl<'a> Text<'a> {
    /// There are quotes at `from` and `to`, and between them only whole escapes.
    #[inline]
    pub(super) const fn new(around: &'a str, from: usize, to: usize, has_escapes: bool) -> Self {
        Self {
            around,
            from,
            to,
            has_escapes,
        }
    }

    /// Returns the exact text, with its quotes.
    #[inline]
    pub(crate) fn quoted(&self) -> &'a str {
        &self.around[self.from..=self.to]
    }

    /// Returns what it means; copied only if it holds escapes.
    #[inline]
    pub(crate) fn decode(&self) -> Cow<'a, str> {
        if self.has_escapes {
            let mut out = String::with_capacity(self.to - self.from);
            decode(self.inner(), &mut out);
            Cow::Owned(out)
        } else {
            Cow::Borrowed(self.inner())
        }
    }

    /// Returns what it means, if it stands there as it is; not if it holds escapes.
    #[inline]
    pub(crate) fn plain(&self) -> Option<&'a str> {
        (!self.has_escapes).then(|| self.inner())
    }

    /// Returns from where to where in the text around it, without its quotes, it is.
    #[inline]
    pub(crate) const fn inside(&self) -> (usize, usize) {
        (self.from + 1, self.to)
    }

    /// Returns whether it means something else than what stands there.
    #[inline]
    pub(crate) const fn has_escapes(&self) -> bool {
        self.has_escapes
    }

    /// Writes what it means.
    pub(crate) fn decode_into(&self, out: &mut String) {
        decode(self.inner(), out);
    }

    #[inline]
    fn inner(&self) -> &'a str {
        &self.around[self.from + 1..self.to]
    }
}

#[cold]
fn decode(escaped: &str, out: &mut String) {
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

/// Returns where, at or after `from`, the first quote, backslash or control character is; or the end.
///
/// Eight bytes at a time. Each test sets the high bit of the bytes it is true for; a borrow can set a wrong bit only
/// above a right one, and only the lowest counts. A byte with its high bit set is none of those looked for.
///
/// Not inlined: what comes back is one number in a register, and the callers stay small enough to be inlined themselves.
#[inline(never)]
pub(super) fn plain_end(bytes: &[u8], from: usize) -> usize {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    /// Turns a quote into the number after the last control character, and keeps those below it.
    const QUOTE_AFTER_CONTROL: u64 = 0x02;
    let (chunks, rest) = bytes[from..].as_chunks::<8>();
    let mut at = from;
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        let quote_or_control = (word ^ (LOW * QUOTE_AFTER_CONTROL)).wrapping_sub(LOW * 0x21);
        let backslash = (word ^ (LOW * u64::from(b'\\'))).wrapping_sub(LOW);
        let found = (quote_or_control | backslash) & !word & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let plain = rest
        .iter()
        .take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
        .count();
    at + plain
}
