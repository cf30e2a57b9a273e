use expect_test::expect;
use proptest::prelude::*;

use super::super::grok::{BUILT_IN, Definitions, RegexHint};
use super::super::re2;
use super::super::regex::Expression;
use super::{check, check_refused, schema, show};
use crate::limits::REGEX_LINE_BYTES_MAX;

#[test]
fn groups_are_fields() {
    check(
        r"  regex:
    match:
      - '^%{NOTSPACE:time} \[%{WORD:service}@%{DATA:ip}\]'
      - ' \[(?P<level>\w+)\] (?<code>\d+)?'
      - '%{GREEDYDATA:message}$'",
        &[
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] 17 all is well",
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] all is well",
            "2020-10-10T14:32:05 [w\u{e9}b@192.0.2.1] [DEBUG] 17",
        ],
        expect![[r#"
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] 17 all is well"
              {"time":"2020-10-10T14:32:05","service":"web","ip":"192.0.2.1","level":"DEBUG","code":"17","message":" all is well"}
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] all is well"
              {"time":"2020-10-10T14:32:05","service":"web","ip":"192.0.2.1","level":"DEBUG","message":"all is well"}
            "2020-10-10T14:32:05 [wéb@192.0.2.1] [DEBUG] 17"
              reject: record: expected a line that the regular expression matches, found no match
        "#]],
    );
}

