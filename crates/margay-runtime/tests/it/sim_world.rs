//! A world whose time is virtual: the simulated vendor, a data directory, and servers that live, freeze and die in it.
//!
//! Each server is a tokio runtime of one thread with its clock paused. The clock moves to the next timer only when everything else is
//! still ([`crate::stillness`]), so hours pass in milliseconds, and a slow machine changes nothing. The vendor's clock follows.
//! Sockets are real: they are carried by the vendor's own runtime.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::{Checkpoint, PageRecords, REQUESTS_PER_MINUTE_MAX, RequestLimits, Settings};
use margay_runtime::serve::{ServeSettings, serve};
use margay_runtime::source::{ASANA_LOG_TYPE, AsanaDraft, add_asana};
use margay_runtime::{Clock, DataDir, HttpSettings, Line, LineSettings, Status, Tenancy};
use margay_sim::{ManualClock, Simulation, SimulationConfig, TokenKind};
use margay_store::Source;
use tempfile::TempDir;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::stillness;
use crate::world::texts;

/// When it begins: a Tuesday morning.
pub(crate) const BEGIN: &str = "2026-03-10T09:00:00Z";
/// The token that the source has.
pub(crate) const TOKEN: TokenKind = TokenKind::ServiceAccountAuditOnly;
/// How often servers poll.
const POLL_INTERVAL: Duration = Duration::from_secs(60);

/// The world.
pub(crate) struct World {
    pub(crate) simulation: Simulation,
    clock: ManualClock,
    folder: TempDir,
    /// How far back a new source begins, if not at all that the vendor has.
    pub(crate) look_back: Option<SignedDuration>,
    vendor: Runtime,
    _alone: MutexGuard<'static, ()>,
}

impl World {
    pub(crate) fn of(config: SimulationConfig) -> Self {
        let alone = stillness::alone();
        let vendor = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let clock = ManualClock::starting_at(BEGIN.parse().unwrap());
        let config = SimulationConfig {
            clock: clock.clone().into(),
            requests_per_minute: None,
            ..config
        };
        let simulation = vendor.block_on(Simulation::start(config)).unwrap();
        Self {
            simulation,
            clock,
            folder: TempDir::new().unwrap(),
            look_back: Some(SignedDuration::from_hours(24)),
            vendor,
            _alone: alone,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The runtime that everything outside lives on.
    pub(crate) fn vendor(&self) -> &Runtime {
        &self.vendor
    }

    pub(crate) fn data_dir(&self) -> DataDir {
        DataDir::new(self.folder.path())
    }

    /// Lets time pass while no server runs.
    pub(crate) fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// Ids of all events that the vendor shows, sorted.
    pub(crate) fn served_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.simulation.event_ids().collect();
        ids.sort();
        ids
    }

    /// Opens the line, adding the source if this is the first time.
    pub(crate) async fn open(&self, clock: &Clock, tenancy: Tenancy) -> Line {
        let settings = LineSettings {
            data_dir: self.data_dir(),
            master_key: None,
            http: HttpSettings {
                carrier: Some(self.vendor.handle().clone()),
                ..HttpSettings::default()
            },
            clock: clock.clone(),
            tenancy,
        };
        let line = Line::open(&settings).await.unwrap();
        if line.store.sources().await.unwrap().is_empty() {
            add_asana(&line, self.draft(clock.now())).await.unwrap();
        }
        line
    }

    fn draft(&self, now: Timestamp) -> AsanaDraft {
        AsanaDraft {
            label: "simulated".to_owned(),
            log_type: ASANA_LOG_TYPE.parse().unwrap(),
            settings: Settings {
                api_url: self.simulation.api_url().parse().unwrap(),
                organization_id: self.simulation.organization_id().parse().unwrap(),
                page_records: PageRecords::default(),
                requests: RequestLimits::new(REQUESTS_PER_MINUTE_MAX, 4).unwrap(),
            },
            token: self.simulation.token(TOKEN).into(),
            start_at: self.look_back.map(|look_back| now.saturating_sub(look_back).unwrap()),
            poll_interval: None,
        }
    }
}

/// Where a server dies: the `n`th time that everything in it waits for something, counted from 0. Even places are before what it waits for
/// has happened, or while it does; odd ones after, unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) u64);

/// A process, as far as one can be simulated: a runtime that can be run for a while, left frozen, and dropped.
pub(crate) struct Server<'world> {
    world: &'world World,
    runtime: Runtime,
    clock: Clock,
    death: Arc<Death>,
}

struct Death {
    at: Option<Place>,
    /// Places that were met.
    met: AtomicU64,
    reached: Notify,
}

impl Death {
    fn meet(&self) {
        let place = Place(self.met.fetch_add(1, Ordering::SeqCst));
        if self.at == Some(place) {
            self.reached.notify_one();
        }
    }
}

