//! What an event costs in allocations: a few, however many values it has.

use std::fmt::Write as _;

use margay_schema::{Normalised, Origin, Schema};

/// The event's cells and its text, the source's label; indicators while they are found, then their text and where each
/// ends.
const ALLOCATIONS_PER_EVENT: u64 = 6;
/// Elements of arrays that are being read, which stand in one list for the whole record.
const ALLOCATIONS_FOR_ARRAYS: u64 = 1;
/// The text of what is unknown: with room for the rest of the record, then cut to what it needs.
const ALLOCATIONS_FOR_UNKNOWN_KEYS: u64 = 2;
/// The event's text grows once to hold what strings with escapes mean.
const ALLOCATIONS_FOR_ESCAPES: u64 = 1;

/// Returns how many allocations it takes to make an event of a record with such fields. `field` is the YAML of one, `value`
/// its JSON; `#` is its number.
fn allocations(count: usize, field: &str, value: &str) -> u64 {
    let mut yaml = "schema: Test.Wide\nfields:\n".to_owned();
    let mut record = "{".to_owned();
    for number in 0..count {
        let number = number.to_string();
        if !field.is_empty() {
            writeln!(yaml, "  - {{name: field#, {field}}}").unwrap();
            yaml = yaml.replace('#', &number);
        }
        let comma = if record.len() > 1 { "," } else { "" };
        write!(record, r#"{comma}"field#":{value}"#).unwrap();
        record = record.replace('#', &number);
    }
    if field.is_empty() {
        yaml.push_str("  - {name: other, type: string}\n");
    }
    record.push('}');
    let schema = Schema::from_yaml(&yaml).unwrap();
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "test",
        record_id: "1",
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    };
    let normalise = || {
        let normalised = schema.normalise(record.as_bytes(), &origin);
        assert!(matches!(normalised, Normalised::Event(_)), "{normalised:?}");
    };
    // Whatever is made once for the process is made now.
    normalise();
    allocation_counter::measure(normalise).count_total
}

#[test]
fn an_event_takes_no_more_allocations_for_having_more_fields() {
    let event = "type: object, fields: [{name: at, type: timestamp, timeFormat: rfc3339}, {name: n, type: int}]";
    let cases = [
        ("type: string", r#""value #""#, 0),
        (
            "type: string, indicators: [email, username]",
            r#""user#@example.com""#,
            0,
        ),
        ("type: string, indicators: [ip]", r#""192.0.2.7""#, 0),
        (
            "type: string, indicators: [md5]",
            r#""d41d8cd98f00b204e9800998ecf8427e""#,
            0,
        ),
        ("type: string, indicators: [mac]", r#""00:1b:44:11:3a:b7""#, 0),
        ("type: bigint", "12345#", 0),
        ("type: string", "12345#", 0),
        ("type: json", r#"{"a": [#, {"b": null}]}"#, 0),
        (event, r#"{"at": "2026-01-02T03:04:05Z", "n": #}"#, 0),
        ("type: array, element: {type: int}", "[1, 2, #]", ALLOCATIONS_FOR_ARRAYS),
        ("type: string", r##""\"#\" \u00e9""##, ALLOCATIONS_FOR_ESCAPES),
        ("", r#""value #""#, ALLOCATIONS_FOR_UNKNOWN_KEYS),
    ];
    for (field, value, more) in cases {
        let (few, many) = (allocations(4, field, value), allocations(400, field, value));
        assert_eq!(few, many, "{field}: {value}");
        assert!(many <= ALLOCATIONS_PER_EVENT + more, "{field}: {value} takes {many}");
    }
}
