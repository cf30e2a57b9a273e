use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::limits::{RUN_BYTES_MAX, RUN_STEPS_MAX};

mod limits;

/// Returns what an expression evaluates to, as `repr` writes it.
pub(crate) fn value(expression: &str) -> String {
    let source = format!("def parse(log):\n    return {{'value': repr(({expression}))}}\n");
    let event = event(&source, "a record");
    match serde_json::from_str::<serde_json::Value>(&event) {
        Ok(event) => event["value"].as_str().unwrap().to_owned(),
        Err(_) => event,
    }
}

/// Runs a script with a record.
pub(crate) fn event(source: &str, log: &str) -> String {
    let script = match Script::compile(source) {
        Ok(script) => script,
        Err(problem) => return format!("no script: {problem}"),
    };
    let mut out = String::new();
    match script.run(log, &mut out) {
        Ok(()) => out,
        Err(problem) => format!("{:?}: {problem}", problem.kind),
    }
}

fn check(source: &str, log: &str, expected: Expect) {
    expected.assert_eq(&event(source, log));
}

#[test]
fn a_record_becomes_an_object() {
    check(
        "def parse(log):
    event = json.decode(log)
    event['is_staff'] = event['actor']['email'].endswith('@example.com')
    event['parts'] = [part for part in event.pop('path').split('/') if part]
    return event
",
        r#"{"actor": {"email": "mara@example.com", "id": 12345678901234567890123}, "path": "/a/b", "at": 1.5, "none": null}"#,
        expect![[
            r#"{"actor":{"email":"mara@example.com","id":12345678901234567890123},"at":1.5,"none":null,"is_staff":true,"parts":["a","b"]}"#
        ]],
    );
}

