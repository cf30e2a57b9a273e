use expect_test::{Expect, expect};

use super::*;

mod csv;
mod fastmatch;
mod grok;
mod piece;
mod regex;

/// A schema with this parser. It has one field, so that all that the parser gives is seen.
fn schema(parser: &str) -> Schema {
    let text = format!("schema: Custom.Test\nparser:\n{parser}\nfields: [{{name: none, type: string}}]\n");
    Schema::from_yaml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn show(line: Line<'_>) -> String {
    match line {
        Line::Json(json) => {
            assert!(
                serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json).is_ok(),
                "{json}"
            );
            json.to_owned()
        }
        Line::Skipped(skip) => format!("skipped: {}", skip.found()),
        Line::Reject(reject) => format!("reject: {reject}"),
    }
}

/// Runs a parser over the lines of a file.
fn check(parser: &str, lines: &[&str], expected: Expect) {
    let schema = schema(parser);
    let mut session = schema.session();
    let shown: Vec<String> = lines
        .iter()
        .map(|line| format!("{line:?}\n  {}\n", show(session.read(line.as_bytes()))))
        .collect();
    expected.assert_eq(&shown.concat());
}

/// Reads what follows `parser:`, and shows what is wrong with it.
fn check_refused(parser: &str, expected: Expect) {
    let text = format!("schema: Custom.Test\nparser:\n{parser}\nfields: [{{name: none, type: string}}]\n");
    match Schema::from_yaml(&text) {
        Ok(_) => panic!("it is accepted:\n{text}"),
        Err(error) => expected.assert_eq(&error.to_string()),
    }
}

fn origin() -> crate::Origin<'static> {
    crate::Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "test",
        record_id: "r1",
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    }
}

/// Normalises one line that stands alone.
fn normalise(schema: &Schema, line: &[u8]) -> String {
    match schema.normalise(line, &origin()) {
        crate::Normalised::Event(event) => {
            let json: serde_json::Value = serde_json::from_str(&event.to_json(schema)).unwrap();
            let mut members = json.as_object().unwrap().clone();
            members.retain(|key, _| !key.starts_with("p_") || key == "p_unmapped");
            serde_json::Value::Object(members).to_string()
        }
        crate::Normalised::Reject(reject) => format!("reject: {reject}"),
    }
}

