use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const TOKEN: &str = "2/1200000000000001/1200000000000002:0123456789abcdef0123456789abcdef";

fn check(text: &str, expected: Expect) {
    let outcome = match check_token_text(text, &"1201234567890123".parse().unwrap()) {
        Ok(token) => format!("token: {token}"),
        Err(problem) => problem.to_string(),
    };
    expected.assert_eq(&outcome);
}

#[test]
fn a_token_is_trimmed_and_loses_a_leading_bearer() {
    for pasted in [
        TOKEN.to_owned(),
        format!("  {TOKEN}\r\n"),
        format!("Bearer {TOKEN}"),
        format!("bearer\t  {TOKEN}\n"),
        format!("BEARER {TOKEN}"),
    ] {
        assert_eq!(
            check_token_text(&pasted, &"1201234567890123".parse().unwrap()).as_deref(),
            Ok(TOKEN)
        );
    }
}

#[test]
fn tokens_of_an_unknown_form_are_taken() {
    check("0/abc", expect!["token: 0/abc"]);
    check("a@b", expect!["token: a@b"]);
    check("bearertoken", expect!["token: bearertoken"]);
    check(
        "Bearér12",
        expect![[r#"
        the Service Account Token has characters that no token has
        hint: copy it again; text editors sometimes replace characters or add invisible ones"#]],
    );
    check("123456789012345678901", expect!["token: 123456789012345678901"]);
}

#[test]
fn what_is_no_token_is_named() {
    check("", expect!["the Service Account Token is empty"]);
    check(" \n", expect!["the Service Account Token is empty"]);
    check("Bearer", expect!["the Service Account Token is empty"]);
    check("Bearer  ", expect!["the Service Account Token is empty"]);
    check(
        "0/abc def",
        expect![[r#"
        the Service Account Token has a blank or a line break inside
        hint: copy it again, and nothing else with it"#]],
    );
    check(
        "0/abc\ndef",
        expect![[r#"
        the Service Account Token has a blank or a line break inside
        hint: copy it again, and nothing else with it"#]],
    );
    check(
        "0/abc\u{200b}def",
        expect![[r#"
        the Service Account Token has characters that no token has
        hint: copy it again; text editors sometimes replace characters or add invisible ones"#]],
    );
    check(
        "0/abc\u{0}def",
        expect![[r#"
        the Service Account Token has characters that no token has
        hint: copy it again; text editors sometimes replace characters or add invisible ones"#]],
    );
    check(
        "jane.doe@example.com",
        expect![[r#"
        this is an e-mail address, not a Service Account Token
        hint: Asana shows the token once, when the service account is added"#]],
    );
    check(
        "https://app.asana.com/0/1",
        expect![[r#"
        this is a web address, not a Service Account Token
        hint: Asana shows the token once, when the service account is added"#]],
    );
    check(
        "1201234567890123",
        expect![[r#"
        this is a number like the Organization Id, not a Service Account Token
        hint: were the two fields swapped?"#]],
    );
    check(
        "99999",
        expect![[r#"
        this is a number like the Organization Id, not a Service Account Token
        hint: were the two fields swapped?"#]],
    );
    check(
        &"x".repeat(TOKEN_BYTES_MAX + 1),
        expect![[r#"
        the Service Account Token is longer than 4096 bytes
        hint: was another file pasted?"#]],
    );
}

proptest! {
    #[test]
    fn any_text_gives_a_sendable_token_or_a_problem(text in any::<String>()) {
        if let Ok(token) = check_token_text(&text, &"1201234567890123".parse().unwrap()) {
            prop_assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
