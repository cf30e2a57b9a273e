//! What normalising costs, whole and by parts.
//!
//! - `cargo bench -p margay-schema --bench normalise` prints times and bytes a second, beside `serde_json` on the same bytes.
//! - With `--once NAME` the binary runs one of the works once, inside a function of a known name, for callgrind to count;
//!   `--list` names them. `cargo xtask instructions` does that and compares.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot read its files has nothing to measure, and its output is for a terminal"
)]

mod sample;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use margay_schema::{Line, Normalised, Origin, Records, RowId, Schema, SourceId, StreamType, parts};

/// Events of each run: long enough to be measured, short enough for callgrind, which is fifty times slower.
const EVENT_COUNT: u64 = 500;
/// Lines that the script reads; it is some thirty times slower than the rest.
const SCRIPT_LINE_COUNT: usize = 50;

/// What can be measured. The parts come first, then the whole.
const WORKS: [&str; 9] = [
    "json_walk",
    "indicators",
    "rfc3339",
    "row_id",
    "stream_ndjson",
    "script_line",
    "print_asana",
    "normalise_asana",
    "normalise_with_unknown_keys",
];

/// The same bytes read by the usual parser, to be compared with.
const YARDSTICKS: [&str; 2] = ["serde_json_ignored", "serde_json_value"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => WORKS.iter().for_each(|name| println!("{name}")),
        ["--once", name] => {
            let mut work = Work::new(name);
            measured(&mut *work.run);
        }
        _ => divan::main(),
    }
}

/// What callgrind counts: nothing outside, everything inside.
#[inline(never)]
fn measured(run: &mut dyn FnMut()) {
    run();
}

/// Something to measure, all that it needs made beforehand.
struct Work {
    item_count: usize,
    byte_count: usize,
    run: Box<dyn FnMut()>,
}

impl Work {
    /// Something done to each of these texts.
    fn each(texts: Vec<String>, mut act: impl FnMut(&str) + 'static) -> Self {
        Self {
            item_count: texts.len(),
            byte_count: texts.iter().map(String::len).sum(),
            run: Box::new(move || texts.iter().for_each(|text| act(black_box(text)))),
        }
    }

    fn new(name: &str) -> Self {
        match name {
            "json_walk" => Self::each(sample::events(EVENT_COUNT), |text| {
                assert!(parts::walk_json(text.as_bytes()));
            }),
            "serde_json_ignored" => Self::each(sample::events(EVENT_COUNT), |text| {
                serde_json::from_slice::<IgnoredAny>(text.as_bytes()).unwrap();
            }),
            "serde_json_value" => Self::each(sample::events(EVENT_COUNT), |text| {
                black_box(serde_json::from_slice::<serde_json::Value>(text.as_bytes()).unwrap());
            }),
            "indicators" => Self::each(indicator_texts(), |text| {
                black_box(parts::scan_indicators(text));
            }),
            "rfc3339" => Self::each(times(), |text| {
                assert!(parts::read_rfc3339(text).is_some());
            }),
            "row_id" => {
                let source_id = source_id();
                Self::each(ids(), move |text| {
                    black_box(RowId::of(source_id, text));
                })
            }
            "stream_ndjson" => stream(),
            "script_line" => script(),
            "print_asana" => print(),
            "normalise_asana" => normalise(asana()),
            // Half of what the vendor sends, so that the rest goes to `p_unmapped`.
            "normalise_with_unknown_keys" => normalise(schema(HALF_OF_ASANA)),
            unknown => panic!("there is no work `{unknown}`; known are {WORKS:?}"),
        }
    }
}

type IgnoredAny = serde::de::IgnoredAny;

const HALF_OF_ASANA: &str = "schema: Asana.Half
fields:
  - {name: gid, type: string, required: true}
  - {name: created_at, type: timestamp, isEventTime: true}
  - {name: actor, type: object, fields: [{name: email, type: string, indicators: [email]}]}
  - {name: context, type: object, fields: [{name: client_ip_address, type: string, indicators: [ip]}]}
";

