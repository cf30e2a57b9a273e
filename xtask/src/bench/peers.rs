//! Those that users would pick instead: where they are installed, and how they are started.
//!
//! They live in a Python environment under the target folder. What cannot be installed is missing, with the reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::bench::contest::Missing;
use crate::bench::cost::output_of;
use crate::step::say;

/// The scripts, and the list of what they need.
const SCRIPTS: &str = "xtask/peers";
const REQUIREMENTS: &str = "requirements.txt";

/// The peers that can run here.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    environment: PathBuf,
    scripts: PathBuf,
    /// Of the packages that are installed.
    pub(super) versions: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
}

/// Somebody to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    DuckDb,
    Polars,
    Tenzir,
    Airbyte,
    /// The script that a user would write.
    Python,
}

impl Peer {
    /// What it is called in results.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB",
            Self::Polars => "Polars",
            Self::Tenzir => "Tenzir",
            Self::Airbyte => "Airbyte CDK",
            Self::Python => "Python script",
        }
    }

    /// The package that it needs.
    fn package(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Polars => "polars",
            Self::Tenzir => "tenzir",
            Self::Airbyte => "airbyte-cdk",
            Self::Python => "requests",
        }
    }
}

impl Peers {
    /// Installs what is not there yet into `environment`.
    pub(super) fn install(root: &Path, environment: &Path) -> Result<Self> {
        let mut peers = Self {
            environment: environment.to_path_buf(),
            ..Self::none(root)
        };
        let list = fs::read_to_string(peers.scripts.join(REQUIREMENTS))?;
        let made = if peers.program("python").exists() {
            Ok(())
        } else {
            say(&format!("--- peers into {}", environment.display()));
            output_of(Command::new("python3").args(["-m", "venv"]).arg(environment)).map(drop)
        };
        for (package, version) in requirements(&list) {
            let outcome = match &made {
                Ok(()) => peers.install_one(package, version),
                Err(problem) => Err(anyhow::anyhow!("no Python environment: {problem:#}")),
            };
            match outcome {
                Ok(()) => peers.versions.insert(package.to_owned(), version.to_owned()),
                Err(problem) => peers.reasons.insert(package.to_owned(), format!("{problem:#}")),
            };
        }
        Ok(peers)
    }

    /// Nobody, for measures that have no peers.
    pub(super) fn none(root: &Path) -> Self {
        Self {
            environment: PathBuf::new(),
            scripts: root.join(SCRIPTS),
            versions: BTreeMap::new(),
            reasons: BTreeMap::new(),
        }
    }

    fn install_one(&self, package: &str, version: &str) -> Result<()> {
        let script = "import importlib.metadata as m, sys; sys.exit(m.version(sys.argv[1]) != sys.argv[2])";
        let is_there = Command::new(self.program("python"))
            .args(["-c", script, package, version])
            .stderr(Stdio::null())
            .status()?
            .success();
        if is_there {
            return Ok(());
        }
        say(&format!("--- pip install {package}=={version}"));
        let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        output_of(
            Command::new(self.program("python"))
                .args(arguments)
                .arg(format!("{package}=={version}")),
        )?;
        Ok(())
    }

    /// Which of `peers` cannot run, and why.
    pub(super) fn missing(&self, peers: &[Peer]) -> Vec<Missing> {
        let absent = peers.iter().filter(|peer| !self.has(**peer));
        absent
            .map(|peer| Missing {
                name: peer.name().to_owned(),
                reason: self.reasons.get(peer.package()).cloned().unwrap_or_default(),
            })
            .collect()
    }

    /// Whether a peer can run.
    pub(super) fn has(&self, peer: Peer) -> bool {
        self.versions.contains_key(peer.package())
    }

    fn program(&self, name: &str) -> PathBuf {
        self.environment.join("bin").join(name)
    }

    /// The command that runs one of the scripts. Compiled Python is not written: the folder is under version control.
    pub(super) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(self.program("python"));
        command.arg("-B").arg(self.scripts.join(name));
        command
    }

    /// The command that runs a pipeline of Tenzir's, its `@NAMES@` replaced, from a copy in `folder`.
    pub(super) fn pipeline(&self, name: &str, values: &[(&str, &str)], folder: &Path) -> Result<Command> {
        let mut text = fs::read_to_string(self.scripts.join(name))?;
        for (placeholder, value) in values {
            text = text.replace(&format!("@{placeholder}@"), value);
        }
        let copy = folder.join(name);
        fs::write(&copy, text)?;
        let mut command = Command::new(self.program("tenzir"));
        command.arg("-f").arg(copy).stdout(Stdio::null());
        Ok(command)
    }

    /// Whether a file that a peer wrote has so many events, all different.
    pub(super) fn check_rows(&self, kind: &str, file: &Path, expected: u64) -> Result<()> {
        let text = output_of(self.script("check_rows.py").arg(kind).arg(file))?;
        let counts: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        let is_right = counts["n"].as_u64() == Some(expected) && counts["ids"].as_u64() == Some(expected);
        ensure!(is_right, "not {expected} different events: {counts}");
        Ok(())
    }
}

/// The packages of a list, with their versions.
fn requirements(list: &str) -> Vec<(&str, &str)> {
    let lines = list.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once("==")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_needs_something_that_is_pinned() {
        let list = include_str!("../../peers/requirements.txt");
        let packages: Vec<&str> = requirements(list).iter().map(|(package, _)| *package).collect();
        for peer in [Peer::DuckDb, Peer::Polars, Peer::Tenzir, Peer::Airbyte, Peer::Python] {
            assert!(packages.contains(&peer.package()), "{}", peer.name());
        }
    }

    #[test]
    fn comments_name_no_package() {
        assert_eq!(requirements("# a==1\nb==2\n\nc\n"), [("b", "2")]);
    }
}
