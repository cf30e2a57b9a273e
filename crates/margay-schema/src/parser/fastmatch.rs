//! `fastmatch`: patterns of literal text with placeholders between, `%{time} [%{level}] %{message}`.
//!
//! A value ends at the first occurrence of the text after its placeholder, so one pass over the line is enough. A
//! placeholder in quotes, `"%{message}"`, takes a value in which quotes are escaped. The last placeholder takes the
//! rest if nothing follows it in the pattern; if something does, what comes after that in the line is left out.

use memchr::memmem::Finder;

use super::ParseProblem;
use super::object::{Layout, Options};
use super::piece::{Piece, Quoting};
use super::template::Placeholders;
use crate::limits::FASTMATCH_PATTERN_BYTES_MAX;

/// A fastmatch parser.
#[derive(Debug, Clone, PartialEq)]
pub struct Fastmatch {
    /// In the order they are tried. Never empty.
    patterns: Vec<(Pattern, Layout)>,
    options: Options,
}

/// A pattern, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// What the line starts with.
    prefix: String,
    /// Never empty. Only the last may have nothing after it.
    placeholders: Vec<Placeholder>,
}

#[derive(Debug, Clone)]
struct Placeholder {
    /// Empty for a value that is left out.
    name: String,
    /// Finds the text after it; none for the one that takes the rest.
    delimiter: Option<Finder<'static>>,
    /// Whether it stands in quotes.
    is_quoted: bool,
}

/// Finders are equal if they look for the same.
impl PartialEq for Placeholder {
    fn eq(&self, other: &Self) -> bool {
        let needle = |placeholder: &Self| placeholder.delimiter.as_ref().map(|finder| finder.needle().to_owned());
        self.name == other.name && self.is_quoted == other.is_quoted && needle(self) == needle(other)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.placeholders == other.placeholders
    }
}

/// How far a pattern got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Miss {
    /// Bytes of the line that it matched.
    at: usize,
    /// Placeholders that it filled.
    filled: usize,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.len() > FASTMATCH_PATTERN_BYTES_MAX {
            return Err(format!(
                "a pattern has at most {FASTMATCH_PATTERN_BYTES_MAX} bytes, this has {}",
                text.len()
            ));
        }
        if text.contains(['\n', '\r']) {
            return Err("a pattern has no line break in it, since a line has none".to_owned());
        }
        let mut prefix = None;
        let mut placeholders: Vec<Placeholder> = Vec::new();
        let mut before = "";
        let mut name = None;
        for part in Placeholders::new(text) {
            let (literal, next) = part?;
            match name {
                None => prefix = Some(literal),
                Some(name) => placeholders.push(Placeholder::new(name, before, literal, next)?),
            }
            before = literal;
            name = next;
        }
        if placeholders.is_empty() {
            return Err("a pattern has at least one placeholder, such as `%{message}`".to_owned());
        }
        if placeholders.iter().all(|placeholder| placeholder.name.is_empty()) {
            return Err("a pattern has at least one placeholder with a name".to_owned());
        }
        let names: Vec<&str> = placeholders.iter().map(|placeholder| &*placeholder.name).collect();
        if let Some(name) = super::first_repeated(&names) {
            return Err(format!("two placeholders of this pattern are called `{name}`"));
        }
        Ok(Self {
            prefix: prefix.unwrap_or_default().to_owned(),
            placeholders,
        })
    }

    /// Returns the names of the placeholders in order, empty for those that are left out.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.placeholders.iter().map(|placeholder| &*placeholder.name)
    }

    /// Hands out the values of a line, with their placeholders' numbers.
    fn find<'a>(&self, line: &'a str, mut take: impl FnMut(usize, Piece<'a>)) -> Result<(), Miss> {
        let mut rest = line.strip_prefix(&*self.prefix).ok_or(Miss { at: 0, filled: 0 })?;
        for (number, placeholder) in self.placeholders.iter().enumerate() {
            let Some(delimiter) = &placeholder.delimiter else {
                take(number, Piece::plain(rest));
                return Ok(());
            };
            let found = if placeholder.is_quoted {
                find_unescaped(delimiter, rest)
            } else {
                delimiter.find(rest.as_bytes())
            };
            let end = found.ok_or(Miss {
                at: line.len() - rest.len(),
                filled: number,
            })?;
            let text = &rest[..end];
            let has_escapes = placeholder.is_quoted && memchr::memchr(b'\\', text.as_bytes()).is_some();
            let quoting = if has_escapes { Quoting::Escaped } else { Quoting::Plain };
            take(number, Piece::quoted(text, quoting));
            rest = &rest[end + delimiter.needle().len()..];
        }
        Ok(())
    }
}

