//! One field at a time: what its values in all samples make of it.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{events, infer};

/// Shows in one line for each case what becomes of a field of that name that holds each of `values`: its type, what
/// goes with it, and the remarks.
fn check_fields(cases: &[(&str, &[&str])], expected: Expect) {
    let mut shown = String::new();
    for (name, values) in cases {
        let samples: Vec<String> = values.iter().map(|value| format!("{{{name:?}:{value}}}")).collect();
        let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
        let inferred = infer(&samples);
        events(&inferred, &samples);
        let fields = inferred.yaml.split_once("fields:\n").unwrap().1;
        let is_shown = |line: &&str| !line.contains("required:") && !line.contains("taken for the time");
        let lines: Vec<&str> = fields.lines().map(str::trim_start).filter(is_shown).collect();
        let (remarks, rest): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| line.starts_with('#'));
        let rest = rest.join(" ").replace(&format!("- name: {name} type: "), "");
        let _written = writeln!(shown, "{name} {} → {rest}", values.join(" "));
        for remark in remarks {
            let _written = writeln!(shown, "    {remark}");
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn strings_become_what_they_say_only_if_the_text_comes_back() {
    check_fields(
        &[
            ("v", &[r#""12""#, r#""-3""#]),
            ("v", &[r#""007""#, r#""8""#]),
            ("v", &[r#""+7""#]),
            ("v", &[r#""1.5""#, r#""-0.25""#]),
            ("v", &[r#""1.10""#]),
            ("v", &[r#""1e5""#]),
            ("v", &[r#""NaN""#]),
            ("v", &[r#""0.1234567890123456789""#]),
            ("v", &[r#""9223372036854775808""#]),
            ("v", &[r#""true""#, r#""false""#]),
            ("v", &[r#""True""#]),
            ("v", &[r#""1""#, r#""1.5""#]),
            ("v", &[r#""1""#, r#""""#]),
            ("v", &[r#""""#, "null"]),
            ("schemaVersion", &[r#""1.8""#]),
        ],
        expect![[r#"
            v "12" "-3" → bigint
                # samples are strings that hold numbers; if others may come, make it a string
            v "007" "8" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "+7" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "1.5" "-0.25" → float
                # samples are strings that hold numbers; if others may come, make it a string
            v "1.10" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "1e5" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "NaN" → string
            v "0.1234567890123456789" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "9223372036854775808" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "true" "false" → boolean
                # boolean: samples are the strings `true` and `false`
            v "True" → string
            v "1" "1.5" → string
                # string: numbers that would not be written the same again (signs, exponents, zeros at an end, too many digits)
            v "1" "" → string
                # string: numbers and empty strings; a number column would take the empty ones for null
            v "" null → string
                # string: every sample is the empty string
            schemaVersion "1.8" → string
        "#]],
    );
}

#[test]
fn numbers_become_what_holds_them_exactly() {
    check_fields(
        &[
            ("v", &["1", "-9223372036854775808"]),
            ("v", &["9223372036854775808"]),
            ("v", &["1", "0.250", "1e3", "-0"]),
            ("v", &["0.1", "9007199254740993"]),
            ("v", &["0.1234567890123456789"]),
            ("v", &["1e400"]),
            ("v", &["1", r#""2""#]),
            ("v", &["1.5", r#""2""#]),
            ("v", &["1", r#""x""#]),
            ("v", &["true", "1"]),
            ("v", &["1", r#""""#]),
        ],
        expect![[r#"
            v 1 -9223372036854775808 → bigint
            v 9223372036854775808 → string
                # string: some numbers have more digits than `bigint` or `float` keeps
            v 1 0.250 1e3 -0 → float
            v 0.1 9007199254740993 → string
                # string: no column would keep both the fractions and the largest whole numbers
            v 0.1234567890123456789 → string
                # string: some numbers have more digits than `bigint` or `float` keeps
            v 1e400 → string
                # string: some numbers have more digits than `bigint` or `float` keeps
            v 1 "2" → bigint
                # some samples are strings that hold numbers; if others may come, make it a string
            v 1.5 "2" → string
                # string: 1 string, 1 number; only text takes them together
            v 1 "x" → string
                # string: 1 string, 1 number; only text takes them together
            v true 1 → string
                # string: 1 number, 1 boolean; only text takes them together
            v 1 "" → string
                # string: 1 empty string, 1 number; only text takes them together
        "#]],
    );
}

#[test]
fn times_are_told_by_their_text() {
    check_fields(
        &[
            (
                "v",
                &[r#""2026-01-02T03:04:05Z""#, r#""2026-01-02T03:04:05.123456+02:00""#],
            ),
            ("v", &[r#""2026-01-02T03:04:05.1234567Z""#]),
            ("v", &[r#""2026-01-02T03:04:05.1230000Z""#]),
            ("v", &[r#""2016-12-31T23:59:60Z""#]),
            ("v", &[r#""20161231T235960Z""#]),
            ("v", &[r#""20161231T235959Z""#]),
            ("v", &[r#""2026-01-02T03:04:05.60Z""#]),
            ("v", &[r#""2026-01-02 03:04:05.1234567""#]),
            ("v", &[r#""2026-01-02T03:04:05Z""#, r#""soon""#]),
            ("v", &[r#""2026-01-02T03:04:05Z""#, r#""""#]),
            ("v", &[r#""2026-01-02 03:04:05""#]),
            ("v", &[r#""2026-01-02 03:04:05,123""#, r#""2026-01-02 03:04:05""#]),
            ("v", &[r#""2026-01-02T03:04:05.5+0100""#]),
            ("v", &[r#""Fri, 02 Jan 2026 03:04:05 GMT""#]),
            ("v", &[r#""01/02/2026 03:04:05""#]),
            ("v", &[r#""01/02/2026 03:04:05""#, r#""01/13/2026 03:04:05""#]),
            ("v", &[r#""2026-01-02 03:04:05""#, r#""2026-01-02T03:04:05Z""#]),
            ("v", &[r#""2026-01-02""#]),
        ],
        expect![[r#"
            v "2026-01-02T03:04:05Z" "2026-01-02T03:04:05.123456+02:00" → timestamp timeFormats: - rfc3339 isEventTime: true
                # times with an offset are stored as the same moment in UTC
            v "2026-01-02T03:04:05.1234567Z" → string
                # string: times with more digits than microseconds, or leap seconds; `timestamp` would cut them off
            v "2026-01-02T03:04:05.1230000Z" → timestamp timeFormats: - rfc3339 isEventTime: true
            v "2016-12-31T23:59:60Z" → string
                # string: times with more digits than microseconds, or leap seconds; `timestamp` would cut them off
            v "20161231T235960Z" → string
            v "20161231T235959Z" → timestamp timeFormats: - "%Y%m%dT%H%M%SZ" isEventTime: true
            v "2026-01-02T03:04:05.60Z" → timestamp timeFormats: - rfc3339 isEventTime: true
            v "2026-01-02 03:04:05.1234567" → string
            v "2026-01-02T03:04:05Z" "soon" → string
                # string: 1 of 2 samples are times, the others are not
            v "2026-01-02T03:04:05Z" "" → timestamp timeFormats: - rfc3339
                # 1 empty, which is read as no time
            v "2026-01-02 03:04:05" → timestamp timeFormats: - "%Y-%m-%d %H:%M:%S" isEventTime: true
                # the time has no offset and is read as UTC: make sure that it is
            v "2026-01-02 03:04:05,123" "2026-01-02 03:04:05" → timestamp timeFormats: - "%Y-%m-%d %H:%M:%S,%f" - "%Y-%m-%d %H:%M:%S" isEventTime: true
                # the time has no offset and is read as UTC: make sure that it is
            v "2026-01-02T03:04:05.5+0100" → timestamp timeFormats: - "%Y-%m-%dT%H:%M:%S.%f%z" - "%Y-%m-%dT%H:%M:%S%z" isEventTime: true
            v "Fri, 02 Jan 2026 03:04:05 GMT" → timestamp timeFormats: - "%a, %d %b %Y %H:%M:%S GMT" isEventTime: true
            v "01/02/2026 03:04:05" → string
                # string: times, but every sample may mean day/month or month/day; see `timeFormats` and choose
            v "01/02/2026 03:04:05" "01/13/2026 03:04:05" → timestamp timeFormats: - "%m/%d/%Y %H:%M:%S" isEventTime: true
                # the time has no offset and is read as UTC: make sure that it is
            v "2026-01-02 03:04:05" "2026-01-02T03:04:05Z" → string
                # string: 1 of 2 samples are times, the others are not
            v "2026-01-02" → string
        "#]],
    );
}

#[test]
fn numbers_are_times_if_their_name_and_every_sample_say_so() {
    check_fields(
        &[
            ("createdAt", &["1772352930", "1772352931.5"]),
            ("timestamp_ms", &["1772352930125"]),
            ("ts", &["1772352930125000"]),
            ("ts", &["1772352930125000000"]),
            ("ts", &["1772352930125000001"]),
            ("ts", &["1772352930", "1772352930125"]),
            ("ts", &["1772352930", "0"]),
            ("time", &[r#""1772352930""#]),
            ("time", &[r#""2026-01-02T03:04:05Z""#, "1772352930"]),
            ("size", &["1772352930"]),
            ("created_id", &["1772352930"]),
        ],
        expect![[r#"
            createdAt 1772352930 1772352931.5 → timestamp timeFormats: - unix isEventTime: true
            timestamp_ms 1772352930125 → timestamp timeFormats: - unix_ms isEventTime: true
            ts 1772352930125000 → timestamp timeFormats: - unix_us isEventTime: true
            ts 1772352930125000000 → timestamp timeFormats: - unix_ns isEventTime: true
            ts 1772352930125000001 → bigint
            ts 1772352930 1772352930125 → bigint
            ts 1772352930 0 → bigint
            time "1772352930" → timestamp timeFormats: - unix isEventTime: true
            time "2026-01-02T03:04:05Z" 1772352930 → timestamp timeFormats: - rfc3339 - unix isEventTime: true
                # two time formats: 1 in RFC 3339, 1 as numbers
            size 1772352930 → bigint
            created_id 1772352930 → bigint
        "#]],
    );
}

#[test]
fn values_of_different_kinds_become_json() {
    check_fields(
        &[
            ("v", &[r#"{"a":1}"#, r#""x""#]),
            ("v", &["1", "[1]", "null"]),
            ("v", &[r#"{"a":1}"#, "[]"]),
            ("v", &[r#"[1,"a"]"#]),
            ("v", &[r#"[1,{"a":2}]"#]),
            ("v", &["[]", "[null]"]),
            ("v", &["[[1],[]]"]),
            ("v", &["{}", r#"{"a":null}"#]),
        ],
        expect![[r#"
            v {"a":1} "x" → json
                # json: 1 object, 1 string; no other type takes them together
            v 1 [1] null → json
                # json: 1 array, 1 number; no other type takes them together
            v {"a":1} [] → json
                # json: 1 object, 1 array; no other type takes them together
            v [1,"a"] → array element: type: string
                # elements: string: 1 string, 1 number; only text takes them together
            v [1,{"a":2}] → json
                # json: the arrays hold 1 object, 1 number
            v [] [null] → array element: type: json
                # elements are json: no array here has one with a value
            v [[1],[]] → array element: type: array element: type: bigint
            v {} {"a":null} → json
                # json: no object here has a field with a value
        "#]],
    );
}

#[test]
fn indicators_are_told_by_content_and_name() {
    check_fields(
        &[
            ("src", &[r#""192.0.2.7""#, r#""::1""#]),
            ("src", &[r#""192.0.2.7""#, r#""""#]),
            ("src", &[r#""192.0.2.7""#, r#""unknown""#]),
            ("sourceIPAddress", &[r#""192.0.2.7""#, r#""lb.example.com""#]),
            ("contact", &[r#""a@example.com""#]),
            ("user", &[r#""a@example.com""#]),
            ("link", &[r#""https://example.com/a""#]),
            ("link", &[r#""urn:x:y""#]),
            ("peer", &[r#""192.0.2.7:443""#]),
            ("serverName", &[r#""web-1""#, r#""192.0.2.7""#]),
            ("queried_domain", &[r#""example.com""#]),
            ("service", &[r#""s3.example.com""#]),
            ("v", &[r#""arn:aws:s3:::bucket""#]),
            ("accountId", &[r#""123456789012""#]),
            ("number", &[r#""123456789012""#]),
            ("instance", &[r#""i-0abcd1234ef567890""#]),
            ("v", &[r#""00:1B:44:11:3a:b7""#]),
            ("file", &[r#""d41d8cd98f00b204e9800998ecf8427e""#]),
            ("session_id", &[r#""d41d8cd98f00b204e9800998ecf8427e""#]),
            ("commit", &[r#""da39a3ee5e6b4b0d3255bfef95601890afd80709""#]),
            ("userName", &[r#""mona""#]),
            ("user_ids", &[r#"["7", "8"]"#]),
            ("X-Request-Id", &[r#""abc""#]),
            ("actor", &[r#"{"id":"7","name":"Mona"}"#]),
        ],
        expect![[r#"
            src "192.0.2.7" "::1" → string indicators: - ip
            src "192.0.2.7" "" → string indicators: - ip
            src "192.0.2.7" "unknown" → string
            sourceIPAddress "192.0.2.7" "lb.example.com" → string indicators: - hostname
            contact "a@example.com" → string indicators: - email
            user "a@example.com" → string indicators: - email - username
            link "https://example.com/a" → string indicators: - url
            link "urn:x:y" → string
            peer "192.0.2.7:443" → string indicators: - net_addr
            serverName "web-1" "192.0.2.7" → string indicators: - hostname
            queried_domain "example.com" → string indicators: - domain
            service "s3.example.com" → string
            v "arn:aws:s3:::bucket" → string indicators: - aws_arn
            accountId "123456789012" → string indicators: - aws_account_id
            number "123456789012" → bigint
                # samples are strings that hold numbers; if others may come, make it a string
            instance "i-0abcd1234ef567890" → string indicators: - aws_instance_id
            v "00:1B:44:11:3a:b7" → string indicators: - mac
            file "d41d8cd98f00b204e9800998ecf8427e" → string indicators: - md5
            session_id "d41d8cd98f00b204e9800998ecf8427e" → string
            commit "da39a3ee5e6b4b0d3255bfef95601890afd80709" → string indicators: - sha1
            userName "mona" → string indicators: - username
            user_ids ["7", "8"] → array element: type: string indicators: - actor_id
            X-Request-Id "abc" → string indicators: - trace_id
            actor {"id":"7","name":"Mona"} → object fields: - name: id type: string indicators: - actor_id - name: name type: string indicators: - username
        "#]],
    );
}

#[test]
fn strings_that_hold_json_are_unfolded_if_every_sample_does() {
    let cases: [(&str, &[&str]); 9] = [
        ("v", &[r#""{\"a\": \"7\"}""#, r#""{\"a\": 8}""#, "null"]),
        ("v", &[r#""[1]""#, r#""[]""#]),
        ("v", &[r#""[1]""#, r#""{}""#]),
        ("v", &[r#""{\"a\":1}""#, r#""""#]),
        ("v", &[r#""{\"a\":1}""#, r#"{"a":1}"#]),
        ("v", &[r#""{\"a\":1}""#, r#""{a}""#]),
        ("v", &[r#""{\"a\":\"{\\\"b\\\":[]}\"}""#]),
        ("v", &[r#"["{}"]"#]),
        ("v", &[r#""7""#]),
    ];
    check_fields(
        &cases,
        expect![[r#"
        v "{\"a\": \"7\"}" "{\"a\": 8}" null → object isEmbeddedJSON: true fields: - name: a type: bigint
            # every sample is a string with JSON in it, which is stored as what it says
            # some samples are strings that hold numbers; if others may come, make it a string
        v "[1]" "[]" → array isEmbeddedJSON: true element: type: bigint
            # every sample is a string with JSON in it, which is stored as what it says
        v "[1]" "{}" → json isEmbeddedJSON: true
            # every sample is a string with JSON in it, which is stored as what it says
            # json: 1 object, 1 array; no other type takes them together
        v "{\"a\":1}" "" → string
        v "{\"a\":1}" {"a":1} → json
            # json: 1 object, 1 string; no other type takes them together
        v "{\"a\":1}" "{a}" → string
        v "{\"a\":\"{\\\"b\\\":[]}\"}" → object isEmbeddedJSON: true fields: - name: a type: object isEmbeddedJSON: true fields: - name: b type: array element: type: json
            # every sample is a string with JSON in it, which is stored as what it says
            # every sample is a string with JSON in it, which is stored as what it says
            # elements are json: no array here has one with a value
        v ["{}"] → array element: type: json isEmbeddedJSON: true
            # elements: every sample is a string with JSON in it, which is stored as what it says
            # elements: json: no object here has a field with a value
        v "7" → bigint
            # samples are strings that hold numbers; if others may come, make it a string
    "#]],
    );
}
