//! The binary that is measured: its commands, and its server.

use std::fs;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::bench::cost::output_of;
use crate::bench::simulator::Simulator;

/// A server that does not listen after this long does not start.
const START_MAX: Duration = Duration::from_secs(60);
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
/// The log type of what is measured, unless a measure makes its own.
pub(super) const LOG_TYPE: &str = "Asana.Audit";
/// How many ids one query tells apart.
const DISTINCT_MAX: u64 = 2_000_000;
/// What ids start with.
const HEX_DIGITS: [&str; 16] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
];
/// The most that a log source of Margay may be told to keep to.
const REQUESTS_PER_MINUTE: &str = "1000000";

/// The binary.
#[derive(Debug, Clone)]
pub(super) struct Margay {
    pub(super) binary: PathBuf,
}

impl Margay {
    /// A command on a data directory.
    pub(super) fn command(&self, data: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--data-dir").arg(data).args(arguments);
        command
    }

    /// Returns what `--version` says.
    pub(super) fn version(&self) -> Result<String> {
        let text = output_of(Command::new(&self.binary).arg("--version"))?;
        Ok(text.trim().trim_start_matches("margay ").to_owned())
    }

    /// Adds a source that reads from the simulator.
    pub(super) fn add_source(&self, data: &Path, name: &str, simulator: &Simulator) -> Result<()> {
        let token = simulator.token.to_string_lossy();
        let arguments = [
            "source",
            "add",
            "asana",
            "--name",
            name,
            "--api-url",
            &simulator.api_url,
            "--organization-id",
            &simulator.organization_id,
            "--token-file",
            &token,
            // The simulator allows any number; at the 600 a minute that Margay keeps to by itself it would mostly wait.
            "--requests-per-minute",
            REQUESTS_PER_MINUTE,
        ];
        output_of(&mut self.command(data, &arguments))?;
        Ok(())
    }

    /// The command that pulls everything that there is.
    pub(super) fn pull(&self, data: &Path) -> Command {
        let mut command = self.command(data, &["pull", "--until-drained", "--quiet"]);
        command.stdout(Stdio::null());
        command
    }

    /// The command that imports a file.
    pub(super) fn import(&self, data: &Path, log_type: &str, mode: ImportMode, file: &Path) -> Command {
        let mut command = self.command(data, &["import", "--log-type", log_type]);
        if mode == ImportMode::Bulk {
            command.arg("--no-journal");
        }
        command.arg("--quiet").arg(file).stdout(Stdio::null());
        command
    }

    /// Returns the rows of a query, each with its values.
    pub(super) fn query(&self, data: &Path, sql: &str) -> Result<Vec<Value>> {
        let text = output_of(&mut self.command(data, &["query", "--format", "ndjson", sql]))?;
        text.lines()
            .map(|line| serde_json::from_str(line).with_context(|| format!("`margay query` printed `{line}`")))
            .collect()
    }

    /// Whether the table has so many rows, each of another record.
    pub(super) fn check_table(&self, data: &Path, table: &str, expected: u64) -> Result<()> {
        let (mut rows, mut ids) = (0, 0);
        // Telling ten million ids apart takes more memory than a query is allowed; each part of them takes a share.
        let parts: &[&str] = if expected > DISTINCT_MAX { &HEX_DIGITS } else { &[""] };
        for start in parts {
            let sql = format!(
                "select count(*) as n, count(distinct p_row_id) as ids from {table} where p_row_id like '{start}%'"
            );
            let counted = self.query(data, &sql)?;
            let row = counted.first().context("`margay query` counted nothing")?;
            rows += row["n"].as_u64().context("`margay query` counted no rows")?;
            ids += row["ids"].as_u64().context("`margay query` counted no ids")?;
        }
        ensure!(
            rows == expected && ids == expected,
            "the table has not {expected} different rows: {rows} rows, {ids} ids"
        );
        Ok(())
    }

    /// Starts a server on a free port.
    pub(super) fn serve(&self, data: &Path, arguments: &[&str]) -> Result<Server> {
        let log = data.with_extension("log");
        let child = self
            .command(data, &["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut server = Server {
            child,
            address: String::new(),
        };
        let started = Instant::now();
        loop {
            let text = fs::read_to_string(&log)?;
            if let Some(address) = text.lines().find_map(address_in) {
                server.address = address;
                return Ok(server);
            }
            let is_gone = server.child.try_wait()?.is_some();
            if is_gone || started.elapsed() > START_MAX {
                bail!("`margay serve` did not start: {text}");
            }
            thread::park_timeout(LOOK_INTERVAL);
        }
    }
}

/// How a file is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportMode {
    /// As what is pulled: through the journal.
    Journalled,
    /// Straight into the table.
    Bulk,
}

/// The address in the line of the log that says where the server listens.
fn address_in(line: &str) -> Option<String> {
    let entry: Value = serde_json::from_str(line).ok()?;
    let fields = if entry["fields"].is_object() {
        &entry["fields"]
    } else {
        &entry
    };
    if fields["message"] != "listening" {
        return None;
    }
    fields["address"].as_str().map(str::to_owned)
}

/// A running server; it ends with the value.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
}

impl Server {
    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_where_the_server_listens() {
        let nested = r#"{"level":"INFO","fields":{"message":"listening","address":"127.0.0.1:81","data_dir":"d"}}"#;
        let flat = r#"{"level":"INFO","message":"listening","address":"127.0.0.1:82"}"#;
        let other = r#"{"level":"INFO","fields":{"message":"landed","address":"127.0.0.1:83"}}"#;
        assert_eq!(address_in(nested).as_deref(), Some("127.0.0.1:81"));
        assert_eq!(address_in(flat).as_deref(), Some("127.0.0.1:82"));
        assert_eq!(address_in(other), None);
        assert_eq!(address_in("open http://127.0.0.1:81/setup"), None);
    }
}
