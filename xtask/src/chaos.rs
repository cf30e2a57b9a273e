//! `cargo xtask chaos`: builds the binary and pulls its plug, seed by seed (`crates/margay-chaos`).
//!
//! The harness is a crate of its own, so that the other commands here do not wait for a web server to be compiled.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::step;

/// What CI runs: about a minute on two cores. More seeds belong into a night.
pub(crate) const CI_ARGUMENTS: [&str; 4] = ["--seeds", "6", "--kills", "5"];

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut passed_on: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_release = passed_on.contains(&"--release");
    passed_on.retain(|argument| *argument != "--release");
    // The debug build is that of the tests: fewer features, as `-p margay` would have it, would compile the query engine once more.
    let build: &[&str] = if is_release {
        &[
            "cargo",
            "build",
            "--quiet",
            "--locked",
            "--release",
            "-p",
            "margay",
            "-p",
            "margay-chaos",
        ]
    } else {
        &["cargo", "build", "--quiet", "--locked", "--workspace", "--all-targets"]
    };
    step::run(root, build, &[])?;
    let profile = if is_release { "release" } else { "debug" };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let path_of = |name: &str| target.join(profile).join(name).to_string_lossy().into_owned();
    let (harness, binary) = (path_of("margay-chaos"), path_of("margay"));
    let mut chaos = vec![harness.as_str()];
    if !passed_on.contains(&"--binary") {
        chaos.extend(["--binary", &binary]);
    }
    chaos.extend(passed_on);
    step::run(root, &chaos, &[])
}
