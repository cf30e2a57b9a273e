use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::json::is_same_number;
use super::*;
use crate::limits::{TEST_COUNT_MAX, TEST_DIFFERENCE_COUNT_MAX};
use crate::schema::Schema;

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

/// What a file says, or what is wrong with it.
fn check_file(text: &str, expected: Expect) {
    let mut shown = String::new();
    let warnings = match TestFile::from_yaml(text) {
        Ok(file) => {
            for test in file.tests {
                let input = match test.input {
                    Input::Text(text) => format!("{text:?}"),
                    Input::Records(records) => records.iter().map(|record| format!("{record};")).collect(),
                };
                writeln!(
                    shown,
                    "{} for {} in line {}: {input}",
                    test.name, test.log_type, test.line
                )
                .unwrap();
                for event in test.expected {
                    writeln!(shown, "  {event}").unwrap();
                }
            }
            file.warnings
        }
        Err(error) => {
            writeln!(shown, "{error}").unwrap();
            error.warnings
        }
    };
    for warning in warnings {
        writeln!(shown, "warning {warning}").unwrap();
    }
    expected.assert_eq(&shown);
}

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
fn a_file_holds_tests_in_several_documents() {
    check_file(
        r#"
# A comment before the first.
name: one
logType: Custom.Test
input: |
  {"text": "a"}
result: |
  {
    "text": "a"
  }
---
NAME: many
LogType: Custom.Test
INPUT: |-
  {"text": "a"}
  {"text": "b"}
RESULTS:
  - text: a
    whole: 12345678901234567890
  - '{"text": "b"}'
---
logtype: Custom.Other
input: {whole: 1, part: 1.50, text: "1", truth: yes}
results: '{"whole": 1} {"whole": 2}'
---
name: none
logType: Custom.Test
input: nonsense
results: []
---
"#,
        expect![[r#"
            one for Custom.Test in line 4: "{\"text\": \"a\"}\n"
              {"text":"a"}
            many for Custom.Test in line 13: "{\"text\": \"a\"}\n{\"text\": \"b\"}"
              {"text":"a","whole":12345678901234567890}
              {"text":"b"}
            test 3 for Custom.Other in line 22: {"part":1.50,"text":"1","truth":"yes","whole":1};
              {"whole":1}
              {"whole":2}
            none for Custom.Test in line 27: "nonsense"
        "#]],
    );
}

#[test]
fn unquoted_yaml_is_read_as_yaml_1_2_reads_it_with_every_digit() {
    check_file(
        "logType: A1a\ninput: x\nresult: {a: ~, b: null, c: True, d: 'true', e: 20000000000000000001, f: +1, g: .5, h: 5., \
         i: 1e3, j: 0x1F, k: 0o17, l: 007, m: 1_000, n: -0.10, o: .inf, p: 2026-01-02, q: -x, r: e5, s: '', t: 0xZ, u: -.e1, v: 1e, w: 0x, x: 0x+1}\n",
        expect![[r#"
            test 1 for A1a in line 1: "x"
              {"a":null,"b":null,"c":true,"d":"true","e":20000000000000000001,"f":1,"g":0.5,"h":5.0,"i":1e3,"j":31,"k":15,"l":"007","m":"1_000","n":-0.10,"o":".inf","p":"2026-01-02","q":"-x","r":"e5","s":"","t":"0xZ","u":"-.e1","v":"1e","w":"0x","x":"0x+1"}
        "#]],
    );
}

#[test]
fn every_problem_of_a_file_is_found_where_it_is() {
    check_file(
        r#"
name: nothing but a name
---
- a list
---
name: [x]
logType: Custom.Test
input: "  "
result: {a: 1}
results: []
---
name: wrong values
logType: 
input: []
result: |
  {"a": 1,
   "b" 2}
---
name: more
logtype: A1a
LogType: A1b
input: x
result: [1]
---
logType: A1a
input: x
results:
---
logType: A1a
input: x
results: [1, '{', {a: 1}, "", [2]]
---
logType: A1a
input: x
result: '{"a": 1} {"a": 2}'
resolts: 1
"#,
        expect![[r#"
            2:1: nothing but a name: a test needs the name of a schema as `logType`
            2:1: nothing but a name: a test needs the records as `input`
            2:1: nothing but a name: a test needs what it expects as `result` or `results`
              hint: `results: []` expects every record to be rejected
            4:1: a test is a mapping, found a list
            6:7: name: `name` is text, found a list
            8:8: `input` is text, found nothing
            10:1: `result` and `results` exclude each other
            13:8: wrong values: `logType` is text, found nothing
            14:8: wrong values: `input` holds no record
            16:3: wrong values: `result` is a text, but not of JSON: found an unexpected character, in line 2, column 6 of the text
            21:1: `LogType` is already given in line 20
            23:9: more: `result` is one event, found a list
              hint: a list of events is given as `results`
            27:8: test 6: `results` is a list, found nothing
              hint: `results: []` expects every record to be rejected
            31:11: test 7: an event is an object, found a number
            31:14: test 7: `results` is a text, but not of JSON: it ends too early, in line 1, column 2 of the text
            31:27: test 7: `results` is a text, but not of JSON: it is empty
            31:31: test 7: an event is an object, found an array
            35:9: test 8: `result` is a text, but not of JSON: found more text after the value, in line 1, column 10 of the text
            warning 36:1: a test has no key `resolts`
              hint: did you mean `results`?
        "#]],
    );
    check_file(
        "",
        expect![[r#"
        the file is empty
    "#]],
    );
    check_file(
        "---\n---\n",
        expect![[r#"
        the file holds no test
    "#]],
    );
    check_file(
        "a: [",
        expect![[r#"
        1:4: this is not YAML: unclosed bracket '['
    "#]],
    );
    check_file(
        "a: &x 1\n---\nb: *x\n",
        expect![[r#"
        3:4: this is not YAML: while parsing node, found unknown anchor
    "#]],
    );
}

#[test]
fn a_file_has_limits() {
    let document = "---\nlogType: A1a\ninput: x\nresults: []\n";
    assert_eq!(
        TestFile::from_yaml(&document.repeat(TEST_COUNT_MAX))
            .unwrap()
            .tests
            .len(),
        TEST_COUNT_MAX
    );
    let error = TestFile::from_yaml(&document.repeat(TEST_COUNT_MAX + 1)).unwrap_err();
    expect!["4001:1: a test file holds at most 1000 YAML documents"].assert_eq(&error.to_string());
    let deep = format!(
        "logType: A1a\ninput: x\nresult: {}{}",
        "{a: ".repeat(500),
        "}".repeat(500)
    );
    assert!(TestFile::from_yaml(&deep).is_err());
    // Ten lines of aliases that stand for ten thousand million values.
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..10 {
        let aliases = vec![format!("*a{}", i - 1); 10].join(",");
        writeln!(bomb, "a{i}: &a{i} [{aliases}]").unwrap();
    }
    let error = TestFile::from_yaml(&bomb).unwrap_err();
    assert!(error.to_string().contains("aliases"), "{error}");
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
