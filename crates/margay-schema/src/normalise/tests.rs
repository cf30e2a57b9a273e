use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::event::Value;
use crate::limits::{PROBLEM_COUNT_MAX, RECORD_BYTES_MAX};

mod coerce;
mod embedded;
mod properties;
mod reshape_properties;
mod transformations;
mod validation;

fn origin() -> Origin<'static> {
    Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "test",
        record_id: "r1",
        parse_time: "2026-11-24T12:00:00.1234567Z".parse().unwrap(),
        schema_version: 3,
    }
}

fn schema(fields: &str) -> Schema {
    Schema::from_yaml(&format!("schema: Custom.Test\nfields:\n{fields}")).unwrap_or_else(|error| panic!("{error}"))
}

/// Prints an event without the standard fields that are always the same, or the reject.
fn run(schema: &Schema, record: &str) -> String {
    match schema.normalise(record.as_bytes(), &origin()) {
        Normalised::Reject(reject) => format!("reject: {reject}"),
        Normalised::Event(event) => {
            let json = event.to_json(schema);
            let (own, standard) = json.split_once("\"p_log_type\"").unwrap();
            let more = standard.split_once("\"p_source_label\":\"test\"").unwrap().1;
            let time = if event.standard.event_time == event.standard.parse_time {
                ""
            } else {
                " with time"
            };
            format!("{}{}{time}", own.trim_end_matches(','), more.trim_end_matches('}'))
        }
    }
}

/// Runs a schema of one field `f` over values for it.
fn check_values(attributes: &str, values: &[&str], expected: Expect) {
    let schema = schema(&format!("  - {{name: f, {attributes}}}"));
    let shown: Vec<String> = values
        .iter()
        .map(|value| format!("{value} => {}\n", run(&schema, &format!("{{\"f\":{value}}}"))))
        .collect();
    expected.assert_eq(&shown.concat());
}

fn check(fields: &str, record: &str, expected: Expect) {
    expected.assert_eq(&run(&schema(fields), record));
}

