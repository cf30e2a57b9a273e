//! `memory`: the peak of a backfill and of an import, held against a fifth of the events; medians of some rounds.

use std::path::Path;

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::bench::cost::{Cost, measure};
use crate::bench::data::thousands;
use crate::bench::margay::{ImportMode, LOG_TYPE};
use crate::bench::markdown::spread_text;
use crate::bench::results::{Section, Table};
use crate::bench::simulator::Simulator;
use crate::bench::spread::Spread;
use crate::step::say;

const EVENTS: u64 = 1_000_000;
/// How many times more events there are the second time.
const TIMES: u64 = 5;

/// A way for events to come in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Pull,
    Import(ImportMode),
}

const WAYS: [(&str, Way); 3] = [
    ("backfill", Way::Pull),
    ("import", Way::Import(ImportMode::Journalled)),
    ("import `--no-journal`", Way::Import(ImportMode::Bulk)),
];

/// Measures.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let events = bench.events.unwrap_or(EVENTS);
    let mut section = Section::new("Memory", &bench.stamp);
    section
        .note("Peak resident memory while events come in. Flat means that five times the events need no more of it.");
    let mut rows = Vec::new();
    let (mut pull_mb, mut import_mb, mut growth) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (name, way) in WAYS {
        let few = Peak::of(bench, name, way, events / TIMES)?;
        let many = Peak::of(bench, name, way, events)?;
        let ratio = many.memory_mb.median / few.memory_mb.median;
        growth = growth.max(ratio);
        match way {
            Way::Pull => pull_mb = pull_mb.max(many.memory_mb.median),
            Way::Import(_) => import_mb = import_mb.max(many.memory_mb.median),
        }
        rows.push(few.row(name, String::new()));
        rows.push(many.row(name, format!("{ratio:.2}")));
    }
    section.tables.push(Table {
        title: String::new(),
        head: ["", "events", "memory × of a fifth", "peak MB", "CPU s", "time s"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    });
    section.fact("memory_pull_mb", pull_mb);
    section.fact("memory_import_mb", import_mb);
    section.fact("memory_growth", growth);
    Ok(section)
}

/// What the rounds of one way cost.
struct Peak {
    events: u64,
    memory_mb: Spread,
    cpu_seconds: Spread,
    wall_seconds: Spread,
}

impl Peak {
    fn of(bench: &Bench, name: &str, way: Way, events: u64) -> Result<Self> {
        let mut costs = Vec::new();
        for _ in 0..bench.rules.rounds {
            let cost = cost_of(bench, way, events)?;
            let peak = cost.memory_mb.unwrap_or_default();
            say(&format!("  {name}, {}: {peak:.0} MB", thousands(events)));
            costs.push(cost);
        }
        let spread = |value: fn(&Cost) -> f64| Spread::of(costs.iter().map(value)).context("no rounds");
        Ok(Self {
            events,
            memory_mb: spread(|cost| cost.memory_mb.unwrap_or_default())?,
            cpu_seconds: spread(|cost| cost.cpu_seconds.unwrap_or_default())?,
            wall_seconds: spread(|cost| cost.wall_seconds)?,
        })
    }

    fn row(&self, name: &str, ratio: String) -> Vec<String> {
        vec![
            name.to_owned(),
            thousands(self.events),
            ratio,
            spread_text(self.memory_mb),
            spread_text(self.cpu_seconds),
            spread_text(self.wall_seconds),
        ]
    }
}

fn cost_of(bench: &Bench, way: Way, events: u64) -> Result<Cost> {
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let data = folder.path().join("data");
    let cost = match way {
        Way::Pull => pull(bench, events, folder.path(), &data)?,
        Way::Import(mode) => {
            let file = bench.data.events(events)?;
            measure(&mut bench.margay.import(&data, LOG_TYPE, mode, &file.path))?
        }
    };
    bench.margay.check_table(&data, "asana_audit", events)?;
    Ok(cost)
}

fn pull(bench: &Bench, events: u64, folder: &Path, data: &Path) -> Result<Cost> {
    let simulator = Simulator::start(&bench.margay, folder, events, 0)?;
    bench.margay.add_source(data, "bench", &simulator)?;
    measure(&mut bench.margay.pull(data))
}
