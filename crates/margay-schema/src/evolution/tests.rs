use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

/// A schema with these fields, one flow mapping each.
fn schema(fields: &[&str]) -> Schema {
    let mut text = "schema: Custom.Test\nfields:\n".to_owned();
    for field in fields {
        writeln!(text, "  - {{{field}}}").unwrap();
    }
    Schema::from_yaml(&text).unwrap()
}

fn check_schemas(old: &Schema, new: &Schema, expected: Expect) {
    let changes = compare(old, new);
    let mut shown = String::new();
    for change in &changes {
        writeln!(shown, "{} {}: {change}", change.verdict.name(), change.kind.name()).unwrap();
    }
    expected.assert_eq(&shown);
    let refused = changes.iter().any(|change| change.verdict == Verdict::Refused);
    assert_eq!(is_allowed(&changes), !refused);
}

fn check(old: &[&str], new: &[&str], expected: Expect) {
    check_schemas(&schema(old), &schema(new), expected);
}

#[test]
fn the_same_schema_has_no_changes() {
    let fields =
        ["name: a, type: array, element: {type: object, fields: [{name: b, type: timestamp, isEventTime: true}]}"];
    check(&fields, &fields, expect![[""]]);
}

#[test]
fn a_value_that_moves_into_a_definition_is_the_same() {
    let inline = schema(&["name: a, type: object, fields: [{name: b, type: string}]"]);
    let referenced = Schema::from_yaml(
        "schema: Custom.Test\ndefinitions: {Thing: {type: object, fields: [{name: b, type: string}]}}\n\
         fields: [{name: a, type: ref, target: Thing}]",
    )
    .unwrap();
    check_schemas(&inline, &referenced, expect![[""]]);
}

