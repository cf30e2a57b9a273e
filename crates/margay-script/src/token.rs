//! Source → tokens, with line breaks and indentation as tokens.

use num_bigint::BigInt;

use crate::limits::{INTEGER_BITS_MAX, NESTING_MAX};
use crate::problem::ScriptProblem;

mod literal;
#[cfg(test)]
mod tests;

/// A place in the source, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A piece of the source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(Box<str>),
    Keyword(&'static str),
    Sign(&'static str),
    Integer(BigInt),
    Float(f64),
    Text(Box<str>),
    /// The end of a simple statement.
    Newline,
    Indent,
    Outdent,
    End,
}

impl Token {
    /// Returns what it is, for messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Keyword(word) | Self::Sign(word) => format!("`{word}`"),
            Self::Integer(_) | Self::Float(_) => "a number".to_owned(),
            Self::Text(_) => "a string".to_owned(),
            Self::Newline => "the end of the line".to_owned(),
            Self::Indent => "an indented line".to_owned(),
            Self::Outdent => "the end of the block".to_owned(),
            Self::End => "the end of the script".to_owned(),
        }
    }
}

/// `None`, `True` and `False` are names to Starlark, but nobody may mean anything else by them.
const KEYWORDS: [&str; 19] = [
    "None", "True", "False", "and", "break", "continue", "def", "elif", "else", "for", "if", "in", "lambda", "load",
    "not", "or", "pass", "return", "while",
];

/// Words of Python that Starlark keeps free of meaning.
const RESERVED: [&str; 17] = [
    "as", "assert", "async", "await", "class", "del", "except", "finally", "from", "global", "import", "is",
    "nonlocal", "raise", "try", "with", "yield",
];

/// Longest first, so that the first that fits is the right one.
const SIGNS: [&str; 42] = [
    "//=", "<<=", ">>=", "**", "//", "<<", ">>", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
    "^=", "->", "+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":",
    ";", ".",
];

/// Columns that a tab reaches up to a multiple of.
const TAB_COLUMNS: usize = 8;

/// Splits a source.
pub(crate) fn tokenise(source: &str) -> Result<Vec<(Token, Place)>, ScriptProblem> {
    let mut lexer = Lexer {
        rest: source.strip_prefix('\u{feff}').unwrap_or(source),
        at: Place { line: 1, column: 1 },
        indents: vec![0],
        open: Vec::new(),
        tokens: Vec::new(),
    };
    while lexer.line()? {}
    Ok(lexer.tokens)
}

struct Lexer<'s> {
    rest: &'s str,
    at: Place,
    /// The columns that the open blocks start at, outermost first.
    indents: Vec<usize>,
    /// Brackets that are open; line breaks mean nothing inside them.
    open: Vec<(&'static str, Place)>,
    tokens: Vec<(Token, Place)>,
}

