//! Keeps a schema within the limits, by making `json` of what takes most room.
//!
//! What goes first is the object with the most keys of its own, the innermost among equals: keys that are data look like
//! that. The top cannot become `json`; it loses the fields that were seen last, which go to `p_unmapped`.

use super::shape::{Embedded, ObjectShape, Parts, Shape, Tally, WhyJson};
use crate::limits::{FIELD_COUNT_MAX, RECORD_VALUE_COUNT_MAX};

/// Brings the number of fields, and of values that a sample makes, within their limits.
pub(super) fn to_limits(root: &mut ObjectShape, tally: &mut Tally) {
    while root.field_count() > FIELD_COUNT_MAX && one_step(root, tally) {}
    let root_values = |root: &ObjectShape| root.fields.iter().map(|field| values_below(&field.shape)).sum::<u64>();
    // The top itself makes at most `FIELD_COUNT_MAX` values.
    while root_values(root) > (RECORD_VALUE_COUNT_MAX - FIELD_COUNT_MAX) as u64
        && give_up_largest(root, values, WhyJson::TooManyValues, tally)
    {}
}

/// Makes the schema smaller by a quarter of its fields, since its text is too long. Returns whether that was possible.
pub(super) fn by_a_quarter(root: &mut ObjectShape, tally: &mut Tally) -> bool {
    let count_max = root.field_count() / 4 * 3;
    let mut is_smaller = false;
    while root.field_count() > count_max && one_step(root, tally) {
        is_smaller = true;
    }
    is_smaller
}

/// Makes the schema smaller by one object, or the top by half. Returns whether that was possible.
fn one_step(root: &mut ObjectShape, tally: &mut Tally) -> bool {
    if give_up_largest(root, keys, WhyJson::SchemaTooLarge, tally) {
        return true;
    }
    let count = root.fields.len();
    root.truncate((count / 2).max(1));
    root.fields.len() < count
}

/// Returns how many keys the objects of a place have.
fn keys(shape: &Shape) -> u64 {
    match &shape.parts {
        Parts::Object(object) => object.fields.len() as u64,
        _ => 0,
    }
}

/// Returns how many values a place makes in one event, at most.
fn values(shape: &Shape) -> u64 {
    match &shape.parts {
        Parts::Object(object) => object.load.count_max.saturating_mul(object.fields.len() as u64),
        Parts::Array(array) => array.load.count_max,
        Parts::Nothing | Parts::Json(_) => 0,
    }
}

fn values_below(shape: &Shape) -> u64 {
    let mut total = 0_u64;
    visit(shape, &mut |shape| total = total.saturating_add(values(shape)));
    total
}

fn visit<'a>(shape: &'a Shape, act: &mut dyn FnMut(&'a Shape)) {
    act(shape);
    match &shape.parts {
        Parts::Object(object) => object.fields.iter().for_each(|field| visit(&field.shape, act)),
        Parts::Array(array) => visit(&array.element, act),
        Parts::Nothing | Parts::Json(_) => {}
    }
    if let Embedded::Every(inner) = &shape.embedded {
        visit(inner, act);
    }
}

/// Makes `json` of the place that weighs most. Returns whether there is any.
fn give_up_largest(root: &mut ObjectShape, weight: fn(&Shape) -> u64, why: WhyJson, tally: &mut Tally) -> bool {
    let mut largest = 0;
    for field in &root.fields {
        visit(&field.shape, &mut |shape| largest = largest.max(weight(shape)));
    }
    largest > 0 && give_up_first(root, &|shape| weight(shape) == largest, why, tally)
}

fn give_up_first(object: &mut ObjectShape, is_it: &dyn Fn(&Shape) -> bool, why: WhyJson, tally: &mut Tally) -> bool {
    object
        .fields
        .iter_mut()
        .any(|field| give_up_in(&mut field.shape, is_it, why, tally))
}

/// Looks inside before it looks at the place itself.
fn give_up_in(shape: &mut Shape, is_it: &dyn Fn(&Shape) -> bool, why: WhyJson, tally: &mut Tally) -> bool {
    let inside = match &mut shape.parts {
        Parts::Object(object) => give_up_first(object, is_it, why, tally),
        Parts::Array(array) => give_up_in(&mut array.element, is_it, why, tally),
        Parts::Nothing | Parts::Json(_) => false,
    };
    if inside {
        return true;
    }
    if let Embedded::Every(inner) = &mut shape.embedded
        && give_up_in(inner, is_it, why, tally)
    {
        return true;
    }
    let is_here = is_it(shape);
    if is_here {
        shape.give_up(why, tally);
    }
    is_here
}
