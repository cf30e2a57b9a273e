use super::*;

fn told(kind: &str, settings: &str, secret: &str, answer: &str) -> String {
    let route = Route::parse(kind, settings, true).unwrap();
    Redaction::of(&route, Some(&secret.into())).of_text(answer)
}

#[test]
fn a_secret_is_taken_out_in_every_form_in_which_it_is_sent() {
    let secret = "pass word/\"+ü";
    let base64 = STANDARD.encode(secret);
    let base64_in_url = URL_SAFE_NO_PAD.encode(secret);
    for (form, what) in [
        (secret, "as it is"),
        ("PASS WORD/\"+ü", "in other letters"),
        ("pass word/\\\"+ü", "in a JSON text"),
        ("pass word\\/\\\"+ü", "in one of PHP's"),
        ("pass+word%2F%22%2B%C3%BC", "in a form"),
        ("pass%20word%2f%22%2b%c3%bc", "in a URL"),
        (&base64, "in base64"),
        (&base64_in_url, "in the base64 of URLs"),
    ] {
        let answer = format!("no: «{form}» and {form}");
        let settings = r#"{"url":"https://example.com"}"#;
        assert_eq!(
            told("webhook", settings, secret, &answer),
            "no: «[secret]» and [secret]",
            "{what}"
        );
    }
}

#[test]
fn what_a_mail_server_repeats_of_a_login_is_taken_out() {
    let settings = r#"{"host":"mail.example.com","from":"a@example.com","to":["b@example.com"],"username":"me"}"#;
    let line = STANDARD.encode("\0me\0hunter2");
    let answer = format!("5.5.4 unknown command AUTH PLAIN {line}");
    assert_eq!(
        told("email", settings, "hunter2", &answer),
        "5.5.4 unknown command AUTH PLAIN [secret]"
    );
}

#[test]
fn of_a_url_that_is_secret_the_path_and_the_long_parts_are_taken_out() {
    let slack = "https://hooks.slack.com/services/T0000/B0000/abcdefghijklmnopqrstuvwx";
    for (answer, expected) in [
        (format!("cannot POST {slack}"), "cannot POST [secret]"),
        (
            "cannot POST /services/T0000/B0000/abcdefghijklmnopqrstuvwx".to_owned(),
            "cannot POST [secret]",
        ),
        (
            "no hook abcdefghijklmnopqrstuvwx among the services".to_owned(),
            "no hook [secret] among the services",
        ),
    ] {
        assert_eq!(told("slack_webhook", "{}", slack, &answer), expected);
    }
    let teams = "https://example.com/workflows/1/run?api-version=1&sig=abcdef%2Fghijklmnopqrstu";
    let answer =
        "sig=abcdef/ghijklmnopqrstu, sig=abcdef%2fghijklmnopqrstu, <a href=/workflows/1/run?api-version=1&amp;sig=x>";
    assert_eq!(
        told("teams", "{}", teams, answer),
        "sig=[secret], sig=[secret], <a href=[secret]?api-version=1&amp;sig=x>"
    );
}

#[test]
fn what_is_put_instead_is_not_read_again() {
    let settings = r#"{"url":"https://example.com"}"#;
    assert_eq!(told("webhook", settings, "e", "here"), "h[secret]r[secret]");
    assert_eq!(
        told("webhook", settings, "e", "h[secret]r[secret]"),
        "h[secret]r[secret]"
    );
    let route = Route::parse("stdout", "{}", false).unwrap();
    assert_eq!(Redaction::of(&route, None).of_text("hör\n"), "hör\n");
}
