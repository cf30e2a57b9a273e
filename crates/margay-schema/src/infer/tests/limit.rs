//! Samples at and beyond the limits: the schema stays a schema, and still reads them.

use std::fmt::Write as _;

use expect_test::expect;

use super::{check, events, infer, log_type};
use crate::limits::{
    FIELD_COUNT_MAX, FIELD_NAME_BYTES_MAX, INFERENCE_FIELD_COUNT_MAX, INFERRED_OBJECT_FIELD_COUNT_MAX, JSON_DEPTH_MAX,
    RECORD_VALUE_COUNT_MAX, SCHEMA_BYTES_MAX, VALUE_DEPTH_MAX,
};
use crate::{Field, Inference, Inferred, NothingInferred, SampleError, Schema, ValueType};

/// `{"k0":value,"k1":value,…}`
fn wide(prefix: &str, count: usize, value: &str) -> String {
    let members: Vec<String> = (0..count).map(|index| format!("\"{prefix}{index}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Infers, reads the samples again, and returns the schema.
fn schema(samples: &[&str]) -> (Inferred, Schema) {
    let inferred = infer(samples);
    let (schema, _) = events(&inferred, samples);
    (inferred, schema)
}

fn field<'a>(fields: &'a [Field], name: &str) -> &'a ValueType {
    &fields.iter().find(|field| field.name == name).unwrap().value
}

fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + count_in(&field.value)).sum()
}

fn count_in(value: &ValueType) -> usize {
    match value {
        ValueType::Object(fields) => count(fields),
        ValueType::Array(element) => count_in(element),
        _ => 0,
    }
}

#[test]
fn an_object_with_more_keys_than_are_names_is_json() {
    let at_limit = wide("k", INFERRED_OBJECT_FIELD_COUNT_MAX, "1");
    let beyond = wide("k", INFERRED_OBJECT_FIELD_COUNT_MAX + 1, "1");
    let sample = format!("{{\"at\":{at_limit},\"beyond\":{beyond}}}");
    let (_, schema) = schema(&[&sample]);
    assert_eq!(count_in(field(schema.fields(), "at")), INFERRED_OBJECT_FIELD_COUNT_MAX);
    assert_eq!(field(schema.fields(), "beyond"), &ValueType::Json);
}

