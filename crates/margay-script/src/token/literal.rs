//! Numbers and strings.

use num_bigint::BigInt;

use super::Token;

/// Returns the letters before a quote, in small letters, if the text starts with some that may stand there.
pub(super) fn text_prefix(rest: &str) -> Option<&'static str> {
    let quote = rest.bytes().take(3).position(|byte| byte == b'"' || byte == b'\'')?;
    let prefixes = ["r", "b", "rb", "f", "br", "fr", "rf"];
    let prefix = prefixes
        .iter()
        .find(|prefix| rest[..quote].eq_ignore_ascii_case(prefix))?;
    Some(if *prefix == "br" { "rb" } else { prefix })
}

/// Reads the number that starts here. Returns it and its length.
pub(super) fn number(rest: &str) -> Result<(Token, usize), String> {
    let length = length_of_number(rest);
    let text = &rest[..length];
    if rest[length..].starts_with(|next: char| next.is_alphanumeric() || next == '_') {
        return Err("a number is followed by a letter".to_owned());
    }
    let token = match text.get(..2) {
        Some("0x" | "0X") => integer(&text[2..], 16)?,
        Some("0o" | "0O") => integer(&text[2..], 8)?,
        Some("0b" | "0B") => integer(&text[2..], 2)?,
        _ if text.contains(['.', 'e', 'E']) => {
            let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
            if !number.is_finite() {
                return Err(format!("`{text}` is too large for a float"));
            }
            Token::Float(number)
        }
        _ if text.len() > 1 && text.starts_with('0') && text.bytes().any(|byte| byte != b'0') => {
            return Err(format!("`{text}` starts with 0; an octal number starts with `0o`"));
        }
        _ => integer(text, 10)?,
    };
    Ok((token, length))
}

fn length_of_number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    if bytes[0] == b'0' && bytes.get(1).is_some_and(|byte| b"xXoObB".contains(byte)) {
        let digits = bytes[2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        return 2 + digits;
    }
    let mut length = 0;
    let mut has_point = false;
    while let Some(byte) = bytes.get(length) {
        match byte {
            b'0'..=b'9' => {}
            b'.' if !has_point => has_point = true,
            b'e' | b'E' => {
                let sign = usize::from(bytes.get(length + 1).is_some_and(|byte| b"+-".contains(byte)));
                let digits = bytes[length + 1 + sign..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                return if digits == 0 {
                    length
                } else {
                    length + 1 + sign + digits
                };
            }
            _ => break,
        }
        length += 1;
    }
    length
}

fn integer(digits: &str, radix: u32) -> Result<Token, String> {
    BigInt::parse_bytes(digits.as_bytes(), radix)
        .map(Token::Integer)
        .ok_or_else(|| format!("`{digits}` is no number of base {radix}"))
}

/// Reads the string whose opening quote is first here. Returns it and its length with the quotes, or what is wrong and
/// how many bytes in.
pub(super) fn text(rest: &str, is_raw: bool) -> Result<(String, usize), (usize, String)> {
    let single = &rest[..1];
    let triple = single.repeat(3);
    let (quote, is_long) = if rest.starts_with(&triple) {
        (triple.as_str(), true)
    } else {
        (single, false)
    };
    let mut out = String::new();
    let mut at = quote.len();
    loop {
        let Some(next) = rest[at..].chars().next() else {
            return Err((0, "the string is never closed".to_owned()));
        };
        if rest[at..].starts_with(quote) {
            return Ok((out, at + quote.len()));
        }
        match next {
            '\n' if !is_long => return Err((0, "the string is not closed in its line".to_owned())),
            // As Python and Go have it: however a file breaks its lines, a string has line feeds.
            '\r' if rest[at..].starts_with("\r\n") => at += 1,
            '\\' if is_raw => {
                let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[at..at + 1 + escaped]);
                at += 1 + escaped;
            }
            '\\' => at += escape(&rest[at..], &mut out).map_err(|message| (at, message))?,
            _ => {
                out.push(next);
                at += next.len_utf8();
            }
        }
    }
}

/// Reads an escape. Returns its length.
fn escape(rest: &str, out: &mut String) -> Result<usize, String> {
    let Some(letter) = rest[1..].chars().next() else {
        return Err("the string is never closed".to_owned());
    };
    let plain = match letter {
        '\n' => return Ok(2),
        '\r' if rest[1..].starts_with("\r\n") => return Ok(3),
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\\' | '\'' | '"' => letter,
        '0'..='7' => return numbered(rest, 1, 3, 8, out),
        'x' => return numbered(rest, 2, 2, 16, out),
        'u' => return numbered(rest, 2, 4, 16, out),
        'U' => return numbered(rest, 2, 8, 16, out),
        _ => {
            return Err(format!(
                "there is no escape `\\{}`; a backslash is written `\\\\`",
                letter.escape_debug()
            ));
        }
    };
    out.push(plain);
    Ok(2)
}

/// Reads the digits of an escape from `from` on: up to `digits_max` octal ones, or exactly as many hexadecimal.
fn numbered(rest: &str, from: usize, digits_max: usize, radix: u32, out: &mut String) -> Result<usize, String> {
    let digits = rest[from..]
        .bytes()
        .take(digits_max)
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    if radix == 16 && digits < digits_max {
        return Err(format!("this escape has {digits_max} hexadecimal digits"));
    }
    let code = u32::from_str_radix(&rest[from..from + digits], radix).unwrap_or(u32::MAX);
    let is_byte = from == 1 || digits_max == 2;
    let Some(character) = char::from_u32(code).filter(|_| !is_byte || code < 128) else {
        return Err("this escape is no character; write it as `\\u` and four digits".to_owned());
    };
    out.push(character);
    Ok(from + digits)
}