#[test]
fn helpers_and_constants_stand_beside_the_function() {
    check(
        "LEVELS = {'I': 'info', 'E': 'error'}
FIELDS = ['level', 'code', 'text']

def level(letter):
    return LEVELS.get(letter, 'unknown')

def parse(log):
    event = dict(zip(FIELDS, log.split(' ', 2)))
    event['level'] = level(event['level'])
    event['code'] = int(event['code'])
    return event
",
        "E 17 no such file",
        expect![[r#"{"level":"error","code":17,"text":"no such file"}"#]],
    );
}

#[test]
fn a_single_function_may_have_any_name() {
    check(
        "def transform(line):\n  return {'line': line}\n",
        "x",
        expect![[r#"{"line":"x"}"#]],
    );
    check(
        "def one(x):\n  return {'a': 1}\ndef two(x):\n  return {'a': 2}\n",
        "x",
        expect![[r#"
            no script: 1:1: the script defines no function `parse`
              hint: it starts with `def parse(log):` and returns a dict"#]],
    );
}

#[test]
fn the_function_takes_one_value() {
    let check = |parameters: &str, expected: Expect| {
        check(
            &format!("def parse({parameters}):\n  return {{'a': 1}}\n"),
            "x",
            expected,
        );
    };
    check(
        "",
        expect![[r#"
        no script: 1:5: the function is called with one value: the record's text
          hint: for example `def parse(log):`"#]],
    );
    check(
        "log, other",
        expect![[r#"
        no script: 1:16: the function is called with one value: the record's text
          hint: for example `def parse(log):`"#]],
    );
    check(
        "log, *, other",
        expect![[r#"
        no script: 1:19: the function is called with one value: the record's text
          hint: for example `def parse(log):`"#]],
    );
    check("log, other=None, **rest", expect![[r#"{"a":1}"#]]);
    check("*logs", expect![[r#"{"a":1}"#]]);
}

#[test]
fn only_a_dict_with_text_keys_is_an_event() {
    let check = |result: &str, expected: Expect| {
        check(&format!("def parse(log):\n  return {result}\n"), "x", expected);
    };
    check(
        "{}",
        expect!["Result: line 1 of the script: the function returned an empty dict"],
    );
    check(
        "None",
        expect!["Result: line 1 of the script: the function returned None, not a dict"],
    );
    check(
        "[{'a': 1}]",
        expect!["Result: line 1 of the script: the function returned a list, not a dict"],
    );
    check(
        "{1: 2}",
        expect![
            "Result: line 1 of the script: the function's result is no event: the keys of a JSON object are strings, found an int"
        ],
    );
    check(
        "{'a': {(1, 2): 3}}",
        expect![
            "Result: line 1 of the script: the function's result is no event: the keys of a JSON object are strings, found a tuple"
        ],
    );
    check(
        "{'a': float('nan')}",
        expect![
            "Result: line 1 of the script: the function's result is no event: JSON has no number for a float that is not finite"
        ],
    );
    check(
        "{'a': len}",
        expect![
            "Result: line 1 of the script: the function's result is no event: a function cannot be written as JSON"
        ],
    );
    check(
        "{'a': (1, [2.5, None, True]), 'b': '\"\\n\\x01é', 'c': range(3)}",
        expect![[r#"{"a":[1,[2.5,null,true]],"b":"\"\n\u0001é","c":[0,1,2]}"#]],
    );
    check(
        "{'a': 1 << 200, 'b': -1.0, 'c': 1e300, 'd': 1e-9}",
        expect![[r#"{"a":1606938044258990275541962092341162602522202993782792835301376,"b":-1.0,"c":1e300,"d":1e-9}"#]],
    );
}

#[test]
fn a_problem_names_the_line_and_nothing_of_the_record() {
    let source = "def inner(text):
    return int(text)

def parse(log):
    value = json.decode(log)
    inner(value['secret'])
    return {'a': value['nowhere']}
";
    check(
        source,
        r#"{"secret": "hunter2"}"#,
        expect!["Operation: line 2 of the script: `int` got a string that is no integer"],
    );
    check(
        source,
        r#"{"secret": "1"}"#,
        expect!["Operation: line 7 of the script: the dict has no key `nowhere`; `.get(key)` gives None then"],
    );
    check(
        source,
        "hunter2",
        expect!["Operation: line 5 of the script: `json.decode` got text that is no JSON, at byte 0"],
    );
    check(
        "def parse(log):\n  if 'x' in log:\n    fail('cannot do', log)\n  return {log: {}[log]}\n",
        "xyz",
        expect!["Fail: line 3 of the script: the script called `fail`"],
    );
    check(
        "def parse(log):\n  return {}[log]\n",
        "hunter2",
        expect!["Operation: line 2 of the script: the dict has no such key; `.get(key)` gives None then"],
    );
}

#[test]
fn every_run_starts_from_the_same_state() {
    let source = "SEEN = []
COUNT = {'n': 0}
def parse(log):
    if log == 'append': SEEN.append(log)
    if log == 'set': COUNT['n'] += 1
    if log == 'augment':
        mine = SEEN
        mine += [log]
    return {'seen': SEEN, 'count': COUNT}
";
    for log in ["append", "augment"] {
        check_frozen(
            source,
            log,
            "a list that was made outside the function cannot change while it runs",
        );
    }
    check_frozen(
        source,
        "set",
        "a dict that was made outside the function cannot change while it runs",
    );
    check(source, "look", expect![[r#"{"seen":[],"count":{"n":0}}"#]]);
}

#[track_caller]
fn check_frozen(source: &str, log: &str, message: &str) {
    let event = event(source, log);
    assert!(event.ends_with(message), "{event}");
}

#[test]
fn closures_share_variables_with_what_is_around_them() {
    check(
        "def parse(log):
    total = []
    def add(n):
        total.append(n)
        return len(total)
    adders = [lambda x, by=by: x + by for by in range(3)]
    late = [lambda: by for by in range(3)]
    counts = [add(f(10)) for f in adders]
    def outer():
        def innermost():
            return log + str(x)
        return innermost()
    x = 5
    return {'total': total, 'counts': counts, 'late': [f() for f in late], 'outer': outer()}
",
        "v",
        expect![[r#"{"total":[10,11,12],"counts":[1,2,3],"late":[2,2,2],"outer":"v5"}"#]],
    );
}

#[test]
fn a_script_is_shared_between_threads() {
    fn shared<T: Send + Sync>(value: T) -> T {
        value
    }
    let script = shared(Script::compile("def parse(log):\n  return {'n': len(log)}\n").unwrap());
    std::thread::scope(|scope| {
        for length in 0..4 {
            let script = &script;
            scope.spawn(move || {
                let mut out = String::new();
                script.run(&"x".repeat(length), &mut out).unwrap();
                assert_eq!(out, format!("{{\"n\":{length}}}"));
            });
        }
    });
}

proptest::proptest! {
    #[test]
    fn no_text_panics_as_a_script(source: String) {
        let _compiled = Script::compile(&source);
    }

    #[test]
    fn no_pieces_of_scripts_panic(pieces in proptest::collection::vec(
        proptest::sample::select(vec![
            "def parse(log):\n", " return ", "    x = ", "[", "]", "(", ")", "{", "}", ":", ",", "log", "x", "1", "'a'",
            " for ", " in ", " if ", " else ", "lambda ", "\n", "\n    ", "\n        ", "+", "*", "%", "<<", ".split",
            ".format", "json.decode", "=", "**", "not ", "range", "sorted", "\"\"\"", "\\", "#", "é",
        ]),
        0..30,
    )) {
        let source = pieces.concat();
        if let Ok(script) = Script::compile(&source) {
            let mut out = String::new();
            let _ran = script.run("a record", &mut out);
        }
        let indented = format!("def parse(log):\n    return {{'a': {source}}}\n");
        if let Ok(script) = Script::compile(&indented) {
            let mut out = String::new();
            let _ran = script.run("é a=b {\"c\": [1]}", &mut out);
        }
    }

    #[test]
    fn json_comes_out_as_it_went_in(number: i128, text: String, float in proptest::num::f64::NORMAL) {
        let text = serde_json::to_string(&text).unwrap();
        let record = format!("{{\"text\":{text},\"list\":[{text},null,true],\"float\":{float:?},\"number\":{number}}}");
        let script = Script::compile("def parse(log):\n  return json.decode(log)\n").unwrap();
        let mut out = String::new();
        script.run(&record, &mut out).unwrap();
        let (ours, theirs): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(&out).unwrap(), serde_json::from_str(&record).unwrap());
        proptest::prop_assert_eq!(&ours["text"], &theirs["text"]);
        proptest::prop_assert_eq!(&ours["list"], &theirs["list"]);
        let numbers = format!("\"float\":{float:?},\"number\":{number}}}");
        proptest::prop_assert!(out.ends_with(&numbers), "{} of {}", out, numbers);
    }
}
