//! Backfill: windows of the past, read side by side with the live tail.
//!
//! ```text
//! waiting windows, oldest first ─▶ read (a few at once) ─▶ done: proven │ split: smaller ones │ failed: later again
//! ```
//! Oldest first, since the vendor deletes the oldest first. Each page is journalled with its window's place in one
//! transaction, so a crash costs the request that was under way. Windows are whole days in UTC: what is read together lands in
//! few partitions.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_connector::asana::{Checkpoint, RoundEnd};
use margay_store::{
    AppendError, BackfillError, BackfillId, BackfillReason, BackfillWindow, Ledger, LookupError, NewBackfill, NewEntry,
    NewNote, Progress, Source, Store, WindowId,
};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::coverage::{self, CoverageError};
use crate::poll::{RoundResult, result_of};
use crate::pull::warn;
use crate::read::{self, Reading, ReadingEnd, Stretch};
use crate::reader::Reader;
use crate::story::{self, Sentence};
use crate::telemetry::SPANS;

/// A window whose offset is refused is cut into so many: its pages then come within a shorter time.
const SPLIT_PARTS: u32 = 4;
/// A window that failed is read again after this long at first, and at most.
const RETRY_DELAY_MIN: Duration = Duration::from_secs(5);
const RETRY_DELAY_MAX: Duration = Duration::from_hours(1);
/// So many waiting windows are looked at for one that is due.
const WAITING_LOOKED_AT: usize = 1_000;

/// What a backfill did.
#[derive(Debug, Default)]
pub struct BackfillReport {
    /// Windows read to their end.
    pub windows_done: u64,
    /// Pages journalled, empty ones included.
    pub pages: u64,
    /// Records that were new.
    pub records_new: u64,
    /// Records that the journal had already.
    pub records_known: u64,
    /// What kept a window from being read, the last such thing.
    pub problem: Option<RoundResult>,
}

