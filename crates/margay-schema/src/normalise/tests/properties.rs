use std::collections::BTreeSet;

use super::*;
use crate::json::tests::any_json;

/// One field of every type, and containers in containers.
pub(super) fn wide_schema() -> Schema {
    schema(
        "
  - {name: text, type: string, required: true, indicators: [email, url, hostname, aws_arn]}
  - {name: small, type: smallint}
  - {name: int, type: int}
  - {name: big, type: bigint}
  - {name: real, type: float}
  - {name: flag, type: boolean}
  - {name: time, type: timestamp, timeFormats: [rfc3339, unix_auto, '%Y-%m-%d'], isEventTime: true}
  - {name: raw, type: json}
  - {name: list, type: array, element: {type: object, fields: [{name: a, type: int}, {name: b, type: array, element: {type: string}}]}}
  - {name: object, type: object, fields: [{name: a, type: json}, {name: b, type: object, fields: [{name: c, type: bigint}]}]}",
    )
}

const VALID: &str = r#"{"text":"k@example.com","small":1,"int":-2,"big":9007199254740993,"real":1.5,"flag":true,
    "time":"2026-01-02T03:04:05.678Z","raw":{"x":[1,{"y":null}]},"list":[{"a":1,"b":["p","q"],"n":1},null,{}],
    "object":{"a":[],"b":{"c":"7","m":2}},"more":{"z":"\u00e9"}}"#;

/// The paths of all keys, with array positions.
fn keys(value: &serde_json::Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                let path = format!("{path}/{key:?}");
                out.insert(path.clone());
                keys(value, &path, out);
            }
        }
        serde_json::Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                keys(value, &format!("{path}/{index}"), out);
            }
        }
        _ => {}
    }
}

/// Removes null members, which an event omits.
fn without_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(without_nulls);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// A JSON object some of whose keys the wide schema names, with values of the right type or not.
pub(super) fn any_record() -> impl Strategy<Value = serde_json::Value> {
    let key = prop_oneof![
        Just("text".to_owned()),
        Just("raw".to_owned()),
        Just("list".to_owned()),
        Just("object".to_owned()),
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("c".to_owned()),
        Just("é\"\n".to_owned()),
        "[a-z]{0,3}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i16>().prop_map(Into::into),
        "[a-z]{0,4}".prop_map(Into::into)
    ];
    let value = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    let text = any::<String>();
    // Objects and arrays where the schema has them, so that many records are accepted.
    let object = prop::collection::vec(("a|b|c|x", value.clone()), 0..4);
    let list = prop::collection::vec(
        prop::collection::vec(("b|x|y", prop::collection::vec("[a-z]{1,2}", 0..3)), 0..3),
        0..3,
    );
    (text, object, list, value).prop_map(|(text, object, list, extra)| {
        let mut object: serde_json::Map<String, serde_json::Value> = object.into_iter().collect();
        object.remove("b");
        let list: Vec<serde_json::Value> = list
            .into_iter()
            .map(|members| {
                members
                    .into_iter()
                    .map(|(key, value)| (key, serde_json::json!(value)))
                    .collect()
            })
            .collect();
        serde_json::json!({ "text": text, "object": object, "list": list, "extra": extra, "raw": 1 })
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _checked = wide_schema().normalise(&bytes, &origin());
    }

    #[test]
    fn no_json_panics(json in any_json()) {
        let _checked = wide_schema().normalise(json.to_string().as_bytes(), &origin());
    }

    #[test]
    fn no_mutated_record_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let schema = wide_schema();
        if let Normalised::Event(event) = schema.normalise(&bytes, &origin()) {
            let printed = event.to_json(&schema);
            prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&printed).is_ok(), "{}", printed);
            prop_assert!(!printed.contains('\n'));
        }
    }

    #[test]
    fn every_whole_number_survives(number: i64) {
        let schema = schema("  - {name: f, type: bigint}\n  - {name: g, type: array, element: {type: bigint}}");
        let record = format!(r#"{{"f":{number},"g":["{number}"],"u":{number}}}"#);
        let Normalised::Event(event) = schema.normalise(record.as_bytes(), &origin()) else { panic!("it fits") };
        prop_assert_eq!(event.values().get(0), Some(Value::Integer(number)));
        let printed = event.to_json(&schema);
        let expected = format!(r#"{{"f":{number},"g":[{number}],"#);
        prop_assert!(printed.starts_with(&expected), "{}", printed);
        prop_assert_eq!(&event.standard.unmapped, &Some(format!(r#"{{"u":{number}}}"#)));
        let Normalised::Event(again) = schema.normalise(printed.as_bytes(), &origin()) else { panic!("it fits again") };
        prop_assert_eq!(again.values(), event.values());
    }

    #[test]
    fn every_float_survives(number in prop::num::f64::ANY) {
        let schema = schema("  - {name: f, type: float}");
        let record = format!(r#"{{"f":{number:?}}}"#);
        match schema.normalise(record.as_bytes(), &origin()) {
            Normalised::Event(event) => {
                prop_assert_eq!(event.values().get(0), Some(Value::Float(number)));
                prop_assert!(event.to_json(&schema).starts_with(&record[..record.len() - 1]));
            }
            Normalised::Reject(_) => prop_assert!(!number.is_finite()),
        }
    }

    #[test]
    fn no_key_is_lost(record in any_record()) {
        let schema = wide_schema();
        let Normalised::Event(event) = schema.normalise(record.to_string().as_bytes(), &origin()) else {
            return Err(TestCaseError::reject("the record does not fit"));
        };
        let mut printed: serde_json::Value = serde_json::from_str(&event.to_json(&schema)).unwrap();
        let unmapped = printed["p_unmapped"].take();
        let mut found = BTreeSet::new();
        keys(&printed, "", &mut found);
        keys(&unmapped, "", &mut found);
        // Named keys are kept unless null, unknown ones always; so every key that is not null must be somewhere.
        let (mut wanted, mut expected) = (record, BTreeSet::new());
        without_nulls(&mut wanted);
        keys(&wanted, "", &mut expected);
        let lost: Vec<_> = expected.difference(&found).collect();
        prop_assert!(lost.is_empty(), "{:?}", lost);
    }

    #[test]
    fn unknown_values_keep_their_exact_text(value in any_json(), at_top: bool) {
        let schema = schema("  - {name: o, type: object, fields: [{name: a, type: int}]}");
        let text = serde_json::to_string_pretty(&value).unwrap();
        let (record, expected) = if at_top {
            (format!("{{\"x\": {text} }}"), format!("{{\"x\":{text}}}"))
        } else {
            (format!("{{\"o\": {{ \"x\" : {text} }} }}"), format!("{{\"o\":{{\"x\":{text}}}}}"))
        };
        let Normalised::Event(event) = schema.normalise(record.as_bytes(), &origin()) else { panic!("it fits") };
        prop_assert_eq!(event.standard.unmapped, Some(expected));
    }
}
