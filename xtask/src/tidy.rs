//! `cargo xtask tidy`: rules of the house that no compiler checks.
//!
//! Each rule returns its findings as lines; an empty list is a pass.

mod conformance;
mod edges;
mod files;
mod licences;
mod run_command;

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::step;

/// One thing to mend: where, and what to do.
type Finding = String;

pub(crate) fn run(root: &Path) -> Result<()> {
    let mut findings: Vec<Finding> = edges::check(root)?;
    findings.extend(conformance::check(root)?);
    findings.extend(files::check(root)?);
    findings.extend(licences::check(root)?);
    findings.extend(run_command::check(root)?);
    if findings.is_empty() {
        step::say("--- tidy: in order");
        return Ok(());
    }
    for finding in &findings {
        step::say(&format!("tidy: {finding}"));
    }
    bail!("tidy found {} thing(s) to mend", findings.len())
}

/// What `cargo metadata` says of the packages.
fn packages(root: &Path, options: &[&str]) -> Result<Vec<Value>> {
    let packages = metadata(root, options)?["packages"].take();
    let Value::Array(packages) = packages else {
        bail!("`cargo metadata` names no packages")
    };
    Ok(packages)
}

/// What `cargo metadata` says.
fn metadata(root: &Path, options: &[&str]) -> Result<Value> {
    let output = step::command("cargo")
        .args(["metadata", "--format-version", "1"])
        .args(options)
        .current_dir(root)
        .output()
        .context("could not run `cargo metadata`")?;
    ensure!(
        output.status.success(),
        "`cargo metadata` failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
