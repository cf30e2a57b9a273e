//! What files are called, how long they are, and what must not stand in them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Finding;

/// A source file longer than this has two concepts in it. The aim is 400 lines; this is the wall.
const SOURCE_LINES_MAX: usize = 700;
/// Names without a noun: if it has no noun, it has no home yet.
const HOMELESS: &[&str] = &[
    "utils.rs",
    "util.rs",
    "common.rs",
    "helpers.rs",
    "misc.rs",
    "types.rs",
    "mod.rs",
];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("could not run `git ls-files`")?;
    ensure!(output.status.success(), "`git ls-files` failed");
    let mut findings = Vec::new();
    for file in String::from_utf8_lossy(&output.stdout).lines() {
        let path = Path::new(file);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if HOMELESS.contains(&name) {
            findings.push(format!("{file}: give it the name of what it holds"));
        }
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        if !is_source {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root.join(path)) else {
            continue;
        };
        findings.extend(in_source(file, &text));
    }
    findings.extend(decisions(root)?);
    Ok(findings)
}

fn in_source(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let line_count = text.lines().count();
    if line_count > SOURCE_LINES_MAX {
        findings.push(format!(
            "{file}: {line_count} lines; split it by concept (at most {SOURCE_LINES_MAX})"
        ));
    }
    let first = text.lines().next().unwrap_or_default();
    // A test's story is its names.
    let is_test = file.ends_with("tests.rs") || file.contains("tests/");
    let is_story_told = first.starts_with("//!") || is_test;
    if !is_story_told {
        findings.push(format!(
            "{file}: say at the top what the file does and what always holds (`//!`)"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        // Written in two parts, so that this file does not find itself.
        if line.contains(concat!("TO", "DO")) && !line.contains("until") {
            findings.push(format!(
                "{file}:{}: name the condition that ends it (`until …`)",
                index + 1
            ));
        }
        if line.contains(concat!("thread::", "sleep")) || line.contains(concat!("#[ig", "nore")) {
            findings.push(format!(
                "{file}:{}: wait for a condition; do not ignore a test",
                index + 1
            ));
        }
    }
    findings
}

/// Decisions are numbered without gaps, so that a number names one for ever.
fn decisions(root: &Path) -> Result<Vec<Finding>> {
    let folder = root.join("docs/decisions");
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("no folder {}", folder.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name != "README.md");
    names.sort();
    Ok(names
        .iter()
        .enumerate()
        .filter(|(index, name)| !name.starts_with(&format!("{:04}-", index + 1)))
        .map(|(index, name)| format!("docs/decisions/{name}: expected number {:04}", index + 1))
        .collect())
}
