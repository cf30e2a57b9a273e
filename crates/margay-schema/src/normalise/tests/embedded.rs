use super::*;
use crate::limits::JSON_DEPTH_MAX;

#[test]
fn a_string_gives_way_to_the_json_in_it() {
    check_values(
        "type: object, isEmbeddedJSON: true, fields: [{name: a, type: string}, {name: b, type: bigint}]",
        &[
            r#""{\"a\":\"x\",\"b\":\"7\"}""#,
            r#"{"a":"x","b":7}"#,
            r#""  {\"a\": 12345678901234567890.50 }\n""#,
            r#""{\"a\":\"\\u00e9\\n\"}""#,
            r#""{\"new\": 1.50,\"a\":1}""#,
            r#""""#,
            r#""null""#,
            "null",
            r#""{}""#,
        ],
        expect![[r#"
            "{\"a\":\"x\",\"b\":\"7\"}" => {"f":{"a":"x","b":7}
            {"a":"x","b":7} => {"f":{"a":"x","b":7}
            "  {\"a\": 12345678901234567890.50 }\n" => {"f":{"a":"12345678901234567890.50"}
            "{\"a\":\"\\u00e9\\n\"}" => {"f":{"a":"é\n"}
            "{\"new\": 1.50,\"a\":1}" => {"f":{"a":"1"},"p_unmapped":{"f":{"new":1.50
            "" => {
            "null" => {
            null => {
            "{}" => {"f":{}
        "#]],
    );
    check_values(
        "type: array, isEmbeddedJSON: true, element: {type: int}",
        &[r#""[1,\"2\",null]""#, "[1,2]", r#""[]""#],
        expect![[r#"
            "[1,\"2\",null]" => {"f":[1,2,null]
            [1,2] => {"f":[1,2]
            "[]" => {"f":[]
        "#]],
    );
    check_values(
        "type: json, isEmbeddedJSON: true",
        &[
            r#""{\"a\":[1, 2.50]}""#,
            r#""12""#,
            r#""\"text\"""#,
            r#""{\"inner\":\"{}\"}""#,
            "[1]",
            "1e400",
        ],
        expect![[r#"
            "{\"a\":[1, 2.50]}" => {"f":{"a":[1, 2.50]}
            "12" => {"f":12
            "\"text\"" => {"f":"text"
            "{\"inner\":\"{}\"}" => {"f":{"inner":"{}"}
            [1] => {"f":[1]
            1e400 => {"f":1e400
        "#]],
    );
}

#[test]
fn a_string_without_json_rejects_the_record_unless_any_json_is_taken() {
    check_values(
        "type: object, isEmbeddedJSON: true, fields: [{name: a, type: string}]",
        &[
            r#""secret""#,
            r#""{\"a\":1""#,
            r#""{\"a\":1} {}""#,
            r#"" ""#,
            r#""[1]""#,
            r#""\"{}\"""#,
            "7",
            "[]",
        ],
        expect![[r#"
            "secret" => reject: `f`: expected object, or a string that holds one as JSON, found string that is no JSON
            "{\"a\":1" => reject: `f`: expected object, or a string that holds one as JSON, found string that is no JSON
            "{\"a\":1} {}" => reject: `f`: expected object, or a string that holds one as JSON, found string that is no JSON
            " " => reject: `f`: expected object, or a string that holds one as JSON, found string that is no JSON
            "[1]" => reject: `f`: expected object, found array
            "\"{}\"" => reject: `f`: expected object, or a string that holds one as JSON, found string that is no JSON
            7 => reject: `f`: expected object, found number
            [] => reject: `f`: expected object, found array
        "#]],
    );
    check_values(
        "type: json, isEmbeddedJSON: true",
        &[r#""plain text""#, r#""{\"a\":1""#, r#"" ""#, r#""\u00e9""#],
        expect![[r#"
            "plain text" => {"f":"plain text"
            "{\"a\":1" => {"f":"{\"a\":1"
            " " => {"f":" "
            "\u00e9" => {"f":"\u00e9"
        "#]],
    );
}

#[test]
fn embedded_values_hold_embedded_values() {
    let fields = "
  - name: o
    type: object
    isEmbeddedJSON: true
    fields:
      - {name: when, type: timestamp, isEventTime: true}
      - name: l
        type: array
        isEmbeddedJSON: true
        element: {type: object, isEmbeddedJSON: true, fields: [{name: mail, type: string, indicators: [email]}]}";
    let element = serde_json::json!({ "mail": "k@example.com", "new": "é\"" }).to_string();
    let list = serde_json::json!([element, null, { "mail": "l@example.com" }]).to_string();
    let object = serde_json::json!({ "l": list, "when": "2026-01-02T03:04:05Z", "more": { "x": 1 } }).to_string();
    check(
        fields,
        &serde_json::json!({ "o": object }).to_string(),
        expect![[
            r#"{"o":{"when":"2026-01-02 03:04:05.000","l":[{"mail":"k@example.com"},null,{"mail":"l@example.com"}]},"p_unmapped":{"o":{"l":[{"new":"é\""},null,null],"more":{"x":1}}},"p_any_emails":["k@example.com","l@example.com"] with time"#
        ]],
    );
    check(
        fields,
        r#"{"o":"{\"l\":\"[\\\"secret\\\"]\"}"}"#,
        expect!["reject: `o.l[0]`: expected object, or a string that holds one as JSON, found string that is no JSON"],
    );
}

#[test]
fn every_occurrence_of_a_key_is_unfolded() {
    check(
        "  - {name: o, type: object, isEmbeddedJSON: true, fields: [{name: a, type: int}]}",
        r#"{"o":"{\"a\":1,\"x\":1}","\u006f":"{\"a\":2,\"y\":2}"}"#,
        expect![[r#"{"o":{"a":2},"p_unmapped":{"o":{"x":1},"\u006f":{"y":2"#]],
    );
}

/// Text that holds itself in a string again and again grows with the square of the depth, so the depth here is small.
#[test]
fn the_depth_of_a_record_counts_across_strings() {
    let schema = schema(
        "
  - {name: j, type: json, isEmbeddedJSON: true}
  - {name: o, type: object, isEmbeddedJSON: true, fields: [{name: j, type: json, isEmbeddedJSON: true}]}",
    );
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let record = |depth: usize| serde_json::json!({ "j": deep(depth) }).to_string();
    assert_eq!(
        run(&schema, &record(JSON_DEPTH_MAX - 1)),
        format!("{{\"j\":{}", deep(JSON_DEPTH_MAX - 1))
    );
    // One more is no JSON that we take, and stays the string that it is.
    assert_eq!(
        run(&schema, &record(JSON_DEPTH_MAX)),
        format!("{{\"j\":\"{}\"", deep(JSON_DEPTH_MAX))
    );
    let nested = |depth: usize| {
        let inner = serde_json::json!({ "j": deep(depth) }).to_string();
        serde_json::json!({ "o": inner }).to_string()
    };
    assert!(run(&schema, &nested(JSON_DEPTH_MAX - 2)).contains("{\"j\":[["));
    assert!(run(&schema, &nested(JSON_DEPTH_MAX - 1)).contains("{\"j\":\"[["));
}

#[test]
fn a_record_that_is_no_json_is_rejected_as_without_embedded_values() {
    let plain = schema("  - {name: o, type: object, fields: [{name: a, type: int}]}");
    let embedded = schema("  - {name: o, type: object, isEmbeddedJSON: true, fields: [{name: a, type: int}]}");
    for record in [
        "",
        "[]",
        "{\"o\":{}",
        "{\"o\":{\"a\":1]}",
        "{} {}",
        "{\"x\":\"\\q\"}",
        "nul",
    ] {
        assert_eq!(run(&embedded, record), run(&plain, record), "{record}");
    }
    let bytes = b"{\"o\":\"\xff\"}";
    assert_eq!(embedded.normalise(bytes, &origin()), plain.normalise(bytes, &origin()));
}
