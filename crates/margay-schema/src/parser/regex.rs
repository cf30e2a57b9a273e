//! `regex`: one regular expression, whose named groups are fields.
//!
//! The expression is RE2's, read by the `regex` crate, so time is linear in the line whatever the expression. It need
//! not match the whole line; `^` and `$` make it.

use ::regex::{CaptureLocations, Regex, RegexBuilder};
use regex_syntax::ast;

use super::grok::{self, Definitions, Expanded, GROUP_PREFIX, RegexError, RegexHint};
use super::object::{Layout, Options};
use super::piece::Piece;
use super::{ParseProblem, first_repeated, re2};
use crate::limits::{
    FIELD_NAME_BYTES_MAX, REGEX_BYTES_MAX, REGEX_COMPILED_BYTES_MAX, REGEX_DEPTH_MAX, REGEX_GROUP_COUNT_MAX,
    REGEX_SLOT_COUNT_MAX,
};

mod cost;

use cost::Cost;

/// A regex parser.
#[derive(Debug, Clone)]
pub struct RegexParser {
    regex: Regex,
    /// The group of each value, in the layout's order.
    groups: Vec<usize>,
    /// Bytes of the longest line that the expression reads.
    line_bytes_max: usize,
    layout: Layout,
    options: Options,
}

/// Regular expressions are equal if they are written alike.
impl PartialEq for RegexParser {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str() && self.layout == other.layout && self.options == other.options
    }
}

/// An expression, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    regex: Regex,
    /// The fields and their groups, in the expression's order.
    fields: Vec<(String, usize)>,
    line_bytes_max: usize,
}

/// Checks a grok pattern of a schema.
pub(crate) fn check_definition(pattern: &str, definitions: &Definitions) -> Result<(), RegexError> {
    check_syntax(&grok::expand(pattern, definitions)?)
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(crate) fn read(pattern: &str, definitions: &Definitions) -> Result<Self, RegexError> {
        if pattern.len() > REGEX_BYTES_MAX {
            let message = format!(
                "a regular expression has at most {REGEX_BYTES_MAX} bytes, this has {}",
                pattern.len()
            );
            return Err(whole(message));
        }
        let expanded = grok::expand(pattern, definitions)?;
        check_syntax(&expanded)?;
        let built = RegexBuilder::new(&expanded.regex)
            .size_limit(REGEX_COMPILED_BYTES_MAX)
            .dfa_size_limit(REGEX_COMPILED_BYTES_MAX)
            .nest_limit(REGEX_DEPTH_MAX)
            .build();
        let regex = built.map_err(|error| match error {
            ::regex::Error::CompiledTooBig(_) => {
                let mut error = whole(format!(
                    "the regular expression takes more than {REGEX_COMPILED_BYTES_MAX} bytes when it is compiled"
                ));
                error.hint = Some(RegexHint::Text(
                    "repeat less: `{1000}` writes its part out a thousand times",
                ));
                error
            }
            other => whole(format!(
                "this is no regular expression: {}",
                last_line(&other.to_string())
            )),
        })?;
        let fields = fields(&regex, &expanded)?;
        let line_bytes_max = line_bytes_max(&expanded, regex.captures_len())?;
        Ok(Self {
            regex,
            fields,
            line_bytes_max,
        })
    }

    /// Returns the names of the fields in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| &**name)
    }

    /// Returns how many groups are captured, the whole match among them.
    #[cfg(test)]
    pub(super) fn group_count(&self) -> usize {
        self.regex.captures_len()
    }

    /// Returns the bytes of the longest line that it reads.
    #[cfg(test)]
    pub(super) const fn line_bytes_max(&self) -> usize {
        self.line_bytes_max
    }
}

/// Returns the fields that the groups give.
fn fields(regex: &Regex, expanded: &Expanded) -> Result<Vec<(String, usize)>, RegexError> {
    let mut fields: Vec<(String, usize)> = Vec::new();
    for (group, name) in regex.capture_names().enumerate() {
        let Some(name) = name else { continue };
        let grok_field = name
            .strip_prefix(GROUP_PREFIX)
            .and_then(|number| number.parse::<usize>().ok())
            .and_then(|number| expanded.fields.get(number));
        fields.push((grok_field.map_or(name, |field| &**field).to_owned(), group));
    }
    let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
    if let Some(name) = first_repeated(&names) {
        return Err(whole(format!("two groups give the field `{name}`")));
    }
    if names.is_empty() {
        let mut error = whole("the regular expression gives no field");
        error.hint = Some(RegexHint::Text(
            "name what it finds: `%{WORD:user}` or `(?P<user>\\w+)`",
        ));
        return Err(error);
    }
    if names.iter().any(|name| name.len() > FIELD_NAME_BYTES_MAX) {
        return Err(whole(format!(
            "a group's name has at most {FIELD_NAME_BYTES_MAX} bytes"
        )));
    }
    Ok(fields)
}

