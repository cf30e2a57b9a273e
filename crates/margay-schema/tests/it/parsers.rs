//! `fixtures/parsers`: one schema for each way of reading lines, the same access log for all, and test files in the
//! format of `margay schema test`.

use std::path::{Path, PathBuf};

use margay_schema::{Line, Normalised, Origin, Schema};
use serde_json::Value;

const CASES: [&str; 6] = ["native", "csv", "fastmatch", "regex", "grok", "script"];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/parsers")
        .join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn schema(name: &str) -> Schema {
    Schema::from_yaml(&read(&format!("{name}.yml"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The events of a text's lines, without what differs from run to run.
fn events(schema: &Schema, text: &str) -> Vec<Value> {
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "test",
        record_id: "1",
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    };
    let mut session = schema.session();
    let mut events = Vec::new();
    for line in text.lines() {
        match session.normalise(line.as_bytes(), &origin) {
            Some(Normalised::Event(event)) => {
                let mut event: Value = serde_json::from_str(&event.to_json(schema)).unwrap();
                let members = event.as_object_mut().unwrap();
                for key in [
                    "p_row_id",
                    "p_parse_time",
                    "p_schema_version",
                    "p_source_id",
                    "p_source_label",
                ] {
                    members.remove(key).unwrap();
                }
                events.push(event);
            }
            Some(Normalised::Reject(reject)) => panic!("{line}: {reject}"),
            None => {}
        }
    }
    events
}

#[test]
fn all_parsers_make_the_same_events_of_the_same_log() {
    let mut native = events(&schema("native"), &read("native.log"));
    assert!(native.len() >= 50);
    for event in &mut native {
        event.as_object_mut().unwrap().remove("p_log_type");
    }
    for case in &CASES[1..] {
        let mut others = events(&schema(case), &read(&format!("{case}.log")));
        for event in &mut others {
            for key in ["p_log_type", "day", "clock"] {
                event.as_object_mut().unwrap().remove(key);
            }
        }
        assert_eq!(others, native, "{case}");
    }
}

#[test]
fn the_parsers_in_the_reference_are_accepted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/parsers.md");
    let reference = std::fs::read_to_string(path).unwrap();
    let blocks = reference.split("```yaml\n").skip(1);
    let parsers: Vec<&str> = blocks.map(|block| block.split("```").next().unwrap()).collect();
    assert!(parsers.len() >= 3, "there are parsers in it");
    for parser in parsers {
        let schema = format!("schema: Custom.Example\n{parser}fields: [{{name: a, type: string}}]\n");
        if let Err(error) = Schema::from_yaml(&schema) {
            panic!("{schema}\n{error}");
        }
    }
}

/// Awkward lines: quotes and escapes inside values, and values that are none.
const AWKWARD: [(&str, &str); 4] = [
    (
        "csv",
        r#"2026-01-02,03:04:05,192.0.2.1,-,GET,"/a,""b""",200,-,x,"an ""agent"", with all""#,
    ),
    (
        "fastmatch",
        r#"192.0.2.1 - - [2026-01-02T03:04:05Z] "GET /a HTTP/1.1" 200 - "an \"agent\" \u00e9""#,
    ),
    (
        "fastmatch",
        r#"192.0.2.1 - - [2026-01-02T03:04:05Z] "GET /a HTTP/1.1" 200 -"#,
    ),
    (
        "regex",
        r#"192.0.2.1 - - [2026-01-02T03:04:05Z] "GET /a HTTP/1.1" 200 -"#,
    ),
];

#[test]
fn reading_a_line_allocates_nothing_once_there_is_room_for_the_object() {
    // A script makes its own values, and its memory goes with each run.
    for case in CASES.into_iter().filter(|case| *case != "script") {
        let schema = schema(case);
        let text = read(&format!("{case}.log"));
        let awkward = AWKWARD.iter().filter(|(of, _)| *of == case).map(|(_, line)| *line);
        let lines: Vec<&str> = text.lines().chain(awkward).collect();
        let mut session = schema.session();
        let mut read_all = || {
            for line in &lines {
                assert!(matches!(session.read(line.as_bytes()), Line::Json(_)), "{case}: {line}");
            }
        };
        read_all();
        let allocations = allocation_counter::measure(read_all);
        assert_eq!(allocations.count_total, 0, "{case}: {allocations:?}");
    }
}

/// The counter counts: what a record that stands alone takes is one allocation, that of its object, before its event
/// is built.
#[test]
fn the_object_is_allocated_at_once() {
    for case in ["csv", "fastmatch"] {
        let schema = schema(case);
        let text = read(&format!("{case}.log"));
        let allocations = allocation_counter::measure(|| {
            for line in text.lines().take(1) {
                let mut session = schema.session();
                assert!(matches!(session.read(line.as_bytes()), Line::Json(_)));
            }
        });
        assert_eq!(allocations.count_total, 1, "{case}: {allocations:?}");
    }
}