#[test]
fn fields_may_be_added_at_any_depth() {
    check(
        &["name: a, type: array, element: {type: object, fields: [{name: b, type: string}]}"],
        &[
            "name: a, type: array, element: {type: object, fields: [{name: b, type: string}, {name: c, type: int}]}",
            "name: d, type: array, element: {type: array, element: {type: json}}",
            "name: e, type: string, required: true",
        ],
        expect![[r#"
            allowed field_added: a[].c: new field of type int
            allowed field_added: d: new field of type array of array of json
            warning field_added: e: new field of type string, required
              hint: records that fit before may lack it, and would be rejected
        "#]],
    );
}

#[test]
fn a_field_may_not_go() {
    check(
        &["name: a, type: int", "name: b, type: string"],
        &["name: a, type: int"],
        expect![[r#"
            refused field_deleted: b: a field cannot be deleted
              hint: keep the field: rows have it, and where records do not it is null
        "#]],
    );
    check(
        &["name: o, type: object, fields: [{name: a, type: int}, {name: b, type: string}]"],
        &["name: o, type: object, fields: [{name: a, type: int}, {name: c, type: boolean}]"],
        expect![[r#"
            refused field_deleted: o.b: a field cannot be deleted
              hint: keep the field: rows have it, and where records do not it is null
            allowed field_added: o.c: new field of type boolean
        "#]],
    );
    // Deep inside an array of arrays.
    check(
        &[
            "name: a, type: array, element: {type: array, element: {type: object, fields: [{name: b, type: json}, {name: c, type: json}]}}",
        ],
        &["name: a, type: array, element: {type: array, element: {type: object, fields: [{name: c, type: json}]}}"],
        expect![[r#"
            refused field_deleted: a[][].b: a field cannot be deleted
              hint: keep the field: rows have it, and where records do not it is null
        "#]],
    );
}

#[test]
fn a_rename_is_told_by_its_type_and_the_nearest_name() {
    check(
        &["name: user, type: string", "name: b, type: string"],
        &[
            "name: address, type: string",
            "name: users, type: string",
            "name: usr, type: int",
            "name: b, type: string",
        ],
        expect![[r#"
            refused field_renamed: user: a field cannot be renamed, and `users` looks like its new name
              hint: keep the field; if records now say `users`, add `rename: {from: users}` to it
            allowed field_added: address: new field of type string
            allowed field_added: users: new field of type string
            allowed field_added: usr: new field of type int
        "#]],
    );
    check(
        &["name: a, type: object, fields: [{name: x, type: int}]"],
        &["name: b, type: object, fields: [{name: y, type: int}]"],
        expect![[r#"
            refused field_deleted: a: a field cannot be deleted
              hint: keep the field: rows have it, and where records do not it is null
            allowed field_added: b: new field of type object
        "#]],
    );
    check(
        &["name: a, type: object, fields: [{name: x, type: int}]"],
        &["name: b, type: object, fields: [{name: x, type: int}]"],
        expect![[r#"
            refused field_renamed: a: a field cannot be renamed, and `b` looks like its new name
              hint: keep the field; if records now say `b`, add `rename: {from: b}` to it
            allowed field_added: b: new field of type object
        "#]],
    );
}

#[test]
fn a_name_that_differs_by_case_is_the_same_column() {
    check(
        &["name: userName, type: string"],
        &["name: username, type: int"],
        expect![[r#"
            refused field_renamed: userName: a field cannot be renamed, not even to `username`: columns know no capital letters
              hint: keep the field; if records now say `username`, add `rename: {from: username}` to it
            allowed field_added: username: new field of type int
        "#]],
    );
}

#[test]
fn a_type_may_not_change() {
    check(
        &["name: a, type: int"],
        &["name: a, type: bigint"],
        expect![[r#"
        refused type: a: the type changes from int to bigint
          hint: keep the type, and add a field of another name for the other
    "#]],
    );
    check(
        &["name: a, type: string"],
        &["name: a, type: json"],
        expect![[r#"
        refused type: a: the type changes from string to json
          hint: keep the type, and add a field of another name for the other
    "#]],
    );
    check(
        &["name: a, type: array, element: {type: string}"],
        &["name: a, type: array, element: {type: int}"],
        expect![[r#"
            refused type: a[]: the type of the elements changes from string to int
              hint: keep the type, and add a field of another name for the other
        "#]],
    );
    check(
        &["name: a, type: array, element: {type: string}"],
        &["name: a, type: array, element: {type: array, element: {type: string}}"],
        expect![[r#"
            refused type: a[]: the type of the elements changes from string to array of string
              hint: keep the type, and add a field of another name for the other
        "#]],
    );
    check(
        &["name: a, type: object, fields: [{name: b, type: string}]"],
        &["name: a, type: string"],
        expect![[r#"
            refused type: a: the type changes from object to string
              hint: keep the type, and add a field of another name for the other
        "#]],
    );
}

#[test]
fn required_may_come_with_a_warning_and_go_freely() {
    check(
        &["name: a, type: int", "name: b, type: int, required: true"],
        &["name: a, type: int, required: true", "name: b, type: int"],
        expect![[r#"
            warning required: a: now required
              hint: records that fit before may be rejected now
            allowed required: b: no longer required
        "#]],
    );
}

#[test]
fn descriptions_and_indicators_may_change() {
    check(
        &[
            "name: a, type: string, indicators: [ip, email], description: One.",
            "name: b, type: array, element: {type: string}",
        ],
        &[
            "name: a, type: string, indicators: [email, domain], description: Two.",
            "name: b, type: array, element: {type: string, indicators: [md5]}",
        ],
        expect![[r#"
            allowed description: a: the description has changed
            allowed indicators: a: indicators no longer looked for: ip
            allowed indicators: a: indicators looked for from now on: domain
            allowed indicators: b[]: indicators looked for from now on: md5
        "#]],
    );
}

#[test]
fn time_formats_may_come_and_warn_when_they_go() {
    check(
        &[
            "name: a, type: timestamp, timeFormats: [unix, rfc3339]",
            "name: b, type: timestamp, timeFormats: [unix, rfc3339]",
            "name: c, type: timestamp",
        ],
        &[
            "name: a, type: timestamp, timeFormats: [rfc3339, unix]",
            "name: b, type: timestamp, timeFormats: [unix, unix_ms]",
            "name: c, type: timestamp, timeFormat: rfc3339",
        ],
        expect![[r#"
            allowed time_formats: a: time formats are tried in another order
            warning time_formats: b: time formats no longer read: rfc3339
              hint: records that fit before may be rejected now
            allowed time_formats: b: time formats read from now on: unix_ms
        "#]],
    );
}

#[test]
fn how_a_value_is_read_may_change() {
    check(
        &[
            "name: a, type: string, validate: {allow: [x]}",
            "name: b, type: string, validate: {allow: [x]}",
            "name: c, type: string",
            "name: d, type: array, element: {type: object, fields: [{name: e, type: int}]}",
            "name: f, type: timestamp",
            "name: g, type: string, rename: {from: old}, mask: {type: redact}",
            "name: h, type: json, isEmbeddedJSON: true",
        ],
        &[
            "name: a, type: string",
            "name: b, type: string, validate: {allow: [x, y]}",
            "name: c, type: string, validate: {ip: any}",
            "name: d, type: array, isEmbeddedJSON: true, element: {type: object, isEmbeddedJSON: true, fields: [{name: e, type: int}]}",
            "name: f, type: timestamp, isExpiration: true",
            "name: g, type: string, copy: {from: old}",
            "name: h, type: array, isEmbeddedJSON: true, element: {type: json}",
        ],
        expect![[r#"
            allowed validation: a: no longer validated
            warning validation: b: `validate` has changed
              hint: records that fit before may be rejected now
            warning validation: c: `validate` has changed
              hint: records that fit before may be rejected now
            allowed embedded_json: d: `isEmbeddedJSON` is now true
            allowed embedded_json: d[]: `isEmbeddedJSON` is now true
            allowed expiration: f: `isExpiration` is now true
            allowed transformations: g: `rename` has changed; rows that are there keep what they hold
            allowed transformations: g: `copy` has changed; rows that are there keep what they hold
            allowed transformations: g: `mask` has changed; rows that are there keep what they hold
            refused type: h: the type changes from json to array of json
              hint: keep the type, and add a field of another name for the other
        "#]],
    );
}

#[test]
fn the_event_time_may_change_and_says_for_whom() {
    check(
        &["name: a, type: timestamp"],
        &[
            "name: a, type: timestamp, isEventTime: true",
            "name: o, type: object, fields: [{name: b, type: timestamp, isEventTime: true}]",
        ],
        expect![[r#"
            warning event_time: the event's time is `a`, then `o.b`; it was the time of parsing
              hint: rows that are there keep their time and day, only new ones get another
            allowed field_added: o: new field of type object
        "#]],
    );
    check(
        &[
            "name: a, type: timestamp, isEventTime: true",
            "name: b, type: array, element: {type: timestamp, isEventTime: true}",
        ],
        &[
            "name: b, type: array, element: {type: timestamp, isEventTime: true}",
            "name: a, type: timestamp, isEventTime: true",
        ],
        expect![[r#"
            warning event_time: the event's time is `b[]`, then `a`; it was `a`, then `b[]`
              hint: rows that are there keep their time and day, only new ones get another
            allowed field_order: the fields stand in another order; the table's columns keep theirs
        "#]],
    );
    check(
        &["name: a, type: timestamp, isEventTime: true"],
        &["name: a, type: timestamp"],
        expect![[r#"
            warning event_time: the event's time is the time of parsing; it was `a`
              hint: rows that are there keep their time and day, only new ones get another
        "#]],
    );
}

#[test]
fn fields_may_stand_in_another_order() {
    check(
        &["name: o, type: object, fields: [{name: a, type: int}, {name: b, type: int}]"],
        &["name: o, type: object, fields: [{name: b, type: int}, {name: c, type: int}, {name: a, type: int}]"],
        expect![[r#"
            allowed field_added: o.c: new field of type int
            allowed field_order: o: the fields stand in another order; the table's columns keep theirs
        "#]],
    );
    // A new field in front moves nothing.
    check(
        &["name: a, type: int"],
        &["name: b, type: int", "name: a, type: int"],
        expect![[r#"
            allowed field_added: b: new field of type int
        "#]],
    );
}

#[test]
fn the_top_may_change_but_not_the_name() {
    let top = |top: &str| Schema::from_yaml(&format!("{top}\nfields: [{{name: a, type: int}}]")).unwrap();
    check_schemas(
        &top("schema: Custom.Test\ndescription: One.\nreferenceURL: https://example.com"),
        &top("schema: Custom.Test\nreferenceURL: https://example.com/log"),
        expect![[r#"
            allowed description: the description is gone
            allowed reference_url: the reference URL has changed
        "#]],
    );
    check_schemas(
        &top("schema: Custom.Ab"),
        &top("schema: Custom.AB\nfieldDiscoveryEnabled: true\ndescription: Two."),
        expect![[r#"
            refused log_type: the log type changes from `Custom.Ab` to `Custom.AB`
              hint: another log type is another table; to begin one, add the schema as a new one
            allowed description: the description is new
            allowed field_discovery: `fieldDiscoveryEnabled` is now true
        "#]],
    );
}

#[test]
fn the_parser_may_change_and_says_what_follows() {
    let with = |parser: &str| {
        let text =
            format!("schema: Custom.Test\n{parser}\nfields: [{{name: a, type: string}}, {{name: b, type: string}}]");
        Schema::from_yaml(&text).unwrap()
    };
    check_schemas(
        &with("parser: {csv: {columns: [a, b]}}"),
        &with("parser: {csv: {columns: [b, a]}}"),
        expect![[r#"
            warning parser: parser: the csv parser has changed
              hint: records that fit before may be rejected now, or read otherwise
        "#]],
    );
    check_schemas(
        &with("parser: {csv: {columns: [a, b]}}"),
        &with(""),
        expect![[r#"
        warning parser: parser: the parser changes from csv to no parser
          hint: records that fit before may be rejected now, or read otherwise
    "#]],
    );
    check_schemas(
        &with(""),
        &with("parser: {native: {name: Custom.Test}}"),
        expect![[r#"
            allowed parser: parser: the parser changes from no parser to native
        "#]],
    );
    check_schemas(
        &with("parser: {csv: {columns: [a, b]}}"),
        &with("parser: {csv: {columns: [a, b]}}"),
        expect![[r#""#]],
    );
}