/// Returns the bytes of the longest line that an expression reads. Fails if it would need too much memory for any.
fn line_bytes_max(expanded: &Expanded, groups: usize) -> Result<usize, RegexError> {
    // One of them is the whole match.
    let named = groups.saturating_sub(1);
    if named > REGEX_GROUP_COUNT_MAX {
        let mut error = whole(format!(
            "a regular expression gives at most {REGEX_GROUP_COUNT_MAX} fields, this gives {named}"
        ));
        error.hint = Some(RegexHint::Text(
            "name only the groups that are fields; `(x)` gives none",
        ));
        return Err(error);
    }
    let read = regex_syntax::ParserBuilder::new()
        .nest_limit(REGEX_DEPTH_MAX)
        .build()
        .parse(&expanded.regex);
    let expression = read.map_err(|error| {
        whole(format!(
            "this is no regular expression: {}",
            last_line(&error.to_string())
        ))
    })?;
    let cost = Cost::of(&expression, groups);
    if cost.slots() > REGEX_SLOT_COUNT_MAX {
        let mut error = whole(format!(
            "the regular expression is too large for its {named} fields: its states times the bounds of its groups are \
             about {}, at most {REGEX_SLOT_COUNT_MAX} are kept",
            cost.slots()
        ));
        error.hint = Some(RegexHint::Text("repeat less, or name fewer groups"));
        return Err(error);
    }
    Ok(cost.line_bytes_max())
}

/// Checks that what was written out is an expression, which is much faster than to compile it and says where it is not.
fn check_syntax(expanded: &Expanded) -> Result<(), RegexError> {
    let parsed = ast::parse::ParserBuilder::new()
        .nest_limit(REGEX_DEPTH_MAX)
        .build()
        .parse(&expanded.regex);
    let error = match parsed {
        Ok(expression) => {
            return re2::foreign(&expression).map_err(|foreign| RegexError {
                at: Some(expanded.place_of(foreign.at)),
                message: format!("this is no regular expression: {}", foreign.message),
                hint: Some(RegexHint::Text(foreign.hint)),
            });
        }
        Err(error) => error,
    };
    let hint = match error.kind() {
        ast::ErrorKind::UnsupportedLookAround => Some("RE2 has no look-around; match what surrounds it instead"),
        ast::ErrorKind::UnsupportedBackreference => Some("RE2 has no backreferences"),
        ast::ErrorKind::GroupNameDuplicate { .. } => Some("each field comes from one group"),
        ast::ErrorKind::RepetitionMissing => Some("a literal `*`, `+` or `?` needs a backslash before it"),
        _ => None,
    };
    Err(RegexError {
        at: Some(expanded.place_of(error.span().start.offset)),
        message: format!("this is no regular expression: {}", error.kind()),
        hint: hint.map(RegexHint::Text),
    })
}

fn whole(message: impl Into<String>) -> RegexError {
    RegexError {
        at: None,
        message: message.into(),
        hint: None,
    }
}

/// The crate draws the expression and an arrow above its message.
fn last_line(text: &str) -> &str {
    let line = text.lines().next_back().unwrap_or(text);
    line.strip_prefix("error: ").unwrap_or(line)
}

impl RegexParser {
    pub(crate) fn new(expression: Expression, options: Options) -> Self {
        Self {
            layout: Layout::new(expression.names(), &options),
            groups: expression.fields.iter().map(|(_, group)| *group).collect(),
            regex: expression.regex,
            line_bytes_max: expression.line_bytes_max,
            options,
        }
    }

    pub(super) const fn options(&self) -> &Options {
        &self.options
    }

    /// Appends the object of a line to `out`. `locations` are those of an earlier line, if there was one.
    pub(super) fn write_json(
        &self,
        line: &str,
        locations: &mut Option<CaptureLocations>,
        out: &mut String,
    ) -> Result<(), ParseProblem> {
        if line.len() > self.line_bytes_max {
            let most = self.line_bytes_max;
            let expected = format!("a line of at most {most} bytes for this regular expression");
            return Err(ParseProblem::new(expected, format!("{} bytes", line.len())));
        }
        let locations = locations.get_or_insert_with(|| self.regex.capture_locations());
        if self.regex.captures_read(locations, line).is_none() {
            return Err(ParseProblem::new(
                "a line that the regular expression matches",
                "no match",
            ));
        }
        let mut object = self.layout.start(&self.options, line, out);
        for (slot, group) in self.groups.iter().enumerate() {
            if let Some((from, to)) = locations.get(*group) {
                object.value(slot, Piece::plain(&line[from..to]));
            }
        }
        object.finish()
    }
}
