//! Read: drives a connector's state machine over one stretch of a source's log, and journals every page before the next
//! request.
//!
//! ```text
//! t0  step → Fetch(request)      the gate lets it through; the vendor is asked
//! t1  step → Journal(page)       one transaction: new records, their ids, where to resume, what is proven
//! t2  step → Fetch(next) …       nothing of t0 is needed any more
//! ```
//! A crash before t1 has happened nowhere; after it the next reading goes on from what t1 stored. This loop decides nothing:
//! what to fetch, when to wait and when to end is the connector's.

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::{Action, Checkpoint, Input, PollLimits, Poller, RoundEnd};
use margay_connector::{Errand, Page, Window};
use margay_store::{AppendError, Appended, Claim, Evidence, Ledger, NewEntry, NewRecord, Progress, WindowId};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::gate::Paused;
use crate::late::Lateness;
use crate::reader::Reader;
use crate::step::Step;
use crate::telemetry::SPANS;
use crate::way::Halt;

/// How far the vendor's clock may be ahead of ours.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What is read, and what resumes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// The live tail, which has no end.
    Tail,
    /// A window of a backfill.
    Window {
        /// Its key in the database.
        id: WindowId,
        /// What it spans.
        window: Window,
    },
    /// A window that is looked through again; nothing resumes from it, and the caller claims what it proves.
    Again,
}

/// How a reading went.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) end: ReadingEnd,
    /// Pages journalled, empty ones included.
    pub(crate) pages: u64,
    /// Records that were new.
    pub(crate) records_new: u64,
    /// Records that the journal had already.
    pub(crate) records_known: u64,
    /// What its last empty page proved.
    pub(crate) proven: Option<Window>,
    /// From when on it started anew because the vendor refused an offset.
    pub(crate) restarted_from: Option<Timestamp>,
    /// How late its new records were.
    pub(crate) lateness: Lateness,
}

/// How a reading ended.
#[derive(Debug)]
pub(crate) enum ReadingEnd {
    /// The connector ended it.
    Ended(RoundEnd),
    /// We were told to stop.
    Stopped,
    /// Another reading was told to wait, for longer than this one does.
    Paused(Paused),
}

impl From<Halt> for ReadingEnd {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Stopped => Self::Stopped,
            Halt::Paused(paused) => Self::Paused(paused),
        }
    }
}

/// Reads `stretch` from `checkpoint` on, until the connector ends the round or `stop`. `ledger` is what was proven before.
///
/// # Errors
/// When a page could not be journalled: nothing of it is stored, and the next reading asks for it again.
pub(crate) async fn read(
    reader: &Reader,
    checkpoint: Checkpoint,
    stretch: Stretch,
    ledger: &Ledger,
    stop: &CancellationToken,
) -> Result<Reading, AppendError> {
    let line = &reader.line;
    let started_at = line.clock.now();
    // The seed only spreads retries of many readings over time.
    let seed = reader.source_id().as_uuid().as_u64_pair().1 ^ started_at.as_microsecond().unsigned_abs();
    let (bound, way) = (reader.bound(), reader.way());
    let settings = bound.settings.clone();
    let mut poller = Poller::new(settings, checkpoint, PollLimits::default(), seed);
    let mut reading = Reading {
        end: ReadingEnd::Stopped,
        pages: 0,
        records_new: 0,
        records_known: 0,
        proven: None,
        restarted_from: None,
        lateness: Lateness::default(),
    };
    let mut input = Input::Begin { now: started_at };
    loop {
        let (stepped, action) = poller.step(input);
        poller = stepped;
        reading.restarted_from = reading.restarted_from.or(poller.restarted_from());
        let next = match action {
            Action::Fetch(request) => {
                let fetched = way.fetch(errand_of(stretch), &request, &bound, stop).await;
                if fetched.is_ok() {
                    line.crash_plan.pass(Step::Fetched).await;
                }
                fetched
            }
            Action::Journal(page) => {
                let proven = page.proven;
                let appended = journal(reader, page, stretch, ledger, &mut reading.lateness).await?;
                reading.pages += 1;
                reading.records_new += appended.new.len() as u64;
                reading.records_known += appended.records_known as u64;
                reading.proven = proven.or(reading.proven);
                Ok(Input::Journalled {
                    now: line.clock.now(),
                    records_new: appended.new.len(),
                })
            }
            Action::Wait { delay, why } => way.wait(delay, &why, stop).await,
            Action::Finish(end) => {
                way.ended(&end).await;
                reading.end = ReadingEnd::Ended(end);
                return Ok(reading);
            }
        };
        input = match next {
            Ok(input) => input,
            Err(halt) => {
                reading.end = halt.into();
                return Ok(reading);
            }
        };
    }
}

fn errand_of(stretch: Stretch) -> Errand {
    match stretch {
        Stretch::Tail => Errand::Tail,
        Stretch::Window { .. } | Stretch::Again => Errand::Beside,
    }
}

/// One page into the journal: one transaction, or nothing. Never cancelled once begun.
#[tracing::instrument(
    target = SPANS, name = "journal", skip_all,
    fields(source = reader.label(), records = page.records.len(), records_new)
)]
async fn journal(
    reader: &Reader,
    page: Page,
    stretch: Stretch,
    ledger: &Ledger,
    lateness: &mut Lateness,
) -> Result<Appended, AppendError> {
    let line = &reader.line;
    let now = line.clock.now();
    // One that is dated far in the future would be the newest for years.
    let latest = now.saturating_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
    let dated = page.records.iter().filter_map(|record| record.event_time);
    let newest = dated.filter(|time| *time <= latest).max();
    let times: Vec<Option<Timestamp>> = page.records.iter().map(|record| record.event_time).collect();
    let checkpoint = page.checkpoint.to_json();
    let claim = |evidence| {
        page.proven.map(|window| Claim {
            from: window.from(),
            to: window.to(),
            evidence,
            at: now,
        })
    };
    let (progress, claim) = match stretch {
        Stretch::Tail => (Progress::Tail { checkpoint }, claim(Evidence::PageChain)),
        Stretch::Window { id, window } => {
            let is_done = page.proven.is_some_and(|proven| proven.to() >= window.to());
            let progress = Progress::Window {
                window: id,
                checkpoint,
                is_done,
            };
            (progress, claim(Evidence::WindowRead))
        }
        Stretch::Again => (Progress::Nothing, None),
    };
    let records = page.records.into_iter().map(|record| NewRecord {
        id: record.id.into_string(),
        body: record.body,
    });
    let entry = NewEntry {
        log_type: reader.source().log_type.clone(),
        records: records.collect(),
        progress,
        claim,
        fence: reader.token,
        newest_event_time: newest,
        now,
    };
    line.crash_plan.pass(Step::BeforeJournal).await;
    let appended = line.store.append(reader.source_id(), entry).await?;
    let times_of_new = appended
        .new
        .iter()
        .filter_map(|index| times.get(*index).copied().flatten());
    lateness.count(times_of_new, now, ledger);
    line.progress
        .page_journalled(appended.new.len(), appended.records_known, newest);
    Span::current().record("records_new", appended.new.len());
    crate::telemetry::page_journalled(reader.label(), appended.new.len(), appended.records_known);
    line.crash_plan.pass(Step::Journalled).await;
    if !appended.new.is_empty() {
        line.journalled.notify_one();
    }
    Ok(appended)
}
