//! What a line costs, by parser: alone (the object it becomes) and with reading that object into an event.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot read its files has nothing to measure"
)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use margay_schema::{Line, Origin, Schema};

fn main() {
    divan::main();
}

/// Lines of each run, so that a run is long enough to be measured.
const LINE_COUNT: usize = 1_000;

/// A schema, its sample lines repeated.
struct Case {
    schema: Schema,
    lines: Vec<String>,
}

impl Case {
    /// `name` is that of the fixture.
    fn new(name: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/parsers");
        let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
        let schema = Schema::from_yaml(&read(&format!("{name}.yml"))).unwrap();
        let samples = read(&format!("{name}.log"));
        let lines: Vec<String> = samples.lines().map(str::to_owned).collect();
        Self {
            schema,
            lines: lines.iter().cycle().take(LINE_COUNT).cloned().collect(),
        }
    }

    fn byte_count(&self) -> usize {
        self.lines.iter().map(String::len).sum()
    }
}

const CASES: [&str; 6] = ["native", "csv", "fastmatch", "regex", "grok", "script"];

/// Lines to JSON.
#[divan::bench(args = CASES)]
fn line(bencher: Bencher<'_, '_>, name: &str) {
    let case = Case::new(name);
    let mut session = case.schema.session();
    bencher
        .counter(ItemsCount::new(LINE_COUNT))
        .counter(BytesCount::new(case.byte_count()))
        .bench_local(|| {
            for line in &case.lines {
                let read = session.read(black_box(line.as_bytes()));
                assert!(matches!(black_box(read), Line::Json(_)));
            }
        });
}

/// Lines to events.
#[divan::bench(args = CASES)]
fn event(bencher: Bencher<'_, '_>, name: &str) {
    let case = Case::new(name);
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "bench",
        record_id: "1",
        parse_time: "2026-11-24T12:00:00Z".parse().unwrap(),
        schema_version: 1,
    };
    let mut session = case.schema.session();
    bencher
        .counter(ItemsCount::new(LINE_COUNT))
        .counter(BytesCount::new(case.byte_count()))
        .bench_local(|| {
            for line in &case.lines {
                black_box(session.normalise(black_box(line.as_bytes()), &origin));
            }
        });
}
