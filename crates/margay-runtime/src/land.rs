//! Land: journalled entries, normalised, become commits of the lake.
//!
//! ```text
//! t0  read what the table says it has (its application transaction of each source)
//! t1  read the journal's entries after that, normalise them
//! t2  commit the rejects, then the events, each with the last sequence of every source in it
//! t3  move the consumer's position in the journal
//! ```
//! A crash before t2 repeats everything; after t2 the next t0 sees the new sequence. So each entry lands exactly once, and
//! the position of t3 only tells retention what may go.
//!
//! A crash between the two commits of t2 leaves rejects of entries that have no events yet. The schema may be another when
//! these entries are read again, and may refuse other records. So before t2 their rejects are settled by row id: records
//! that fit now lose their reject, and those that do not fit have one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use margay_lake::{Batch, Effect, Remedy, RowKey, Settlement};
use margay_schema::{LogType, RowId, SourceId};
use margay_store::{AdvanceError, Consumer, Entry, EntryText, Sequence, Source};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::content::VersionedSchema;
use crate::error_chain::ErrorChain;
use crate::flow::Flow;
use crate::line::Line;
use crate::normalise::{self, Outcome};
use crate::own_log::OWN_LOG_TYPE;
use crate::status::{LandingEnd, Status};
use crate::step::Step;
use crate::telemetry::SPANS;

mod error;

pub use error::LandingError;

/// How many raw bytes one commit takes at most. Large enough that a backfill makes few commits and few small files, small
/// enough that its events, normalised, stay within some 300 MB of memory.
pub const BATCH_RAW_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long landing waits for more after the first new entry: the price of fewer commits, within the promised five seconds.
pub const GATHER_DELAY: Duration = Duration::from_secs(2);
/// How often landing looks without being rung, for entries that an earlier process left.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);
/// How long landing waits after a failure, at first and at most.
const RETRY_DELAY_MIN: Duration = Duration::from_secs(1);
const RETRY_DELAY_MAX: Duration = Duration::from_secs(60);
/// How often one batch may find that the table has moved on before it gives up: another writer is at work.
const RESUMES_MAX: u32 = 3;

/// What one landing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Landed {
    /// Events committed.
    pub events: usize,
    /// Rejects committed.
    pub rejects: usize,
    /// Journal entries they came from.
    pub entries: usize,
}

impl Landed {
    pub(crate) fn add(&mut self, more: Self) {
        self.events += more.events;
        self.rejects += more.rejects;
        self.entries += more.entries;
    }
}

/// Refuses a database that is older than the lake. Asked before anything is polled: new entries would be given sequences that
/// the tables have already, and would never land.
///
/// # Errors
/// [`LandingError::LakeAheadOfJournal`], or when one of the two cannot be read.
pub async fn verify(line: &Line) -> Result<(), LandingError> {
    for source in line.store.journalled_sources().await? {
        if let Some(problem) = line.content().problem_of(&source.log_type) {
            tracing::error!(
                source = source.label,
                problem,
                "the records of a log source wait in the journal until its schema can be used"
            );
        }
        verify_source(line, &source).await?;
    }
    Ok(())
}

/// As [`verify`], of one source: what is wrong with another is nothing to it.
///
/// # Errors
/// [`LandingError::LakeAheadOfJournal`], or when one of the two cannot be read.
pub async fn verify_source(line: &Line, source: &Source) -> Result<(), LandingError> {
    let landed = landed_sequence(line, &source.log_type, source.id).await?;
    let head = line.store.head(source.id).await?.get();
    if landed > head {
        return Err(LandingError::LakeAheadOfJournal {
            label: source.label.clone(),
            landed,
            head,
        });
    }
    Ok(())
}

/// What one pass over all log types came to.
#[derive(Debug, Default)]
struct Pass {
    landed: Landed,
    /// What keeps a log type from landing: its table, or one of its sources.
    problems: BTreeMap<LogType, LandingError>,
}

/// Lands everything that is waiting, of every log type, batch by batch. What is of a log type whose schema cannot be used
/// stays in the journal.
///
/// # Errors
/// When a batch does not land, or a source's entries cannot be read; what landed before stays, and neither a source that cannot
/// be read nor a table that cannot be written keeps the others from landing.
pub async fn everything(line: &Line) -> Result<Landed, LandingError> {
    let Pass { landed, problems } = pass(line).await?;
    problems.into_values().next().map_or(Ok(landed), Err)
}

