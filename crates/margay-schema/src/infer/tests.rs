//! Samples in, the text of a schema out; and what the text makes of the samples.

use expect_test::{Expect, expect, expect_file};

use super::*;
use crate::{Event, LogType, Normalised, Origin, Schema, SourceId};

mod field;
mod limit;
mod property;

fn log_type() -> LogType {
    "Custom.Test".parse().unwrap()
}

fn infer(samples: &[&str]) -> Inferred {
    let mut inference = Inference::default();
    for sample in samples {
        inference.add(sample.as_bytes()).unwrap();
    }
    inference.finish(&log_type()).unwrap()
}

/// Reads the samples by what was inferred from them. Panics if the schema is none, or rejects one.
fn events(inferred: &Inferred, samples: &[&str]) -> (Schema, Vec<Event>) {
    let schema = match Schema::from_yaml(&inferred.yaml) {
        Ok(schema) => schema,
        Err(error) => panic!("{error}\n{}", inferred.yaml),
    };
    let origin = Origin {
        source_id: SourceId::from_uuid(uuid::Uuid::nil()),
        source_label: "tests",
        record_id: "1",
        parse_time: "2026-01-01T00:00:00Z".parse().unwrap(),
        schema_version: 1,
    };
    let read = |sample: &&str| match schema.normalise(sample.as_bytes(), &origin) {
        Normalised::Event(event) => event,
        Normalised::Reject(reject) => panic!("{reject}\n{sample}\n{}", inferred.yaml),
    };
    let events = samples.iter().map(read).collect();
    (schema, events)
}

/// Shows the fields of the schema of some samples, all of which must be events.
fn check(samples: &[&str], expected: Expect) {
    let inferred = infer(samples);
    events(&inferred, samples);
    let fields = inferred.yaml.split_once("fields:\n").unwrap().1;
    // What is indented throughout is not told apart from the indentation of the expectation.
    expected.assert_eq(&fields[2..].replace("\n  ", "\n"));
}

/// Compares the schema of a fixture with the one beside it.
fn golden(samples: &str, expected: expect_test::ExpectFile) {
    let lines: Vec<&str> = samples.lines().collect();
    let inferred = infer(&lines);
    let (schema, events) = events(&inferred, &lines);
    let shown: Vec<String> = events
        .iter()
        .map(|event| format!("#   {}\n", event.to_json(&schema)))
        .collect();
    expected.assert_eq(&format!("{}\n# Events:\n{}", inferred.yaml, shown.concat()));
}

#[test]
fn an_audit_log() {
    golden(
        include_str!("../../fixtures/infer/audit.ndjson"),
        expect_file!["../../fixtures/infer/audit.yml"],
    );
}

#[test]
fn a_web_access_log() {
    golden(
        include_str!("../../fixtures/infer/access.ndjson"),
        expect_file!["../../fixtures/infer/access.yml"],
    );
}

#[test]
fn a_cloud_trail() {
    golden(
        include_str!("../../fixtures/infer/trail.ndjson"),
        expect_file!["../../fixtures/infer/trail.yml"],
    );
}

/// The text of the first block of the reference that is marked as `language`.
fn block(language: &str) -> &'static str {
    let reference = include_str!("../../../../docs/reference/infer.md");
    let (_, from) = reference.split_once(&format!("```{language}\n")).unwrap();
    from.split_once("```").unwrap().0
}

#[test]
fn the_example_in_the_reference_is_what_is_inferred() {
    let samples: Vec<&str> = block("json").lines().collect();
    let inferred = infer(&samples);
    events(&inferred, &samples);
    assert_eq!(block("yaml"), inferred.yaml.replace("Custom.Test", "Custom.Portal"));
}

