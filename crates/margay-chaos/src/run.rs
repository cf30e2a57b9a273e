//! One seed: the vendor falls ill, the process is killed again and again, both recover, and the copy is compared.
//!
//! ```text
//! t0  the vendor starts, the source is added
//! t1  lives: start, kill -9, start, kill -9 …       the vendor's faults last as long as this
//!     a kill between a "wait" of the vendor and the disk: the next life begins when the wait is over, since nobody knows of it
//! t2  one undisturbed pull until nothing waits      now all is there that was not late
//! t3  the last hours are read again, as `serve` does by itself every quarter of an hour: now all is there
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jiff::SignedDuration;
use margay_sim::{EventGroup, FaultKind, LateMode, Simulation, SimulationClock, TokenKind};
use tokio::process::Child;

use crate::margay::Margay;
use crate::plan::{Ends, LIFE_MAX, Life, PAUSE_S, Plan, Size, Token};
use crate::verdict::{self, Verdict};

/// How often it is looked whether a life is to end: often enough to hit what lasts a millisecond.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
/// Nothing more comes of a killed process once nothing has come for so long.
const STILL_FOR: Duration = Duration::from_millis(20);
/// How long the vendor may take to deal with what a killed process had sent.
const ANSWERED_MAX: Duration = Duration::from_secs(5);
/// How long one undisturbed pull may take: a vendor that is well is read in seconds; a failed window waits some first.
const PULL_PATIENCE: Duration = Duration::from_secs(90);
/// How often an undisturbed pull may fail: the last fault's wait may outlast the fault.
const PULLS_MAX: u32 = 5;
/// What is read again for late events, which are at most half an hour late.
const REREAD_AGE: &str = "2h";
/// The token that the source has.
const TOKEN: TokenKind = TokenKind::ServiceAccountAuditOnly;

/// What became of one seed.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Which seed.
    pub seed: u64,
    /// How often the process was killed.
    pub kills: u32,
    /// Requests that reached the vendor.
    pub requests: u64,
    /// Kills that came between the vendor's "wait" and the disk.
    pub kills_before_pause: u32,
    /// Requests that reached it while it had told the client to wait.
    pub calls_while_told_to_wait: u64,
    /// The faults that the vendor gave, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
    /// What was odd about the vendor or its events, in words, and how often.
    pub oddities: BTreeMap<&'static str, u64>,
    /// Events that the vendor showed in the end.
    pub events: usize,
    /// Late events among them.
    pub late: usize,
    /// What is wrong with the copy.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
    /// Where everything is, if something is wrong.
    pub kept: Option<PathBuf>,
}

/// Runs one seed with `binary`.
///
/// # Errors
/// When the harness itself cannot go on; what the binary does wrong is in the outcome.
pub async fn run(binary: &Path, seed: u64, size: Size) -> Result<Outcome> {
    let started = Instant::now();
    let plan = Plan::of(seed, size);
    let folder = tempfile::Builder::new()
        .prefix(&format!("margay-chaos-{seed}-"))
        .tempdir()?;
    std::fs::write(folder.path().join("scenario.yaml"), plan.config.scenario.to_yaml())?;
    let simulation = Simulation::start(plan.config.clone()).await?;
    let margay = Margay::new(binary, folder.path());
    let mut outcome = Outcome {
        seed,
        oddities: oddities(&plan),
        ..Outcome::default()
    };
    let done = go_through(&plan, &simulation, &margay, &mut outcome).await;
    if let Err(error) = done {
        outcome.verdict.problems.push(format!("{error:#}"));
    }
    let served = simulation.served();
    outcome.requests = served.received;
    outcome.calls_while_told_to_wait = served.calls_while_told_to_wait;
    outcome.faults = served.faults;
    simulation.shutdown().await;
    if !outcome.verdict.is_clean() {
        outcome.kept = Some(folder.keep());
    }
    outcome.took = started.elapsed();
    Ok(outcome)
}