/// As [`everything`], with what keeps each log type from landing. An error concerns all of them.
async fn pass(line: &Line) -> Result<Pass, LandingError> {
    let mut pass = Pass::default();
    let sources = line.store.journalled_sources().await?;
    let log_types: BTreeSet<LogType> = sources.into_iter().map(|source| source.log_type).collect();
    for log_type in log_types {
        loop {
            let (landed, problem) = match batch(line, &log_type, None).await {
                Ok(batch) => batch,
                Err(problem) => (Landed::default(), Some(problem)),
            };
            pass.landed.add(landed);
            if landed.entries == 0 {
                pass.problems.extend(problem.map(|problem| (log_type, problem)));
                break;
            }
        }
    }
    Ok(pass)
}

/// Lands what is waiting of one source, batch by batch, until `stop`: the batch in hand is finished, the rest stays in the
/// journal. Nothing that is wrong with another source keeps this one from landing.
///
/// # Errors
/// When a batch does not land, or the source's entries cannot be read; what landed before stays.
pub async fn of_source(line: &Line, source: &Source, stop: &CancellationToken) -> Result<Landed, LandingError> {
    let mut total = Landed::default();
    while !stop.is_cancelled() {
        let (landed, problem) = batch(line, &source.log_type, Some(source.id)).await?;
        total.add(landed);
        if let Some(problem) = problem {
            return Err(problem);
        }
        if landed.entries == 0 {
            break;
        }
    }
    Ok(total)
}

/// Lands entries of one source that the caller has journalled without their text, and has with it: they begin right after what the table
/// has. The caller holds the source's lease, so nobody else lands, or withdraws, what is in its hands.
///
/// # Errors
/// When they do not land. Whoever lands next withdraws those that did not.
pub(crate) async fn in_hand(line: &Line, source: &Source, entries: Vec<Entry>) -> Result<Landed, LandingError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(Landed::default());
    };
    let Some(versioned) = line.content().schema(&source.log_type).cloned() else {
        return Err(LandingError::NoSchema {
            log_type: source.log_type.clone(),
        });
    };
    let waiting = Waiting {
        after: vec![(source.id, first.sequence.get() - 1)],
        through: vec![(source.id, last.sequence.get())],
        labels: HashMap::from([(source.id, source.label.clone())]),
        sources: vec![source.clone()],
        entries,
        problem: None,
    };
    line.crash_plan.pass(Step::Gathered).await;
    commit(line, &source.log_type, &versioned, waiting).await
}

