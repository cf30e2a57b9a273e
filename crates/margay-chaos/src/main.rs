//! `cargo xtask chaos` runs this with the binary that it built.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use margay_chaos::{Outcome, Report, Size, run};
use tokio::task::JoinSet;

const USAGE: &str = "usage: margay-chaos --binary PATH [--seeds N] [--first SEED] [--kills K] [--events N]";
/// Seeds at a time: each has a simulator and a process that works, and a machine of two cores should be enough.
const PARALLEL: usize = 2;

struct Options {
    binary: PathBuf,
    first: u64,
    seeds: u64,
    size: Size,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match chaos(&arguments) {
        Ok(report) if report.is_clean() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let mut stderr = std::io::stderr().lock();
            // A closed stderr leaves nobody to tell; the exit code still says it.
            writeln!(stderr, "error: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn chaos(arguments: &[String]) -> Result<Report> {
    let options = options(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut report = runtime.block_on(all_seeds(&options))?;
    report.outcomes.sort_by_key(|outcome| outcome.seed);
    say(&report.tables());
    Ok(report)
}

async fn all_seeds(options: &Options) -> Result<Report> {
    let mut report = Report::default();
    let mut waiting = options.first..options.first.saturating_add(options.seeds);
    let mut running: JoinSet<Result<Outcome>> = JoinSet::new();
    loop {
        while running.len() < PARALLEL
            && let Some(seed) = waiting.next()
        {
            let (binary, size) = (options.binary.clone(), options.size);
            running.spawn(async move { run(&binary, seed, size).await });
        }
        let Some(ended) = running.join_next().await else {
            return Ok(report);
        };
        let outcome = ended??;
        say(&outcome.line());
        if let Some(text) = outcome.autopsy(options.size) {
            say(&text);
        }
        report.outcomes.push(outcome);
    }
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut binary = None;
    let mut options = Options {
        binary: PathBuf::new(),
        first: 1,
        seeds: 10,
        size: Size {
            kills: 6,
            events: 2_000,
        },
    };
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{name} needs a value\n{USAGE}"))?;
        let number = || {
            value
                .parse::<u64>()
                .with_context(|| format!("`{value}` is no number for {name}"))
        };
        match name.as_str() {
            "--binary" => binary = Some(PathBuf::from(value)),
            "--seeds" => options.seeds = number()?,
            "--first" => options.first = number()?,
            "--kills" => options.size.kills = u32::try_from(number()?)?,
            "--events" => options.size.events = number()?,
            _ => bail!("unknown option {name}\n{USAGE}"),
        }
    }
    options.binary = std::path::absolute(binary.context(USAGE)?)?;
    Ok(options)
}

fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A closed pipe is no reason to fail: the exit code still tells.
    writeln!(stdout, "{text}").ok();
}
