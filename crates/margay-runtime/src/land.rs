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

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use margay_lake::{Batch, Effect, Remedy, Settlement};
use margay_schema::{LogType, SourceId};
use margay_store::{AdvanceError, Consumer, Entry, Sequence, Source};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::content::VersionedSchema;
use crate::error_chain::ErrorChain;
use crate::line::Line;
use crate::own_log::OWN_LOG_TYPE;
use crate::status::{LandingEnd, Status};
use crate::step::Step;
use crate::telemetry::SPANS;

mod collect;
mod error;

pub use error::LandingError;

use collect::Collected;

/// How many raw bytes one commit takes, give or take a portion. Large enough that a backfill makes few commits and few small files,
/// small enough for memory: as columns they take about as much again.
pub const BATCH_RAW_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How many raw bytes are read from the journal at once; one entry may be longer.
const PORTION_RAW_BYTES_MAX: usize = 4 * 1024 * 1024;
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

/// Entries of one source that the caller has just journalled and has in its hands, on their way into the lake without being read again.
/// The caller holds the source's lease, so nobody else lands, or withdraws, what is in its hands.
pub(crate) struct InHand {
    collected: Box<Collected>,
    source: Source,
}

impl InHand {
    /// Starts a batch of `source`.
    ///
    /// # Errors
    /// When the log type has no schema that can be used.
    pub(crate) fn begin(line: &Line, source: &Source) -> Result<Self, LandingError> {
        let Some(versioned) = line.content().schema(&source.log_type).cloned() else {
            return Err(LandingError::NoSchema {
                log_type: source.log_type.clone(),
            });
        };
        Ok(Self {
            collected: Collected::new(&versioned)?,
            source: source.clone(),
        })
    }

    /// Normalises an entry: the first one that is not in the table, or the one after the last.
    ///
    /// # Errors
    /// When it does not fit the others, or the lake cannot be asked. Whoever lands next finds it in the journal.
    pub(crate) async fn with(mut self, line: &Line, entry: Entry) -> Result<Self, LandingError> {
        let Self { collected, source } = &mut self;
        if collected.entry_count == 0 {
            let rejects_landed = rejects_landed(line, source).await?;
            collected.begin_source(source, entry.sequence.get() - 1, rejects_landed);
        }
        let now = line.clock.now();
        Ok(Self {
            collected: self.collected.with(vec![entry], now).await?,
            source: self.source,
        })
    }

    /// Returns whether it is as large as a batch should be.
    pub(crate) fn is_full(&self) -> bool {
        self.collected.bytes >= BATCH_RAW_BYTES_MAX
    }

    /// Lands what was added.
    ///
    /// # Errors
    /// When it does not land. Whoever lands next lands it from the journal, and withdraws what has no text there.
    pub(crate) async fn land(self, line: &Line) -> Result<Landed, LandingError> {
        if self.collected.entry_count == 0 {
            return Ok(Landed::default());
        }
        line.crash_plan.pass(Step::Gathered).await;
        Box::pin(commit(line, &self.source.log_type, self.collected)).await
    }
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
        let (collected, problem) = gather(line, &versioned, only).await?;
        if collected.entry_count == 0 {
            return Ok((Landed::default(), problem));
        }
        // What waits for a commit is large; on the heap it is not part of every future above.
        match Box::pin(commit(line, log_type, collected)).await {
            Err(LandingError::Commit { cause, .. }) if cause.remedy() == Remedy::Resume && resumes < RESUMES_MAX => {
                resumes += 1;
            }
            result => return result.map(|landed| (landed, None)),
        }
    }
}

