//! `pull`: a log of 50,000 events, page by page from a local API.
//!
//! Margay does all that it always does: validation, indicators, ids, dedup, durable commits, a checkpoint. The peers do what they do.

use std::path::Path;

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::contest::{Contest, Contestant, hold};
use crate::bench::cost::{Cost, measure};
use crate::bench::data::thousands;
use crate::bench::import::median_cpu;
use crate::bench::peers::Peer;
use crate::bench::results::Section;
use crate::bench::simulator::Simulator;

/// What the goal speaks of.
const EVENTS: u64 = 50_000;
/// What Margay asks for: the largest page that the vendor's reference allows to ask for.
const PAGE: u32 = 100;
/// What the vendor sends to those who do not ask for a size.
const PAGE_UNASKED: u32 = 1_000;
const PEERS: [Peer; 3] = [Peer::Tenzir, Peer::Airbyte, Peer::Python];

/// Measures.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let events = bench.events.unwrap_or(EVENTS);
    let mut section = Section::new(&format!("Pull {} events", thousands(events)), &bench.stamp);
    section.note(
        "Margay validates, finds indicators, knows events again, commits durably and can resume. Tenzir writes typed Parquet, the Airbyte \
         CDK and the script write JSON lines; none of them checks, knows an event twice or can resume.",
    );
    section.note(
        "Without a size the vendor sends pages of 1,000; the second table lets the peers have them. Margay asks for 100, the largest size that \
         the vendor's reference allows to ask for, so its row is the same there.",
    );
    for page in [PAGE, PAGE_UNASKED] {
        section.contests.push(contest(bench, events, page)?);
    }
    if events == EVENTS
        && let Some(cpu_seconds) = median_cpu(&section.contests[0], "Margay")
    {
        section.fact("pull_cpu_s", cpu_seconds);
    }
    Ok(section)
}

fn contest(bench: &Bench, events: u64, page: u32) -> Result<Contest> {
    let ours = if page == PAGE {
        "Margay"
    } else {
        "Margay (pages of 100)"
    };
    let mut contestants = vec![Contestant::new(ours, move |folder: &Path| pull(bench, events, folder))];
    for peer in PEERS.into_iter().filter(|peer| bench.peers.has(*peer)) {
        contestants.push(Contestant::new(peer.name(), move |folder: &Path| {
            peer_pull(bench, peer, events, page, folder)
        }));
    }
    let title = format!("pages of {}", thousands(page.into()));
    let mut contest = hold(&title, &bench.rules, contestants)?;
    contest.missing.extend(bench.peers.missing(&PEERS));
    Ok(contest)
}

fn pull(bench: &Bench, events: u64, folder: &Path) -> Result<Cost> {
    let simulator = Simulator::start(&bench.margay, folder, events, 0)?;
    let data = folder.join("data");
    bench.margay.add_source(&data, "bench", &simulator)?;
    let cost = measure(&mut bench.margay.pull(&data))?;
    drop(simulator);
    bench.margay.check_table(&data, "asana_audit", events)?;
    Ok(cost)
}

fn peer_pull(bench: &Bench, peer: Peer, events: u64, page: u32, folder: &Path) -> Result<Cost> {
    let simulator = Simulator::start(&bench.margay, folder, events, 0)?;
    let output = folder.join("events");
    let (mut command, kind) = match peer {
        Peer::Tenzir => {
            let limit = if page == PAGE_UNASKED {
                String::new()
            } else {
                format!("?limit={page}")
            };
            let Simulator {
                api_url,
                organization_id,
                token,
                ..
            } = &simulator;
            let url = format!("{api_url}/workspaces/{organization_id}/audit_log_events{limit}");
            let token = std::fs::read_to_string(token)?;
            let file = output.to_string_lossy();
            let values = [("URL", url.as_str()), ("TOKEN", token.trim()), ("OUTPUT", &file)];
            (bench.peers.pipeline("pull_tenzir.tql", &values, folder)?, "parquet")
        }
        Peer::Airbyte => (bench.peers.script("pull_airbyte.py"), "airbyte"),
        _ => (bench.peers.script("pull_python.py"), "ndjson"),
    };
    if peer != Peer::Tenzir {
        command
            .args([&simulator.api_url, &simulator.organization_id])
            .arg(&simulator.token)
            .arg(page.to_string())
            .arg(&output);
    }
    let cost = measure(&mut command)?;
    drop(simulator);
    bench.peers.check_rows(kind, &output, events)?;
    Ok(cost)
}
