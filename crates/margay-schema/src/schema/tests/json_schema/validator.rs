//! As much of JSON Schema, draft 7, as `docs/schema.json` uses. A keyword that is not known here is a panic, so that none is
//! passed over silently.

use regex::Regex;
use serde_json::Value;

/// Returns what `schema` has against a value, each with its place.
pub(super) fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Validator { root: schema }.check(schema, value, "", &mut found);
    found
}

struct Validator<'a> {
    root: &'a Value,
}

impl<'a> Validator<'a> {
    fn accepts(&self, schema: &'a Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.check(schema, value, "", &mut found);
        found.is_empty()
    }

    fn check(&self, schema: &'a Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let keywords = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return found.push(format!("{at}: is not allowed")),
            Value::Object(keywords) => keywords,
            _ => panic!("{schema} is no schema"),
        };
        if let Some(reference) = keywords.get("$ref") {
            assert_eq!(keywords.len(), 1, "what stands beside `$ref` is passed over: {schema}");
            let place = reference.as_str().unwrap().strip_prefix('#').unwrap();
            let target = self.root.pointer(place).unwrap_or_else(|| panic!("{place}"));
            return self.check(target, value, at, found);
        }
        for (keyword, argument) in keywords {
            let holds = match keyword.as_str() {
                "$schema" | "title" | "description" | "default" | "definitions" | "then" | "else" => true,
                "if" => {
                    let branch = if self.accepts(argument, value) { "then" } else { "else" };
                    if let Some(branch) = keywords.get(branch) {
                        self.check(branch, value, at, found);
                    }
                    true
                }
                "allOf" => {
                    for part in argument.as_array().unwrap() {
                        self.check(part, value, at, found);
                    }
                    true
                }
                "anyOf" => argument
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|part| self.accepts(part, value)),
                "not" => !self.accepts(argument, value),
                "const" => argument == value,
                "enum" => argument.as_array().unwrap().contains(value),
                "type" => is_of_type(argument, value),
                "properties"
                | "additionalProperties"
                | "propertyNames"
                | "required"
                | "minProperties"
                | "maxProperties" => self.object(keyword, argument, keywords, value, at, found),
                "items" | "minItems" | "maxItems" | "uniqueItems" => self.array(keyword, argument, value, at, found),
                _ => is_within(keyword, argument, value),
            };
            if !holds {
                found.push(format!("{at}: fails `{keyword}`: {argument}"));
            }
        }
    }

    fn object(
        &self,
        keyword: &str,
        argument: &'a Value,
        keywords: &'a serde_json::Map<String, Value>,
        value: &Value,
        at: &str,
        found: &mut Vec<String>,
    ) -> bool {
        let Value::Object(members) = value else { return true };
        let count = || usize::try_from(argument.as_u64().unwrap()).unwrap();
        match keyword {
            "required" => argument
                .as_array()
                .unwrap()
                .iter()
                .all(|key| members.contains_key(key.as_str().unwrap())),
            "minProperties" => members.len() >= count(),
            "maxProperties" => members.len() <= count(),
            "propertyNames" => members
                .keys()
                .all(|key| self.accepts(argument, &Value::String(key.clone()))),
            "properties" => {
                for (key, schema) in argument.as_object().unwrap() {
                    if let Some(member) = members.get(key) {
                        self.check(schema, member, &format!("{at}/{key}"), found);
                    }
                }
                true
            }
            _ => {
                for (key, member) in members {
                    let is_named = keywords.get("properties").is_some_and(|named| named.get(key).is_some());
                    if !is_named {
                        self.check(argument, member, &format!("{at}/{key}"), found);
                    }
                }
                true
            }
        }
    }

    fn array(&self, keyword: &str, argument: &'a Value, value: &Value, at: &str, found: &mut Vec<String>) -> bool {
        let Value::Array(items) = value else { return true };
        let count = || usize::try_from(argument.as_u64().unwrap()).unwrap();
        match keyword {
            "minItems" => items.len() >= count(),
            "maxItems" => items.len() <= count(),
            "uniqueItems" => items
                .iter()
                .enumerate()
                .all(|(index, item)| !items[..index].contains(item)),
            _ => {
                for (index, item) in items.iter().enumerate() {
                    self.check(argument, item, &format!("{at}/{index}"), found);
                }
                true
            }
        }
    }
}

fn is_of_type(argument: &Value, value: &Value) -> bool {
    let is = |word: &str| match word {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("`{word}` is no type here"),
    };
    match argument {
        Value::String(word) => is(word),
        Value::Array(words) => words.iter().any(|word| is(word.as_str().unwrap())),
        _ => panic!("{argument} is no type"),
    }
}

/// The keywords of strings and numbers, which hold for everything else.
fn is_within(keyword: &str, argument: &Value, value: &Value) -> bool {
    let length = |text: &str| text.chars().count() as u64;
    match (keyword, value) {
        ("pattern", Value::String(text)) => Regex::new(argument.as_str().unwrap()).unwrap().is_match(text),
        ("minLength", Value::String(text)) => length(text) >= argument.as_u64().unwrap(),
        ("maxLength", Value::String(text)) => length(text) <= argument.as_u64().unwrap(),
        ("minimum", Value::Number(number)) => number.as_f64() >= argument.as_f64(),
        ("maximum", Value::Number(number)) => number.as_f64() <= argument.as_f64(),
        ("pattern" | "minLength" | "maxLength" | "minimum" | "maximum", _) => true,
        _ => panic!("the keyword `{keyword}` is not known here"),
    }
}
