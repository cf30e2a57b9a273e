//! Files of events: the simulator's own, by their count and seed, made once and kept.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::step::{self, say};

/// The seed of all events, the simulator's default.
const SEED: &str = "1";
const BUFFER_BYTES: usize = 1 << 20;

/// Where files are made and kept.
#[derive(Debug, Clone)]
pub(super) struct Data {
    /// The workspace.
    pub(super) root: PathBuf,
    pub(super) folder: PathBuf,
}

/// A file of events, one a line.
#[derive(Debug, Clone)]
pub(super) struct EventFile {
    pub(super) path: PathBuf,
    pub(super) events: u64,
    pub(super) bytes: u64,
}

impl Data {
    /// Returns the file with so many events, which is made if it is not there.
    pub(super) fn events(&self, events: u64) -> Result<EventFile> {
        let path = self.folder.join(format!("asana-{SEED}-{events}.ndjson"));
        if !path.exists() {
            self.make(&path, events)?;
        }
        let bytes = fs::metadata(&path)?.len();
        Ok(EventFile { path, events, bytes })
    }

    /// A file that is there is whole: it gets its name when it is.
    fn make(&self, path: &Path, events: u64) -> Result<()> {
        say(&format!("--- {events} events into {}", path.display()));
        let unfinished = path.with_extension("unfinished");
        let status = step::command("cargo")
            .args([
                "run",
                "--quiet",
                "--release",
                "--locked",
                "-p",
                "margay-sim",
                "--example",
                "history",
                "--",
            ])
            .args([&events.to_string(), SEED])
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .stdout(File::create(&unfinished)?)
            .status()
            .context("could not start cargo")?;
        ensure!(status.success(), "the events could not be made ({status})");
        let lines = count_lines(&unfinished)?;
        ensure!(lines == events, "{lines} events were made instead of {events}");
        fs::rename(&unfinished, path)?;
        Ok(())
    }
}

impl EventFile {
    /// Returns what there is to know of the file: its size, and how far zstd makes it smaller.
    pub(super) fn line(&self) -> String {
        let ratio = self
            .zstd_ratio()
            .map_or_else(|| "unknown".to_owned(), |ratio| format!("{ratio:.1}"));
        format!(
            "{} events of {} bytes on average; zstd's ratio at level 3: {ratio}.",
            thousands(self.events),
            self.bytes / self.events.max(1)
        )
    }

    /// The system's `zstd`; without it nothing is known.
    fn zstd_ratio(&self) -> Option<f64> {
        let mut child = Command::new("zstd")
            .args(["--quiet", "-3", "--stdout"])
            .arg(&self.path)
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let compressed = count(child.stdout.take()?, |_| true).ok()?;
        child.wait().ok().filter(std::process::ExitStatus::success)?;
        #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
        Some(self.bytes as f64 / compressed.max(1) as f64)
    }
}

/// Returns how many lines a file has, holding a buffer of it.
pub(super) fn count_lines(path: &Path) -> Result<u64> {
    count(File::open(path)?, |byte| byte == b'\n')
}

fn count(source: impl Read, is_counted: fn(u8) -> bool) -> Result<u64> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut total = 0;
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            return Ok(total);
        }
        total += buffer[..read].iter().filter(|byte| is_counted(**byte)).count() as u64;
    }
}

/// Writes a number as people read it: 1,000,000.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        let texts: Vec<String> = [0, 999, 1_000, 50_000, 10_000_000].map(thousands).to_vec();
        assert_eq!(texts, ["0", "999", "1,000", "50,000", "10,000,000"]);
    }

    #[test]
    fn lines_and_bytes_are_counted() {
        assert_eq!(count(&b"a\nbc\n\nd"[..], |byte| byte == b'\n').unwrap(), 3);
        assert_eq!(count(&b"a\nbc\n\nd"[..], |_| true).unwrap(), 7);
    }
}
