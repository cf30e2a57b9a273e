//! `cargo xtask chaos`: builds the binary and pulls its plug, seed by seed (`crates/margay-chaos`).
//!
//! The harness is a crate of its own, so that the other commands here do not wait for a web server to be compiled.

use std::path::Path;

use anyhow::Result;

use crate::step;

/// What CI runs: about a minute on two cores. More seeds belong into a night.
pub(crate) const CI_ARGUMENTS: [&str; 4] = ["--seeds", "6", "--kills", "5"];

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut passed_on: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_release = passed_on.contains(&"--release");
    passed_on.retain(|argument| *argument != "--release");
    let mut build = vec!["cargo", "build", "--quiet", "--locked", "-p", "margay"];
    build.extend(is_release.then_some("--release"));
    let profile = if is_release { "release" } else { "debug" };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let binary = target.join(profile).join("margay").to_string_lossy().into_owned();
    let mut chaos = vec!["cargo", "run", "--quiet", "--locked", "-p", "margay-chaos", "--"];
    if !passed_on.contains(&"--binary") {
        step::run(root, &build, &[])?;
        chaos.extend(["--binary", &binary]);
    }
    chaos.extend(passed_on);
    step::run(root, &chaos, &[])
}
