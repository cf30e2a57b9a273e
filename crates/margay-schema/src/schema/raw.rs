//! What a schema file says, key by key: names, types and attributes are checked, references are not resolved yet.

use std::collections::HashMap;

use super::hint::did_you_mean;
use super::keys::{Form, Mapping};
use super::problem::Problems;
use super::yaml::{Node, Position, Tree};
use super::{FieldDiscovery, ValueType};
use crate::limits::{
    DEFINITION_COUNT_MAX, DESCRIPTION_BYTES_MAX, FIELD_NAME_BYTES_MAX, LOG_TYPE_BYTES, SCHEMA_BYTES_MAX,
};
use crate::log_type::LogType;
use crate::parser::Parser;

mod leaf;
mod parser;
mod transform;
mod validate;

pub(super) use transform::RawTransformations;

/// A schema file.
pub(super) struct RawSchema {
    pub(super) log_type: Option<LogType>,
    pub(super) description: Option<String>,
    pub(super) reference_url: Option<String>,
    pub(super) field_discovery: FieldDiscovery,
    pub(super) parser: Option<Parser>,
    /// In the file's order.
    pub(super) definitions: Vec<(String, RawValue)>,
    pub(super) fields: Vec<RawField>,
    /// Where the fields start.
    pub(super) fields_at: Position,
}

pub(super) struct RawField {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) description: Option<String>,
    pub(super) value: RawValue,
    pub(super) transformations: RawTransformations,
}

pub(super) struct RawValue {
    pub(super) at: Position,
    pub(super) kind: RawKind,
    /// Whether it may come as a string with JSON in it.
    pub(super) is_embedded: bool,
}

pub(super) enum RawKind {
    /// A type without parts.
    Leaf(ValueType),
    Array(Box<RawValue>),
    Object(Vec<RawField>),
    /// The name of a definition, and where it stands.
    Reference(String, Position),
    /// Something whose problem has been reported.
    Broken,
}

/// The words for types.
pub(super) const TYPES: [&str; 11] = [
    "string",
    "smallint",
    "int",
    "bigint",
    "float",
    "boolean",
    "timestamp",
    "array",
    "object",
    "json",
    "ref",
];

/// Characters that no column of a Delta table may have in its name (Delta protocol, "Column Mapping").
pub(crate) const NAME_CHARACTERS_REFUSED: &[char] = &[' ', ',', ';', '{', '}', '(', ')', '\n', '\t', '='];

/// The beginning of the standard fields' names, and so of no other's.
pub(crate) const STANDARD_FIELD_PREFIX: &str = "p_";

/// Reads a schema. `natives` are the log types with a built-in schema. Returns `None` only if there is nothing to go on
/// with.
pub(super) fn read(root: &Node, natives: &[&str], problems: &mut Problems) -> Option<RawSchema> {
    let mapping = Mapping::read(root, Form::Schema, "", problems)?;
    let log_type = log_type(&mapping, problems);
    version(&mapping, problems);
    let parser = parser::read(&mapping, log_type.as_ref(), natives, problems);
    let description = mapping.text("description", DESCRIPTION_BYTES_MAX, "description", problems);
    let is_discovery_on = mapping.is_true("fieldDiscoveryEnabled", "fieldDiscoveryEnabled", problems);
    Some(RawSchema {
        log_type,
        parser,
        description: description.map(str::to_owned),
        reference_url: reference_url(&mapping, problems),
        field_discovery: if is_discovery_on {
            FieldDiscovery::On
        } else {
            FieldDiscovery::Off
        },
        definitions: definitions(&mapping, problems),
        fields: fields(&mapping, "", problems).unwrap_or_default(),
        fields_at: mapping.entry("fields").map_or(mapping.at, |entry| entry.key_at),
    })
}

fn log_type(mapping: &Mapping<'_>, problems: &mut Problems) -> Option<LogType> {
    let Some(entry) = mapping.entry("schema") else {
        let hint = || Some("for example `schema: Custom.MyLog`".to_owned());
        problems.add_hinted(mapping.at, "schema", "a schema needs the name of its log type", hint);
        return None;
    };
    let name = mapping.text("schema", *LOG_TYPE_BYTES.end(), "schema", problems)?;
    match name.parse() {
        Ok(log_type) => Some(log_type),
        Err(error) => {
            problems.add(entry.value.at, "schema", format!("`{name}` is no log type: {error}"));
            None
        }
    }
}

