//! Values behind masks.

use sha2::{Digest, Sha256};

use super::{container, push_string, text_of};
use crate::normalise::reshape::{Elements, Out, Stop};
use crate::transformations::Mask;

/// Writes a value behind its mask: texts, and those in arrays. Null hides nothing, and an object does not fit the field.
pub(super) fn masked(mask: &Mask, value: &str, out: &mut Out) -> Result<(), Stop> {
    if value == "null" || value.starts_with('{') {
        return out.push(value);
    }
    if value.starts_with('[') {
        let mut is_first = true;
        out.push("[")?;
        let mut elements = Elements::of(value, 0)?;
        while let Some(element) = elements.next()? {
            out.begin(&mut is_first, None)?;
            masked(mask, element, out)?;
        }
        return out.push("]");
    }
    masked_whole(mask, value, out)
}

/// Returns whether a value is an object, or an array with anything in it but texts, numbers, booleans and null.
pub(super) fn has_containers(value: &str) -> Result<bool, Stop> {
    if !value.starts_with('[') {
        return Ok(container(value).is_some());
    }
    let mut elements = Elements::of(value, 0)?;
    while let Some(element) = elements.next()? {
        if container(element).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the mask's text in the place of a value of any kind but null.
pub(super) fn masked_whole(mask: &Mask, value: &str, out: &mut Out) -> Result<(), Stop> {
    if value == "null" {
        return out.push(value);
    }
    match mask {
        Mask::Redact { to } => push_string(to, out),
        Mask::Obfuscate { salt } => {
            let text = text_of(value)?;
            let digest = Sha256::new()
                .chain_update(salt)
                .chain_update(text.as_bytes())
                .finalize();
            push_string(&hexadecimal(&digest), out)
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