/// Why a backfill could not go on: our own side failed.
#[derive(Debug, thiserror::Error)]
pub enum BackfillFailure {
    /// The database could not tell what to read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A page could not be journalled.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A window could not be changed.
    #[error(transparent)]
    Window(#[from] BackfillError),
    /// The ledger could not be changed.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// A task of ours died.
    #[error("the reading of a window stopped unexpectedly")]
    Defect(#[from] JoinError),
}

/// Returns the backfill that reads `window` day by day.
pub fn in_days(window: Window, reason: BackfillReason, now: Timestamp) -> NewBackfill {
    NewBackfill {
        from: window.from(),
        to: window.to(),
        reason,
        windows: by_day(window).iter().map(|day| (day.from(), day.to())).collect(),
        now,
    }
}

/// Asks for `window` to be read again, by whoever polls the source, and notes that somebody did; returns how many windows that is.
///
/// # Errors
/// When there is no room for more, or the database cannot be written.
pub async fn ask(store: &Store, source: &Source, window: Window, now: Timestamp) -> Result<usize, BackfillError> {
    let backfill = in_days(window, BackfillReason::Asked, now);
    let count = backfill.windows.len();
    store.ask_backfill(source.id, backfill).await?;
    let Sentence { kind, text } = story::backfill_begun(window, count);
    if let Err(error) = store.note(source.id, NewNote { at: now, kind, text }).await {
        // It is asked for all the same.
        warn("the story could not be told", &source.label, &error);
    }
    Ok(count)
}

/// Cuts a window at the midnights in it, UTC.
fn by_day(window: Window) -> Vec<Window> {
    let mut days = Vec::new();
    let mut begin = window.from();
    while begin < window.to() {
        let end = next_midnight(begin).map_or(window.to(), |midnight| midnight.min(window.to()));
        days.extend(Window::new(begin, end));
        begin = end;
    }
    days
}

fn next_midnight(time: Timestamp) -> Option<Timestamp> {
    let tomorrow = TimeZone::UTC.to_datetime(time).date().tomorrow().ok()?;
    TimeZone::UTC.to_timestamp(tomorrow.to_datetime(Time::midnight())).ok()
}

/// Reads waiting windows until none is due, `stop`, or the vendor cannot be read.
///
/// # Errors
/// When our own side fails; what was journalled stays.
pub async fn run(reader: &Reader, stop: &CancellationToken) -> Result<BackfillReport, BackfillFailure> {
    let mut report = BackfillReport::default();
    let mut running: JoinSet<Result<WindowEnd, BackfillFailure>> = JoinSet::new();
    let mut under_way = HashSet::new();
    let mut told = HashSet::new();
    loop {
        while report.problem.is_none() && running.len() < parallel_max(reader) && !stop.is_cancelled() {
            let Some(window) = next_due(reader, &under_way).await? else {
                break;
            };
            under_way.insert(window.id);
            let (reader, stop) = (reader.clone(), stop.clone());
            running.spawn(async move { read_window(&reader, window, &stop).await });
        }
        let Some(ended) = running.join_next().await else {
            return Ok(report);
        };
        let ended = ended??;
        // A window that waits again is not read twice in one run: its time has not come, or the vendor is away.
        report.pages += ended.pages;
        report.records_new += ended.records_new;
        report.records_known += ended.records_known;
        report.windows_done += u64::from(ended.is_done);
        if ended.is_done && !told.contains(&ended.backfill) && tell_if_finished(reader, ended.backfill).await? {
            told.insert(ended.backfill);
        }
        report.problem = report.problem.or(ended.problem);
        if ended.reads_on {
            under_way.remove(&ended.window);
        }
    }
}

/// One place in flight is the live tail's.
fn parallel_max(reader: &Reader) -> usize {
    let in_flight_max = reader.bound().settings.requests.budget().in_flight_max.get();
    usize::try_from(in_flight_max).unwrap_or(1).saturating_sub(1).max(1)
}

async fn next_due(reader: &Reader, under_way: &HashSet<WindowId>) -> Result<Option<BackfillWindow>, LookupError> {
    let now = reader.line.clock.now();
    let waiting = reader
        .line
        .store
        .waiting_windows(reader.source_id(), WAITING_LOOKED_AT)
        .await?;
    let is_due = |window: &BackfillWindow| window.not_before.is_none_or(|time| time <= now);
    Ok(waiting
        .into_iter()
        .find(|window| is_due(window) && !under_way.contains(&window.id)))
}

/// How the reading of a window ended.
struct WindowEnd {
    window: WindowId,
    backfill: BackfillId,
    is_done: bool,
    /// Whether it may be taken up again at once.
    reads_on: bool,
    pages: u64,
    records_new: u64,
    records_known: u64,
    /// What keeps all windows from being read.
    problem: Option<RoundResult>,
}

#[tracing::instrument(
    target = SPANS, name = "read_window", skip_all,
    fields(source = reader.label(), from = %waiting.from, to = %waiting.to)
)]
async fn read_window(
    reader: &Reader,
    waiting: BackfillWindow,
    stop: &CancellationToken,
) -> Result<WindowEnd, BackfillFailure> {
    let store = &reader.line.store;
    let now = reader.line.clock.now();
    let mut ended = WindowEnd {
        window: waiting.id,
        backfill: waiting.backfill,
        is_done: false,
        reads_on: false,
        pages: 0,
        records_new: 0,
        records_known: 0,
        problem: None,
    };
    let ledger = store.ledger(reader.source_id()).await?;
    let oldest_kept = coverage::deleted_before(&ledger, now);
    let span = Window::new(waiting.from, waiting.to).filter(|span| span.to() > oldest_kept);
    let Some(span) = span else {
        forget(reader, &waiting, &ledger, now).await?;
        ended.is_done = true;
        return Ok(ended);
    };
    let stored = waiting.checkpoint.as_deref().map(Checkpoint::from_json).transpose();
    let checkpoint = stored
        .map_err(CoverageError::from)?
        .unwrap_or_else(|| Checkpoint::of_window(span));
    let stretch = Stretch::Window {
        id: waiting.id,
        window: span,
    };
    let reading = read::read(reader, checkpoint, stretch, &ledger, stop).await?;
    ended.pages = reading.pages;
    ended.records_new = reading.records_new;
    ended.records_known = reading.records_known;
    store
        .add_lateness(reader.source_id(), &reading.lateness.buckets())
        .await?;
    ended.is_done = reading.proven.is_some_and(|proven| proven.to() >= span.to());
    if !ended.is_done {
        settle(reader, &waiting, span, reading, &mut ended).await?;
    }
    Ok(ended)
}