fn schema(yaml: &str) -> Schema {
    Schema::from_yaml(yaml).unwrap()
}

fn asana() -> Schema {
    schema(include_str!("../../../../content/asana/schema.yml"))
}

fn source_id() -> SourceId {
    "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap()
}

fn origin(record_id: &str) -> Origin<'_> {
    Origin {
        source_id: source_id(),
        source_label: "acorn production",
        record_id,
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    }
}

fn ids() -> Vec<String> {
    (0..EVENT_COUNT)
        .map(|index| (1_200_000_000_000_000 + index * 10_007).to_string())
        .collect()
}

fn times() -> Vec<String> {
    let forms = [
        "2026-08-03T07:12:44.318Z",
        "2026-08-03T08:00:00Z",
        "2026-08-03T08:01:12.5+02:00",
        "1999-12-31T23:59:59.123456789Z",
    ];
    let count = usize::try_from(EVENT_COUNT).unwrap();
    forms
        .iter()
        .cycle()
        .take(count)
        .map(|form| (*form).to_owned())
        .collect()
}

fn indicator_texts() -> Vec<String> {
    let forms = [
        "noor.haddad@acorn.example",
        "198.51.100.23",
        "2001:db8:40::17",
        "Aleksandra Konstantinopolska",
        "https://app.acorn.example/login?next=%2F",
        "arn:aws:sts::123456789012:assumed-role/admin/noor@acorn.example",
        "00:1b:44:11:3a:b7",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ];
    let count = usize::try_from(EVENT_COUNT).unwrap();
    forms
        .iter()
        .cycle()
        .take(count)
        .map(|form| (*form).to_owned())
        .collect()
}

fn normalise(schema: Schema) -> Work {
    let origin = origin("1200000000000000");
    Work::each(sample::events(EVENT_COUNT), move |text| {
        let normalised = schema.normalise(text.as_bytes(), &origin);
        assert!(matches!(black_box(normalised), Normalised::Event(_)));
    })
}

/// Events to lines of JSON; the bytes are those that are written.
fn print() -> Work {
    let schema = asana();
    let read = |text: &String| match schema.normalise(text.as_bytes(), &origin("1")) {
        Normalised::Event(event) => event,
        Normalised::Reject(reject) => panic!("{reject}"),
    };
    let events: Vec<_> = sample::events(EVENT_COUNT).iter().map(read).collect();
    Work {
        item_count: events.len(),
        byte_count: events.iter().map(|event| event.to_json(&schema).len()).sum(),
        run: Box::new(move || {
            for event in &events {
                black_box(event.to_json(&schema));
            }
        }),
    }
}

fn stream() -> Work {
    let file = sample::events(EVENT_COUNT).join("\n");
    Work {
        item_count: usize::try_from(EVENT_COUNT).unwrap(),
        byte_count: file.len(),
        run: Box::new(move || {
            let records = Records::new(black_box(file.as_bytes()), &StreamType::Ndjson, None);
            assert_eq!(records.map(Result::unwrap).count() as u64, EVENT_COUNT);
        }),
    }
}

/// Lines of an access log, read by a parser in Starlark.
fn script() -> Work {
    let schema = schema(include_str!("../../fixtures/parsers/script.yml"));
    let lines = include_str!("../../fixtures/parsers/script.log").lines();
    let lines: Vec<String> = lines.cycle().take(SCRIPT_LINE_COUNT).map(str::to_owned).collect();
    // The schema outlives its session, which the closure must hold; a benchmark may leak it.
    let mut session = Box::leak(Box::new(schema)).session();
    Work::each(lines, move |line| {
        assert!(matches!(black_box(session.read(line.as_bytes())), Line::Json(_)));
    })
}

fn bench(bencher: Bencher<'_, '_>, name: &str) {
    let mut work = Work::new(name);
    bencher
        .counter(ItemsCount::new(work.item_count))
        .counter(BytesCount::new(work.byte_count))
        .bench_local(|| (work.run)());
}

#[divan::bench(args = WORKS)]
fn ours(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name);
}

#[divan::bench(args = YARDSTICKS)]
fn theirs(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name);
}
