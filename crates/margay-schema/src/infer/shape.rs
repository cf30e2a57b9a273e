//! What all samples together show of one place in them.
//!
//! A shape grows with the distinct fields that were met, never with the number of samples. Only what cannot be typed
//! any more is forgotten: an object with too many fields, or what is an object here and a string there, is `json`
//! whatever comes later.

use std::collections::HashMap;

use super::scalar::Scalars;
use crate::json::{JsonError, Kind, Reader};
use crate::limits::{
    FIELD_COUNT_MAX, FIELD_NAME_BYTES_MAX, INFERENCE_FIELD_COUNT_MAX, INFERRED_OBJECT_FIELD_COUNT_MAX, VALUE_DEPTH_MAX,
};

/// What was met at one place.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) nulls: u64,
    pub(super) objects: u64,
    pub(super) arrays: u64,
    pub(super) scalars: Scalars,
    pub(super) parts: Parts,
    pub(super) embedded: Embedded,
}

/// What the objects and arrays of one place hold.
#[derive(Debug, Default)]
pub(super) enum Parts {
    #[default]
    Nothing,
    Object(Box<ObjectShape>),
    Array(Box<ArrayShape>),
    Json(WhyJson),
}

/// Why a place is not typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyJson {
    /// Values of kinds that no other type takes together.
    Mixed,
    TooManyFields,
    TooDeep,
    /// The schema would be too large otherwise.
    SchemaTooLarge,
    /// A record would make more values than one may.
    TooManyValues,
}

/// What the strings of one place hold, if all of them are JSON objects or arrays.
#[derive(Debug, Default)]
pub(super) enum Embedded {
    /// There were no strings yet.
    #[default]
    Unknown,
    /// Every value so far was such a string.
    Every(Box<Shape>),
    No,
}

/// The objects of one place.
#[derive(Debug, Default)]
pub(super) struct ObjectShape {
    pub(super) count: u64,
    /// In the order in which they were first seen.
    pub(super) fields: Vec<FieldShape>,
    positions: HashMap<Box<str>, usize>,
    /// Keys that were not kept: too long for a name, or one too many at the top.
    pub(super) left_out: LeftOut,
    pub(super) load: Load,
}

/// How often keys were not kept, and so go to `p_unmapped`.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct LeftOut {
    pub(super) too_long: u64,
    pub(super) too_many: u64,
}

/// One key of the objects of a place.
#[derive(Debug)]
pub(super) struct FieldShape {
    pub(super) name: Box<str>,
    /// How many of the objects have something else than null here. The last value counts where a key comes twice.
    pub(super) filled: u64,
    /// The number of the last object that had it, and whether it was filled there.
    last: (u64, bool),
    pub(super) shape: Shape,
}

/// The arrays of one place.
#[derive(Debug, Default)]
pub(super) struct ArrayShape {
    pub(super) element: Shape,
    pub(super) load: Load,
}

/// How many there are in the record that has most.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Load {
    record: u64,
    count: u64,
    pub(super) count_max: u64,
}

impl Load {
    fn add(&mut self, tally: &Tally) {
        if self.record != tally.record {
            *self = Self {
                record: tally.record,
                count: 0,
                count_max: self.count_max,
            };
        }
        self.count += 1;
        self.count_max = self.count_max.max(self.count);
    }
}

/// What a sample adds to is part of: counts over the whole inference.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The number of the sample that is being read, from 1.
    pub(super) record: u64,
    /// Fields kept in mind at all depths.
    pub(super) fields: usize,
}

