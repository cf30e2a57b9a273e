//! `memory`: the peak of a backfill and of an import, held against a fifth of the events.

use std::path::Path;

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::cost::{Cost, measure};
use crate::bench::data::thousands;
use crate::bench::margay::{ImportMode, LOG_TYPE};
use crate::bench::markdown::figure;
use crate::bench::results::{Section, Table};
use crate::bench::simulator::Simulator;
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

/// Measures, once each: peaks of memory hardly differ from run to run.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let events = bench.events.unwrap_or(EVENTS);
    let mut section = Section::new("Memory", &bench.stamp);
    section
        .note("Peak resident memory while events come in. Flat means that five times the events need no more of it.");
    let mut rows = Vec::new();
    let (mut pull_mb, mut import_mb, mut growth) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (name, way) in WAYS {
        let few = cost_of(bench, way, events / TIMES)?;
        let many = cost_of(bench, way, events)?;
        let peak = |cost: &Cost| cost.memory_mb.unwrap_or_default();
        let ratio = peak(&many) / peak(&few);
        growth = growth.max(ratio);
        match way {
            Way::Pull => pull_mb = pull_mb.max(peak(&many)),
            Way::Import(_) => import_mb = import_mb.max(peak(&many)),
        }
        for (count, cost, ratio) in [
            (events / TIMES, few, String::new()),
            (events, many, format!("{ratio:.2}")),
        ] {
            say(&format!("  {name}, {}: {:.0} MB", thousands(count), peak(&cost)));
            rows.push(vec![
                name.to_owned(),
                thousands(count),
                ratio,
                figure(peak(&cost)),
                figure(cost.cpu_seconds.unwrap_or_default()),
                figure(cost.wall_seconds),
            ]);
        }
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
