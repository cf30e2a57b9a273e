use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::limits::{
    CONCAT_PATH_COUNT_MAX, DEFINITION_COUNT_MAX, DESCRIPTION_BYTES_MAX, FIELD_COUNT_MAX, FIELD_NAME_BYTES_MAX,
    SCHEMA_BYTES_MAX, SCHEMA_PROBLEM_COUNT_MAX, VALIDATION_PART_COUNT_MAX, VALIDATION_TEXT_BYTES_MAX,
    VALIDATION_TEXT_COUNT_MAX, VALUE_DEPTH_MAX,
};

mod json_schema;

/// What a schema says, or what is wrong with it. (`fixtures/invalid` has one file for each way to be wrong.)
fn check(text: &str, expected: Expect) {
    let shown = match Schema::from_yaml(text) {
        Ok(schema) => format!("{:#?}", schema.fields()),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&shown);
}

fn with_fields(fields: &str) -> String {
    format!("schema: Custom.Test\nfields:\n{fields}")
}

#[test]
fn the_top_of_a_schema_is_kept() {
    let schema = Schema::from_yaml(
        "schema: Custom.Test\nversion: 0\ndescription: What it is.\nreferenceURL: https://example.com/x\n\
         fieldDiscoveryEnabled: true\nfields: [{name: a, type: string}]",
    )
    .unwrap();
    assert_eq!(schema.log_type().as_str(), "Custom.Test");
    assert_eq!(schema.description(), Some("What it is."));
    assert_eq!(schema.reference_url(), Some("https://example.com/x"));
    assert!(schema.is_field_discovery_enabled());
    let bare = Schema::from_yaml(&with_fields("  - {name: a, type: string}")).unwrap();
    assert_eq!((bare.description(), bare.reference_url()), (None, None));
    assert!(!bare.is_field_discovery_enabled());
}