impl Shape {
    /// Reads the value that starts here, `level` objects and arrays below the record. Returns whether it is filled.
    fn add(&mut self, reader: &mut Reader<'_>, level: usize, tally: &mut Tally) -> Result<bool, JsonError> {
        let kind = reader.peek()?;
        match kind {
            Kind::Null => {
                reader.literal()?;
                self.nulls += 1;
                return Ok(false);
            }
            Kind::Boolean => {
                reader.literal()?;
                self.scalars.add_boolean();
                self.no_longer_embedded(tally);
            }
            Kind::Number => {
                self.scalars.add_number(reader.number()?);
                self.no_longer_embedded(tally);
            }
            Kind::String => {
                let text = reader.decoded_string()?;
                self.scalars.add_string(&text);
                self.add_embedded(&text, level, tally)?;
            }
            Kind::Object | Kind::Array => {
                self.no_longer_embedded(tally);
                self.add_container(kind, reader, level, tally)?;
            }
        }
        let has_scalars = self.scalars.count() + self.scalars.empty_strings > 0;
        if has_scalars && !matches!(self.parts, Parts::Nothing | Parts::Json(WhyJson::Mixed)) {
            self.give_up(WhyJson::Mixed, tally);
        }
        Ok(true)
    }

    fn add_container(
        &mut self,
        kind: Kind,
        reader: &mut Reader<'_>,
        level: usize,
        tally: &mut Tally,
    ) -> Result<(), JsonError> {
        let is_object = kind == Kind::Object;
        self.objects += u64::from(is_object);
        self.arrays += u64::from(!is_object);
        if matches!(self.parts, Parts::Nothing) {
            self.parts = if level >= VALUE_DEPTH_MAX {
                Parts::Json(WhyJson::TooDeep)
            } else if is_object {
                Parts::Object(Box::default())
            } else {
                Parts::Array(Box::default())
            };
        }
        let outcome = match (&mut self.parts, kind) {
            (Parts::Object(object), Kind::Object) => object.add(reader, level + 1, tally)?,
            (Parts::Array(array), Kind::Array) => {
                array.add(reader, level + 1, tally)?;
                None
            }
            (Parts::Json(why), _) => {
                reader.skip()?;
                Some(*why)
            }
            _ => {
                reader.skip()?;
                Some(WhyJson::Mixed)
            }
        };
        if let Some(why) = outcome {
            self.give_up(why, tally);
        }
        Ok(())
    }

    /// Looks into a string that came to this place.
    fn add_embedded(&mut self, text: &str, level: usize, tally: &mut Tally) -> Result<(), JsonError> {
        let is_first = self.scalars.count() + self.scalars.empty_strings == 1 && self.objects + self.arrays == 0;
        let holds_json = !matches!(self.embedded, Embedded::No) && is_json_container(text, level);
        if is_first && matches!(self.embedded, Embedded::Unknown) && holds_json {
            self.embedded = Embedded::Every(Box::default());
        }
        match &mut self.embedded {
            Embedded::Every(inner) if holds_json => {
                inner.add(&mut embedded_reader(text, level), level, tally)?;
            }
            _ => self.no_longer_embedded(tally),
        }
        Ok(())
    }

    fn no_longer_embedded(&mut self, tally: &mut Tally) {
        if let Embedded::Every(inner) = std::mem::replace(&mut self.embedded, Embedded::No) {
            tally.fields -= inner.field_count();
        }
    }

    /// Makes the place `json`.
    pub(super) fn give_up(&mut self, why: WhyJson, tally: &mut Tally) {
        let parts = std::mem::replace(&mut self.parts, Parts::Json(why));
        tally.fields -= parts.field_count();
    }

    /// Returns how many fields there are below, at all depths.
    pub(super) fn field_count(&self) -> usize {
        let embedded = match &self.embedded {
            Embedded::Every(inner) => inner.field_count(),
            Embedded::Unknown | Embedded::No => 0,
        };
        embedded + self.parts.field_count()
    }

    /// Returns whether there is anything to tell a type from.
    pub(super) fn has_type(&self) -> bool {
        self.objects + self.arrays + self.scalars.count() + self.scalars.empty_strings > 0
    }
}

impl Parts {
    fn field_count(&self) -> usize {
        match self {
            Self::Object(object) => object.field_count(),
            Self::Array(array) => array.element.field_count(),
            Self::Nothing | Self::Json(_) => 0,
        }
    }
}