impl Placeholder {
    /// `before` and `after` are the texts around it, `next` the name of the placeholder that follows.
    fn new(name: &str, before: &str, after: &str, next: Option<&str>) -> Result<Self, String> {
        if let (true, Some(next)) = (after.is_empty(), next) {
            return Err(format!(
                "there is nothing between `%{{{name}}}` and `%{{{next}}}` that would say where the first ends"
            ));
        }
        let quote = before.chars().next_back().filter(|quote| matches!(quote, '"' | '\''));
        Ok(Self {
            name: name.to_owned(),
            delimiter: (!after.is_empty()).then(|| Finder::new(after).into_owned()),
            is_quoted: quote.is_some_and(|quote| after.starts_with(quote)),
        })
    }
}

/// Returns where a delimiter, which starts with a quote, comes for the first time with no backslash before it that
/// escapes the quote.
fn find_unescaped(delimiter: &Finder<'_>, text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + delimiter.find(&bytes[from..])?;
        let backslashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return Some(at);
        }
        from = at + 1;
    }
}

impl Fastmatch {
    pub(crate) fn new(patterns: Vec<Pattern>, options: Options) -> Self {
        assert!(!patterns.is_empty(), "a fastmatch parser has a pattern");
        let lay_out = |pattern: Pattern| {
            let layout = Layout::new(pattern.names(), &options);
            (pattern, layout)
        };
        Self {
            patterns: patterns.into_iter().map(lay_out).collect(),
            options,
        }
    }

    pub(super) const fn options(&self) -> &Options {
        &self.options
    }

    /// Appends the object of a line to `out`, or nothing.
    pub(super) fn write_json(&self, line: &str, out: &mut String) -> Result<(), ParseProblem> {
        let from = out.len();
        let mut furthest: Option<(Miss, usize)> = None;
        for (number, (pattern, layout)) in self.patterns.iter().enumerate() {
            let mut object = layout.start(&self.options, line, out);
            match pattern.find(line, |placeholder, piece| object.value(placeholder, piece)) {
                Ok(()) => return object.finish(),
                Err(miss) => {
                    out.truncate(from);
                    if furthest.is_none_or(|(best, _)| best < miss) {
                        furthest = Some((miss, number));
                    }
                }
            }
        }
        let (miss, number) = furthest.unwrap_or((Miss { at: 0, filled: 0 }, 0));
        Err(self.problem(miss, number))
    }

    #[cold]
    fn problem(&self, miss: Miss, number: usize) -> ParseProblem {
        let pattern = &self.patterns[number].0;
        let count = self.patterns.len();
        let expected = if count == 1 {
            "a line that the fastmatch pattern matches".to_owned()
        } else {
            format!("a line that one of the {count} fastmatch patterns matches")
        };
        let which = if count == 1 {
            String::new()
        } else {
            format!("; pattern {} came furthest", number + 1)
        };
        let missing = match pattern.placeholders.get(miss.filled) {
            Some(_) if miss.at < pattern.prefix.len() => "another start of the line".to_owned(),
            _ => format!("no end of placeholder {} after byte {}", miss.filled + 1, miss.at),
        };
        ParseProblem::new(expected, format!("{missing}{which}"))
    }
}
