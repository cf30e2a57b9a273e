//! `docs/schema.json`, which editors check schemas with, says what the reader says: its keys and words are the reader's, it
//! accepts every schema that the reader accepts, and refuses what can be told from one place of the file.

use expect_test::expect;
use serde_json::Value;

use super::super::keys::{Form, PARSER_KINDS};
use super::super::problem::Problems;
use super::super::raw::TYPES;
use super::super::yaml::{self, Node, Tree};
use crate::indicator::Indicator;
use crate::limits::{CONCAT_PATH_COUNT_MAX, FIELD_NAME_BYTES_MAX, LOG_TYPE_BYTES, SPLIT_INDEX_MAX};
use crate::schema::{Schema, SchemaOptions, UnknownKeys};
use crate::time::TimeFormat;
use crate::validation::AddressFamily;

mod validator;

use validator::violations;

fn json_schema() -> Value {
    serde_json::from_str(include_str!("../../../../../docs/schema.json")).unwrap()
}

/// What the JSON Schema has against a text, or `None` if that is no YAML that we take.
fn violations_of(text: &str) -> Option<Vec<String>> {
    let root = yaml::parse(text, &mut Problems::new(UnknownKeys::Refuse))?;
    Some(violations(&json_schema(), &json_of(&root)))
}

/// A YAML node as an editor sees it.
fn json_of(node: &Node) -> Value {
    match &node.tree {
        Tree::Plain(_) if node.is_null() => Value::Null,
        Tree::Plain(text) => match text.as_str() {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            text => serde_json::from_str::<serde_json::Number>(text)
                .map_or_else(|_| Value::String(text.to_owned()), Value::Number),
        },
        Tree::Quoted(text) => Value::String(text.clone()),
        Tree::Sequence(items) => items.iter().map(|item| json_of(item)).collect(),
        Tree::Mapping(entries) => entries
            .iter()
            .map(|entry| (entry.key.clone(), json_of(&entry.value)))
            .collect(),
    }
}

/// Where the JSON Schema describes a mapping of the language.
fn place_of(form: Form) -> &'static str {
    match form {
        Form::Schema => "",
        Form::Parser => "/definitions/parser",
        Form::NativeParser => "/definitions/nativeParser",
        Form::CsvParser => "/definitions/csvParser",
        Form::FastmatchParser => "/definitions/fastmatchParser",
        Form::RegexParser => "/definitions/regexParser",
        Form::ScriptParser => "/definitions/scriptParser",
        Form::Field => "/definitions/field",
        Form::Value => "/definitions/value",
        Form::Validation => "/definitions/validate",
        Form::Rename => "/definitions/rename",
        Form::Copy => "/definitions/copy",
        Form::Concat => "/definitions/concat",
        Form::Split => "/definitions/split",
        Form::Mask => "/definitions/mask",
    }
}

fn sorted(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words
}

#[test]
fn the_json_schema_for_editors_has_the_keys_of_the_reader() {
    let json_schema = json_schema();
    let mut places = Vec::new();
    for form in Form::ALL {
        let place = place_of(form);
        let described = json_schema.pointer(place).unwrap();
        let keys = described["properties"].as_object().unwrap().keys();
        assert_eq!(
            sorted(keys.map(String::as_str).collect()),
            sorted(form.keys().to_vec()),
            "{}",
            form.name()
        );
        assert_eq!(described["additionalProperties"], Value::Bool(false), "{}", form.name());
        places.push(place);
    }
    // Whatever else has keys of its own would be a mapping that the reader does not know.
    for (name, described) in json_schema["definitions"].as_object().unwrap() {
        let is_form = places.contains(&format!("/definitions/{name}").as_str());
        assert_eq!(described.get("additionalProperties").is_some(), is_form, "{name}");
    }
}