/// Reads a string's text. The record, and the `level` values in it that are around the string, count for its depth.
fn embedded_reader(text: &str, level: usize) -> Reader<'_> {
    Reader::inside(text, level + 1)
}

/// Returns whether a string is a JSON object or array, whole and within our limits.
fn is_json_container(text: &str, level: usize) -> bool {
    // Cheap, and settles nearly every string.
    if !text.trim_ascii_start().starts_with(['{', '[']) {
        return false;
    }
    let check = || {
        let mut reader = embedded_reader(text, level);
        reader.skip()?;
        reader.end()
    };
    check().is_ok()
}

impl ArrayShape {
    fn add(&mut self, reader: &mut Reader<'_>, level: usize, tally: &mut Tally) -> Result<(), JsonError> {
        reader.enter()?;
        while reader.next_element()? {
            self.load.add(tally);
            self.element.add(reader, level, tally)?;
        }
        Ok(())
    }
}

impl ObjectShape {
    /// Reads the object that starts here. Returns why it cannot be typed, if it turns out so.
    pub(super) fn add(
        &mut self,
        reader: &mut Reader<'_>,
        level: usize,
        tally: &mut Tally,
    ) -> Result<Option<WhyJson>, JsonError> {
        let is_root = level == 0;
        let mut outcome = None;
        self.count += 1;
        self.load.add(tally);
        reader.enter()?;
        while let Some(key) = reader.next_key()? {
            let position = if outcome.is_some() {
                None
            } else {
                let name = key.decode();
                match self.positions.get(&*name) {
                    Some(position) => Some(*position),
                    None if name.len() > FIELD_NAME_BYTES_MAX => {
                        self.left_out.too_long += 1;
                        None
                    }
                    None => match self.why_full(is_root, tally) {
                        None => Some(self.insert(&name, tally)),
                        Some(_) if is_root => {
                            self.left_out.too_many += 1;
                            None
                        }
                        why => {
                            outcome = why;
                            None
                        }
                    },
                }
            };
            match position {
                Some(position) => self.add_member(position, reader, level, tally)?,
                None => drop(reader.skip()?),
            }
        }
        Ok(outcome)
    }

    /// Returns why no other field may be added, if so.
    fn why_full(&self, is_root: bool, tally: &Tally) -> Option<WhyJson> {
        let count_max = if is_root {
            FIELD_COUNT_MAX
        } else {
            INFERRED_OBJECT_FIELD_COUNT_MAX
        };
        if self.fields.len() >= count_max {
            Some(WhyJson::TooManyFields)
        } else if tally.fields >= INFERENCE_FIELD_COUNT_MAX {
            Some(WhyJson::SchemaTooLarge)
        } else {
            None
        }
    }

    fn insert(&mut self, name: &str, tally: &mut Tally) -> usize {
        tally.fields += 1;
        self.positions.insert(name.into(), self.fields.len());
        self.fields.push(FieldShape {
            name: name.into(),
            filled: 0,
            last: (0, false),
            shape: Shape::default(),
        });
        self.fields.len() - 1
    }

    fn add_member(
        &mut self,
        position: usize,
        reader: &mut Reader<'_>,
        level: usize,
        tally: &mut Tally,
    ) -> Result<(), JsonError> {
        let field = &mut self.fields[position];
        let is_filled = field.shape.add(reader, level, tally)?;
        if field.last == (self.count, true) {
            field.filled -= 1;
        }
        field.filled += u64::from(is_filled);
        field.last = (self.count, is_filled);
        Ok(())
    }

    /// Returns how many fields there are, at all depths.
    pub(super) fn field_count(&self) -> usize {
        let below = self.fields.iter().map(|field| field.shape.field_count());
        self.fields.len() + below.sum::<usize>()
    }

    /// Keeps the first `count` fields.
    pub(super) fn truncate(&mut self, count: usize) {
        let cut: u64 = self.fields.drain(count..).map(|field| field.filled).sum();
        self.left_out.too_many += cut;
    }
}