#[test]
fn fields_keep_order_and_attributes() {
    check(
        &with_fields(
            "
  - name: z
    type: timestamp
    timeFormats: [unix, '%Y-%m-%d']
    isEventTime: true
  - name: a
    required: true
    description: First.
    type: string
    indicators: [ip, domain]",
        ),
        expect![[r#"
            [
                Field {
                    name: "z",
                    required: false,
                    description: None,
                    value: Timestamp {
                        formats: [
                            Unix,
                            Strftime(
                                Pattern(
                                    "%Y-%m-%d",
                                ),
                            ),
                        ],
                        is_event_time: true,
                        is_expiration: false,
                    },
                    transformations: Transformations {
                        rename: None,
                        copy: None,
                        concat: None,
                        split: None,
                        mask: None,
                    },
                },
                Field {
                    name: "a",
                    required: true,
                    description: Some(
                        "First.",
                    ),
                    value: String {
                        indicators: [
                            Ip,
                            Domain,
                        ],
                        validation: None,
                    },
                    transformations: Transformations {
                        rename: None,
                        copy: None,
                        concat: None,
                        split: None,
                        mask: None,
                    },
                },
            ]"#]],
    );
}

#[test]
fn references_are_replaced() {
    let schema = Schema::from_yaml(
        "schema: Custom.Test\ndefinitions:\n  Word: {type: string}\n  Words: {type: array, element: {type: ref, target: Word}}\n\
         fields:\n  - {name: a, type: ref, target: Words}",
    )
    .unwrap();
    let word = ValueType::String {
        indicators: Vec::new(),
        validation: None,
    };
    assert_eq!(schema.fields()[0].value, ValueType::Array(Box::new(word)));
}

#[test]
fn limits_are_kept() {
    let name = "n".repeat(FIELD_NAME_BYTES_MAX);
    assert!(Schema::from_yaml(&with_fields(&format!("  - {{name: {name}, type: int}}"))).is_ok());
    check(
        &with_fields(&format!("  - {{name: {name}n, type: int}}")),
        expect!["3:12: fields[0]: `name` has at most 255 bytes, this has 256"],
    );

    let description = "d".repeat(DESCRIPTION_BYTES_MAX + 1);
    check(
        &with_fields(&format!("  - {{name: a, type: int, description: {description}}}")),
        expect!["3:39: a: `description` has at most 4096 bytes, this has 4097"],
    );

    let many = |count: usize| {
        (0..count)
            .map(|i| format!("  - {{name: f{i}, type: int}}\n"))
            .collect::<String>()
    };
    assert!(Schema::from_yaml(&with_fields(&many(FIELD_COUNT_MAX))).is_ok());
    check(
        &with_fields(&many(FIELD_COUNT_MAX + 1)),
        expect!["2:1: the schema has 2001 fields at all depths, more than 2000"],
    );

    let definitions: String = (0..=DEFINITION_COUNT_MAX)
        .map(|i| format!("  D{i}: {{type: int}}\n"))
        .collect();
    check(
        &format!("definitions:\n{definitions}{}", with_fields("  - {name: a, type: int}")),
        expect!["1:1: definitions: a schema has at most 500 definitions"],
    );

    check(
        &" ".repeat(SCHEMA_BYTES_MAX + 1),
        expect!["a schema has at most 1048576 bytes, this one has 1048577"],
    );
}

#[test]
fn attributes_are_limited() {
    let numbers = |count: usize| (0..count).map(|i| format!("v{i}")).collect::<Vec<_>>().join(", ");
    let long = "x".repeat(VALIDATION_TEXT_BYTES_MAX + 1);
    for key in ["allow", "deny"] {
        let field = |count: usize| {
            with_fields(&format!(
                "  - {{name: a, type: string, validate: {{{key}: [{}]}}}}",
                numbers(count)
            ))
        };
        assert!(Schema::from_yaml(&field(VALIDATION_TEXT_COUNT_MAX)).is_ok());
        assert!(Schema::from_yaml(&field(VALIDATION_TEXT_COUNT_MAX + 1)).is_err());
    }
    check(
        &with_fields(&format!(
            "  - {{name: a, type: string, validate: {{allowContains: [{}], deny: [{long}]}}}}
  - {{name: b, type: string, concat: {{paths: [{}], separator: {long}}}}}
  - {{name: c, type: string, copy: {{from: {long}}}}}
  - {{name: d, type: string, mask: {{type: obfuscate, salt: {long}}}}}
  - {{name: e, type: string, rename: {{from: {long}}}}}",
            numbers(VALIDATION_PART_COUNT_MAX + 1),
            numbers(CONCAT_PATH_COUNT_MAX + 1),
        )),
        expect![[r#"
            3:55: a: `allowContains` has at most 100 items, this has 101
            3:560: a: an item of `deny` has at most 1024 bytes
            4:45: b: `paths` has at most 32 items, this has 33
            4:213: b: `separator` has at most 1024 bytes, this has 1025
            5:42: c: `from` has at most 1024 bytes, this has 1025
            6:59: d: `salt` has at most 1024 bytes, this has 1025
            7:44: e: `from` has at most 255 bytes, this has 1025"#]],
    );
}

#[test]
fn depth_is_limited_with_and_without_references() {
    let nested = |depth: usize| "{type: array, element: ".repeat(depth) + "{type: int}" + &"}".repeat(depth);
    let field = |depth: usize| with_fields(&format!("  - {}", nested(depth).replacen('{', "{name: a, ", 1)));
    assert!(Schema::from_yaml(&field(VALUE_DEPTH_MAX)).is_ok());
    check(
        &field(VALUE_DEPTH_MAX + 1),
        expect!["3:1486: a: more than 64 objects, arrays and references inside each other"],
    );
    check(
        &field(1_000),
        expect!["3:3074: more than 136 lists and mappings inside each other"],
    );

    let half = VALUE_DEPTH_MAX / 2;
    let inner = nested(half);
    let outer = nested(half).replace("{type: int}", "{type: ref, target: Inner}");
    let text = format!(
        "definitions:\n  Inner: {inner}\n  Outer: {outer}\n{}",
        with_fields("  - {name: a, type: ref, target: Outer}")
    );
    check(
        &text,
        expect![["
        3:766: definitions: more than 64 objects, arrays and references inside each other
        6:34: a: more than 64 objects, arrays and references inside each other"]],
    );

    // A long chain of references, in the worst order for whoever follows it without looking at the depth.
    let chain: String = (0..400)
        .map(|i| format!("  D{i}: {{type: ref, target: D{}}}\n", i + 1))
        .collect();
    let text = format!(
        "definitions:\n{chain}  D400: {{type: int}}\n{}",
        with_fields("  - {name: a, type: ref, target: D0}")
    );
    assert!(Schema::from_yaml(&text).is_err());
}

#[test]
fn at_most_so_many_problems_are_shown() {
    let fields: String = (0..SCHEMA_PROBLEM_COUNT_MAX + 7)
        .map(|i| format!("  - {{name: f{i}, type: nonsense}}\n"))
        .collect();
    let error = Schema::from_yaml(&with_fields(&fields)).unwrap_err();
    assert_eq!(error.problems.len(), SCHEMA_PROBLEM_COUNT_MAX + 1);
    assert_eq!(error.problems.last().unwrap().message, "and 7 more problems");
}

/// Reads a schema with unknown keys as warnings and one built-in schema beside its own.
fn check_lenient(text: &str, expected: Expect) {
    let options = SchemaOptions {
        unknown_keys: UnknownKeys::Warn,
        natives: &["Okta.SystemLog"],
    };
    let lines = |problems: &[SchemaProblem]| {
        problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect::<String>()
    };
    let shown = match Schema::from_yaml_with(text, &options) {
        Ok(checked) => format!("accepted\n{}", lines(&checked.warnings)),
        Err(error) => format!("{}but also\n{}", lines(&error.problems), lines(&error.warnings)),
    };
    expected.assert_eq(&shown);
}

#[test]
fn unknown_keys_are_errors_or_warnings_as_the_reader_chooses() {
    let text = "schema: Custom.Test\nverson: 0\nparser: {native: {name: Custom.Test, speed: 1}}\n\
                definitions: {Word: {type: string, requird: true}}\n\
                fields:\n  - {name: a, type: array, element: {type: string, colour: red}}";
    check(
        text,
        expect![[r#"
            2:1: a schema has no key `verson`
              hint: did you mean `version`?
            3:38: parser.native: a native parser has no key `speed`
            4:36: definitions.Word: a value has no key `requird`
            6:52: a[]: a value has no key `colour`"#]],
    );
    check_lenient(
        text,
        expect![[r#"
            accepted
            2:1: a schema has no key `verson`
              hint: did you mean `version`?
            3:38: parser.native: a native parser has no key `speed`
            4:36: definitions.Word: a value has no key `requird`
            6:52: a[]: a value has no key `colour`
        "#]],
    );
}

#[test]
fn a_lenient_reader_still_refuses_what_would_change_the_meaning() {
    check_lenient(
        "schema: Custom.Test\nfields:\n  - &a {name: a, type: string, color: red}\n  - {<<: *a, name: b}\n  - {name: c, type: strin}",
        expect![[r#"
            4:5: b: a value needs a `type`
            4:6: b: merging mappings with `<<` is not supported
              hint: give shared parts a name under `definitions` and use them with `type: ref`
            5:21: c: there is no type `strin`
              hint: did you mean `string`?
            but also
            3:32: a: a field has no key `color`
        "#]],
    );
}

#[test]
fn a_native_parser_has_the_name_of_a_built_in_schema_or_its_own() {
    let with_native =
        |name: &str| with_fields("  - {name: a, type: string}") + &format!("\nparser: {{native: {{name: {name}}}}}");
    check_lenient(&with_native("Custom.Test"), expect![["accepted\n"]]);
    check_lenient(&with_native("Okta.SystemLog"), expect![["accepted\n"]]);
    check_lenient(
        &with_native("Okta.SystemLogs"),
        expect![[r#"
        4:25: parser.native: there is no built-in schema `Okta.SystemLogs`, nor is it this schema's name
          hint: did you mean `Okta.SystemLog`?
        but also
    "#]],
    );
    check_lenient(
        &with_native("Zebra.Log"),
        expect![[r#"
        4:25: parser.native: there is no built-in schema `Zebra.Log`, nor is it this schema's name
          hint: records that are JSON need no `parser` at all
        but also
    "#]],
    );
    assert!(Schema::from_yaml(&with_native("Custom.Test")).is_ok());
    assert!(Schema::from_yaml(&with_native("Okta.SystemLog")).is_err());
}

#[test]
fn what_is_legal_but_hardly_meant_is_a_warning_in_every_mode() {
    let fields = "
  - {name: a, type: string, validate: {allow: [x, y, x], deny: [z]}}
  - {name: b, type: string, validate: {allow: [x, log], denyContains: [lo]}}
  - {name: c, type: string, validate: {allowContains: [error, warn], denyContains: [err]}}
  - {name: d, type: string, mask: {type: obfuscate}}";
    check_lenient(
        &with_fields(fields),
        expect![[r#"
        accepted
        4:54: a: `allow` has this item already
        4:58: a: `deny` has no effect beside `allow`, which says everything that may come
        5:51: b: this item never passes: another rule refuses it
        6:56: c: this item never helps: it contains what `denyContains` refuses
        7:42: d: without a `salt`, whoever guesses a value can tell that the guess was right
          hint: give a long random text as `salt`
    "#]],
    );
    let strict = Schema::from_yaml_with(&with_fields(fields), &SchemaOptions::default()).unwrap();
    assert_eq!(strict.warnings.len(), 5);
    let error = Schema::from_yaml(&with_fields(&(fields.to_owned() + "\n  - {name: e, type: strin}"))).unwrap_err();
    assert_eq!((error.problems.len(), error.warnings.len()), (1, 5));
}

#[test]
fn a_masked_value_that_stays_readable_is_a_warning() {
    check_lenient(
        "schema: Custom.Test
definitions:
  Person:
    type: object
    fields:
      - {name: pin, type: string, mask: {type: redact}}
      - {name: alias, type: string, copy: {from: owner.pin}}
fields:
  - {name: owner, type: ref, target: Person}
  - {name: people, type: array, element: {type: ref, target: Person}}
  - {name: a, type: string, copy: {from: secret}, mask: {type: redact}}
  - {name: b, type: string, concat: {paths: [c, owner.pin, people.0.pin, people.0.alias]}, mask: {type: redact}}
  - {name: c, type: string, mask: {type: redact}}
  - {name: d, type: json, copy: {from: owner}}
  - {name: e, type: string, split: {from: people.3.pin, separator: x, index: 0}}
  - {name: f, type: string, rename: {from: old}, mask: {type: redact}}
  - {name: g, type: string, copy: {from: old}}
  - {name: h, type: string, copy: {from: owner.alias}}",
        expect![[r#"
            accepted
            7:50: definitions.Person.alias: `owner.pin` is masked, but only after it has been read for this field
              hint: masks come last; this field needs one too
            11:42: a: the value is masked here but stays readable at `secret`
            12:74: b: the value is masked here but stays readable at `people.0.alias`
            14:40: d: `owner` is masked, but only after it has been read for this field
              hint: masks come last; this field needs one too
            15:43: e: `people.3.pin` is masked, but only after it has been read for this field
              hint: masks come last; this field needs one too
            17:42: g: `old` is renamed before it is looked for here
              hint: its key is then `f`
        "#]],
    );
}

#[test]
fn at_most_so_many_warnings_are_shown() {
    let keys: String = (0..SCHEMA_PROBLEM_COUNT_MAX + 7)
        .map(|i| format!("x{i}: 1\n"))
        .collect();
    let options = SchemaOptions {
        unknown_keys: UnknownKeys::Warn,
        ..SchemaOptions::default()
    };
    let checked = Schema::from_yaml_with(&(keys + &with_fields("  - {name: a, type: int}")), &options).unwrap();
    assert_eq!(checked.warnings.len(), SCHEMA_PROBLEM_COUNT_MAX + 1);
    assert_eq!(checked.warnings.last().unwrap().message, "and 7 more warnings");
}

#[test]
fn hints_name_the_nearest_word() {
    let known = ["string", "smallint", "int", "timestamp", "isEventTime"];
    for (word, hint) in [
        ("strin", Some("string")),
        ("String", Some("string")),
        ("tsring", Some("string")),
        ("itn", Some("int")),
        ("iseventtime", Some("isEventTime")),
        ("timestmap", Some("timestamp")),
        ("zebra", None),
        ("", None),
    ] {
        let expected = hint.map(|hint| format!("did you mean `{hint}`?"));
        assert_eq!(hint::did_you_mean(word, &known), expected, "{word}");
    }
}

const EVERYTHING: &str = include_str!("../../fixtures/valid/every_type.yaml");

proptest! {
    #[test]
    fn no_text_panics(text: String) {
        let _checked = Schema::from_yaml(&text);
    }

    #[test]
    fn no_yaml_like_text_panics(text in "([a-z]{1,3}|: |- |\n|  |\\[|\\]|\\{|\\}|, |&a |\\*a|\"|'|\\||>|!|%|#|~){0,30}") {
        let _checked = Schema::from_yaml(&text);
    }

    #[test]
    fn no_mutated_schema_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..4)) {
        let mut characters: Vec<char> = EVERYTHING.chars().collect();
        for (at, character) in changes {
            let at = at.index(characters.len());
            characters[at] = character;
        }
        let text: String = characters.into_iter().collect();
        if let Err(error) = Schema::from_yaml(&text) {
            prop_assert!(!error.problems.is_empty());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn a_template_that_shows_a_masked_value_is_a_warning() {
    check_lenient(
        "schema: Custom.Test
parser:
  csv:
    columns: [a, secret, old, person, pin]
    expandFields:
      full: '%{a}-%{secret}'
      hidden: '%{secret}'
      hidden_old: '%{old}'
      unnamed: '%{old}%{person}%{a}'
      pin: '%{pin}!'
fields:
  - {name: a, type: string}
  - {name: full, type: string}
  - {name: secret, type: string, mask: {type: redact}}
  - {name: hidden, type: string, mask: {type: redact}}
  - {name: other, type: string, rename: {from: hidden_old}, mask: {type: redact}}
  - {name: new, type: string, rename: {from: old}, mask: {type: redact}}
  - name: person
    type: object
    isEmbeddedJSON: true
    fields: [{name: pin, type: string, mask: {type: redact}}]
  - {name: pin, type: string, mask: {type: redact}}",
        expect![[r#"
            accepted
            14:34: secret: the value is masked here but stays readable in `full`
              hint: `expandFields` makes `full` of it; that field needs a mask too
            17:52: new: the value is masked here but stays readable in `unnamed`
              hint: `expandFields` makes `unnamed` of it; that field needs a mask too
            18:5: person: the value is masked here but stays readable in `unnamed`
              hint: `expandFields` makes `unnamed` of it; that field needs a mask too
        "#]],
    );
}
