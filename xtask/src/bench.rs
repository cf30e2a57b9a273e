//! `cargo xtask bench`: the real binary pulls from the simulated vendor; whole-process figures.
//!
//! Everything is on: validation, indicators, ids, dedup, durable commits. Peers are measured beside it in a later issue; until
//! then the figures say how we stand against ourselves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::step::{self, say};

/// Clock ticks a second in `/proc`: 100 on every Linux that Rust runs on (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// Enough to see the spread on a shared machine.
const ROUNDS: usize = 3;

/// What one round cost.
struct Cost {
    cpu_seconds: f64,
    wall_seconds: f64,
    memory_mib: f64,
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let events: u32 = match arguments {
        [] => 50_000,
        [flag, count] if flag == "--events" => count
            .parse()
            .with_context(|| format!("`{count}` is no number of events"))?,
        _ => anyhow::bail!("usage: cargo xtask bench [--events N]"),
    };
    step::run(root, &["cargo", "build", "--release", "--locked", "-p", "margay"], &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let binary = target.join("release/margay");
    say(&format!("pull {events} events, pages of 100, {ROUNDS} rounds"));
    say("round   CPU s   wall s   events/CPU s   peak MiB");
    let mut costs = Vec::new();
    for round in 1..=ROUNDS {
        let cost = pull_once(&binary, events)?;
        let rate = f64::from(events) / cost.cpu_seconds;
        say(&format!(
            "{round:>5}  {:>6.2}  {:>7.2}  {rate:>13.0}  {:>9.0}",
            cost.cpu_seconds, cost.wall_seconds, cost.memory_mib
        ));
        costs.push(cost.cpu_seconds);
    }
    costs.sort_by(f64::total_cmp);
    say(&format!(
        "median {:.2} CPU s, spread {:.2}",
        costs[ROUNDS / 2],
        costs[ROUNDS - 1] - costs[0]
    ));
    Ok(())
}

/// One fresh data directory, one fresh simulator, one pull; the count is checked.
fn pull_once(binary: &Path, events: u32) -> Result<Cost> {
    let folder = tempfile::tempdir()?;
    let token = folder.path().join("token");
    let mut simulator = Simulator::start(binary, events, &token)?;
    let data = folder.path().join("data");
    let margay = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command.arg("--data-dir").arg(&data).args(arguments);
        command
    };
    let token_file = token.to_string_lossy().into_owned();
    let added = margay(&[
        "source",
        "add",
        "asana",
        "--name",
        "bench",
        "--api-url",
        &simulator.api_url,
    ])
    .args([
        "--organization-id",
        &simulator.organization_id,
        "--token-file",
        &token_file,
    ])
    .output()?;
    ensure!(
        added.status.success(),
        "source add failed: {}",
        String::from_utf8_lossy(&added.stderr)
    );

    let started = Instant::now();
    let child = margay(&["pull", "--until-drained", "--quiet"])
        .stdout(Stdio::null())
        .spawn()?;
    let (cpu_seconds, memory_mib) = wait_measured(child)?;
    let wall_seconds = started.elapsed().as_secs_f64();
    simulator.stop()?;

    let counted = margay(&["query", "--format", "csv", "select count(*) from asana_audit"]).output()?;
    let counted = String::from_utf8(counted.stdout)?;
    ensure!(
        counted.lines().nth(1) == Some(events.to_string().as_str()),
        "the lake has not {events} events: {counted}"
    );
    Ok(Cost {
        cpu_seconds,
        wall_seconds,
        memory_mib,
    })
}

/// Reads the child's own accounts until it ends: CPU time of all its threads, and its peak memory.
fn wait_measured(mut child: Child) -> Result<(f64, f64)> {
    let stat = format!("/proc/{}/stat", child.id());
    let status = format!("/proc/{}/status", child.id());
    let (mut cpu_seconds, mut memory_mib) = (0.0_f64, 0.0_f64);
    loop {
        // A child that has ended and was not waited for keeps its accounts, so the last reading is complete.
        if let Ok(text) = fs::read_to_string(&stat) {
            cpu_seconds = cpu_of(&text).unwrap_or(cpu_seconds);
        }
        if let Some(peak) = fs::read_to_string(&status).ok().as_deref().and_then(peak_of) {
            memory_mib = memory_mib.max(peak);
        }
        let is_ended = fs::read_to_string(&stat).is_ok_and(|text| text.contains(") Z "));
        if is_ended {
            let ended = child.wait()?;
            ensure!(ended.success(), "pull failed ({ended})");
            return Ok((cpu_seconds, memory_mib));
        }
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
}

/// User and system time, fields 14 and 15 of `/proc/<pid>/stat`; the name in field 2 may hold blanks.
fn cpu_of(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

fn peak_of(status: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// `margay sim asana`, and what it says of itself.
struct Simulator {
    child: Child,
    api_url: String,
    organization_id: String,
}

impl Simulator {
    fn start(binary: &Path, events: u32, token: &Path) -> Result<Self> {
        let mut child = Command::new(binary)
            .args([
                "sim",
                "asana",
                "--requests-per-minute",
                "0",
                "--events",
                &events.to_string(),
                "--token-file",
            ])
            .arg(token)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("no output of the simulator")?;
        let mut said = Vec::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let is_last = line.starts_with("Token file");
            said.push(line);
            if is_last {
                break;
            }
        }
        let value = |name: &str| {
            let line = said.iter().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().last())
                .map(str::to_owned)
                .with_context(|| format!("no {name}"))
        };
        Ok(Self {
            api_url: value("API")?,
            organization_id: value("Organization Id")?,
            child,
        })
    }

    fn stop(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// A failed round must not leave a server behind.
impl Drop for Simulator {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