/// Decides what becomes of a window that was not read to its end.
async fn settle(
    reader: &Reader,
    waiting: &BackfillWindow,
    span: Window,
    reading: Reading,
    ended: &mut WindowEnd,
) -> Result<(), BackfillFailure> {
    let end = match reading.end {
        ReadingEnd::Stopped => return Ok(()),
        // It waits as it did: nothing is wrong with this window.
        ReadingEnd::Paused(paused) => {
            ended.problem = Some(paused.into());
            return Ok(());
        }
        ReadingEnd::Ended(end) => end,
    };
    let problem = match end {
        RoundEnd::DeadlineReached => {
            ended.reads_on = true;
            return Ok(());
        }
        RoundEnd::GaveUp(problem) if problem.is_offset_refused() && span.parts(SPLIT_PARTS).len() > 1 => {
            let parts: Vec<_> = span
                .parts(SPLIT_PARTS)
                .iter()
                .map(|part| (part.from(), part.to()))
                .collect();
            let store = &reader.line.store;
            store
                .split_window(reader.source_id(), reader.token, waiting.id, &parts)
                .await?;
            return Ok(());
        }
        // The window has not ended by the vendor's clock, or it has been deleted by it and the tail has yet to show that.
        RoundEnd::Drained => {
            let text = "by the vendor's clock this window is not over yet, or too old to be there".to_owned();
            return fail(reader, waiting, text, None).await;
        }
        end => result_of(end),
    };
    let (text, not_before, halts) = match &problem {
        RoundResult::Failed {
            problem,
            retry_not_before,
        } => (problem.clone(), *retry_not_before, true),
        RoundResult::TokenRefused { diagnosis } | RoundResult::NeedsOperator { diagnosis } => {
            (diagnosis.clone(), None, true)
        }
        other => (format!("{other:?}"), None, false),
    };
    fail(reader, waiting, text, not_before).await?;
    ended.problem = Some(problem).filter(|_| halts);
    Ok(())
}

async fn fail(
    reader: &Reader,
    waiting: &BackfillWindow,
    problem: String,
    not_before: Option<Timestamp>,
) -> Result<(), BackfillFailure> {
    let delay = RETRY_DELAY_MIN
        .saturating_mul(1_u32.checked_shl(waiting.attempts.min(31)).unwrap_or(u32::MAX))
        .min(RETRY_DELAY_MAX);
    let ours = later(reader.line.clock.now(), delay);
    let not_before = not_before.map_or(ours, |time| time.max(ours));
    reader
        .line
        .store
        .window_failed(reader.source_id(), reader.token, waiting.id, problem, not_before)
        .await?;
    Ok(())
}

/// The vendor has deleted all of the window: what of it nothing proves is lost.
async fn forget(
    reader: &Reader,
    waiting: &BackfillWindow,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), BackfillFailure> {
    for (from, to) in ledger.uncovered(waiting.from, waiting.to) {
        if let Some(window) = Window::new(from, to) {
            coverage::lose(reader, window, now).await?;
        }
    }
    let checkpoint = match &waiting.checkpoint {
        Some(checkpoint) => checkpoint.clone(),
        None => Checkpoint::start_at(waiting.from).to_json(),
    };
    let nothing = NewEntry {
        log_type: reader.bound().source.log_type.clone(),
        records: Vec::new(),
        progress: Progress::Window {
            window: waiting.id,
            checkpoint,
            is_done: true,
        },
        claim: None,
        fence: reader.token,
        newest_event_time: None,
        now,
    };
    reader.line.store.append(reader.source_id(), nothing).await?;
    Ok(())
}

/// Tells of a backfill if its last window is done, and returns whether it is.
async fn tell_if_finished(reader: &Reader, id: BackfillId) -> Result<bool, BackfillFailure> {
    let backfills = reader.line.store.backfills(reader.source_id()).await?;
    let finished = backfills
        .iter()
        .find(|backfill| backfill.id == id && backfill.finished_at.is_some());
    let Some(backfill) = finished else { return Ok(false) };
    if let Some(span) = Window::new(backfill.from, backfill.to) {
        let sentence = match backfill.reason {
            BackfillReason::Hole => story::hole_filled(span, backfill.records_new),
            BackfillReason::Initial | BackfillReason::Asked => story::backfill_finished(span, backfill.records_new),
        };
        coverage::tell(reader, sentence).await?;
    }
    Ok(true)
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