impl<'world> Server<'world> {
    pub(crate) fn start(world: &'world World, dies_at: Option<Place>) -> Self {
        // What an earlier process left in other threads comes to its end, as a disk's writes do.
        stillness::wait();
        let death = Arc::new(Death {
            at: dies_at,
            met: AtomicU64::new(0),
            reached: Notify::new(),
        });
        let clock_of_hooks: Arc<OnceLock<Clock>> = Arc::default();
        let (hooked_death, hooked_clock, vendor_clock) =
            (Arc::clone(&death), Arc::clone(&clock_of_hooks), world.clock.clone());
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .on_thread_park(move || {
                hooked_death.meet();
                stillness::wait();
                hooked_death.meet();
            })
            .on_thread_unpark(move || {
                if let Some(clock) = hooked_clock.get() {
                    vendor_clock.set(clock.now());
                }
            })
            .build()
            .unwrap();
        let clock = {
            let _context = runtime.enter();
            Clock::starting_at(world.now())
        };
        clock_of_hooks.set(clock.clone()).unwrap();
        Self {
            world,
            runtime,
            clock,
            death,
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Runs until `life` is over; `None` if the server died before. Between two runs everything in it stands still, as in a process that was
    /// stopped by a signal; when it goes on, its clock shows the world's time.
    pub(crate) fn run<T>(&self, life: impl Future<Output = T>) -> Option<T> {
        let world_now = self.world.now();
        self.runtime.block_on(async {
            let behind = world_now.duration_since(self.clock.now());
            if behind.is_positive() {
                tokio::time::advance(behind.unsigned_abs()).await;
            }
            tokio::select! {
                biased;
                () = self.death.reached.notified() => None,
                lived = life => Some(lived),
            }
        })
    }

    /// How many places were met so far.
    pub(crate) fn places(&self) -> u64 {
        self.death.met.load(Ordering::SeqCst)
    }
}

/// Serves for `duration`, then stops cleanly.
pub(crate) async fn serve_for(line: &Line, duration: Duration) {
    let stop = CancellationToken::new();
    let settings = ServeSettings::new(POLL_INTERVAL, &DataDir::new(std::env::temp_dir()));
    let watch = async {
        tokio::time::sleep(duration).await;
        stop.cancel();
    };
    let (served, ()) = tokio::join!(serve(line, &settings, Arc::new(Status::default()), stop.clone()), watch);
    served.unwrap();
}

/// The only source.
pub(crate) async fn source(line: &Line) -> Source {
    line.store.sources().await.unwrap().remove(0)
}

/// The ids in the lake, sorted, repetitions included.
pub(crate) async fn landed_ids(line: &Line) -> Vec<String> {
    texts(line, "select gid from asana_audit order by gid").await
}

/// Each event of the vendor is in the lake exactly once, nothing waits, the ledger has no hole, and the checkpoint can be read.
pub(crate) async fn assert_complete(world: &World, line: &Line, what: &str) {
    let (landed, served) = (landed_ids(line).await, world.served_ids());
    assert_eq!(landed.len(), served.len(), "landed against served, {what}");
    assert!(landed == served, "the ids differ, {what}");
    let source = source(line).await;
    let ledger = line.store.ledger(source.id).await.unwrap();
    let through = ledger.proven_through().unwrap();
    assert_eq!(ledger.holes(through), [], "holes, {what}");
    let waiting = line.store.waiting_windows(source.id, 10).await.unwrap();
    assert!(waiting.is_empty(), "{waiting:?}, {what}");
    let checkpoint = line.store.checkpoint(source.id).await.unwrap();
    Checkpoint::from_json(&checkpoint).unwrap();
}

/// The story of the source, a line for each entry, with what differs from run to run taken out: retries are spread at random.
pub(crate) async fn story(line: &Line) -> String {
    let source = source(line).await;
    let mut notes = line.store.history(source.id, 100).await.unwrap();
    notes.reverse();
    let mut text = String::new();
    for note in notes {
        // Tens of minutes: a poll more or less is no other story.
        let at = note.first_at.strftime("%H:%M").to_string();
        let tens = at.get(..4).unwrap_or_default();
        let times = if note.count > 1 { " (several times)" } else { "" };
        writeln!(text, "{tens}x {}{times}: {}", note.kind.as_str(), steady(&note.text)).unwrap();
    }
    text
}

/// Takes out how many polls failed, how long before the last one worked, and the seconds of a restart.
fn steady(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut steady = Vec::new();
    for (nth, word) in words.iter().enumerate() {
        let next = words.get(nth + 1).copied().unwrap_or_default();
        let is_count = word.parse::<u64>().is_ok();
        let is_counted = next == "failed" || ["h", "min", "s"].contains(&next);
        steady.push(if is_count && is_counted { "N" } else { word });
    }
    steady
        .join(" ")
        .replace("N h N min", "hours")
        .replace("N h", "hours")
        .replace("N min N s", "minutes")
        .replace("N min", "minutes")
}
