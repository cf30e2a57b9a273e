//! `import`: a file of 500,000 events into columns with zstd.
//!
//! Margay's result is a Delta table with the standard fields and indicators; the peers' is a Parquet file of the events' own columns.

use std::path::Path;

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::contest::{Contest, Contestant, hold};
use crate::bench::cost::{Cost, measure};
use crate::bench::data::{EventFile, thousands};
use crate::bench::margay::{ImportMode, LOG_TYPE};
use crate::bench::peers::Peer;
use crate::bench::results::Section;
use crate::bench::spread::Spread;

/// What the goal speaks of.
const EVENTS: u64 = 500_000;
const PEERS: [Peer; 3] = [Peer::DuckDb, Peer::Polars, Peer::Tenzir];
const MARGAY: &str = "Margay";
const MARGAY_BULK: &str = "Margay `--no-journal`";

/// Measures.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let file = bench.data.events(bench.events.unwrap_or(EVENTS))?;
    let mut section = Section::new(&format!("Import {} events", thousands(file.events)), &bench.stamp);
    section.note(file.line());
    section.note(
        "NDJSON in, zstd columns out. Margay's table has the standard fields, the indicators and ids beside the columns that the peers write; \
         the peers are told the types and may use all cores.",
    );
    let contest = contest(bench, &file)?;
    if file.events == EVENTS {
        let facts = [
            ("import_cpu_s", MARGAY),
            ("import_bulk_cpu_s", MARGAY_BULK),
            ("import_duckdb_cpu_s", Peer::DuckDb.name()),
        ];
        for (fact, name) in facts {
            if let Some(cpu_seconds) = median_cpu(&contest, name) {
                section.fact(fact, cpu_seconds);
            }
        }
    }
    section.contests.push(contest);
    Ok(section)
}

/// Returns the median of what a contestant's runs took of the processor.
pub(super) fn median_cpu(contest: &Contest, name: &str) -> Option<f64> {
    let costs = &contest.standing(name)?.costs;
    Spread::of(costs.iter().filter_map(|cost| cost.cpu_seconds)).map(|spread| spread.median)
}

fn contest(bench: &Bench, file: &EventFile) -> Result<Contest> {
    let ours = |name: &str, mode: ImportMode| {
        Contestant::new(name, move |folder: &Path| {
            let data = folder.join("data");
            let cost = measure(&mut bench.margay.import(&data, LOG_TYPE, mode, &file.path))?;
            bench.margay.check_table(&data, "asana_audit", file.events)?;
            Ok(cost)
        })
    };
    let mut contestants = vec![
        ours(MARGAY, ImportMode::Journalled),
        ours(MARGAY_BULK, ImportMode::Bulk),
    ];
    for peer in PEERS.into_iter().filter(|peer| bench.peers.has(*peer)) {
        contestants.push(Contestant::new(peer.name(), move |folder: &Path| {
            peer_import(bench, peer, file, folder)
        }));
    }
    let mut contest = hold("NDJSON to zstd columns", &bench.rules, contestants)?;
    contest.missing.extend(bench.peers.missing(&PEERS));
    Ok(contest)
}

fn peer_import(bench: &Bench, peer: Peer, file: &EventFile, folder: &Path) -> Result<Cost> {
    let output = folder.join("events.parquet");
    let mut command = match peer {
        Peer::Tenzir => {
            let (source, target) = (file.path.to_string_lossy(), output.to_string_lossy());
            let values = [("INPUT", &*source), ("OUTPUT", &*target)];
            bench.peers.pipeline("import_tenzir.tql", &values, folder)?
        }
        Peer::Polars => bench.peers.script("import_polars.py"),
        _ => bench.peers.script("import_duckdb.py"),
    };
    if peer != Peer::Tenzir {
        command.arg(&file.path).arg(&output);
    }
    let cost = measure(&mut command)?;
    bench.peers.check_rows("parquet", &output, file.events)?;
    Ok(cost)
}
