//! What a Delta table consists of, from its log: files, commits, checkpoints.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A table as its log describes it.
#[derive(Debug, PartialEq)]
pub(super) struct DeltaTable {
    /// The files that readers see, with their bytes.
    pub(super) files: BTreeMap<PathBuf, u64>,
    pub(super) commit_count: usize,
    /// All commits in bytes, and the largest checkpoint.
    pub(super) commit_bytes: u64,
    pub(super) checkpoint_bytes: u64,
}

impl DeltaTable {
    /// Reads the log from its first commit on. Logs are kept for weeks, so the tables that are made here have it all.
    pub(super) fn read(table: &Path) -> Result<Self> {
        let log = table.join("_delta_log");
        let mut commits = Vec::new();
        let mut checkpoint_bytes = 0;
        for entry in fs::read_dir(&log).with_context(|| format!("no log in {}", table.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".checkpoint.parquet") {
                checkpoint_bytes = checkpoint_bytes.max(entry.metadata()?.len());
            } else if is_commit(&name) {
                commits.push(entry.path());
            }
        }
        commits.sort();
        let first = commits.first().and_then(|path| path.file_stem()).unwrap_or_default();
        ensure!(
            first.to_string_lossy().bytes().all(|digit| digit == b'0') && !first.is_empty(),
            "the log of {} does not begin at its first commit",
            table.display()
        );
        let mut files = BTreeMap::new();
        let mut commit_bytes = 0;
        for commit in &commits {
            let text = fs::read_to_string(commit)?;
            commit_bytes += text.len() as u64;
            for line in text.lines() {
                let action = serde_json::from_str(line).with_context(|| commit.display().to_string())?;
                apply(&mut files, table, &action);
            }
        }
        Ok(Self {
            files,
            commit_count: commits.len(),
            commit_bytes,
            checkpoint_bytes,
        })
    }

    /// Returns the bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.files.values().sum()
    }
}

fn is_commit(name: &str) -> bool {
    name.strip_suffix(".json")
        .is_some_and(|version| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
}

fn apply(files: &mut BTreeMap<PathBuf, u64>, table: &Path, action: &Value) {
    if let Some(path) = action["add"]["path"].as_str() {
        files.insert(
            table.join(unescape(path)),
            action["add"]["size"].as_u64().unwrap_or_default(),
        );
    }
    if let Some(path) = action["remove"]["path"].as_str() {
        files.remove(&table.join(unescape(path)));
    }
}

/// Paths in the log are URLs. What is escaped in ours are single ASCII characters.
fn unescape(path: &str) -> String {
    let mut plain = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        let code = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code.filter(u8::is_ascii) {
            plain.push(char::from(code));
            rest = &after[2..];
        } else {
            plain.push('%');
            rest = after;
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(commits: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("_delta_log");
        fs::create_dir(&log).unwrap();
        for (name, text) in commits {
            fs::write(log.join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_file_that_gave_way_is_not_read() {
        let folder = table(&[
            (
                "00000000000000000000.json",
                "{\"metaData\":{}}\n{\"add\":{\"path\":\"d%3D1/a.parquet\",\"size\":10}}\n",
            ),
            (
                "00000000000000000001.json",
                "{\"add\":{\"path\":\"b.parquet\",\"size\":20}}\n",
            ),
            (
                "00000000000000000002.json",
                "{\"remove\":{\"path\":\"b.parquet\"}}\n{\"add\":{\"path\":\"c.parquet\",\"size\":5}}\n",
            ),
            ("00000000000000000002.checkpoint.parquet", "PAR1"),
            ("_last_checkpoint", "{}"),
        ]);
        let table = DeltaTable::read(folder.path()).unwrap();
        let names: Vec<&Path> = table
            .files
            .keys()
            .map(|path| path.strip_prefix(folder.path()).unwrap())
            .collect();
        assert_eq!(names, [Path::new("c.parquet"), Path::new("d=1/a.parquet")]);
        assert_eq!((table.bytes(), table.commit_count, table.checkpoint_bytes), (15, 3, 4));
    }

    #[test]
    fn a_log_without_its_beginning_is_refused() {
        let folder = table(&[(
            "00000000000000000001.json",
            "{\"add\":{\"path\":\"b.parquet\",\"size\":20}}\n",
        )]);
        assert!(DeltaTable::read(folder.path()).is_err());
    }
}