#[test]
fn own_patterns_go_before_built_in_ones() {
    check(
        r"  regex:
    patternDefinitions:
      STAMP: '[A-Z][a-z]{2} \d?\d \d\d:\d\d:\d\d'
      API_KEY: '[a-fA-F0-9]{32}'
      USERNAME: '\w{1,31}'
      WHO: '%{API_KEY:key}|%{USERNAME:user}'
    match:
      - '^%{STAMP:time} gate \[audit\]'
      - '\[%{DATA:level}\] ?'
      - '\[%{WHO}\] '
      - '(\[%{DATA:ip}\])?'
      - '%{GREEDYDATA:message}'
    trimSpace: true
    emptyValues: ['']",
        &[
            "Jan 22 16:14:23 gate [audit][INFO] [anna] [192.0.2.117] Logged in ",
            "Jan 23 19:16:22 gate [audit][INFO] [ea77722a8516b0d1135abb19b1982852] Response 18",
            "Feb 7 20:29:51 gate [audit][WARN][anna] [192.0.2.113] ",
            "Feb 14 19:02:54 gate [other][INFO][anna] Changed",
        ],
        expect![[r#"
            "Jan 22 16:14:23 gate [audit][INFO] [anna] [192.0.2.117] Logged in "
              {"time":"Jan 22 16:14:23","level":"INFO","user":"anna","ip":"192.0.2.117","message":"Logged in"}
            "Jan 23 19:16:22 gate [audit][INFO] [ea77722a8516b0d1135abb19b1982852] Response 18"
              {"time":"Jan 23 19:16:22","level":"INFO","key":"ea77722a8516b0d1135abb19b1982852","message":"Response 18"}
            "Feb 7 20:29:51 gate [audit][WARN][anna] [192.0.2.113] "
              {"time":"Feb 7 20:29:51","level":"WARN","user":"anna","ip":"192.0.2.113"}
            "Feb 14 19:02:54 gate [other][INFO][anna] Changed"
              reject: record: expected a line that the regular expression matches, found no match
        "#]],
    );
}

#[test]
fn any_name_may_be_a_field_of_a_grok_pattern() {
    check(
        "  regex: {match: ['%{ WORD : user.name } %{WORD:@host} %{WORD:größe}'], expandFields: {both: '%{user.name}@%{@host}'}}",
        &["anna web large"],
        expect![[r#"
            "anna web large"
              {"user.name":"anna","@host":"web","größe":"large","both":"anna@web"}
        "#]],
    );
}

/// Whether an expression in RE2's language finds something.
fn finds(pattern: &str, text: &str) -> bool {
    let pattern = format!("(?P<found>{pattern})");
    let quoted = serde_json::to_string(&pattern).unwrap();
    let schema = schema(&format!("  regex: {{match: [{quoted}]}}"));
    super::super::json_of(schema.parser().unwrap(), text.as_bytes()).is_ok()
}

#[test]
fn expressions_mean_what_they_mean_in_re2() {
    for (pattern, found, not_found) in [
        (r"^\d$", "7", "\u{0667}"),
        (r"^\w+$", "a_1", "é"),
        (r"^\W$", "é", "e"),
        (r"^\s$", "\t", "\u{a0}"),
        (r"^[\d-]+$", "1-2", "\u{0667}"),
        (r"^[^\d]$", "\u{0667}", "7"),
        (r"^[\D]$", "a", "7"),
        (r"^[^\W]$", "a", "é"),
        (r"\bn\b", "én é", "an"),
        (r"^a\Bb", "ab", "aéb"),
        (r"^é\Bé", "éé", "éa"),
        (r"^\B.$", "é", "a"),
        (r"\B", "é", "a"),
        (r"^\<a\>$", "<a>", "a"),
        (r"^[\<a\>]+$", "<a>", "b"),
        ("^[[]a[]]$", "[a]", "a"),
        ("^[^[]+$", "a]", "["),
        ("^[]a]+$", "]a", "b"),
        (r"^[[:alpha:]\]]+$", "a]", "1"),
        ("^[a&&b]+$", "a&b", "c"),
        ("^[a~~b]+$", "a~b", "c"),
        ("^[+--]+$", "+,-", "."),
        ("^[--a]+$", "-.Aa", "+"),
        ("^[^--a]+$", "+b", "A"),
        ("^[---]+$", "-", "."),
        ("^[a-]+$", "a-", "b"),
        ("^[-a]+$", "-a", "b"),
        ("^[a-c-e]+$", "abc-e", "d"),
        (r"^[\d-a]+$", "1-a", "A"),
        (r"^[\pL-a]+$", "é-a", "1"),
        ("^[]-a]+$", "]^_`a", "["),
        ("^[!-[]+$", "!A[", "]"),
        (r"^[\x41-\x43-]+$", "ABC-", "D"),
        (r"^(a)(?:b)(c)$", "abc", "ab"),
        ("^{a}$", "{a}", "a"),
        (r#"^{"a":(\d{1,2})}$"#, r#"{"a":12}"#, r#"{"a":123}"#),
        ("^a{2}$", "aa", "a{2}"),
        ("^a{2,}$", "aaa", "a"),
        ("^a{,2}$", "a{,2}", "a"),
        ("^a{1,2$", "a{1,2", "a"),
        (r"^\Qa.b[\E\d$", "a.b[7", "axb[7"),
        (r"^\/\-\ \:\@\#$", "/- :@#", "x"),
        (r"^\pL\p{Greek}$", "aα", "aa"),
        (r"^\x41\x{42}$", "AB", "ab"),
        (r"^a.c$", "aéc", "a\nc"),
        (r"(?i)^ABC$", "abc", "abd"),
        (r"^a$", "a", "a\nb"),
        (r"^%\{WORD\}$", "%{WORD}", "WORD"),
    ] {
        assert!(finds(pattern, found), "{pattern} finds {found:?}");
        assert!(!finds(pattern, not_found), "{pattern} does not find {not_found:?}");
    }
}

#[test]
fn expressions_that_are_wrong_say_where() {
    check_refused(
        "  regex:
    match:
      - '^%{WORD:a} '
      - 'x(?=y)'",
        expect![[r#"
            6:9: parser.regex.match[1]: this is no regular expression: look-around, including look-ahead and look-behind, is not supported, at byte 1 of this text
              hint: RE2 has no look-around; match what surrounds it instead"#]],
    );
    for (pattern, expected) in [
        (
            "(?P<a>x",
            expect![
                "3:19: parser.regex.match[0]: this is no regular expression: unclosed group, at byte 0 of this text"
            ],
        ),
        (
            "(?P<a>x)[a-",
            expect![
                "3:19: parser.regex.match[0]: this is no regular expression: unclosed character class, at byte 8 of this text"
            ],
        ),
        (
            r"(?P<a>x)\1",
            expect![[r#"
                3:19: parser.regex.match[0]: this is no regular expression: backreferences are not supported, at byte 8 of this text
                  hint: RE2 has no backreferences"#]],
        ),
        (
            "*(?P<a>x)",
            expect![[r#"
                3:19: parser.regex.match[0]: this is no regular expression: repetition operator missing expression, at byte 0 of this text
                  hint: a literal `*`, `+` or `?` needs a backslash before it"#]],
        ),
        (
            "(?P<a>x)(?P<a>y)",
            expect![[r#"
                3:19: parser.regex.match[0]: this is no regular expression: duplicate capture group name, at byte 12 of this text
                  hint: each field comes from one group"#]],
        ),
        (
            r"(?P<a>\p{Nonsense})",
            expect!["3:19: parser.regex.match[0]: this is no regular expression: Unicode property not found"],
        ),
        (
            "no group (at) all",
            expect![[r#"
                3:19: parser.regex.match[0]: the regular expression gives no field
                  hint: name what it finds: `%{WORD:user}` or `(?P<user>\w+)`"#]],
        ),
        (
            "%{WORD:a} %{WORD:a}",
            expect!["3:19: parser.regex.match[0]: two groups give the field `a`"],
        ),
        (
            "%{WORDS:a}",
            expect![[r#"
                3:19: parser.regex.match[0]: there is no grok pattern `WORDS`, at byte 0 of this text
                  hint: did you mean `WORD`?"#]],
        ),
        (
            "ab%{word:a}",
            expect![[r#"
                3:19: parser.regex.match[0]: `%{` starts a grok pattern, whose name has capital letters, digits and `_`, at byte 2 of this text
                  hint: a literal `%{` is written `%\{`"#]],
        ),
        (
            "%{WORD:a",
            expect!["3:19: parser.regex.match[0]: a `%{` has no `}`, at byte 0 of this text"],
        ),
        (
            "%{NUMBER:a:int}",
            expect![[r#"
                3:19: parser.regex.match[0]: a grok pattern gives a field, and no type, at byte 0 of this text
                  hint: the type is the one that the field has under `fields`"#]],
        ),
        (
            "%{WORD:}",
            expect![
                "3:19: parser.regex.match[0]: the field of a grok pattern has 1 to 255 bytes and no control characters, at byte 0 of this text"
            ],
        ),
    ] {
        check_refused(&format!("  regex: {{match: ['{pattern}']}}"), expected);
    }
}

#[test]
fn what_re2_does_not_have_is_refused() {
    let refuse = |pattern: &str| {
        let definitions = Definitions::new();
        let error = Expression::read(&format!("(?P<a>x){pattern}"), &definitions).unwrap_err();
        let Some(RegexHint::Text(hint)) = error.hint else {
            panic!("{pattern} has a hint: {error:?}");
        };
        format!("{pattern} {:?} {} ({hint})\n", error.at, error.message)
    };
    let patterns = [
        "x**",
        "x*??",
        "x{2}{3}",
        "(?x)a b",
        "(?x:a b)",
        "(?R)$",
        "(?u:é)",
        "(?-u:a)",
        r"\u0041",
        r"\U00000041",
        r"[\u0041]",
        r"[A-\u0043]",
        r"\u{41}",
    ];
    let all: String = patterns.map(refuse).concat();
    expect![[r#"
        x** Some(10) this is no regular expression: a repetition of a repetition (put what is repeated twice into a group: `(?:a*)*`)
        x*?? Some(11) this is no regular expression: a repetition of a repetition (put what is repeated twice into a group: `(?:a*)*`)
        x{2}{3} Some(12) this is no regular expression: a repetition of a repetition (put what is repeated twice into a group: `(?:a*)*`)
        (?x)a b Some(10) this is no regular expression: a flag that RE2 does not have (the flags are `i`, `m`, `s` and `U`)
        (?x:a b) Some(10) this is no regular expression: a flag that RE2 does not have (the flags are `i`, `m`, `s` and `U`)
        (?R)$ Some(10) this is no regular expression: a flag that RE2 does not have (the flags are `i`, `m`, `s` and `U`)
        (?u:é) Some(10) this is no regular expression: a flag that RE2 does not have (the flags are `i`, `m`, `s` and `U`)
        (?-u:a) Some(11) this is no regular expression: a flag that RE2 does not have (the flags are `i`, `m`, `s` and `U`)
        \u0041 Some(8) this is no regular expression: an escape that RE2 does not have (a character by its number is written `\x{e9}`)
        \U00000041 Some(8) this is no regular expression: an escape that RE2 does not have (a character by its number is written `\x{e9}`)
        [\u0041] Some(9) this is no regular expression: an escape that RE2 does not have (a character by its number is written `\x{e9}`)
        [A-\u0043] Some(11) this is no regular expression: an escape that RE2 does not have (a character by its number is written `\x{e9}`)
        \u{41} Some(8) this is no regular expression: an escape that RE2 does not have (a character by its number is written `\x{e9}`)
    "#]].assert_eq(&all);
    for range in [r"[!-\d]", r"[a-\pL]"] {
        let definitions = Definitions::new();
        assert!(
            Expression::read(&format!("(?P<a>{range})"), &definitions).is_err(),
            "{range}"
        );
    }
}

/// The first two would take a gigabyte, and minutes, if all groups were captured.
#[test]
fn groups_without_a_name_are_not_captured() {
    let line = "x".repeat(20_000);
    for pattern in [
        format!("^(?P<a>.*){}$", "()".repeat(4_000)),
        format!("^(?P<a>(?:{})*)$", vec!["(x)"; 3_000].join("|")),
        r"^(?P<a>\(?[(](((x)+)))|(?P<b>(x)*)$".to_owned(),
    ] {
        let expression = Expression::read(&pattern, &Definitions::new()).unwrap();
        assert!(expression.group_count() <= 3, "{pattern:.40}");
    }
    let schema = schema(&format!("  regex: {{match: ['^(?P<a>.*){}$']}}", "()".repeat(4_000)));
    assert!(show(schema.session().read(line.as_bytes())).starts_with(r#"{"a":"xxx"#));
}

#[test]
fn named_groups_have_a_limit() {
    let groups = |count: usize| {
        let groups: String = (0..count).map(|i| format!("(?P<f{i}>x)?")).collect();
        Expression::read(&groups, &Definitions::new())
    };
    assert_eq!(groups(200).unwrap().names().count(), 200);
    expect!["a regular expression gives at most 200 fields, this gives 201"]
        .assert_eq(&groups(201).unwrap_err().message);
}

#[test]
fn states_times_groups_have_a_limit() {
    let read = |repeated: usize| {
        let groups: String = (0..150).map(|i| format!("(?P<f{i}>x)?")).collect();
        Expression::read(&format!("^{groups}(?:a?){{{repeated}}}$"), &Definitions::new())
    };
    assert!(read(1_000).is_ok());
    expect!["the regular expression is too large for its 150 fields: its states times the bounds of its groups are about 6267104, at most 2097152 are kept"].assert_eq(&read(4_000).unwrap_err().message);
}

/// A line costs its bytes times the states times the groups, so that many states leave short lines.
#[test]
fn an_expression_with_many_states_and_groups_reads_shorter_lines() {
    let groups: String = (0..20).map(|i| format!("(?P<f{i}>x)?")).collect();
    let schema = schema(&format!("  regex: {{match: ['^{groups}(?:a?b?){{1000}}$']}}"));
    let line = |bytes: usize| show(schema.session().read("-".repeat(bytes).as_bytes()));
    expect!["reject: record: expected a line of at most 9139 bytes for this regular expression, found 262144 bytes"]
        .assert_eq(&line(REGEX_LINE_BYTES_MAX));
    expect!["reject: record: expected a line that the regular expression matches, found no match"]
        .assert_eq(&line(9_000));
}

/// An ordinary expression of the built-in patterns is nowhere near the limits.
#[test]
fn the_built_in_patterns_read_long_lines() {
    for (name, _) in BUILT_IN {
        let pattern = format!("^%{{{name}:a}} %{{NOTSPACE:b}} %{{DATA:c}} %{{GREEDYDATA:d}}$");
        let expression = Expression::read(&pattern, &Definitions::new()).unwrap();
        assert!(
            expression.line_bytes_max() >= 32 * 1024,
            "{name}: {}",
            expression.line_bytes_max()
        );
    }
}

#[test]
fn own_patterns_that_are_wrong_are_refused() {
    check_refused(
        "  regex:
    patternDefinitions: {A: '%{B}', B: 'x%{A}', C: '%{C:c}', D: '(', 'lower': x, E: '%{NONE}', F: [x]}
    match: ['%{A:a}', '%{D} %{F} %{LOST}']",
        expect![[r#"
            4:29: parser.regex.patternDefinitions.A: the grok pattern `B` contains itself, at byte 0 of this text
            4:40: parser.regex.patternDefinitions.B: the grok pattern `A` contains itself, at byte 1 of this text
            4:52: parser.regex.patternDefinitions.C: the grok pattern `C` contains itself, at byte 0 of this text
            4:65: parser.regex.patternDefinitions.D: this is no regular expression: unclosed group, at byte 0 of this text
            4:70: parser.regex.patternDefinitions: `lower` is no name for a pattern: capital letters, digits and `_`, a letter first
            4:85: parser.regex.patternDefinitions.E: there is no grok pattern `NONE`, at byte 0 of this text
            4:99: parser.regex.patternDefinitions: `F` is text, found a list
            5:23: parser.regex.match[1]: there is no grok pattern `LOST`, at byte 10 of this text
              hint: did you mean `HOST`?"#]],
    );
    let chain: String = (0..20).map(|i| format!("P{i}: '%{{P{}}}', ", i + 1)).collect();
    let text = format!("  regex: {{patternDefinitions: {{{chain}P20: x}}, match: ['%{{P18:a}}']}}");
    let error = crate::Schema::from_yaml(&format!(
        "schema: Custom.Test\nparser:\n{text}\nfields: [{{name: a, type: string}}]"
    ));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("more than 16 grok patterns inside each other"),
        "{error}"
    );
}

#[test]
fn a_line_for_an_expression_has_a_limit() {
    let schema = schema("  regex: {match: ['(?P<a>x)']}");
    let mut line = "x".repeat(REGEX_LINE_BYTES_MAX);
    assert_eq!(show(schema.session().read(line.as_bytes())), r#"{"a":"x"}"#);
    line.push('x');
    assert_eq!(
        show(schema.session().read(line.as_bytes())),
        "reject: record: expected a line of at most 262144 bytes for this regular expression, found 262145 bytes"
    );
}

/// Hostile expressions are refused, and quickly.
#[test]
fn expressions_that_would_grow_are_refused() {
    for pattern in [
        "(?P<a>(((a{1000}){1000}){1000}))",
        "(?P<a>(((\\pL{100}){100}){100}))",
        "(?P<a>(.{1000}){1000})",
        "(?P<a>(?i)\\pL{1000})",
    ] {
        check_refused(
            &format!("  regex: {{match: ['{pattern}']}}"),
            expect![[r#"
                3:19: parser.regex.match[0]: the regular expression takes more than 1048576 bytes when it is compiled
                  hint: repeat less: `{1000}` writes its part out a thousand times"#]],
        );
    }
    let alternatives: Vec<String> = (0..10_000).map(|i| format!("word{i}")).collect();
    check_refused(
        &format!("  regex: {{match: ['(?P<a>{})']}}", alternatives.join("|")),
        expect!["3:19: parser.regex.match[0]: a regular expression has at most 32768 bytes, this has 88896"],
    );
    check_refused(
        &format!("  regex: {{match: ['{}(?P<a>x){}']}}", "(".repeat(100), ")".repeat(100)),
        expect![
            "3:19: parser.regex.match[0]: this is no regular expression: exceed the maximum number of nested parentheses/brackets (64), at byte 64 of this text"
        ],
    );
    let doubling: String = (0..15)
        .map(|i| format!("P{i}: '%{{P{j}}}%{{P{j}}}', ", j = i + 1))
        .collect();
    let text = format!("  regex: {{patternDefinitions: {{{doubling}P15: x}}, match: ['%{{P15:a}}']}}");
    let error = crate::Schema::from_yaml(&format!(
        "schema: Custom.Test\nparser:\n{text}\nfields: [{{name: a, type: string}}]"
    ));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("more than 32768 bytes once its grok patterns are written out"),
        "{error}"
    );
}

#[test]
fn a_catastrophic_expression_ends() {
    // What tries every way to share out the line takes longer than there is time; the test runner would end it.
    let schema = schema("  regex: {match: ['^(?P<a>(x+x+)+y)$']}");
    let line = "x".repeat(100_000);
    assert!(show(schema.session().read(line.as_bytes())).starts_with("reject"));
}

proptest! {
    #[test]
    fn no_expression_panics(
        pattern in "(%\\{[A-C]{1,2}(:[a-b])?\\}|\\(\\?P<[ab]>|[()|*+?.\\[\\]^${}&~-]|\\\\[a-zA-Z<>QE]|[ab1]|\\{[0-9],?[0-9]?\\}|é){0,12}",
        line in "[ab1é<> ]{0,10}",
    ) {
        let definitions = [("A", "x"), ("B", "%{A:a}|é"), ("C", "(%{B}")];
        let definitions = definitions.map(|(name, body)| (name.to_owned(), body.to_owned())).into();
        if Expression::read(&pattern, &definitions).is_ok() {
            let quoted = serde_json::to_string(&pattern).unwrap();
            let own = "patternDefinitions: {A: x, B: '%{A:a}|é'}";
            let text = format!(
                "schema: Custom.Test\nparser:\n  regex: {{match: [{quoted}], {own}}}\nfields: [{{name: a, type: string}}]"
            );
            if let Ok(schema) = crate::Schema::from_yaml(&text) {
                show(schema.session().read(line.as_bytes()));
            }
        }
    }

    #[test]
    fn rewriting_passes_over_the_whole_text(text in "[\\\\dDwWsSbBQEpPx{}\\[\\]^a<é:&~-]{1,16}") {
        let mut at = 0;
        while at < text.len() {
            let token = re2::token(&text[at..]);
            prop_assert!(token.bytes > 0);
            at += token.bytes;
            prop_assert!(text.is_char_boundary(at));
        }
        prop_assert_eq!(at, text.len());
    }
}
