//! From what was met to what is proposed: types, indicators, names, and the remarks that a person should read.

use super::moment::Choice;
use super::name::{self, Place, Why};
use super::number;
use super::scalar::Scalars;
use super::shape::{Embedded, FieldShape, LeftOut, ObjectShape, Parts, Shape, WhyJson};
use super::word::Words;
use crate::indicator::Indicator;
use crate::limits::{
    FIELD_COUNT_MAX, FIELD_NAME_BYTES_MAX, INFERRED_OBJECT_FIELD_COUNT_MAX, RECORD_VALUE_COUNT_MAX, VALUE_DEPTH_MAX,
};
use crate::time::TimeFormat;

/// The fields of an object.
#[derive(Debug)]
pub(super) struct ProposedObject {
    pub(super) fields: Vec<ProposedField>,
    /// What has no field, and why.
    pub(super) remarks: Vec<String>,
}

#[derive(Debug)]
pub(super) struct ProposedField {
    pub(super) name: String,
    /// The key in the record, if it is not the name.
    pub(super) renamed_from: Option<String>,
    /// If it is required, in how many objects it was.
    pub(super) required: Option<u64>,
    pub(super) value: ProposedValue,
    pub(super) remarks: Vec<String>,
}

#[derive(Debug)]
pub(super) struct ProposedValue {
    pub(super) kind: ProposedKind,
    /// Whether it comes as a string with JSON in it.
    pub(super) is_embedded: bool,
}

#[derive(Debug)]
pub(super) enum ProposedKind {
    String(Vec<Indicator>),
    BigInt,
    Float,
    Boolean,
    Timestamp {
        formats: Vec<TimeFormat>,
        /// Whether every sample holds a time that could be the event's.
        is_always_set: bool,
        is_event_time: bool,
    },
    Array(Box<ProposedValue>),
    Object(ProposedObject),
    Json,
}

/// Where a value stands.
struct Scene<'a> {
    name: &'a Words,
    parent: &'a Words,
}

/// Proposes the fields of an object of that name. `None` if it would have none.
pub(super) fn object(shape: &ObjectShape, place: Place, name: &Words) -> Option<ProposedObject> {
    let (typed, untyped): (Vec<&FieldShape>, Vec<&FieldShape>) =
        shape.fields.iter().partition(|field| field.shape.has_type());
    let keys: Vec<&str> = typed.iter().map(|field| &*field.name).collect();
    let columns = name::columns(&keys, place);
    let fields: Vec<ProposedField> = typed
        .iter()
        .zip(columns)
        .map(|(field, column)| {
            let mut remarks = Vec::new();
            remarks.extend(column.renamed.map(|why| renamed_remark(why).to_owned()));
            let key = Words::of(&field.name);
            let scene = Scene {
                name: &key,
                parent: name,
            };
            let value = value(&field.shape, &scene, &mut remarks);
            ProposedField {
                name: column.name,
                renamed_from: column.renamed.map(|_| field.name.to_string()),
                required: required(field, shape, &value),
                value,
                remarks,
            }
        })
        .collect();
    (!fields.is_empty()).then(|| ProposedObject {
        fields,
        remarks: left_out_remarks(&untyped, shape.left_out),
    })
}

fn renamed_remark(why: Why) -> &'static str {
    match why {
        Why::Characters => "renamed: the key has characters that no column may have in its name",
        Why::StandardField => "renamed: names that start with `p_` belong to the standard fields",
        Why::Twin => "renamed: another key differs from it in nothing but capitals, and columns know no capitals",
    }
}

/// A required time must not be empty, since an empty one is null.
fn required(field: &FieldShape, object: &ObjectShape, value: &ProposedValue) -> Option<u64> {
    let may_be_null = matches!(value.kind, ProposedKind::Timestamp { .. }) && field.shape.scalars.empty_strings > 0;
    (field.filled == object.count && !may_be_null).then_some(object.count)
}

/// Names that one remark lists.
const NAMES_LISTED_MAX: usize = 20;

