//! Poll: drives a connector's state machine through one round, and journals every page before the next request.
//!
//! ```text
//! t0  step → Fetch(request)      the vendor is asked
//! t1  step → Journal(page)       one transaction: new records, their ids, the checkpoint
//! t2  step → Fetch(next) …       nothing of t0 is needed any more
//! ```
//! A crash before t1 has happened nowhere; after it the next round goes on from the checkpoint. This loop decides nothing:
//! what to fetch, when to wait and when to end is the connector's.

use std::time::Duration;

use jiff::Timestamp;
use margay_connector::asana::{Action, Checkpoint, Input, PollLimits, Poller, RoundEnd};
use margay_connector::{Page, RETRY_AFTER_MAX};
use margay_store::{AppendError, Appended, Lease, LeaseError, LeaseToken, LookupError, NewEntry, NewRecord};
use tokio_util::sync::CancellationToken;

use crate::line::Line;
use crate::source::BoundSource;
use crate::step::Step;

/// How long a lease lasts without being renewed. Longer than any single request, so that a slow answer does not lose it;
/// short enough that another process takes over within two polls of a crash.
pub const LEASE_TTL: Duration = Duration::from_secs(180);
/// A lease is renewed once this much of it has passed.
const LEASE_RENEW_AFTER: Duration = Duration::from_secs(60);
/// Who holds it. The data directory's lock lets one process in at a time, so the next one is the same holder: a process that
/// was killed does not keep its successor waiting, and its own token is void.
const LEASE_HOLDER: &str = "the data directory's owner";

/// How a round ended.
#[derive(Debug)]
pub enum RoundResult {
    /// The vendor has nothing more for now.
    Drained,
    /// There is more; the round's time was up. The checkpoint is stored.
    More,
    /// The vendor could not be read this time.
    Failed {
        /// What happened, for a person.
        problem: String,
        /// The vendor asked not to be called before this time.
        retry_not_before: Option<Timestamp>,
    },
    /// Somebody has to act before it makes sense to ask again.
    NeedsOperator {
        /// What happened and what to do, for a person.
        diagnosis: String,
    },
    /// We were told to stop.
    Stopped,
}

/// What a round did.
#[derive(Debug)]
pub struct RoundReport {
    /// How it ended.
    pub result: RoundResult,
    /// Whether the vendor was asked at all.
    pub has_asked: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// Pages journalled, empty ones included.
    pub pages: u64,
    /// Records that were new.
    pub records_new: u64,
    /// Records that the journal had already.
    pub records_known: u64,
}

/// Why a round could not go on: our own side failed. Nothing of the page in hand is stored; the next round asks again.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The checkpoint could not be read.
    #[error("could not read where source `{label}` stands")]
    Checkpoint {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: LookupError,
    },
    /// The stored checkpoint is not one that this version knows.
    #[error("the checkpoint of source `{label}` cannot be understood")]
    CheckpointInvalid {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: margay_connector::asana::CheckpointError,
    },
    /// Another process polls this source.
    #[error("could not take the lease of source `{label}`")]
    Lease {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: LeaseError,
    },
    /// The page could not be journalled.
    #[error("could not journal a page of source `{label}`")]
    Append {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: AppendError,
    },
}

/// Runs one round of `source`: from its checkpoint until the vendor has nothing more, or the round cannot go on.
///
/// # Errors
/// When our own side fails; the vendor's failures are in the report.
pub async fn round(
    line: &Line,
    source: &BoundSource,
    limits: PollLimits,
    stop: &CancellationToken,
) -> Result<RoundReport, RoundError> {
    let started_at = line.clock.now();
    let label = || source.source.label.clone();
    let stored = line.store.checkpoint(source.source.id).await;
    let stored = stored.map_err(|cause| RoundError::Checkpoint { label: label(), cause })?;
    let checkpoint = Checkpoint::from_json(&stored);
    let checkpoint = checkpoint.map_err(|cause| RoundError::CheckpointInvalid { label: label(), cause })?;
    let mut report = RoundReport {
        result: RoundResult::Stopped,
        has_asked: true,
        started_at,
        pages: 0,
        records_new: 0,
        records_known: 0,
    };
    if let Some(result) = still_waiting(line, source).await? {
        report.result = result;
        report.has_asked = false;
        return Ok(report);
    }
    let mut lease = HeldLease::take(line, source).await?;
    // The seed only spreads retries of many sources over time.
    let seed = source.source.id.as_uuid().as_u64_pair().1 ^ started_at.as_microsecond().unsigned_abs();
    let mut poller = Poller::new(source.settings.clone(), checkpoint, limits, seed);
    let mut input = Input::Begin { now: started_at };
    report.result = loop {
        let (next, action) = poller.step(input);
        poller = next;
        input = match action {
            Action::Fetch(request) => {
                lease.renew_if_due(line, source).await?;
                line.progress.request_sent();
                crate::telemetry::request_sent(&source.source.label);
                let outcome = tokio::select! {
                    biased;
                    () = stop.cancelled() => break RoundResult::Stopped,
                    outcome = line.http.get(&request, &source.token) => outcome,
                };
                line.crash_plan.pass(Step::Fetched).await;
                Input::Fetched {
                    now: line.clock.now(),
                    outcome,
                }
            }
            Action::Journal(page) => {
                lease.renew_if_due(line, source).await?;
                let appended = journal(line, source, page, lease.lease.token).await?;
                report.pages += 1;
                report.records_new += appended.records_new as u64;
                report.records_known += appended.records_known as u64;
                Input::Journalled {
                    now: line.clock.now(),
                    records_new: appended.records_new,
                }
            }
            Action::Wait { delay, why } => {
                tracing::debug!(
                    source = source.source.label,
                    ?delay,
                    ?why,
                    "waiting before the next request"
                );
                tokio::select! {
                    biased;
                    () = stop.cancelled() => break RoundResult::Stopped,
                    () = tokio::time::sleep(delay) => {}
                }
                Input::Waited { now: line.clock.now() }
            }
            Action::Finish(end) => break result_of(end),
        };
    };
    lease.give_back(line, source).await;
    Ok(report)
}

