use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(body: impl AsRef<[u8]>, expected: Expect) {
    let outcome = match Envelope::parse(body.as_ref()) {
        Ok(envelope) => {
            let bodies: Vec<&str> = envelope.records.iter().map(|record| record.body.as_str()).collect();
            format!("{bodies:?} then {:?}", envelope.offset)
        }
        Err(problem) => format!("problem: {problem}"),
    };
    expected.assert_eq(&outcome);
}

#[test]
fn pages_are_read() {
    check(r#"{"data":[],"next_page":null}"#, expect!["[] then None"]);
    check(r#"{"data":[]}"#, expect!["[] then None"]);
    check(
        r#"{"next_page":{"offset":"a+b=","path":"/x","uri":"https://evil.example/"},"data":[{"gid":"1"}, {"gid" : "2"}]}"#,
        expect![[r#"["{\"gid\":\"1\"}", "{\"gid\" : \"2\"}"] then Some("a+b=")"#]],
    );
    check(
        "\u{feff}\r\n {\"data\":[1,\"x\",null,[],{}]} \n",
        expect![[r#"["1", "\"x\"", "null", "[]", "{}"] then None"#]],
    );
    check(
        r#"{"data":[{"gid":"1","n":12345678901234567890,"e":1e400,"s":"\ud800"}],"new":{"a":[1]}}"#,
        expect![[r#"["{\"gid\":\"1\",\"n\":12345678901234567890,\"e\":1e400,\"s\":\"\\ud800\"}"] then None"#]],
    );
}

#[test]
fn what_is_no_page_is_named() {
    check("", expect!["problem: it is not a JSON object"]);
    check(
        "<html>502 Bad Gateway</html>",
        expect!["problem: it is not a JSON object"],
    );
    check("[]", expect!["problem: it is not a JSON object"]);
    check("[[],null]", expect!["problem: it is not a JSON object"]);
    check("null", expect!["problem: it is not a JSON object"]);
    check(r#"{"data":[]"#, expect!["problem: it is not a JSON object"]);
    check(
        r#"{"data":[]} {"data":[]}"#,
        expect!["problem: it is not a JSON object"],
    );
    check("{}", expect!["problem: it has no `data`"]);
    check(r#"{"errors":[{"message":"x"}]}"#, expect!["problem: it has no `data`"]);
    check(r#"{"data":null}"#, expect!["problem: it has no `data`"]);
    check(
        r#"{"data":{"gid":"1"}}"#,
        expect!["problem: its `data` is not an array"],
    );
    check(r#"{"data":"x"}"#, expect!["problem: its `data` is not an array"]);
    check(r#"{"data":[],"data":[]}"#, expect!["problem: it is not a JSON object"]);
    check(
        r#"{"data":[],"next_page":{}}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(
        r#"{"data":[],"next_page":{"offset":""}}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(
        r#"{"data":[],"next_page":{"offset":5}}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(
        r#"{"data":[],"next_page":{"offset":null}}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(
        r#"{"data":[],"next_page":["a"]}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(
        r#"{"data":[],"next_page":"a"}"#,
        expect!["problem: its `next_page` has no `offset`"],
    );
    check(b"{\"data\":[\"\xff\"]}", expect!["problem: it is not text"]);
    check(
        format!(
            r#"{{"data":[],"next_page":{{"offset":"{}"}}}}"#,
            "a".repeat(OFFSET_BYTES_MAX + 1)
        ),
        expect!["problem: its offset has 8193 bytes; at most 8192 are taken"],
    );
}

#[test]
fn deep_nesting_needs_no_stack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let envelope = Envelope::parse(format!(r#"{{"data":[{deep}],"x":{deep}}}"#).as_bytes()).unwrap();
    assert_eq!(envelope.records[0].body, deep);
}

proptest! {
    #[test]
    fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        Envelope::parse(&body).ok();
    }

    #[test]
    fn no_near_miss_panics(text in r#"(\{"data":)?[\[\]{}",:a-z0-9\\]{0,40}\}?"#) {
        Envelope::parse(text.as_bytes()).ok();
    }
}
