//! `cargo xtask instructions`: how many instructions the pure parts take, against what was accepted.
//!
//! Times say little on a shared machine. Instructions, counted by callgrind, are the same from run to run to a thousandth; so
//! a change that makes the hot path slower is seen in the pull request that makes it. They are not time: what waits for memory
//! or guesses branches wrong costs more than its count. `docs/performance.md` has both.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::step::{self, say};

/// The accepted counts, one line for each work, with the reason for its last change.
const ACCEPTED: &str = "crates/margay-schema/benches/instructions.json";
/// By how much a count may differ from the accepted one. Runs differ by a thousandth, compilers of one version by nothing;
/// what a review should hear of is larger.
const DIFFERENCE_MAX_PERCENT: u64 = 5;
/// The function inside which callgrind counts; the stars stand for what compilers put around names.
const COUNTED: &str = "normalise*::measured*";

const USAGE: &str = "usage: cargo xtask instructions [--accept REASON]";

/// What is accepted of one work.
struct Accepted {
    instructions: u64,
    why: String,
}

/// Whether the counts may be made here.
pub(crate) fn is_possible() -> bool {
    step::is_there("valgrind", &["--version"])
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let reason = match arguments {
        [] => None,
        [flag, reason] if flag == "--accept" && !reason.trim().is_empty() => Some(reason.trim()),
        _ => bail!(USAGE),
    };
    ensure!(
        is_possible(),
        "valgrind is not installed\n  hint: `apt-get install valgrind`"
    );
    let toolchain = toolchain()?;
    let (accepted_toolchain, mut accepted) = read(root)?;
    if toolchain != accepted_toolchain {
        say(&format!(
            "the accepted counts are of {accepted_toolchain}, these of {toolchain}"
        ));
    }
    let binary = build(root)?;
    let mut faults = Vec::new();
    let works = output(Command::new(&binary).arg("--list"))?;
    for name in works.lines() {
        let count = count(&binary, name)?;
        let old = accepted.get(name).map(|old| old.instructions);
        let (told, is_fault) = judge(name, old, count);
        say(&told);
        if let (true, Some(reason)) = (is_moved(old, count), reason) {
            let new = Accepted {
                instructions: count,
                why: reason.to_owned(),
            };
            accepted.insert(name.to_owned(), new);
        } else if is_fault {
            faults.push(told);
        }
    }
    if reason.is_some() {
        accepted.retain(|name, _| works.lines().any(|work| work == name));
        return write(root, &toolchain, &accepted);
    }
    let gone = accepted.keys().filter(|name| !works.lines().any(|work| work == *name));
    faults.extend(gone.map(|name| format!("{name}: there is no such work any more")));
    ensure!(
        faults.is_empty(),
        "{}\n  hint: if it has to be so, `cargo xtask instructions --accept \"why\"` writes it to {ACCEPTED}",
        faults.join("\n")
    );
    Ok(())
}

/// Returns by how many percent a count differs from an accepted one.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn difference(old: u64, new: u64) -> f64 {
    (new as f64 / old as f64 - 1.0) * 100.0
}

/// Returns whether a count is more than another, by more than may be. In whole numbers, so that the border is exact.
const fn is_beyond(more: u64, less: u64, base: u64) -> bool {
    more.saturating_sub(less) * 100 > base * DIFFERENCE_MAX_PERCENT
}

/// Returns whether the accepted count should be another.
fn is_moved(old: Option<u64>, new: u64) -> bool {
    old.is_none_or(|old| is_beyond(new, old, old) || is_beyond(old, new, old))
}

/// Returns what is to be said of a count, and whether it may not be so.
fn judge(name: &str, old: Option<u64>, new: u64) -> (String, bool) {
    let Some(old) = old else {
        return (format!("{name}: {new} instructions, and none are accepted"), true);
    };
    let difference = difference(old, new);
    let change = format!("{name}: {new} instructions, {difference:+.1} % of the accepted {old}");
    if is_beyond(new, old, old) {
        (
            format!("{change}: it grew by more than {DIFFERENCE_MAX_PERCENT} %"),
            true,
        )
    } else if is_beyond(old, new, old) {
        let told = format!("{change}: it shrank; `--accept \"why\"` keeps it so");
        (told, false)
    } else {
        (change, false)
    }
}

/// Builds the benchmarks and returns where their binary is.
fn build(root: &Path) -> Result<String> {
    let arguments = [
        "bench",
        "-p",
        "margay-schema",
        "--bench",
        "normalise",
        "--no-run",
        "--locked",
        "--message-format",
        "json-render-diagnostics",
    ];
    say(&format!("--- cargo {}", arguments.join(" ")));
    let messages = output(step::command("cargo").args(arguments).current_dir(root))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(str::to_owned))
        .next_back()
        .context("cargo names no binary of the benchmarks")
}

/// Runs one work under callgrind.
fn count(binary: &str, name: &str) -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .args([binary, "--once", name]);
    output(&mut valgrind).with_context(|| format!("could not count the instructions of `{name}`"))?;
    let totals = fs::read_to_string(&profile)?
        .lines()
        .find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
        .with_context(|| format!("callgrind has no totals for `{name}`"))?;
    ensure!(
        totals > 0,
        "callgrind met no function `{COUNTED}` while it ran `{name}`"
    );
    Ok(totals)
}

fn toolchain() -> Result<String> {
    output(Command::new("rustc").arg("--version")).map(|version| version.trim().to_owned())
}

/// Returns what a command prints.
fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed ({})", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

fn read(root: &Path) -> Result<(String, BTreeMap<String, Accepted>)> {
    let text = fs::read_to_string(root.join(ACCEPTED)).with_context(|| format!("could not read {ACCEPTED}"))?;
    let file: Value = serde_json::from_str(&text).with_context(|| format!("{ACCEPTED} is no JSON"))?;
    let works = file["works"].as_object().context("the file has no `works`")?;
    let accepted = works.iter().map(|(name, work)| {
        let (Some(instructions), Some(why)) = (work["instructions"].as_u64(), work["why"].as_str()) else {
            bail!("{ACCEPTED}: `{name}` needs a number of `instructions` and a `why`");
        };
        let why = why.to_owned();
        Ok((name.clone(), Accepted { instructions, why }))
    });
    let toolchain = file["toolchain"].as_str().unwrap_or("no named toolchain").to_owned();
    Ok((toolchain, accepted.collect::<Result<_>>()?))
}

/// Writes a line for each work, so that a change of one shows as one.
fn write(root: &Path, toolchain: &str, accepted: &BTreeMap<String, Accepted>) -> Result<()> {
    let lines: Vec<String> = accepted
        .iter()
        .map(|(name, work)| {
            let line = json!({ "instructions": work.instructions, "why": work.why });
            format!("    {}: {line}", json!(name))
        })
        .collect();
    let text = format!(
        "{{\n  \"toolchain\": {},\n  \"works\": {{\n{}\n  }}\n}}\n",
        json!(toolchain),
        lines.join(",\n")
    );
    fs::write(root.join(ACCEPTED), text).with_context(|| format!("could not write {ACCEPTED}"))
}

#[cfg(test)]
mod tests;
