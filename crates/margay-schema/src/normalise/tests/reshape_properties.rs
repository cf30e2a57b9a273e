use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::properties::{any_record, wide_schema};
use super::*;
use crate::json::tests::any_json;

/// The wide schema with every attribute that reshapes a record, none of which a record of [`any_record`] gives cause to.
fn wide_schema_with_attributes() -> Schema {
    schema(
        "
  - {name: text, type: string, required: true, indicators: [email, url, hostname, aws_arn], rename: {from: '@text'}}
  - {name: small, type: smallint, copy: {from: '@o.0.x'}}
  - {name: int, type: int, concat: {paths: ['@a', '@b.c'], separator: '-'}}
  - {name: big, type: bigint, rename: {from: '@big'}, copy: {from: list.@x}}
  - {name: real, type: float, split: {from: '@c', separator: ':', index: 3}}
  - {name: flag, type: boolean}
  - {name: time, type: timestamp, timeFormats: [rfc3339, unix_auto, '%Y-%m-%d'], isEventTime: true, concat: {paths: ['@d']}}
  - {name: raw, type: json, isEmbeddedJSON: true, copy: {from: '@e'}}
  - name: list
    type: array
    isEmbeddedJSON: true
    element:
      type: object
      isEmbeddedJSON: true
      fields:
        - {name: a, type: int, copy: {from: '@f'}}
        - {name: b, type: array, isEmbeddedJSON: true, rename: {from: '@b'}, element: {type: string}}
  - name: object
    type: object
    isEmbeddedJSON: true
    fields:
      - {name: a, type: json, rename: {from: '@a'}}
      - name: b
        type: object
        isEmbeddedJSON: true
        fields: [{name: c, type: bigint, copy: {from: object.@c}}]",
    )
}

/// Everything that can happen to a record, where it can happen to a record of [`any_reshaped`].
fn reshaping_schema() -> Schema {
    schema(
        "
  - {name: a, type: json, rename: {from: '@a'}}
  - {name: copied, type: json, copy: {from: o.x}}
  - {name: part, type: json, split: {from: id, separator: '1', index: 1}}
  - {name: joined, type: string, concat: {paths: [id, id], separator: '/'}}
  - {name: id, type: int}
  - name: o
    type: object
    isEmbeddedJSON: true
    fields:
      - {name: a, type: json, isEmbeddedJSON: true, rename: {from: '@a'}}
      - name: l
        type: array
        isEmbeddedJSON: true
        element: {type: object, isEmbeddedJSON: true, fields: [{name: a, type: json, rename: {from: '@a'}}]}
      - {name: new, type: object, fields: [{name: id, type: int, copy: {from: id}}]}",
    )
}

/// What may be in an object of the reshaping schema: keys that it names, renames, reads, and others.
fn any_members() -> impl Strategy<Value = BTreeMap<String, Json>> {
    let leaf = prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::Bool)];
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
            prop::collection::btree_map("a|@a|x|[b-d]", inner, 0..3)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("a|@a|x|[b-d]", value, 0..4)
}

/// A record, and the same with some of its objects and arrays as strings with JSON in them.
fn any_reshaped() -> impl Strategy<Value = (Json, Json)> {
    let members = (any_members(), any_members(), prop::collection::vec(any_members(), 0..3));
    (members, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(members, as_text, list_as_text, element_as_text)| {
            let (top, object, list) = members;
            let mut count = 0;
            let mut numbered = |members: BTreeMap<String, Json>| {
                let mut object = Json::Object(members.into_iter().collect());
                number_leaves(&mut object, &mut count);
                object
            };
            let (mut plain, object, list) = (numbered(top), numbered(object), list.into_iter().map(numbered));
            let list: Vec<Json> = list.collect();
            let text = |value: Json, is_text: bool| {
                if is_text {
                    Json::String(value.to_string())
                } else {
                    value
                }
            };
            let (mut plain_object, mut embedded_object) = (object.clone(), object);
            plain_object["l"] = json!(list);
            let elements = list.into_iter().map(|element| text(element, element_as_text)).collect();
            embedded_object["l"] = text(Json::Array(elements), list_as_text);
            let mut embedded = plain.clone();
            plain["o"] = plain_object;
            embedded["o"] = text(embedded_object, as_text);
            (plain, embedded)
        },
    )
}

