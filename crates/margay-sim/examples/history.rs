//! Writes a simulated organisation's history to standard output: `cargo run --release -p margay-sim --example history -- EVENTS SEED`.
//!
//! The events end at a fixed moment, so that the same arguments give the same bytes on every day. `cargo xtask bench` makes its
//! files with this.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use jiff::Timestamp;
use margay_sim::History;

/// Where the history ends: 2026-11-01T00:00:00Z. Any fixed moment would do.
const UNTIL_S: i64 = 1_793_491_200;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let mut stderr = io::stderr().lock();
            // A closed stderr leaves nobody to tell; the exit code still says it.
            writeln!(stderr, "error: {problem}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().map_err(|_| format!("`{argument}` is no number")))
        .collect::<Result<_, String>>()?;
    let [event_count, seed] = arguments[..] else {
        return Err("usage: history EVENTS SEED".to_owned());
    };
    let until = Timestamp::from_second(UNTIL_S).map_err(|error| error.to_string())?;
    let history = History::new(seed, event_count, until).map_err(|error| error.to_string())?;
    let mut stdout = BufWriter::new(io::stdout().lock());
    let written = history.write(&mut stdout).and_then(|()| stdout.flush());
    written.map_err(|error| format!("could not write: {error}"))
}
