//! `docs/schema.json`, the language for editors, made from the reader's own tables: `UPDATE_EXPECT=1 cargo nextest run -p
//! margay-schema json_schema` writes it anew.

use std::path::Path;

use expect_test::expect_file;
use serde_json::{Map, Value, json};

use super::super::raw::TYPES;
use super::{Form, PARSER_KINDS};
use crate::indicator::Indicator;
use crate::limits::{
    DESCRIPTION_BYTES_MAX, FIELD_NAME_BYTES_MAX, LOG_TYPE_BYTES, LOG_TYPE_PARTS_MAX, TIME_FORMAT_BYTES_MAX,
    TIME_FORMAT_COUNT_MAX,
};
use crate::time::TimeFormat;

#[test]
fn the_json_schema_for_editors_has_the_keys_of_the_reader() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema.json");
    expect_file![path].assert_eq(&format!("{:#}\n", json_schema()));
}

fn json_schema() -> Value {
    let mut root = object(Form::Schema, &["schema", "fields"]);
    let members = root.as_object_mut().unwrap();
    members.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    members.insert("title".to_owned(), json!("Margay log schema"));
    members.insert(
        "definitions".to_owned(),
        json!({
            "field": value(Form::Field, &["name", "type"]),
            "value": value(Form::Value, &["type"]),
            "texts": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "templates": {"type": "object", "additionalProperties": {"type": "string"}},
            "path": {"type": "string", "minLength": 1, "description": "Keys from the top of the event, joined by dots."},
        }),
    );
    root
}

/// A mapping with the keys of its form and no others.
fn object(form: Form, required: &[&str]) -> Value {
    let properties: Map<String, Value> = form
        .keys()
        .iter()
        .map(|key| ((*key).to_owned(), property(form, key)))
        .collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A field or a value: some types need a key of their own.
fn value(form: Form, required: &[&str]) -> Value {
    let mut value = object(form, required);
    let needs = [("object", "fields"), ("array", "element"), ("ref", "target")].map(|(name, key)| {
        json!({
            "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"required": [key]},
        })
    });
    value.as_object_mut().unwrap().insert("allOf".to_owned(), json!(needs));
    value
}

/// What a key of a form holds.
///
/// # Panics
/// If the language has gained a key that is not described here.
fn property(form: Form, key: &str) -> Value {
    match (form, key) {
        (Form::Schema, _) => of_schema(key),
        (Form::Parser, _) => of_parser(key),
        (Form::Field | Form::Value, _) => of_value(key),
        (Form::NativeParser, "name") => text("The name of a built-in schema."),
        (Form::ScriptParser, "function") => text("Starlark: `def parse(log):` returns a dict."),
        (Form::CsvParser | Form::FastmatchParser | Form::RegexParser, _) => of_text_parser(form, key),
        (Form::Validation, "ip" | "cidr") => json!({"enum": ["any", "ipv4", "ipv6"]}),
        (Form::Validation, "allow" | "deny" | "allowContains" | "denyContains") => reference("texts"),
        (Form::Rename, "from") => text("A key of the same object."),
        (Form::Copy | Form::Split, "from") => reference("path"),
        (Form::Concat, "paths") => json!({"type": "array", "items": {"$ref": "#/definitions/path"}, "minItems": 1}),
        (Form::Concat, "separator") => json!({"type": "string"}),
        (Form::Split, "separator") => json!({"type": "string", "minLength": 1}),
        (Form::Split, "index") => json!({"type": "integer", "minimum": 0}),
        (Form::Mask, "type") => json!({"enum": ["obfuscate", "redact"]}),
        (Form::Mask, "salt") => text("For `obfuscate`: hashed before the value."),
        (Form::Mask, "to") => text("For `redact`: what stands in the value's place."),
        (form, key) => panic!("describe `{key}` of {}", form.name()),
    }
}

fn of_schema(key: &str) -> Value {
    let parts = LOG_TYPE_PARTS_MAX - 1;
    match key {
        "schema" => json!({
            "type": "string",
            "pattern": format!("^[A-Z][A-Za-z0-9]*(\\.[A-Z][A-Za-z0-9]*){{0,{parts}}}$"),
            "minLength": LOG_TYPE_BYTES.start(),
            "maxLength": LOG_TYPE_BYTES.end(),
        }),
        "version" => json!({"const": 0}),
        "description" => json!({"type": "string", "maxLength": DESCRIPTION_BYTES_MAX}),
        "referenceURL" => json!({"type": "string", "format": "uri", "pattern": "^https?://"}),
        "fieldDiscoveryEnabled" => json!({"type": "boolean"}),
        "parser" => {
            let mut parser = object(Form::Parser, &[]);
            let members = parser.as_object_mut().unwrap();
            members.insert("minProperties".to_owned(), json!(1));
            members.insert("maxProperties".to_owned(), json!(1));
            parser
        }
        "definitions" => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z][A-Za-z0-9]+$"},
            "additionalProperties": {"$ref": "#/definitions/value"},
        }),
        "fields" => fields(),
        _ => panic!("describe `{key}` of a schema"),
    }
}

