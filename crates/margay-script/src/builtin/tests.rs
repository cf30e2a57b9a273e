use expect_test::{Expect, expect};

use crate::script::tests::value;

fn check(expression: &str, expected: Expect) {
    expected.assert_eq(&value(expression));
}

#[test]
fn text_is_split_and_joined() {
    check(
        "'a,b,,c'.split(','), 'a,b,c'.split(',', 1), 'a,b,c'.rsplit(',', 1)",
        expect![[r#"(["a", "b", "", "c"], ["a", "b,c"], ["a,b", "c"])"#]],
    );
    check(
        "'  a  b '.split(), '  a  b '.split(None, 1), '  a  b '.rsplit(None, 1), ''.split()",
        expect![[r#"(["a", "b"], ["a", "b "], ["  a", "b"], [])"#]],
    );
    check(
        "'k=v=w'.partition('='), 'k=v=w'.rpartition('='), 'kv'.partition('='), 'kv'.rpartition('=')",
        expect![[r#"(("k", "=", "v=w"), ("k=v", "=", "w"), ("kv", "", ""), ("", "", "kv"))"#]],
    );
    check(
        "'a\\nb\\r\\nc\\n'.splitlines(), 'a\\nb'.splitlines(True)",
        expect![[r#"(["a", "b", "c"], ["a\n", "b"])"#]],
    );
    check("'-'.join(['a', 'b']), ','.join(('x',))", expect![[r#"("a-b", "x")"#]]);
    check(
        "'a'.split('')",
        expect!["Operation: line 2 of the script: a separator has at least one character"],
    );
    check(
        "', '.join(['a', 1])",
        expect!["Operation: line 2 of the script: `join` wants a string, got an int"],
    );
}

#[test]
fn text_is_searched_by_bytes() {
    check(
        "len('héllo'), 'héllo'.find('l'), 'héllo'[0], 'héllo'[1], 'héllo'[1:3], 'héllo'[:2]",
        expect![[r#"(6, 3, "h", "�", "é", "h�")"#]],
    );
    check(
        "'banana'.count('an'), 'banana'.rfind('an'), 'banana'.find('x'), 'banana'.find('an', 2, 4)",
        expect!["(2, 3, -1, -1)"],
    );
    check(
        "'banana'.index('x')",
        expect!["Operation: line 2 of the script: `index` of a string that is not there; `find` gives -1 then"],
    );
    check(
        "'abc'.startswith('ab'), 'abc'.startswith(('x', 'a')), 'abc'.endswith('b', 0, 2)",
        expect!["(True, True, True)"],
    );
    check(
        "'héllo'.find('l', 2), 'héllo'.count('l', 0, 2), 'é'.elems(), 'é'.elem_ords(), 'é'.codepoint_ords()",
        expect![[r#"(3, 0, ["é"], [195, 169], [233])"#]],
    );
}

#[test]
fn text_is_trimmed_and_changed() {
    check(
        "'  x '.strip(), 'xxaxx'.strip('x'), 'xya'.lstrip('yx'), 'ab..'.rstrip('.')",
        expect![[r#"("x", "a", "a", "ab")"#]],
    );
    check(
        "'banana'.replace('an', 'X', 1), 'abc'.replace('', '-'), 'abc'.removeprefix('a'), 'abc'.removesuffix('x')",
        expect![[r#"("bXana", "-a-b-c-", "bc", "abc")"#]],
    );
    check(
        "'hello wORLD'.title(), 'hELLO'.capitalize(), 'ÀB'.lower(), 'ß'.upper()",
        expect![[r#"("Hello World", "Hello", "àb", "SS")"#]],
    );
    check(
        "'12'.isdigit(), 'a1'.isalnum(), ''.isalpha(), 'Ab Cd'.istitle(), 'AB1'.isupper()",
        expect!["(True, True, False, True, True)"],
    );
}

#[test]
fn patterns_are_filled() {
    check(
        "'%s=%d %r %x %o %%' % ('a', 5, 'b', 255, 8), '%(k)s' % {'k': 1}, '%.' % 1",
        expect!["Operation: line 2 of the script: there is no conversion `%.`"],
    );
    check(
        "'%f %e %g %s' % (1.5, 12345.678, 0.1, 1e10), '%d' % 3.9, '%c%c' % ('é', 66)",
        expect![[r#"("1.500000 1.234568e+04 0.1 1e+10", "3", "éB")"#]],
    );
    check(
        "'{} {}'.format(1, 'a'), '{1}{0}'.format(1, 2), '{a!r}{{}}'.format(a='x')",
        expect![[r#"("1 a", "21", "\"x\"{}")"#]],
    );
    check(
        "'%s %s' % (1,)",
        expect!["Operation: line 2 of the script: the pattern wants more values than there are"],
    );
    check(
        "'%s' % (1, 2)",
        expect!["Operation: line 2 of the script: there are more values than the pattern wants"],
    );
    check(
        "'%d' % 'x'",
        expect!["Operation: line 2 of the script: expected a number, got a string"],
    );
    check(
        "'{'.format(1)",
        expect!["Operation: line 2 of the script: a single brace in the pattern; a brace is written twice"],
    );
    check(
        "'{} {0}'.format(1)",
        expect!["Operation: line 2 of the script: a pattern has either `{}` or `{0}`, not both"],
    );
    check(
        "'{a.b}'.format(a=1)",
        expect!["Operation: line 2 of the script: a pattern's field is empty, a number or a name"],
    );
    check(
        "'{}'.format()",
        expect!["Operation: line 2 of the script: the pattern wants a value that is not given"],
    );
}

#[test]
fn numbers_are_made_of_text_and_back() {
    check(
        "int('12'), int('-0x1f', 0), int('ff', 16), int('z', 36), int(-3.9), int(True)",
        expect!["(12, -31, 255, 35, -3, 1)"],
    );
    check(
        "int('1' + '0' * 30), int(1e20), float('1e3'), float('-.5'), float(1 << 60)",
        expect!["(1000000000000000000000000000000, 100000000000000000000, 1000.0, -0.5, 1.152921504606847e+18)"],
    );
    check(
        "str(1.0), str(1e6), str(123456.5), str(1e-5), str(-0.0), str(float('inf')), str(float('nan'))",
        expect![[r#"("1.0", "1e+06", "123456.5", "1e-05", "-0.0", "+inf", "nan")"#]],
    );
    check(
        "int('1 ')",
        expect!["Operation: line 2 of the script: `int` got a string that is no integer"],
    );
    check(
        "int('--1')",
        expect!["Operation: line 2 of the script: `int` got a string that is no integer"],
    );
    check(
        "int(float('inf'))",
        expect!["Operation: line 2 of the script: a float that is not finite is no integer"],
    );
    check(
        "float('1e999')",
        expect!["Operation: line 2 of the script: `float` got a string that is no number"],
    );
    check(
        "float('é')",
        expect!["Operation: line 2 of the script: `float` got a string that is no number"],
    );
    check(
        "int('1', 1)",
        expect!["Operation: line 2 of the script: the base of an integer is 0 or from 2 to 36"],
    );
    check(
        "float(1 << 20000)",
        expect!["Operation: line 2 of the script: an integer is too large for a float"],
    );
}

#[test]
fn lists_are_walked() {
    check(
        "list(enumerate(['a'], 5)), zip([1, 2], 'ab'.elems()), reversed((1, 2)), list({'k': 1})",
        expect![[r#"([(5, "a")], [(1, "a"), (2, "b")], [2, 1], ["k"])"#]],
    );
    check(
        "sorted([3, 1, 2]), sorted(['b', 'A'], key=lambda s: s.lower(), reverse=True)",
        expect![[r#"([1, 2, 3], ["b", "A"])"#]],
    );
    check(
        "sorted([(1, 'x'), (0, 'y'), (1, 'a')], key=lambda p: p[0], reverse=True)",
        expect![[r#"[(1, "x"), (1, "a"), (0, "y")]"#]],
    );
    check(
        "max([1, 3]), min('b', 'a'), max([-5, 2], key=abs), any([0, 1]), all([]), abs(-2), abs(-1.5)",
        expect![[r#"(3, "a", -5, True, True, 2, 1.5)"#]],
    );
    check(
        "sorted([1, 'a'])",
        expect!["Operation: line 2 of the script: an int and a string have no order"],
    );
    check(
        "max([])",
        expect!["Operation: line 2 of the script: `max` of no values"],
    );
    check("len(5)", expect!["Operation: line 2 of the script: an int is no list"]);
    check(
        "list('abc')",
        expect!["Operation: line 2 of the script: a string is not a list of characters; `.elems()` makes one"],
    );
    check(
        "range(1, 10, 3)[1], list(range(5, 0, -2)), 4 in range(0, 10, 2), range(3)",
        expect!["(4, [5, 3, 1], True, range(3))"],
    );
    check(
        "range(1, 2, 0)",
        expect!["Operation: line 2 of the script: the step of a range is not 0"],
    );
}

#[test]
fn lists_and_dicts_change() {
    let check = |body: &str, expected: Expect| {
        let source = format!(
            "def parse(log):\n  x = [1, 2, 3]\n  d = {{'a': 1, 'b': 2}}\n  {body}\n  return {{'x': x, 'd': d}}\n"
        );
        expected.assert_eq(&crate::script::tests::event(&source, ""));
    };
    check(
        "x.append(4); x.insert(0, 0); x.remove(2); y = x.pop(); x.extend([y, y])",
        expect![[r#"{"x":[0,1,3,4,4],"d":{"a":1,"b":2}}"#]],
    );
    check(
        "x.insert(-1, 9); x.insert(99, 8); x.pop(0); x += (7,); x[-1] = x.index(8)",
        expect![[r#"{"x":[2,9,3,8,3],"d":{"a":1,"b":2}}"#]],
    );
    check(
        "d.update([('c', 3)], e=4); d.pop('a'); d.setdefault('b', 9); x = d.popitem()",
        expect![[r#"{"x":["b",2],"d":{"c":3,"e":4}}"#]],
    );
    check(
        "d |= {'a': 5}; x = [d.get('z'), d.get('z', 0), d.keys(), d.values(), d.items()]",
        expect![[r#"{"x":[null,0,["a","b"],[5,2],[["a",5],["b",2]]],"d":{"a":5,"b":2}}"#]],
    );
    check(
        "x.clear(); d.clear(); d['k'] = dict([(1, 2)], z=3).get('z')",
        expect![[r#"{"x":[],"d":{"k":3}}"#]],
    );
    check(
        "d.pop('z')",
        expect!["Operation: line 4 of the script: `pop` got a key that the dict does not have, and no default"],
    );
    check(
        "x.remove(9)",
        expect!["Operation: line 4 of the script: `remove` of a value that the list does not have"],
    );
    check(
        "d[[1]] = 2",
        expect!["Operation: line 4 of the script: a list cannot be the key of a dict"],
    );
    check(
        "d[(1, 2)] = 2; d.update([(1, 2, 3)])",
        expect!["Operation: line 4 of the script: a dict is made of pairs of a key and a value"],
    );
    check(
        "[x.append(n) for n in x]",
        expect!["Operation: line 4 of the script: a list cannot change while a loop runs over it"],
    );
    check(
        "[d.pop(k) for k in d]",
        expect!["Operation: line 4 of the script: a dict cannot change while a loop runs over it"],
    );
    check("x = [n for n in d]; d.clear()", expect![[r#"{"x":["a","b"],"d":{}}"#]]);
}

#[test]
fn values_are_asked_what_they_are() {
    check(
        "type(1), type(1 << 70), type(''), type([]), type(()), type({}), type(None), type(1.0), type(True)",
        expect![[r#"("int", "int", "string", "list", "tuple", "dict", "NoneType", "float", "bool")"#]],
    );
    check(
        "type(len), type(lambda: 1), type(range(1)), type(json), type(''.strip)",
        expect![[r#"("builtin_function_or_method", "function", "range", "module", "builtin_function_or_method")"#]],
    );
    check(
        "hasattr('', 'strip'), hasattr(1, 'strip'), getattr('A', 'lower')(), getattr(1, 'x', 2), dir([])",
        expect![[r#"(True, False, "a", 2, ["append", "clear", "extend", "index", "insert", "pop", "remove"])"#]],
    );
    check(
        "ord('a'), chr(8364), bool(''), bool([0]), print('x'), [len, ''.strip, json]",
        expect![[
            r#"(97, "€", False, True, None, [<built-in function len>, <built-in method strip>, <module "json">])"#
        ]],
    );
    check(
        "[1].strip()",
        expect!["Operation: line 2 of the script: a list has no attribute `strip`"],
    );
    check(
        "len()",
        expect!["Operation: line 2 of the script: `len` is called without its parameter `x`"],
    );
    check(
        "len(1, 2)",
        expect!["Operation: line 2 of the script: `len` takes at most 1 arguments"],
    );
    check(
        "len(y=1)",
        expect!["Operation: line 2 of the script: `len` has no parameter of that name"],
    );
}

#[test]
fn json_is_read_and_written() {
    check(
        r#"json.decode('{"b": [1, 2.5, -0, 1e2, null, true], "a": {"x": "\\u00e9\\ud83d\\ude00\\ud800"}}')"#,
        expect![[r#"{"b": [1, 2.5, 0, 100.0, None, True], "a": {"x": "é😀�"}}"#]],
    );
    check(
        r#"json.decode('123456789012345678901234567890'), json.decode('{"a": 1, "a": 2}'), json.decode(' [] ')"#,
        expect![[r#"(123456789012345678901234567890, {"a": 2}, [])"#]],
    );
    check(
        "json.encode({'b': [1, 2.0, None, True], 'a': 'é\"\\n', 'c': (1 << 70,)})",
        expect![[r#""{\"a\":\"é\\\"\\n\",\"b\":[1,2.0,null,true],\"c\":[1180591620717411303424]}""#]],
    );
    for text in [
        "",
        "[1,]",
        "{\"a\" 1}",
        "01",
        "1.",
        "tru",
        "[1] x",
        "\"a\\q\"",
        "{1: 2}",
        "\"\\t\n\"",
        "nul",
        "\"abc",
        "'a'",
        "- 1",
        "\"\\",
    ] {
        let found = value(&format!("json.decode({text:?}, 'none')"));
        assert_eq!(found, "\"none\"", "of {text}");
    }
    check(
        "json.decode('nope')",
        expect!["Operation: line 2 of the script: `json.decode` got text that is no JSON, at byte 0"],
    );
    check(
        "json.encode(len)",
        expect!["Operation: line 2 of the script: a function cannot be written as JSON"],
    );
    check(
        "json.decode('1e999')",
        expect!["Operation: line 2 of the script: `json.decode` got a number that is too large for a float"],
    );
}

#[test]
fn base64_is_read_and_written() {
    check(
        "base64.encode('hé'), base64.decode('aMOp'), base64.decode('aA'), base64.decode('/+8=', 'standard')",
        expect![[r#"("aMOp", "hé", "h", "��")"#]],
    );
    check(
        "base64.encode('??>', 'url'), base64.encode('a', 'url_raw'), base64.decode('Pz8-', encoding='url')",
        expect![[r#"("Pz8-", "YQ", "??>")"#]],
    );
    check(
        "base64.decode('!')",
        expect!["Operation: line 2 of the script: `base64.decode` got text that is no base64"],
    );
    check(
        "base64.decode('aA', 'rot13')",
        expect![
            "Operation: line 2 of the script: `base64.decode` knows the encodings standard, standard_raw, url and url_raw"
        ],
    );
}
