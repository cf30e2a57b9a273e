//! Columns' names for keys that cannot be columns.
//!
//! A key that can keeps its name. The others are renamed, in the order in which they were first seen, so that adding
//! samples changes no name that was given before.

use std::collections::HashSet;

use crate::limits::FIELD_NAME_BYTES_MAX;
use crate::schema::{NAME_CHARACTERS_REFUSED, STANDARD_FIELD_PREFIX};

/// Where an object stands: only at the top do standard fields stand beside the schema's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    Inside,
}

/// A column for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// Why it is not the key.
    pub(super) renamed: Option<Why>,
}

/// Why a key is no column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Characters,
    StandardField,
    /// Two keys differ in nothing but capitals.
    Twin,
}

/// Names the columns of one object's keys.
pub(super) fn columns(keys: &[&str], place: Place) -> Vec<Column> {
    let mut taken = HashSet::new();
    // Keys that can be columns come first, so that no renamed one takes their place.
    let kept: Vec<bool> = keys
        .iter()
        .map(|key| why_not(key, place).is_none() && taken.insert(key.to_lowercase()))
        .collect();
    let mut columns = Vec::with_capacity(keys.len());
    for (key, kept) in keys.iter().zip(kept) {
        columns.push(if kept {
            Column {
                name: (*key).to_owned(),
                renamed: None,
            }
        } else {
            Column {
                name: free_name(&cleaned(key, place), &mut taken),
                renamed: Some(why_not(key, place).unwrap_or(Why::Twin)),
            }
        });
    }
    columns
}

fn why_not(key: &str, place: Place) -> Option<Why> {
    if key.is_empty() || key.contains(is_refused) {
        Some(Why::Characters)
    } else if place == Place::Top && key.to_lowercase().starts_with(STANDARD_FIELD_PREFIX) {
        Some(Why::StandardField)
    } else {
        None
    }
}

fn is_refused(character: char) -> bool {
    character.is_control() || NAME_CHARACTERS_REFUSED.contains(&character)
}

/// Bytes at the end of a name that are left for a number that makes it unique.
const NUMBER_BYTES_MAX: usize = 8;

/// Returns a plain name: only letters, digits and underscores, of which one stands for each run of anything else.
fn cleaned(key: &str, place: Place) -> String {
    let mut name = String::with_capacity(key.len());
    for part in key
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|part| !part.is_empty())
    {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(part);
    }
    if name.is_empty() {
        name.push_str("unnamed");
    }
    if place == Place::Top && name.to_lowercase().starts_with(STANDARD_FIELD_PREFIX) {
        name.insert_str(0, "record_");
    }
    name.truncate(name.floor_char_boundary(FIELD_NAME_BYTES_MAX - NUMBER_BYTES_MAX));
    name
}

/// Returns the name, with a number if it is taken, and takes it.
fn free_name(name: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
    let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
    // More numbers than keys: one of them is free.
    candidates
        .find(|candidate| taken.insert(candidate.to_lowercase()))
        .unwrap_or_else(|| name.to_owned())
}
