use super::*;

fn parse(kind: &str, settings: &str, has_secret: bool) -> Result<Route, String> {
    Route::parse(kind, settings, has_secret).map_err(|problem| problem.to_string())
}

#[test]
fn each_kind_is_read_from_what_it_needs() {
    for (kind, settings, has_secret) in [
        ("webhook", r#"{"url":"https://example.com/hook?x=1"}"#, false),
        ("webhook", r#"{"url":"https://example.com/hook"}"#, true),
        ("slack_webhook", "{}", true),
        ("slack_bot", r##"{"channel":"#security"}"##, true),
        ("pagerduty", "{}", true),
        (
            "pagerduty",
            r#"{"events_url":"https://events.eu.pagerduty.com/v2/enqueue"}"#,
            true,
        ),
        ("teams", "{}", true),
        (
            "email",
            r#"{"host":"mail.example.com","from":"Margay <margay@example.com>","to":["soc@example.com"]}"#,
            false,
        ),
        (
            "email",
            r#"{"host":"mail.example.com","from":"margay@example.com","to":["soc@example.com"],"username":"margay","security":"starttls"}"#,
            true,
        ),
        ("stdout", "{}", false),
    ] {
        assert!(parse(kind, settings, has_secret).is_ok(), "{kind} {settings}");
    }
    let Ok(Route::SlackBot { url, .. }) = parse("slack_bot", r#"{"channel":"C1"}"#, true) else {
        panic!()
    };
    assert_eq!(url.as_str(), "https://slack.com/api/chat.postMessage");
}

#[test]
fn what_could_never_arrive_is_refused() {
    for (kind, settings, has_secret, told) in [
        (
            "webhook",
            r#"{"url":"https://jane:secret@example.com"}"#,
            false,
            "a user name or a password",
        ),
        ("pigeon", "{}", false, "is no kind of destination"),
        (
            "webhook",
            r#"{"url":"ftp://example.com"}"#,
            false,
            "no URL that can be called",
        ),
        (
            "webhook",
            r#"{"url":"example.com"}"#,
            false,
            "no URL that can be called",
        ),
        (
            "webhook",
            r#"{"uri":"https://example.com"}"#,
            false,
            "unknown field `uri`",
        ),
        ("webhook", "{}", false, "missing field `url`"),
        (
            "slack_webhook",
            "{}",
            false,
            "needs a secret: the URL of the incoming webhook",
        ),
        ("slack_bot", r#"{"channel":"C1"}"#, false, "needs a secret"),
        ("pagerduty", "{}", false, "needs a secret"),
        ("teams", "{}", false, "needs a secret"),
        ("stdout", "{}", true, "has no secret"),
        (
            "email",
            r#"{"host":"m","from":"a@b.c","to":[]}"#,
            false,
            "goes to 1 to 50 addresses",
        ),
        (
            "email",
            r#"{"host":"m","from":"a@b.c","to":["nobody"]}"#,
            false,
            "`nobody` is no e-mail address",
        ),
        (
            "email",
            r#"{"host":"m","from":"a@b.c","to":["a@b.c"],"username":"x"}"#,
            false,
            "a user name needs a password",
        ),
        (
            "email",
            r#"{"host":"m","from":"a@b.c","to":["a@b.c"]}"#,
            true,
            "a password needs a user name",
        ),
        (
            "email",
            r#"{"host":"m","from":"a@b.c","to":["a@b.c"],"username":"x","security":"none"}"#,
            true,
            "not sent without TLS",
        ),
    ] {
        let problem = parse(kind, settings, has_secret).unwrap_err();
        assert!(problem.contains(told), "{kind} {settings}: {problem}");
    }
}

#[test]
fn a_secret_that_is_no_url_is_not_repeated() {
    let problem = secret_url(&"xoxb-not-a-url".into()).unwrap_err().to_string();
    assert!(!problem.contains("xoxb"), "{problem}");
    assert!(secret_url(&" https://hooks.example.com/T1/B2/x \n".into()).is_ok());
    assert!(Route::SlackWebhook.check_secret(&"xoxb-not-a-url".into()).is_err());
    assert!(Route::Stdout.check_secret(&"not-a-url".into()).is_ok());
}
