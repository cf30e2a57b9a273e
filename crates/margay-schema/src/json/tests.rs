use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn skip_all(bytes: &[u8]) -> Result<&str, JsonError> {
    let mut reader = Reader::new(bytes)?;
    let raw = reader.skip()?;
    reader.end()?;
    Ok(raw)
}

/// Reads with every reading function, and prints what was read.
fn rebuild(bytes: &[u8]) -> Result<String, JsonError> {
    fn value(reader: &mut Reader<'_>, out: &mut String) -> Result<(), JsonError> {
        match reader.peek()? {
            Kind::Null | Kind::Boolean => out.push_str(reader.literal()?),
            Kind::Number => out.push_str(reader.number()?),
            Kind::String => write_string(out, &reader.decoded_string()?),
            Kind::Array => {
                reader.enter()?;
                out.push('[');
                while reader.next_element()? {
                    value(reader, out)?;
                    out.push(' ');
                }
                out.push(']');
            }
            Kind::Object => {
                reader.enter()?;
                out.push('{');
                while let Some(key) = reader.next_key()? {
                    write_string(out, &key.decode());
                    out.push(':');
                    value(reader, out)?;
                    out.push(' ');
                }
                out.push('}');
            }
        }
        Ok(())
    }
    let mut reader = Reader::new(bytes)?;
    let mut out = String::new();
    value(&mut reader, &mut out)?;
    reader.end()?;
    Ok(out)
}

fn check(text: &str, expected: Expect) {
    let found = match rebuild(text.as_bytes()) {
        Ok(found) => found,
        Err(error) => format!("{:?} at {}", error.cause, error.at),
    };
    expected.assert_eq(&found);
    assert_eq!(
        skip_all(text.as_bytes()).map(drop),
        rebuild(text.as_bytes()).map(drop),
        "skipping agrees: {text}"
    );
}

