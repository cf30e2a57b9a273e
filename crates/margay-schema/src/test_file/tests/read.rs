//! Files of tests, read.

use super::*;

/// What a file says, or what is wrong with it.
fn check_file(text: &str, expected: Expect) {
    let mut shown = String::new();
    let warnings = match TestFile::from_yaml(text) {
        Ok(file) => {
            for test in file.tests {
                let input = match test.input {
                    Input::Text(text) => format!("{text:?}"),
                    Input::Records(records) => records.iter().map(|record| format!("{record};")).collect(),
                };
                writeln!(
                    shown,
                    "{} for {} in line {}: {input}",
                    test.name, test.log_type, test.line
                )
                .unwrap();
                for event in test.expected {
                    writeln!(shown, "  {event}").unwrap();
                }
            }
            file.warnings
        }
        Err(error) => {
            writeln!(shown, "{error}").unwrap();
            error.warnings
        }
    };
    for warning in warnings {
        writeln!(shown, "warning {warning}").unwrap();
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_file_holds_tests_in_several_documents() {
    check_file(
        r#"
# A comment before the first.
name: one
logType: Custom.Test
input: |
  {"text": "a"}
result: |
  {
    "text": "a"
  }
---
NAME: many
LogType: Custom.Test
INPUT: |-
  {"text": "a"}
  {"text": "b"}
RESULTS:
  - text: a
    whole: 12345678901234567890
  - '{"text": "b"}'
---
logtype: Custom.Other
input: {whole: 1, part: 1.50, text: "1", truth: yes}
results: '{"whole": 1} {"whole": 2}'
---
name: none
logType: Custom.Test
input: nonsense
results: []
---
"#,
        expect![[r#"
            one for Custom.Test in line 4: "{\"text\": \"a\"}\n"
              {"text":"a"}
            many for Custom.Test in line 13: "{\"text\": \"a\"}\n{\"text\": \"b\"}"
              {"text":"a","whole":12345678901234567890}
              {"text":"b"}
            test 3 for Custom.Other in line 22: {"part":1.50,"text":"1","truth":"yes","whole":1};
              {"whole":1}
              {"whole":2}
            none for Custom.Test in line 27: "nonsense"
        "#]],
    );
}

#[test]
fn unquoted_yaml_is_read_as_yaml_1_2_reads_it_with_every_digit() {
    check_file(
        "logType: A1a\ninput: x\nresult: {a: ~, b: null, c: True, d: 'true', e: 20000000000000000001, f: +1, g: .5, h: 5., \
         i: 1e3, j: 0x1F, k: 0o17, l: 007, m: 1_000, n: -0.10, o: .inf, p: 2026-01-02, q: -x, r: e5, s: '', t: 0xZ, u: -.e1, v: 1e, w: 0x, x: 0x+1}\n",
        expect![[r#"
            test 1 for A1a in line 1: "x"
              {"a":null,"b":null,"c":true,"d":"true","e":20000000000000000001,"f":1,"g":0.5,"h":5.0,"i":1e3,"j":31,"k":15,"l":"007","m":"1_000","n":-0.10,"o":".inf","p":"2026-01-02","q":"-x","r":"e5","s":"","t":"0xZ","u":"-.e1","v":"1e","w":"0x","x":"0x+1"}
        "#]],
    );
}

#[test]
fn every_problem_of_a_file_is_found_where_it_is() {
    check_file(
        r#"
name: nothing but a name
---
- a list
---
name: [x]
logType: Custom.Test
input: "  "
result: {a: 1}
results: []
---
name: wrong values
logType: 
input: []
result: |
  {"a": 1,
   "b" 2}
---
name: more
logtype: A1a
LogType: A1b
input: x
result: [1]
---
logType: A1a
input: x
results:
---
logType: A1a
input: x
results: [1, '{', {a: 1}, "", [2]]
---
logType: A1a
input: x
result: '{"a": 1} {"a": 2}'
resolts: 1
"#,
        expect![[r#"
            2:1: nothing but a name: a test needs the name of a schema as `logType`
            2:1: nothing but a name: a test needs the records as `input`
            2:1: nothing but a name: a test needs what it expects as `result` or `results`
              hint: `results: []` expects every record to be rejected
            4:1: a test is a mapping, found a list
            6:7: name: `name` is text, found a list
            8:8: `input` is text, found nothing
            10:1: `result` and `results` exclude each other
            13:8: wrong values: `logType` is text, found nothing
            14:8: wrong values: `input` holds no record
            16:3: wrong values: `result` is a text, but not of JSON: found an unexpected character, in line 2, column 6 of the text
            21:1: `LogType` is already given in line 20
            23:9: more: `result` is one event, found a list
              hint: a list of events is given as `results`
            27:8: test 6: `results` is a list, found nothing
              hint: `results: []` expects every record to be rejected
            31:11: test 7: an event is an object, found a number
            31:14: test 7: `results` is a text, but not of JSON: it ends too early, in line 1, column 2 of the text
            31:27: test 7: `results` is a text, but not of JSON: it is empty
            31:31: test 7: an event is an object, found an array
            35:9: test 8: `result` is a text, but not of JSON: found more text after the value, in line 1, column 10 of the text
            warning 36:1: a test has no key `resolts`
              hint: did you mean `results`?
        "#]],
    );
    check_file(
        "",
        expect![[r#"
        the file is empty
    "#]],
    );
    check_file(
        "---\n---\n",
        expect![[r#"
        the file holds no test
    "#]],
    );
    check_file(
        "a: [",
        expect![[r#"
        1:4: this is not YAML: unclosed bracket '['
    "#]],
    );
    check_file(
        "a: &x 1\n---\nb: *x\n",
        expect![[r#"
        3:4: this is not YAML: while parsing node, found unknown anchor
    "#]],
    );
}

#[test]
fn a_file_has_limits() {
    let document = "---\nlogType: A1a\ninput: x\nresults: []\n";
    assert_eq!(
        TestFile::from_yaml(&document.repeat(TEST_COUNT_MAX))
            .unwrap()
            .tests
            .len(),
        TEST_COUNT_MAX
    );
    let error = TestFile::from_yaml(&document.repeat(TEST_COUNT_MAX + 1)).unwrap_err();
    expect!["4001:1: a test file holds at most 1000 YAML documents"].assert_eq(&error.to_string());
    let deep = format!(
        "logType: A1a\ninput: x\nresult: {}{}",
        "{a: ".repeat(500),
        "}".repeat(500)
    );
    assert!(TestFile::from_yaml(&deep).is_err());
    // Ten lines of aliases that stand for ten thousand million values.
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..10 {
        let aliases = vec![format!("*a{}", i - 1); 10].join(",");
        writeln!(bomb, "a{i}: &a{i} [{aliases}]").unwrap();
    }
    let error = TestFile::from_yaml(&bomb).unwrap_err();
    assert!(error.to_string().contains("aliases"), "{error}");
}
