//! Foreign text made fit to show: short, one line, printable, without tokens.

/// What a token is replaced by.
const REDACTED: &str = "[redacted]";
/// A letter-and-digit run after the colon this long makes a token; shorter ones are ordinary text.
const TOKEN_SECRET_CHARS_MIN: usize = 32;
/// At most this many bytes per shown character are looked at, so that an error page of many MB costs nothing.
const BYTES_READ_PER_CHAR: usize = 64;

/// Returns the start of `text` as one line of at most `chars_max` characters: control and invisible characters become
/// blanks, runs of blanks one blank, tokens `[redacted]`; a cut is marked by `…`.
pub(crate) fn excerpt(text: &str, chars_max: usize) -> String {
    let mut read_bytes = text.len().min(chars_max.saturating_mul(BYTES_READ_PER_CHAR));
    while !text.is_char_boundary(read_bytes) {
        read_bytes -= 1;
    }
    let mut line = String::new();
    for word in redact(&text[..read_bytes]).split(|c: char| c.is_whitespace() || is_unprintable(c)) {
        if !word.is_empty() {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    match line.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None if read_bytes < text.len() => line + "…",
        None => line,
    }
}

/// As [`excerpt`], for bytes that may not be text.
pub(crate) fn excerpt_bytes(bytes: &[u8], chars_max: usize) -> String {
    let read_bytes = bytes.len().min(chars_max.saturating_mul(BYTES_READ_PER_CHAR));
    excerpt(&String::from_utf8_lossy(&bytes[..read_bytes]), chars_max)
}

/// Replaces whatever looks like an Asana token, old form or new: `1/1200…:a1b2…`, `2/1200…/1201…:a1b2…`. The forms may
/// change without notice, so this only protects texts; it never decides whether something is a token.
pub(crate) fn redact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut redacted = String::new();
    let mut kept = 0;
    for (colon, _) in text.match_indices(':') {
        if colon < kept {
            continue;
        }
        let secret = bytes[colon + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let prefix = bytes[kept..colon]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'/')
            .count();
        if secret >= TOKEN_SECRET_CHARS_MIN && bytes[colon - prefix..colon].contains(&b'/') {
            redacted.push_str(&text[kept..colon - prefix]);
            redacted.push_str(REDACTED);
            kept = colon + 1 + secret;
        }
    }
    redacted.push_str(&text[kept..]);
    redacted
}

/// Whether `text` holds something that looks like a token.
pub(crate) fn has_token(text: &str) -> bool {
    redact(text) != text
}

/// Control characters, and those that are invisible or turn the reading direction, which could hide what a line says.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests;