async fn go_through(plan: &Plan, simulation: &Simulation, margay: &Margay, outcome: &mut Outcome) -> Result<()> {
    let started = Instant::now();
    let (api_url, organization_id) = (simulation.api_url(), simulation.organization_id());
    margay
        .add_source(
            api_url,
            organization_id,
            simulation.token(TOKEN),
            plan.start_at.as_deref(),
        )
        .await?;
    let mut problems = Vec::new();
    let mut nth = 0;
    while outcome.kills < plan.kills || started.elapsed() < plan.ill_for {
        let life = plan.life(nth);
        if life.token == Token::Revoked {
            simulation.revoke_token(TOKEN);
            *outcome.oddities.entry("token revoked and restored").or_default() += 1;
        }
        simulation.add_events(life.events);
        let before = Patience::of(simulation);
        if live(life, nth, simulation, margay).await? {
            outcome.kills += 1;
            let killed_at = Instant::now();
            answered(simulation).await;
            if let Some(told_for) = pause_that_nobody_knows(simulation, margay, killed_at).await? {
                outcome.kills_before_pause += 1;
                problems.extend(verdict::forgetfulness(told_for));
            }
        }
        problems.extend(before.problem_since(simulation, nth));
        simulation.restore_token(TOKEN);
        nth += 1;
    }
    let before = Patience::of(simulation);
    let recovered = recover(simulation, margay, outcome).await;
    problems.extend(before.problem_since(simulation, nth));
    outcome.verdict.problems.extend(problems);
    recovered
}

/// How often the vendor wanted to be left alone, and how often it was not, up to some moment.
struct Patience {
    pauses: u64,
    calls: u64,
}

impl Patience {
    fn of(simulation: &Simulation) -> Self {
        let served = simulation.served();
        Self {
            pauses: served.faults.get(&FaultKind::RateLimit).copied().unwrap_or_default(),
            calls: served.calls_while_told_to_wait,
        }
    }

    fn problem_since(&self, simulation: &Simulation, life: u64) -> Option<String> {
        let now = Self::of(simulation);
        let problem = verdict::impatience(now.calls - self.calls, now.pauses - self.pauses)?;
        Some(format!("life {life}: {problem}"))
    }
}

/// Starts a process and kills it. Returns whether it was still alive then.
async fn live(life: Life, nth: u64, simulation: &Simulation, margay: &Margay) -> Result<bool> {
    let requests_before = simulation.served().received;
    let commits_before = margay.commits();
    let mut child = margay.start(life.runs, nth)?;
    let its_time = async {
        let moment = match life.ends {
            Ends::After(after) => after,
            Ends::Requests(count, moment) => {
                while simulation.served().received < requests_before + count {
                    tokio::time::sleep(LOOK_INTERVAL).await;
                }
                moment
            }
            Ends::Commits(count, moment) => {
                while margay.commits() < commits_before + count {
                    tokio::time::sleep(LOOK_INTERVAL).await;
                }
                moment
            }
        };
        tokio::time::sleep(moment).await;
    };
    tokio::select! {
        _ = tokio::time::timeout(LIFE_MAX, its_time) => kill(&mut child).await,
        ended = child.wait() => {
            ended?;
            Ok(false)
        }
    }
}

/// Waits until the vendor has dealt with what a killed process had sent: a pause that it asks a dead process for is none that the next
/// one could know of.
async fn answered(simulation: &Simulation) {
    let started = Instant::now();
    while started.elapsed() < ANSWERED_MAX {
        let before = simulation.served();
        tokio::time::sleep(STILL_FOR).await;
        let after = simulation.served();
        if after.in_flight == 0 && after.received == before.received {
            return;
        }
    }
}

/// Lets the pause end that the vendor wants, if the process that was killed a moment ago had not written it down. Returns for how long
/// it had been told.
async fn pause_that_nobody_knows(
    simulation: &Simulation,
    margay: &Margay,
    killed_at: Instant,
) -> Result<Option<Duration>> {
    let told_now = simulation.told_to_wait_for(TOKEN);
    if told_now.is_zero() {
        return Ok(None);
    }
    let told_at_kill = told_now + killed_at.elapsed();
    let written = margay.not_before().await?;
    // Compared as what is left: the vendor's clock may be another one. The process counts from the answer, so it waits no less.
    let told = simulation.told_to_wait_for(TOKEN);
    let waits = written.map(|until| until.duration_since(SimulationClock::Real.now()));
    let is_known = waits.is_some_and(|waits| waits >= SignedDuration::try_from(told).unwrap_or(SignedDuration::MAX));
    if told.is_zero() || is_known {
        return Ok(None);
    }
    tokio::time::sleep(told).await;
    Ok(Some(Duration::from_secs(PAUSE_S.into()).saturating_sub(told_at_kill)))
}

