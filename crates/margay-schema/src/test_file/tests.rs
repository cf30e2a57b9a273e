use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::json::is_same_number;
use super::*;
use crate::limits::{TEST_COUNT_MAX, TEST_DIFFERENCE_COUNT_MAX};
use crate::schema::Schema;

mod read;

/// One field of every type.
const SCHEMA: &str = "
schema: Custom.Test
fields:
  - {name: text, type: string, indicators: [ip]}
  - {name: whole, type: bigint}
  - {name: part, type: float}
  - {name: truth, type: boolean}
  - {name: at, type: timestamp, timeFormats: [unix, rfc3339], isEventTime: true}
  - {name: any, type: json}
  - {name: list, type: array, element: {type: object, fields: [{name: n, type: int, required: true}, {name: s, type: string}]}}
  - {name: words, type: array, element: {type: string}}
";

fn show(outcome: &TestOutcome) -> String {
    let mut shown = format!(
        "{}: {} events, {} rejects\n",
        if outcome.is_passed() { "passed" } else { "failed" },
        outcome.event_count,
        outcome.reject_count
    );
    for difference in &outcome.differences {
        writeln!(shown, "{difference}").unwrap();
    }
    shown
}

/// What becomes of the one test of a file.
fn run(text: &str) -> TestOutcome {
    let schema = Schema::from_yaml(SCHEMA).unwrap();
    let file = TestFile::from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(file.tests.len(), 1);
    file.tests[0].run(&schema)
}

fn check_run(text: &str, expected: Expect) {
    expected.assert_eq(&show(&run(text)));
}

/// What becomes of a record with this expectation, both on one line of YAML.
fn check(input: &str, result: &str, expected: Expect) {
    check_run(
        &format!("logType: Custom.Test\ninput: |\n  {input}\nresult: {result}\n"),
        expected,
    );
}