#[test]
fn keys_of_many_samples_count_together() {
    let samples: Vec<String> = (0..=INFERRED_OBJECT_FIELD_COUNT_MAX)
        .map(|index| format!("{{\"by_id\":{{\"id{index}\":{{\"n\":1}}}},\"n\":1}}"))
        .collect();
    let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
    check(
        &samples,
        expect![[r#"
              # json: more than 200 different keys, so the keys are data
              - name: by_id
                required: true  # in all 201 samples
                type: json
              - name: "n"
                required: true  # in all 201 samples
                type: bigint
        "#]],
    );
}

#[test]
fn the_top_keeps_as_many_fields_as_a_schema_may_have() {
    let sample = wide("k", FIELD_COUNT_MAX + 5, "1");
    let (inferred, schema) = schema(&[&sample]);
    assert_eq!(schema.fields().len(), FIELD_COUNT_MAX);
    assert!(
        inferred.yaml.contains("came 5 times; they go to p_unmapped"),
        "{}",
        inferred.yaml
    );
}

#[test]
fn too_many_fields_altogether_make_the_widest_objects_json() {
    let mut sample = String::from("{");
    for index in 0..30 {
        let _written = write!(sample, "\"o{index}\":{},", wide("k", 60 + index, "1"));
    }
    sample.push_str("\"n\":1}");
    let (_, schema) = schema(&[&sample]);
    assert!(count(schema.fields()) <= FIELD_COUNT_MAX);
    let is_json: Vec<bool> = (0..30)
        .map(|index| field(schema.fields(), &format!("o{index}")) == &ValueType::Json)
        .collect();
    assert!(is_json[29] && !is_json[0], "{is_json:?}");
    assert!(is_json.is_sorted(), "the widest first: {is_json:?}");
}

#[test]
fn what_is_kept_in_mind_is_bounded() {
    let mut inference = Inference::default();
    for index in 0..3 * INFERENCE_FIELD_COUNT_MAX / 100 {
        let sample = format!("{{\"o{index}\":{}}}", wide("k", 100, "1"));
        inference.add(sample.as_bytes()).unwrap();
        assert!(inference.tally.fields <= INFERENCE_FIELD_COUNT_MAX);
        assert_eq!(inference.tally.fields, inference.root.field_count());
    }
    let inferred = inference.finish(&log_type()).unwrap();
    assert!(count(Schema::from_yaml(&inferred.yaml).unwrap().fields()) <= FIELD_COUNT_MAX);
}

#[test]
fn values_nested_deeper_than_a_schema_are_json() {
    for depth in [
        VALUE_DEPTH_MAX - 1,
        VALUE_DEPTH_MAX,
        VALUE_DEPTH_MAX + 1,
        JSON_DEPTH_MAX,
    ] {
        for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
            let sample = format!("{{\"top\":{}1{}}}", open.repeat(depth - 1), close.repeat(depth - 1));
            let (inferred, _) = schema(&[&sample]);
            assert_eq!(
                inferred.yaml.contains("json: more than 64"),
                depth - 1 > VALUE_DEPTH_MAX,
                "{depth}"
            );
        }
    }
}

#[test]
fn an_array_of_more_values_than_an_event_may_have_is_json() {
    let element = wide("k", 100, "1");
    let names = format!("[{element}{}]", ",{}".repeat(RECORD_VALUE_COUNT_MAX / 100));
    let sample = format!("{{\"names\":{names},\"few\":[{element}]}}");
    let (_, schema) = schema(&[&sample]);
    assert_eq!(
        field(schema.fields(), "names"),
        &ValueType::Array(Box::new(ValueType::Json))
    );
    assert_eq!(count_in(field(schema.fields(), "few")), 100);
}

#[test]
fn a_schema_that_would_be_too_long_is_made_shorter() {
    let name = "n".repeat(FIELD_NAME_BYTES_MAX - 4);
    let mut inner = wide(&name, 150, "\"2026-01-02T03:04:05Z\"");
    for _ in 0..VALUE_DEPTH_MAX - 2 {
        inner = format!("{{\"deeper\":{inner}}}");
    }
    let members: Vec<String> = (0..10).map(|index| format!("\"o{index}\":{inner}")).collect();
    let (inferred, schema) = schema(&[&format!("{{{}}}", members.join(","))]);
    assert!(inferred.yaml.len() <= SCHEMA_BYTES_MAX);
    assert!(
        count(schema.fields()) > 10 * VALUE_DEPTH_MAX,
        "no more is given up than has to be"
    );
}

#[test]
fn what_is_no_record_is_refused_and_leaves_no_trace() {
    let mut inference = Inference::default();
    inference.add(br#"{"a":1}"#).unwrap();
    let too_deep = "[".repeat(JSON_DEPTH_MAX + 1);
    let samples = ["{\"b\":1,\"c\":", "{\"b\":1}}", "[{\"b\":1}]", "", &too_deep];
    let refused = samples.map(|sample| inference.add(sample.as_bytes()).unwrap_err().to_string());
    expect![[r#"
        not JSON: the end of the text at byte 11
        not JSON: more text after the value at byte 7
        a record is a JSON object, this is of type array
        not JSON: the end of the text at byte 0
        not JSON: too many values inside each other at byte 126"#]]
    .assert_eq(&refused.join("\n"));
    assert_eq!(inference.sample_count(), 1);
    assert!(!inference.finish(&log_type()).unwrap().yaml.contains("name: b"));
    assert!(matches!(
        Inference::default().add(&vec![b' '; 64 * 1024 * 1024 + 1]),
        Err(SampleError::TooLong(_))
    ));
}

#[test]
fn without_samples_or_fields_there_is_no_schema() {
    assert_eq!(
        Inference::default().finish(&log_type()),
        Err(NothingInferred::NoSamples)
    );
    let mut inference = Inference::default();
    inference.add(br#"{"a":null}"#).unwrap();
    assert_eq!(inference.finish(&log_type()), Err(NothingInferred::NoFields));
}
