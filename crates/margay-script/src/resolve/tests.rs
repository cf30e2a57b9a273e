use expect_test::{Expect, expect};

use crate::script::Script;

fn check(body: &str, expected: Expect) {
    let source = format!("def parse(log):\n  return {{'a': {body}}}\n");
    let shown = match Script::compile(&source) {
        Ok(_) => "a script".to_owned(),
        Err(problem) => problem.to_string(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn unknown_names_are_named_with_a_hint() {
    check(
        "lg",
        expect![[r#"
        2:16: `lg` is not defined
          hint: did you mean `log`?"#]],
    );
    check(
        "prase(log)",
        expect![[r#"
        2:16: `prase` is not defined
          hint: did you mean `parse`?"#]],
    );
    check(
        "jsn.decode(log)",
        expect![[r#"
        2:16: `jsn` is not defined
          hint: did you mean `json`?"#]],
    );
    check(
        "set([1])",
        expect![[r#"
        2:16: `set` is not defined
          hint: there are no sets; the keys of a dict are unique"#]],
    );
    check("re.match(log)", expect!["2:19: no value has an attribute `match`"]);
    check(
        "open('/etc/passwd')",
        expect![[r#"
        2:16: `open` is not defined
          hint: there are `json` and `base64`, and the functions of Starlark"#]],
    );
    check("zzzzzzzzzz", expect!["2:16: `zzzzzzzzzz` is not defined"]);
}

#[test]
fn names_of_a_comprehension_end_with_it() {
    check("[x for x in [1]] + [x]", expect!["2:36: `x` is not defined"]);
    check("[y for x in [[1]] for y in x]", expect!["a script"]);
    check("[x for x in x]", expect!["2:28: `x` is not defined"]);
}
