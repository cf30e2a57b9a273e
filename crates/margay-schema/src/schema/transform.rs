//! What transformations mean to the fields around them: types that they do not fit, keys that two fields want, and values
//! that stay readable beside their mask.
//!
//! Definitions are visited once, not where they are used: a field is right or wrong wherever it stands.

use std::collections::{HashMap, HashSet};

use super::problem::Problems;
use super::raw::{RawField, RawKind, RawSchema, RawValue};
use super::{Field, ValueType};
use crate::parser::Parser;
use crate::transformations::EventPath;

type Definitions<'a> = HashMap<&'a str, &'a RawValue>;

/// Reports what is wrong.
pub(super) fn check(raw: &RawSchema, definitions: &Definitions<'_>, problems: &mut Problems) {
    visit(raw, &mut |fields, path| {
        let names: HashSet<&str> = fields.iter().map(|field| &*field.name).collect();
        let mut wanted: HashMap<&str, &str> = HashMap::new();
        for field in fields {
            let path = join(path, &field.name);
            check_types(field, &path, definitions, problems);
            check_rename(field, &names, &path, &mut wanted, problems);
        }
    });
}

/// Calls a function with the fields of every object of the file, and the object's path.
fn visit<'a>(raw: &'a RawSchema, each: &mut impl FnMut(&'a [RawField], &str)) {
    for (name, value) in &raw.definitions {
        visit_value(value, &format!("definitions.{name}"), each);
    }
    visit_fields(&raw.fields, "", each);
}

fn visit_fields<'a>(fields: &'a [RawField], path: &str, each: &mut impl FnMut(&'a [RawField], &str)) {
    each(fields, path);
    for field in fields {
        visit_value(&field.value, &join(path, &field.name), each);
    }
}

fn visit_value<'a>(value: &'a RawValue, path: &str, each: &mut impl FnMut(&'a [RawField], &str)) {
    match &value.kind {
        RawKind::Array(element) => visit_value(element, &format!("{path}[]"), each),
        RawKind::Object(fields) => visit_fields(fields, path, each),
        RawKind::Leaf(_) | RawKind::Reference(..) | RawKind::Broken => {}
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

/// What a value is once its references are followed, as far as transformations care.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// A type other than `string` that is read from text.
    OtherScalar,
    Array {
        of_text: bool,
    },
    Object,
    Embedded,
}

fn check_types(field: &RawField, path: &str, definitions: &Definitions<'_>, problems: &mut Problems) {
    let given = &field.transformations.given;
    if given.is_empty() {
        return;
    }
    let Some(shape) = shape(&field.value, definitions) else {
        return;
    };
    for &(key, at) in given {
        let message = match (key, shape) {
            ("concat" | "split", Shape::Array { .. } | Shape::Object | Shape::Embedded) => {
                format!("`{key}` makes a text, which this type does not take")
            }
            ("mask", Shape::OtherScalar | Shape::Array { of_text: false } | Shape::Object | Shape::Embedded) => {
                "`mask` goes with type `string` and with arrays of it".to_owned()
            }
            _ => continue,
        };
        problems.add(at, path, message);
    }
}

/// Returns `None` for what is reported elsewhere.
fn shape(value: &RawValue, definitions: &Definitions<'_>) -> Option<Shape> {
    let value = followed(value, definitions)?;
    if value.is_embedded {
        return Some(Shape::Embedded);
    }
    match &value.kind {
        RawKind::Leaf(ValueType::String { .. }) => Some(Shape::Text),
        RawKind::Leaf(_) => Some(Shape::OtherScalar),
        RawKind::Array(element) => {
            let mut element = followed(element, definitions)?;
            while let RawKind::Array(inner) = &element.kind {
                element = followed(inner, definitions)?;
            }
            let of_text = matches!(element.kind, RawKind::Leaf(ValueType::String { .. }));
            Some(Shape::Array { of_text })
        }
        RawKind::Object(_) => Some(Shape::Object),
        RawKind::Reference(..) | RawKind::Broken => None,
    }
}

/// Follows references. A circle has no end; it is reported elsewhere.
fn followed<'a>(value: &'a RawValue, definitions: &Definitions<'a>) -> Option<&'a RawValue> {
    let mut value = value;
    for _ in 0..=definitions.len() {
        match &value.kind {
            RawKind::Reference(target, _) => value = definitions.get(&**target)?,
            _ => return Some(value),
        }
    }
    None
}

fn check_rename<'a>(
    field: &'a RawField,
    names: &HashSet<&str>,
    path: &str,
    wanted: &mut HashMap<&'a str, &'a str>,
    problems: &mut Problems,
) {
    let Some(from) = &field.transformations.transformations.rename else {
        return;
    };
    let at = field.transformations.rename_from_at;
    if *from == field.name {
        problems.add(at, path, "`rename` is from another key than the field's own name");
    } else if names.contains(&**from) {
        let hint = || Some("`copy` leaves the other field its value".to_owned());
        problems.add_hinted(
            at,
            path,
            format!("`{from}` is a field itself, and keeps its value"),
            hint,
        );
    } else if let Some(other) = wanted.insert(from, &field.name) {
        problems.add(at, path, format!("`{from}` is already renamed to `{other}`"));
    }
}

