use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn record(json: &str) -> Record {
    Record::from_raw(serde_json::from_str(json).unwrap())
}

fn check_id(json: &str, expected: Expect) {
    expected.assert_eq(record(json).id.as_str());
}

fn check_time(json: &str, expected: Expect) {
    expected.assert_eq(&format!("{:?}", record(json).event_time));
}

fn is_hash(json: &str) -> bool {
    let id = record(json).id.into_string();
    id.len() == HASH_PREFIX.len() + 64 && id.starts_with(HASH_PREFIX)
}

#[test]
fn the_vendors_id_is_used_as_it_is() {
    check_id(r#"{"gid":"1208575735614490"}"#, expect!["1208575735614490"]);
    check_id(r#"{"gid":"a\u00e9\"b"}"#, expect![[r#"aé"b"#]]);
    check_id(r#"{"x":1,"gid":9007199254740993123}"#, expect!["9007199254740993123"]);
}

#[test]
fn without_a_usable_id_the_content_is_hashed() {
    for json in [
        "{}",
        r#"{"gid":null}"#,
        r#"{"gid":""}"#,
        r#"{"gid":"  "}"#,
        r#"{"gid":{"a":1}}"#,
        r#"{"gid":-5}"#,
        r#"{"gid":1.5}"#,
        r#"{"gid":1e3}"#,
        r#"{"gid":true}"#,
        r#"{"gid":"\ud800"}"#,
        r#"{"gid":"1","gid":"2"}"#,
        r#"{"gid":"sha256:00"}"#,
        r#"["1","2"]"#,
        r#""text""#,
        "null",
        "12",
        &format!(r#"{{"gid":"{}"}}"#, "9".repeat(RECORD_ID_BYTES_MAX + 1)),
        &format!(r#"{{"gid":{}}}"#, "9".repeat(RECORD_ID_BYTES_MAX + 1)),
    ] {
        assert!(is_hash(json), "{json}");
    }
}

#[test]
fn the_hash_is_pinned_since_it_is_stored() {
    check_id(
        r#"{ "b": [1, 2.50, "é"], "a": {"d": null, "c": 12345678901234567890} }"#,
        expect!["sha256:75bbcd8fd2f1db48696736daf811bb037644ce54af6dec46125b95a75d525c38"],
    );
}

#[test]
fn the_hash_ignores_how_it_is_written_but_nothing_else() {
    let id = |json: &str| record(json).id;
    assert_eq!(
        id(r#"{"a":1,"b":{"c":2,"d":3}}"#),
        id("{ \"b\" : {\"d\":3,\n\"c\":2}, \"\\u0061\":1 }")
    );
    assert_ne!(id(r#"{"a":1}"#), id(r#"{"a":1.0}"#));
    assert_ne!(id(r#"{"a":12345678901234567890}"#), id(r#"{"a":12345678901234567891}"#));
    assert_ne!(id(r#"{"a":1,"a":2}"#), id(r#"{"a":2}"#));
    assert_ne!(id("[1,2]"), id("[2,1]"));
    assert_ne!(id(r#""1""#), id("1"));
}

#[test]
fn the_body_is_kept_byte_for_byte() {
    let json = "{ \"gid\" :\"1\",\n  \"n\": 1.10e2 ,\"gid2\":\"\\u0041\" }";
    assert_eq!(record(json).body, json);
}

#[test]
fn deep_nesting_is_hashed_without_a_stack_to_match() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(is_hash(&deep));
    assert!(is_hash(&format!(r#"{{"a":{deep}}}"#)));
}

#[test]
fn the_time_is_read_leniently() {
    check_time(
        r#"{"created_at":"2021-10-21T23:38:10.364Z"}"#,
        expect!["Some(2021-10-21T23:38:10.364Z)"],
    );
    check_time(
        r#"{"created_at":"2021-10-22T01:38:10+02:00"}"#,
        expect!["Some(2021-10-21T23:38:10Z)"],
    );
    check_time(
        r#"{"created_at":"2021-10-21T23:38:10.123456789Z"}"#,
        expect!["Some(2021-10-21T23:38:10.123456789Z)"],
    );
    check_time(
        r#"{"created_at":"2022-12-16 19:30:26.15"}"#,
        expect!["Some(2022-12-16T19:30:26.15Z)"],
    );
    check_time(r#"{"created_at":"yesterday"}"#, expect!["None"]);
    check_time(r#"{"created_at":1634859490}"#, expect!["None"]);
    check_time(r#"{"created_at":null}"#, expect!["None"]);
    check_time("{}", expect!["None"]);
}

proptest! {
    #[test]
    fn any_json_becomes_a_record_with_an_id(text in r#"[\[\]{}",:0-9a-z\\ ]{0,40}"#) {
        if let Ok(raw) = serde_json::from_str::<&RawValue>(&text) {
            let record = Record::from_raw(raw);
            prop_assert!(!record.id.as_str().is_empty());
            prop_assert_eq!(record.body, raw.get());
        }
    }
}