#[test]
fn at_most_one_time_is_the_events() {
    check(
        &[
            r#"{"updated_at":"2026-01-02T03:04:05Z","created_at":"2026-01-02T03:04:05Z","meta":{"timestamp":1772352930},"expires":"2026-01-02T03:04:05Z"}"#,
            r#"{"updated_at":"2026-01-02T03:04:05Z","created_at":"2026-01-02T03:04:05Z","meta":{"timestamp":1772352930},"expires":"2026-01-02T03:04:05Z"}"#,
        ],
        expect![[r#"
              - name: updated_at
                required: true  # in all 2 samples
                type: timestamp
                timeFormats:
                  - rfc3339
              # taken for the time of the event; other candidates: `meta.timestamp`, `updated_at`
              - name: created_at
                required: true  # in all 2 samples
                type: timestamp
                timeFormats:
                  - rfc3339
                isEventTime: true
              - name: meta
                required: true  # in all 2 samples
                type: object
                fields:
                  - name: timestamp
                    required: true  # in all 2 objects here
                    type: timestamp
                    timeFormats:
                      - unix
              - name: expires
                required: true  # in all 2 samples
                type: timestamp
                timeFormats:
                  - rfc3339
        "#]],
    );
    check(
        &[
            r#"{"at":[{"time":"2026-01-02T03:04:05Z"}],"expires_at":"2026-01-02T03:04:05Z","user":{"created_at":"2026-01-02T03:04:05Z"}}"#,
        ],
        expect![[r#"
              - name: at
                required: true  # the only sample has it
                type: array
                element:
                  type: object
                  fields:
                    - name: time
                      required: true  # the only object here has it
                      type: timestamp
                      timeFormats:
                        - rfc3339
              - name: expires_at
                required: true  # the only sample has it
                type: timestamp
                timeFormats:
                  - rfc3339
              - name: user
                required: true  # the only sample has it
                type: object
                fields:
                  - name: created_at
                    required: true  # the only object here has it
                    type: timestamp
                    timeFormats:
                      - rfc3339
        "#]],
    );
}

#[test]
fn a_field_is_required_if_every_object_has_it_filled() {
    check(
        &[
            r#"{"always":1,"sometimes":1,"null":1,"twice":null,"twice":2,"empty":"","o":{"in":1,"out":1}}"#,
            r#"{"always":2,"null":null,"twice":1,"twice":null,"empty":"","o":{"in":1}}"#,
            r#"{"always":2,"null":null,"twice":1,"empty":""}"#,
        ],
        expect![[r#"
              - name: always
                required: true  # in all 3 samples
                type: bigint
              - name: sometimes
                type: bigint
              - name: "null"
                type: bigint
              - name: twice
                type: bigint
              # string: every sample is the empty string
              - name: empty
                required: true  # in all 3 samples
                type: string
              - name: o
                type: object
                fields:
                  - name: in
                    required: true  # in all 2 objects here
                    type: bigint
                  - name: out
                    type: bigint
        "#]],
    );
}

#[test]
fn names_that_need_quotes_get_them() {
    check(
        &[
            r##"{"yes":1,"Null":1,"123":1,"1.5":1,"a:b":1,"q\"\\":1,"æ´":1,"@t":1,"-x":1,"#c":1,"a.b":1,"$ref":1,"\u202e":1,"ok":1}"##,
        ],
        expect![[r##"
              - name: "yes"
                required: true  # the only sample has it
                type: bigint
              - name: "Null"
                required: true  # the only sample has it
                type: bigint
              - name: "123"
                required: true  # the only sample has it
                type: bigint
              - name: "1.5"
                required: true  # the only sample has it
                type: bigint
              - name: "a:b"
                required: true  # the only sample has it
                type: bigint
              - name: "q\"\\"
                required: true  # the only sample has it
                type: bigint
              - name: "æ´"
                required: true  # the only sample has it
                type: bigint
              - name: "@t"
                required: true  # the only sample has it
                type: bigint
              - name: "-x"
                required: true  # the only sample has it
                type: bigint
              - name: "#c"
                required: true  # the only sample has it
                type: bigint
              - name: a.b
                required: true  # the only sample has it
                type: bigint
              - name: "$ref"
                required: true  # the only sample has it
                type: bigint
              - name: "\u202e"
                required: true  # the only sample has it
                type: bigint
              - name: ok
                required: true  # the only sample has it
                type: bigint
        "##]],
    );
}

#[test]
fn keys_that_cannot_be_columns_are_renamed() {
    check(
        &[
            r#"{"Region":1,"region":1,"p_type":1,"user agent":1,"user_agent":1,"{}":1,"":1,"a\nb":1,"o":{"p_ok":1,"a=b":1}}"#,
            r#"{"USER_AGENT":null,"Region":1}"#,
        ],
        expect![[r#"
              - name: Region
                required: true  # in all 2 samples
                type: bigint
              # renamed: another key differs from it in nothing but capitals, and columns know no capitals
              - name: region_2
                rename:
                  from: region
                type: bigint
              # renamed: names that start with `p_` belong to the standard fields
              - name: record_p_type
                rename:
                  from: p_type
                type: bigint
              # renamed: the key has characters that no column may have in its name
              - name: user_agent_2
                rename:
                  from: "user agent"
                type: bigint
              - name: user_agent
                type: bigint
              # renamed: the key has characters that no column may have in its name
              - name: unnamed
                rename:
                  from: "{}"
                type: bigint
              # renamed: the key has characters that no column may have in its name
              - name: unnamed_2
                rename:
                  from: ""
                type: bigint
              # renamed: the key has characters that no column may have in its name
              - name: a_b
                rename:
                  from: "a\nb"
                type: bigint
              - name: o
                type: object
                fields:
                  - name: p_ok
                    required: true  # the only object here has it
                    type: bigint
                  # renamed: the key has characters that no column may have in its name
                  - name: a_b
                    rename:
                      from: "a=b"
                    required: true  # the only object here has it
                    type: bigint
              # left out, null wherever they came, so there is no type to see: `USER_AGENT`
        "#]],
    );
}
