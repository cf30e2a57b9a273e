//! Regular expressions as RE2 writes them, rewritten for the `regex` crate, which reads nearly the same language.
//!
//! | RE2 | the crate | here |
//! |---|---|---|
//! | `\d`, `\w`, `\s`, `\b`, `\B` know ASCII only | all of Unicode | written out for ASCII |
//! | `[` in a class is itself; `&&`, `~~` are nothing special | a class inside a class; set operations | escaped |
//! | `{` that starts no repetition is itself | an error | escaped |
//! | `\<` and `\>` are `<` and `>` | the start and the end of a word | taken out of the escape |
//! | `\Q…\E` is literal | an error | escaped |
//! | `-` in a class is itself, unless it stands between two characters | `--` takes one set from another | escaped |
//!
//! A group without a name gives no field, so it is written as one that is not captured: every capture costs time and
//! memory while a line is read. What the crate reads and RE2 does not is refused, by [`foreign`].

use regex_syntax::ast::{self, Ast};

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
        '(' if !text.starts_with("(?") => Token {
            bytes: 1,
            text: "(?:".to_owned(),
        },
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
        'B' => r"(?-u:\B)",
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
    let after = &text[1 + letter.len_utf8()..];
    let operand = match letter {
        'p' | 'P' => after.chars().next().map_or(0, char::len_utf8),
        'x' => after.bytes().take(2).take_while(u8::is_ascii_hexdigit).count(),
        _ => 0,
    };
    let bytes = 1 + letter.len_utf8() + operand;
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
        if character == ']' && !was_first {
            out.push(']');
            return Token {
                bytes: at + 1,
                text: out,
            };
        }
        if let Some(name) = named_class(rest) {
            out.push_str(name);
            at += name.len();
            continue;
        }
        let is_set = rest.starts_with('\\') && rest[1..].starts_with(['d', 'D', 'w', 'W', 's', 'S', 'p', 'P']);
        let token = if is_set {
            class_escape(rest)
        } else {
            class_character(rest)
        };
        out.push_str(&token.text);
        at += token.bytes;
        let has_end = text[at..]
            .strip_prefix('-')
            .is_some_and(|end| !end.is_empty() && !end.starts_with(']'));
        if has_end && !is_set {
            let end = class_character(&text[at + 1..]);
            out.push('-');
            out.push_str(&end.text);
            at += 1 + end.bytes;
        }
    }
    // It has no end, which the crate will say.
    Token { bytes: at, text: out }
}

/// Rewrites one character of a class, which may be an end of a range; `text` is not empty.
fn class_character(text: &str) -> Token {
    match text.chars().next() {
        // A set is no end of a range. As it stands, the crate says so.
        Some('\\') if text[1..].starts_with(['d', 'D', 'w', 'W', 's', 'S']) => verbatim(text, 2),
        Some('\\') => class_escape(text),
        Some(special @ ('[' | ']' | '&' | '~' | '-' | '^')) => Token {
            bytes: 1,
            text: format!("\\{special}"),
        },
        other => verbatim(text, other.map_or(0, char::len_utf8)),
    }
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

/// Something that the crate reads and RE2 does not.
pub(super) struct Foreign {
    /// Bytes of the rewritten expression before it.
    pub(super) at: usize,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

/// Fails if an expression that was rewritten has syntax that is the crate's only.
pub(super) fn foreign(expression: &Ast) -> Result<(), Foreign> {
    ast::visit(expression, Finder)
}

struct Finder;

impl ast::Visitor for Finder {
    type Output = ();
    type Err = Foreign;

    fn finish(self) -> Result<(), Foreign> {
        Ok(())
    }

    fn visit_pre(&mut self, expression: &Ast) -> Result<(), Foreign> {
        match expression {
            Ast::Repetition(outer) => match &*outer.ast {
                Ast::Repetition(_) => Err(Foreign {
                    at: outer.op.span.start.offset,
                    message: "a repetition of a repetition",
                    hint: "put what is repeated twice into a group: `(?:a*)*`",
                }),
                _ => Ok(()),
            },
            Ast::Flags(set) => flags(&set.flags),
            Ast::Group(group) => match (&group.kind, &*group.ast) {
                // What `\b` and `\B` are written as.
                (ast::GroupKind::NonCapturing(_), Ast::Assertion(assertion)) if is_word_boundary(assertion) => Ok(()),
                (ast::GroupKind::NonCapturing(set), _) => flags(set),
                _ => Ok(()),
            },
            Ast::Literal(character) => literal(character),
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Foreign> {
        match item {
            ast::ClassSetItem::Literal(character) => literal(character),
            ast::ClassSetItem::Range(range) => literal(&range.start).and_then(|()| literal(&range.end)),
            _ => Ok(()),
        }
    }
}

const fn is_word_boundary(assertion: &ast::Assertion) -> bool {
    matches!(
        assertion.kind,
        ast::AssertionKind::WordBoundary | ast::AssertionKind::NotWordBoundary
    )
}

fn flags(set: &ast::Flags) -> Result<(), Foreign> {
    let foreign = set.items.iter().find(|item| {
        matches!(
            item.kind,
            ast::FlagsItemKind::Flag(ast::Flag::IgnoreWhitespace | ast::Flag::CRLF | ast::Flag::Unicode)
        )
    });
    foreign.map_or(Ok(()), |item| {
        Err(Foreign {
            at: item.span.start.offset,
            message: "a flag that RE2 does not have",
            hint: "the flags are `i`, `m`, `s` and `U`",
        })
    })
}

fn literal(character: &ast::Literal) -> Result<(), Foreign> {
    let (ast::LiteralKind::HexFixed(kind) | ast::LiteralKind::HexBrace(kind)) = &character.kind else {
        return Ok(());
    };
    match kind {
        ast::HexLiteralKind::X => Ok(()),
        ast::HexLiteralKind::UnicodeShort | ast::HexLiteralKind::UnicodeLong => Err(Foreign {
            at: character.span.start.offset,
            message: "an escape that RE2 does not have",
            hint: "a character by its number is written `\\x{e9}`",
        }),
    }
}