/// The vendor's "not before" outlives the process that heard it.
async fn still_waiting(line: &Line, source: &BoundSource) -> Result<Option<RoundResult>, RoundError> {
    let status = line.store.poll_status(source.source.id).await;
    let status = status.map_err(|cause| RoundError::Checkpoint {
        label: source.source.label.clone(),
        cause,
    })?;
    let now = line.clock.now();
    // A time further ahead was noted under a clock that has been set back since.
    let latest = now.saturating_add(RETRY_AFTER_MAX).unwrap_or(Timestamp::MAX);
    let until = status.retry_not_before.filter(|time| *time > now && *time <= latest);
    let problem = status.last_round.and_then(|round| round.problem).unwrap_or_default();
    Ok(until.map(|time| RoundResult::Failed {
        problem: format!("{problem}\nthe vendor asked not to be called before {time}"),
        retry_not_before: Some(time),
    }))
}

fn result_of(end: RoundEnd) -> RoundResult {
    match end {
        RoundEnd::Drained => RoundResult::Drained,
        RoundEnd::DeadlineReached => RoundResult::More,
        RoundEnd::GaveUp(problem) if !problem.remedy().is_retry() => RoundResult::NeedsOperator {
            diagnosis: problem.to_string(),
        },
        RoundEnd::GaveUp(problem) => RoundResult::Failed {
            retry_not_before: problem.retry_not_before(),
            problem: problem.to_string(),
        },
        RoundEnd::NeedsOperator(diagnosis) => RoundResult::NeedsOperator {
            diagnosis: diagnosis.to_string(),
        },
    }
}

/// One page into the journal: one transaction, or nothing. Never cancelled once begun.
async fn journal(line: &Line, source: &BoundSource, page: Page, fence: LeaseToken) -> Result<Appended, RoundError> {
    let newest = page.records.iter().filter_map(|record| record.event_time).max();
    let records = page.records.into_iter().map(|record| NewRecord {
        id: record.id.into_string(),
        body: record.body,
    });
    let entry = NewEntry {
        log_type: source.source.log_type.clone(),
        records: records.collect(),
        checkpoint: page.checkpoint.to_json(),
        fence,
        newest_event_time: newest,
        now: line.clock.now(),
    };
    line.crash_plan.pass(Step::BeforeJournal).await;
    let appended = line.store.append(source.source.id, entry).await;
    let appended = appended.map_err(|cause| RoundError::Append {
        label: source.source.label.clone(),
        cause,
    })?;
    line.progress
        .page_journalled(appended.records_new, appended.records_known, newest);
    crate::telemetry::page_journalled(&source.source.label, appended.records_new, appended.records_known);
    line.crash_plan.pass(Step::Journalled).await;
    if appended.records_new > 0 {
        line.journalled.notify_one();
    }
    Ok(appended)
}

/// The right to append to one source, renewed while pages come in.
struct HeldLease {
    lease: Lease,
    renewed_at: Timestamp,
}

impl HeldLease {
    async fn take(line: &Line, source: &BoundSource) -> Result<Self, RoundError> {
        let now = line.clock.now();
        let lease = line
            .store
            .acquire_lease(source.source.id, LEASE_HOLDER, now, LEASE_TTL)
            .await;
        let lease = lease.map_err(|cause| RoundError::Lease {
            label: source.source.label.clone(),
            cause,
        })?;
        Ok(Self { lease, renewed_at: now })
    }

    async fn renew_if_due(&mut self, line: &Line, source: &BoundSource) -> Result<(), RoundError> {
        let now = line.clock.now();
        if now.duration_since(self.renewed_at).unsigned_abs() < LEASE_RENEW_AFTER {
            return Ok(());
        }
        let renewed = line.store.renew_lease(&self.lease, now, LEASE_TTL).await;
        self.lease = renewed.map_err(|cause| RoundError::Lease {
            label: source.source.label.clone(),
            cause,
        })?;
        self.renewed_at = now;
        Ok(())
    }

    /// A lease that is not given back runs out by itself, so a failure here costs a wait and nothing else.
    async fn give_back(self, line: &Line, source: &BoundSource) {
        if let Err(error) = line.store.release_lease(&self.lease).await {
            tracing::debug!(source = source.source.label, %error, "the lease was not given back");
        }
    }
}