fn left_out_remarks(untyped: &[&FieldShape], left_out: LeftOut) -> Vec<String> {
    let mut remarks = Vec::new();
    if !untyped.is_empty() {
        let listed: Vec<String> = untyped
            .iter()
            .take(NAMES_LISTED_MAX)
            .map(|field| format!("`{}`", field.name))
            .collect();
        let more = match untyped.len().saturating_sub(NAMES_LISTED_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        remarks.push(format!(
            "left out, null wherever they came, so there is no type to see: {}{more}",
            listed.join(", ")
        ));
    }
    if left_out.too_long > 0 {
        remarks.push(format!(
            "left out, longer than the {FIELD_NAME_BYTES_MAX} bytes of a name: {} keys; they go to p_unmapped",
            left_out.too_long
        ));
    }
    if left_out.too_many > 0 {
        remarks.push(format!(
            "left out, more than a schema may have: keys that came {} times; they go to p_unmapped",
            left_out.too_many
        ));
    }
    remarks
}

fn value(shape: &Shape, scene: &Scene<'_>, remarks: &mut Vec<String>) -> ProposedValue {
    if let Embedded::Every(inner) = &shape.embedded {
        remarks.push("every sample is a string with JSON in it, which is stored as what it says".to_owned());
        return ProposedValue {
            kind: container(inner, scene, remarks),
            is_embedded: true,
        };
    }
    let kind = if matches!(shape.parts, Parts::Nothing) {
        scalar(shape, scene, remarks)
    } else {
        container(shape, scene, remarks)
    };
    ProposedValue {
        kind,
        is_embedded: false,
    }
}

fn container(shape: &Shape, scene: &Scene<'_>, remarks: &mut Vec<String>) -> ProposedKind {
    match &shape.parts {
        Parts::Object(inner) => {
            let proposed = object(inner, Place::Inside, scene.name).map(ProposedKind::Object);
            proposed.unwrap_or_else(|| {
                remarks.push("json: no object here has a field with a value".to_owned());
                ProposedKind::Json
            })
        }
        Parts::Array(inner) => array(&inner.element, scene, remarks),
        Parts::Json(why) => {
            remarks.push(json_remark(*why, shape));
            ProposedKind::Json
        }
        Parts::Nothing => ProposedKind::Json,
    }
}

fn array(element: &Shape, scene: &Scene<'_>, remarks: &mut Vec<String>) -> ProposedKind {
    if matches!(element.parts, Parts::Json(WhyJson::Mixed)) {
        remarks.push(format!("json: the arrays hold {}", kinds(element)));
        return ProposedKind::Json;
    }
    if !element.has_type() {
        remarks.push("elements are json: no array here has one with a value".to_owned());
        return ProposedKind::Array(Box::new(ProposedValue {
            kind: ProposedKind::Json,
            is_embedded: false,
        }));
    }
    let one = scene.name.clone().singular();
    let scene = Scene {
        name: &one,
        parent: scene.parent,
    };
    let mut about_elements = Vec::new();
    let element = value(element, &scene, &mut about_elements);
    remarks.extend(about_elements.into_iter().map(|remark| format!("elements: {remark}")));
    ProposedKind::Array(Box::new(element))
}

fn json_remark(why: WhyJson, shape: &Shape) -> String {
    match why {
        WhyJson::Mixed => format!("json: {}; no other type takes them together", kinds(shape)),
        WhyJson::TooManyFields => {
            format!("json: more than {INFERRED_OBJECT_FIELD_COUNT_MAX} different keys, so the keys are data")
        }
        WhyJson::TooDeep => format!("json: more than {VALUE_DEPTH_MAX} objects and arrays inside each other"),
        WhyJson::SchemaTooLarge => {
            format!("json: the whole schema would have more than {FIELD_COUNT_MAX} fields, or be too long")
        }
        WhyJson::TooManyValues => {
            format!("json: a sample would make more than {RECORD_VALUE_COUNT_MAX} values of an event")
        }
    }
}

/// Says how often each kind of value came: `1 object, 2 strings`.
fn kinds(shape: &Shape) -> String {
    let scalars = &shape.scalars;
    let counts = [
        ("object", shape.objects),
        ("array", shape.arrays),
        ("string", scalars.strings),
        ("empty string", scalars.empty_strings),
        ("number", scalars.numbers),
        ("boolean", scalars.booleans),
    ];
    let named: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{count} {kind}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    named.join(", ")
}

fn scalar(shape: &Shape, scene: &Scene<'_>, remarks: &mut Vec<String>) -> ProposedKind {
    let scalars = &shape.scalars;
    let count = scalars.count();
    if count == 0 {
        remarks.push("string: every sample is the empty string".to_owned());
        return ProposedKind::String(Vec::new());
    }
    if let Some(timestamp) = timestamp(scalars, scene, remarks) {
        return timestamp;
    }
    if scalars.booleans + scalars.boolean_strings == count && scalars.empty_strings == 0 {
        if scalars.boolean_strings > 0 {
            remarks.push("boolean: samples are the strings `true` and `false`".to_owned());
        }
        return ProposedKind::Boolean;
    }
    if scalars.strings == count {
        let indicators = scalars.looks.indicators(scene.name, scene.parent);
        if !indicators.is_empty() {
            return ProposedKind::String(indicators);
        }
    }
    if scalars.strings == count && scene.name.is_text() {
        return ProposedKind::String(Vec::new());
    }
    if let Some(number) = number_kind(scalars, remarks) {
        return number;
    }
    remarks.extend(string_remark(shape));
    ProposedKind::String(Vec::new())
}

/// Decides whether the scalars are times. Empty strings are no time, and null.
fn timestamp(scalars: &Scalars, scene: &Scene<'_>, remarks: &mut Vec<String>) -> Option<ProposedKind> {
    let count = scalars.count();
    let unit = scalars.units.iter().position(|&of_unit| {
        of_unit > 0 && of_unit + scalars.rfc3339 == count && (scene.name.is_time() || scalars.rfc3339 > 0)
    });
    let formats = if scalars.rfc3339 == count {
        vec![TimeFormat::Rfc3339]
    } else if let Some(unit) = unit {
        let mut formats = Vec::new();
        if scalars.rfc3339 > 0 {
            remarks.push(format!(
                "two time formats: {} in RFC 3339, {} as numbers",
                scalars.rfc3339, scalars.units[unit]
            ));
            formats.push(TimeFormat::Rfc3339);
        }
        formats.push(number::unit_format(unit));
        formats
    } else if scalars.strings == count
        && let Choice::One(custom) = scalars.customs.choose()
    {
        if !custom.has_offset {
            remarks.push("the time has no offset and is read as UTC: make sure that it is".to_owned());
        }
        custom.formats.clone()
    } else {
        return None;
    };
    if scalars.local_times > 0 {
        remarks.push("times with an offset are stored as the same moment in UTC".to_owned());
    }
    if scalars.empty_strings > 0 {
        remarks.push(format!("{} empty, which is read as no time", scalars.empty_strings));
    }
    Some(ProposedKind::Timestamp {
        formats,
        is_always_set: scalars.go_zero_times == 0 && scalars.empty_strings == 0,
        is_event_time: false,
    })
}

fn number_kind(scalars: &Scalars, remarks: &mut Vec<String>) -> Option<ProposedKind> {
    if scalars.empty_strings > 0 || scalars.wholes + scalars.fractions != scalars.count() {
        return None;
    }
    // What `1` and `1.0` were would be the same once both are floats: numbers are equal then, texts are not.
    let is_float = scalars.fractions > 0 && scalars.wholes_beyond_float == 0 && scalars.whole_strings == 0;
    let kind = match scalars.fractions {
        0 => ProposedKind::BigInt,
        _ if is_float => ProposedKind::Float,
        _ => return None,
    };
    if scalars.strings > 0 {
        let of = if scalars.numbers > 0 { "some samples" } else { "samples" };
        remarks.push(format!(
            "{of} are strings that hold numbers; if others may come, make it a string"
        ));
    }
    Some(kind)
}

/// Says why strings and numbers became text, if one might have expected something else.
fn string_remark(shape: &Shape) -> Option<String> {
    let scalars = &shape.scalars;
    let count = scalars.count();
    let numeric = scalars.wholes + scalars.fractions;
    let like_numbers = numeric + scalars.numbers_too_precise + scalars.strings_like_numbers;
    let text = if scalars.strings < count && (scalars.numbers < count || scalars.empty_strings > 0) {
        return Some(format!("string: {}; only text takes them together", kinds(shape)));
    } else if scalars.numbers_too_precise > 0 {
        "string: some numbers have more digits than `bigint` or `float` keeps"
    } else if scalars.numbers == count && scalars.wholes_beyond_float > 0 {
        "string: no column would keep both the fractions and the largest whole numbers"
    } else if like_numbers == count && scalars.empty_strings > 0 {
        "string: numbers and empty strings; a number column would take the empty ones for null"
    } else if like_numbers == count {
        "string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)"
    } else if scalars.rfc3339 + scalars.times_too_fine == count {
        "string: times with more digits than microseconds, or leap seconds; `timestamp` would cut them off"
    } else if matches!(scalars.customs.choose(), Choice::DayOrMonth) {
        "string: times, but every sample may mean day/month or month/day; see `timeFormats` and choose"
    } else if scalars.rfc3339 > 0 {
        return Some(format!(
            "string: {} of {count} samples are times, the others are not",
            scalars.rfc3339
        ));
    } else if like_numbers > 0 && like_numbers * 2 > count {
        return Some(format!(
            "string: {like_numbers} of {count} samples are numbers, the others are not"
        ));
    } else {
        return None;
    };
    Some(text.to_owned())
}