#[test]
fn a_line_becomes_an_event_and_what_the_schema_does_not_name_is_unmapped() {
    let schema = Schema::from_yaml(
        "schema: Custom.Test
parser:
  fastmatch:
    match: ['%{status} %{user} %{rest}']
    emptyValues: ['-']
fields:
  - {name: status, type: int, required: true}
  - {name: user, type: string}
",
    )
    .unwrap();
    let lines: [&[u8]; 6] = [
        b"200 anna more",
        b"200 - more\r\n",
        "\u{feff}7 b c\n".as_bytes(),
        b"two anna more",
        b"- anna more",
        b"\xff",
    ];
    let shown: Vec<String> = lines.iter().map(|line| normalise(&schema, line) + "\n").collect();
    expect![[r#"
        {"p_unmapped":{"rest":"more"},"status":200,"user":"anna"}
        {"p_unmapped":{"rest":"more"},"status":200}
        {"p_unmapped":{"rest":"c"},"status":7,"user":"b"}
        reject: `status`: expected int, found string that is no whole number
        reject: `status`: expected int (required), found nothing
        reject: record: expected a line of UTF-8 text, found bytes that are not UTF-8 at byte 0
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn a_schema_says_how_it_reads_records() {
    let kind = |text: &str| schema(text).parser().map(|parser| parser.kind().name());
    assert_eq!(kind("  fastmatch: {match: ['%{a} %{b}']}"), Some("fastmatch"));
    assert_eq!(kind("  csv: {columns: [a]}"), Some("csv"));
    assert_eq!(kind("  regex: {match: ['(?P<a>x)']}"), Some("regex"));
    assert_eq!(kind("  native: {name: Custom.Test}"), Some("native"));
    assert!(schema("  csv: {columns: [a]}").reads_lines());
    let json = Schema::from_yaml("schema: Custom.Test\nfields: [{name: a, type: string}]").unwrap();
    assert_eq!(json.parser(), None);
    assert!(!json.reads_lines() && !schema("  native: {name: Custom.Test}").reads_lines());
}

#[test]
fn schemas_are_equal_if_their_parsers_are_written_alike() {
    let texts = [
        "  fastmatch: {match: ['%{a} %{b}']}",
        "  fastmatch: {match: ['%{a}: %{b}']}",
        "  fastmatch: {match: ['%{a} %{b}'], trimSpace: true}",
        "  csv: {columns: [a]}",
        "  csv: {columns: [a], hasHeader: true}",
        "  regex: {match: ['(?P<a>x)']}",
        "  regex: {match: ['(?P<a>x+)']}",
    ];
    for (first, one) in texts.iter().enumerate() {
        for (second, other) in texts.iter().enumerate() {
            assert_eq!(schema(one) == schema(other), first == second, "{one} {other}");
        }
    }
}

#[test]
fn a_session_of_a_json_schema_passes_lines_on() {
    let schema = Schema::from_yaml("schema: Custom.Test\nfields: [{name: a, type: string}]").unwrap();
    let mut session = schema.session();
    assert_eq!(session.read(b"{\"a\":1}\r\n"), Line::Json("{\"a\":1}"));
    assert_eq!(session.read(b" \n"), Line::Skipped(Skip::Blank));
    assert!(matches!(
        session.normalise(b"{\"a\":1}\n", &origin()),
        Some(crate::Normalised::Event(_))
    ));
    assert_eq!(session.normalise(b"\n", &origin()), None);
}

#[test]
fn a_line_has_a_limit() {
    let schema = schema("  fastmatch: {match: ['%{a}:%{b}']}");
    let mut line = vec![b':'; LINE_BYTES_MAX];
    assert!(!normalise(&schema, &line).starts_with("reject"));
    line.push(b':');
    assert_eq!(
        normalise(&schema, &line),
        "reject: record: expected a line of at most 1048576 bytes, found 1048577 bytes"
    );
}

#[test]
fn templates_make_fields_of_others() {
    check(
        "  fastmatch:
    match: ['%{date} %{time} %{zone} %{first} %{last}']
    emptyValues: ['-', 'none']
    expandFields:
      timestamp: '%{date}T%{ time }%{zone}'
      name: '%{first} %{last}'
      only: '%{first}'
      constant: \"it's \\\"so\\\"\"
      zone: 'UTC%{zone}'
      both: '%{first}%{last}'",
        &[
            "2026-01-02 03:04:05 Z Anna Ek",
            "2026-01-02 03:04:05 - Anna -",
            "- - - - -",
            "- - +1 no ne",
        ],
        expect![[r#"
            "2026-01-02 03:04:05 Z Anna Ek"
              {"date":"2026-01-02","time":"03:04:05","first":"Anna","last":"Ek","timestamp":"2026-01-02T03:04:05Z","name":"Anna Ek","only":"Anna","constant":"it's \"so\"","zone":"UTCZ","both":"AnnaEk"}
            "2026-01-02 03:04:05 - Anna -"
              {"date":"2026-01-02","time":"03:04:05","first":"Anna","timestamp":"2026-01-02T03:04:05","name":"Anna ","only":"Anna","constant":"it's \"so\"","both":"Anna"}
            "- - - - -"
              {"constant":"it's \"so\""}
            "- - +1 no ne"
              {"first":"no","last":"ne","timestamp":"T+1","name":"no ne","only":"no","constant":"it's \"so\"","zone":"UTC+1"}
        "#]],
    );
}

#[test]
fn a_field_that_a_template_cannot_replace_stays() {
    check(
        "  fastmatch:
    match: ['%{a} %{b}']
    emptyValues: ['-']
    expandFields: {a: '%{b}'}",
        &["1 2", "1 -"],
        expect![[r#"
            "1 2"
              {"b":"2","a":"2"}
            "1 -"
              {"a":"1"}
        "#]],
    );
}

#[test]
fn templates_cannot_grow_a_line_without_end() {
    let template = "%{a}".repeat(200);
    let schema = schema(&format!(
        "  fastmatch: {{match: ['%{{a}}'], expandFields: {{b: '{template}'}}}}"
    ));
    let line = "x".repeat(200_000);
    assert_eq!(
        normalise(&schema, line.as_bytes()),
        "reject: record: expected fields of at most 16777216 bytes in all, found more, made by `expandFields`"
    );
}

#[test]
fn options_that_are_wrong_are_named() {
    check_refused(
        "  fastmatch:
    match: ['%{year} %{month}', '%{day} %{time}']
    emptyValues: ['-', null, [a]]
    trimSpace: 1
    skipPrefix: ''
    expandFields:
      a: '%{yaer}'
      b: '%{year'
      c: '%{}'
      d: ''
      '': x
      e: [x]",
        expect![[r#"
            5:24: parser.fastmatch.emptyValues[1]: an item of `emptyValues` is text, found nothing
              hint: put it in quotes if it is text
            5:30: parser.fastmatch.emptyValues[2]: an item of `emptyValues` is text, found a list
            6:16: parser.fastmatch: `trimSpace` is `true` or `false`, without quotes
            7:17: parser.fastmatch: an empty `skipPrefix` would skip every line
            9:10: parser.fastmatch.expandFields.a: the parser gives no field `yaer`
              hint: did you mean `year`?
            10:10: parser.fastmatch.expandFields.b: the `%{` at byte 0 has no `}`
            11:10: parser.fastmatch.expandFields.c: a template's placeholder has a name, such as `%{year}`
            12:10: parser.fastmatch.expandFields.d: a template is not empty
            13:7: parser.fastmatch.expandFields.: the name of a field has 1 to 255 bytes and no control characters
            14:10: parser.fastmatch.expandFields.e: a template is text, found a list"#]],
    );
}

#[test]
fn options_have_limits() {
    let many = |count: usize| (0..count).map(|i| format!("v{i}")).collect::<Vec<_>>().join(", ");
    check_refused(
        &format!("  csv: {{columns: [a], emptyValues: [{}]}}", many(33)),
        expect!["3:36: parser.csv: `emptyValues` has at most 32 items, this has 33"],
    );
    let templates = |count: usize| {
        (0..count)
            .map(|i| format!("t{i}: '%{{a}}'"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    check_refused(
        &format!("  csv: {{columns: [a], expandFields: {{{}}}}}", templates(33)),
        expect!["3:37: parser.csv.expandFields: `expandFields` has at most 32 entries, this has 33"],
    );
    check_refused(
        &format!("  csv: {{columns: [a], expandFields: {{{}}}}}", templates(32)),
        expect!["3:37: parser.csv.expandFields: at most 32 names take part in `expandFields`, here 33 do"],
    );
    check_refused(
        &format!(
            "  csv: {{columns: [a], expandFields: {{t: '%{{a}}{}'}}}}",
            "x".repeat(1_021)
        ),
        expect!["3:41: parser.csv.expandFields.t: a template has at most 1024 bytes, this has 1025"],
    );
    check_refused(
        &format!("  csv: {{columns: [{}]}}", many(2_001)),
        expect!["3:18: parser.csv: `columns` has at most 2000 items, this has 2001"],
    );
    check_refused(
        &format!("  fastmatch: {{match: [{}]}}", many(101)),
        expect!["3:22: parser.fastmatch: `match` has at most 100 items, this has 101"],
    );
}

#[test]
fn a_parser_has_one_kind() {
    check_refused(
        "  fastmatch: {match: ['%{a}']}\n  csv: {columns: [a]}\n  regexp: {}",
        expect![[r#"
            3:3: parser: a parser has one kind, and this has `csv` and `fastmatch`
            5:3: parser: a parser has no key `regexp`
              hint: did you mean `regex`?"#]],
    );
}

/// What is probably not meant by a schema of these fields.
fn check_warnings(parser: &str, fields: &str, expected: Expect) {
    let text = format!("schema: Custom.Test\nparser:\n{parser}\nfields: [{fields}]\n");
    let checked = Schema::from_yaml_with(&text, &crate::SchemaOptions::default()).unwrap();
    let shown: Vec<String> = checked.warnings.iter().map(ToString::to_string).collect();
    expected.assert_eq(&shown.join("\n"));
}

#[test]
fn where_parser_and_fields_do_not_agree_is_a_warning() {
    check_warnings(
        "  fastmatch: {match: ['%{time} %{user} %{rest}', '%{} %{day} %{clock}'], expandFields: {at: '%{day}T%{clock}'}}",
        "{name: tiem, type: string, required: true}, {name: at, type: string, required: true}, {name: user, type: int}",
        expect![[r#"
            3:14: parser.fastmatch: `time` is no field of the schema: its value goes to `p_unmapped`
              hint: did you mean `tiem`?
            3:14: parser.fastmatch: `rest` is no field of the schema: its value goes to `p_unmapped`
            4:17: tiem: the parser gives no such field, so every record is rejected for want of it
              hint: did you mean `time`?"#]],
    );
    // What a template is made of is used by it; a field that is not required may be there for other lines.
    check_warnings(
        "  csv: {columns: [a, b, ''], expandFields: {c: '%{b}'}}",
        "{name: a, type: string}, {name: c, type: string, required: true}, {name: other, type: string}",
        expect![""],
    );
    // Where values may be taken elsewhere, a value without a field of its name may be meant.
    check_warnings(
        "  csv: {columns: [a, b]}",
        "{name: c, type: string, required: true, rename: {from: a}}, {name: d, type: object, fields: [{name: b, type: string, \
         copy: {from: b}}]}",
        expect![""],
    );
    // The header has the names.
    check_warnings(
        "  csv: {hasHeader: true}",
        "{name: a, type: string, required: true}",
        expect![""],
    );
}
