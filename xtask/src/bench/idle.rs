//! `idle`: a server whose 50 sources have nothing new.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::cost::{accounts_of, output_of, private_mb_of};
use crate::bench::patience::let_pass;
use crate::bench::results::{Section, Table};
use crate::bench::simulator::Simulator;
use crate::step::say;

const SOURCES: usize = 50;
/// What each source has, all of it pulled before the server starts.
const EVENTS: u64 = 1_000;
/// A server that has just started looks at everything once. After two polls of each minute it is what it will be.
const SETTLED_AFTER: Duration = Duration::from_secs(130);
/// How often memory is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Measures.
pub(super) fn run(bench: &Bench, seconds: u64) -> Result<Section> {
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let simulator = Simulator::start(&bench.margay, folder.path(), EVENTS, 0)?;
    let data = folder.path().join("data");
    for number in 1..=SOURCES {
        bench
            .margay
            .add_source(&data, &format!("source {number}"), &simulator)?;
    }
    say(&format!("pulling {SOURCES} sources"));
    output_of(&mut bench.margay.pull(&data))?;
    bench
        .margay
        .check_table(&data, "asana_audit", SOURCES as u64 * EVENTS)?;
    let server = bench.margay.serve(&data, &[])?;
    say(&format!(
        "idle server: {} s to settle, then {seconds} s",
        SETTLED_AFTER.as_secs()
    ));
    let_pass(SETTLED_AFTER);
    let window = Duration::from_secs(seconds);
    let begun = Instant::now();
    let before = accounts_of(server.process_id())?;
    let mut memory_mb = before.memory_mb;
    while begun.elapsed() < window {
        let_pass(LOOK_INTERVAL.min(window.saturating_sub(begun.elapsed())));
        memory_mb = memory_mb.max(accounts_of(server.process_id())?.memory_mb);
    }
    let private_mb = private_mb_of(server.process_id())?;
    let used = accounts_of(server.process_id())?.cpu_seconds - before.cpu_seconds;
    let percent = 100.0 * used / begun.elapsed().as_secs_f64();
    let mut section = Section::new("Idle", &bench.stamp);
    section.note(format!(
        "A server with {SOURCES} sources that are pulled dry, polled each minute, watched for {seconds} s after {} s to settle.",
        SETTLED_AFTER.as_secs()
    ));
    section.note("Of the memory, what is not the server's own are pages of the program's file that were touched; the kernel may take them back.");
    section.tables.push(Table {
        title: String::new(),
        head: ["sources", "% of a core", "CPU s", "memory MB", "of it its own MB"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![vec![
            SOURCES.to_string(),
            format!("{percent:.2}"),
            format!("{used:.2}"),
            format!("{memory_mb:.0}"),
            format!("{private_mb:.0}"),
        ]],
    });
    section.fact("idle_cpu_percent", percent);
    section.fact("idle_memory_mb", memory_mb);
    Ok(section)
}
