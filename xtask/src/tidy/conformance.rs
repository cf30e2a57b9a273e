//! `docs/compatibility.md` names a test for each claim: the tests must be there.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Finding;

/// The page with the table.
const PAGE: &str = "docs/compatibility.md";
/// The heading of the column that names tests.
const COLUMN: &str = "test";

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let page = std::fs::read_to_string(root.join(PAGE)).with_context(|| format!("could not read {PAGE}"))?;
    let functions = functions(root)?;
    let mut findings = Vec::new();
    let mut row_count = 0;
    for (index, cells) in rows(&page) {
        row_count += 1;
        let names = words_in_backticks(cells);
        if names.is_empty() {
            findings.push(format!("{PAGE}:{}: the row names no test", index + 1));
        }
        for name in names {
            if !functions.contains(name) && !root.join(name).exists() {
                findings.push(format!("{PAGE}:{}: there is no test `{name}`", index + 1));
            }
        }
    }
    if row_count == 0 {
        findings.push(format!("{PAGE}: no table has a column `{COLUMN}`"));
    }
    Ok(findings)
}

/// The last cells of all rows of the tables whose last heading is [`COLUMN`], with their line.
fn rows(page: &str) -> Vec<(usize, &str)> {
    let mut rows = Vec::new();
    let mut is_inside = false;
    for (index, line) in page.lines().enumerate() {
        let Some(last) = last_cell(line) else {
            is_inside = false;
            continue;
        };
        if is_inside && !last.starts_with("--") {
            rows.push((index, last));
        }
        is_inside |= last == COLUMN;
    }
    rows
}

fn last_cell(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    inner.rsplit('|').next().map(str::trim)
}

fn words_in_backticks(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of all functions in the sources.
fn functions(root: &Path) -> Result<HashSet<String>> {
    let output = Command::new("git")
        .args(["grep", "-hoE", "--untracked", "fn [a-z0-9_]+", "--", "*.rs"])
        .current_dir(root)
        .output()
        .context("could not run `git grep`")?;
    ensure!(output.status.success(), "`git grep` found no functions");
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.strip_prefix("fn "))
        .map(str::to_owned)
        .collect())
}
