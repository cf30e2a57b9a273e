//! References resolved, limits of the whole checked: what a file says becomes a schema.
//!
//! Sizes come first. A definition may be used many times by another that is used many times, so a small file can stand
//! for more fields than there is memory; each definition is measured once, and nothing is built before its size is known.

use std::collections::HashMap;

use super::hint::did_you_mean;
use super::problem::Problems;
use super::raw::{RawField, RawKind, RawSchema, RawValue};
use super::transform;
use super::yaml::Position;
use super::{Field, Schema, ValueType};
use crate::limits::{FIELD_COUNT_MAX, VALUE_DEPTH_MAX};
use crate::plan::{ObjectPlan, ReshapePlan};

/// Builds the schema, if there are no problems in it.
pub(super) fn resolve(raw: &RawSchema, problems: &mut Problems) -> Option<Schema> {
    let definitions: HashMap<&str, &RawValue> = raw.definitions.iter().map(|(name, value)| (&**name, value)).collect();
    let mut measurer = Measurer {
        definitions: &definitions,
        states: HashMap::new(),
        problems,
    };
    for (name, value) in &raw.definitions {
        measurer.definition(name, value, &format!("definitions.{name}"), 0);
    }
    let size = measurer.fields(&raw.fields, "", 0);
    if size.fields > FIELD_COUNT_MAX {
        let message = format!(
            "the schema has {} fields at all depths, more than {FIELD_COUNT_MAX}",
            size.fields
        );
        problems.add(raw.fields_at, "", message);
    }
    transform::check(raw, &definitions, problems);
    if !problems.is_empty() {
        return None;
    }
    let fields = build_fields(&raw.fields, &definitions)?;
    transform::check_masks(raw, &fields, problems);
    Some(Schema {
        log_type: raw.log_type.clone()?,
        description: raw.description.clone(),
        reference_url: raw.reference_url.clone(),
        field_discovery: raw.field_discovery,
        parser: raw.parser.clone(),
        plan: ObjectPlan::of(&fields),
        reshape: ReshapePlan::of(&fields),
        fields,
    })
}

/// How large a value is once its references are resolved.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Fields at all depths.
    fields: usize,
    /// Objects, arrays and references inside each other.
    depth: usize,
}

/// How far a definition has been measured.
#[derive(Debug, Clone, Copy)]
enum State {
    Underway,
    Done(Size),
}

struct Measurer<'a, 'p> {
    definitions: &'a HashMap<&'a str, &'a RawValue>,
    states: HashMap<&'a str, State>,
    problems: &'p mut Problems,
}

impl<'a> Measurer<'a, '_> {
    fn fields(&mut self, fields: &'a [RawField], path: &str, level: usize) -> Size {
        let mut size = Size::default();
        for field in fields {
            let path = if path.is_empty() {
                field.name.clone()
            } else {
                format!("{path}.{}", field.name)
            };
            let part = self.value(&field.value, &path, level);
            size.fields = size.fields.saturating_add(part.fields).saturating_add(1);
            size.depth = size.depth.max(part.depth);
        }
        size
    }

    /// Measures a value that stands `level` levels deep. Reports what is too deep, once on each way down.
    fn value(&mut self, value: &'a RawValue, path: &str, level: usize) -> Size {
        if matches!(value.kind, RawKind::Leaf(_) | RawKind::Broken) {
            return Size::default();
        }
        if level >= VALUE_DEPTH_MAX {
            self.too_deep(value.at, path);
            return Size::default();
        }
        let inner = match &value.kind {
            RawKind::Leaf(_) | RawKind::Broken => Size::default(),
            RawKind::Array(element) => self.value(element, &format!("{path}[]"), level + 1),
            RawKind::Object(fields) => self.fields(fields, path, level + 1),
            RawKind::Reference(target, at) => self.reference(target, *at, path, level),
        };
        Size {
            fields: inner.fields,
            depth: inner.depth + 1,
        }
    }

    fn reference(&mut self, target: &'a str, at: Position, path: &str, level: usize) -> Size {
        let Some((name, definition)) = self.definitions.get_key_value(target) else {
            let hint = || did_you_mean(target, &self.definitions.keys().copied().collect::<Vec<_>>());
            self.problems
                .add_hinted(at, path, format!("there is no definition `{target}`"), hint);
            return Size::default();
        };
        if matches!(self.states.get(name), Some(State::Underway)) {
            self.problems
                .add(at, path, format!("the definition `{target}` contains itself"));
            return Size::default();
        }
        let size = self.definition(name, definition, path, level + 1);
        if level + 1 + size.depth > VALUE_DEPTH_MAX {
            self.too_deep(at, path);
        }
        size
    }

    fn definition(&mut self, name: &'a str, value: &'a RawValue, path: &str, level: usize) -> Size {
        if let Some(State::Done(size)) = self.states.get(name) {
            return *size;
        }
        self.states.insert(name, State::Underway);
        let size = self.value(value, path, level);
        self.states.insert(name, State::Done(size));
        size
    }

    fn too_deep(&mut self, at: Position, path: &str) {
        let message = format!("more than {VALUE_DEPTH_MAX} objects, arrays and references inside each other");
        // The whole way down is in the path, and unreadable.
        let path = path.split(['.', '[']).next().unwrap_or_default();
        self.problems.add(at, path, message);
    }
}

fn build_fields(fields: &[RawField], definitions: &HashMap<&str, &RawValue>) -> Option<Vec<Field>> {
    let build = |field: &RawField| {
        Some(Field {
            name: field.name.clone(),
            required: field.required,
            description: field.description.clone(),
            value: build(&field.value, definitions)?,
            transformations: field.transformations.transformations.clone(),
        })
    };
    fields.iter().map(build).collect()
}

fn build(value: &RawValue, definitions: &HashMap<&str, &RawValue>) -> Option<ValueType> {
    let built = match &value.kind {
        RawKind::Leaf(leaf) => leaf.clone(),
        RawKind::Array(element) => ValueType::Array(Box::new(build(element, definitions)?)),
        RawKind::Object(fields) => build_fields(fields, definitions).map(ValueType::Object)?,
        RawKind::Reference(target, _) => build(definitions.get(&**target)?, definitions)?,
        RawKind::Broken => return None,
    };
    Some(if value.is_embedded {
        ValueType::Embedded(Box::new(built))
    } else {
        built
    })
}
