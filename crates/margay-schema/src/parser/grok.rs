//! Grok: `%{NAME:field}` in a regular expression stands for a named pattern whose text becomes a field.

use std::collections::BTreeMap;

use super::re2;
use crate::limits::{FIELD_NAME_BYTES_MAX, GROK_DEPTH_MAX, REGEX_BYTES_MAX};

mod built_in;

pub(crate) use built_in::BUILT_IN;

/// Own patterns, by name. They go before the built-in ones.
pub(crate) type Definitions = BTreeMap<String, String>;

/// A regular expression whose grok patterns are written out.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// For the `regex` crate.
    pub(super) regex: String,
    /// The fields that grok patterns give; the n-th is the group `_.n`.
    pub(super) fields: Vec<String>,
    /// Where each piece of the original comes to stand: bytes in `regex`, bytes in the original; both rise.
    places: Vec<(usize, usize)>,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegexError {
    /// Bytes before the fault, if it has a place.
    pub(crate) at: Option<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<RegexHint>,
}

/// What could be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegexHint {
    /// The name that was not found, for comparing it with those there are.
    UnknownPattern(String),
    Text(&'static str),
}

/// The beginning of the names of groups that grok makes.
pub(super) const GROUP_PREFIX: &str = "_.";

/// Returns whether a text may be the name of a grok pattern.
pub(crate) fn is_pattern_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Writes an expression out.
pub(super) fn expand(pattern: &str, definitions: &Definitions) -> Result<Expanded, RegexError> {
    let mut expander = Expander {
        definitions,
        out: Expanded::default(),
        open: Vec::new(),
        at: 0,
    };
    expander.pattern(pattern)?;
    Ok(expander.out)
}

impl Expanded {
    /// Returns where in the original a byte of the expression comes from.
    pub(super) fn place_of(&self, byte: usize) -> usize {
        let after = self.places.partition_point(|(written, _)| *written <= byte);
        let (written, original) = after.checked_sub(1).map_or((0, 0), |index| self.places[index]);
        let next = self.places.get(after).map_or(usize::MAX, |(_, original)| *original);
        // What is copied keeps its length; what is written out is all in one place.
        (original + (byte - written)).min(next.saturating_sub(1)).max(original)
    }
}

struct Expander<'d> {
    definitions: &'d Definitions,
    out: Expanded,
    /// The patterns that we are inside of.
    open: Vec<&'d str>,
    /// Bytes of the outermost pattern before the piece being read.
    at: usize,
}

impl<'d> Expander<'d> {
    fn pattern(&mut self, pattern: &str) -> Result<(), RegexError> {
        let mut at = 0;
        while at < pattern.len() {
            if self.open.is_empty() {
                self.at = at;
                self.out.places.push((self.out.regex.len(), at));
            }
            if self.out.regex.len() > REGEX_BYTES_MAX {
                return Err(self.error(format!(
                    "the expression has more than {REGEX_BYTES_MAX} bytes once its grok patterns are written out"
                )));
            }
            let rest = &pattern[at..];
            if let Some(reference) = rest.strip_prefix("%{") {
                let inner = self.reference(reference)?;
                at += "%{}".len() + inner;
            } else {
                let token = re2::token(rest);
                self.out.regex.push_str(&token.text);
                at += token.bytes;
            }
        }
        Ok(())
    }

    /// Writes out the reference after `%{`. Returns its bytes, without the closing brace.
    fn reference(&mut self, text: &str) -> Result<usize, RegexError> {
        let Some((inner, _)) = text.split_once('}') else {
            return Err(self.error("a `%{` has no `}`"));
        };
        let (name, field) = match inner.split_once(':') {
            Some((name, field)) => (name.trim(), Some(field.trim())),
            None => (inner.trim(), None),
        };
        if !is_pattern_name(name) {
            let mut error = self.error("`%{` starts a grok pattern, whose name has capital letters, digits and `_`");
            error.hint = Some(RegexHint::Text("a literal `%{` is written `%\\{`"));
            return Err(error);
        }
        if let Some(field) = field {
            self.check_field(field)?;
        }
        let Some((name, body)) = self.find(name) else {
            let mut error = self.error(format!("there is no grok pattern `{name}`"));
            error.hint = Some(RegexHint::UnknownPattern(name.to_owned()));
            return Err(error);
        };
        if self.open.contains(&name) {
            return Err(self.error(format!("the grok pattern `{name}` contains itself")));
        }
        if self.open.len() == GROK_DEPTH_MAX {
            return Err(self.error(format!("more than {GROK_DEPTH_MAX} grok patterns inside each other")));
        }
        match field {
            Some(field) => {
                let group = format!("(?P<{GROUP_PREFIX}{}>", self.out.fields.len());
                self.out.regex.push_str(&group);
                self.out.fields.push(field.to_owned());
            }
            None => self.out.regex.push_str("(?:"),
        }
        self.open.push(name);
        self.pattern(body)?;
        self.open.pop();
        self.out.regex.push(')');
        Ok(inner.len())
    }

    fn find(&self, name: &str) -> Option<(&'d str, &'d str)> {
        let own = self
            .definitions
            .get_key_value(name)
            .map(|(name, body)| (&**name, &**body));
        own.or_else(|| BUILT_IN.iter().find(|(built_in, _)| *built_in == name).copied())
    }

    fn check_field(&self, field: &str) -> Result<(), RegexError> {
        if field.contains(':') {
            let mut error = self.error("a grok pattern gives a field, and no type");
            error.hint = Some(RegexHint::Text("the type is the one that the field has under `fields`"));
            return Err(error);
        }
        if field.is_empty() || field.len() > FIELD_NAME_BYTES_MAX || field.contains(char::is_control) {
            return Err(self.error(format!(
                "the field of a grok pattern has 1 to {FIELD_NAME_BYTES_MAX} bytes and no control characters"
            )));
        }
        Ok(())
    }

    fn error(&self, message: impl Into<String>) -> RegexError {
        RegexError {
            at: Some(self.at),
            message: message.into(),
            hint: None,
        }
    }
}
