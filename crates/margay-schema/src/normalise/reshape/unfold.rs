//! The first phase: keys get their fields' names, and strings give way to the JSON they hold.
//!
//! From the outside inwards, since a string may have to be renamed before it can be unfolded, and what it holds may have
//! keys to rename.

use super::{Elements, Members, Out, Stop};
use crate::json::{JsonError, Reader};
use crate::plan::{Unfold, UnfoldObject};

const NULL: &str = "null";

/// What an object has under a field's own name; the last of equal keys counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Nothing,
    Null,
    Value,
}

/// Writes the object that starts here, with `depth` containers around it.
pub(super) fn object(plan: &UnfoldObject, text: &str, depth: usize, out: &mut Out) -> Result<(), Stop> {
    let own = own_values(plan, text, depth)?;
    // Renamed members whose name the object has already, with null. The last of equal keys counts, so they come last.
    let mut late: Vec<(usize, &str)> = Vec::new();
    let mut is_first = true;
    out.push("{")?;
    let mut members = Members::of(text, depth)?;
    while let Some((key, member)) = members.next()? {
        let name = key.decode();
        let renamed = plan.renamed(&name).filter(|&position| own[position] != Own::Value);
        if let Some(position) = renamed {
            if own[position] == Own::Null {
                late.push((position, member));
            } else {
                out.begin(&mut is_first, Some(&plan.members()[position].quoted_name))?;
                value(&plan.members()[position].value, member, depth + 1, out)?;
            }
            continue;
        }
        out.begin(&mut is_first, Some(key.quoted()))?;
        match plan.position(&name) {
            Some(position) => value(&plan.members()[position].value, member, depth + 1, out)?,
            None => out.push(member)?,
        }
    }
    for (position, member) in late {
        let plan = &plan.members()[position];
        out.begin(&mut is_first, Some(&plan.quoted_name))?;
        value(&plan.value, member, depth + 1, out)?;
    }
    out.push("}")
}

/// Looks ahead for the fields' own values, if a rename has to know.
fn own_values(plan: &UnfoldObject, text: &str, depth: usize) -> Result<Vec<Own>, JsonError> {
    if !plan.has_renames() {
        return Ok(Vec::new());
    }
    let mut own = vec![Own::Nothing; plan.members().len()];
    let mut members = Members::of(text, depth)?;
    while let Some((key, member)) = members.next()? {
        if let Some(position) = plan.position(&key.decode()) {
            own[position] = if member == NULL { Own::Null } else { Own::Value };
        }
    }
    Ok(own)
}

/// Writes a value that has `depth` containers around it.
pub(super) fn value(plan: &Unfold, text: &str, depth: usize, out: &mut Out) -> Result<(), Stop> {
    match plan {
        Unfold::Object(plan) if text.starts_with('{') => object(plan, text, depth, out),
        Unfold::Array(plan) if text.starts_with('[') => {
            let mut is_first = true;
            out.push("[")?;
            let mut elements = Elements::of(text, depth)?;
            while let Some(element) = elements.next()? {
                out.begin(&mut is_first, None)?;
                value(plan, element, depth + 1, out)?;
            }
            out.push("]")
        }
        Unfold::Embedded(plan) if text.starts_with('"') => embedded(plan, text, depth, out),
        Unfold::Embedded(plan) => value(plan, text, depth, out),
        Unfold::Nothing | Unfold::Object(_) | Unfold::Array(_) => out.push(text),
    }
}

/// Writes what a string holds. One that holds no JSON stays: what is wrong with it is said when the record is read.
fn embedded(plan: &Unfold, text: &str, depth: usize, out: &mut Out) -> Result<(), Stop> {
    let string = Reader::of_text(text).decoded_string()?;
    if string.is_empty() {
        return out.push(NULL);
    }
    match whole_value(&string, depth) {
        Ok(held) => value(plan, held, depth, out),
        Err(_) => out.push(text),
    }
}

/// Returns the one value of a text. The limit on depth is that of the record around it.
fn whole_value(text: &str, depth: usize) -> Result<&str, JsonError> {
    let mut reader = Reader::inside(text, depth);
    let value = reader.skip()?;
    reader.end()?;
    Ok(value)
}
