//! Watch: looks at how everything is, evaluates every alarm, and raises alerts.
//!
//! ```text
//! store, ledger, status ──▶ Facts ──evaluate──▶ Verdict ──step──▶ one transaction: alarm, alert, timeline, outbox
//! ```
//! A reconciler: it has no memory but the database's, so that whoever looks next goes on from there, and looking twice does nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::RETENTION;
use margay_detect::{
    AlarmKind, AlarmSettings, Change, DeliveryFacts, DiskFacts, Explanation, Holes, Landing, Reading, Rejects,
    ServerFacts, SourceFacts, State, Status as Remembered, Trouble, Verdict, evaluate, evaluate_server,
};
use margay_schema::SourceId;
use margay_store::{
    Alarm, AlarmChange, AlarmError, AlarmState, AlarmStatus, AlertText, Backfill, BackfillReason, Destination,
    Evaluated, Evidence, Ledger, LookupError, MeasureStep, NewAlert, PollStatus, RoundKind, Source, Standing,
    StorageFault,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::alarm::AlarmForm;
use crate::disk;
use crate::error_chain::ErrorChain;
use crate::health;
use crate::line::Line;
use crate::status::Status;

/// How often everything is looked at. Thresholds are minutes, and one look takes milliseconds.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(15);
/// Sources whose standing is read at once: each may have thousands of ranges in its ledger, and all are in memory.
const STANDINGS_AT_ONCE_MAX: usize = 100;
/// A summary that changes with every event is written this often: an idle server writes nothing.
const SUMMARY_KEPT: Duration = Duration::from_secs(60 * 60);
/// The type of the alerts that alarms raise (Panther's `SYSTEM_ERROR`).
pub const SYSTEM_ERROR: &str = "SYSTEM_ERROR";
/// Their severity: system errors are always critical (Panther's documentation, "System Health Notifications", read 2026-11-23).
pub const CRITICAL: &str = "CRITICAL";

/// What watching needs besides the line.
#[derive(Debug, Clone)]
pub struct Watch {
    /// What this process knows of itself.
    pub status: Arc<Status>,
    /// When this process began to watch.
    pub started_at: Timestamp,
    /// The folder whose disk is looked at.
    pub data_dir: PathBuf,
    /// Rung when an alert was put into the outbox.
    pub wake: Arc<Notify>,
}

/// Why an alarm could not be evaluated: our own side.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// What is known could not be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// What is known could not be read.
    #[error(transparent)]
    Storage(#[from] StorageFault),
    /// An alarm could not be read or kept.
    #[error(transparent)]
    Alarm(#[from] AlarmError),
}

/// Watches until `stop`. Failures of our own side are logged, and looked at again.
pub async fn keep(line: Line, watch: Watch, stop: CancellationToken) {
    let mut labels = BTreeSet::new();
    loop {
        match look(&line, &watch).await {
            Ok(seen) => {
                // What is gone sounds no more.
                for label in labels.difference(&seen) {
                    for kind in AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source()) {
                        crate::telemetry::alarm(label, kind.as_str(), false);
                    }
                }
                labels = seen;
            }
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "alarms could not be evaluated; looking again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
        }
    }
}

/// Evaluates every alarm once; returns the names of the sources.
///
/// # Errors
/// When the server's own alarms cannot be evaluated. A source whose alarms cannot be is logged, and keeps no other from being watched.
pub async fn look(line: &Line, watch: &Watch) -> Result<BTreeSet<String>, WatchError> {
    let mut labels = BTreeSet::new();
    let sources = line.store.sources().await?;
    for some in sources.chunks(STANDINGS_AT_ONCE_MAX) {
        let ids: Vec<SourceId> = some.iter().map(|source| source.id).collect();
        // What is damaged of one source is to keep no other from being watched: then each is asked for by itself.
        let mut all = line.store.standings(&ids).await.ok();
        for source in some {
            labels.insert(source.label.clone());
            let standing = match &mut all {
                Some(all) => Ok(all.remove(&source.id)),
                None => one_standing(line, source.id).await,
            };
            if let Err(error) = look_at_source(line, watch, source, standing).await {
                tracing::warn!(source = source.label, error = %ErrorChain(&error), "the alarms of a source could not be evaluated");
            }
        }
    }
    let facts = ServerFacts {
        delivery: delivery_facts(line).await?,
        disk: disk_facts(&watch.data_dir),
    };
    let kept = line.store.alarms(None).await?;
    for kind in AlarmKind::ALL.into_iter().filter(|kind| !kind.is_of_source()) {
        let now = line.clock.now();
        let known = Known::of(&kept, kind, now);
        let verdict = evaluate_server(kind, &known.settings, &facts, now);
        keep_verdict(line, watch, None, kind, &known, verdict).await?;
    }
    Ok(labels)
}

async fn one_standing(line: &Line, source_id: SourceId) -> Result<Option<Standing>, StorageFault> {
    Ok(line.store.standings(&[source_id]).await?.remove(&source_id))
}

async fn look_at_source(
    line: &Line,
    watch: &Watch,
    source: &Source,
    standing: Result<Option<Standing>, StorageFault>,
) -> Result<(), WatchError> {
    let Some(standing) = standing? else {
        // It was deleted meanwhile.
        return Ok(());
    };
    let landing_problem = watch.status.landing_problem(&source.log_type);
    health::look_inside(line, source, &standing.checks, landing_problem).await?;
    let now = line.clock.now();
    let facts = source_facts(line, watch, source, &standing, now).await?;
    let kept = &standing.alarms;
    for kind in AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source()) {
        let known = Known::of(kept, kind, now);
        let verdict = evaluate(kind, &known.settings, &facts, now);
        keep_verdict(line, watch, Some(source), kind, &known, verdict).await?;
    }
    Ok(())
}