/// Reports masks beside which the value stays readable, in a schema without errors whose fields are `fields`.
pub(super) fn check_masks(raw: &RawSchema, fields: &[Field], problems: &mut Problems) {
    let known = Known::of(fields);
    check_templates(raw, &known, problems);
    visit(raw, &mut |object, path| {
        for field in object {
            let path = join(path, &field.name);
            let is_masked = field.transformations.transformations.mask.is_some();
            for (source, at) in &field.transformations.sources {
                match (is_masked, known.find(source)) {
                    (_, Found::Renamed(to)) => {
                        let message = format!("`{source}` is renamed before it is looked for here");
                        problems.warn(*at, &path, message, || Some(format!("its key is then `{to}`")));
                    }
                    (true, Found::Readable) => {
                        let message = format!("the value is masked here but stays readable at `{source}`");
                        problems.warn(*at, &path, message, || None);
                    }
                    (false, Found::Masked) => {
                        let message = format!("`{source}` is masked, but only after it has been read for this field");
                        let hint = || Some("masks come last; this field needs one too".to_owned());
                        problems.warn(*at, &path, message, hint);
                    }
                    (true, Found::Masked) | (false, Found::Readable) => {}
                }
            }
        }
    });
}

/// Reports templates of the parser that show what a field hides: they are filled in before anything is renamed or
/// masked.
fn check_templates(raw: &RawSchema, known: &Known<'_>, problems: &mut Problems) {
    let goes_by = |field: &RawField, key: &str| {
        let transformations = &field.transformations.transformations;
        field.name == key || transformations.rename.as_deref() == Some(key)
    };
    for expansion in raw.parser.iter().flat_map(Parser::expansions) {
        let name = &expansion.name;
        let is_masked = |field: &RawField| field.transformations.transformations.mask.is_some();
        if raw.fields.iter().any(|field| goes_by(field, name) && is_masked(field)) {
            continue;
        }
        let used: HashSet<&str> = expansion.fields().collect();
        for field in &raw.fields {
            let is_shown = used.iter().any(|key| *key != name && goes_by(field, key));
            if is_shown && known.members.get(&*field.name).is_some_and(|member| member.is_masked) {
                let given = &field.transformations.given;
                let mask = given.iter().find(|(key, _)| *key == "mask");
                let at = mask.map_or(field.value.at, |(_, at)| *at);
                let message = format!("the value is masked here but stays readable in `{name}`");
                let hint = || {
                    Some(format!(
                        "`expandFields` makes `{name}` of it; that field needs a mask too"
                    ))
                };
                problems.warn(at, &field.name, message, hint);
            }
        }
    }
}

/// What the fields of an object say about masks, ready to be looked up.
#[derive(Default)]
struct Known<'a> {
    members: HashMap<&'a str, Known<'a>>,
    /// The keys that are renamed, and what to.
    renamed: HashMap<&'a str, &'a str>,
    /// How many arrays stand around the object; a path has a key for each.
    array_count: usize,
    /// Whether it, or anything in it, is masked.
    is_masked: bool,
}

/// What stands at a path when it is looked for.
enum Found<'a> {
    /// A field that is masked, or has something masked in it.
    Masked,
    /// Another field, or what the schema does not name.
    Readable,
    /// A key that a rename has replaced by this one.
    Renamed(&'a str),
}

impl<'a> Known<'a> {
    fn of(fields: &'a [Field]) -> Self {
        let mut known = Self::default();
        for field in fields {
            let mut member = Self::of_value(&field.value);
            member.is_masked |= field.transformations.mask.is_some();
            known.is_masked |= member.is_masked;
            known.members.insert(&field.name, member);
            if let Some(from) = &field.transformations.rename {
                known.renamed.insert(from, &field.name);
            }
        }
        known
    }

    fn of_value(value: &'a ValueType) -> Self {
        match value.held() {
            ValueType::Object(fields) => Self::of(fields),
            ValueType::Array(element) => {
                let mut known = Self::of_value(element);
                known.array_count += 1;
                known
            }
            _ => Self::default(),
        }
    }

    fn find(&self, path: &EventPath) -> Found<'a> {
        let mut known = self;
        let mut keys = path.keys().iter();
        while let Some(key) = keys.next() {
            known = match (known.members.get(&**key), known.renamed.get(&**key)) {
                (Some(member), _) => member,
                (None, Some(to)) => return Found::Renamed(to),
                (None, None) => return Found::Readable,
            };
            for _ in 0..known.array_count {
                keys.next();
            }
        }
        if known.is_masked {
            Found::Masked
        } else {
            Found::Readable
        }
    }
}
