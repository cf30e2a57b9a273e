//! The binary, as a person or a service manager runs it, on one data directory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::plan::Runs;

/// What the source is called.
const SOURCE: &str = "chaos";
/// The binary gives up on a request after this long: a vendor that never answers costs a moment, not a minute.
const REQUEST_TIMEOUT: &str = "1s";
/// How long a command may take that only looks, or adds a source.
const COMMAND_PATIENCE: Duration = Duration::from_secs(60);
/// How many requests it may have in flight at once: the default.
pub(crate) const IN_FLIGHT_MAX: u32 = 4;
/// Far above what a local simulator is asked for, so that the budget of requests does not slow a run.
const REQUESTS_PER_MINUTE: &str = "1000000";

/// A binary and its data directory.
#[derive(Debug, Clone)]
pub(crate) struct Margay {
    binary: PathBuf,
    folder: PathBuf,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Margay {
    /// Runs `binary` on a data directory within `folder`, where the logs of its lives go too.
    pub(crate) fn new(binary: &Path, folder: &Path) -> Self {
        Self {
            binary: binary.to_path_buf(),
            folder: folder.to_path_buf(),
        }
    }

    /// How many commits the tables of the lake have.
    pub(crate) fn commits(&self) -> usize {
        let lake = self.folder.join("data/lake");
        ["margay_logs/asana_audit", "margay_monitor/classification_failures"]
            .iter()
            .filter_map(|table| std::fs::read_dir(lake.join(table).join("_delta_log")).ok())
            .map(|log| {
                let names = log.flatten().map(|entry| entry.path());
                names
                    .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
                    .count()
            })
            .sum()
    }

    /// Adds the source.
    pub(crate) async fn add_source(
        &self,
        api_url: &str,
        organization_id: &str,
        token: &str,
        start_at: Option<&str>,
    ) -> Result<()> {
        let mut arguments = vec![
            "source",
            "add",
            "asana",
            "--name",
            SOURCE,
            "--token-file",
            "-",
            "--no-check",
        ];
        arguments.extend(["--api-url", api_url, "--organization-id", organization_id]);
        let in_flight_max = IN_FLIGHT_MAX.to_string();
        arguments.extend(["--requests-per-minute", REQUESTS_PER_MINUTE]);
        arguments.extend(["--requests-in-flight", &in_flight_max]);
        if let Some(start_at) = start_at {
            arguments.extend(["--start-at", start_at]);
        }
        let said = self.say(&arguments, Some(token)).await?;
        ensure!(said.exit == Some(0), "the source was not added: {}", said.stderr);
        Ok(())
    }

    /// Asks for a backfill of the last `age`.
    pub(crate) async fn backfill(&self, age: &str) -> Result<()> {
        let said = self.say(&["source", "backfill", SOURCE, "--from", age], None).await?;
        ensure!(said.exit == Some(0), "no backfill was begun: {}", said.stderr);
        Ok(())
    }

    /// Returns until when the source is not to be asked, as far as is written down.
    pub(crate) async fn not_before(&self) -> Result<Option<Timestamp>> {
        let said = self
            .say(&["source", "show", SOURCE, "--format", "ndjson"], None)
            .await?;
        ensure!(said.exit == Some(0), "the source is not shown: {}", said.stderr);
        let shown: Value = serde_json::from_str(&said.stdout)?;
        Ok(shown["not_before"].as_str().map(str::parse).transpose()?)
    }

    /// Pulls undisturbed until the vendor is drained or that fails.
    pub(crate) async fn pull(&self, patience: Duration) -> Result<Said> {
        let output = self.command(&["pull", "--until-drained", "--quiet"])?.output();
        let output = tokio::time::timeout(patience, output).await;
        let output = output.with_context(|| format!("an undisturbed pull did not end within {patience:?}"))??;
        Ok(Said::of(&output))
    }

    /// Returns the first column of an answer, as text.
    pub(crate) async fn column(&self, sql: &str) -> Result<Vec<String>> {
        let said = self.say(&["query", "--format", "ndjson", sql], None).await?;
        ensure!(said.exit == Some(0), "`{sql}` failed: {}", said.stderr);
        let mut column = Vec::new();
        for line in said.stdout.lines() {
            let row: Value = serde_json::from_str(line)?;
            let first = row.as_object().and_then(|row| row.values().next());
            column.push(match first.with_context(|| format!("an empty row: {line}"))? {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        Ok(column)
    }

    /// Returns the stretches of time that are not complete, each as its JSON.
    pub(crate) async fn incomplete(&self) -> Result<Vec<String>> {
        let said = self
            .say(&["source", "coverage", SOURCE, "--format", "ndjson"], None)
            .await?;
        ensure!(said.exit == Some(0), "no coverage: {}", said.stderr);
        let mut incomplete = Vec::new();
        let mut stretches = 0;
        for line in said.stdout.lines() {
            let stretch: Value = serde_json::from_str(line)?;
            stretches += 1;
            if stretch["state"] != "complete" {
                incomplete.push(line.to_owned());
            }
        }
        ensure!(stretches > 0, "nothing is proven");
        Ok(incomplete)
    }

    /// Starts a life; what it logs goes to a file of its own.
    pub(crate) fn start(&self, runs: Runs, life: u64) -> Result<Child> {
        let arguments: &[&str] = match runs {
            Runs::Serve => &["serve", "--listen", "127.0.0.1:0", "--poll-interval", "300ms"],
            Runs::Pull => &["pull", "--until-drained", "--quiet"],
        };
        let log = File::create(self.folder.join(format!("life-{life:03}.log")))?;
        let mut command = self.command(arguments)?;
        command.env("MARGAY_LOG", "info").stdout(log.try_clone()?).stderr(log);
        Ok(command.spawn()?)
    }

    async fn say(&self, arguments: &[&str], input: Option<&str>) -> Result<Said> {
        let mut command = self.command(arguments)?;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            stdin.write_all(input.as_bytes()).await?;
        }
        let output = tokio::time::timeout(COMMAND_PATIENCE, child.wait_with_output()).await;
        let output = output.with_context(|| format!("`margay {}` did not end", arguments.join(" ")))??;
        Ok(Said::of(&output))
    }

    /// The binary with nothing of the caller's environment that would change it.
    fn command(&self, arguments: &[&str]) -> Result<Command> {
        std::fs::create_dir_all(&self.folder)?;
        let mut command = Command::new(&self.binary);
        for name in ["MARGAY_MASTER_KEY", "MARGAY_LOG_FORMAT", "MARGAY_CA_FILE"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("MARGAY_DATA_DIR", self.folder.join("data"))
            .env("MARGAY_LOG", "warn")
            .env("MARGAY_REQUEST_TIMEOUT", REQUEST_TIMEOUT)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }
}

impl Said {
    fn of(output: &std::process::Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            exit: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}
