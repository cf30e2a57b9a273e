//! What each type takes.

use super::*;

#[test]
fn string() {
    check_values(
        "type: string",
        &[
            r#""x""#,
            r#""""#,
            "12345678901234567890.50",
            "true",
            "null",
            "{}",
            "[1]",
            r#""\u00e9\ud800""#,
        ],
        expect![[r#"
            "x" => {"f":"x"
            "" => {"f":""
            12345678901234567890.50 => {"f":"12345678901234567890.50"
            true => {"f":"true"
            null => {
            {} => reject: `f`: expected string, found object
            [1] => reject: `f`: expected string, found array
            "\u00e9\ud800" => {"f":"é�"
        "#]],
    );
}

#[test]
fn integers() {
    check_values(
        "type: bigint",
        &[
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            r#""42""#,
            r#""+007""#,
            r#""""#,
            r#"" 42""#,
            r#""4x""#,
            "1.0",
            "1e3",
            "-0",
            "true",
            "null",
            "[]",
        ],
        expect![[r#"
            9223372036854775807 => {"f":9223372036854775807
            -9223372036854775808 => {"f":-9223372036854775808
            9223372036854775808 => reject: `f`: expected bigint, found number out of range
            "42" => {"f":42
            "+007" => {"f":7
            "" => {
            " 42" => reject: `f`: expected bigint, found string that is no whole number
            "4x" => reject: `f`: expected bigint, found string that is no whole number
            1.0 => reject: `f`: expected bigint, found number with a fraction or an exponent
            1e3 => reject: `f`: expected bigint, found number with a fraction or an exponent
            -0 => {"f":0
            true => reject: `f`: expected bigint, found boolean
            null => {
            [] => reject: `f`: expected bigint, found array
        "#]],
    );
    check_values(
        "type: int",
        &["2147483647", "-2147483648", "2147483648", r#""-2147483649""#],
        expect![[r#"
        2147483647 => {"f":2147483647
        -2147483648 => {"f":-2147483648
        2147483648 => reject: `f`: expected int, found number out of range
        "-2147483649" => reject: `f`: expected int, found number out of range
    "#]],
    );
    check_values(
        "type: smallint",
        &["32767", "-32768", "32768"],
        expect![[r#"
        32767 => {"f":32767
        -32768 => {"f":-32768
        32768 => reject: `f`: expected smallint, found number out of range
    "#]],
    );
}

#[test]
fn float() {
    check_values(
        "type: float",
        &[
            "1",
            "-0.0",
            "0.1",
            "1e300",
            "5e-324",
            "1e400",
            r#""2.5""#,
            r#"".5""#,
            r#""""#,
            r#""NaN""#,
            r#""inf""#,
            r#""-Infinity""#,
            r#""1e999""#,
            r#""1_0""#,
            "false",
            "null",
        ],
        expect![[r#"
            1 => {"f":1.0
            -0.0 => {"f":-0.0
            0.1 => {"f":0.1
            1e300 => {"f":1e300
            5e-324 => {"f":5e-324
            1e400 => reject: `f`: expected float, found number out of range
            "2.5" => {"f":2.5
            ".5" => {"f":0.5
            "" => {
            "NaN" => reject: `f`: expected float, found string that is no number
            "inf" => reject: `f`: expected float, found string that is no number
            "-Infinity" => reject: `f`: expected float, found string that is no number
            "1e999" => reject: `f`: expected float, found number out of range
            "1_0" => reject: `f`: expected float, found string that is no number
            false => reject: `f`: expected float, found boolean
            null => {
        "#]],
    );
}

#[test]
fn boolean() {
    check_values(
        "type: boolean",
        &[
            "true",
            "false",
            "1",
            "0",
            "2",
            "1.0",
            r#""t""#,
            r#""FALSE""#,
            r#""True""#,
            r#""yes""#,
            r#""tRUE""#,
            r#""""#,
            "null",
        ],
        expect![[r#"
            true => {"f":true
            false => {"f":false
            1 => {"f":true
            0 => {"f":false
            2 => reject: `f`: expected boolean, found number other than 0 and 1
            1.0 => reject: `f`: expected boolean, found number other than 0 and 1
            "t" => {"f":true
            "FALSE" => {"f":false
            "True" => {"f":true
            "yes" => reject: `f`: expected boolean, found string that is no boolean
            "tRUE" => reject: `f`: expected boolean, found string that is no boolean
            "" => {
            null => {
        "#]],
    );
}

#[test]
fn timestamp() {
    check_values(
        "type: timestamp",
        &[
            r#""2026-01-02T03:04:05Z""#,
            r#""2026-01-02T03:04:05.678901Z""#,
            r#""""#,
            "null",
            "1767323045",
            r#""1767323045""#,
            "true",
        ],
        expect![[r#"
            "2026-01-02T03:04:05Z" => {"f":"2026-01-02 03:04:05.000"
            "2026-01-02T03:04:05.678901Z" => {"f":"2026-01-02 03:04:05.678901"
            "" => {
            null => {
            1767323045 => reject: `f`: expected timestamp (rfc3339), found number
            "1767323045" => reject: `f`: expected timestamp (rfc3339), found string in another format
            true => reject: `f`: expected timestamp (rfc3339), found boolean
        "#]],
    );
    check_values(
        r#"type: timestamp, timeFormats: [unix, rfc3339, "%Y-%m-%d"]"#,
        &[
            "1767323045.5",
            r#""1767323045""#,
            r#""2026-01-02T03:04:05Z""#,
            r#""2026-01-02""#,
            r#""2026""#,
            "1e40",
            r#""x""#,
            "{}",
        ],
        expect![[r#"
            1767323045.5 => {"f":"2026-01-02 03:04:05.500"
            "1767323045" => {"f":"2026-01-02 03:04:05.000"
            "2026-01-02T03:04:05Z" => {"f":"2026-01-02 03:04:05.000"
            "2026-01-02" => {"f":"2026-01-02 00:00:00.000"
            "2026" => {"f":"1970-01-01 00:33:46.000"
            1e40 => reject: `f`: expected timestamp (unix or rfc3339 or %Y-%m-%d), found time out of range
            "x" => reject: `f`: expected timestamp (unix or rfc3339 or %Y-%m-%d), found string in another format
            {} => reject: `f`: expected timestamp (unix or rfc3339 or %Y-%m-%d), found object
        "#]],
    );
}

#[test]
fn arrays() {
    check_values(
        "type: array, element: {type: int}",
        &[
            "[]",
            "[1,\"2\",null,\"\"]",
            "[1,[2]]",
            "[4294967296,\"x\"]",
            "{}",
            "null",
            "1",
        ],
        expect![[r#"
            [] => {"f":[]
            [1,"2",null,""] => {"f":[1,2,null,null]
            [1,[2]] => reject: `f[1]`: expected int, found array
            [4294967296,"x"] => reject: `f[0]`: expected int, found number out of range; `f[1]`: expected int, found string that is no whole number
            {} => reject: `f`: expected array, found object
            null => {
            1 => reject: `f`: expected array, found number
        "#]],
    );
    check_values(
        "type: array, element: {type: array, element: {type: json}}",
        &["[[],[1, {\"a\":  1}],null]"],
        expect![[r#"
        [[],[1, {"a":  1}],null] => {"f":[[],[1,{"a":  1}],null]
    "#]],
    );
}

#[test]
fn objects() {
    check_values(
        "type: object, fields: [{name: a, type: string, required: true}, {name: b, type: int}]",
        &[
            r#"{"a":"x","b":1}"#,
            r#"{"b":1,"a":""}"#,
            r#"{"a":null}"#,
            "{}",
            "null",
            "[]",
            r#"{"a":{},"b":"z"}"#,
        ],
        expect![[r#"
            {"a":"x","b":1} => {"f":{"a":"x","b":1}
            {"b":1,"a":""} => {"f":{"a":"","b":1}
            {"a":null} => reject: `f.a`: expected string (required), found nothing
            {} => reject: `f.a`: expected string (required), found nothing
            null => {
            [] => reject: `f`: expected object, found array
            {"a":{},"b":"z"} => reject: `f.a`: expected string, found object; `f.b`: expected int, found string that is no whole number
        "#]],
    );
}

#[test]
fn json_is_kept_as_it_stands() {
    check_values(
        "type: json",
        &[
            "1e400",
            "{ \"a\" : [1 ,2.50] }",
            "\"\\u0041\\ud800\"",
            "true",
            "null",
            "[1,\n\t2]",
        ],
        expect![[r#"
            1e400 => {"f":1e400
            { "a" : [1 ,2.50] } => {"f":{ "a" : [1 ,2.50] }
            "\u0041\ud800" => {"f":"\u0041\ud800"
            true => {"f":true
            null => {
            [1,
            	2] => {"f":[1, 	2]
        "#]],
    );
}