#[test]
fn values_keep_their_text() {
    check(" 12345678901234567890.50e+07 ", expect!["12345678901234567890.50e+07"]);
    check(
        r#"{"a":[1,true,null,"x"],"b":{}}"#,
        expect![[r#"{"a":[1 true null "x" ] "b":{} }"#]],
    );
    check("[]", expect!["[]"]);
    check("-0", expect!["-0"]);
    assert_eq!(skip_all(b" [ 1 ,\n 2 ] "), Ok("[ 1 ,\n 2 ]"));
}

#[test]
fn escapes_are_decoded() {
    check(
        r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#,
        expect![[r#""\"\\/\u0008\u000c\n\r\té😀""#]],
    );
    check(
        r#""plain text that is longer than eight bytes, then \u0041""#,
        expect![[r#""plain text that is longer than eight bytes, then A""#]],
    );
}

#[test]
fn lone_surrogates_become_the_replacement_character() {
    check(r#""a\ud800b""#, expect![[r#""a�b""#]]);
    check(r#""\udc00\ud800""#, expect![[r#""��""#]]);
    check(r#""\ud800\u0041""#, expect![[r#""�A""#]]);
    check(r#""\ud800\ud83d\ude00""#, expect![[r#""�😀""#]]);
    assert_eq!(skip_all(br#""\ud800""#), Ok(r#""\ud800""#));
}

#[test]
fn what_is_no_json_says_where() {
    check("", expect!["EndOfText at 0"]);
    check("{", expect!["EndOfText at 1"]);
    check("[1,]", expect!["UnexpectedByte at 3"]);
    check("{\"a\":1,}", expect!["UnexpectedByte at 7"]);
    check("[1 2]", expect!["UnexpectedByte at 3"]);
    check("{\"a\" 1}", expect!["UnexpectedByte at 5"]);
    check("{1:2}", expect!["UnexpectedByte at 1"]);
    check("[,1]", expect!["UnexpectedByte at 1"]);
    check("01", expect!["TextAfterValue at 1"]);
    check("+1", expect!["UnexpectedByte at 0"]);
    check("1.", expect!["EndOfText at 2"]);
    check(".5", expect!["UnexpectedByte at 0"]);
    check("1e", expect!["EndOfText at 2"]);
    check("-", expect!["EndOfText at 1"]);
    check("tru", expect!["EndOfText at 0"]);
    check("nul!", expect!["UnexpectedByte at 0"]);
    check("NaN", expect!["UnexpectedByte at 0"]);
    check("1 2", expect!["TextAfterValue at 2"]);
    check("\"a\nb\"", expect!["ControlCharacter at 2"]);
    check("\"\\x\"", expect!["BadEscape at 2"]);
    check("\"\\u12g4\"", expect!["BadEscape at 5"]);
    check("\"abc", expect!["EndOfText at 4"]);
    check("\u{feff}1", expect!["UnexpectedByte at 0"]);
    assert_eq!(
        skip_all(b"\"\xff\""),
        Err(JsonError {
            at: 1,
            cause: JsonErrorCause::NotUtf8
        })
    );
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(skip_all(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
    assert!(serde_json::from_str::<serde_json::Value>(&nested(JSON_DEPTH_MAX + 1)).is_ok());
    let too_deep = nested(JSON_DEPTH_MAX + 1);
    assert_eq!(
        skip_all(too_deep.as_bytes()).map_err(|e| e.cause),
        Err(JsonErrorCause::TooDeep)
    );
    assert_eq!(
        rebuild(too_deep.as_bytes()).map_err(|e| e.cause),
        Err(JsonErrorCause::TooDeep)
    );
    assert!(serde_json::from_str::<serde_json::Value>(&nested(JSON_DEPTH_MAX + 2)).is_err());
}

/// Text made of the pieces that JSON is made of, mostly not JSON.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\"a\""),
        Just("\"\\n\""),
        Just("1"),
        Just("-"),
        Just("."),
        Just("e"),
        Just("0"),
        Just("true"),
        Just("null"),
        Just("\""),
        Just("\\"),
        Just(" "),
        Just("\\u00"),
        Just("\u{1}"),
        Just("é"),
        Just("+"),
        Just("{\"k\":"),
        Just("[1,"),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

pub(crate) fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        prop::num::f64::NORMAL.prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The one difference: `serde_json` refuses to decode lone surrogates. As raw text it takes them too.
fn serde_accepts(bytes: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(bytes).is_ok()
}

proptest! {
    #[test]
    fn fragments_are_accepted_as_by_serde_json(text in fragments()) {
        prop_assert_eq!(skip_all(text.as_bytes()).is_ok(), serde_accepts(text.as_bytes()), "{}", text);
        prop_assert_eq!(rebuild(text.as_bytes()).map(drop), skip_all(text.as_bytes()).map(drop));
    }

    #[test]
    fn bytes_are_accepted_as_by_serde_json(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(skip_all(&bytes).is_ok(), serde_accepts(&bytes));
    }

    #[test]
    fn json_with_a_byte_changed_is_accepted_as_by_serde_json(json in any_json(), at: prop::sample::Index, byte: u8) {
        let mut bytes = json.to_string().into_bytes();
        prop_assert_eq!(skip_all(&bytes).unwrap().as_bytes(), bytes.as_slice());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        prop_assert_eq!(skip_all(&bytes).is_ok(), serde_accepts(&bytes));
    }

    #[test]
    fn strings_are_decoded_as_by_serde_json(json in any_json()) {
        let pretty = serde_json::to_string_pretty(&json).unwrap();
        let serde_json::Value::String(expected) = &json else {
            prop_assert!(rebuild(pretty.as_bytes()).is_ok());
            return Ok(());
        };
        let mut reader = Reader::new(pretty.as_bytes()).unwrap();
        prop_assert_eq!(&*reader.decoded_string().unwrap(), expected.as_str());
    }

    #[test]
    fn written_strings_read_back(text: String) {
        let mut written = String::new();
        write_string(&mut written, &text);
        prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text.clone());
        let mut reader = Reader::new(written.as_bytes()).unwrap();
        prop_assert_eq!(&*reader.decoded_string().unwrap(), text.as_str());
    }

    #[test]
    fn plain_text_ends_at_the_first_byte_that_is_not_plain(
        before in 0..9_usize,
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'!'), Just(b'#'), Just(0x1f), Just(b' ')], 9..64),
    ) {
        let is_plain = |byte: &&u8| **byte >= 0x20 && **byte != b'"' && **byte != b'\\';
        let slow = before + bytes[before..].iter().take_while(is_plain).count();
        prop_assert_eq!(text::plain_end(&bytes, before), slow);
    }
}
