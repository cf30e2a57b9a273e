use expect_test::{Expect, expect};

use super::*;

fn check(source: &str, expected: Expect) {
    let shown = match tokenise(source) {
        Ok(tokens) => {
            let shown: Vec<String> = tokens
                .iter()
                .map(|(token, at)| match token {
                    Token::Text(text) => format!("{text:?}"),
                    Token::Integer(integer) => integer.to_string(),
                    Token::Float(number) => format!("{number:?}"),
                    Token::Newline => "/".to_owned(),
                    Token::Indent => ">".to_owned(),
                    Token::Outdent => "<".to_owned(),
                    Token::End => format!("end {}:{}", at.line, at.column),
                    Token::Name(name) => name.to_string(),
                    Token::Keyword(word) | Token::Sign(word) => (*word).to_owned(),
                })
                .collect();
            shown.join(" ")
        }
        Err(problem) => problem.to_string(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn lines_and_blocks_become_tokens() {
    check(
        "a = 1\n\n# note\nif a:\n  b\n  if b: c\n\n    # far out\nd",
        expect!["a = 1 / if a : / > b / if b : c / < d / end 9:2"],
    );
    check("if a:\n\tb\n        c\n", expect!["if a : / > b / c / < end 4:1"]);
    check("if a:\r\n  b\r\nc\r\n", expect!["if a : / > b / < c / end 4:1"]);
    check(
        "a = (1,\n     2, # note\n\n 3)\nb = 1 + \\\n  2\n",
        expect!["a = ( 1 , 2 , 3 ) / b = 1 + 2 / end 7:1"],
    );
    check("\u{feff}a", expect!["a / end 1:2"]);
    check("", expect!["end 1:1"]);
}

#[test]
fn bad_blocks_and_brackets_are_named() {
    check(
        "if a:\n    b\n  c\n",
        expect!["3:3: this line's indentation is that of no block around it"],
    );
    check("a = (1,\n  2\n", expect!["1:5: `(` is never closed"]);
    check("a = (1]\n", expect!["1:7: `]` does not close `(` of line 1"]);
    check("a = 1)\n", expect!["1:6: `)` closes nothing"]);
    check("a \\ b\n", expect![[r#"1:3: a `\` outside a string ends the line"#]]);
}

#[test]
fn literals_are_read() {
    check(
        "0 17 0x1F 0o17 0b101 1.5 .5 5. 1e3 1.5E-2 123456789012345678901",
        expect!["0 17 31 15 5 1.5 0.5 5.0 1000.0 0.015 123456789012345678901 / end 1:64"],
    );
    check(
        r#"'a' "b" '' r'\n\'' "\n\t\\\'\x41\u00e9\U0001F600\101\
z""#,
        expect![[r#""a" "b" "" "\\n\\'" "\n\t\\'Aé😀Az" / end 2:3"#]],
    );
    check("'''a\n'b' \\''''", expect![[r#""a\n'b' '" / end 2:10"#]]);
    check("R\"x\"", expect![[r#""x" / end 1:5"#]]);
}

#[test]
fn bad_literals_are_named() {
    for (source, expected) in [
        (
            "017",
            expect!["1:1: `017` starts with 0; an octal number starts with `0o`"],
        ),
        ("1x", expect!["1:1: a number is followed by a letter"]),
        ("0xg", expect!["1:1: a number is followed by a letter"]),
        ("0b12", expect!["1:1: `12` is no number of base 2"]),
        ("1e999", expect!["1:1: `1e999` is too large for a float"]),
        ("'a", expect!["1:1: the string is never closed"]),
        ("'a\nb'", expect!["1:1: the string is not closed in its line"]),
        ("'''a", expect!["1:1: the string is never closed"]),
        (
            r"'\q'",
            expect![[r#"1:2: there is no escape `\q`; a backslash is written `\\`"#]],
        ),
        (r"'\x4'", expect!["1:2: this escape has 2 hexadecimal digits"]),
        (
            r"'\xff'",
            expect![[r#"1:2: this escape is no character; write it as `\u` and four digits"#]],
        ),
        (
            r"'\ud800'",
            expect![[r#"1:2: this escape is no character; write it as `\u` and four digits"#]],
        ),
        (
            r"'\777'",
            expect![[r#"1:2: this escape is no character; write it as `\u` and four digits"#]],
        ),
        (
            "f'{a}'",
            expect![[r#"
            1:1: f-strings are not Starlark
              hint: use "%s" % (value,) or "{}".format(value)"#]],
        ),
        ("b'a'", expect!["1:1: byte strings are not supported"]),
        ("a $ b", expect!["1:3: `$` means nothing here"]),
        ("é = 1; ¤", expect!["1:8: `¤` means nothing here"]),
    ] {
        check(source, expected);
    }
}

#[test]
fn words_of_python_are_no_starlark() {
    for (source, expected) in [
        (
            "try:\n",
            expect![[r#"
            1:1: `try` is not Starlark
              hint: there are no exceptions: look before, with `in` or `.get(key)`; `fail()` rejects the record"#]],
        ),
        (
            "import re\n",
            expect![[r#"
            1:1: `import` is not Starlark
              hint: nothing can be imported; `json` and `base64` are there without it"#]],
        ),
        (
            "a is b\n",
            expect![[r#"
            1:3: `is` is not Starlark
              hint: use `==`"#]],
        ),
        (
            "class A:\n",
            expect![[r#"
            1:1: `class` is not Starlark
              hint: use a dict"#]],
        ),
        (
            "yield 1\n",
            expect![[r#"
            1:1: `yield` is not Starlark
              hint: write it without"#]],
        ),
    ] {
        check(source, expected);
    }
}
