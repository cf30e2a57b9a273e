//! One text for every way to write the same JSON value: keys sorted, no blanks, strings in their shortest escape.
//!
//! Numbers keep their text: 1.0 and 1 are different, and 64-bit ids stay exact. A key that occurs twice stays twice.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Below this depth a value is taken as written. Each level reads its text again, so the depth bounds the work; audit
/// events nest four deep.
const DEPTH_MAX: usize = 16;

/// Returns the canonical text of `json`, which must be valid JSON.
pub(super) fn canonical(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    write_value(json, 0, &mut text);
    text
}

fn write_value(json: &str, depth: usize, text: &mut String) {
    let is_written = match json.as_bytes().first() {
        Some(b'{') if depth < DEPTH_MAX => write_object(json, depth, text),
        Some(b'[') if depth < DEPTH_MAX => write_array(json, depth, text),
        Some(b'"') => write_string(json, text),
        _ => None,
    };
    // Numbers and names; and what is valid JSON but no text, such as half a surrogate pair.
    if is_written.is_none() {
        text.push_str(json);
    }
}

fn write_string(json: &str, text: &mut String) -> Option<()> {
    let value = serde_json::from_str::<String>(json).ok()?;
    text.push_str(&serde_json::to_string(&value).ok()?);
    Some(())
}

fn write_array(json: &str, depth: usize, text: &mut String) -> Option<()> {
    let items = serde_json::from_str::<Vec<&RawValue>>(json).ok()?;
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        write_value(item.get(), depth + 1, text);
    }
    text.push(']');
    Some(())
}

fn write_object(json: &str, depth: usize, text: &mut String) -> Option<()> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut members = deserializer.deserialize_map(Members).ok()?;
    // Stable: equal keys keep their order.
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    text.push('{');
    for (index, (key, value)) in members.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        text.push_str(&serde_json::to_string(key).ok()?);
        text.push(':');
        write_value(value.get(), depth + 1, text);
    }
    text.push('}');
    Some(())
}

/// All members in order, where a map would drop the first of two equal keys.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