fn of_parser(kind: &str) -> Value {
    assert!(PARSER_KINDS.contains(&kind));
    match kind {
        "csv" => object(Form::CsvParser, &[]),
        "fastmatch" => object(Form::FastmatchParser, &["match"]),
        "regex" => object(Form::RegexParser, &["match"]),
        "script" => object(Form::ScriptParser, &["function"]),
        "native" => object(Form::NativeParser, &["name"]),
        _ => panic!("describe the parser `{kind}`"),
    }
}

fn of_text_parser(form: Form, key: &str) -> Value {
    match key {
        "match" => reference("texts"),
        "delimiter" => json!({"type": "string", "minLength": 1}),
        "hasHeader" | "trimSpace" => json!({"type": "boolean"}),
        "columns" => json!({"type": "array", "items": {"type": "string"}, "minItems": 1}),
        "emptyValues" => json!({"type": "array", "items": {"type": "string"}}),
        "expandFields" => reference("templates"),
        "patternDefinitions" => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z][A-Z0-9_]*$"},
            "additionalProperties": {"type": "string"},
        }),
        "skipPrefix" => text("Lines that start so are no records."),
        _ => panic!("describe `{key}` of {}", form.name()),
    }
}

fn of_value(key: &str) -> Value {
    match key {
        "name" => json!({"type": "string", "minLength": 1, "maxLength": FIELD_NAME_BYTES_MAX}),
        "required" | "isEventTime" | "isExpiration" | "isEmbeddedJSON" => json!({"type": "boolean"}),
        "description" => json!({"type": "string", "maxLength": DESCRIPTION_BYTES_MAX}),
        "type" => json!({"enum": TYPES}),
        "fields" => fields(),
        "element" => reference("value"),
        "target" => text("The name of a definition."),
        "indicators" => {
            let names: Vec<&str> = Indicator::ALL.iter().map(|indicator| indicator.name()).collect();
            json!({"type": "array", "items": {"enum": names}, "minItems": 1, "uniqueItems": true})
        }
        "timeFormat" => time_format(),
        "timeFormats" => {
            json!({"type": "array", "items": time_format(), "minItems": 1, "maxItems": TIME_FORMAT_COUNT_MAX})
        }
        "validate" => object(Form::Validation, &[]),
        "rename" => object(Form::Rename, &["from"]),
        "copy" => object(Form::Copy, &["from"]),
        "concat" => object(Form::Concat, &["paths"]),
        "split" => object(Form::Split, &["from", "separator", "index"]),
        "mask" => object(Form::Mask, &["type"]),
        _ => panic!("describe `{key}` of a field"),
    }
}

fn fields() -> Value {
    json!({"type": "array", "items": {"$ref": "#/definitions/field"}, "minItems": 1})
}

fn time_format() -> Value {
    json!({"anyOf": [
        {"enum": TimeFormat::NAMES},
        {"type": "string", "pattern": "%", "maxLength": TIME_FORMAT_BYTES_MAX},
    ]})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}