/// What is set of an alarm, and what is remembered of it.
struct Known {
    settings: AlarmSettings,
    remembered: Remembered,
    /// The same as it is kept; nothing if it was never evaluated.
    kept: Option<AlarmStatus>,
    /// The summary that is kept, and when it was written.
    summary: Option<(String, Timestamp)>,
}

impl Known {
    /// Settings that cannot be read any more count as the defaults: an alarm too many rather than none.
    fn of(kept: &[Alarm], kind: AlarmKind, now: Timestamp) -> Self {
        let alarm = kept.iter().find(|alarm| alarm.kind == kind.as_str());
        let form = alarm
            .and_then(|alarm| alarm.settings.as_deref())
            .map(AlarmForm::from_json);
        let settings = match form.map(|form| form.and_then(|form| form.settings(kind))) {
            Some(Ok(settings)) => settings,
            Some(Err(problem)) => {
                tracing::error!(alarm = kind.as_str(), %problem, "the settings of an alarm cannot be used; it has its defaults");
                AlarmSettings::default_of(kind)
            }
            None => AlarmSettings::default_of(kind),
        };
        let remembered = alarm.and_then(|alarm| alarm.status).map(|status| Remembered {
            state: state_of(status.state),
            since: status.since,
            opened_at: status.opened_at,
            is_open: status.is_open,
            told_at: status.told_at,
        });
        Self {
            settings,
            remembered: remembered.unwrap_or_else(|| Remembered::new(now)),
            kept: alarm.and_then(|alarm| alarm.status),
            summary: alarm.and_then(|alarm| Some((alarm.summary.clone(), alarm.evaluated_at?))),
        }
    }

    /// Whether what is kept says the same, or was written so lately that writing it again is not worth a disk's flush.
    fn is_fresh(&self, summary: &str, now: Timestamp) -> bool {
        let Some((kept, written_at)) = &self.summary else {
            return false;
        };
        kept == summary || now.duration_since(*written_at).unsigned_abs() < SUMMARY_KEPT
    }
}

async fn keep_verdict(
    line: &Line,
    watch: &Watch,
    source: Option<&Source>,
    kind: AlarmKind,
    known: &Known,
    verdict: Option<Verdict>,
) -> Result<(), WatchError> {
    let now = line.clock.now();
    let remembered = known.remembered;
    let (status, change) = remembered.step(verdict.as_ref(), &known.settings, now);
    let summary = verdict
        .as_ref()
        .map_or("nobody watches it", |verdict| &verdict.summary)
        .to_owned();
    let text = || {
        verdict
            .as_ref()
            .and_then(|verdict| verdict.explanation.clone())
            .map(text_of)
    };
    let change = change.and_then(|change| {
        Some(match change {
            Change::Opened => AlarmChange::Opened(NewAlert {
                alert_type: SYSTEM_ERROR.to_owned(),
                severity: CRITICAL.to_owned(),
                text: text()?,
            }),
            Change::Reopened => AlarmChange::Reopened(text()?),
            Change::Reminded => AlarmChange::Reminded(text()?),
            Change::Recovered => AlarmChange::Recovered,
            Change::Unwatched => AlarmChange::Unwatched,
        })
    });
    crate::telemetry::alarm(source.map_or("", |source| &source.label), kind.as_str(), status.is_open);
    if change.is_none() && status == remembered && known.is_fresh(&summary, now) {
        return Ok(());
    }
    tell(source, kind, change.as_ref(), &summary);
    let is_told = change.is_some();
    let evaluated = Evaluated {
        source_id: source.map(|source| source.id),
        kind: kind.as_str().to_owned(),
        before: known.kept,
        status: AlarmStatus {
            state: stored(status.state),
            since: status.since,
            opened_at: status.opened_at,
            is_open: status.is_open,
            told_at: status.told_at,
        },
        summary,
        change,
        now,
    };
    line.store.keep_alarm(evaluated).await?;
    if is_told {
        watch.wake.notify_one();
    }
    Ok(())
}