impl Lexer<'_> {
    /// Reads a line with what continues it. Returns whether there was one.
    fn line(&mut self) -> Result<bool, ScriptProblem> {
        let columns = self.indentation();
        match self.peek() {
            None => {
                self.indent_to(0)?;
                self.tokens.push((Token::End, self.at));
                return Ok(false);
            }
            Some('\n' | '\r' | '#') => {}
            Some(_) => self.indent_to(columns)?,
        }
        loop {
            let at = self.at;
            match self.peek() {
                None => {
                    if let Some((bracket, opened_at)) = self.open.last() {
                        return Err(ScriptProblem::new(*opened_at, format!("`{bracket}` is never closed")));
                    }
                    self.end_statement(at);
                    return Ok(true);
                }
                Some('\n') => {
                    self.advance(1);
                    if self.open.is_empty() {
                        self.end_statement(at);
                        return Ok(true);
                    }
                }
                Some(' ' | '\t' | '\r' | '\u{c}') => self.advance(1),
                Some('#') => {
                    let length = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.advance(length);
                }
                Some('\\') => self.continuation()?,
                Some(first) => self.token(first)?,
            }
        }
    }

    fn end_statement(&mut self, at: Place) {
        if !matches!(
            self.tokens.last(),
            None | Some((Token::Newline | Token::Indent | Token::Outdent, _))
        ) {
            self.tokens.push((Token::Newline, at));
        }
    }

    /// Passes the white space that a line starts with, and returns how far it reaches.
    fn indentation(&mut self) -> usize {
        let mut columns = 0;
        loop {
            match self.peek() {
                Some(' ') => columns += 1,
                Some('\t') => columns = (columns / TAB_COLUMNS + 1) * TAB_COLUMNS,
                Some('\u{c}') => columns = 0,
                _ => return columns,
            }
            self.advance(1);
        }
    }

    fn indent_to(&mut self, columns: usize) -> Result<(), ScriptProblem> {
        let now = self.indents.last().copied().unwrap_or(0);
        if columns > now {
            if self.indents.len() > NESTING_MAX {
                let message = format!("more than {NESTING_MAX} blocks inside each other");
                return Err(ScriptProblem::new(self.at, message));
            }
            self.indents.push(columns);
            self.tokens.push((Token::Indent, self.at));
            return Ok(());
        }
        while self.indents.last().is_some_and(|indent| *indent > columns) {
            self.indents.pop();
            self.tokens.push((Token::Outdent, self.at));
        }
        if self.indents.last() == Some(&columns) {
            Ok(())
        } else {
            Err(ScriptProblem::new(
                self.at,
                "this line's indentation is that of no block around it",
            ))
        }
    }

    fn continuation(&mut self) -> Result<(), ScriptProblem> {
        let length = if self.rest.starts_with("\\\n") {
            2
        } else if self.rest.starts_with("\\\r\n") {
            3
        } else {
            return Err(ScriptProblem::new(self.at, "a `\\` outside a string ends the line"));
        };
        self.advance(length);
        Ok(())
    }

    fn token(&mut self, first: char) -> Result<(), ScriptProblem> {
        let at = self.at;
        if first == '"' || first == '\'' {
            return self.text(0, at);
        }
        if let Some(prefix) = literal::text_prefix(self.rest) {
            return match prefix {
                "r" => self.text(1, at),
                "b" | "rb" => Err(ScriptProblem::new(at, "byte strings are not supported")),
                _ => Err(ScriptProblem::new(at, "f-strings are not Starlark")
                    .hinted("use \"%s\" % (value,) or \"{}\".format(value)")),
            };
        }
        if first.is_alphabetic() || first == '_' {
            return self.word(at);
        }
        let is_fraction = first == '.' && self.rest[1..].starts_with(|next: char| next.is_ascii_digit());
        if first.is_ascii_digit() || is_fraction {
            let (token, length) = literal::number(self.rest).map_err(|message| ScriptProblem::new(at, message))?;
            if matches!(&token, Token::Integer(integer) if integer.bits() > INTEGER_BITS_MAX) {
                let message = format!("an integer has at most {INTEGER_BITS_MAX} bits");
                return Err(ScriptProblem::new(at, message));
            }
            self.advance(length);
            self.tokens.push((token, at));
            return Ok(());
        }
        let Some(sign) = SIGNS.iter().find(|sign| self.rest.starts_with(**sign)) else {
            return Err(ScriptProblem::new(
                at,
                format!("`{}` means nothing here", first.escape_debug()),
            ));
        };
        self.bracket(sign, at)?;
        self.advance(sign.len());
        self.tokens.push((Token::Sign(sign), at));
        Ok(())
    }

    fn bracket(&mut self, sign: &'static str, at: Place) -> Result<(), ScriptProblem> {
        let opening = match sign {
            "(" | "[" | "{" => {
                self.open.push((sign, at));
                return Ok(());
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => return Ok(()),
        };
        match self.open.pop() {
            Some((open, _)) if open == opening => Ok(()),
            Some((open, open_at)) => {
                let message = format!("`{sign}` does not close `{open}` of line {}", open_at.line);
                Err(ScriptProblem::new(at, message))
            }
            None => Err(ScriptProblem::new(at, format!("`{sign}` closes nothing"))),
        }
    }

    fn word(&mut self, at: Place) -> Result<(), ScriptProblem> {
        let length = self
            .rest
            .find(|character: char| !character.is_alphanumeric() && character != '_')
            .unwrap_or(self.rest.len());
        let word = &self.rest[..length];
        if RESERVED.contains(&word) {
            return Err(ScriptProblem::new(at, format!("`{word}` is not Starlark")).hinted(hint_for(word)));
        }
        let token = match KEYWORDS.iter().find(|keyword| **keyword == word) {
            Some(keyword) => Token::Keyword(keyword),
            None => Token::Name(word.into()),
        };
        self.advance(length);
        self.tokens.push((token, at));
        Ok(())
    }

    fn text(&mut self, prefix: usize, at: Place) -> Result<(), ScriptProblem> {
        let (text, length) = literal::text(&self.rest[prefix..], prefix > 0)
            .map_err(|(offset, message)| ScriptProblem::new(self.place_after(prefix + offset), message))?;
        self.advance(prefix + length);
        self.tokens.push((Token::Text(text.into()), at));
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Returns the place that many bytes on.
    fn place_after(&self, bytes: usize) -> Place {
        let mut place = self.at;
        for character in self.rest[..bytes].chars() {
            if character == '\n' {
                place = Place {
                    line: place.line + 1,
                    column: 1,
                };
            } else {
                place.column += 1;
            }
        }
        place
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.place_after(bytes);
        self.rest = &self.rest[bytes..];
    }
}

fn hint_for(word: &str) -> &'static str {
    match word {
        "try" | "except" | "finally" | "raise" => {
            "there are no exceptions: look before, with `in` or `.get(key)`; `fail()` rejects the record"
        }
        "import" | "from" => "nothing can be imported; `json` and `base64` are there without it",
        "is" => "use `==`",
        "class" => "use a dict",
        "del" => "use `.pop(key)`",
        "assert" => "use `if` and `fail()`, which rejects the record",
        _ => "write it without",
    }
}
