use expect_test::{Expect, expect};

use crate::script::tests::{event, value};

fn check(expression: &str, expected: Expect) {
    expected.assert_eq(&value(expression));
}

fn check_body(body: &str, expected: Expect) {
    let body = body.replace('\n', "\n  ");
    expected.assert_eq(&event(
        &format!("def parse(log):\n  {body}\n  return {{'x': x}}\n"),
        "a record",
    ));
}

#[test]
fn operators_do_what_python_s_do() {
    check(
        "1 + 2 * 3 - 4 // 3, 7 / 2, -7 // 2, -7 % 3, 7 % -3, -7.5 // 2, 7.5 % -2",
        expect!["(6, 3.5, -4, 2, -2, -4.0, -0.5)"],
    );
    check(
        "5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 70, -1 >> 5, not 0 == 1, 1 if [] else 2",
        expect!["(1, 7, 6, -6, 1180591620717411303424, -1, True, 2)"],
    );
    check(
        "'a' + 'b', 'ab' * 2, 2 * [1], (1,) + (2,), 'x' * -1, {'a': 1} | {'a': 2}",
        expect![[r#"("ab", "abab", [1, 1], (1, 2), "", {"a": 2})"#]],
    );
    check(
        "1 == 1.0, {1: 'x'}[1.0], (1 << 53) + 1 == float(1 << 53), [1] < [1, 0], 'a' < 'b', (1, 2) != (1, 2.0)",
        expect![[r#"(True, "x", False, True, True, False)"#]],
    );
    check(
        "'a' in 'cat', 'k' in {'k': 1}, 2 not in [1], 1.0 in (1,), None == None, None == 0, True == 1",
        expect!["(True, True, True, True, True, False, False)"],
    );
    check("1 and 0 or 5, [] or 'd', 0 and 1 // 0", expect![[r#"(5, "d", 0)"#]]);
}

#[test]
fn operators_refuse_what_does_not_go_together() {
    check(
        "1 + 'a'",
        expect!["Operation: line 2 of the script: `+` does not go with an int and a string"],
    );
    check(
        "'a' < 1",
        expect!["Operation: line 2 of the script: a string and an int have no order"],
    );
    check(
        "1 in 'a'",
        expect!["Operation: line 2 of the script: a string holds strings, not an int"],
    );
    check(
        "1 in 2",
        expect!["Operation: line 2 of the script: `in` does not go with an int"],
    );
    check(
        "-'a'",
        expect!["Operation: line 2 of the script: `-` does not go with a string"],
    );
    check(
        "~1.5",
        expect!["Operation: line 2 of the script: `~` does not go with a float"],
    );
    check("1 // 0", expect!["Operation: line 2 of the script: division by zero"]);
    check("1.5 % 0", expect!["Operation: line 2 of the script: division by zero"]);
    check(
        "1 << -1",
        expect!["Operation: line 2 of the script: a shift by a negative number of bits"],
    );
    check(
        "True + 1",
        expect!["Operation: line 2 of the script: `+` does not go with a bool and an int"],
    );
    check(
        "{} + {}",
        expect!["Operation: line 2 of the script: `+` does not go with a dict and a dict"],
    );
    check(
        "1()",
        expect!["Operation: line 2 of the script: an int cannot be called"],
    );
}

#[test]
fn elements_are_taken_by_index_and_slice() {
    check(
        "[1, 2, 3][-1], 'abc'[1], (1, 2)[0], 'abcdef'[1:4], 'abcdef'[::-1], 'abcdef'[4:1:-2], 'abc'[5:]",
        expect![[r#"(3, "b", 1, "bcd", "fedcba", "ec", "")"#]],
    );
    check(
        "[1, 2, 3, 4][::-2], (1, 2, 3)[1:], list(range(10)[8:2:-3]), [1][-100:100], [1, 2][1 << 70:]",
        expect!["([4, 2], (2, 3), [8, 5], [1], [])"],
    );
    check(
        "[1][1]",
        expect!["Operation: line 2 of the script: the index is behind the end"],
    );
    check(
        "[1]['a']",
        expect!["Operation: line 2 of the script: an index is an int, not a string"],
    );
    check(
        "[1][::0]",
        expect!["Operation: line 2 of the script: the step of a slice is not 0"],
    );
    check(
        "{}[:1]",
        expect!["Operation: line 2 of the script: a dict cannot be sliced"],
    );
    check(
        "None[0]",
        expect!["Operation: line 2 of the script: None has no elements"],
    );
    check(
        "{1: 2}[2]",
        expect!["Operation: line 2 of the script: the dict has no such key; `.get(key)` gives None then"],
    );
}

#[test]
fn statements_do_what_python_s_do() {
    check_body(
        "x = 0\nfor a, (b, c) in [(1, (2, 3)), (4, [5, 6])]:\n  x += a * b * c",
        expect![[r#"{"x":126}"#]],
    );
    check_body(
        "x = []\nfor n in range(10):\n  if n == 2: continue\n  elif n > 4: break\n  else: x.append(n)",
        expect![[r#"{"x":[0,1,3,4]}"#]],
    );
    check_body(
        "x = {}\nx['a'] = 1; x['a'] += 1; x['b'] = x['a'] << 3",
        expect![[r#"{"x":{"a":2,"b":16}}"#]],
    );
    check_body(
        "a, b = 1, 2\na, b = b, a\n[c, (d, e)] = [3, (4, 5)]\nx = [a, b, c, d, e]",
        expect![[r#"{"x":[2,1,3,4,5]}"#]],
    );
    check_body(
        "y = [1]\nx = y\nx += [2]\nx = x + [3]\nx = [x, y]",
        expect![[r#"{"x":[[1,2,3],[1,2]]}"#]],
    );
    check_body(
        "x = [[a, b] for a in range(3) if a for b in range(a)]",
        expect![[r#"{"x":[[1,0],[2,0],[2,1]]}"#]],
    );
    check_body(
        "x = {k: v for k, v in zip(['a', 'b'], [1, 2]) if v > 1}",
        expect![[r#"{"x":{"b":2}}"#]],
    );
    check_body("for x in []: pass\nx = 1", expect![[r#"{"x":1}"#]]);
}

#[test]
fn statements_refuse_what_python_s_refuse() {
    check_body(
        "a, b = [1]\nx = 1",
        expect!["Operation: line 2 of the script: there are 1 values for 2 names"],
    );
    check_body(
        "a, b = 1\nx = 1",
        expect!["Operation: line 2 of the script: an int is no list"],
    );
    check_body(
        "y = x\nx = 1",
        expect!["Operation: line 2 of the script: `x` has no value yet"],
    );
    check_body(
        "for x in 5: pass",
        expect!["Operation: line 2 of the script: an int is no list"],
    );
    check_body(
        "(1)[0] = 2\nx = 1",
        expect!["Operation: line 2 of the script: the elements of an int cannot change"],
    );
    check_body(
        "x = [1]\nfor y in x: x.append(y)",
        expect!["Operation: line 3 of the script: a list cannot change while a loop runs over it"],
    );
    check_body(
        "x = {'a': 1, 'a': 2}",
        expect!["Operation: line 2 of the script: a key stands twice between the braces"],
    );
}

#[test]
fn calls_bind_their_values_as_python_s_do() {
    let check = |parameters: &str, values: &str, expected: Expect| {
        check_body(&format!("f = lambda {parameters}\nx = f({values})"), expected);
    };
    check(
        "a, b=2, *c, d=4, **e: [a, b, c, d, e]",
        "1",
        expect![[r#"{"x":[1,2,[],4,{}]}"#]],
    );
    check(
        "a, b=2, *c, d=4, **e: [a, b, c, d, e]",
        "1, 2, 3, 4, d=5, e=6",
        expect![[r#"{"x":[1,2,[3,4],5,{"e":6}]}"#]],
    );
    check(
        "a, b=2, *c, d=4, **e: [a, b, c, d, e]",
        "*[1, 2, 3], **{'z': 1}",
        expect![[r#"{"x":[1,2,[3],4,{"z":1}]}"#]],
    );
    check("a, b: [a, b]", "b=1, a=2", expect![[r#"{"x":[2,1]}"#]]);
    check("a, *, b: [a, b]", "1, b=2", expect![[r#"{"x":[1,2]}"#]]);
    check(
        "a, *, b: [a, b]",
        "1, 2",
        expect!["Operation: line 3 of the script: `lambda` is called without its parameter `b`"],
    );
    check(
        "a: a",
        "",
        expect!["Operation: line 3 of the script: `lambda` is called without its parameter `a`"],
    );
    check(
        "a: a",
        "1, 2",
        expect!["Operation: line 3 of the script: `lambda` takes fewer arguments"],
    );
    check(
        "a: a",
        "1, a=2",
        expect!["Operation: line 3 of the script: `lambda` gets its parameter `a` twice"],
    );
    check(
        "a: a",
        "1, z=2",
        expect!["Operation: line 3 of the script: `lambda` has no parameter of that name"],
    );
    check("a=1: a", "**{'a': 1}, **{}", expect![[r#"{"x":1}"#]]);
    check(
        "a=1: a",
        "a=1, **{'a': 1}",
        expect!["Operation: line 3 of the script: an argument is given twice"],
    );
    check(
        "a=1: a",
        "**{1: 1}",
        expect!["Operation: line 3 of the script: the keys of a dict after `**` are strings"],
    );
    check(
        "a=1: a",
        "**[]",
        expect!["Operation: line 3 of the script: `**` takes a dict, not a list"],
    );
    check(
        "a=1: a",
        "*5",
        expect!["Operation: line 3 of the script: an int is no list"],
    );
}
