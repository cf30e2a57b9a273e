use expect_test::expect;

use super::check;

#[test]
fn elements_of_an_array_are_records() {
    check(
        "JsonArray",
        "[{\"a\": 1},\n {\"a\": [2, \"]\"]} , 3,\"x\" ]\n",
        expect![[r#"
            0 1:1 "{\"a\": 1}"
            1 2:12 "{\"a\": [2, \"]\"]}"
            2 2:30 "3"
            3 2:32 "\"x\""
        "#]],
    );
    check("JsonArray", "[]", expect![""]);
    check(
        "JsonArray",
        "\u{feff}[{}]\n[{}, {}]",
        expect![[r#"
        0 1:4 "{}"
        1 2:9 "{}"
        2 2:13 "{}"
    "#]],
    );
    check("JsonArray", "", expect![""]);
    check(
        "JsonArray:Records",
        "{\"x\": {\"Records\": [0]}, \"Records\": [{\"n\": 1}, {\"n\": 2}], \"y\": [3]}",
        expect![[r#"
            0 1:36 "{\"n\": 1}"
            1 1:46 "{\"n\": 2}"
        "#]],
    );
    check(
        "JsonArray:a.b.c",
        "{\"a\": {\"c\": 0, \"b\": {\"c\": [1, 2], \"d\": 3}}, \"b\": {\"c\": [4]}}",
        expect![[r#"
            0 1:27 "1"
            1 1:30 "2"
        "#]],
    );
    check(
        "JsonArray:Records",
        "{\"Records\": null} {\"Records\": []} {\"R\\u0065cords\": [1], \"Records\": [2]}",
        expect![[r#"
            0 1:52 "1"
            1 1:68 "2"
        "#]],
    );
}

#[test]
fn arrays_that_are_not_there_are_said_to_be_so() {
    check(
        "JsonArray:Records",
        "{\"records\": []}",
        expect![[r#"
        line 1, byte 15: there is no array at `Records`, found nothing
          hint: the path goes from the document's outermost object, keys joined by dots, capital letters count
    "#]],
    );
    check(
        "JsonArray:Records",
        "{}",
        expect![[r#"
        line 1, byte 2: there is no array at `Records`, found nothing
          hint: the path goes from the document's outermost object, keys joined by dots, capital letters count
    "#]],
    );
    check(
        "JsonArray:a.b",
        "{\"a\": [1]}",
        expect![[r#"
        line 1, byte 6: there is no array at `a.b`, found an array on the way
          hint: the path goes from the document's outermost object, keys joined by dots, capital letters count
    "#]],
    );
    check(
        "JsonArray:a.b",
        "{\"a\": {\"b\": {\"c\": 1}}}",
        expect![[r#"
        line 1, byte 12: there is no array at `a.b`, found an object
          hint: the path goes from the document's outermost object, keys joined by dots, capital letters count
    "#]],
    );
    check(
        "JsonArray",
        "{\"a\": []}",
        expect![[r#"
        line 1, byte 0: the document is no array, found an object
          hint: give the path to the array, such as JsonArray:Records, or use JSON
    "#]],
    );
    check(
        "JsonArray",
        "null",
        expect![[r#"
        line 1, byte 0: the document is no array, found null
          hint: give the path to the array, such as JsonArray:Records, or use JSON
    "#]],
    );
    check(
        "JsonArray:a",
        "[{\"a\": []}]",
        expect![[r#"
        line 1, byte 0: there is no array at `a`, found an array on the way
          hint: the path goes from the document's outermost object, keys joined by dots, capital letters count
    "#]],
    );
}

#[test]
fn arrays_that_are_broken_end_the_reading() {
    check(
        "JsonArray",
        "[{\"a\": 1}, {\"a\"",
        expect![[r#"
            0 1:1 "{\"a\": 1}"
            line 1, byte 15: the file ends within the value that starts in line 1
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check(
        "JsonArray",
        "[{\"a\": 1}",
        expect![[r#"
            0 1:1 "{\"a\": 1}"
            line 1, byte 9: the file ends within the value that starts in line 1
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check(
        "JsonArray",
        "[1,]",
        expect![[r#"
        0 1:1 "1"
        line 1, byte 3: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray",
        "[1 2]",
        expect![[r#"
        0 1:1 "1"
        line 1, byte 3: this is no JSON: expected a comma or the end of the list
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray",
        "[,1]",
        expect![[r#"
        line 1, byte 1: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray",
        "[1}",
        expect![[r#"
        0 1:1 "1"
        line 1, byte 2: this is no JSON: expected a comma or the end of the list
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
}

#[test]
fn documents_that_are_broken_end_the_reading() {
    check(
        "JsonArray:a",
        "{\"a\": [1]",
        expect![[r#"
            0 1:7 "1"
            line 1, byte 9: the file ends within the value that starts in line 1
              hint: it was cut off, so fetch it again; if it holds one value a line, use `--stream-type NDJSON`
        "#]],
    );
    check(
        "JsonArray:a",
        "{\"b\" 1}",
        expect![[r#"
        line 1, byte 5: this is no JSON: expected a `:` after the key
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray:a",
        "{b: 1}",
        expect![[r#"
        line 1, byte 1: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray:a",
        "{\"b\": , \"a\": []}",
        expect![[r#"
        line 1, byte 6: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray:a",
        "{\"b\": 1 \"a\": []}",
        expect![[r#"
        line 1, byte 8: this is no JSON: expected a comma or the end of the list
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
    check(
        "JsonArray",
        "hello",
        expect![[r#"
        line 1, byte 0: this is no JSON: expected a value
          hint: if the file has one JSON value a line, `--stream-type NDJSON` passes over a broken one; if it is text, use `--stream-type Lines`
    "#]],
    );
}