#[test]
fn required_fails_for_null_and_absent_only() {
    let fields = "
  - {name: a, type: string, required: true}
  - {name: b, type: int, required: true}
  - {name: c, type: boolean, required: true}
  - {name: d, type: array, element: {type: int}, required: true}
  - {name: e, type: timestamp, required: true}
  - {name: f, type: json, required: true}
  - {name: g, type: object, fields: [{name: x, type: int}], required: true}";
    check(
        fields,
        r#"{"a":"","b":0,"c":false,"d":[],"e":"2026-01-02T03:04:05Z","f":{},"g":{}}"#,
        expect![[r#"{"a":"","b":0,"c":false,"d":[],"e":"2026-01-02 03:04:05.000","f":{},"g":{}"#]],
    );
    check(
        fields,
        r#"{"a":null,"b":"","c":"","e":"","f":null}"#,
        expect![
            "reject: `a`: expected string (required), found nothing; `b`: expected int (required), found nothing; `c`: expected boolean (required), found nothing; `d`: expected array (required), found nothing; `e`: expected timestamp (rfc3339) (required), found nothing; `f`: expected json (required), found nothing; `g`: expected object (required), found nothing"
        ],
    );
}

#[test]
fn all_problems_are_reported_without_the_values() {
    check(
        "
  - {name: id, type: string, required: true}
  - {name: roles, type: array, element: {type: object, fields: [{name: name, type: string, required: true}, {name: level, type: int}]}}",
        r#"{"id":{"secret-key":"secret"},"roles":[{"name":"a"},{"level":"secret","secret":1},"secret"]}"#,
        expect!["reject: `id`: expected string, found object; `roles[1].level`: expected int, found string that is no whole number; `roles[1].name`: expected string (required), found nothing; `roles[2]`: expected object, found string"],
    );
    let record = format!(r#"{{"f":[{}]}}"#, vec!["{}"; PROBLEM_COUNT_MAX + 5].join(","));
    let Normalised::Reject(reject) =
        schema("  - {name: f, type: array, element: {type: int}}").normalise(record.as_bytes(), &origin())
    else {
        panic!("no element fits");
    };
    assert_eq!((reject.problems.len(), reject.problems_omitted), (PROBLEM_COUNT_MAX, 5));
    assert!(reject.to_string().ends_with("; and 5 more"));
}

#[test]
fn what_is_no_object_is_rejected() {
    let fields = "  - {name: a, type: string}";
    check(
        fields,
        "",
        expect!["reject: record: expected JSON, found the end of the text at byte 0"],
    );
    check(
        fields,
        "  ",
        expect!["reject: record: expected JSON, found the end of the text at byte 2"],
    );
    check(fields, "[]", expect!["reject: record: expected object, found array"]);
    check(
        fields,
        "\"secret\"",
        expect!["reject: record: expected object, found string"],
    );
    check(
        fields,
        "secret",
        expect!["reject: record: expected JSON, found an unexpected character at byte 0"],
    );
    check(
        fields,
        "{\"a\":1} {\"a\":2}",
        expect!["reject: record: expected JSON, found more text after the value at byte 8"],
    );
    check(
        fields,
        "{\"a\":{},\"b\":",
        expect![
            "reject: `a`: expected string, found object; record: expected JSON, found the end of the text at byte 12"
        ],
    );
    check(
        fields,
        "[1,",
        expect!["reject: record: expected JSON, found the end of the text at byte 3"],
    );
    let Normalised::Reject(reject) = schema(fields).normalise(b"{\"a\":\"\xff\"}", &origin()) else {
        panic!("no UTF-8")
    };
    expect!["record: expected JSON, found bytes that are not UTF-8 at byte 6"].assert_eq(&reject.to_string());
    let long = vec![b' '; RECORD_BYTES_MAX + 1];
    let Normalised::Reject(reject) = schema(fields).normalise(&long, &origin()) else {
        panic!("too long")
    };
    expect!["record: expected at most 67108864 bytes, found 67108865 bytes"].assert_eq(&reject.to_string());
}

#[test]
fn a_small_record_cannot_become_a_huge_event() {
    let inner: String = (0..1_000).map(|i| format!("{{name: f{i}, type: int}},")).collect();
    let schema = schema(&format!(
        "  - {{name: f, type: array, element: {{type: object, fields: [{inner}]}}}}"
    ));
    let record = |count: usize| format!(r#"{{"f":[{}]}}"#, vec!["{}"; count].join(","));
    expect!["reject: record: expected at most 4000000 values, found more"].assert_eq(&run(&schema, &record(5_000)));
    assert!(run(&schema, &record(1_000)).starts_with(r#"{"f":[{},{}"#));
}

#[test]
fn unknown_keys_keep_their_text_and_place() {
    let fields = "
  - {name: a, type: string}
  - {name: o, type: object, fields: [{name: x, type: int}, {name: p, type: object, fields: [{name: y, type: int}]}]}
  - {name: l, type: array, element: {type: object, fields: [{name: x, type: int}]}}
  - {name: m, type: array, element: {type: array, element: {type: object, fields: [{name: x, type: int}]}}}
  - {name: j, type: json}";
    check(
        fields,
        r#"{"a":"1","b":2}"#,
        expect![[r#"{"a":"1","p_unmapped":{"b":2"#]],
    );
    check(
        fields,
        r#"{"A":"1","b":1234567890123456789012,"c":1e400,"d":-0.10,"e":null,"":{}}"#,
        expect![[r#"{,"p_unmapped":{"A":"1","b":1234567890123456789012,"c":1e400,"d":-0.10,"e":null,"":{"#]],
    );
    check(
        fields,
        r#"{"k\u0065y": "v\u0061l", "\u0061":"known"}"#,
        expect![[r#"{"a":"known","p_unmapped":{"k\u0065y":"v\u0061l""#]],
    );
    check(
        fields,
        r#"{"o":{"x":1,"z":[1, 2],"p":{"y":2,"w":3}},"t":1,"j":{"unknown":1}}"#,
        expect![[r#"{"o":{"x":1,"p":{"y":2}},"j":{"unknown":1},"p_unmapped":{"o":{"z":[1, 2],"p":{"w":3}},"t":1"#]],
    );
    check(
        fields,
        r#"{"o":{"p":{"w":3,"v":4},"z":5}}"#,
        expect![[r#"{"o":{"p":{}},"p_unmapped":{"o":{"p":{"w":3,"v":4},"z":5"#]],
    );
    check(
        fields,
        r#"{"l":[{"x":1},{"x":2,"y":3},{"x":4},null,{"y":5,"z":6},{}]}"#,
        expect![[
            r#"{"l":[{"x":1},{"x":2},{"x":4},null,{},{}],"p_unmapped":{"l":[null,{"y":3},null,null,{"y":5,"z":6},null]"#
        ]],
    );
    check(
        fields,
        r#"{"m":[[],[{"x":1},{"y":2},{}],null,[{"y":3}],[{}]]}"#,
        expect![[
            r#"{"m":[[],[{"x":1},{},{}],null,[{}],[{}]],"p_unmapped":{"m":[null,[null,{"y":2},null],null,[{"y":3}],null]"#
        ]],
    );
    check(
        fields,
        r#"{"o":{},"l":[{}],"m":[[]]}"#,
        expect![[r#"{"o":{},"l":[{}],"m":[[]]"#]],
    );
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts() {
    let fields = "
  - {name: a, type: string, indicators: [username]}
  - {name: o, type: object, fields: [{name: x, type: int}]}";
    check(
        fields,
        r#"{"a":"one","a":"two"}"#,
        expect![[r#"{"a":"two","p_any_usernames":["two"]"#]],
    );
    check(fields, r#"{"a":"one","a":null}"#, expect!["{"]);
    check(
        fields,
        r#"{"o":{"x":1,"y":2},"o":{"z":3}}"#,
        expect![[r#"{"o":{},"p_unmapped":{"o":{"y":2},"o":{"z":3"#]],
    );
    check(fields, r#"{"b":1,"b":2}"#, expect![[r#"{,"p_unmapped":{"b":1,"b":2"#]]);
    check(
        fields,
        r#"{"o":1,"o":{}}"#,
        expect!["reject: `o`: expected object, found number"],
    );
}

#[test]
fn the_first_time_in_schema_order_is_the_event_time() {
    let schema = schema(
        "
  - {name: plain, type: timestamp}
  - {name: o, type: object, fields: [{name: list, type: array, element: {type: timestamp, isEventTime: true}}]}
  - {name: late, type: timestamp, isEventTime: true}",
    );
    let event_time = |record: &str| match schema.normalise(record.as_bytes(), &origin()) {
        Normalised::Event(event) => event.standard.event_time.to_string(),
        Normalised::Reject(reject) => panic!("{reject}"),
    };
    assert_eq!(
        event_time(r#"{"late":"2026-01-03T00:00:00Z","o":{"list":[null,"2026-01-02T00:00:00Z"]}}"#),
        "2026-01-02T00:00:00Z"
    );
    assert_eq!(
        event_time(r#"{"late":"2026-01-03T00:00:00Z","o":{"list":["",null]}}"#),
        "2026-01-03T00:00:00Z"
    );
    assert_eq!(
        event_time(r#"{"late":"2026-01-03T00:00:00Z","o":{"list":["0001-01-01T00:00:00Z"]}}"#),
        "2026-01-03T00:00:00Z"
    );
    assert_eq!(
        event_time(r#"{"plain":"2026-01-01T00:00:00Z","late":null}"#),
        "2026-11-24T12:00:00.123456Z"
    );
}

#[test]
fn the_last_day_of_the_year_9999_is_a_value_and_no_event_time() {
    check(
        "
  - {name: never, type: timestamp, isEventTime: true}
  - {name: at, type: timestamp, isEventTime: true}",
        r#"{"never":"9999-12-31T23:59:59Z","at":"2026-01-02T03:04:05Z"}"#,
        expect![[r#"{"never":"9999-12-31 23:59:59.000","at":"2026-01-02 03:04:05.000" with time"#]],
    );
}

#[test]
fn indicators_come_from_every_depth() {
    check(
        "
  - {name: hosts, type: array, element: {type: string, indicators: [hostname, username]}}
  - {name: o, type: object, fields: [{name: mail, type: string, indicators: [email]}]}",
        r#"{"hosts":["b.example","192.0.2.1",null,"a.example","b.example",7],"o":{"mail":"k@example.com"}}"#,
        expect![[
            r#"{"hosts":["b.example","192.0.2.1",null,"a.example","b.example","7"],"o":{"mail":"k@example.com"},"p_any_domain_names":["7","a.example","b.example"],"p_any_emails":["k@example.com"],"p_any_ip_addresses":["192.0.2.1"],"p_any_usernames":["192.0.2.1","7","a.example","b.example"]"#
        ]],
    );
}

#[test]
fn printed_events_have_the_documented_form() {
    let schema = schema(
        "
  - {name: t, type: timestamp, isEventTime: true}
  - {name: '\"odd\"', type: json}",
    );
    let record = "{\"t\":\"2026-01-02T03:04:05.678901Z\",\"\\\"odd\\\"\":{\r\n\"a\":\n1},\"new\":[\n1]}";
    let Normalised::Event(event) = schema.normalise(record.as_bytes(), &origin()) else {
        panic!("it fits")
    };
    assert_eq!(event.values().get(1), Some(Value::Json("{\r\n\"a\":\n1}")));
    expect![[r#"{"t":"2026-01-02 03:04:05.678901","\"odd\"":{  "a": 1},"p_log_type":"Custom.Test","p_row_id":"50d1616a-2c1e-5891-9655-db8d0aa9f013","p_event_time":"2026-01-02 03:04:05.678901","p_parse_time":"2026-11-24 12:00:00.123456","p_schema_version":3,"p_source_id":"5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e","p_source_label":"test","p_unmapped":{"new":[ 1]}}"#]].assert_eq(&event.to_json(&schema));
}

#[test]
fn the_time_of_parsing_loses_what_is_finer_than_microseconds_towards_the_past() {
    for (nanoseconds, microseconds) in [(1_999, 1), (-1, -1), (-1_000, -1), (-1_001, -2), (0, 0)] {
        let origin = Origin {
            parse_time: Timestamp::from_nanosecond(nanoseconds).unwrap(),
            ..origin()
        };
        let schema = schema("  - {name: f, type: int}");
        let Normalised::Event(event) = schema.normalise(b"{}", &origin) else {
            panic!("it fits")
        };
        assert_eq!(event.standard.parse_time.as_nanosecond(), microseconds * 1_000);
    }
}
