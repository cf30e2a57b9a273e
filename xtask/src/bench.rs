//! `cargo xtask bench`: the real binary beside what users would pick instead, on this machine, in one run.
//!
//! - **Fair**: everybody takes turns, is told the types, may use all cores. Nobody's result counts unless it was right.
//! - **Whole**: costs are those of all processes of a program, from its start to its end.
//! - **Kept**: `target/bench/` has the data, the peers and the results of the latest run of each measure.
//!
//! `docs/performance.md` tells how to run it and what each measure is.

mod api;
mod build;
mod chart;
mod contest;
mod cost;
mod data;
mod delta;
mod goals;
mod growth;
mod idle;
mod import;
mod live;
mod machine;
mod margay;
mod markdown;
mod memory;
mod options;
mod patience;
mod peers;
mod pull;
mod results;
mod search;
mod simulator;
mod spread;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::step::{self, say};

use contest::Rules;
use data::Data;
use machine::Machine;
use margay::Margay;
use options::{MEASURES, Options};
use peers::Peers;
use results::{Results, Section, Stamp};

/// The measures that have peers; for the others none is installed.
const WITH_PEERS: [&str; 3] = ["pull", "import", "search"];

/// Everything that a measure needs.
struct Bench {
    margay: Margay,
    peers: Peers,
    data: Data,
    rules: Rules,
    stamp: Stamp,
    /// Instead of a measure's own number.
    events: Option<u64>,
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("bench");
    let bench = Bench::prepare(root, &target, &folder, &options)?;
    let file = folder.join("results.json");
    let mut kept = Results::read(&file)?;
    let mut made = Results::default();
    let mut failed = Vec::new();
    for measure in MEASURES.into_iter().filter(|measure| options.wants(measure)) {
        say(&format!("--- {measure}"));
        match bench.make(measure, &options) {
            Ok(section) => {
                kept.sections.insert(measure.to_owned(), section.clone());
                made.sections.insert(measure.to_owned(), section);
                // Written after each: what is measured stays, whatever happens to the next.
                kept.write(&file)?;
            }
            Err(problem) => {
                say(&format!("{measure} failed: {problem:#}"));
                failed.push(measure);
            }
        }
    }
    say("");
    say(&markdown::render(&made, &MEASURES));
    if let Some(json) = &options.json {
        made.write(json)?;
    }
    if let Some(page) = &options.write {
        markdown::write(&kept, &MEASURES, &folder, page)?;
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

impl Bench {
    fn prepare(root: &Path, target: &Path, folder: &Path, options: &Options) -> Result<Self> {
        let binary = if let Some(binary) = &options.margay {
            binary.clone()
        } else {
            step::run(root, &["cargo", "build", "--release", "--locked", "-p", "margay"], &[])?;
            target.join("release/margay")
        };
        let work = folder.join("work");
        fs::create_dir_all(&work).with_context(|| format!("could not make {}", work.display()))?;
        // Processes are started in other folders.
        let binary = fs::canonicalize(&binary).with_context(|| format!("there is no {}", binary.display()))?;
        let folder = fs::canonicalize(folder)?;
        let margay = Margay { binary };
        let environment = options.peers.clone().unwrap_or_else(|| folder.join("peers"));
        let peers = if WITH_PEERS.iter().any(|measure| options.wants(measure)) {
            Peers::install(root, &environment)?
        } else {
            Peers::none(root)
        };
        let mut versions = peers.versions.clone();
        versions.insert("margay".to_owned(), margay.version()?);
        Ok(Self {
            stamp: Stamp {
                date: machine::today()?,
                commit: machine::commit(root)?,
                machine: Machine::this(),
                versions,
            },
            margay,
            peers,
            rules: Rules {
                rounds: options.rounds,
                work: folder.join("work"),
            },
            data: Data {
                root: root.to_path_buf(),
                folder,
            },
            events: options.events,
        })
    }

    fn make(&self, measure: &str, options: &Options) -> Result<Section> {
        match measure {
            "pull" => pull::run(self),
            "import" => import::run(self),
            "search" => search::run(self),
            "memory" => memory::run(self),
            "live" => live::run(self),
            "idle" => idle::run(self, options.seconds),
            "growth" => growth::run(self),
            _ => build::run(self, options.names("build")),
        }
    }
}
