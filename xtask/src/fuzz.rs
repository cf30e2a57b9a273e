//! `cargo xtask fuzz`: runs the fuzz targets for a bounded time; the first finding ends it.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::step;

/// The targets, in `fuzz/fuzz_targets`, each with the folders whose files it starts from.
const TARGETS: &[(&str, &[&str])] = &[
    (
        "schema_yaml",
        &[
            "crates/margay-schema/fixtures/valid",
            "crates/margay-schema/fixtures/invalid",
            "fuzz/schemas",
        ],
    ),
    ("records", &["fuzz/seeds/records"]),
    ("fastmatch", &["fuzz/seeds/fastmatch"]),
    ("regex", &["fuzz/seeds/regex"]),
    ("csv", &["fuzz/seeds/csv"]),
    ("script", &["fuzz/seeds/script"]),
];
/// What a run in CI takes for each target: enough to find what a careless change breaks.
const SECONDS_DEFAULT: u32 = 10;
/// A single input may take this long: the slowest schema that is accepted compiles in a tenth of it, without sanitizer.
const SECONDS_PER_INPUT_MAX: u32 = 10;
/// Memory in MiB that a target may take: the promised 200 MB, and what the sanitizer adds.
const MEMORY_MIB_MAX: u32 = 1_024;
/// Bytes of an input. Longer ones find nothing more here, only slower.
const INPUT_BYTES_MAX: u32 = 4_096;

/// Whether the tool that builds the targets is installed.
pub(crate) fn is_installed() -> bool {
    step::is_there("cargo", &["fuzz", "--version"])
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (seconds, names) = parse(arguments)?;
    if !is_installed() {
        bail!("cargo-fuzz is not installed: `cargo install --locked cargo-fuzz`");
    }
    for (target, seeds) in TARGETS {
        if names.is_empty() || names.contains(target) {
            fuzz(root, target, seeds, seconds)?;
        }
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(u32, Vec<&str>)> {
    let mut seconds = SECONDS_DEFAULT;
    let mut names = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let given = arguments.next().context("`--seconds` needs a number")?;
            seconds = given
                .parse()
                .with_context(|| format!("`{given}` is no number of seconds"))?;
        } else if TARGETS.iter().any(|(target, _)| target == argument) {
            names.push(argument.as_str());
        } else {
            let known: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
            bail!("there is no fuzz target `{argument}`; known are {}", known.join(", "));
        }
    }
    Ok((seconds, names))
}

fn fuzz(root: &Path, target: &str, seeds: &[&str], seconds: u32) -> Result<()> {
    // The first folder is where libFuzzer puts what it finds interesting.
    let corpus = format!("fuzz/corpus/{target}");
    let folder = root.join(&corpus);
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let limits = [
        format!("-max_total_time={seconds}"),
        format!("-timeout={SECONDS_PER_INPUT_MAX}"),
        format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
        format!("-max_len={INPUT_BYTES_MAX}"),
        "-print_final_stats=1".to_owned(),
    ];
    let mut command = vec!["cargo", "fuzz", "run", target, &corpus];
    command.extend(seeds);
    command.push("--");
    command.extend(limits.iter().map(String::as_str));
    // The sanitizer's flags are the nightly compiler's; this lets the pinned one take them.
    step::run(root, &command, &[("RUSTC_BOOTSTRAP", "1")])
}
