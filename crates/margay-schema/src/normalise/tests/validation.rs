use super::*;

#[test]
fn rules_hold_for_every_string_that_is_there() {
    check_values(
        "type: string, validate: {allow: [login, \"1\", \"true\"]}",
        &[
            r#""login""#,
            r#""LOGIN""#,
            r#""""#,
            "1",
            "1.0",
            "true",
            "false",
            "null",
            "[]",
        ],
        expect![[r#"
            "login" => {"f":"login"
            "LOGIN" => reject: `f`: expected one of `1`, `login`, `true`, found another string
            "" => reject: `f`: expected one of `1`, `login`, `true`, found another string
            1 => {"f":"1"
            1.0 => reject: `f`: expected one of `1`, `login`, `true`, found another string
            true => {"f":"true"
            false => reject: `f`: expected one of `1`, `login`, `true`, found another string
            null => {
            [] => reject: `f`: expected string, found array
        "#]],
    );
    check_values(
        "type: string, validate: {deny: [a, b]}",
        &[r#""a""#, r#""b""#, r#""\u0061""#, r#""ab""#, r#""""#, "null"],
        expect![[r#"
            "a" => reject: `f`: expected none of `a`, `b`, found one of them
            "b" => reject: `f`: expected none of `a`, `b`, found one of them
            "\u0061" => reject: `f`: expected none of `a`, `b`, found one of them
            "ab" => {"f":"ab"
            "" => {"f":""
            null => {
        "#]],
    );
    check_values(
        "type: string, validate: {ip: any, denyContains: [\":\"]}",
        &[r#""192.0.2.1""#, r#""2001:db8::1""#, r#""host""#, r#""""#, "7"],
        expect![[r#"
            "192.0.2.1" => {"f":"192.0.2.1"
            "2001:db8::1" => reject: `f`: expected a string that contains none of `:`, found another string
            "host" => reject: `f`: expected IP address, found another string
            "" => reject: `f`: expected IP address, found another string
            7 => reject: `f`: expected IP address, found another string
        "#]],
    );
    let fields = "  - {name: f, type: string, validate: {allow: [a]}}";
    check(fields, "{}", expect!["{"]);
}

#[test]
fn a_required_string_has_to_be_there_and_to_pass() {
    let fields = "  - {name: f, type: string, required: true, validate: {allow: [a]}}";
    for (record, expected) in [
        (r#"{"f":"a"}"#, expect![[r#"{"f":"a""#]]),
        (
            r#"{"f":"b"}"#,
            expect!["reject: `f`: expected one of `a`, found another string"],
        ),
        (
            r#"{"f":null}"#,
            expect!["reject: `f`: expected string (required), found nothing"],
        ),
        ("{}", expect!["reject: `f`: expected string (required), found nothing"]),
    ] {
        check(fields, record, expected);
    }
}

#[test]
fn rules_hold_inside_arrays_and_objects() {
    check(
        "
  - {name: l, type: array, element: {type: string, validate: {deny: [x, y]}}}
  - {name: m, type: array, element: {type: array, element: {type: string, validate: {allow: [a, b]}}}}
  - {name: o, type: array, element: {type: object, fields: [{name: net, type: string, validate: {cidr: ipv4}}]}}",
        r#"{"l":["a","x",null,"y"],"m":[["a","secret"],["b"]],"o":[{"net":"192.0.2.0/24"},{"net":"::/0"},{}]}"#,
        expect![
            "reject: `l[1]`: expected none of `x`, `y`, found one of them; `l[3]`: expected none of `x`, `y`, found one of them; `m[0][1]`: expected one of `a`, `b`, found another string; `o[1].net`: expected IPv4 address range in CIDR notation, found another string"
        ],
    );
}
