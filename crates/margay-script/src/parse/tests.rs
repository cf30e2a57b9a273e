use expect_test::{Expect, expect};

use super::*;

fn check(source: &str, expected: Expect) {
    let shown = match parse(source) {
        Ok(statements) => format!("{} statements", statements.len()),
        Err(problem) => problem.to_string(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn functions_that_are_no_starlark_are_named_with_their_place() {
    for (source, expected) in [
        (
            "def parse(log)\n  pass\n",
            expect!["1:15: expected `:`, found the end of the line"],
        ),
        (
            "def parse(log):\nreturn 1\n",
            expect![[r#"
            2:1: an indented block comes after the colon
              hint: `pass` does nothing"#]],
        ),
        ("def (log):\n", expect!["1:5: expected the function's name, found `(`"]),
        (
            "def f(a=1, b): pass\n",
            expect!["1:12: a parameter without a default follows one with it"],
        ),
        ("def f(a, a): pass\n", expect!["1:10: `a` is already a parameter"]),
        (
            "def f(**a, b): pass\n",
            expect!["1:12: nothing can follow the `**` parameter"],
        ),
        (
            "def f(*a, *b): pass\n",
            expect!["1:11: a function has one `*` parameter"],
        ),
        (
            "def f(a: int): pass\n",
            expect!["1:8: type annotations are not supported"],
        ),
        (
            "def f(a) -> int: pass\n",
            expect!["1:10: type annotations are not supported"],
        ),
    ] {
        check(source, expected);
    }
}

#[test]
fn statements_that_are_no_starlark_are_named_with_their_place() {
    for (source, expected) in [
        ("  a = 1\n", expect!["1:3: this line is indented, but starts no block"]),
        (
            "a = 1 2\n",
            expect!["1:7: expected the end of the line, found a number"],
        ),
        ("a = \n", expect!["1:5: expected a value, found the end of the line"]),
        ("a = 1 +\n", expect!["1:8: expected a value, found the end of the line"]),
        (
            "while True:\n  pass\n",
            expect![[r#"
            1:1: there is no `while` in Starlark
              hint: use `for` over a range and `break`"#]],
        ),
        ("return 1\n", expect!["1:1: `return` stands in no function"]),
        (
            "for a in b:\n  def f():\n    break\n",
            expect!["3:5: `break` stands in no loop"],
        ),
        ("continue\n", expect!["1:1: `continue` stands in no loop"]),
        (
            "load('x', 'y')\n",
            expect![[r#"
            1:1: a script cannot load another
              hint: `json` and `base64` are there without it"#]],
        ),
        ("1 = a\n", expect!["1:1: this cannot be assigned to"]),
        ("a.strip = 1\n", expect!["1:2: an attribute cannot be assigned to"]),
        (
            "a.strp()\n",
            expect![[r#"
            1:3: no value has an attribute `strp`
              hint: did you mean `strip`?"#]],
        ),
        ("a.zzzzzzzz()\n", expect!["1:3: no value has an attribute `zzzzzzzz`"]),
        (
            "a, b += 1\n",
            expect!["1:1: only a name or an element can be changed in place"],
        ),
        (
            "a < b < c\n",
            expect![[r#"
            1:7: comparisons do not chain
              hint: write `a < b and b < c`"#]],
        ),
        (
            "f(x for x in y)\n",
            expect![[r#"
            1:3: there are no generators in Starlark
              hint: put the comprehension into `[` and `]`"#]],
        ),
        (
            "f(a=1, 2)\n",
            expect!["1:8: an argument without a name comes before those with one"],
        ),
        ("f(a=1, a=2)\n", expect!["1:8: the argument `a` is given twice"]),
        ("f(**a, b)\n", expect!["1:8: nothing can follow `**` in a call"]),
        ("f(1=2)\n", expect!["1:3: the name of an argument is a plain name"]),
        (
            "{1, 2}\n",
            expect!["1:1: there are no sets; a dict has a `:` after each key"],
        ),
        (
            "'a' 'b'\n",
            expect![[r#"
            1:5: strings side by side are not joined
              hint: put a `+` between them"#]],
        ),
        ("a[]\n", expect!["1:3: expected a value, found `]`"]),
        ("a = b = 1\n", expect!["1:7: expected the end of the line, found `=`"]),
        ("a if b\n", expect!["1:7: expected `else`, found the end of the line"]),
        (
            "if a:\n  b\nelse\n  c\n",
            expect!["3:5: expected `:`, found the end of the line"],
        ),
    ] {
        check(source, expected);
    }
}

#[test]
fn nesting_has_a_limit() {
    let deep = |open: &str, close: &str| format!("a = {}1{}\n", open.repeat(1_000), close.repeat(1_000));
    check(
        &deep("(", ")"),
        expect![[r#"
        1:69: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("[", "]"),
        expect![[r#"
        1:69: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("-", ""),
        expect![[r#"
        1:69: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("not ", ""),
        expect![[r#"
        1:261: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("lambda: ", ""),
        expect![[r#"
        1:517: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("1 + ", ""),
        expect![[r#"
        1:5: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("", "[0]"),
        expect![[r#"
        1:195: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &deep("1 if 2 else ", ""),
        expect![[r#"
        1:773: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    check(
        &format!("a = [1{}]\n", " for a in b".repeat(1_000)),
        expect![[r#"
        1:5: more than 64 expressions or blocks inside each other
          hint: give parts of it a name, or a function"#]],
    );
    let mut blocks = String::new();
    for depth in 0..100 {
        blocks.push_str(&" ".repeat(depth));
        blocks.push_str("if a:\n");
    }
    check(&blocks, expect!["66:66: more than 64 blocks inside each other"]);
    check(
        &"a = 1\n".repeat(20_000),
        expect!["1:1: a script has at most 65536 bytes, this one has 120000"],
    );
}

#[test]
fn what_python_and_starlark_share_is_read() {
    check(
        "def f(a, b=1, *c, d, e=2, **g):
    \"\"\"Doc.\"\"\"
    if not a and b or c in d: pass
    elif a: return
    else:
        x = 1 if False else {}
",
        expect!["1 statements"],
    );
    check(
        "a = [b, c,]; d = (1,); e = {}; f = (); g, = [1]\n",
        expect!["5 statements"],
    );
    check(
        "f(a, b=1, *c, **d)(e)[1:2][::3][1, 2].strip().split(',')\n",
        expect!["1 statements"],
    );
    check("x[1] = x[2:] + [y for y in z if y not in x]\n", expect!["1 statements"]);
}
