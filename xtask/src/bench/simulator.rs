//! The vendor: `margay sim asana` as a process of its own, whose work is nobody's cost.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::bench::margay::Margay;

/// A running simulator, and what it says of itself.
#[derive(Debug)]
pub(super) struct Simulator {
    child: Child,
    pub(super) api_url: String,
    pub(super) organization_id: String,
    /// The file that holds its token.
    pub(super) token: PathBuf,
}

impl Simulator {
    /// Starts one with so many events, and so many new ones a minute.
    pub(super) fn start(margay: &Margay, folder: &Path, events: u64, live_per_minute: u32) -> Result<Self> {
        let token = folder.join("token");
        let mut child = Command::new(&margay.binary)
            .args(["sim", "asana", "--requests-per-minute", "0", "--events"])
            .arg(events.to_string())
            .args(["--live-per-minute", &live_per_minute.to_string(), "--token-file"])
            .arg(&token)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", margay.binary.display()))?;
        let stdout = child.stdout.take().context("no output of the simulator")?;
        let mut simulator = Self {
            child,
            api_url: String::new(),
            organization_id: String::new(),
            token,
        };
        let mut said = Vec::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let is_last = line.starts_with("Token file");
            said.push(line);
            if is_last {
                break;
            }
        }
        simulator.api_url = value_of(&said, "API")?;
        simulator.organization_id = value_of(&said, "Organization Id")?;
        Ok(simulator)
    }
}

fn value_of(said: &[String], name: &str) -> Result<String> {
    let line = said.iter().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().last())
        .map(str::to_owned)
        .with_context(|| format!("the simulator did not say its `{name}`"))
}

/// A failed round must not leave a server behind.
impl Drop for Simulator {
    fn drop(&mut self) {
        // Already gone is as good.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
