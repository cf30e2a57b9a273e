use expect_test::{Expect, expect};

use super::*;

fn check(format: Format, rows: &[Vec<Cell>], expected: &Expect) {
    let names = ["id", "text \"x\"", "at", "nested"];
    let mut bytes = Vec::new();
    let mut writer = RowWriter::begin(format, &names, Box::new(&mut bytes)).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.end().unwrap();
    expected.assert_eq(&String::from_utf8(bytes).unwrap());
}

fn rows() -> Vec<Vec<Cell>> {
    vec![
        vec![
            Cell::Integer(i64::MAX),
            Cell::Text("a,\"b\"\n<img>".to_owned()),
            Cell::Time(1_767_323_045_120_000),
            Cell::Json("{\"gid\":\"1\"}".to_owned()),
        ],
        vec![
            Cell::Unsigned(u64::MAX),
            Cell::Null,
            Cell::Time(1_767_323_045_000_001),
            Cell::Null,
        ],
    ]
}

#[test]
fn integers_and_times_are_exact_in_ndjson() {
    check(
        Format::Ndjson,
        &rows(),
        &expect![[r#"
            {"id":9223372036854775807,"text \"x\"":"a,\"b\"\n<img>","at":"2026-01-02T03:04:05.120Z","nested":{"gid":"1"}}
            {"id":18446744073709551615,"text \"x\"":null,"at":"2026-01-02T03:04:05.000001Z","nested":null}
        "#]],
    );
}

#[test]
fn json_is_one_array_even_when_empty() {
    check(Format::Json, &[], &expect![["[]\n"]]);
}

#[test]
fn csv_quotes_what_must_be_quoted() {
    check(
        Format::Csv,
        &rows(),
        &expect![[r#"
            id,"text ""x""",at,nested
            9223372036854775807,"a,""b""
            <img>",2026-01-02 03:04:05.120,"{""gid"":""1""}"
            18446744073709551615,,2026-01-02 03:04:05.000001,
        "#]],
    );
}

#[test]
fn a_terminal_never_sees_control_characters_of_a_vendor() {
    let cell = Cell::Text("\u{1b}[2Jgone\n\u{202e}txt".to_owned());
    assert_eq!(display_text(&cell), "\\u{1b}[2Jgone\\n\\u{202e}txt");
}

#[test]
fn one_thing_is_counted_without_an_s() {
    for (count, text) in [(0, "0 records"), (1, "1 record"), (2, "2 records")] {
        assert_eq!(counted(count, "record"), text);
    }
}
