use super::*;
use crate::limits::RECORD_VALUE_COUNT_MAX;

/// Runs a schema over records.
fn check_records(fields: &str, records: &[&str], expected: Expect) {
    let schema = schema(fields);
    let lines: Vec<String> = records
        .iter()
        .map(|record| format!("{record} => {}\n", run(&schema, record)))
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn rename_takes_another_key_of_the_same_object() {
    check_records(
        "
  - {name: a, type: string, rename: {from: \"@a\"}}
  - {name: o, type: object, fields: [{name: b, type: int, rename: {from: c}}]}
  - {name: l, type: array, element: {type: object, fields: [{name: d, type: int, required: true, rename: {from: e}}]}}",
        &[
            r#"{"@a":"x","o":{"c":1},"l":[{"e":1},{"d":2},{"e":"z"}]}"#,
            r#"{"@a":12.50,"c":1,"e":2}"#,
            r#"{"\u0040a":"x"}"#,
            r#"{"o":null,"l":[null,{"e":3}]}"#,
        ],
        expect![[r#"
            {"@a":"x","o":{"c":1},"l":[{"e":1},{"d":2},{"e":"z"}]} => reject: `l[2].d`: expected int, found string that is no whole number
            {"@a":12.50,"c":1,"e":2} => {"a":"12.50","p_unmapped":{"c":1,"e":2
            {"\u0040a":"x"} => {"a":"x"
            {"o":null,"l":[null,{"e":3}]} => {"l":[null,{"d":3}]
        "#]],
    );
}

#[test]
fn rename_never_replaces_a_value() {
    check_records(
        "
  - {name: a, type: string, rename: {from: b}}",
        &[
            r#"{"a":"own","b":"other"}"#,
            r#"{"b":"other","a":"own"}"#,
            r#"{"a":"","b":"other"}"#,
            r#"{"a":null,"b":"other"}"#,
            r#"{"b":"other","a":null}"#,
            r#"{"b":"other","a":"own","a":null}"#,
            r#"{"b":"one","b":"two"}"#,
            r#"{"b":null}"#,
        ],
        expect![[r#"
            {"a":"own","b":"other"} => {"a":"own","p_unmapped":{"b":"other"
            {"b":"other","a":"own"} => {"a":"own","p_unmapped":{"b":"other"
            {"a":"","b":"other"} => {"a":"","p_unmapped":{"b":"other"
            {"a":null,"b":"other"} => {"a":"other"
            {"b":"other","a":null} => {"a":"other"
            {"b":"other","a":"own","a":null} => {"a":"other"
            {"b":"one","b":"two"} => {"a":"two"
            {"b":null} => {
        "#]],
    );
}

#[test]
fn rename_of_an_embedded_value_unfolds_it() {
    check_records(
        "
  - name: message
    type: object
    isEmbeddedJSON: true
    rename: {from: msg}
    fields: [{name: id, type: int, rename: {from: _id}}]",
        &[r#"{"msg":"{\"_id\":7,\"x\":1}"}"#, r#"{"msg":"secret"}"#],
        expect![[r#"
            {"msg":"{\"_id\":7,\"x\":1}"} => {"message":{"id":7},"p_unmapped":{"message":{"x":1
            {"msg":"secret"} => reject: `message`: expected object, or a string that holds one as JSON, found string that is no JSON
        "#]],
    );
}

#[test]
fn copy_takes_anything_from_anywhere() {
    check_records(
        "
  - {name: mail, type: string, indicators: [email], copy: {from: actor.email}}
  - {name: all, type: json, copy: {from: actor}}
  - {name: second, type: int, copy: {from: list.1}}
  - {name: deep, type: string, copy: {from: list.2.x.y}}
  - {name: dotted, type: string, copy: {from: 'a\\.b'}}
  - {name: actor, type: object, fields: [{name: email, type: string}]}",
        &[
            r#"{"actor":{"email":"k@example.com","n":1.50}}"#,
            r#"{"list":[1,2,{"x":{"y":"z"}}],"a.b":"d"}"#,
            r#"{"list":{"1":3,"2":{"x":[]}}}"#,
            r#"{"actor":null,"list":[1]}"#,
            r#"{"actor":"text","mail":"own"}"#,
            r#"{"actor":{"email":null},"mail":"own"}"#,
            r#"{"actor":{"email":"one"},"mail":"own","mail":{},"actor":{"email":"two"}}"#,
            r#"{"list":[0,"secret"]}"#,
        ],
        expect![[r#"
            {"actor":{"email":"k@example.com","n":1.50}} => {"mail":"k@example.com","all":{"email":"k@example.com","n":1.50},"actor":{"email":"k@example.com"},"p_unmapped":{"actor":{"n":1.50}},"p_any_emails":["k@example.com"]
            {"list":[1,2,{"x":{"y":"z"}}],"a.b":"d"} => {"second":2,"deep":"z","dotted":"d","p_unmapped":{"list":[1,2,{"x":{"y":"z"}}],"a.b":"d"
            {"list":{"1":3,"2":{"x":[]}}} => {"second":3,"p_unmapped":{"list":{"1":3,"2":{"x":[]
            {"actor":null,"list":[1]} => {,"p_unmapped":{"list":[1]
            {"actor":"text","mail":"own"} => reject: `actor`: expected object, found string
            {"actor":{"email":null},"mail":"own"} => {"mail":"own","all":{"email":null},"actor":{}
            {"actor":{"email":"one"},"mail":"own","mail":{},"actor":{"email":"two"}} => {"mail":"two","all":{"email":"two"},"actor":{"email":"two"}
            {"list":[0,"secret"]} => reject: `second`: expected int, found string that is no whole number
        "#]],
    );
}

#[test]
fn copies_all_read_what_the_renames_left() {
    check_records(
        "
  - {name: a, type: string, copy: {from: b}}
  - {name: b, type: string, copy: {from: a}}
  - {name: c, type: string, rename: {from: old}}
  - {name: d, type: string, copy: {from: c}}
  - {name: e, type: string, copy: {from: d}}",
        &[r#"{"a":"1","b":"2","old":"3"}"#, r#"{"d":"4"}"#],
        expect![[r#"
            {"a":"1","b":"2","old":"3"} => {"a":"2","b":"1","c":"3","d":"3"
            {"d":"4"} => {"d":"4","e":"4"
        "#]],
    );
}

#[test]
fn copy_into_what_may_be_embedded_unfolds_the_copy() {
    check_records(
        "
  - {name: o, type: object, isEmbeddedJSON: true, copy: {from: raw}, fields: [{name: a, type: int, rename: {from: b}}]}
  - {name: w, type: object, copy: {from: wrapped}, fields: [{name: j, type: json, isEmbeddedJSON: true}]}",
        &[
            r#"{"raw":"{\"a\":1,\"b\":2}","wrapped":{"j":"[1]"}}"#,
            r#"{"raw":"secret"}"#,
            r#"{"raw":""}"#,
        ],
        expect![[r#"
            {"raw":"{\"a\":1,\"b\":2}","wrapped":{"j":"[1]"}} => {"o":{"a":1},"w":{"j":[1]},"p_unmapped":{"raw":"{\"a\":1,\"b\":2}","wrapped":{"j":"[1]"},"o":{"b":2
            {"raw":"secret"} => reject: `o`: expected object, or a string that holds one as JSON, found string that is no JSON
            {"raw":""} => {,"p_unmapped":{"raw":""
        "#]],
    );
}

#[test]
fn values_are_set_at_every_depth() {
    check_records(
        "
  - {name: id, type: string}
  - name: l
    type: array
    element: {type: object, fields: [{name: id, type: string, copy: {from: id}}, {name: n, type: int}]}
  - name: o
    type: object
    fields:
      - name: p
        type: object
        fields: [{name: id, type: string, copy: {from: id}}, {name: k, type: string, concat: {paths: [id, l.0.n], separator: /}}]",
        &[
            r#"{"id":"x","l":[{"n":1},{},null,{"id":"own"}]}"#,
            r#"{"id":"x","o":{"q":1}}"#,
            r#"{"id":"x","o":null,"o":{"p":null}}"#,
            r#"{"id":"x","o":"text"}"#,
            r#"{"o":{}}"#,
            r#"{"l":[{"n":2}]}"#,
            "{}",
        ],
        expect![[r#"
            {"id":"x","l":[{"n":1},{},null,{"id":"own"}]} => {"id":"x","l":[{"id":"x","n":1},{"id":"x"},null,{"id":"x"}],"o":{"p":{"id":"x","k":"x/1"}}
            {"id":"x","o":{"q":1}} => {"id":"x","o":{"p":{"id":"x","k":"x"}},"p_unmapped":{"o":{"q":1
            {"id":"x","o":null,"o":{"p":null}} => {"id":"x","o":{"p":{"id":"x","k":"x"}}
            {"id":"x","o":"text"} => reject: `o`: expected object, found string
            {"o":{}} => {"o":{}
            {"l":[{"n":2}]} => {"l":[{"n":2}],"o":{"p":{"k":"2"}}
            {} => {
        "#]],
    );
}

#[test]
fn concat_joins_texts_numbers_and_booleans() {
    check_records(
        "
  - {name: f, type: string, concat: {paths: [a, b.c, d], separator: \" / \"}}
  - {name: g, type: string, concat: {paths: [a, a]}}
  - {name: h, type: string, concat: {paths: [q, a, q], separator: \"\\\"\\t\"}}",
        &[
            r#"{"a":"\\\"","q":""}"#,
            r#"{"a":"x\u00e9\"","b":{"c":1.50},"d":true}"#,
            r#"{"a":"x","d":"y"}"#,
            r#"{"a":null,"b":{"c":""},"d":"y"}"#,
            r#"{"b":1,"f":"own"}"#,
            r#"{"a":["secret"],"f":"own"}"#,
            r#"{"a":"x","b":{"c":{"secret":1}}}"#,
        ],
        expect![[r#"
            {"a":"\\\"","q":""} => {"f":"\\\"","g":"\\\"\\\"","h":"\"\t\\\"\"\t","p_unmapped":{"a":"\\\"","q":""
            {"a":"x\u00e9\"","b":{"c":1.50},"d":true} => {"f":"xé\" / 1.50 / true","g":"xé\"xé\"","h":"xé\"","p_unmapped":{"a":"x\u00e9\"","b":{"c":1.50},"d":true
            {"a":"x","d":"y"} => {"f":"x / y","g":"xx","h":"x","p_unmapped":{"a":"x","d":"y"
            {"a":null,"b":{"c":""},"d":"y"} => {"f":" / y","p_unmapped":{"a":null,"b":{"c":""},"d":"y"
            {"b":1,"f":"own"} => {"f":"own","p_unmapped":{"b":1
            {"a":["secret"],"f":"own"} => reject: `f`: expected a string, number or boolean at `a` to make it from, found array; `g`: expected a string, number or boolean at `a` to make it from, found array; `h`: expected a string, number or boolean at `a` to make it from, found array
            {"a":"x","b":{"c":{"secret":1}}} => reject: `f`: expected a string, number or boolean at `b.c` to make it from, found object
        "#]],
    );
    check_records(
        "  - {name: at, type: timestamp, isEventTime: true, concat: {paths: [d, t], separator: T}}",
        &[r#"{"d":"2026-01-02","t":"03:04:05Z"}"#, r#"{"d":"secret"}"#],
        expect![[r#"
            {"d":"2026-01-02","t":"03:04:05Z"} => {"at":"2026-01-02 03:04:05.000","p_unmapped":{"d":"2026-01-02","t":"03:04:05Z" with time
            {"d":"secret"} => reject: `at`: expected timestamp (rfc3339), found string in another format
        "#]],
    );
}

#[test]
fn split_takes_one_part() {
    check_records(
        "
  - {name: host, type: string, split: {from: server, separator: \":\", index: 0}}
  - {name: port, type: int, split: {from: server, separator: \":\", index: 1}}
  - {name: more, type: string, split: {from: server, separator: \"::\", index: 1}}",
        &[
            r#"{"server":"h:443"}"#,
            r#"{"server":"h"}"#,
            r#"{"server":":"}"#,
            r#"{"server":"a::b"}"#,
            r#"{"server":""}"#,
            r#"{"server":7,"port":80}"#,
            r#"{"server":null,"port":80}"#,
            r#"{"server":{"secret":1}}"#,
        ],
        expect![[r#"
            {"server":"h:443"} => {"host":"h","port":443,"p_unmapped":{"server":"h:443"
            {"server":"h"} => {"host":"h","p_unmapped":{"server":"h"
            {"server":":"} => {"host":"","p_unmapped":{"server":":"
            {"server":"a::b"} => {"host":"a","more":"b","p_unmapped":{"server":"a::b"
            {"server":""} => {"host":"","p_unmapped":{"server":""
            {"server":7,"port":80} => {"host":"7","port":80,"p_unmapped":{"server":7
            {"server":null,"port":80} => {"port":80,"p_unmapped":{"server":null
            {"server":{"secret":1}} => reject: `host`: expected a string, number or boolean at `server` to make it from, found object; `more`: expected a string, number or boolean at `server` to make it from, found object; `port`: expected a string, number or boolean at `server` to make it from, found object
        "#]],
    );
}

#[test]
fn a_split_without_its_part_leaves_the_field_its_own_value() {
    check_records(
        "
  - {name: port, type: int, split: {from: server, separator: ':', index: 1}}
  - {name: o, type: object, fields: [{name: p, type: int, split: {from: server, separator: ':', index: 2}}]}",
        &[
            r#"{"server":"host","port":443}"#,
            r#"{"server":"host:80","port":443,"o":{"p":1}}"#,
            r#"{"server":"host:80:8","port":443,"o":{"p":1}}"#,
        ],
        expect![[r#"
            {"server":"host","port":443} => {"port":443,"p_unmapped":{"server":"host"
            {"server":"host:80","port":443,"o":{"p":1}} => {"port":80,"o":{"p":1},"p_unmapped":{"server":"host:80"
            {"server":"host:80:8","port":443,"o":{"p":1}} => {"port":80,"o":{"p":8},"p_unmapped":{"server":"host:80:8"
        "#]],
    );
}

#[test]
fn mask_hides_texts_and_lists_of_them() {
    check_records(
        "
  - {name: h, type: string, indicators: [username], mask: {type: obfuscate, salt: pepper}}
  - {name: r, type: string, required: true, mask: {type: redact, to: \"\\\"*\\\"\"}}
  - {name: l, type: array, element: {type: array, element: {type: string}}, mask: {type: redact}}",
        &[
            r#"{"h":"secret","r":"secret","l":[["secret",null],[7]]}"#,
            r#"{"h":1.50,"r":true}"#,
            r#"{"h":null,"r":"","l":null}"#,
            r#"{"h":"a","h":"b","r":"x"}"#,
            r#"{"h":{},"r":"x","l":["secret"]}"#,
            r#"{"r":null}"#,
        ],
        expect![[r#"
            {"h":"secret","r":"secret","l":[["secret",null],[7]]} => {"h":"744a9101f7182a6ae0d978121ff74e33cac8d2832579c0637c1c37e9bbb6c065","r":"\"*\"","l":[["REDACTED",null],["REDACTED"]],"p_any_usernames":["744a9101f7182a6ae0d978121ff74e33cac8d2832579c0637c1c37e9bbb6c065"]
            {"h":1.50,"r":true} => {"h":"81984aa93ddd187639302ce63aedcd685cf5a403c7e7d3e7ed7b15a180f6ef5c","r":"\"*\"","p_any_usernames":["81984aa93ddd187639302ce63aedcd685cf5a403c7e7d3e7ed7b15a180f6ef5c"]
            {"h":null,"r":"","l":null} => {"r":"\"*\""
            {"h":"a","h":"b","r":"x"} => {"h":"56cec7ee0bb4929c293e8e92d43bc7623c19e4eb0e0c3b768beb6cf4fface938","r":"\"*\"","p_any_usernames":["56cec7ee0bb4929c293e8e92d43bc7623c19e4eb0e0c3b768beb6cf4fface938"]
            {"h":{},"r":"x","l":["secret"]} => reject: `h`: expected string, found object; `l[0]`: expected array, found string
            {"r":null} => reject: `r`: expected string (required), found nothing
        "#]],
    );
    // `printf %s peppersecret | sha256sum`
    let masked = run(
        &schema("  - {name: h, type: string, mask: {type: obfuscate, salt: pepper}}"),
        r#"{"h":"secret"}"#,
    );
    expect![[r#"{"h":"744a9101f7182a6ae0d978121ff74e33cac8d2832579c0637c1c37e9bbb6c065""#]].assert_eq(&masked);
}

#[test]
fn a_masked_value_is_hidden_under_its_old_name_too() {
    check_records(
        "  - {name: user, type: string, rename: {from: pin}, mask: {type: redact, to: \"***\"}}",
        &[
            r#"{"pin":"1234"}"#,
            r#"{"user":"own","pin":"1234"}"#,
            r#"{"pin":["1234"],"user":"own"}"#,
        ],
        expect![[r#"
            {"pin":"1234"} => {"user":"***"
            {"user":"own","pin":"1234"} => {"user":"***","p_unmapped":{"pin":"***"
            {"pin":["1234"],"user":"own"} => {"user":"***","p_unmapped":{"pin":["***"]
        "#]],
    );
}

#[test]
fn a_masked_field_hides_anything_under_its_old_name() {
    check_records(
        "
  - {name: user, type: string, rename: {from: pin}, mask: {type: redact, to: XXX}}
  - {name: tag, type: string, rename: {from: label}, mask: {type: obfuscate, salt: pepper}}",
        &[
            r#"{"user":"own","pin":{"x":"1234"}}"#,
            r#"{"user":"own","pin":[{"x":"1234"}]}"#,
            r#"{"user":"own","pin":["1234",null,["1234"]]}"#,
            r#"{"user":"own","pin":["1234",null,5]}"#,
            r#"{"user":"own","pin":null}"#,
            r#"{"tag":"own","label":{"x":"1234"}}"#,
        ],
        expect![[r#"
            {"user":"own","pin":{"x":"1234"}} => {"user":"XXX","p_unmapped":{"pin":"XXX"
            {"user":"own","pin":[{"x":"1234"}]} => {"user":"XXX","p_unmapped":{"pin":"XXX"
            {"user":"own","pin":["1234",null,["1234"]]} => {"user":"XXX","p_unmapped":{"pin":"XXX"
            {"user":"own","pin":["1234",null,5]} => {"user":"XXX","p_unmapped":{"pin":["XXX",null,"XXX"]
            {"user":"own","pin":null} => {"user":"XXX","p_unmapped":{"pin":null
            {"tag":"own","label":{"x":"1234"}} => {"tag":"519e04861974d13ecf31669cd9bef4e1f165030ff439e350ab2f65cbc557af4f","p_unmapped":{"label":"51766d3563d69ae0ed9d1ecaadd27122031a7507d286d10721786fd86858e16d"
        "#]],
    );
}

#[test]
fn masks_inside_a_field_hide_under_its_old_name_too() {
    check_records(
        "
  - name: user
    type: object
    rename: {from: usr}
    fields:
      - {name: token, type: string, rename: {from: tk}, mask: {type: redact, to: XXX}}
      - {name: plain, type: string}
  - name: tokens
    type: array
    rename: {from: tks}
    element: {type: object, fields: [{name: t, type: string, mask: {type: redact, to: YYY}}]}",
        &[
            r#"{"user":{"token":"a"},"usr":{"token":"SECRET"}}"#,
            r#"{"user":{"token":"a"},"usr":{"tk":"SECRET","token":{"x":"SECRET"},"plain":"p","other":1}}"#,
            r#"{"user":{"token":"a"},"usr":[{"token":"SECRET"}]}"#,
            r#"{"user":{"token":"a"},"usr":null}"#,
            r#"{"user":{"token":"a","tk":{"x":"SECRET"}}}"#,
            r#"{"tokens":[],"tks":[{"t":"SECRET","u":1},null,{"t":["SECRET"]}]}"#,
            r#"{"tokens":[],"tks":{"t":"SECRET"}}"#,
            r#"{"tokens":[],"tks":[["SECRET"],"SECRET"]}"#,
        ],
        expect![[r#"
            {"user":{"token":"a"},"usr":{"token":"SECRET"}} => {"user":{"token":"XXX"},"p_unmapped":{"usr":{"token":"XXX"
            {"user":{"token":"a"},"usr":{"tk":"SECRET","token":{"x":"SECRET"},"plain":"p","other":1}} => {"user":{"token":"XXX"},"p_unmapped":{"usr":{"tk":"XXX","token":"XXX","plain":"p","other":1
            {"user":{"token":"a"},"usr":[{"token":"SECRET"}]} => {"user":{"token":"XXX"},"p_unmapped":{"usr":"XXX"
            {"user":{"token":"a"},"usr":null} => {"user":{"token":"XXX"},"p_unmapped":{"usr":null
            {"user":{"token":"a","tk":{"x":"SECRET"}}} => {"user":{"token":"XXX"},"p_unmapped":{"user":{"tk":"XXX"
            {"tokens":[],"tks":[{"t":"SECRET","u":1},null,{"t":["SECRET"]}]} => {"tokens":[],"p_unmapped":{"tks":[{"t":"YYY","u":1},null,{"t":["YYY"]}]
            {"tokens":[],"tks":{"t":"SECRET"}} => {"tokens":[],"p_unmapped":{"tks":"YYY"
            {"tokens":[],"tks":[["SECRET"],"SECRET"]} => {"tokens":[],"p_unmapped":{"tks":["YYY","YYY"]
        "#]],
    );
}

#[test]
fn masks_inside_embedded_json_hide_it_under_its_old_name() {
    check_records(
        "
  - name: user
    type: object
    isEmbeddedJSON: true
    rename: {from: usr}
    fields:
      - {name: token, type: string, mask: {type: redact, to: XXX}}
      - name: inner
        type: object
        isEmbeddedJSON: true
        fields: [{name: pin, type: string, mask: {type: redact, to: YYY}}]",
        &[
            r#"{"user":{"token":"a"},"usr":"{\"token\":\"SECRET\"}"}"#,
            r#"{"user":{"token":"a"},"usr":"{\"token\":\"SECRET"}"#,
            r#"{"user":{"token":"a"},"usr":{"x":1,"inner":"{\"pin\":\"SECRET\"}"}}"#,
            r#"{"usr":"{\"token\":\"SECRET\",\"inner\":\"{\\\"pin\\\":\\\"SECRET\\\"}\"}"}"#,
        ],
        expect![[r#"
            {"user":{"token":"a"},"usr":"{\"token\":\"SECRET\"}"} => {"user":{"token":"XXX"},"p_unmapped":{"usr":"YYY"
            {"user":{"token":"a"},"usr":"{\"token\":\"SECRET"} => {"user":{"token":"XXX"},"p_unmapped":{"usr":"YYY"
            {"user":{"token":"a"},"usr":{"x":1,"inner":"{\"pin\":\"SECRET\"}"}} => {"user":{"token":"XXX"},"p_unmapped":{"usr":{"x":1,"inner":"YYY"
            {"usr":"{\"token\":\"SECRET\",\"inner\":\"{\\\"pin\\\":\\\"SECRET\\\"}\"}"} => {"user":{"token":"XXX","inner":{"pin":"YYY"}}
        "#]],
    );
}

#[test]
fn validation_and_indicators_see_what_the_transformations_left() {
    check_records(
        "
  - {name: a, type: string, indicators: [domain], split: {from: mail, separator: \"@\", index: 1}, validate: {deny: [bad.example]}}
  - {name: b, type: string, mask: {type: redact, to: hidden}, validate: {allow: [hidden]}}",
        &[r#"{"mail":"k@good.example","b":"x"}"#, r#"{"mail":"k@bad.example"}"#],
        expect![[r#"
            {"mail":"k@good.example","b":"x"} => {"a":"good.example","b":"hidden","p_unmapped":{"mail":"k@good.example"},"p_any_domain_names":["good.example"]
            {"mail":"k@bad.example"} => reject: `a`: expected none of `bad.example`, found one of them
        "#]],
    );
}

#[test]
fn the_phases_run_in_their_order() {
    check_records(
        "
  - {name: a, type: string, rename: {from: x}}
  - {name: b, type: string, copy: {from: a}}
  - {name: c, type: string, concat: {paths: [a, b], separator: \":\"}}
  - {name: d, type: string, split: {from: c, separator: \":\", index: 1}}
  - {name: e, type: string, copy: {from: y}, split: {from: e, separator: \"-\", index: 1}, mask: {type: redact, to: last}}
  - {name: g, type: string, copy: {from: d}}",
        &[r#"{"x":"1","y":"p-q"}"#],
        expect![[r#"
            {"x":"1","y":"p-q"} => {"a":"1","b":"1","c":"1:1","d":"1","e":"last","p_unmapped":{"y":"p-q"
        "#]],
    );
}

#[test]
fn a_small_record_cannot_grow_without_end() {
    let long = "x".repeat(1_000_000);
    let copies = schema(
        "  - {name: l, type: array, element: {type: object, fields: [{name: c, type: string, copy: {from: long}}]}}",
    );
    let record = format!(r#"{{"long":"{long}","l":[{}]}}"#, vec!["{}"; 100].join(","));
    expect!["reject: record: expected at most 67108864 bytes, found more once it is transformed"]
        .assert_eq(&run(&copies, &record));

    let paths = vec!["long"; 32].join(", ");
    let fields: String = (0..3)
        .map(|i| format!("  - {{name: f{i}, type: string, concat: {{paths: [{paths}]}}}}\n"))
        .collect();
    expect!["reject: record: expected at most 67108864 bytes, found more once it is transformed"]
        .assert_eq(&run(&schema(&fields), &format!(r#"{{"long":"{long}"}}"#)));

    let inner: String = (0..1_000)
        .map(|i| format!("{{name: f{i}, type: int, copy: {{from: n}}}},"))
        .collect();
    let many = schema(&format!(
        "  - {{name: l, type: array, element: {{type: object, fields: [{inner}]}}}}"
    ));
    let record = format!(
        r#"{{"l":[{}]}}"#,
        vec!["{}"; RECORD_VALUE_COUNT_MAX / 1_000 + 1].join(",")
    );
    expect!["reject: record: expected at most 4000000 values, found more once it is transformed"]
        .assert_eq(&run(&many, &record));
}

#[test]
fn what_copies_take_while_they_are_unfolded_has_an_end() {
    let run_copies = |count: usize| {
        let fields: String = (0..count)
            .map(|number| {
                format!(
                    "  - {{name: c{number}, type: object, isEmbeddedJSON: true, copy: {{from: long}}, \
                     fields: [{{name: x, type: string, copy: {{from: short}}}}]}}\n"
                )
            })
            .collect();
        let record = format!(r#"{{"short":"s","long":{{"x":"{}"}}}}"#, "x".repeat(1_000_000));
        match schema(&fields).normalise(record.as_bytes(), &origin()) {
            Normalised::Event(_) => String::new(),
            Normalised::Reject(reject) => reject.to_string(),
        }
    };
    assert_eq!(run_copies(3), "");
    let most = RECORD_BYTES_MAX / 1_000_000 + 1;
    let expected = format!("expected at most {RECORD_BYTES_MAX} bytes, found more once it is transformed");
    assert!(run_copies(most).contains(&expected), "{}", run_copies(most));
}

#[test]
fn a_copy_may_not_make_a_record_too_deep() {
    let schema = schema(
        "  - {name: o, type: object, fields: [{name: p, type: object, fields: [{name: c, type: json, copy: {from: deep}}]}]}",
    );
    let record = |depth: usize| format!(r#"{{"deep":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(run(&schema, &record(123)).starts_with(r#"{"o":{"p":{"c":[["#));
    expect!["reject: record: expected at most 126 values inside each other, found more once it is transformed"]
        .assert_eq(&run(&schema, &record(124)));
}
