//! What may replace what: the changes from one version of a schema to the next.
//!
//! Rows that were written stay as they are, and every version of a schema writes into the same table. So a column may
//! come but never go, and never change its type. Everything that says how a value is read may change.
//!
//! | change | verdict |
//! |---|---|
//! | descriptions, `referenceURL`, `fieldDiscoveryEnabled`, indicators, order of fields | allowed |
//! | `parser` | allowed, with a warning unless both read JSON |
//! | a field more, at any depth | allowed |
//! | `isExpiration`, `isEmbeddedJSON`, transformations | allowed: rows that are there keep what they hold |
//! | `required` added, `validate` added or changed, a time format taken away, a field more that is required | allowed, with a warning: records that fit before may not fit now |
//! | other fields as the event's time | allowed, with a warning: only new rows move |
//! | a field less, or another name, be it in case only | refused |
//! | another type, of a field or of an array's elements | refused |
//! | another log type | refused: it is another table |

use std::fmt;

use crate::limits::RENAME_CANDIDATE_COUNT_MAX;
use crate::schema::hint::distance;
use crate::schema::{Field, Schema, ValueType};

mod attributes;
#[cfg(test)]
mod tests;

/// One difference between two versions of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The part of the schema: names joined by dots, `[]` for an array's element. Empty for the schema as a whole.
    pub path: String,
    /// What changed.
    pub kind: ChangeKind,
    /// Whether a schema may change so.
    pub verdict: Verdict,
    /// What changed, in a sentence.
    pub message: String,
    /// What to do instead, or what to expect.
    pub hint: Option<String>,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The name of the schema.
    LogType,
    /// A description, of the schema or of a field.
    Description,
    /// `referenceURL`.
    ReferenceUrl,
    /// `fieldDiscoveryEnabled`.
    FieldDiscovery,
    /// `parser`.
    Parser,
    /// A field that was not there.
    FieldAdded,
    /// A field that is not there any more.
    FieldDeleted,
    /// A field that is not there any more, while a new one of its type is.
    FieldRenamed,
    /// The fields of an object stand in another order.
    FieldOrder,
    /// Another type.
    Type,
    /// `required`.
    Required,
    /// `indicators`.
    Indicators,
    /// `validate`.
    Validation,
    /// `timeFormat` or `timeFormats`.
    TimeFormats,
    /// `isExpiration`.
    Expiration,
    /// `isEmbeddedJSON`.
    EmbeddedJson,
    /// `rename`, `copy`, `concat`, `split` or `mask`.
    Transformations,
    /// Which fields may become the event's time, and in which order they are asked.
    EventTime,
}

/// Whether a schema may change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may, and its author should know what follows.
    Warning,
    /// It may not: the table cannot follow.
    Refused,
}

impl ChangeKind {
    /// Returns the word for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogType => "log_type",
            Self::Description => "description",
            Self::ReferenceUrl => "reference_url",
            Self::FieldDiscovery => "field_discovery",
            Self::Parser => "parser",
            Self::FieldAdded => "field_added",
            Self::FieldDeleted => "field_deleted",
            Self::FieldRenamed => "field_renamed",
            Self::FieldOrder => "field_order",
            Self::Type => "type",
            Self::Required => "required",
            Self::Indicators => "indicators",
            Self::Validation => "validation",
            Self::TimeFormats => "time_formats",
            Self::Expiration => "expiration",
            Self::EmbeddedJson => "embedded_json",
            Self::Transformations => "transformations",
            Self::EventTime => "event_time",
        }
    }
}

impl Verdict {
    /// Returns the word for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Warning => "warning",
            Self::Refused => "refused",
        }
    }

    /// Returns whether the change may be made, with or without a warning.
    pub const fn is_allowed(self) -> bool {
        !matches!(self, Self::Refused)
    }
}

/// `path: message`, with a second line for the hint.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Returns every difference between two versions of a schema: those of the whole first, then field by field in the
/// order of `old`, an object's new fields after its old ones. None if the two say the same.
///
/// References are resolved in both, so a value that moves into `definitions`, or out of them, is no change.
///
/// # Complexity
///
/// The square of the fields of one object, which are found by name.
pub fn compare(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut changes = Changes::default();
    if old.log_type() != new.log_type() {
        let message = format!("the log type changes from `{}` to `{}`", old.log_type(), new.log_type());
        let hint = "another log type is another table; to begin one, add the schema as a new one".to_owned();
        changes.hinted("", ChangeKind::LogType, Verdict::Refused, message, Some(hint));
    }
    attributes::of_schema(old, new, &mut changes);
    fields(old.fields(), new.fields(), "", &mut changes);
    changes.found
}

/// Returns whether a schema may change so: no change among them is refused.
pub fn is_allowed(changes: &[Change]) -> bool {
    changes.iter().all(|change| change.verdict.is_allowed())
}

/// The changes found so far.
#[derive(Default)]
struct Changes {
    found: Vec<Change>,
}