/// `kill -9`. Returns whether there was something to kill.
async fn kill(child: &mut Child) -> Result<bool> {
    child.start_kill()?;
    let status = child.wait().await?;
    // One that ended by itself just before has an exit code; one that was killed has none.
    Ok(status.code().is_none())
}

/// Lets the copy become complete, and compares it.
async fn recover(simulation: &Simulation, margay: &Margay, outcome: &mut Outcome) -> Result<()> {
    let late: BTreeSet<String> = simulation.late_events().into_iter().map(|event| event.gid).collect();
    let before: Vec<String> = simulation.event_ids().collect();
    drain(margay).await?;
    let landed: BTreeSet<String> = ids(margay).await?.into_iter().collect();
    // What is not late needs no second look.
    let lost = before.iter().filter(|id| !landed.contains(*id) && !late.contains(*id));
    let lost: Vec<String> = lost.cloned().collect();

    margay.backfill(REREAD_AGE).await?;
    let before: Vec<String> = simulation.event_ids().collect();
    drain(margay).await?;
    let landed = ids(margay).await?;
    let after: Vec<String> = simulation.event_ids().collect();
    outcome.events = before.len();
    outcome.late = before.iter().filter(|id| late.contains(*id)).count();
    outcome.verdict = Verdict::of(&landed, &before, &after);
    let only_at_first = lost.into_iter().filter(|id| !outcome.verdict.lost.contains(id));
    let only_at_first: Vec<String> = only_at_first.collect();
    if !only_at_first.is_empty() {
        let problem = format!("missing until the last hours were read again, though not late: {only_at_first:?}");
        outcome.verdict.problems.push(problem);
    }
    for stretch in margay.incomplete().await? {
        outcome.verdict.problems.push(format!("not proven complete: {stretch}"));
    }
    let failures = "select record_id from margay_monitor.classification_failures";
    for id in margay.column(failures).await? {
        outcome.verdict.problems.push(format!("a classification failure: {id}"));
    }
    Ok(())
}

async fn drain(margay: &Margay) -> Result<()> {
    let mut last = None;
    for _ in 0..PULLS_MAX {
        let said = margay.pull(PULL_PATIENCE).await?;
        if said.exit == Some(0) {
            return Ok(());
        }
        last = Some(said);
    }
    let said = last.context("no pull was made")?;
    anyhow::bail!(
        "the vendor is well, and a pull still ends with {:?}: {}",
        said.exit,
        said.stderr
    )
}

async fn ids(margay: &Margay) -> Result<Vec<String>> {
    margay.column("select gid from asana_audit").await
}

/// What is odd about a plan besides its faults.
fn oddities(plan: &Plan) -> BTreeMap<&'static str, u64> {
    let scenario = &plan.config.scenario;
    let mut oddities = BTreeMap::new();
    for group in &scenario.events {
        let name = match group {
            EventGroup::Storm { .. } => "event storm",
            EventGroup::Tie { .. } => "many events on one millisecond",
            EventGroup::Late {
                mode: LateMode::Skipped,
                ..
            } => "late events, skipped by offsets",
            EventGroup::Late { .. } => "late events, delivered late",
        };
        *oddities.entry(name).or_default() += u64::from(group.count());
    }
    if scenario.clock_skew_s != 0 {
        oddities.insert("vendor's clock differs", 1);
    }
    if scenario.offset_lifetime_s.is_some() {
        oddities.insert("offsets expire", 1);
    }
    if plan.config.live_events_per_minute > 0.0 {
        oddities.insert("events while it is read", 1);
    }
    oddities
}
