//! Regular expressions as RE2 writes them, rewritten for the `regex` crate, which reads nearly the same language.
//!
//! | RE2 | the crate | here |
//! |---|---|---|
//! | `\d`, `\w`, `\s`, `\b` know ASCII only | all of Unicode | written out for ASCII |
//! | `[` in a class is itself; `&&`, `~~` are nothing special | a class inside a class; set operations | escaped |
//! | `{` that starts no repetition is itself | an error | escaped |
//! | `\<` and `\>` are `<` and `>` | the start and the end of a word | taken out of the escape |
//! | `\Q…\E` is literal | an error | escaped |

/// Bytes of the longest repetition, `{1000,1000}`, with room for zeros; looking further would take quadratic time.
const REPETITION_BYTES_MAX: usize = 32;

/// One step through an expression: how many bytes of it, and how they are written.
pub(super) struct Token {
    pub(super) bytes: usize,
    pub(super) text: String,
}

/// Rewrites what starts here; `text` is not empty.
pub(super) fn token(text: &str) -> Token {
    let Some(first) = text.chars().next() else {
        return Token {
            bytes: 0,
            text: String::new(),
        };
    };
    match first {
        '\\' => escape(text),
        '[' => class(text),
        '{' => repetition(text),
        other => verbatim(text, other.len_utf8()),
    }
}

fn verbatim(text: &str, bytes: usize) -> Token {
    Token {
        bytes,
        text: text[..bytes].to_owned(),
    }
}

/// Rewrites the escape that starts here, outside a class.
fn escape(text: &str) -> Token {
    let Some(letter) = text[1..].chars().next() else {
        return verbatim(text, 1);
    };
    let rewritten = match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'b' => r"(?-u:\b)",
        'Q' => {
            let literal = text[2..].split_once("\\E").map_or(&text[2..], |(literal, _)| literal);
            let has_end = text.len() > 2 + literal.len();
            return Token {
                bytes: 2 + literal.len() + if has_end { 2 } else { 0 },
                text: regex_syntax::escape(literal),
            };
        }
        _ => return other_escape(text, letter),
    };
    Token {
        bytes: 2,
        text: rewritten.to_owned(),
    }
}

/// Rewrites an escape that means the same inside a class and outside.
fn other_escape(text: &str, letter: char) -> Token {
    if matches!(letter, 'p' | 'P' | 'x') && text[2..].starts_with('{') {
        // A name or a number in braces belongs to it.
        let bytes = text.find('}').map_or(text.len(), |end| end + 1);
        return verbatim(text, bytes);
    }
    let bytes = 1 + letter.len_utf8();
    if letter.is_ascii() && !letter.is_ascii_alphanumeric() && !regex_syntax::is_meta_character(letter) {
        return verbatim_from(text, 1, bytes);
    }
    verbatim(text, bytes)
}

fn verbatim_from(text: &str, from: usize, bytes: usize) -> Token {
    Token {
        bytes,
        text: text[from..bytes].to_owned(),
    }
}

/// Rewrites a brace: one that starts no repetition stands for itself.
fn repetition(text: &str) -> Token {
    let end = text.bytes().take(REPETITION_BYTES_MAX).position(|byte| byte == b'}');
    let length = end.map_or(0, |end| end + 1);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let inner = text.get(1..length.saturating_sub(1)).unwrap_or_default();
    let is_repetition = match inner.split_once(',') {
        Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
        None => is_number(inner),
    };
    if is_repetition {
        verbatim(text, length)
    } else {
        Token {
            bytes: 1,
            text: r"\{".to_owned(),
        }
    }
}

/// Rewrites the class that starts here.
fn class(text: &str) -> Token {
    let mut out = String::from("[");
    let mut at = 1;
    if text[at..].starts_with('^') {
        out.push('^');
        at += 1;
    }
    let mut is_first = true;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        let was_first = std::mem::replace(&mut is_first, false);
        match character {
            ']' if !was_first => {
                out.push(']');
                return Token {
                    bytes: at + 1,
                    text: out,
                };
            }
            '[' => match named_class(rest) {
                Some(name) => {
                    out.push_str(name);
                    at += name.len();
                    continue;
                }
                None => out.push_str(r"\["),
            },
            ']' | '&' | '~' => {
                out.push('\\');
                out.push(character);
            }
            // Two of them: the first may say "to", the second is itself.
            '-' if rest.starts_with("--") => {
                out.push_str(r"-\-");
                at += 1;
            }
            '\\' => {
                let token = class_escape(rest);
                out.push_str(&token.text);
                at += token.bytes;
                continue;
            }
            other => out.push(other),
        }
        at += character.len_utf8();
    }
    // It has no end, which the crate will say.
    Token { bytes: at, text: out }
}

/// Returns the `[:name:]` that starts here.
fn named_class(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[:")?;
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'^';
    let end = inner.bytes().take_while(|byte| is_letter(byte)).count();
    inner[end..].starts_with(":]").then(|| &text[..end + 4])
}

fn class_escape(text: &str) -> Token {
    let Some(letter) = text[1..].chars().next() else {
        return verbatim(text, 1);
    };
    let rewritten = match letter {
        'd' => "0-9",
        'D' => "[^0-9]",
        'w' => "0-9A-Za-z_",
        'W' => "[^0-9A-Za-z_]",
        's' => r"\t\n\f\r ",
        'S' => r"[^\t\n\f\r ]",
        '<' => "<",
        '>' => ">",
        // Punctuation may mean something in a class though it does not outside.
        _ if letter.is_ascii_punctuation() => return verbatim(text, 2),
        _ => return other_escape(text, letter),
    };
    Token {
        bytes: 2,
        text: rewritten.to_owned(),
    }
}
