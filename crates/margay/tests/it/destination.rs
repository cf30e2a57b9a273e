//! Destinations: added, tried, changed and deleted, and no secret in anything that is said.

use std::io::Write;
use std::process::Stdio;

use expect_test::expect;
use margay_sim::Reply;
use serde_json::{Value, json};

use crate::world::{Said, World};

impl World {
    /// Runs a command that reads a secret from standard input.
    fn with_secret(&self, arguments: &[&str], secret: &str) -> Said {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses its arguments does not read the secret.
        writeln!(stdin, "{secret}").ok();
        drop(stdin);
        let said = Said::of(&child.wait_with_output().unwrap());
        let is_told = !secret.is_empty() && (said.stdout.contains(secret) || said.stderr.contains(secret));
        assert!(!is_told, "the secret was printed");
        said
    }
}

#[test]
fn a_destination_is_added_tried_changed_and_deleted() {
    let world = World::connected(0);
    let receiver = world.receiver();
    let url = receiver.url("/hook");
    let add = ["destination", "add", "webhook", "on call", "--url", &url];
    let more = [
        "--secret-file",
        "-",
        "--severity",
        "high",
        "--severity",
        "CRITICAL",
        "--alert-type",
        "system_error",
    ];
    let said = world.with_secret(&[add.as_slice(), &more].concat(), "whsec_a2V5");
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let shown = world.object(&["destination", "show", "ON CALL"]);
    assert_eq!(shown["severities"], json!(["HIGH", "CRITICAL"]));
    assert_eq!(shown["alert_types"], json!(["SYSTEM_ERROR"]));
    assert_eq!((&shown["enabled"], &shown["has_secret"]), (&json!(true), &json!(true)));
    assert!(!shown.to_string().contains("whsec"), "{shown}");

    let test = ["destination", "test", "on call"];
    let said = world.margay(&test);
    assert_eq!((said.exit, receiver.received().len()), (4, 0), "{}", said.stderr);
    assert!(said.stderr.contains("not a public address"), "{}", said.stderr);
    let allowed = [test.as_slice(), &["--allow-address", "127.0.0.0/8"]].concat();
    let said = world.done(&allowed);
    assert!(said.contains("took the test message: HTTP 200"), "{said}");
    let body: Value = serde_json::from_str(&receiver.received()[0].body).unwrap();
    assert_eq!(body["title"], "Test: alerts reach on call");
    assert_eq!([&body["id"], &body["severity"]], ["TEST", "INFO"]);
    assert!(receiver.received()[0].headers.contains_key("webhook-signature"));
    for (status, exit) in [(410, 3), (302, 3), (429, 4), (500, 4)] {
        receiver.reply_with(Reply::status(status));
        let said = world.margay(&allowed);
        assert_eq!(said.exit, exit, "{status}: {}", said.stderr);
        assert!(said.stderr.contains(&status.to_string()), "{}", said.stderr);
    }
    assert_eq!(
        world.done(&["alert", "list", "--format", "json"]).trim(),
        "[]",
        "a test is no alert"
    );

    let set = |more: &[&str]| world.done(&[&["destination", "set", "on call"], more].concat());
    let elsewhere = ["--any-severity", "--disable", "--url", "https://example.com/"];
    let refused = world.margay(&[&["destination", "set", "on call"], elsewhere.as_slice()].concat());
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("needs its secret again"), "{}", refused.stderr);
    let again = [
        &["destination", "set", "on call", "--secret-file", "-"],
        elsewhere.as_slice(),
    ]
    .concat();
    assert_eq!(world.with_secret(&again, "whsec_a2V5").exit, 0);
    let changed = world.object(&["destination", "show", "on call"]);
    assert_eq!(
        (&changed["enabled"], &changed["severities"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(changed["settings"], json!({"url": "https://example.com/"}));
    assert_eq!(
        (&changed["has_secret"], &changed["id"]),
        (&json!(true), &shown["id"]),
        "what was not given stays"
    );
    set(&["--rename", "nobody", "--enable"]);
    let listed: Value = serde_json::from_str(&world.done(&["destination", "list", "--format", "json"])).unwrap();
    assert_eq!([&listed[0]["name"], &listed[0]["kind"]], ["nobody", "webhook"]);
    let delete = ["destination", "delete", "nobody"];
    assert_eq!(world.margay(&delete).exit, 2, "it asks first");
    world.done(&[delete.as_slice(), &["--yes"]].concat());
    assert_eq!(world.done(&["destination", "list", "--format", "json"]).trim(), "[]");
}

#[test]
fn each_kind_is_added_with_what_it_needs() {
    let world = World::connected(0);
    let url = "https://hooks.example.com/T1/B2/s3cret";
    for (arguments, secret, settings) in [
        (["slack-webhook", "a", "--url-file", "-"].as_slice(), url, json!({})),
        (
            &["slack-bot", "b", "--channel", "#x", "--token-file", "-"],
            "xoxb-1",
            json!({"channel": "#x"}),
        ),
        (
            &[
                "pagerduty",
                "c",
                "--key-file",
                "-",
                "--events-url",
                "https://e.example.com/",
            ],
            "0123456789abcdef",
            json!({"events_url": "https://e.example.com/"}),
        ),
        (&["teams", "d", "--url-file", "-"], url, json!({})),
        (
            &[
                "email",
                "e",
                "--host",
                "mail.example.com",
                "--from",
                "a@example.com",
                "--to",
                "b@example.com",
                "--to",
                "c@example.com",
                "--username",
                "me",
                "--password-file",
                "-",
            ],
            "correct horse",
            json!({"host": "mail.example.com", "security": "tls", "from": "a@example.com", "to": ["b@example.com", "c@example.com"], "username": "me"}),
        ),
    ] {
        let said = world.with_secret(&[&["destination", "add"], arguments].concat(), secret);
        assert_eq!(said.exit, 0, "{arguments:?}: {}", said.stderr);
        let shown = world.object(&["destination", "show", arguments[1]]);
        assert_eq!((&shown["settings"], &shown["has_secret"]), (&settings, &json!(true)));
    }
    world.done(&["destination", "add", "stdout", "f", "--disabled"]);
    let said = world.margay(&["destination", "test", "f"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stdout.contains("Test: alerts reach f") && said.stderr.contains("switched off"),
        "{}",
        said.stdout
    );
}

#[test]
fn what_could_never_be_reached_is_not_stored() {
    let world = World::connected(0);
    let mut told = String::new();
    for (arguments, secret) in [
        (["webhook", "a", "--url", "ftp://example.com/"].as_slice(), ""),
        (
            &["webhook", "a", "--url", "https://example.com/", "--secret-file", "-"],
            "",
        ),
        (
            &[
                "webhook",
                "a",
                "--url",
                "https://example.com/",
                "--secret-file",
                "/nowhere/secret",
            ],
            "",
        ),
        (&["webhook", " ", "--url", "https://example.com/"], ""),
        (&["slack-webhook", "a", "--url-file", "-"], "xoxb-not-a-url"),
        (
            &["email", "a", "--host", "h", "--from", "nobody", "--to", "a@example.com"],
            "",
        ),
        (
            &[
                "email",
                "a",
                "--host",
                "h",
                "--from",
                "a@example.com",
                "--to",
                "a@example.com",
                "--security",
                "none",
                "--username",
                "me",
                "--password-file",
                "-",
            ],
            "pass word",
        ),
    ] {
        let said = world.with_secret(&[&["destination", "add"], arguments].concat(), secret);
        assert_eq!(said.exit, 2, "{arguments:?}: {}", said.stderr);
        told.push_str(&said.stderr);
    }
    assert_eq!(world.done(&["destination", "list", "--format", "json"]).trim(), "[]");
    world.done(&["destination", "add", "stdout", "Out"]);
    for arguments in [
        ["add", "stdout", "out"].as_slice(),
        &["set", "out"],
        &["set", "out", "--url", "https://example.com/"],
        &["test", "nowhere"],
        &["test", "out", "--allow-address", "here"],
    ] {
        let said = world.margay(&[&["destination"], arguments].concat());
        assert_eq!(said.exit, 2, "{arguments:?}: {}", said.stderr);
        told.push_str(&said.stderr);
    }
    expect![[r#"
        error: `url` is no URL that can be called
        hint: it begins with https://
        error: there is no signing key in -
        error: could not read the signing key from /nowhere/secret: No such file or directory (os error 2)
        hint: name a file with nothing but the signing key in it
        error: this name cannot be used: it is empty
        error: `the secret` is no URL that can be called
        hint: it begins with https://
        error: `nobody` is no e-mail address
        error: a password is not sent without TLS: set `security` to tls or starttls
        error: there is already a destination with the name "Out"
        hint: choose another name
        error: nothing to change
        hint: `margay destination set --help` tells what can be
        error: the settings do not fit a destination of the kind `stdout`: unknown field `url`, there are no fields at line 1 column 6
        error: there is no destination `nowhere`
        hint: there are `Out`
        error: `here` is neither an address nor a network
        hint: write 127.0.0.1 or 10.0.0.0/8
    "#]].assert_eq(&told);
}
