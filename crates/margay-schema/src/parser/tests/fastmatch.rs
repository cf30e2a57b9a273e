use std::fmt::Write as _;

use expect_test::expect;
use proptest::prelude::*;

use super::super::FastmatchPattern;
use super::{check, check_refused, schema, show};

#[test]
fn values_stand_between_delimiters() {
    check(
        "  fastmatch:
    match: ['%{time} [%{service}@%{ip}] [%{level}] %{message}']",
        &[
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] \"\" all [is] well ",
            " [@] [] ",
            "2020-10-10T14:32:05 [web] [DEBUG] no address",
            "2020-10-10T14:32:05",
        ],
        expect![[r#"
            "2020-10-10T14:32:05 [web@192.0.2.1] [DEBUG] \"\" all [is] well "
              {"time":"2020-10-10T14:32:05","service":"web","ip":"192.0.2.1","level":"DEBUG","message":"\"\" all [is] well "}
            " [@] [] "
              {"time":"","service":"","ip":"","level":"","message":""}
            "2020-10-10T14:32:05 [web] [DEBUG] no address"
              reject: record: expected a line that the fastmatch pattern matches, found no end of placeholder 2 after byte 21
            "2020-10-10T14:32:05"
              reject: record: expected a line that the fastmatch pattern matches, found no end of placeholder 1 after byte 0
        "#]],
    );
}

#[test]
fn the_common_log_format_is_read() {
    check(
        "  fastmatch:
    match:
      - '%{ip} %{} %{user} [%{time}] \"%{method} %{uri} %{protocol}\" %{status} %{bytes}'
    emptyValues: ['-']",
        &[r#"192.0.2.7 - erika [02/Jan/2026:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 304 -"#],
        expect![[r#"
            "192.0.2.7 - erika [02/Jan/2026:13:55:36 -0700] \"GET /a?b=c HTTP/1.1\" 304 -"
              {"ip":"192.0.2.7","user":"erika","time":"02/Jan/2026:13:55:36 -0700","method":"GET","uri":"/a?b=c","protocol":"HTTP/1.1","status":"304"}
        "#]],
    );
}

#[test]
fn patterns_are_tried_in_order() {
    check(
        "  fastmatch:
    match:
      - 'login user=%{user} from=%{ip}'
      - 'logout user=%{user}'
      - '%{verb} %{}: %{rest}'
    skipPrefix: '//'",
        &[
            "login user=anna from=192.0.2.1",
            "logout user=anna",
            "fail 7: login user=anna",
            "login user=anna",
            "// login user=x from=y",
            "x",
        ],
        expect![[r#"
            "login user=anna from=192.0.2.1"
              {"user":"anna","ip":"192.0.2.1"}
            "logout user=anna"
              {"user":"anna"}
            "fail 7: login user=anna"
              {"verb":"fail","rest":"login user=anna"}
            "login user=anna"
              reject: record: expected a line that one of the 3 fastmatch patterns matches, found no end of placeholder 1 after byte 11; pattern 1 came furthest
            "// login user=x from=y"
              skipped: a line that starts with `skipPrefix`
            "x"
              reject: record: expected a line that one of the 3 fastmatch patterns matches, found another start of the line; pattern 1 came furthest
        "#]],
    );
}

#[test]
fn quotes_around_a_placeholder_unescape() {
    check(
        r#"  fastmatch:
    match: ['%{time} "%{message}" ''%{other}'' %{tail}']"#,
        &[
            r#"1 "plain" 'too' "not here\"""#,
            r#"1 "some \"quoted\" text\n" 'it\'s' x"#,
            r#"1 "ends in \\" 'C:\dir' x"#,
            r#"1 "no end \" 'x' y"#,
            r#"1 "a"b" 'c' d"#,
        ],
        expect![[r#"
            "1 \"plain\" 'too' \"not here\\\"\""
              {"time":"1","message":"plain","other":"too","tail":"\"not here\\\"\""}
            "1 \"some \\\"quoted\\\" text\\n\" 'it\\'s' x"
              {"time":"1","message":"some \"quoted\" text\n","other":"it's","tail":"x"}
            "1 \"ends in \\\\\" 'C:\\dir' x"
              {"time":"1","message":"ends in \\","other":"C:\\dir","tail":"x"}
            "1 \"no end \\\" 'x' y"
              reject: record: expected a line that the fastmatch pattern matches, found no end of placeholder 2 after byte 3
            "1 \"a\"b\" 'c' d"
              {"time":"1","message":"a\"b","other":"c","tail":"d"}
        "#]],
    );
}

#[test]
fn text_after_the_last_delimiter_is_left_out() {
    check(
        "  fastmatch: {match: ['<%{a}>']}",
        &["<x>", "<x> and more", "<x"],
        expect![[r#"
            "<x>"
              {"a":"x"}
            "<x> and more"
              {"a":"x"}
            "<x"
              reject: record: expected a line that the fastmatch pattern matches, found no end of placeholder 1 after byte 1
        "#]],
    );
}

#[test]
fn space_is_trimmed_before_values_are_compared_with_none() {
    check(
        "  fastmatch: {match: ['%{a}|%{b}|%{c}'], trimSpace: true, emptyValues: ['-', '']}",
        &[" x |-| ", "a b\t|\u{a0}- |y "],
        expect![[r#"
            " x |-| "
              {"a":"x"}
            "a b\t|\u{a0}- |y "
              {"a":"a b","c":"y"}
        "#]],
    );
}

#[test]
fn patterns_that_are_wrong_are_refused() {
    check_refused(
        "  fastmatch:
    match:
      - '%{a}%{b}'
      - 'no placeholder'
      - '%{}'
      - '%{a} %{b'
      - \"%{a}\\n%{b}\"
      - '%{a} %{b} %{ a }'
      - '%{a %{b}'
      - ''
      - 7",
        expect![[r#"
            5:9: parser.fastmatch.match[0]: there is nothing between `%{a}` and `%{b}` that would say where the first ends
            6:9: parser.fastmatch.match[1]: a pattern has at least one placeholder, such as `%{message}`
            7:9: parser.fastmatch.match[2]: a pattern has at least one placeholder with a name
            8:9: parser.fastmatch.match[3]: the `%{` at byte 5 has no `}`
            9:9: parser.fastmatch.match[4]: a pattern has no line break in it, since a line has none
            10:9: parser.fastmatch.match[5]: two placeholders of this pattern are called `a`
            11:9: parser.fastmatch.match[6]: the `%{` at byte 0 is not closed before the next
            12:9: parser.fastmatch.match[7]: a pattern has at least one placeholder, such as `%{message}`
            13:9: parser.fastmatch.match[8]: a pattern has at least one placeholder, such as `%{message}`"#]],
    );
    check_refused(
        "  fastmatch: {}",
        expect!["3:14: parser.fastmatch: a fastmatch parser needs `match`"],
    );
    check_refused(
        "  fastmatch: {match: []}",
        expect!["3:22: parser.fastmatch: `match` needs at least one pattern"],
    );
    let long = format!("%{{a}}{}", "x".repeat(4_093));
    check_refused(
        &format!("  fastmatch: {{match: ['{long}']}}"),
        expect!["3:23: parser.fastmatch.match[0]: a pattern has at most 4096 bytes, this has 4097"],
    );
}

/// The words of the definition, character by character.
fn naive(pattern: &str, line: &str) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    let (prefix, mut pattern) = pattern.split_once("%{")?;
    let mut rest = line.strip_prefix(prefix)?;
    loop {
        let (name, after) = pattern.split_once('}')?;
        let (delimiter, next) = match after.split_once("%{") {
            Some((delimiter, next)) => (delimiter, Some(next)),
            None => (after, None),
        };
        let mut length = 0;
        while !delimiter.is_empty() && !rest.get(length..).is_some_and(|rest| rest.starts_with(delimiter)) {
            length += 1;
            if length > rest.len() {
                return None;
            }
        }
        let value = if delimiter.is_empty() { rest } else { &rest[..length] };
        if !name.is_empty() {
            values.push((name.to_owned(), value.to_owned()));
        }
        rest = &rest[value.len() + delimiter.len()..];
        match next {
            Some(next) => pattern = next,
            None => return Some(values),
        }
    }
}

proptest! {
    #[test]
    fn it_finds_what_a_naive_matcher_finds(
        parts in prop::collection::vec(("[ab:]{1,3}", any::<bool>()), 1..5),
        has_tail: bool,
        line in "[abé: ]{0,16}",
    ) {
        let mut pattern = String::new();
        for (number, (delimiter, is_named)) in parts.iter().enumerate() {
            let name = if *is_named || number == 0 { format!("f{number}") } else { String::new() };
            write!(pattern, "%{{{name}}}{delimiter}").unwrap();
        }
        if has_tail {
            pattern += "%{tail}";
        }
        let schema = schema(&format!("  fastmatch: {{match: ['{pattern}']}}"));
        let mut json = String::new();
        let written = schema.parser().unwrap().write_json(&line, &mut super::super::Buffers::default(), &mut json);
        let found = written.ok().map(|()| {
            let object: serde_json::Value = serde_json::from_str(&json).unwrap();
            let members = object.as_object().unwrap().iter();
            let mut members: Vec<_> = members.map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect();
            members.sort();
            members
        });
        let mut expected = naive(&pattern, &line);
        if let Some(members) = &mut expected {
            members.sort();
        }
        prop_assert_eq!(found, expected, "{}", pattern);
    }

    #[test]
    fn no_pattern_and_no_line_panics(
        pattern in "(%\\{|[a}%\"']|\\\\){0,12}",
        line in "[a\"'\\\\é]{0,12}",
    ) {
        if FastmatchPattern::read(&pattern).is_ok() {
            let quoted = serde_json::to_string(&pattern).unwrap();
            let schema = schema(&format!("  fastmatch: {{match: [{quoted}], trimSpace: true}}"));
            show(schema.session().read(line.as_bytes()));
        }
    }
}
