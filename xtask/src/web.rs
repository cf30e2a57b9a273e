//! `cargo xtask web`: the console's types and tests, and that what is committed is what its sources make.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::step;

/// What the build leaves, and the binary embeds.
const BUILT: &str = "web/dist";

/// Whether this machine can do it.
pub(crate) fn is_possible() -> bool {
    step::is_there("npm", &["--version"])
}

pub(crate) fn run(root: &Path) -> Result<()> {
    let web = root.join("web");
    step::run(&web, &["npm", "ci", "--no-audit", "--no-fund"], &[])?;
    step::run(&web, &["npm", "test"], &[])?;
    // Checks the types first.
    step::run(&web, &["npm", "run", "build"], &[])?;
    let changed = Command::new("git")
        .args(["status", "--porcelain", "--", BUILT])
        .current_dir(root)
        .output()
        .context("could not start git")?;
    let changed = String::from_utf8_lossy(&changed.stdout);
    ensure!(
        changed.is_empty(),
        "{BUILT} is not what its sources make; commit what the build has left:\n{changed}"
    );
    Ok(())
}
