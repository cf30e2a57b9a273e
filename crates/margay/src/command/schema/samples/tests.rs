//! Where records begin and end in a file.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::each_record;

fn check(text: &str, expected: &Expect) {
    let mut shown = String::new();
    each_record(&mut text.as_bytes(), &mut |line, record| {
        let record = String::from_utf8_lossy(record).replace('\n', "⏎");
        let _written = writeln!(shown, "{line}: {record}");
    })
    .unwrap();
    expected.assert_eq(&shown);
}

#[test]
fn a_record_a_line() {
    check(
        "{\"a\":1}\n\n  {\"b\":\"}\"} \r\nbroken {\n{\"c\":1}",
        &expect![[r#"
        1: {"a":1}
        3: {"b":"}"}
        4: broken {
        5: {"c":1}
    "#]],
    );
}

#[test]
fn records_over_several_lines() {
    check(
        "\n{\n  \"a\": \"}\\\"\",\n  \"b\": [{}]\n}\n\n{\n\"c\":1} {\"d\":\n2}\nnoise\n{\"e\":1}\n{\"cut\":",
        &expect![[r#"
            2: {⏎  "a": "}\"",⏎  "b": [{}]⏎}
            7: {⏎"c":1}
            8: {"d":⏎2}
            10: noise
            11: {"e":1}
            12: {"cut":
        "#]],
    );
}

#[test]
fn nothing_in_it() {
    check("", &expect![[""]]);
    check("\n \n", &expect![[""]]);
}
