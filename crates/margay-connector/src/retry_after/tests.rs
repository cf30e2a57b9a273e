use expect_test::{Expect, expect};

use super::*;

fn check(header: &str, expected: Expect) {
    let now: Timestamp = "2026-11-24T10:00:00.0005Z".parse().unwrap();
    expected.assert_eq(&format!("{:?}", parse_retry_after(header, now)));
}

#[test]
fn seconds_are_read_whole_or_decimal() {
    check("30", expect!["Some(30s)"]);
    check(" 30 ", expect!["Some(30s)"]);
    check("0", expect!["Some(0ns)"]);
    check("1.1", expect!["Some(1.1s)"]);
    check("0.25", expect!["Some(250ms)"]);
    check("5.", expect!["Some(5s)"]);
    check("0.0001", expect!["Some(1ms)"]);
    check("0.1230000", expect!["Some(123ms)"]);
}

#[test]
fn an_http_date_is_read_against_our_clock_and_rounded_up() {
    check("Tue, 24 Nov 2026 10:00:37 GMT", expect!["Some(37s)"]);
    check("Tue, 24 Nov 2026 09:00:00 GMT", expect!["Some(0ns)"]);
}

#[test]
fn more_than_a_day_counts_as_a_day() {
    check("86401", expect!["Some(86400s)"]);
    check("99999999999999999999999999999", expect!["Some(86400s)"]);
    check("Tue, 24 Nov 2099 10:00:37 GMT", expect!["Some(86400s)"]);
}

#[test]
fn anything_else_is_as_if_absent() {
    check("", expect!["None"]);
    check("-5", expect!["None"]);
    check("soon", expect!["None"]);
    check("1e9", expect!["None"]);
    check("1.2.3", expect!["None"]);
    check("NaN", expect!["None"]);
    check("٣", expect!["None"]);
    check(&"9".repeat(65), expect!["None"]);
}