/// Reads and normalises what is journalled and not in the table, until it is a batch; with it why a source's entries are not among them.
async fn gather(
    line: &Line,
    versioned: &VersionedSchema,
    only: Option<SourceId>,
) -> Result<(Box<Collected>, Option<LandingError>), LandingError> {
    let log_type = versioned.schema.log_type();
    let mut collected = Collected::new(versioned)?;
    let mut problem = None;
    let mut sources = line.store.journalled_sources().await?;
    sources.retain(|source| source.log_type == *log_type && only.is_none_or(|only| only == source.id));
    let landed = landed_sequences(line, log_type, &sources).await?;
    for (source, landed) in sources.into_iter().zip(landed) {
        if collected.bytes >= BATCH_RAW_BYTES_MAX {
            break;
        }
        let entries = match portion(line, &source, landed).await {
            Ok(entries) => entries,
            Err(why) => {
                problem.get_or_insert(why);
                continue;
            }
        };
        if entries.is_empty() {
            // A process that died after its commit had not noted how far it was, and what landed would look as if it waited.
            if line.store.position(Consumer::Landing, source.id).await?.get() < landed {
                note_position(line, source.id, landed).await?;
            }
            continue;
        }
        if collected.entry_count == 0 {
            line.crash_plan.pass(Step::Gathered).await;
        }
        collected.begin_source(&source, landed, rejects_landed(line, &source).await?);
        collected = gather_source(line, &source, entries, collected).await?;
    }
    Ok((collected, problem))
}

/// Adds the entries of a source, portion by portion. One that cannot be read ends it, and is a problem once it is the next to land.
async fn gather_source(
    line: &Line,
    source: &Source,
    mut entries: Vec<Entry>,
    mut collected: Box<Collected>,
) -> Result<Box<Collected>, LandingError> {
    while let Some(last) = entries.last() {
        let through = last.sequence.get();
        collected = collected.with(entries, line.clock.now()).await?;
        if collected.bytes >= BATCH_RAW_BYTES_MAX {
            break;
        }
        entries = portion(line, source, through).await.unwrap_or_default();
    }
    Ok(collected)
}

/// Some entries of `source` after `landed`, which must be the very next ones.
async fn portion(line: &Line, source: &Source, landed: u64) -> Result<Vec<Entry>, LandingError> {
    let entries = line
        .store
        .entries(source.id, Sequence::new(landed), PORTION_RAW_BYTES_MAX)
        .await?;
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

/// Returns the last journal sequence of the source whose rejects are in the lake; 0 if nothing is.
async fn rejects_landed(line: &Line, source: &Source) -> Result<u64, LandingError> {
    let landed = line.lake.rejects_landed(source.id).await;
    landed
        .map(Option::unwrap_or_default)
        .map_err(|cause| LandingError::Lake {
            log_type: source.log_type.clone(),
            cause,
        })
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

/// As [`landed_sequence`], of several sources.
async fn landed_sequences(line: &Line, log_type: &LogType, sources: &[Source]) -> Result<Vec<u64>, LandingError> {
    let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
    let landed = line.lake.landed_of(log_type, &ids).await;
    let landed = landed.map_err(|cause| LandingError::Lake {
        log_type: log_type.clone(),
        cause,
    })?;
    Ok(landed.into_iter().map(Option::unwrap_or_default).collect())
}

#[tracing::instrument(target = SPANS, name = "land", skip_all, fields(%log_type, entries = collected.entry_count, events, rejects))]
async fn commit(line: &Line, log_type: &LogType, collected: Box<Collected>) -> Result<Landed, LandingError> {
    let started = Instant::now();
    let Collected {
        events,
        rejects,
        settlement,
        lost,
        flow,
        newest_event_time,
        after,
        through,
        entry_count,
        ..
    } = *collected;
    line.crash_plan.pass(Step::Normalised).await;
    let rejects_settled = match settlement {
        Some(settlement) => settle(line, log_type, settlement).await?,
        None => 0,
    };
    for (source_id, sequence) in lost {
        withdraw(line, source_id, sequence).await?;
    }
    let lag = newest_event_time.map(|newest| line.clock.now().duration_since(newest));
    let batch = Batch {
        events,
        rejects,
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

/// How many entries of `source` are journalled and not yet landed.
///
/// # Errors
/// When the journal or the table cannot be read.
pub async fn backlog(line: &Line, source: &Source) -> Result<u64, LandingError> {
    let head = line.store.head(source.id).await?;
    let landed = landed_sequence(line, &source.log_type, source.id).await?;
    Ok(head.get().saturating_sub(landed))
}
