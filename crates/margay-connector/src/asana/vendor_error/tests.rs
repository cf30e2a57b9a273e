use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(body: &str, expected: Expect) {
    let error = VendorError::parse(body.as_bytes());
    expected.assert_eq(&format!(
        "{:?} {:?} offset={}",
        error.shape,
        error.message,
        error.names_offset()
    ));
}

#[test]
fn the_vendors_messages_are_read() {
    check(
        r#"{"errors":[{"message":"Not Authorized"}]}"#,
        expect![[r#"Vendor Some("Not Authorized") offset=false"#]],
    );
    check(
        r#"{"errors":[{"message":"workspace: Missing input","help":"read the docs"}]}"#,
        expect![[r#"Vendor Some("workspace: Missing input") offset=false"#]],
    );
    check(
        r#"{"errors":[{"message":"Server Error","phrase":"6 sad squid snuggle softly"}]}"#,
        expect![[r#"Vendor Some("Server Error (phrase: 6 sad squid snuggle softly)") offset=false"#]],
    );
    check(
        r#"{"errors":[{"message":"a"},{"message":7},{},{"message":"b"}]}"#,
        expect![[r#"Vendor Some("a; b") offset=false"#]],
    );
    check(
        r#"{"errors":[{"message":"offset: Your pagination token has expired."}]}"#,
        expect![[r#"Vendor Some("offset: Your pagination token has expired.") offset=true"#]],
    );
    check(
        r#"{"errors":[{"message":"Your Pagination Token is bad"}]}"#,
        expect![[r#"Vendor Some("Your Pagination Token is bad") offset=true"#]],
    );
    check(r#"{"errors":[]}"#, expect!["Vendor None offset=false"]);
}

#[test]
fn anything_else_is_shown_at_its_start_and_never_names_the_offset() {
    check("", expect!["Foreign None offset=false"]);
    check(
        "<html>\n<body>bad offset</body>",
        expect![[r#"Foreign Some("<html> <body>bad offset</body>") offset=false"#]],
    );
    check(
        r#"{"errors":"x"}"#,
        expect![[r#"Foreign Some("{\"errors\":\"x\"}") offset=false"#]],
    );
    check(
        &format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "x".repeat(70_000)),
        expect![[
            r#"Foreign Some("{\"errors\":[{\"message\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…") offset=false"#
        ]],
    );
}

#[test]
fn a_message_with_a_token_loses_it() {
    check(
        r#"{"errors":[{"message":"bad 1/1200000000000001:0123456789abcdef0123456789abcdef"}]}"#,
        expect![[r#"Vendor Some("bad [redacted]") offset=false"#]],
    );
}

proptest! {
    #[test]
    fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        VendorError::parse(&body);
    }
}