#[test]
fn the_json_schema_has_the_words_of_the_language() {
    let json_schema = json_schema();
    let words = |place: &str| -> Vec<String> {
        let list = json_schema.pointer(place).unwrap_or_else(|| panic!("{place}"));
        list.as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(words("/definitions/type/enum"), TYPES);
    let indicators = Indicator::ALL.map(Indicator::name);
    assert_eq!(words("/definitions/indicators/items/enum"), indicators);
    assert_eq!(words("/definitions/timeFormat/anyOf/0/enum"), TimeFormat::NAMES);
    assert_eq!(words("/definitions/addressFamily/enum"), AddressFamily::NAMES);
    let kinds = json_schema["definitions"]["parser"]["properties"].as_object().unwrap();
    assert_eq!(
        sorted(kinds.keys().map(String::as_str).collect()),
        sorted(PARSER_KINDS.to_vec())
    );
    let number = |place: &str| json_schema.pointer(place).and_then(Value::as_u64).unwrap();
    assert_eq!(number("/properties/schema/minLength"), *LOG_TYPE_BYTES.start() as u64);
    assert_eq!(number("/properties/schema/maxLength"), *LOG_TYPE_BYTES.end() as u64);
    assert_eq!(
        number("/definitions/field/properties/name/maxLength"),
        FIELD_NAME_BYTES_MAX as u64
    );
    assert_eq!(
        number("/definitions/concat/properties/paths/maxItems"),
        CONCAT_PATH_COUNT_MAX as u64
    );
    assert_eq!(
        number("/definitions/split/properties/index/maximum"),
        SPLIT_INDEX_MAX as u64
    );
}

/// The files of a folder of the repository that end so.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| name.ends_with(ending) && !name.ends_with("_tests.yml"))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

#[test]
fn the_json_schema_accepts_what_the_reader_accepts() {
    for (folder, ending) in [
        ("fixtures/valid", ".yaml"),
        ("fixtures/parsers", ".yml"),
        ("fixtures/infer", ".yml"),
        ("../../content/asana", ".yml"),
    ] {
        for (name, text) in files(folder, ending) {
            assert_eq!(violations_of(&text), Some(Vec::new()), "{folder}/{name}");
        }
    }
}

#[test]
fn the_json_schema_refuses_what_can_be_seen_from_one_place() {
    let mut accepted = Vec::new();
    for (name, text) in files("fixtures/invalid", ".yaml") {
        if violations_of(&text).is_some_and(|violations| violations.is_empty()) {
            accepted.push(name);
        }
    }
    // These are wrong as a whole: names, references, sizes, and what stands inside a text. A list that grows is a gap.
    expect![[r#"
        definition_bomb.yaml
        definition_cycle.yaml
        field_renames.yaml
        parser_of_another_log_type.yaml
        parser_regex_too_large.yaml
        parser_script.yaml
        parser_script_after_empty_lines.yaml
        parser_script_quoted.yaml
        schema_keys_given_twice.yaml
    "#]]
    .assert_eq(&(accepted.join("\n") + "\n"));
}

/// Attributes of fields, each as it is right by itself.
const ATTRIBUTES: [(&str, &str); 18] = [
    ("required", "true"),
    ("description", "x"),
    ("fields", "[{name: b, type: int}]"),
    ("element", "{type: string}"),
    ("target", "Thing"),
    ("indicators", "[ip]"),
    ("timeFormat", "unix"),
    ("timeFormats", "[unix, '%Y-%m-%d']"),
    ("isEventTime", "true"),
    ("isExpiration", "true"),
    ("isEmbeddedJSON", "true"),
    ("validate", "{allow: [x]}"),
    ("rename", "{from: z}"),
    ("copy", "{from: z}"),
    ("concat", "{paths: [z]}"),
    ("split", "{from: z, separator: ':', index: 0}"),
    ("mask", "{type: redact}"),
    ("colour", "red"),
];

/// Reader and JSON Schema are asked about one text.
fn check_agreement(text: &str) {
    let options = SchemaOptions {
        unknown_keys: UnknownKeys::Refuse,
        natives: &[],
    };
    let read = Schema::from_yaml_with(text, &options);
    let violations = violations_of(text).unwrap_or_else(|| panic!("no YAML: {text}"));
    assert_eq!(
        read.is_ok(),
        violations.is_empty(),
        "{text}\nthe reader says {:?}, the JSON Schema {violations:?}",
        read.err().map(|error| error.to_string())
    );
}

#[test]
fn reader_and_json_schema_agree_about_the_attributes_of_every_type() {
    let known: Vec<&str> = ATTRIBUTES.iter().map(|(key, _)| *key).collect();
    for key in Form::Field.keys() {
        assert!(
            ["name", "type"].contains(key) || known.contains(key),
            "`{key}` is not tried"
        );
    }
    for word in TYPES.iter().chain(&["strin"]) {
        let part = match *word {
            "object" => ", fields: [{name: b, type: int}]",
            "array" => ", element: {type: string}",
            "ref" => ", target: Thing",
            _ => "",
        };
        let field = |more: &str| {
            format!(
                "schema: Custom.Test\ndefinitions: {{Thing: {{type: string}}}}\nfields: [{{name: a, type: {word}{more}}}]"
            )
        };
        check_agreement(&field(""));
        check_agreement(&field(part));
        for (key, value) in ATTRIBUTES {
            if !part.contains(&format!(", {key}:")) {
                check_agreement(&field(&format!("{part}, {key}: {value}")));
            }
            // As an attribute of an element, where those of fields have no place.
            if !part.contains(&format!(", {key}:")) && *word != "strin" {
                let element = format!("{{type: {word}{part}, {key}: {value}}}");
                check_agreement(&format!(
                    "schema: Custom.Test\ndefinitions: {{Thing: {{type: string}}}}\n\
                     fields: [{{name: a, type: array, element: {element}}}]"
                ));
            }
        }
    }
}

#[test]
fn reader_and_json_schema_agree_about_the_top_and_parsers() {
    for top in [
        "version: 0",
        "version: 1",
        "version: '0'",
        "description: 5",
        "description: [x]",
        "referenceURL: https://example.com/x",
        "referenceURL: example.com",
        "referenceURL: https://example.com/x y",
        "fieldDiscoveryEnabled: true",
        "fieldDiscoveryEnabled: 'true'",
        "fieldDiscoveryEnabled: yes",
        "definitions: {Thing: {type: string}}",
        "definitions: {thing: {type: string}}",
        "definitions: {T: {type: string}}",
        "definitions: {Thing: {name: x, type: string}}",
        "definitions: [Thing]",
        "parser: {}",
        "parser: {native: {name: Custom.Test}}",
        "parser: {native: {}}",
        "parser: {native: {name: Custom.Test}, csv: {columns: [a]}}",
        "parser: {xml: {}}",
        "parser: {csv: {columns: [a]}}",
        "parser: {csv: {columns: []}}",
        "parser: {csv: {columns: [a, '', 5]}}",
        "parser: {csv: {}}",
        "parser: {csv: {hasHeader: false}}",
        "parser: {csv: {hasHeader: true}}",
        "parser: {csv: {columns: [a], delimiter: ';'}}",
        "parser: {csv: {columns: [a], delimiter: ''}}",
        "parser: {csv: {columns: [a], delimiter: '::'}}",
        "parser: {csv: {columns: [a], emptyValues: ['-', 0]}}",
        "parser: {csv: {columns: [a], emptyValues: x}}",
        "parser: {csv: {columns: [a], trimSpace: true, skipPrefix: '#', expandFields: {a: 'x%{a}'}}}",
        "parser: {csv: {columns: [a], skipPrefix: ''}}",
        "parser: {csv: {columns: [a], expandFields: [x]}}",
        "parser: {fastmatch: {match: ['%{a} x']}}",
        "parser: {fastmatch: {match: []}}",
        "parser: {fastmatch: {match: x}}",
        "parser: {fastmatch: {}}",
        "parser: {regex: {match: ['(?P<a>x)']}}",
        "parser: {regex: {match: ['%{X1:a}'], patternDefinitions: {X1: x}}}",
        "parser: {regex: {match: ['(?P<a>x)'], patternDefinitions: {x1: x}}}",
        "parser: {regex: {match: ['(?P<a>x)'], columns: [a]}}",
        "parser: {script: {}}",
        "parser: {script: {function: 'def parse(log): return {\"a\": log}'}}",
    ] {
        check_agreement(&format!(
            "schema: Custom.Test\n{top}\nfields: [{{name: a, type: string}}]"
        ));
    }
}

#[test]
fn reader_and_json_schema_agree_about_values() {
    for field in [
        "name: a",
        "type: string",
        "name: '', type: string",
        "name: 5, type: string",
        "name: a, type: string, required: 1",
        "name: a, type: string, indicators: []",
        "name: a, type: string, indicators: [ip, ip]",
        "name: a, type: string, indicators: [ipp]",
        "name: a, type: string, indicators: ip",
        "name: a, type: timestamp, timeFormat: rfc3339, timeFormats: [unix]",
        "name: a, type: timestamp, timeFormat: rfc",
        "name: a, type: timestamp, timeFormats: []",
        "name: a, type: timestamp, timeFormats: [unix, unix]",
        "name: a, type: object, fields: []",
        "name: a, type: object, fields: {name: b, type: int}",
        "name: a, type: array, element: string",
        "name: a, type: string, validate: {}",
        "name: a, type: string, validate: {allow: []}",
        "name: a, type: string, validate: {allow: [1, true, x]}",
        "name: a, type: string, validate: {denyContains: [x]}",
        "name: a, type: string, validate: {ip: any}",
        "name: a, type: string, validate: {ip: v4}",
        "name: a, type: string, validate: {ip: any, cidr: any}",
        "name: a, type: string, rename: {}",
        "name: a, type: string, rename: z",
        "name: a, type: string, copy: {to: z}",
        "name: a, type: string, concat: {separator: x}",
        "name: a, type: string, concat: {paths: []}",
        "name: a, type: string, split: {from: z, separator: '', index: 0}",
        "name: a, type: string, split: {from: z, separator: x, index: -1}",
        "name: a, type: string, split: {from: z, separator: x, index: 10000}",
        "name: a, type: string, split: {from: z, separator: x, index: 10001}",
        "name: a, type: string, split: {from: z, separator: x, index: '1'}",
        "name: a, type: string, mask: {type: hide}",
        "name: a, type: string, mask: {type: redact, salt: x}",
        "name: a, type: string, mask: {type: obfuscate, to: x}",
        "name: a, type: string, mask: {type: obfuscate, salt: x}",
        "name: a, type: json, isEmbeddedJSON: true, copy: {from: z}",
        "name: a, type: json, isEmbeddedJSON: true, concat: {paths: [z]}",
    ] {
        check_agreement(&format!("schema: Custom.Test\nfields: [{{{field}}}]"));
    }
}

#[test]
fn reader_and_json_schema_agree_about_names_and_what_must_be_there() {
    for name in [
        "Custom.Test",
        "A1",
        "A1b",
        "custom.Test",
        "Custom..Test",
        "Custom.A.B.C.D.E.F",
        "Custom.A.B.C.D.E.F.G",
        "5",
    ] {
        check_agreement(&format!("schema: {name}\nfields: [{{name: a, type: string}}]"));
    }
    check_agreement("fields: [{name: a, type: string}]");
    check_agreement("schema: Custom.Test");
    check_agreement("- a list");
}