impl Changes {
    fn add(&mut self, path: &str, kind: ChangeKind, message: impl Into<String>) {
        self.hinted(path, kind, Verdict::Allowed, message, None);
    }

    fn hinted(
        &mut self,
        path: &str,
        kind: ChangeKind,
        verdict: Verdict,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.found.push(Change {
            path: path.to_owned(),
            kind,
            verdict,
            message: message.into(),
            hint,
        });
    }
}

/// Compares the fields of an object, or of the schema.
fn fields(old: &[Field], new: &[Field], parent: &str, changes: &mut Changes) {
    let find = |fields: &[Field], name: &str| fields.iter().position(|field| field.name == name);
    let added: Vec<&Field> = new.iter().filter(|field| find(old, &field.name).is_none()).collect();
    // Where the fields that stay stand in `new`.
    let mut places = Vec::new();
    for field in old {
        let path = join(parent, &field.name);
        let Some(place) = find(new, &field.name) else {
            deleted(field, &added, &path, changes);
            continue;
        };
        places.push(place);
        attributes::of_field(field, &new[place], &path, changes);
        value(&field.value, &new[place].value, &path, changes);
    }
    for field in added {
        addition(field, &join(parent, &field.name), changes);
    }
    if !places.is_sorted() {
        changes.add(
            parent,
            ChangeKind::FieldOrder,
            "the fields stand in another order; the table's columns keep theirs",
        );
    }
}

fn addition(field: &Field, path: &str, changes: &mut Changes) {
    let message = format!("new field of type {}", type_name(&field.value));
    if field.required {
        let hint = "records that fit before may lack it, and would be rejected".to_owned();
        let message = format!("{message}, required");
        changes.hinted(path, ChangeKind::FieldAdded, Verdict::Warning, message, Some(hint));
    } else {
        changes.add(path, ChangeKind::FieldAdded, message);
    }
}

fn deleted(field: &Field, added: &[&Field], path: &str, changes: &mut Changes) {
    let same_but_case = added
        .iter()
        .find(|other| other.name.to_lowercase() == field.name.to_lowercase());
    if let Some(other) = same_but_case {
        let message = format!(
            "a field cannot be renamed, not even to `{}`: columns know no capital letters",
            other.name
        );
        let hint = format!(
            "keep the field; if records now say `{}`, add `rename: {{from: {}}}` to it",
            other.name, other.name
        );
        changes.hinted(path, ChangeKind::FieldRenamed, Verdict::Refused, message, Some(hint));
        return;
    }
    let candidate = added
        .iter()
        .take(RENAME_CANDIDATE_COUNT_MAX)
        .filter(|other| is_same_type(&field.value, &other.value))
        .min_by_key(|other| distance(&field.name, &other.name));
    let Some(other) = candidate else {
        let hint = "keep the field: rows have it, and where records do not it is null".to_owned();
        changes.hinted(
            path,
            ChangeKind::FieldDeleted,
            Verdict::Refused,
            "a field cannot be deleted",
            Some(hint),
        );
        return;
    };
    let message = format!(
        "a field cannot be renamed, and `{}` looks like its new name",
        other.name
    );
    let hint = format!(
        "keep the field; if records now say `{}`, add `rename: {{from: {}}}` to it",
        other.name, other.name
    );
    changes.hinted(path, ChangeKind::FieldRenamed, Verdict::Refused, message, Some(hint));
}

fn value(old: &ValueType, new: &ValueType, path: &str, changes: &mut Changes) {
    attributes::of_embedding(old, new, path, changes);
    match (old.held(), new.held()) {
        (ValueType::Object(old), ValueType::Object(new)) => fields(old, new, path, changes),
        (ValueType::Array(old), ValueType::Array(new)) => value(old, new, &format!("{path}[]"), changes),
        (old, new) if old.name() == new.name() => attributes::of_value(old, new, path, changes),
        (old, new) => {
            let what = if path.ends_with("[]") {
                "the type of the elements"
            } else {
                "the type"
            };
            let message = format!("{what} changes from {} to {}", type_name(old), type_name(new));
            let hint = "keep the type, and add a field of another name for the other".to_owned();
            changes.hinted(path, ChangeKind::Type, Verdict::Refused, message, Some(hint));
        }
    }
}

/// Returns whether two values make the same column.
fn is_same_type(a: &ValueType, b: &ValueType) -> bool {
    match (a.held(), b.held()) {
        (ValueType::Object(a), ValueType::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| a.name == b.name && is_same_type(&a.value, &b.value))
        }
        (ValueType::Array(a), ValueType::Array(b)) => is_same_type(a, b),
        (a, b) => a.name() == b.name(),
    }
}

/// The type as a person would say it: `array of string`.
fn type_name(value: &ValueType) -> String {
    match value.held() {
        ValueType::Array(element) => format!("array of {}", type_name(element)),
        other => other.name().to_owned(),
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}
