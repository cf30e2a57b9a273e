use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&excerpt(text, 40));
}

#[test]
fn text_becomes_one_short_printable_line() {
    check("Not Authorized", expect!["Not Authorized"]);
    check(
        "  <html>\r\n\t<title>502</title>\n",
        expect!["<html> <title>502</title>"],
    );
    check("red \u{1b}[31malert\u{7}\u{202e}x", expect!["red [31malert x"]);
    check(&"é".repeat(41), expect!["éééééééééééééééééééééééééééééééééééééééé…"]);
    check("", expect![""]);
}

#[test]
fn tokens_are_redacted_in_both_known_forms() {
    let secret = "0123456789abcdef0123456789abcdef";
    check(
        &format!("token 1/1200000000000001:{secret} bad"),
        expect!["token [redacted] bad"],
    );
    check(
        &format!("2/1200000000000001/1200000000000002:{secret}"),
        expect!["[redacted]"],
    );
    check(
        &format!("a 1/2:{secret}, 3/4:{secret}"),
        expect!["a [redacted], [redacted]"],
    );
    check(
        &format!("x{}", format!("1/2:{secret}").repeat(2)),
        expect!["x[redacted][redacted]"],
    );
}

#[test]
fn what_is_no_token_stays() {
    check("at 10:30:00 in 1/2:short", expect!["at 10:30:00 in 1/2:short"]);
    check(
        "workspace: Unknown object: 42",
        expect!["workspace: Unknown object: 42"],
    );
    check("::::", expect!["::::"]);
}

#[test]
fn a_long_body_is_read_only_at_its_start() {
    let body = vec![b' '; 64 << 20];
    assert_eq!(excerpt_bytes(&body, 200), "");
}

proptest! {
    #[test]
    fn any_bytes_give_a_short_printable_line(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let line = excerpt_bytes(&bytes, 50);
        prop_assert!(line.chars().count() <= 51);
        prop_assert!(!line.chars().any(char::is_control));
    }

    #[test]
    fn no_text_around_a_token_lets_it_through(before in ".{0,20}", after in "[^0-9a-zA-Z].{0,20}") {
        let secret = "Zz23456789abcdef0123456789abcdef";
        let redacted = redact(&format!("{before}1/1200000000000001:{secret}{after}"));
        prop_assert!(!redacted.contains(secret));
    }
}