fn tell(source: Option<&Source>, kind: AlarmKind, change: Option<&AlarmChange>, summary: &str) {
    let source = source.map_or("", |source| &source.label);
    let alarm = kind.as_str();
    match change {
        Some(AlarmChange::Opened(_) | AlarmChange::Reopened(_)) => {
            tracing::error!(source, alarm, summary, "an alarm sounds");
        }
        Some(AlarmChange::Reminded(_)) => tracing::error!(source, alarm, summary, "an alarm still sounds"),
        Some(AlarmChange::Recovered) => tracing::info!(source, alarm, summary, "an alarm is over"),
        Some(AlarmChange::Unwatched) => tracing::info!(source, alarm, "an alarm is over: nobody watches it"),
        None => {}
    }
}

fn text_of(explanation: Explanation) -> AlertText {
    let Explanation {
        title,
        cause,
        evidence,
        blind,
        remedy,
    } = explanation;
    AlertText {
        title,
        cause,
        evidence,
        blind,
        remedy,
    }
}

fn stored(state: State) -> AlarmState {
    match state {
        State::Ok => AlarmState::Ok,
        State::Alarm => AlarmState::Alarm,
        State::InsufficientData => AlarmState::InsufficientData,
    }
}

fn state_of(state: AlarmState) -> State {
    match state {
        AlarmState::Ok => State::Ok,
        AlarmState::Alarm => State::Alarm,
        AlarmState::InsufficientData => State::InsufficientData,
    }
}

async fn source_facts(
    line: &Line,
    watch: &Watch,
    source: &Source,
    standing: &Standing,
    now: Timestamp,
) -> Result<SourceFacts, WatchError> {
    let Standing {
        alarms,
        polls,
        ledger,
        backfills,
        ..
    } = standing;
    let landing = Landing {
        waiting_since: standing.unlanded_since,
        problem: line
            .content()
            .problem_of(&source.log_type)
            .or_else(|| watch.status.landing_problem(&source.log_type)),
    };
    let watched_since = source
        .resumed_at
        .map_or(source.created_at, |at| at.max(source.created_at));
    Ok(SourceFacts {
        label: source.label.clone(),
        vendor: crate::source::vendor_name(&source.connector).to_owned(),
        watched_since,
        silence_watched_since: silence_watched_since(alarms, watched_since),
        attended_since: watched_since.max(watch.started_at),
        is_paused: source.paused_at.is_some(),
        is_drained: polls
            .last_round
            .as_ref()
            .is_some_and(|round| round.kind == RoundKind::Drained),
        reading: reading(line, source, polls).await?,
        read_through: ledger.tail_through,
        newest_event_at: standing.newest_event_time,
        landing,
        rejects: rejects(line, source, standing, now).await?,
        holes: holes(ledger, backfills),
        deleted_at: deleted_at(ledger, standing.oldest_waiting, watched_since),
    })
}

/// Silence counts from when its alarm was changed last. While somebody is being told of it, it goes on: a change of the threshold is no
/// end of the silence.
fn silence_watched_since(kept: &[Alarm], watched_since: Timestamp) -> Timestamp {
    let alarm = kept.iter().find(|alarm| alarm.kind == AlarmKind::DropOff.as_str());
    let is_open = alarm
        .and_then(|alarm| alarm.status)
        .is_some_and(|status| status.is_open);
    let changed_at = alarm.and_then(|alarm| alarm.settings_at).filter(|_| !is_open);
    changed_at.map_or(watched_since, |at| at.max(watched_since))
}

