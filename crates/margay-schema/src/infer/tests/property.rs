//! Random samples: the schema reads each as an event, and everything in it can be found in the event again.

use proptest::prelude::*;

use super::{events, infer, log_type};
use crate::{Event, Field, Inference, NothingInferred, Schema, TimeFormat, Value, ValueType, Values};

/// A JSON value, as a generator makes it.
#[derive(Debug, Clone)]
enum Sample {
    Null,
    Boolean(bool),
    /// As written.
    Number(String),
    String(String),
    /// A string that holds an array or object.
    Embedded(Box<Sample>),
    Array(Vec<Sample>),
    Object(Vec<(String, Sample)>),
}

impl Sample {
    fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::Number(text) => text.clone(),
            Self::String(text) => quoted(text),
            Self::Embedded(inner) => quoted(&inner.json()),
            Self::Array(elements) => format!("[{}]", joined(elements.iter().map(Self::json))),
            Self::Object(members) => {
                let member = |(key, value): &(String, Self)| format!("{}:{}", quoted(key), value.json());
                format!("{{{}}}", joined(members.iter().map(member)))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// Texts at which the rules part ways.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "a",
    "true",
    "false",
    "True",
    "0",
    "-0",
    "7",
    "007",
    "+7",
    "1.5",
    "1.50",
    "-0.0",
    "1e5",
    "1e16",
    "NaN",
    "inf",
    ".5",
    "5.",
    "9223372036854775807",
    "9223372036854775808",
    "0.30000000000000004",
    "0.1234567890123456789",
    "1772352930",
    "1772352930.5",
    "1772352930125",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456+02:00",
    "2026-01-02T03:04:05.1234567Z",
    "2016-12-31T23:59:60Z",
    "0001-01-01T00:00:00Z",
    "2026-01-02 03:04:05",
    "2026-01-02 03:04:05.25",
    "02/Jan/2026:03:04:05 +0100",
    "01/02/2026 03:04:05",
    "192.0.2.7",
    "mona@example.com",
    "https://example.com/",
    "[not json",
];

const NUMBERS: [&str; 24] = [
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1.50",
    "0.1",
    "-0.0",
    "1e3",
    "1E-3",
    "1e400",
    "1e-400",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "100000000000000000000",
    "0.1234567890123456789",
    "1772352930",
    "1772352930.123456",
    "1772352930.1234567",
    "1772352930125",
    "1772352930125000001",
];

const KEYS: [&str; 12] = [
    "a",
    "b",
    "time",
    "created_at",
    "user",
    "id",
    "yes",
    "null",
    "12",
    "x.y",
    "ö",
    "#",
];

/// Keys that cannot be columns, some only beside others.
const BAD_KEYS: [&str; 12] = [
    "",
    "A",
    "B",
    "Time",
    "p_x",
    "P_x",
    "record_p_x",
    "a b",
    "a_b",
    "\n",
    "null ",
    "b\u{0}",
];

fn leaf() -> impl Strategy<Value = Sample> {
    prop_oneof![
        1 => Just(Sample::Null),
        1 => any::<bool>().prop_map(Sample::Boolean),
        3 => prop::sample::select(&NUMBERS[..]).prop_map(|text| Sample::Number(text.to_owned())),
        1 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?".prop_map(Sample::Number),
        4 => prop::sample::select(&TEXTS[..]).prop_map(|text| Sample::String(text.to_owned())),
        1 => "-?[0-9]{1,20}(\\.[0-9]{1,18})?".prop_map(Sample::String),
        1 => any::<String>().prop_map(Sample::String),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(&KEYS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => prop::sample::select(&BAD_KEYS[..]).prop_map(str::to_owned),
    ]
}

fn object(value: impl Strategy<Value = Sample>) -> impl Strategy<Value = Sample> {
    prop::collection::vec((key(), value), 0..5).prop_map(|mut members| {
        // Of a key that comes twice only the last value is kept.
        let mut seen = std::collections::HashSet::new();
        members.retain(|(key, _)| seen.insert(key.clone()));
        Sample::Object(members)
    })
}

fn value() -> impl Strategy<Value = Sample> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Sample::Array),
            3 => object(inner.clone()),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Sample::Embedded(Sample::Array(items).into())),
            2 => object(inner).prop_map(|object| Sample::Embedded(object.into())),
        ]
    })
}

