//! The machine that measured, and the commit.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::bench::cost::output_of;

const KIB_PER_GIB: f64 = 1_048_576.0;

/// What figures depend on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Machine {
    pub(super) processor: String,
    pub(super) cores: usize,
    pub(super) memory_gib: f64,
    pub(super) kernel: String,
}

impl Machine {
    /// Looks at this machine.
    pub(super) fn this() -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        Self {
            processor: processor_of(&read("/proc/cpuinfo")),
            cores: thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory_of(&read("/proc/meminfo")),
            kernel: format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
        }
    }

    /// Returns it in one line.
    pub(super) fn line(&self) -> String {
        let Self {
            processor,
            cores,
            memory_gib,
            kernel,
        } = self;
        format!("{processor}, {cores} cores, {memory_gib:.0} GiB, {kernel}")
    }
}

fn processor_of(cpuinfo: &str) -> String {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"));
    let model = line
        .and_then(|line| line.split_once(':'))
        .map(|(_, model)| model.trim());
    model.unwrap_or("unknown processor").to_owned()
}

fn memory_of(meminfo: &str) -> f64 {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or_default() / KIB_PER_GIB
}

/// Returns the day, UTC.
pub(super) fn today() -> Result<String> {
    let text = output_of(Command::new("date").args(["-u", "+%F"]))?;
    Ok(text.trim().to_owned())
}

/// Returns the commit, and whether the sources differ from it.
pub(super) fn commit(root: &Path) -> Result<String> {
    let git = |arguments: &[&str]| output_of(Command::new("git").args(arguments).current_dir(root));
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let mark = if changes.trim().is_empty() { "" } else { " with changes" };
    Ok(format!("{}{mark}", commit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_read_from_proc() {
        let cpuinfo =
            "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\nprocessor\t: 1\nmodel name\t: Some CPU @ 2.00GHz\n";
        assert_eq!(processor_of(cpuinfo), "Some CPU @ 2.00GHz");
        assert_eq!(processor_of("processor\t: 0\n"), "unknown processor");
        assert!((memory_of("MemTotal:       8388608 kB\nMemFree: 1 kB\n") - 8.0).abs() < 1e-9);
    }
}
