//! A simulated organization, a data directory, and the binary between them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::SignedDuration;
use margay_connector::asana::{PageRecords, RequestLimits, Settings};
use margay_runtime::source::{ASANA_LOG_TYPE, AsanaDraft, add_asana};
use margay_runtime::{Clock, DataDir, HttpSettings, Line, LineSettings, Tenancy};
use margay_sim::{Receiver, Simulation, SimulationConfig, TokenKind};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Everything one test needs; cleaned up when dropped.
pub(crate) struct World {
    pub(crate) simulation: Simulation,
    folder: TempDir,
    /// Carries the simulation; dropped last.
    runtime: Runtime,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    /// An organization of `event_count` events, no rate limit.
    pub(crate) fn of(event_count: u64) -> Self {
        Self::with(SimulationConfig {
            event_count,
            requests_per_minute: None,
            ..SimulationConfig::default()
        })
    }

    pub(crate) fn with(config: SimulationConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulation = runtime.block_on(Simulation::start(config)).unwrap();
        Self {
            simulation,
            folder: TempDir::new().unwrap(),
            runtime,
        }
    }

    /// As [`World::of`], with the source added as a person would add it.
    pub(crate) fn connected(event_count: u64) -> Self {
        let world = Self::of(event_count);
        let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &[]);
        assert_eq!(said.exit, 0, "{}", said.stderr);
        world
    }

    /// An organization in which nothing happens, and a source of it that was added nearly two days ago and has been pulled.
    pub(crate) fn quiet() -> Self {
        let world = Self::of(0);
        let now = Clock::system().now();
        let created_at = now - SignedDuration::from_hours(47);
        let settings = Settings {
            api_url: world.simulation.api_url().parse().unwrap(),
            organization_id: world.simulation.organization_id().parse().unwrap(),
            page_records: PageRecords::default(),
            requests: RequestLimits::default(),
        };
        let draft = AsanaDraft {
            label: "My Asana logs".to_owned(),
            log_type: ASANA_LOG_TYPE.parse().unwrap(),
            settings,
            token: world.simulation.token(TokenKind::ServiceAccountAuditOnly).into(),
            start_at: Some(created_at),
            poll_interval: None,
        };
        std::fs::create_dir(world.data_dir()).unwrap();
        world.runtime.block_on(async {
            let settings = LineSettings {
                data_dir: DataDir::new(world.data_dir()),
                master_key: None,
                http: HttpSettings {
                    ca_file: None,
                    request_duration_max: None,
                    carrier: None,
                },
                clock: Clock::starting_at(created_at),
                tenancy: Tenancy::Alone,
            };
            let line = Line::open(&settings).await.unwrap();
            add_asana(&line, draft).await.unwrap();
            line.store.close().await;
        });
        world.pull();
        world
    }

    /// A receiver of webhooks.
    pub(crate) fn receiver(&self) -> Receiver {
        self.runtime.block_on(Receiver::start()).unwrap()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn table(&self) -> PathBuf {
        self.data_dir().join("lake/margay_logs/asana_audit")
    }

    /// The binary with this world's data directory and nothing of the caller's environment that would change it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_margay"));
        command
            .args(arguments)
            .env("MARGAY_DATA_DIR", self.data_dir())
            .stdin(Stdio::null());
        for name in [
            "MARGAY_MASTER_KEY",
            "MARGAY_LOG",
            "MARGAY_LOG_FORMAT",
            "MARGAY_CA_FILE",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn margay(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    /// As [`World::margay`], for what has to work.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let said = self.margay(arguments);
        assert_eq!(said.exit, 0, "{arguments:?}: {}", said.stderr);
        said.stdout
    }

    /// As [`World::done`], with the one object that it prints.
    pub(crate) fn object(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[arguments, &["--format", "ndjson"]].concat())).unwrap()
    }

    /// Runs `margay serve` while `life` lasts, then stops it cleanly.
    pub(crate) fn served(&self, arguments: &[&str], life: impl FnOnce()) {
        let base = ["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"];
        let mut child = self
            .command(&[&base, arguments].concat())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        crate::serve::wait_until_listening(&mut child);
        life();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }

    pub(crate) fn add_source(&self, kind: TokenKind, more: &[&str]) -> Said {
        let id = self.simulation.organization_id().to_owned();
        self.add_source_with(&id, self.simulation.token(kind), more)
    }

    /// Adds a source with the token on standard input, where it is in no process list.
    pub(crate) fn add_source_with(&self, organization_id: &str, token: &str, more: &[&str]) -> Said {
        let api_url = self.simulation.api_url();
        let mut arguments = vec!["source", "add", "asana", "--name", "My Asana logs", "--token-file", "-"];
        if !more.contains(&"--api-url") {
            arguments.extend(["--api-url", api_url]);
        }
        arguments.extend(["--organization-id", organization_id]);
        // The budget is for a vendor; most simulators of these tests do not count.
        if !more.contains(&"--requests-per-minute") {
            arguments.extend(["--requests-per-minute", "1000000"]);
        }
        arguments.extend(more);
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses its arguments does not read the token.
        writeln!(stdin, "{token}").ok();
        drop(stdin);
        let said = Said::of(&child.wait_with_output().unwrap());
        assert!(
            !said.stdout.contains(token) && !said.stderr.contains(token),
            "the token was printed"
        );
        said
    }

    pub(crate) fn pull(&self) -> Said {
        let said = self.margay(&["pull", "--until-drained", "--quiet"]);
        assert_eq!(said.exit, 0, "{}\n{}", said.stdout, said.stderr);
        said
    }

    /// The answer's rows as JSON objects.
    pub(crate) fn query(&self, sql: &str) -> Vec<Value> {
        let said = self.margay(&["query", "--format", "ndjson", sql]);
        assert_eq!(said.exit, 0, "{sql}\n{}", said.stderr);
        said.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The first column of the first row.
    pub(crate) fn value(&self, sql: &str) -> Value {
        let rows = self.query(sql);
        rows[0].as_object().unwrap().values().next().unwrap().clone()
    }

    /// Every `gid` of the table, sorted, repetitions included.
    pub(crate) fn landed_ids(&self) -> Vec<String> {
        let rows = self.query("select gid from asana_audit order by gid");
        rows.iter().map(|row| row["gid"].as_str().unwrap().to_owned()).collect()
    }

    /// Every `gid` that the vendor has, sorted: the truth.
    pub(crate) fn served_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.simulation.event_ids().collect();
        ids.sort();
        ids
    }

    /// Each event of the vendor is in the table exactly once.
    pub(crate) fn assert_complete(&self) {
        let (landed, served) = (self.landed_ids(), self.served_ids());
        assert_eq!(landed.len(), served.len(), "landed against served");
        assert!(landed == served, "the ids differ");
    }
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// What was said on standard error, with what differs from run to run taken out.
    pub(crate) fn stderr_without(&self, varying: &[(&str, &str)]) -> String {
        varying
            .iter()
            .fold(self.stderr.clone(), |text, (what, name)| text.replace(what, name))
    }
}

/// How many bytes the journal of `data_dir` has on disk.
pub(crate) fn journal_bytes(data_dir: &Path) -> u64 {
    ["margay.db", "margay.db-wal"]
        .iter()
        .filter_map(|name| std::fs::metadata(data_dir.join(name)).ok())
        .map(|metadata| metadata.len())
        .sum()
}
