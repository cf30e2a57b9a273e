//! `cargo xtask tidy`: rules of the house that no compiler checks.
//!
//! Each rule returns its findings as lines; an empty list is a pass.

mod edges;
mod files;
mod licences;

use std::path::Path;

use anyhow::{Result, bail};

use crate::step;

/// One thing to mend: where, and what to do.
type Finding = String;

pub(crate) fn run(root: &Path) -> Result<()> {
    let mut findings: Vec<Finding> = edges::check(root)?;
    findings.extend(files::check(root)?);
    findings.extend(licences::check(root)?);
    if findings.is_empty() {
        step::say("--- tidy: in order");
        return Ok(());
    }
    for finding in &findings {
        step::say(&format!("tidy: {finding}"));
    }
    bail!("tidy found {} thing(s) to mend", findings.len())
}