/// `version` counts revisions of the language, not of the schema, and there is only one so far.
fn version(mapping: &Mapping<'_>, problems: &mut Problems) {
    if let Some(entry) = mapping.entry("version")
        && !matches!(&entry.value.tree, Tree::Plain(text) if text == "0")
    {
        problems.add_hinted(
            entry.value.at,
            "version",
            "the only version of the schema language is 0",
            || Some("it is not the schema's own version, which is counted for you".to_owned()),
        );
    }
}

fn reference_url(mapping: &Mapping<'_>, problems: &mut Problems) -> Option<String> {
    let url = mapping.text("referenceURL", DESCRIPTION_BYTES_MAX, "referenceURL", problems)?;
    let entry = mapping.entry("referenceURL")?;
    let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    if !is_web || url.contains(char::is_whitespace) {
        problems.add(
            entry.value.at,
            "referenceURL",
            "a reference URL starts with https:// or http://",
        );
        return None;
    }
    Some(url.to_owned())
}

fn definitions(mapping: &Mapping<'_>, problems: &mut Problems) -> Vec<(String, RawValue)> {
    let Some(entry) = mapping.entry("definitions") else {
        return Vec::new();
    };
    let Tree::Mapping(entries) = &entry.value.tree else {
        let message = format!(
            "`definitions` is a mapping of names to values, found {}",
            entry.value.kind()
        );
        problems.add(entry.value.at, "definitions", message);
        return Vec::new();
    };
    if entries.len() > DEFINITION_COUNT_MAX {
        let message = format!("a schema has at most {DEFINITION_COUNT_MAX} definitions");
        problems.add(entry.key_at, "definitions", message);
        return Vec::new();
    }
    let mut definitions = Vec::new();
    for entry in entries {
        let path = format!("definitions.{}", entry.key);
        if !is_definition_name(&entry.key) {
            let message = "a definition's name is a capital letter followed by one or more letters and digits";
            problems.add(entry.key_at, &path, message);
        }
        let value = match Mapping::read(&entry.value, Form::Value, &path, problems) {
            Some(mapping) => value(&mapping, &path, problems),
            None => RawValue {
                at: entry.value.at,
                kind: RawKind::Broken,
                is_embedded: false,
            },
        };
        definitions.push((entry.key.clone(), value));
    }
    definitions
}

fn is_definition_name(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Reads the `fields` of a schema or an object. `path` is that of the object.
fn fields(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Vec<RawField>> {
    let Some(entry) = mapping.entry("fields") else {
        let what = if mapping.form == Form::Schema {
            "a schema"
        } else {
            "an object"
        };
        problems.add(mapping.at, path, format!("{what} needs `fields`"));
        return None;
    };
    let Tree::Sequence(items) = &entry.value.tree else {
        problems.add(
            entry.value.at,
            path,
            format!("`fields` is a list of fields, found {}", entry.value.kind()),
        );
        return None;
    };
    if items.is_empty() {
        problems.add(entry.value.at, path, "`fields` needs at least one field");
        return None;
    }
    let mut taken = Names::new();
    let mut fields = Vec::new();
    for (index, item) in items.iter().enumerate() {
        fields.extend(field(item, index, path, &mut taken, problems));
    }
    Some(fields)
}

/// The names of an object's fields so far: in small letters, as written, and the line.
type Names<'a> = HashMap<String, (&'a str, usize)>;

/// Reads one field. `taken` are the names of those before it.
fn field<'a>(
    item: &'a Node,
    index: usize,
    parent: &str,
    taken: &mut Names<'a>,
    problems: &mut Problems,
) -> Option<RawField> {
    let numbered = join(parent, &format!("fields[{index}]"));
    let named = name_of(item).map_or(numbered, |name| join(parent, name));
    let mapping = Mapping::read(item, Form::Field, &named, problems)?;
    let name = mapping.text("name", FIELD_NAME_BYTES_MAX, &named, problems);
    let name_at = mapping.entry("name").map_or(mapping.at, |entry| entry.value.at);
    match name {
        Some(name) => check_name(name, name_at, parent, &named, taken, problems),
        None if mapping.entry("name").is_none() => problems.add(mapping.at, &named, "a field needs a `name`"),
        None => {}
    }
    let description = mapping.text("description", DESCRIPTION_BYTES_MAX, &named, problems);
    Some(RawField {
        required: mapping.is_true("required", &named, problems),
        description: description.map(str::to_owned),
        value: value(&mapping, &named, problems),
        transformations: transform::read(&mapping, &named, problems),
        name: name?.to_owned(),
    })
}

