use std::fmt::Write as _;
use std::io::{BufReader, Read};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::limits::RECORD_BYTES_MAX;

mod array;

/// A reader that gives a file so many bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn show(records: impl Iterator<Item = Result<Record, StreamError>>) -> String {
    let mut out = String::new();
    for record in records {
        match record {
            Ok(record) => {
                let text = String::from_utf8_lossy(&record.bytes);
                writeln!(out, "{} {}:{} {text:?}", record.index, record.line, record.position).unwrap();
            }
            Err(error) => writeln!(out, "{error}").unwrap(),
        }
    }
    out
}

/// Cuts a file into records, whatever the size of the pieces that it comes in.
fn cut(stream_type: &str, schema: Option<&Schema>, file: &[u8]) -> String {
    let stream_type: StreamType = stream_type.parse().unwrap();
    let whole = show(Records::new(file, &stream_type, schema));
    for size in [1, 2, 3, 7] {
        let reader = BufReader::with_capacity(size, Drops(file, size));
        assert_eq!(
            show(Records::new(reader, &stream_type, schema)),
            whole,
            "in pieces of {size}"
        );
    }
    whole
}

fn check(stream_type: &str, file: &str, expected: Expect) {
    expected.assert_eq(&cut(stream_type, None, file.as_bytes()));
}

fn check_of(parser: &str, file: &str, expected: Expect) {
    let text = format!("schema: Custom.Test\nparser:\n{parser}\nfields: [{{name: a, type: string}}]\n");
    let schema = Schema::from_yaml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    expected.assert_eq(&cut("Auto", Some(&schema), file.as_bytes()));
}