/// Gives every leaf that is not null a number of its own.
fn number_leaves(value: &mut Json, count: &mut u32) {
    match value {
        Json::Null => {}
        Json::Object(members) => members.values_mut().for_each(|value| number_leaves(value, count)),
        Json::Array(items) => items.iter_mut().for_each(|value| number_leaves(value, count)),
        leaf => {
            *count += 1;
            *leaf = json!(1_000_000 + *count);
        }
    }
}

fn leaves(value: &Json, out: &mut Vec<String>) {
    match value {
        Json::Null => {}
        Json::Object(members) => members.values().for_each(|value| leaves(value, out)),
        Json::Array(items) => items.iter().for_each(|value| leaves(value, out)),
        leaf => out.push(leaf.to_string()),
    }
}

fn printed(schema: &Schema, record: &Json) -> Option<Json> {
    match schema.normalise(record.to_string().as_bytes(), &origin()) {
        Normalised::Event(event) => Some(serde_json::from_str(&event.to_json(schema)).unwrap()),
        Normalised::Reject(_) => None,
    }
}

proptest! {
    #[test]
    fn attributes_that_do_not_concern_a_record_change_nothing(record in any_record()) {
        let record = record.to_string();
        let expected = wide_schema().normalise(record.as_bytes(), &origin());
        let Normalised::Reject(_) = expected else {
            prop_assert_eq!(wide_schema_with_attributes().normalise(record.as_bytes(), &origin()), expected);
            return Ok(());
        };
        // The words for what is expected differ.
        let reshaped = wide_schema_with_attributes().normalise(record.as_bytes(), &origin());
        prop_assert!(matches!(reshaped, Normalised::Reject(_)));
    }

    #[test]
    fn text_that_is_no_json_is_rejected_in_the_same_words(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let expected = schema("  - {name: a, type: string}").normalise(&bytes, &origin());
        let reshaping = schema("  - {name: a, type: string, rename: {from: b}, copy: {from: c}}");
        prop_assert_eq!(reshaping.normalise(&bytes, &origin()), expected);
    }

    #[test]
    fn nothing_is_lost((_, record) in any_reshaped()) {
        let mut record = record;
        record["id"] = json!(7);
        let schema = reshaping_schema();
        let event = printed(&schema, &record).unwrap();
        let (mut kept, mut wanted) = (Vec::new(), Vec::new());
        leaves(&event, &mut kept);
        leaves(&record, &mut wanted);
        // A leaf that is a string here is a value as text; the numbers in it are what has to be kept.
        for number in wanted.iter().flat_map(|leaf| leaf.split(|c: char| !c.is_ascii_digit())) {
            let is_kept = number.is_empty() || kept.iter().any(|leaf| leaf == number);
            prop_assert!(is_kept, "{} is not in {}", number, event);
        }
    }

    #[test]
    fn a_value_is_the_same_whether_it_comes_as_a_string_or_not((plain, embedded) in any_reshaped()) {
        let schema = reshaping_schema();
        prop_assert_eq!(printed(&schema, &plain), printed(&schema, &embedded));
    }

    #[test]
    fn any_json_is_the_same_whether_it_comes_as_a_string_or_not(value in any_json()) {
        let schema = schema("  - {name: f, type: json, isEmbeddedJSON: true}");
        let text = value.to_string();
        let record = json!({ "f": text }).to_string();
        let Normalised::Event(event) = schema.normalise(record.as_bytes(), &origin()) else { panic!("it fits") };
        let expected = if value.is_null() { None } else { Some(Value::Json(&text)) };
        prop_assert_eq!(event.values().get(0), expected);
    }

    #[test]
    fn a_renamed_key_is_as_good_as_the_fields_own(value in any_json()) {
        let schema = wide_schema_with_attributes();
        for (name, old) in [("text", "@text"), ("big", "@big")] {
            let record = |key: &str| {
                let mut record = if name == "text" { json!({}) } else { json!({ "text": "t" }) };
                record[key] = value.clone();
                run(&schema, &record.to_string())
            };
            prop_assert_eq!(record(name), record(old));
        }
    }

    #[test]
    fn no_mutated_record_panics_while_it_is_reshaped(
        (_, record) in any_reshaped(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = record.to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let schema = reshaping_schema();
        if let Normalised::Event(event) = schema.normalise(&bytes, &origin()) {
            let printed = event.to_json(&schema);
            prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&printed).is_ok(), "{}", printed);
        }
    }
}
