//! Developer commands: `cargo xtask ci | tidy | web | walk | bench | instructions | chaos | fuzz`.
//!
//! What CI runs is `ci`, no more and no less, so that a green run here is a green run there.

mod bench;
mod chaos;
mod ci;
mod fuzz;
mod instructions;
mod step;
mod tidy;
mod walk;
mod web;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  ci                      everything CI runs: format, lints, tidy, documentation, tests
  tidy                    the rules of the house that no compiler checks
  web                     the console: types, tests, and whether web/dist is what its sources make (needs node 20.19)
  walk                    ways through the console in Chromium, against the real binary (needs web/node_modules)
  bench [--only NAME,...] [--rounds N] [--events N] [--seconds N] [--json FILE] [--write PAGE] [--peers DIR] [--margay BINARY]
                          the release binary beside what users would pick instead (docs/performance.md): pull, import, search,
                          memory, live, idle, growth, build
  instructions [--accept REASON]   count the instructions of the pure parts (needs valgrind) and compare with what is accepted;
                          with a reason, what moved is accepted
  chaos [--seeds N] [--first SEED] [--kills K] [--events N] [--release | --binary PATH]
                          kill the binary again and again (10 seeds, 6 kills each, 2000 events) while its vendor is ill, and
                          compare its lake with the truth
  fuzz [--seconds N] [TARGET ...]   run the fuzz targets (fuzz/README.md), N seconds each (default 10)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("ci") => ci::run(&root()),
        Some("tidy") => tidy::run(&root()),
        Some("web") => web::run(&root()),
        Some("walk") => walk::run(&root()),
        Some("bench") => bench::run(&root(), &arguments[1..]),
        Some("instructions") => instructions::run(&root(), &arguments[1..]),
        Some("chaos") => chaos::run(&root(), &arguments[1..]),
        Some("fuzz") => fuzz::run(&root(), &arguments[1..]),
        _ => {
            step::say(USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut stderr = std::io::stderr().lock();
            // A closed stderr leaves nobody to tell; the exit code still says it.
            writeln!(stderr, "error: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder: the parent of this crate's.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
