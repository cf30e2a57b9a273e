use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Checks texts against rules.
fn check(rules: Rules, inputs: &[&str], expected: Expect) {
    let validation = Validation::new(rules);
    let line = |text: &&str| match validation.check(text) {
        Ok(()) => format!("{text:?} passes\n"),
        Err(refusal) => format!("{text:?}: expected {}, found {}\n", refusal.expected, refusal.found),
    };
    expected.assert_eq(&inputs.iter().map(line).collect::<String>());
}

#[test]
fn allow_takes_only_what_it_lists() {
    check(
        Rules {
            allow: texts(&["logout", "login"]),
            ..Rules::default()
        },
        &["login", "logout", "Login", "log", "", "deleted"],
        expect![[r#"
            "login" passes
            "logout" passes
            "Login": expected one of `login`, `logout`, found another string
            "log": expected one of `login`, `logout`, found another string
            "": expected one of `login`, `logout`, found another string
            "deleted": expected one of `login`, `logout`, found another string
        "#]],
    );
}

#[test]
fn deny_lists_of_any_length_deny() {
    check(
        Rules {
            deny: texts(&["a"]),
            ..Rules::default()
        },
        &["a", "b", ""],
        expect![[r#"
            "a": expected none of `a`, found one of them
            "b" passes
            "" passes
        "#]],
    );
    check(
        Rules {
            deny: texts(&["c", "a", "b"]),
            ..Rules::default()
        },
        &["a", "b", "c", "d", ""],
        expect![[r#"
            "a": expected none of `a`, `b`, `c`, found one of them
            "b": expected none of `a`, `b`, `c`, found one of them
            "c": expected none of `a`, `b`, `c`, found one of them
            "d" passes
            "" passes
        "#]],
    );
}

#[test]
fn allow_beats_deny() {
    check(
        Rules {
            allow: texts(&["a", "b"]),
            deny: texts(&["b", "c"]),
            ..Rules::default()
        },
        &["a", "b", "c"],
        expect![[r#"
            "a" passes
            "b" passes
            "c": expected one of `a`, `b`, found another string
        "#]],
    );
}

#[test]
fn contents() {
    check(
        Rules {
            allow_contains: texts(&["err", "warn"]),
            deny_contains: texts(&["debug", "trace"]),
            ..Rules::default()
        },
        &["an error", "warning", "error in debug", "trace warning", "info", ""],
        expect![[r#"
            "an error" passes
            "warning" passes
            "error in debug": expected a string that contains none of `debug`, `trace`, found another string
            "trace warning": expected a string that contains none of `debug`, `trace`, found another string
            "info": expected a string that contains one of `err`, `warn`, found another string
            "": expected a string that contains one of `err`, `warn`, found another string
        "#]],
    );
}

#[test]
fn addresses() {
    let inputs = [
        "192.0.2.1",
        "2001:db8::1",
        "::ffff:192.0.2.1",
        "fe80::1%eth0",
        "192.0.2.01",
        "192.0.2",
        " 192.0.2.1",
        "192.0.2.0/24",
        "",
    ];
    for family in [AddressFamily::Any, AddressFamily::V4, AddressFamily::V6] {
        let passing: Vec<&str> = inputs.into_iter().filter(|text| family.takes_address(text)).collect();
        let expected = match family {
            AddressFamily::Any => expect!["192.0.2.1 | 2001:db8::1 | ::ffff:192.0.2.1"],
            AddressFamily::V4 => expect!["192.0.2.1"],
            AddressFamily::V6 => expect!["2001:db8::1 | ::ffff:192.0.2.1"],
        };
        expected.assert_eq(&passing.join(" | "));
    }
    check(
        Rules {
            ip: Some(AddressFamily::V4),
            ..Rules::default()
        },
        &["192.0.2.1", "::1"],
        expect![[r#"
            "192.0.2.1" passes
            "::1": expected IPv4 address, found another string
        "#]],
    );
}

#[test]
fn address_ranges() {
    let inputs = [
        "192.0.2.0/24",
        "192.0.2.1/0",
        "192.0.2.0/33",
        "2001:db8::/32",
        "2001:db8::/128",
        "2001:db8::/129",
        "192.0.2.0/024",
        "192.0.2.0/+8",
        "192.0.2.0/",
        "192.0.2.0",
        "/8",
        "192.0.2.0/8/8",
    ];
    for family in [AddressFamily::Any, AddressFamily::V4, AddressFamily::V6] {
        let passing: Vec<&str> = inputs.into_iter().filter(|text| family.takes_range(text)).collect();
        let expected = match family {
            AddressFamily::Any => expect!["192.0.2.0/24 | 192.0.2.1/0 | 2001:db8::/32 | 2001:db8::/128"],
            AddressFamily::V4 => expect!["192.0.2.0/24 | 192.0.2.1/0"],
            AddressFamily::V6 => expect!["2001:db8::/32 | 2001:db8::/128"],
        };
        expected.assert_eq(&passing.join(" | "));
    }
    check(
        Rules {
            cidr: Some(AddressFamily::Any),
            ..Rules::default()
        },
        &["192.0.2.0/24", "192.0.2.0"],
        expect![[r#"
            "192.0.2.0/24" passes
            "192.0.2.0": expected IP address range in CIDR notation, found another string
        "#]],
    );
}

#[test]
fn a_problem_shows_only_the_beginning_of_long_lists_and_texts() {
    let long = "é".repeat(VALIDATION_TEXT_SHOWN_BYTES_MAX);
    let mut allow: Vec<String> = (0..100).map(|i| format!("v{i:02}")).collect();
    allow.push(long);
    allow.push("a\nb".to_owned());
    allow.sort_by_key(|text| std::cmp::Reverse(text.len()));
    check(
        Rules {
            allow: texts(&["a\nb", &allow[0]]),
            ..Rules::default()
        },
        &["x"],
        expect![[r#"
            "x": expected one of `a\nb`, `éééééééééééééééééééééééééééééééé…`, found another string
        "#]],
    );
    check(
        Rules {
            allow,
            ..Rules::default()
        },
        &["x"],
        expect![[r#"
            "x": expected one of `a\nb`, `v00`, `v01`, `v02`, `v03` and 97 more, found another string
        "#]],
    );
}

proptest! {
    #[test]
    fn deny_refuses_exactly_what_it_lists(list in prop::collection::vec("[a-c]{0,2}", 1..6), text in "[a-c]{0,2}") {
        let denied = Validation::new(Rules { deny: list.clone(), ..Rules::default() });
        prop_assert_eq!(denied.check(&text).is_err(), list.contains(&text));
        let allowed = Validation::new(Rules { allow: list.clone(), ..Rules::default() });
        prop_assert_eq!(allowed.check(&text).is_ok(), list.contains(&text));
    }
}