/// Lands for good: whenever it is rung, and now and then without, until `stop`; then once more.
pub async fn keep(line: Line, status: Arc<Status>, stop: CancellationToken) {
    let mut retry_delay = RETRY_DELAY_MIN;
    loop {
        let is_last = stop.is_cancelled();
        let landing = match pass(&line).await {
            Ok(pass) => {
                let problems = pass.problems.into_iter();
                let problems: BTreeMap<LogType, String> = problems
                    .map(|(log_type, problem)| (log_type, ErrorChain(&problem).to_string()))
                    .collect();
                for (log_type, error) in &problems {
                    tracing::error!(%log_type, error, "landing failed; the journal keeps the entries");
                }
                LandingEnd::Passed(problems)
            }
            Err(problem) => {
                let error = ErrorChain(&problem).to_string();
                tracing::error!(error, "landing failed; the journal keeps the entries");
                LandingEnd::Failed(error)
            }
        };
        let has_failed = landing.has_failed();
        status.landing_ended(line.clock.now(), landing);
        if has_failed {
            pause(retry_delay, &stop).await;
            retry_delay = (retry_delay * 2).min(RETRY_DELAY_MAX);
            if !is_last {
                continue;
            }
        } else {
            retry_delay = RETRY_DELAY_MIN;
        }
        if is_last {
            return;
        }
        tokio::select! {
            () = line.journalled.notified() => pause(GATHER_DELAY, &stop).await,
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pause(delay: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        () = stop.cancelled() => {}
    }
}

/// Lands one batch of one log type, or of `only` one of its sources; `entries` of the result is 0 when nothing waits.
///
/// Beside it stands the problem of a source whose entries could not be read, if there is one.
async fn batch(
    line: &Line,
    log_type: &LogType,
    only: Option<SourceId>,
) -> Result<(Landed, Option<LandingError>), LandingError> {
    let Some(versioned) = line.content().schema(log_type).cloned() else {
        return Ok((Landed::default(), None));
    };
    let mut resumes = 0;
    loop {
        let waiting = gather(line, log_type, only).await?;
        if waiting.entries.is_empty() {
            return Ok((Landed::default(), waiting.problem));
        }
        line.crash_plan.pass(Step::Gathered).await;
        match commit(line, log_type, &versioned, waiting).await {
            Err(LandingError::Commit { cause, .. }) if cause.remedy() == Remedy::Resume && resumes < RESUMES_MAX => {
                resumes += 1;
            }
            result => return result.map(|landed| (landed, None)),
        }
    }
}

/// Entries that are journalled and not in the table.
#[derive(Default)]
struct Waiting {
    entries: Vec<Entry>,
    labels: HashMap<SourceId, String>,
    sources: Vec<Source>,
    after: Vec<(SourceId, u64)>,
    through: Vec<(SourceId, u64)>,
    /// Why a source's entries are not among them.
    problem: Option<LandingError>,
}

async fn gather(line: &Line, log_type: &LogType, only: Option<SourceId>) -> Result<Waiting, LandingError> {
    let mut waiting = Waiting::default();
    let mut bytes_left = BATCH_RAW_BYTES_MAX;
    for source in line.store.journalled_sources().await? {
        let is_wanted = source.log_type == *log_type && only.is_none_or(|only| only == source.id);
        if !is_wanted || bytes_left == 0 {
            continue;
        }
        let landed = landed_sequence(line, log_type, source.id).await?;
        let entries = match waiting_entries(line, &source, landed, bytes_left).await {
            Ok(entries) => entries,
            Err(problem) => {
                waiting.problem.get_or_insert(problem);
                continue;
            }
        };
        let Some(last) = entries.last() else {
            // A process that died after its commit had not noted how far it was, and what landed would look as if it waited.
            if line.store.position(Consumer::Landing, source.id).await?.get() < landed {
                note_position(line, source.id, landed).await?;
            }
            continue;
        };
        let records = entries.iter().flat_map(|entry| &entry.records);
        let bytes: usize = records.map(|record| record.body.len()).sum();
        bytes_left = bytes_left.saturating_sub(bytes);
        waiting.after.push((source.id, landed));
        waiting.through.push((source.id, last.sequence.get()));
        waiting.labels.insert(source.id, source.label.clone());
        waiting.sources.push(source);
        waiting.entries.extend(entries);
    }
    Ok(waiting)
}

/// The entries of `source` after `landed`, which must be the very next ones.
async fn waiting_entries(
    line: &Line,
    source: &Source,
    landed: u64,
    bytes_max: usize,
) -> Result<Vec<Entry>, LandingError> {
    let entries = line.store.entries(source.id, Sequence::new(landed), bytes_max).await?;
    match entries.first() {
        Some(first) if first.sequence.get() != landed + 1 => {
            let oldest = first.sequence.get();
            Err(LandingError::LakeBehindJournal {
                label: source.label.clone(),
                landed,
                oldest,
            })
        }
        _ => Ok(entries),
    }
}

/// Returns the last journal sequence of the source that is in its table; 0 if nothing is.
pub(crate) async fn landed_sequence(line: &Line, log_type: &LogType, source_id: SourceId) -> Result<u64, LandingError> {
    let landed = line.lake.landed(log_type, source_id).await;
    landed
        .map(Option::unwrap_or_default)
        .map_err(|cause| LandingError::Lake {
            log_type: log_type.clone(),
            cause,
        })
}

#[tracing::instrument(target = SPANS, name = "land", skip_all, fields(%log_type, entries = waiting.entries.len(), events, rejects))]
async fn commit(
    line: &Line,
    log_type: &LogType,
    versioned: &VersionedSchema,
    waiting: Waiting,
) -> Result<Landed, LandingError> {
    let started = Instant::now();
    let Waiting {
        entries,
        labels,
        sources,
        after,
        through,
        problem: _,
    } = waiting;
    let mut flow = Flow::of(&sources);
    flow.add_bytes(&entries);
    let mut rejects_landed = HashMap::new();
    for (source_id, _) in &through {
        let landed = line.lake.rejects_landed(*source_id).await;
        let landed = landed.map_err(|cause| LandingError::Lake {
            log_type: log_type.clone(),
            cause,
        })?;
        rejects_landed.insert(*source_id, landed.unwrap_or_default());
    }
    let entry_count = entries.len();
    let lost: Vec<(SourceId, Sequence)> = entries
        .iter()
        .filter(|entry| entry.text == EntryText::NotKept)
        .map(|entry| (entry.source_id, entry.sequence))
        .collect();
    let for_blocking = versioned.clone();
    // A batch is tens of milliseconds of CPU and more: it leaves the async threads.
    let (outcome, settlement) =
        tokio::task::spawn_blocking(move || normalise_all(&for_blocking, entries, &labels, &rejects_landed)).await?;
    line.crash_plan.pass(Step::Normalised).await;
    let rejects_settled = match settlement {
        Some(settlement) => settle(line, log_type, settlement).await?,
        None => 0,
    };
    for (source_id, sequence) in lost {
        withdraw(line, source_id, sequence).await?;
    }
    let lag = outcome
        .newest_event_time()
        .map(|newest| line.clock.now().duration_since(newest));
    flow.add(&outcome.events, &outcome.rejects, line.clock.now());
    let batch = Batch {
        schema: &versioned.schema,
        events: outcome.events,
        rejects: outcome.rejects,
        after,
        through: through.clone(),
    };
    let landed = line.lake.land(batch).await;
    let landed = landed.map_err(|cause| LandingError::Commit {
        log_type: log_type.clone(),
        cause,
    })?;
    line.crash_plan.pass(Step::Landed).await;
    for (source_id, sequence) in through {
        note_position(line, source_id, sequence).await?;
    }
    line.crash_plan.pass(Step::Advanced).await;
    flow.keep(line, line.clock.now()).await;
    let rejects = landed.rejects + rejects_settled;
    // Totals tell how far reading from vendors has come; our own log is read from nobody.
    if log_type.as_str() != OWN_LOG_TYPE {
        line.progress.batch_landed(landed.events, rejects);
    }
    Span::current()
        .record("events", landed.events)
        .record("rejects", rejects);
    crate::telemetry::landed(log_type, landed.events, rejects, started.elapsed(), lag);
    Ok(Landed {
        events: landed.events,
        rejects,
        entries: entry_count,
    })
}

/// Moves the position, which only tells retention what may go. It may be further already: a lake that was deleted, or restored
/// from a backup, is filled from the journal once more.
async fn note_position(line: &Line, source_id: SourceId, sequence: u64) -> Result<(), AdvanceError> {
    let to = Sequence::new(sequence);
    match line.store.advance(Consumer::Landing, source_id, to).await {
        Err(AdvanceError::Backwards { .. }) => Ok(()),
        moved => moved,
    }
}

/// Whoever journalled the records of that entry had their text, and ended before they landed: they can only come again. Done after the
/// rejects that they may have left are gone, for the entry is what names them.
async fn withdraw(line: &Line, source_id: SourceId, sequence: Sequence) -> Result<(), LandingError> {
    let records = line.store.withdraw(source_id, sequence, |_| true).await?;
    tracing::warn!(
        %source_id,
        records,
        "records that were imported without the journal did not reach the lake: import their file again"
    );
    Ok(())
}

/// Makes the rejects that a landing left when it ended between its two commits what today's schema says. Returns how many
/// were added. Doing it again finds it done, so a crash after it costs nothing.
async fn settle(line: &Line, log_type: &LogType, settlement: Settlement) -> Result<usize, LandingError> {
    let settled = line.lake.settle(settlement, Effect::Write).await;
    let settled = settled.map_err(|cause| LandingError::Settlement {
        log_type: log_type.clone(),
        cause,
    })?;
    line.crash_plan.pass(Step::RejectsSettled).await;
    tracing::info!(%log_type, ?settled, "went on after a landing that had committed its rejects only");
    Ok(settled.added)
}

/// Rejects are committed before events, so a crash between the two leaves entries whose rejects are there already, by the
/// schema of that time. What becomes of them is the settlement, if there are such entries; their rejects are in it and not in
/// the outcome. An entry without text becomes nothing, and so do the rejects that it has left.
/// Each entry is let go of once it is normalised: its text and its events need not be in memory together with those of all others.
fn normalise_all(
    versioned: &VersionedSchema,
    entries: Vec<Entry>,
    labels: &HashMap<SourceId, String>,
    rejects_landed: &HashMap<SourceId, u64>,
) -> (Outcome, Option<Settlement>) {
    let mut outcome = Outcome::default();
    let mut settlement = None;
    for entry in entries {
        let label = labels.get(&entry.source_id).map(String::as_str).unwrap_or_default();
        let (events_before, rejects_before) = (outcome.events.len(), outcome.rejects.len());
        if entry.text == EntryText::Kept {
            normalise::entry(versioned, &entry, label, &mut outcome);
        }
        if entry.sequence.get() > rejects_landed.get(&entry.source_id).copied().unwrap_or_default() {
            continue;
        }
        let settlement = settlement.get_or_insert_with(Settlement::default);
        let events = outcome.events.iter().skip(events_before);
        settlement.landed.extend(events.map(|event| RowKey {
            row_id: event.standard.row_id,
            parse_time: event.standard.parse_time,
        }));
        settlement.rejects.extend(outcome.rejects.drain(rejects_before..));
        if entry.text == EntryText::NotKept {
            settlement.landed.extend(entry.records.iter().map(|record| RowKey {
                row_id: RowId::of(entry.source_id, &record.id),
                parse_time: entry.journalled_at,
            }));
        }
    }
    (outcome, settlement)
}

/// How many entries of `source` are journalled and not yet landed.
///
/// # Errors
/// When the journal or the table cannot be read.
pub async fn backlog(line: &Line, source: &Source) -> Result<u64, LandingError> {
    let head = line.store.head(source.id).await?;
    let landed = landed_sequence(line, &source.log_type, source.id).await?;
    Ok(head.get().saturating_sub(landed))
}