/// A round that was interrupted says nothing of the vendor; what failed before it counts still.
async fn reading(line: &Line, source: &Source, polls: &PollStatus) -> Result<Reading, LookupError> {
    let Some(last) = &polls.last_round else {
        return Ok(Reading::Unknown);
    };
    let Some(since) = polls.failing_since else {
        return Ok(match polls.last_success_at {
            Some(_) => Reading::Works,
            None => Reading::Unknown,
        });
    };
    let failed = match last.kind {
        RoundKind::Interrupted | RoundKind::StandBy => line.store.round_problems(source.id).await?.into_iter().next(),
        _ => Some(last.clone()),
    };
    let Some(failed) = failed else {
        return Ok(Reading::Unknown);
    };
    let trouble = Trouble {
        since,
        polls: polls.consecutive_failures,
        problem: failed.problem.unwrap_or_default(),
    };
    Ok(match failed.kind {
        RoundKind::TokenRefused => Reading::Refused(trouble),
        RoundKind::NeedsOperator => Reading::NeedsPerson(trouble),
        _ => Reading::Fails(trouble),
    })
}

async fn rejects(line: &Line, source: &Source, standing: &Standing, now: Timestamp) -> Result<Rejects, WatchError> {
    let Some(last) = &standing.last_reject else {
        return Ok(Rejects::default());
    };
    let known = Known::of(&standing.alarms, AlarmKind::ClassificationFailures, now);
    let threshold = SignedDuration::try_from(known.settings.threshold).unwrap_or(SignedDuration::MAX);
    let from = now.saturating_sub(threshold).unwrap_or(Timestamp::MIN);
    // The step that is under way began before now.
    let steps = line
        .store
        .measures(source.id, MeasureStep::Coarse, from, Timestamp::MAX)
        .await?;
    Ok(Rejects {
        last_at: Some(last.at),
        recent: steps.iter().map(|(_, measures)| measures.rejects).sum::<u64>().max(1),
        reason: Some(last.reason.clone()),
    })
}

fn holes(ledger: &Ledger, backfills: &[Backfill]) -> Holes {
    let is_open = |backfill: &&Backfill| backfill.reason == BackfillReason::Hole && backfill.finished_at.is_none();
    let open: Vec<&Backfill> = backfills.iter().filter(is_open).collect();
    let left = |backfill: &&Backfill| {
        let whole = backfill.to.duration_since(backfill.from).unsigned_abs();
        whole.saturating_sub(backfill.covered)
    };
    let lost = || ledger.coverage.iter().filter(|row| row.evidence == Evidence::Lost);
    Holes {
        open_since: open.iter().map(|backfill| backfill.begun_at).min(),
        open: open.iter().map(left).sum(),
        lost_at: lost().map(|row| row.last_at).max(),
        lost: lost().map(|row| row.to.duration_since(row.from).unsigned_abs()).sum(),
    }
}

/// The oldest that is unread is in a window that waits, or where the live tail stands.
fn deleted_at(ledger: &Ledger, oldest_waiting: Option<Timestamp>, watched_since: Timestamp) -> Option<Timestamp> {
    let tail = ledger.tail_through.unwrap_or(watched_since);
    let oldest = oldest_waiting.map_or(tail, |waiting| waiting.min(tail));
    oldest.checked_add(RETENTION).ok()
}

/// The destination that fails for longest, or that an alert was given up for last.
async fn delivery_facts(line: &Line) -> Result<DeliveryFacts, StorageFault> {
    let destinations = line.store.destinations().await?;
    let enabled = || destinations.iter().filter(|destination| destination.is_enabled);
    let given_up = enabled().max_by_key(|destination| destination.given_up_at);
    let given_up_at = given_up.and_then(|destination| destination.given_up_at);
    let failing = enabled()
        .filter(|destination| destination.failing_since.is_some())
        .min_by_key(|destination| destination.failing_since);
    let of = |destination: &Destination| DeliveryFacts {
        failing_since: destination.failing_since,
        destination: Some(destination.name.clone()),
        problem: destination.problem.clone(),
        given_up_at,
    };
    let spoken_of = failing.or(given_up.filter(|_| given_up_at.is_some()));
    Ok(spoken_of.map_or_else(DeliveryFacts::default, of))
}

fn disk_facts(folder: &Path) -> DiskFacts {
    disk::room(folder).map_or_else(DiskFacts::default, |room| DiskFacts {
        free_bytes: Some(room.free_bytes),
        total_bytes: room.total_bytes,
    })
}