/// Samples of one log: some values are the same in all of them, so that rules about every sample have something to do.
fn samples() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec(object(value()), 1..4)
}

/// Samples with a single field and alike values: what wide objects seldom hit.
fn narrow_samples() -> impl Strategy<Value = Vec<Sample>> {
    let of = |key: String, values: Vec<Sample>| {
        let sample = move |value| Sample::Object(vec![(key.clone(), value)]);
        values.into_iter().map(sample).collect::<Vec<_>>()
    };
    (key(), prop::collection::vec(leaf(), 1..4)).prop_map(move |(key, values)| of(key, values))
}

/// A decimal number without what can be written in many ways: sign, digits without zeros at the ends, the place of the
/// point. Written apart from the code under test, digit by digit.
fn decimal(text: &str) -> (bool, Vec<u8>, i64) {
    let (is_negative, unsigned) = (text.starts_with('-'), text.trim_start_matches('-'));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let mut point: i64 = exponent.parse().unwrap();
    let mut digits = Vec::new();
    let mut is_fraction = false;
    for byte in mantissa.bytes() {
        if byte == b'.' {
            is_fraction = true;
        } else {
            digits.push(byte - b'0');
            point += i64::from(!is_fraction);
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    while digits.first() == Some(&0) {
        digits.remove(0);
        point -= 1;
    }
    (is_negative, digits.clone(), if digits.is_empty() { 0 } else { point })
}

/// Returns whether the moment is what `text` says in that format, no more and no less.
fn is_moment(text: &str, format: &TimeFormat, microseconds: i64) -> bool {
    let unix = |places: usize| {
        let shifted = format!("{microseconds}e-{places}");
        decimal(&shifted) == decimal(text)
    };
    let time = jiff::Timestamp::from_microsecond(microseconds).unwrap();
    match format {
        TimeFormat::Rfc3339 => text
            .parse::<jiff::Timestamp>()
            .is_ok_and(|read| read == time && !text.contains(":60")),
        TimeFormat::Strftime(pattern) => {
            // An offset may have a colon, or be a `Z`.
            let forms = ["%z", "%:z", "Z"].map(|form| pattern.as_str().replace("%z", form));
            let local = forms.iter().find_map(|form| jiff::fmt::strtime::parse(form, text).ok());
            local.is_some_and(|local| {
                let offset = local.offset().unwrap_or(jiff::tz::Offset::UTC);
                let read = local.to_datetime().unwrap();
                offset.to_timestamp(read).unwrap() == time
            })
        }
        TimeFormat::Unix => unix(6),
        TimeFormat::UnixMs => unix(3),
        TimeFormat::UnixUs => unix(0),
        TimeFormat::UnixNs => decimal(&format!("{microseconds}e3")) == decimal(text),
        TimeFormat::UnixAuto | TimeFormat::Cloudflare => false,
    }
}

/// Returns where a sample cannot be found again in what became of it.
fn lost(sample: &Sample, value_type: &ValueType, value: Option<Value<'_>>, path: &str) -> Option<String> {
    let is_kept = match (sample, value) {
        (Sample::Embedded(inner), Some(kept)) => {
            if let ValueType::Embedded(held) = value_type {
                return lost(inner, held, value, path);
            }
            match kept {
                Value::String(kept) => kept == inner.json(),
                Value::Json(kept) => kept == sample.json(),
                _ => false,
            }
        }
        (Sample::Null, None) => true,
        (Sample::String(text), None) => text.is_empty() && matches!(value_type, ValueType::Timestamp { .. }),
        (_, Some(Value::Json(json))) => json == sample.json(),
        (Sample::String(text) | Sample::Number(text), Some(Value::String(kept))) => kept == text,
        (Sample::Boolean(boolean), Some(Value::String(kept))) => kept == boolean.to_string(),
        (Sample::Number(text) | Sample::String(text), Some(Value::Integer(kept))) => *text == kept.to_string(),
        (Sample::Number(text), Some(Value::Float(kept))) => decimal(text) == decimal(&format!("{kept:e}")),
        (Sample::String(text), Some(Value::Float(kept))) => *text == format!("{kept:?}"),
        (Sample::Boolean(boolean), Some(Value::Boolean(kept))) => kept == *boolean,
        (Sample::String(text), Some(Value::Boolean(kept))) => *text == kept.to_string(),
        (Sample::String(text) | Sample::Number(text), Some(Value::Timestamp(kept))) => match value_type {
            ValueType::Timestamp { formats, .. } => formats.iter().any(|format| is_moment(text, format, kept)),
            _ => false,
        },
        (Sample::Array(elements), Some(Value::Array(kept))) => {
            let ValueType::Array(element) = value_type else {
                return Some(path.to_owned());
            };
            let path = format!("{path}[]");
            return (elements.len() != kept.len()).then(|| path.clone()).or_else(|| {
                let mut pairs = elements.iter().zip(kept.iter());
                pairs.find_map(|(sample, kept)| lost(sample, element, kept, &path))
            });
        }
        (Sample::Object(members), Some(Value::Object(kept))) => {
            let ValueType::Object(fields) = value_type else {
                return Some(path.to_owned());
            };
            return lost_members(members, fields, kept, path);
        }
        _ => false,
    };
    (!is_kept).then(|| path.to_owned())
}

fn lost_members(members: &[(String, Sample)], fields: &[Field], kept: Values<'_>, path: &str) -> Option<String> {
    members.iter().find_map(|(key, sample)| {
        let path = format!("{path}.{key}");
        let Some(position) = fields.iter().position(|field| key_of(field) == key) else {
            return (!matches!(sample, Sample::Null)).then_some(path);
        };
        lost(sample, &fields[position].value, kept.get(position), &path)
    })
}

fn key_of(field: &Field) -> &str {
    field.transformations.rename.as_deref().unwrap_or(&field.name)
}

/// Returns whether nothing but null stands in a JSON text.
fn is_all_null(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Null => true,
        serde_json::Value::Array(elements) => elements.iter().all(is_all_null),
        serde_json::Value::Object(members) => members.values().all(is_all_null),
        _ => false,
    }
}

fn check(samples: &[Sample]) -> Result<(), TestCaseError> {
    let texts: Vec<String> = samples.iter().map(Sample::json).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let is_empty = samples.iter().all(|sample| match sample {
        Sample::Object(members) => members.iter().all(|(_, value)| matches!(value, Sample::Null)),
        _ => false,
    });
    if is_empty {
        let mut inference = Inference::default();
        for text in &texts {
            inference.add(text.as_bytes()).unwrap();
        }
        prop_assert_eq!(inference.finish(&log_type()), Err(NothingInferred::NoFields));
        return Ok(());
    }
    let inferred = infer(&texts);
    let (schema, events) = events(&inferred, &texts);
    for (sample, event) in samples.iter().zip(&events) {
        check_event(sample, &schema, event, &inferred.yaml)?;
    }
    prop_assert_eq!(infer(&texts), inferred, "the same samples give the same text");
    Ok(())
}

fn check_event(sample: &Sample, schema: &Schema, event: &Event, yaml: &str) -> Result<(), TestCaseError> {
    let Sample::Object(members) = sample else {
        unreachable!("samples are objects")
    };
    prop_assert_eq!(
        lost_members(members, schema.fields(), event.values(), ""),
        None,
        "{}\n{}",
        sample.json(),
        yaml
    );
    if let Some(unmapped) = &event.standard.unmapped {
        let unmapped: serde_json::Value = serde_json::from_str(unmapped).unwrap();
        prop_assert!(is_all_null(&unmapped), "unmapped: {}\n{}", unmapped, yaml);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_sample_is_lost(samples in samples()) {
        check(&samples)?;
    }

    #[test]
    fn nothing_of_a_single_field_is_lost(samples in narrow_samples()) {
        check(&samples)?;
    }
}
