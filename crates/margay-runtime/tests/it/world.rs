//! A simulated organization and a data directory whose processes may die.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::{PageRecords, REQUESTS_PER_MINUTE_MAX, RequestLimits, Settings};
use margay_lake::{Cell, QueryContext};
use margay_runtime::pull::{Until, pull};
use margay_runtime::source::{ASANA_LOG_TYPE, AsanaDraft, add_asana};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, DataDir, HttpSettings, Line, LineSettings, Tenancy};
use margay_sim::{Scenario, Simulation, SimulationConfig, TokenKind};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// The vendor, with its own threads: it survives what is done to the line.
pub(crate) struct Vendor {
    pub(crate) simulation: Simulation,
    /// From when on its sources are to be read; all that it keeps unless given.
    start_at: Option<Timestamp>,
    _runtime: Runtime,
}

impl Vendor {
    pub(crate) fn of(event_count: u64) -> Self {
        Self::with(SimulationConfig {
            event_count,
            ..SimulationConfig::default()
        })
    }

    /// An organization whose vendor has its troubles.
    pub(crate) fn ill(event_count: u64, scenario: Scenario) -> Self {
        Self::with(SimulationConfig {
            event_count,
            scenario,
            ..SimulationConfig::default()
        })
    }

    /// A young organization: its events, and the past that a source asks for, are this old at most. Few windows, for tests that
    /// pass every place again and again.
    pub(crate) fn young(event_count: u64, age: SignedDuration) -> Self {
        let start_at = Clock::system().now() - age;
        let vendor = Self::with(SimulationConfig {
            event_count,
            history_span: age.unsigned_abs(),
            ..SimulationConfig::default()
        });
        Self {
            start_at: Some(start_at),
            ..vendor
        }
    }

    fn with(config: SimulationConfig) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let config = SimulationConfig {
            requests_per_minute: None,
            ..config
        };
        let simulation = runtime.block_on(Simulation::start(config)).unwrap();
        Self {
            simulation,
            start_at: None,
            _runtime: runtime,
        }
    }

    /// Every id that can be read now, sorted.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.simulation.event_ids().collect();
        ids.sort();
        ids
    }
}

/// A process' life: its own runtime, which dies with everything in it.
pub(crate) fn live<T>(life: impl AsyncFnOnce() -> T) -> T {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(life());
    // Tasks are dropped where they stand, as by a kill.
    drop(runtime);
    outcome
}

/// Opens the line on `folder`, adding the source if this is its first life.
pub(crate) async fn open(folder: &Path, vendor: &Vendor, crash_plan: CrashPlan) -> Line {
    open_at(folder, vendor, crash_plan, Clock::system()).await
}

/// As [`open`], on a machine with another clock.
pub(crate) async fn open_at(folder: &Path, vendor: &Vendor, crash_plan: CrashPlan, clock: Clock) -> Line {
    let settings = LineSettings {
        data_dir: DataDir::new(folder),
        master_key: None,
        http: HttpSettings::default(),
        clock,
        tenancy: Tenancy::Alone,
    };
    let mut line = Line::open(&settings).await.unwrap();
    if line.store.sources().await.unwrap().is_empty() {
        add_asana(&line, draft(vendor, "simulated", ASANA_LOG_TYPE))
            .await
            .unwrap();
    }
    line.crash_plan = crash_plan;
    line
}

/// A source of this organization whose records belong to `log_type`.
pub(crate) fn draft(vendor: &Vendor, label: &str, log_type: &str) -> AsanaDraft {
    AsanaDraft {
        label: label.to_owned(),
        log_type: log_type.parse().unwrap(),
        settings: Settings {
            api_url: vendor.simulation.api_url().parse().unwrap(),
            organization_id: vendor.simulation.organization_id().parse().unwrap(),
            page_records: PageRecords::default(),
            // The simulator of these tests does not count.
            requests: RequestLimits::new(REQUESTS_PER_MINUTE_MAX, 4).unwrap(),
        },
        token: vendor.simulation.token(TokenKind::ServiceAccountAuditOnly).into(),
        start_at: vendor.start_at,
        poll_interval: None,
    }
}

/// Pulls until the vendor is drained, and lands.
pub(crate) async fn pull_all(line: &Line) {
    let sources = line.store.sources().await.unwrap();
    for pulled in pull(line, sources, Until::Drained, &CancellationToken::new())
        .await
        .unwrap()
    {
        pulled.report.unwrap();
    }
}

/// The first column of the answer, as text.
pub(crate) async fn texts(line: &Line, sql: &str) -> Vec<String> {
    let rows = line
        .lake
        .query(sql, QueryContext::at(line.clock.now()))
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        other => panic!("neither text nor number: {other:?}"),
    };
    rows.iter().map(|row| text(&row[0])).collect()
}