fn name_of(item: &Node) -> Option<&str> {
    let Tree::Mapping(entries) = &item.tree else {
        return None;
    };
    let name = entries.iter().find(|entry| entry.key == "name")?.value.text()?;
    (name.len() <= FIELD_NAME_BYTES_MAX).then_some(name)
}

fn check_name<'a>(
    name: &'a str,
    at: Position,
    parent: &str,
    path: &str,
    taken: &mut Names<'a>,
    problems: &mut Problems,
) {
    if name.is_empty() || name.contains(char::is_control) {
        problems.add(
            at,
            path,
            "a field's name has at least one character, and no control characters",
        );
        return;
    }
    if let Some(refused) = name
        .chars()
        .find(|character| NAME_CHARACTERS_REFUSED.contains(character))
    {
        problems.add(
            at,
            path,
            format!("a field's name becomes a column's, which may not contain `{refused}`"),
        );
    }
    let small = name.to_lowercase();
    if parent.is_empty() && small.starts_with(STANDARD_FIELD_PREFIX) {
        problems.add(at, path, "names that start with `p_` belong to the standard fields");
    }
    match taken.get(&small) {
        Some((first, line)) if *first == name => {
            problems.add(at, path, format!("`{name}` is already a field here, see line {line}"));
        }
        Some((first, line)) => {
            let message =
                format!("`{name}` and `{first}` in line {line} would be one column: columns know no capital letters");
            problems.add(at, path, message);
        }
        None => {
            taken.insert(small, (name, at.line));
        }
    }
}

/// Reads the type and what belongs to it.
fn value(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> RawValue {
    let kind = kind(mapping, path, problems).unwrap_or(RawKind::Broken);
    // Where the attribute does not belong, that is reported with the type.
    let is_embedded = mapping.is_true("isEmbeddedJSON", path, problems);
    RawValue {
        at: mapping.at,
        kind,
        is_embedded,
    }
}

fn kind(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<RawKind> {
    let Some(entry) = mapping.entry("type") else {
        problems.add(mapping.at, path, "a value needs a `type`");
        return None;
    };
    let word = mapping.text("type", SCHEMA_BYTES_MAX, path, problems)?;
    if !TYPES.contains(&word) {
        problems.add_hinted(entry.value.at, path, format!("there is no type `{word}`"), || {
            did_you_mean(word, &TYPES)
        });
        return None;
    }
    leaf::check_attributes(mapping, word, path, problems);
    match word {
        "array" => element(mapping, path, problems).map(|element| RawKind::Array(Box::new(element))),
        "object" => fields(mapping, path, problems).map(RawKind::Object),
        "ref" => reference(mapping, path, problems),
        _ => leaf::read(mapping, word, path, problems).map(RawKind::Leaf),
    }
}

fn element(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<RawValue> {
    let Some(entry) = mapping.entry("element") else {
        let hint = || Some("for example `element: {type: string}`".to_owned());
        problems.add_hinted(
            mapping.at,
            path,
            "an array needs the type of its elements as `element`",
            hint,
        );
        return None;
    };
    let path = format!("{path}[]");
    let mapping = Mapping::read(&entry.value, Form::Value, &path, problems)?;
    Some(value(&mapping, &path, problems))
}

fn reference(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<RawKind> {
    let Some(entry) = mapping.entry("target") else {
        problems.add(
            mapping.at,
            path,
            "a reference needs the name of a definition as `target`",
        );
        return None;
    };
    let target = mapping.text("target", SCHEMA_BYTES_MAX, path, problems)?;
    Some(RawKind::Reference(target.to_owned(), entry.value.at))
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}
