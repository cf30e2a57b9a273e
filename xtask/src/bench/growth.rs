//! `growth`: what more events, more sources and more fields cost, and what the table's log becomes.
//!
//! Once each: what matters is the slope over decades, not a few per cent.

mod fields;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::bench::chart::{Chart, Line};
use crate::bench::cost::{Cost, measure, output_of};
use crate::bench::data::thousands;
use crate::bench::delta::DeltaTable;
use crate::bench::margay::{ImportMode, LOG_TYPE};
use crate::bench::markdown::figure;
use crate::bench::results::{Section, Table};
use crate::bench::simulator::Simulator;
use crate::step::say;

use fields::Fields;

/// The decades of events. The last one only when as many are asked for: it needs 6 GB of disk and minutes.
const EVENTS: [u64; 3] = [100_000, 1_000_000, 10_000_000];
const EVENTS_DEFAULT: u64 = 1_000_000;
const SOURCES: [u64; 3] = [1, 10, 100];
/// All sources together pull this many, so that only their number differs.
const SOURCES_EVENTS: u64 = 100_000;
const FIELDS: [usize; 2] = [10, 400];
const FIELDS_ROWS: u64 = 20_000;

/// One size, and what it cost.
struct Point {
    size: u64,
    cost: Cost,
    table: DeltaTable,
}

/// Measures, and draws.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let mut section = Section::new("Growth", &bench.stamp);
    section.note(
        "Events: an import with `--no-journal`. Sources: a pull of the same number of events in all. Fields: an import of records with that many fields.",
    );
    let most = bench.events.unwrap_or(EVENTS_DEFAULT);
    let mut sizes: Vec<u64> = EVENTS.into_iter().filter(|size| *size <= most).collect();
    if sizes.len() < 2 {
        sizes = vec![most / 10, most];
    }
    let events = points(&sizes, |size| by_events(bench, size))?;
    let sources = points(&SOURCES, |size| by_sources(bench, size, most.min(SOURCES_EVENTS)))?;
    let rows = most.min(FIELDS_ROWS);
    let fields = points(&FIELDS.map(|count| count as u64), |size| by_fields(bench, size, rows))?;
    for (name, points) in [("events", &events), ("sources", &sources), ("fields", &fields)] {
        section.tables.push(table(name, points));
    }
    for (name, title, points) in [
        ("growth-events", "Importing more events", &events),
        (
            "growth-sources",
            "Pulling from more sources, the same events in all",
            &sources,
        ),
        ("growth-fields", "Importing records with more fields", &fields),
    ] {
        let across = name.trim_start_matches("growth-");
        let file = format!("{name}.svg");
        draw(&bench.data.folder.join(&file), title, across, points)?;
        section.charts.push((file, title.to_owned()));
    }
    Ok(section)
}

fn points(sizes: &[u64], mut make: impl FnMut(u64) -> Result<Point>) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for size in sizes {
        let point = make(*size)?;
        say(&format!(
            "  {}: {:.2} CPU s, {:.0} MB",
            thousands(*size),
            point.cost.cpu_seconds.unwrap_or_default(),
            point.cost.memory_mb.unwrap_or_default()
        ));
        points.push(point);
    }
    Ok(points)
}

fn by_events(bench: &Bench, size: u64) -> Result<Point> {
    let file = bench.data.events(size)?;
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let data = folder.path().join("data");
    let cost = measure(&mut bench.margay.import(&data, LOG_TYPE, ImportMode::Bulk, &file.path))?;
    bench.margay.check_table(&data, "asana_audit", size)?;
    point(size, cost, &data, "asana_audit")
}

fn by_sources(bench: &Bench, size: u64, events: u64) -> Result<Point> {
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let each = events / size;
    let simulator = Simulator::start(&bench.margay, folder.path(), each, 0)?;
    let data = folder.path().join("data");
    for number in 1..=size {
        bench
            .margay
            .add_source(&data, &format!("source {number}"), &simulator)?;
    }
    let cost = measure(&mut bench.margay.pull(&data))?;
    bench.margay.check_table(&data, "asana_audit", each * size)?;
    point(size, cost, &data, "asana_audit")
}

fn by_fields(bench: &Bench, size: u64, rows: u64) -> Result<Point> {
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let count = usize::try_from(size).context("too many fields")?;
    let fields = Fields { count };
    let schema = folder.path().join("schema.yml");
    fs::write(&schema, fields.schema())?;
    let records = folder.path().join("records.ndjson");
    fields.write(&records, rows)?;
    let data = folder.path().join("data");
    output_of(bench.margay.command(&data, &["schema", "add"]).arg(&schema))?;
    let cost = measure(
        &mut bench
            .margay
            .import(&data, &fields.log_type(), ImportMode::Bulk, &records),
    )?;
    bench.margay.check_table(&data, &fields.table(), rows)?;
    point(size, cost, &data, &fields.table())
}

fn point(size: u64, cost: Cost, data: &Path, table: &str) -> Result<Point> {
    let table = DeltaTable::read(&data.join("lake/margay_logs").join(table))?;
    Ok(Point { size, cost, table })
}

fn table(name: &str, points: &[Point]) -> Table {
    let kib = |bytes: u64| format!("{}", bytes.div_ceil(1_024));
    let rows = points.iter().map(|point| {
        vec![
            thousands(point.size),
            figure(point.cost.cpu_seconds.unwrap_or_default()),
            figure(point.cost.wall_seconds),
            figure(point.cost.memory_mb.unwrap_or_default()),
            thousands(point.table.files.len() as u64),
            thousands(point.table.bytes() / 1_000),
            thousands(point.table.commit_count as u64),
            kib(point.table.commit_bytes),
            kib(point.table.checkpoint_bytes),
        ]
    });
    Table {
        title: String::new(),
        rows: rows.collect(),
        head: [
            name,
            "CPU s",
            "time s",
            "peak MB",
            "files",
            "table kB",
            "commits",
            "commits KiB",
            "checkpoint KiB",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}

fn draw(file: &Path, title: &str, across: &str, points: &[Point]) -> Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
    let line = |name: &str, of: fn(&Point) -> f64| Line {
        name: name.to_owned(),
        points: points.iter().map(|point| (point.size as f64, of(point))).collect(),
    };
    let chart = Chart {
        title,
        across,
        lines: vec![
            line("CPU, seconds", |point| point.cost.cpu_seconds.unwrap_or_default()),
            line("time, seconds", |point| point.cost.wall_seconds),
            line("peak memory, MB", |point| point.cost.memory_mb.unwrap_or_default()),
        ],
    };
    let svg = chart.svg().context("there is nothing to draw")?;
    fs::write(file, svg).with_context(|| format!("could not write {}", file.display()))
}
