//! JSON in a form that is equal for equal values: members by name, no blanks, numbers and texts as they were written.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Returns the canonical form; a text that is no JSON is its own.
///
/// Recursion ends with the value's nesting, which the JSON reader that made the value limits.
pub(super) fn canonical(text: &str) -> String {
    let mut canonical = String::with_capacity(text.len());
    if append(text, &mut canonical).is_ok() {
        canonical
    } else {
        text.to_owned()
    }
}

fn append(text: &str, to: &mut String) -> Result<(), serde_json::Error> {
    let text = text.trim();
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            to.push('{');
            for (name, value) in members {
                to.push_str(&serde_json::to_string(&name)?);
                to.push(':');
                append(value.get(), to)?;
                to.push(',');
            }
            to.push('}');
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            to.push('[');
            for element in elements {
                append(element.get(), to)?;
                to.push(',');
            }
            to.push(']');
        }
        Some(b'"') => to.push_str(&serde_json::to_string(&serde_json::from_str::<String>(text)?)?),
        _ => to.push_str(serde_json::from_str::<&RawValue>(text)?.get()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, is_same: bool) {
        assert_eq!(canonical(one) == canonical(other), is_same, "{one} {other}");
    }

    #[test]
    fn the_order_of_members_and_blanks_do_not_count() {
        check(r#"{"a": 1, "b": [true, null]}"#, r#"{"b":[true,null],"a":1}"#, true);
        check(r#"{"a": {"c": 1, "b": 2}}"#, r#"{"a": {"b": 2, "c": 1}}"#, true);
        check(r#""\u0061""#, r#""a""#, true);
    }

    #[test]
    fn everything_else_counts() {
        check("[1, 2]", "[2, 1]", false);
        check("12345678901234567890", "12345678901234567891", false);
        check(r#"{"a": 1}"#, r#"{"a": "1"}"#, false);
        check(r#"{"a": null}"#, "{}", false);
        check("{not JSON", "{not  JSON", false);
    }
}