#[test]
fn what_is_equal_passes() {
    check(
        r#"{"text": 5, "whole": "9007199254740993", "part": 1, "truth": "t", "at": 1767323045.5, "any": {"b": [1, 2.50], "a": null}}"#,
        r#"{text: "5", whole: 9007199254740993, part: 1.0, truth: true, at: "2026-01-02T04:04:05.5+01:00", any: {b: [1, 2.5]}, list: null}"#,
        expect![[r#"
            passed: 1 events, 0 rejects
        "#]],
    );
}

#[test]
fn fields_must_match_both_ways() {
    check(
        r#"{"text": "a", "whole": 1, "any": {"x": 1}, "list": [{"n": 1, "s": "x"}]}"#,
        r#"{text: a, part: 2.5, any: {y: 1}, list: [{n: 1, t: z}], other: 1, gone: null}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `whole`: expected nothing, found 1
            event 1: `part`: expected 2.5, found nothing
            event 1: `any.x`: expected nothing, found 1
            event 1: `any.y`: expected 1, found nothing
            event 1: `list[0].s`: expected nothing, found "x"
            event 1: `list[0].t`: expected "z", found no field of that name
            event 1: `other`: expected 1, found no field of that name
        "#]],
    );
}

#[test]
fn types_must_match() {
    check(
        r#"{"text": "5", "whole": 1, "part": 2.5, "truth": true, "any": "1", "words": ["1"]}"#,
        r#"{text: 5, whole: 1.0, part: "2.5", truth: "true", any: 1, words: 1}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `text`: expected 5, found "5"
            event 1: `whole`: expected 1.0, found 1
            event 1: `part`: expected "2.5", found 2.5
            event 1: `truth`: expected "true", found true
            event 1: `any`: expected 1, found "1"
            event 1: `words`: expected 1, found ["1"]
        "#]],
    );
}

#[test]
fn whole_numbers_are_compared_to_the_last_digit() {
    check(
        r#"{"whole": 9007199254740993, "any": [9007199254740993, 1, 18446744073709551616]}"#,
        r#"{whole: 9007199254740992, any: [9007199254740992, 1.0, 18446744073709551617]}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `whole`: expected 9007199254740992, found 9007199254740993
            event 1: `any[0]`: expected 9007199254740992, found 9007199254740993
            event 1: `any[1]`: expected 1.0, found 1
            event 1: `any[2]`: expected 18446744073709551617, found 18446744073709551616
        "#]],
    );
}

#[test]
fn times_are_moments_in_any_usual_form() {
    let record = r#"{"at": "2026-01-02T03:04:05.25Z"}"#;
    for form in [
        "2026-01-02T03:04:05.25Z",
        "2026-01-02 03:04:05.250",
        "2026-01-02 03:04:05.250000000",
        "2026-01-02T03:04:05.25",
        "2026-01-02 03:04:05.25 UTC",
        "2026-01-02T05:04:05.25+02:00",
    ] {
        check(
            record,
            &format!("{{at: '{form}', p_event_time: '{form}'}}"),
            expect![["passed: 1 events, 0 rejects\n"]],
        );
    }
    check(
        record,
        "{at: 1767323045.25}",
        expect![["passed: 1 events, 0 rejects\n"]],
    );
    check(
        record,
        "{at: 1767323045250}",
        expect![["passed: 1 events, 0 rejects\n"]],
    );
    check(
        record,
        "{at: 2026-01-02 03:04:05.251}",
        expect![[r#"
        failed: 1 events, 0 rejects
        event 1: `at`: expected "2026-01-02 03:04:05.251", found "2026-01-02 03:04:05.250"
    "#]],
    );
    check(
        record,
        "{at: 2026-01-02}",
        expect![[r#"
        failed: 1 events, 0 rejects
        event 1: `at`: expected "2026-01-02", found "2026-01-02 03:04:05.250"
    "#]],
    );
    check(
        r#"{"at": "2026-01-02T00:00:00Z"}"#,
        "{at: 2026-01-02}",
        expect![["passed: 1 events, 0 rejects\n"]],
    );
}

#[test]
fn elements_of_lists_keep_their_places() {
    check(
        r#"{"words": ["a", null, "b"], "any": [1, null], "list": [{"n": 1}, {"n": 2}]}"#,
        r#"{words: [a, ~, c], any: [1], list: [{n: 1}, {n: 3}, {n: 4}]}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `any`: expected 1 element, found 2 elements
            event 1: `list[1].n`: expected 3, found 2
            event 1: `list`: expected 3 elements, found 2 elements
            event 1: `words[2]`: expected "c", found "b"
        "#]],
    );
}

#[test]
fn standard_fields_count_if_they_are_mentioned() {
    let record = r#"{"text": "192.0.2.7", "at": "2026-01-02T03:04:05Z", "new": {"x": 1}}"#;
    check(
        record,
        r#"{text: 192.0.2.7, at: "2026-01-02 03:04:05", p_log_type: Custom.Test, p_row_id: x, p_parse_time: "2020-01-01 00:00:00",
          p_source_id: y, p_source_label: z, p_schema_version: 7, p_any_ip_addresses: [192.0.2.7], p_unmapped: {new: {x: 1}},
          p_any_emails: [], p_udm: {}, p_enrichment: {}, p_header: 1, p_source_file: {}}"#,
        expect![["passed: 1 events, 0 rejects\n"]],
    );
    check(
        record,
        r#"{text: 192.0.2.7, at: "2026-01-02 03:04:05", p_unmapped: '{"new": {"x": 1}}'}"#,
        expect![["passed: 1 events, 0 rejects\n"]],
    );
    check(
        record,
        r#"{text: 192.0.2.7, at: "2026-01-02 03:04:05", p_log_type: Custom.Other, p_event_time: "2020-01-01 00:00:00", p_any_ip_addresses: [192.0.2.8],
          p_unmapped: {new: {x: 2}}, p_any_emails: [a@example.com], p_any_usernames: x, p_any_thing: [y], p_alert_id: ~}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `p_any_emails`: expected ["a@example.com"], found []
            event 1: `p_any_ip_addresses`: expected ["192.0.2.8"], found ["192.0.2.7"]
            event 1: `p_any_thing`: expected ["y"], found no standard field of that name
            event 1: `p_any_usernames`: expected "x", found []
            event 1: `p_event_time`: expected "2020-01-01 00:00:00", found "2026-01-02 03:04:05.000"
            event 1: `p_log_type`: expected "Custom.Other", found "Custom.Test"
            event 1: `p_unmapped.new.x`: expected 2, found 1
        "#]],
    );
}

#[test]
fn the_time_of_parsing_is_known_if_the_test_gives_it() {
    check(
        r#"{"text": "a"}"#,
        r#"{text: a, p_parse_time: "2026-01-02 03:04:05", p_event_time: "2026-01-02 03:04:05"}"#,
        expect![["passed: 1 events, 0 rejects\n"]],
    );
    check(
        r#"{"text": "a"}"#,
        r#"{text: a, p_event_time: "2026-01-02 03:04:05"}"#,
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `p_event_time`: expected "2026-01-02 03:04:05", found the time of parsing, as no field holds the event's time
        "#]],
    );
}

#[test]
fn a_time_without_a_year_is_of_the_year_2000_unless_the_test_gives_the_time_of_parsing() {
    let schema = Schema::from_yaml(
        "schema: Custom.Test\nfields:\n  - {name: t, type: timestamp, timeFormat: '%b %e %H:%M:%S', isEventTime: true}\n",
    )
    .unwrap();
    for (result, is_passed) in [
        ("{t: '2000-02-29 03:04:05', p_event_time: '2000-02-29 03:04:05'}", true),
        ("{t: '2000-02-29 03:04:05', p_parse_time: '2025-01-01 00:00:00'}", false),
        ("{t: '2024-02-29 03:04:05', p_parse_time: '2025-01-01 00:00:00'}", true),
    ] {
        let text = format!("logType: Custom.Test\ninput: '{{\"t\": \"Feb 29 03:04:05\"}}'\nresult: {result}\n");
        let file = TestFile::from_yaml(&text).unwrap();
        assert_eq!(file.tests[0].run(&schema).is_passed(), is_passed, "{result}");
    }
}

#[test]
fn records_stand_one_a_line_or_on_many() {
    check_run(
        "logType: Custom.Test\ninput: |\n  {\n    \"text\": \"a\"\n  }\n\n  {\"text\": \"b\"} {\"text\": \"c\"}\nresults: [{text: a}, {text: b}, {text: c}]",
        expect![["passed: 3 events, 0 rejects\n"]],
    );
}

#[test]
fn every_record_makes_its_event_or_all_are_rejected() {
    let input = "logType: Custom.Test\ninput: |\n  {\"whole\": \"x\"}\n  nonsense } {\n  {\"text\": \"a\"}\n  [1]\n";
    check_run(
        &format!("{input}result: {{text: a}}"),
        expect![[r#"
            failed: 1 events, 3 rejects
            event 1: expected {"text":"a"}, found the record rejected: `whole`: expected bigint, found string that is no whole number
            event 2: expected no further record, found the record rejected: record: expected JSON, found an unexpected character at byte 0
            event 3: expected no further record, found {"text":"a"}
            event 4: expected no further record, found the record rejected: record: expected object, found array
        "#]],
    );
    check_run(
        &format!("{input}results: [{{text: x}}, {{text: b}}, {{text: a}}, {{}}, {{text: y}}]"),
        expect![[r#"
            failed: 1 events, 3 rejects
            event 1: expected {"text":"x"}, found the record rejected: `whole`: expected bigint, found string that is no whole number
            event 2: expected {"text":"b"}, found the record rejected: record: expected JSON, found an unexpected character at byte 0
            event 4: expected {}, found the record rejected: record: expected object, found array
            event 5: expected {"text":"y"}, found no further record
        "#]],
    );
    check_run(
        &format!("{input}results: []"),
        expect![[r#"
            failed: 1 events, 3 rejects
            event 3: expected the record to be rejected, found {"text":"a"}
        "#]],
    );
    check_run(
        "logType: Custom.Test\ninput: |\n  nonsense\nresults: []",
        expect![[r#"
            passed: 0 events, 1 rejects
        "#]],
    );
    check_run(
        "logType: Custom.Test\ninput: |\n  {\"text\": \"a\"} {\"text\": \"b\"}\nresult: {text: a}",
        expect![[r#"
            failed: 2 events, 0 rejects
            event 2: expected no further record, found {"text":"b"}
        "#]],
    );
}

#[test]
fn long_values_are_shown_where_they_differ() {
    let long = |end: &str| format!("{}{end}", "x".repeat(300));
    check(
        &format!(r#"{{"text": "{}"}}"#, long("abc")),
        &format!(r#"{{text: "{}"}}"#, long("abd")),
        expect![[r#"
            failed: 1 events, 0 rejects
            event 1: `text`: expected …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxabd", found …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxabc"
        "#]],
    );
}

#[test]
fn at_most_so_many_differences_are_shown() {
    let many = TEST_DIFFERENCE_COUNT_MAX + 3;
    let outcome = run(&format!(
        "logType: Custom.Test\ninput: |\n  {{\"words\": [{}]}}\nresult: {{words: [{}]}}",
        vec!["\"a\""; many].join(","),
        vec!["b"; many].join(",")
    ));
    assert_eq!(outcome.differences.len(), TEST_DIFFERENCE_COUNT_MAX);
    assert_eq!(outcome.differences_omitted, 3);
}

#[test]
fn numbers_are_the_same_by_value_but_whole_ones_stay_whole() {
    for (a, b) in [
        ("1", "1"),
        ("0", "-0"),
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("12e-1", "1.2"),
        ("0.0", "-0e5"),
        ("-2.0", "-20e-1"),
    ] {
        assert!(is_same_number(a, b), "{a} {b}");
    }
    for (a, b) in [
        ("1", "1.0"),
        ("1", "2"),
        ("1e2", "100"),
        ("1.5", "-1.5"),
        ("1e99999999999999999999", "2e99999999999999999999"),
        ("0.1", "0.10000000000000000001"),
    ] {
        assert!(!is_same_number(a, b), "{a} {b}");
    }
}

proptest! {
    /// What an event prints is what a test may expect of it, and a test that expects another record's is failed.
    #[test]
    fn an_event_as_printed_passes(whole in any::<i64>(), other in any::<i64>(), part in any::<f64>(), text in ".{0,20}", seconds in -9_000_000_000_i64..9_000_000_000) {
        prop_assume!(part.is_finite() && whole != other);
        let schema = Schema::from_yaml(SCHEMA).unwrap();
        let record = |whole: i64| serde_json::json!({"text": text, "whole": whole, "part": part, "at": seconds, "any": {"k": [part, whole]}, "list": [{"n": 1}]}).to_string();
        let test = |expected: String| TestCase {
            name: String::new(),
            log_type: String::new(),
            line: 1,
            input: Input::Text(record(whole)),
            expected: vec![Json::of_text(&expected).unwrap()],
        };
        let origin = crate::Origin {
            source_id: crate::SourceId::from_uuid(uuid::Uuid::nil()),
            source_label: "",
            record_id: "1",
            parse_time: jiff::Timestamp::UNIX_EPOCH,
            schema_version: 0,
        };
        let printed = |whole: i64| match schema.normalise(record(whole).as_bytes(), &origin) {
            crate::Normalised::Event(event) => event.to_json(&schema),
            crate::Normalised::Reject(reject) => panic!("{reject}"),
        };
        let outcome = test(printed(whole)).run(&schema);
        prop_assert!(outcome.is_passed(), "{:?}", outcome);
        prop_assert!(!test(printed(other)).run(&schema).is_passed());
    }

    #[test]
    fn no_text_makes_reading_panic(text in "[-a-z:{}\\[\\]&*'\"| \n#~0-9.]{0,60}") {
        let schema = Schema::from_yaml(SCHEMA).unwrap();
        let file = format!("logType: x\ninput: x\nresult: {text}");
        for text in [text.clone(), file] {
            if let Ok(file) = TestFile::from_yaml(&text) {
                for test in &file.tests {
                    test.run(&schema);
                }
            }
        }
        let test = TestCase {
            name: String::new(),
            log_type: String::new(),
            line: 1,
            input: Input::Text(text),
            expected: Vec::new(),
        };
        test.run(&schema);
    }
}