#[test]
fn space_at_the_start_of_the_first_line_is_the_line_s() {
    check(
        "Auto",
        "\n\r\n\tfoo\tbar\n\tfoo\tbar\n",
        expect![[r#"
        0 3:3 "\tfoo\tbar"
        1 4:12 "\tfoo\tbar"
    "#]],
    );
    check(
        "Auto",
        "  [warning] a\n [x] b\n",
        expect![[r#"
        0 1:0 "  [warning] a"
        1 2:14 " [x] b"
    "#]],
    );
    check(
        "Auto",
        " \n {\"a\":1}\n{\"a\":2}\n",
        expect![[r#"
        0 2:3 "{\"a\":1}"
        1 3:11 "{\"a\":2}"
    "#]],
    );
    check("Auto", "\n \t\n", expect![[r#""#]]);
}

#[test]
fn lines_are_records_unless_they_are_blank() {
    check(
        "Lines",
        "a\n\n b \r\n\t\r\n\u{feff}c\n\nd",
        expect![[r#"
        0 1:0 "a"
        1 3:3 " b "
        2 5:11 "\u{feff}c"
        3 7:17 "d"
    "#]],
    );
    check(
        "NDJSON",
        "\u{feff}{\"a\":1}\n{broken\n{\"a\":2}\r\n",
        expect![[r#"
        0 1:0 "{\"a\":1}"
        1 2:11 "{broken"
        2 3:19 "{\"a\":2}"
    "#]],
    );
    check("Lines", "", expect![""]);
    check("Lines", "\n\n", expect![""]);
    check("Lines", "\u{feff}", expect![""]);
}

#[test]
fn json_values_are_records_however_they_are_spread() {
    check(
        "JSON",
        "{\n  \"a\": [1, {\"b\": \"}\\\"]\"}]\n}\n\n{\"c\":2}{\"d\":3} [4] 5 \"six\\\\\" true\nnull",
        expect![[r#"
            0 1:0 "{\n  \"a\": [1, {\"b\": \"}\\\"]\"}]\n}"
            1 5:31 "{\"c\":2}"
            2 5:38 "{\"d\":3}"
            3 5:46 "[4]"
            4 5:50 "5"
            5 5:52 "\"six\\\\\""
            6 5:60 "true"
            7 6:65 "null"
        "#]],
    );
    check(
        "JSON",
        "\u{feff} {} \u{1e}{}",
        expect![[r#"
        0 1:4 "{}"
        1 1:8 "{}"
    "#]],
    );
    check("JSON", " \r\n\t", expect![""]);
    check(
        "JSON",
        "12",
        expect![[r#"
        0 1:0 "12"
    "#]],
    );
}

#[test]
fn json_that_is_broken_ends_the_reading() {
    check(
        "JSON",
        "{\"a\": 1}\n{\"a\": ",
        expect![[r#"
            0 1:0 "{\"a\": 1}"
            line 2, byte 15: the file ends within the value that starts in line 2
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check(
        "JSON",
        "{\"a\": \"x",
        expect![[r#"
            line 1, byte 8: the file ends within the value that starts in line 1
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check(
        "JSON",
        "{}\n{\"a\": ]}\n",
        expect![[r#"
        0 1:0 "{}"
        line 2, byte 10: this is no JSON: expected a bracket that closes the one before
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JSON",
        "{}\nnot json\nhello",
        expect![[r#"
        0 1:0 "{}"
        1 2:3 "not"
        line 2, byte 7: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JSON",
        "{},\n{}",
        expect![[r#"
        0 1:0 "{}"
        line 1, byte 2: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JSON",
        "}",
        expect![[r#"
        line 1, byte 0: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
}

#[test]
fn rows_hold_line_breaks_where_they_are_quoted() {
    check(
        "CSV",
        "a,b\r\n1,\"x\ny\"\r\n\"\"\"\n\",2\n\n3,\"z\"",
        expect![[r#"
        0 1:0 "a,b"
        1 2:5 "1,\"x\ny\""
        2 4:14 "\"\"\"\n\",2"
        3 7:23 "3,\"z\""
    "#]],
    );
    check(
        "CSV",
        "1,a \"b\nc\" d\n2,\"a\"b\n\",3\n",
        expect![[r#"
        0 1:0 "1,a \"b"
        1 2:7 "c\" d"
        2 3:12 "2,\"a\"b\n\",3"
    "#]],
    );
    check(
        "CSV",
        "1,\"a\n2\n\n3",
        expect![[r#"
        line 4, byte 9: the quote that starts a cell in line 1 is never closed
          hint: close it, or read the file as Lines
    "#]],
    );
    check(
        "CSV",
        "1\n2\n3,\"a",
        expect![[r#"
        0 1:0 "1"
        1 2:2 "2"
        line 3, byte 8: the quote that starts a cell in line 3 is never closed
          hint: close it, or read the file as Lines
    "#]],
    );
    check(
        "CSV",
        "\"a\"",
        expect![[r#"
        0 1:0 "\"a\""
    "#]],
    );
    check_of(
        "  csv: {columns: [a, b], delimiter: ';'}",
        "1,\"x\n2;\"y,\nz\";3\n",
        expect![[r#"
            0 1:0 "1,\"x"
            1 2:5 "2;\"y,\nz\";3"
        "#]],
    );
    check_of(
        "  csv: {columns: [a, b], delimiter: 'é', skipPrefix: '#'}",
        "#é\"x\n1é\"y\nz\"é2\n",
        expect![[r##"
            0 1:0 "#é\"x"
            1 2:6 "1é\"y\nz\"é2"
        "##]],
    );
}

#[test]
fn auto_asks_the_schema_s_parser_first() {
    let lines = "{\"a\": 1}\n[2]\n\"x\ny\"\n";
    check_of(
        "  fastmatch: {match: ['%{a} %{b}']}",
        lines,
        expect![[r#"
        0 1:0 "{\"a\": 1}"
        1 2:9 "[2]"
        2 3:13 "\"x"
        3 4:16 "y\""
    "#]],
    );
    check_of(
        "  regex: {match: ['(?P<a>.*)']}",
        lines,
        expect![[r#"
        0 1:0 "{\"a\": 1}"
        1 2:9 "[2]"
        2 3:13 "\"x"
        3 4:16 "y\""
    "#]],
    );
    check_of(
        "  csv: {columns: [a]}",
        lines,
        expect![[r#"
        0 1:0 "{\"a\": 1}"
        1 2:9 "[2]"
        2 3:13 "\"x\ny\""
    "#]],
    );
    check_of(
        "  script: {function: 'def parse(log): return {\"a\": log}'}",
        "{\n\"a\": 1}\n{}",
        expect![[r#"
            0 1:0 "{\n\"a\": 1}"
            1 3:10 "{}"
        "#]],
    );
    check_of(
        "  script: {function: 'def parse(log): return {\"a\": log}'}",
        "a line\nanother",
        expect![[r#"
            0 1:0 "a line"
            1 2:7 "another"
        "#]],
    );
}

#[test]
fn auto_tells_a_file_by_its_first_bytes() {
    check(
        "Auto",
        "\u{feff}\n {\"a\": 1} \n{broken\n{\"a\": 2}\n",
        expect![[r#"
        0 2:5 "{\"a\": 1}"
        1 3:15 "{broken"
        2 4:23 "{\"a\": 2}"
    "#]],
    );
    check(
        "Auto",
        "{\"a\": 1}\r\n\r\n{broken\r\n",
        expect![[r#"
        0 1:0 "{\"a\": 1}"
        1 3:12 "{broken"
    "#]],
    );
    check(
        "Auto",
        "{\n\"a\": 1}\n{\"a\":\n2}",
        expect![[r#"
        0 1:0 "{\n\"a\": 1}"
        1 3:10 "{\"a\":\n2}"
    "#]],
    );
    check(
        "Auto",
        "{\"a\": 1}{\"a\":\n2}",
        expect![[r#"
        0 1:0 "{\"a\": 1}"
        1 1:8 "{\"a\":\n2}"
    "#]],
    );
    check(
        "Auto",
        "{\"a\": 1}",
        expect![[r#"
        0 1:0 "{\"a\": 1}"
    "#]],
    );
    check(
        "Auto",
        "[{\"a\": 1},\n{\"a\": 2}]",
        expect![[r#"
        0 1:1 "{\"a\": 1}"
        1 2:11 "{\"a\": 2}"
    "#]],
    );
    check(
        "Auto",
        "hello\nworld",
        expect![[r#"
        0 1:0 "hello"
        1 2:6 "world"
    "#]],
    );
    check(
        "Auto",
        "[ \n{}]",
        expect![[r#"
        0 2:3 "{}"
    "#]],
    );
    check(
        "Auto",
        "[2026-01-02] [warning] one\r\n[{two\n",
        expect![[r#"
        0 1:0 "[2026-01-02] [warning] one"
        1 2:28 "[{two"
    "#]],
    );
    check(
        "Auto",
        "[[1], {}]",
        expect![[r#"
        0 1:1 "[1]"
        1 1:6 "{}"
    "#]],
    );
    check(
        "Auto",
        "[",
        expect![[r#"
            line 1, byte 1: the file ends within the value that starts in line 1
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check("Auto", "", expect![""]);
}

#[test]
fn stream_types_have_panther_s_names() {
    for name in ["Auto", "JSON", "NDJSON", "JsonArray", "JsonArray:a.b", "Lines", "CSV"] {
        let stream_type: StreamType = name.parse().unwrap();
        assert_eq!(stream_type.to_string(), name);
        assert_eq!(name.to_lowercase().parse(), Ok(stream_type));
    }
    let check = |name: &str, expected: Expect| {
        expected.assert_eq(&name.parse::<StreamType>().unwrap_err().to_string());
    };
    check(
        "XML",
        expect![[r#"
        there is no stream type `XML`
          hint: there are Auto, JSON, NDJSON, JsonArray, Lines and CSV"#]],
    );
    check(
        "JSON:a",
        expect![[r#"
        there is no stream type `JSON:a`
          hint: there are Auto, JSON, NDJSON, JsonArray, Lines and CSV"#]],
    );
    check(
        "JsonArray:a..b",
        expect![[r#"
        `a..b` is no path to an array: a key is empty
          hint: keys are joined by dots, such as `a.b.c`; without any, the document is the array"#]],
    );
    check(
        &format!("JsonArray:{}", "a.".repeat(20)),
        expect!["a path to an array has at most 1024 bytes and 16 keys"],
    );
    check(
        &format!("JsonArray:{}", "a".repeat(2_000)),
        expect!["a path to an array has at most 1024 bytes and 16 keys"],
    );
}

#[test]
fn a_record_that_is_too_long_is_an_error_and_never_held() {
    let long = std::io::repeat(b'x').take(RECORD_BYTES_MAX as u64 * 4);
    let mut records = Records::new(BufReader::new(long), &StreamType::Lines, None);
    let error = records.next().unwrap().unwrap_err();
    assert!(matches!(error.cause, StreamErrorCause::TooLong), "{error}");
    assert!(records.input.record.capacity() <= 2 * RECORD_BYTES_MAX);
    assert!(records.next().is_none());
}

#[test]
fn a_long_array_streams() {
    // A gigabyte of elements: what is held is one of them.
    let element = format!("{{\"text\": \"{}\"}},", "x".repeat(1_000));
    let count = 20_000;
    let file = std::io::Cursor::new(b"{\"a\": {\"skipped\": [1, 2, 3], \"b\": [")
        .chain(std::io::Cursor::new(element.repeat(count)))
        .chain(std::io::Cursor::new(b"{}]}}"));
    let records = Records::new(BufReader::new(file), &"JsonArray:a.b".parse().unwrap(), None);
    let mut found = 0;
    for record in records {
        let record = record.unwrap();
        assert!(record.bytes.capacity() < 16 * 1024);
        found += 1;
    }
    assert_eq!(found, count + 1);
}

#[test]
fn a_reader_s_failure_is_told_with_its_place() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let file = BufReader::new(std::io::Cursor::new("{}\n{\n").chain(Failing));
    let mut records = Records::new(file, &StreamType::Json, None);
    assert!(records.next().unwrap().is_ok());
    let error = records.next().unwrap().unwrap_err();
    expect!["line 3, byte 5: the file cannot be read any further"].assert_eq(&error.to_string());
    expect!["the disk is gone"].assert_eq(&std::error::Error::source(&error).unwrap().to_string());
    assert!(records.next().is_none());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        "[\\[\\]{}\",:\\\\\n ]{0,6}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn values(stream_type: &str, file: &str) -> Vec<serde_json::Value> {
    let stream_type = stream_type.parse().unwrap();
    let reader = BufReader::with_capacity(5, file.as_bytes());
    Records::new(reader, &stream_type, None)
        .map(|record| serde_json::from_slice(&record.unwrap().bytes).unwrap())
        .collect()
}

proptest! {
    #[test]
    fn values_come_back_from_every_form(written in prop::collection::vec(json(), 0..5)) {
        let pretty: Vec<String> = written.iter().map(|value| serde_json::to_string_pretty(value).unwrap()).collect();
        prop_assert_eq!(&values("JSON", &pretty.join("\n")), &written);
        let lines: Vec<String> = written.iter().map(serde_json::Value::to_string).collect();
        prop_assert_eq!(&values("NDJSON", &lines.join("\n")), &written);
        let array = serde_json::Value::from(written.clone());
        prop_assert_eq!(&values("JsonArray", &array.to_string()), &written);
        prop_assert_eq!(&values("JsonArray", &serde_json::to_string_pretty(&array).unwrap()), &written);
        let envelope = serde_json::json!({"z": written.clone(), "a": {"x": 1, "list": array}});
        prop_assert_eq!(&values("JsonArray:a.list", &envelope.to_string()), &written);
    }

    #[test]
    fn no_file_panics_or_goes_on_for_ever(file: Vec<u8>, text in "[\\[\\]{}\",:\\\\\n\r a1é]{0,40}") {
        for stream_type in ["Auto", "JSON", "NDJSON", "JsonArray", "JsonArray:a.b", "Lines", "CSV"] {
            for file in [file.as_slice(), text.as_bytes()] {
                let shown = cut(stream_type, None, file);
                prop_assert!(shown.lines().count() <= 3 * (file.len() + 2));
            }
        }
    }
}
