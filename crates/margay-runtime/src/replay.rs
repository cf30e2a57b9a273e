//! Replay: records that have landed, or failed to, are normalised anew by today's schema.
//!
//! ```text
//! t0  what waits of this source in the journal lands, as always
//! t1  read a batch of records: from the journal up to what has landed, or from the classification failures
//! t2  normalise them
//! t3  events: rows of these records out, the new ones in, one commit
//! t4  classification failures: records that are events now out, new reasons in, one commit
//! ```
//! The row of a record has the same id however often it is normalised, and `p_parse_time` is when it was journalled: so
//! doing t1 to t4 again finds what is done and writes nothing. Between t3 and t4 a record is in both tables, never in none.
//!
//! Nothing moves: not the sequences in the tables, not the positions in the journal. Entries that have not landed are left
//! to landing, which would otherwise add their rows once more.
//!
//! A record that has a row and does not fit today's schema keeps the row. Nothing that was kept is lost by a replay.

use jiff::Timestamp;
use margay_lake::{Effect, Failures, LakeError, RejectRow, ReplaceError, Replacement, RowKey, Settlement};
use margay_schema::{LogType, RowId};
use margay_store::{EntriesError, Entry, EntryText, LookupError, Sequence, Source};
use tokio_util::sync::CancellationToken;

use crate::content::VersionedSchema;
use crate::land::{self, BATCH_RAW_BYTES_MAX, LandingError};
use crate::line::Line;
use crate::normalise::{self, Outcome};
use crate::step::Step;

/// What to replay, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplaySettings {
    /// Where the records come from.
    pub records: ReplayedRecords,
    /// Leaves out what was journalled before; nothing unless given.
    pub since: Option<Timestamp>,
    /// Whether the tables change, or it is only counted what would.
    pub effect: Effect,
    /// How many raw bytes of records one batch takes at most; at least one entry, or failure, whatever its size.
    pub batch_bytes_max: usize,
}

impl Default for ReplaySettings {
    /// All that the journal has, in batches as landing makes them.
    fn default() -> Self {
        Self {
            records: ReplayedRecords::Journalled,
            since: None,
            effect: Effect::Write,
            batch_bytes_max: BATCH_RAW_BYTES_MAX,
        }
    }
}

/// Where replayed records come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayedRecords {
    /// From the journal: all that it still has.
    Journalled,
    /// From the table of classification failures, which keeps them for good.
    Failed,
}

/// What a replay came to.
///
/// - **Invariant**: every record read is counted in exactly one of `landed`, `replaced`, `unchanged`, `failing`, `kept`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Records normalised.
    pub read: u64,
    /// Records that had no row and have one now.
    pub landed: u64,
    /// Records whose row says something else now.
    pub replaced: u64,
    /// Records whose row already said the same.
    pub unchanged: u64,
    /// Records that have no row and still do not fit: they stay classification failures, with today's reasons.
    pub failing: u64,
    /// Records that do not fit today's schema and keep the row that they have.
    pub kept: u64,
    /// Why those were refused: at most [`KEPT_REASONS_MAX`] different reasons, in the order in which they were met. They are
    /// nowhere else, as a record that has a row has no classification failure.
    pub kept_reasons: Vec<KeptReason>,
    /// When the oldest entry was journalled that the journal still has; nothing if it has none.
    pub journal_since: Option<Timestamp>,
    /// Whether it ended early because it was told to.
    pub is_stopped: bool,
}

/// How many different reasons [`Replayed::kept_reasons`] has at most: enough to see what a schema does, few enough to read,
/// and whatever the records say, the summary stays small.
pub const KEPT_REASONS_MAX: usize = 10;

/// Why some records do not fit today's schema that keep the row that they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReason {
    /// What is wrong with them, as a classification failure would say it.
    pub reason: String,
    /// How many records it is.
    pub count: u64,
    /// The row of one of them.
    pub row_id: RowId,
}

impl Replayed {
    fn note_kept(&mut self, reject: &RejectRow) {
        let mut reasons = self.kept_reasons.iter_mut();
        if let Some(known) = reasons.find(|known| known.reason == reject.error) {
            known.count += 1;
        } else if self.kept_reasons.len() < KEPT_REASONS_MAX {
            self.kept_reasons.push(KeptReason {
                reason: reject.error.clone(),
                count: 1,
                row_id: reject.row_id,
            });
        }
    }
}

/// Why a replay could not go on. What was replayed before stays; running it again goes through everything once more.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// What waits in the journal could not be landed.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// There is no schema to replay with, or it cannot be used.
    #[error("source `{label}` cannot be replayed\n{problem}")]
    NoSchema {
        /// The source's label.
        label: String,
        /// What is wrong with the schema.
        problem: String,
    },
    /// The journal could not be read.
    #[error("could not read the journal")]
    Journal(#[from] EntriesError),
    /// The journal could not be asked what it has.
    #[error("could not read the journal")]
    Lookup(#[from] LookupError),
    /// The classification failures could not be read.
    #[error("could not read the classification failures")]
    Failures(#[source] LakeError),
    /// The rows could not be replaced.
    #[error("could not replace rows of `{log_type}`")]
    Events {
        /// The log type whose table it is.
        log_type: LogType,
        /// Why.
        #[source]
        cause: ReplaceError,
    },
    /// The classification failures could not be settled; their events are in their table already.
    #[error("could not settle the classification failures")]
    Settlement(#[source] ReplaceError),
    /// The work was cut short by a defect.
    #[error("normalising stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}

/// Replays the records of a source, batch by batch, and tells `report` after each how far it has come. `stop` ends it after
/// the batch in hand, also while it still lands what waits. Other sources are left alone, whatever state they are in.
///
/// # Errors
/// When something cannot be read or written; see [`ReplayError`].
pub async fn replay(
    line: &Line,
    source: &Source,
    settings: ReplaySettings,
    stop: &CancellationToken,
    report: &mut (dyn FnMut(&Replayed) + Send),
) -> Result<Replayed, ReplayError> {
    land::verify_source(line, source).await?;
    let Some(versioned) = line.content().schema(&source.log_type).cloned() else {
        return Err(ReplayError::NoSchema {
            label: source.label.clone(),
            problem: line.content().problem_of(&source.log_type).unwrap_or_default(),
        });
    };
    if settings.effect == Effect::Write {
        land::of_source(line, source, stop).await?;
    }
    let mut replayed = Replayed {
        journal_since: line.store.oldest_entry_at(source.id).await?,
        ..Replayed::default()
    };
    let mut records = Records::open(line, source, settings).await?;
    loop {
        if stop.is_cancelled() {
            replayed.is_stopped = true;
            return Ok(replayed);
        }
        let Some(batch) = records.next(line, source, settings.batch_bytes_max).await? else {
            return Ok(replayed);
        };
        line.crash_plan.pass(Step::ReplayRead).await;
        apply(line, source, &versioned, settings.effect, batch, &mut replayed).await?;
        report(&replayed);
    }
}

/// Lands records of entries that have landed already, and whose rows are not there any more. Those that have a row are left
/// as today's schema makes them, as by a replay.
///
/// # Errors
/// When there is no usable schema, or something cannot be written.
pub(crate) async fn land_again(line: &Line, source: &Source, entries: Vec<Entry>) -> Result<Replayed, ReplayError> {
    let Some(versioned) = line.content().schema(&source.log_type).cloned() else {
        return Err(ReplayError::NoSchema {
            label: source.label.clone(),
            problem: line.content().problem_of(&source.log_type).unwrap_or_default(),
        });
    };
    let mut replayed = Replayed::default();
    let batch = Batch::Entries(entries);
    apply(line, source, &versioned, Effect::Write, batch, &mut replayed).await?;
    Ok(replayed)
}

/// The records to replay, as they are read.
enum Records {
    Journalled {
        /// The last entry that was read.
        after: Sequence,
        /// The last entry whose rows are in the tables.
        through: Sequence,
        since: Option<Timestamp>,
    },
    Failed(Failures),
}

/// Records of one batch, in the form in which they are kept.
enum Batch {
    Entries(Vec<Entry>),
    Rejects(Vec<RejectRow>),
}

impl Records {
    async fn open(line: &Line, source: &Source, settings: ReplaySettings) -> Result<Self, ReplayError> {
        let since = settings.since;
        Ok(match settings.records {
            ReplayedRecords::Journalled => Self::Journalled {
                after: match since {
                    Some(since) => line.store.sequence_before(source.id, since).await?,
                    None => Sequence::ZERO,
                },
                through: Sequence::new(land::landed_sequence(line, &source.log_type, source.id).await?),
                since,
            },
            ReplayedRecords::Failed => {
                let failures = line.lake.failures(source.id, since).await;
                Self::Failed(failures.map_err(ReplayError::Failures)?)
            }
        })
    }

    /// Reads the next batch; nothing at the end.
    async fn next(&mut self, line: &Line, source: &Source, bytes_max: usize) -> Result<Option<Batch>, ReplayError> {
        match self {
            Self::Journalled { after, through, since } => {
                let mut entries = line.store.entries(source.id, *after, bytes_max).await?;
                entries.retain(|entry| entry.sequence <= *through);
                let Some(last) = entries.last() else { return Ok(None) };
                *after = last.sequence;
                // Where the clock was set back, older entries follow younger ones. What was imported past the journal is not kept here.
                entries.retain(|entry| {
                    entry.text == EntryText::Kept && since.is_none_or(|since| entry.journalled_at >= since)
                });
                Ok(Some(Batch::Entries(entries)))
            }
            Self::Failed(failures) => {
                let rejects = failures.next(bytes_max).await.map_err(ReplayError::Failures)?;
                Ok(rejects.map(Batch::Rejects))
            }
        }
    }
}

async fn apply(
    line: &Line,
    source: &Source,
    versioned: &VersionedSchema,
    effect: Effect,
    batch: Batch,
    sum: &mut Replayed,
) -> Result<(), ReplayError> {
    let (for_blocking, label) = (versioned.clone(), source.label.clone());
    // A batch is tens of milliseconds of CPU and more: it leaves the async threads.
    let normalised = tokio::task::spawn_blocking(move || normalise_all(&for_blocking, &label, batch)).await?;
    line.crash_plan.pass(Step::ReplayNormalised).await;
    let Outcome { events, rejects } = normalised;
    let mut landed: Vec<RowKey> = events
        .iter()
        .map(|event| RowKey {
            row_id: event.standard.row_id,
            parse_time: event.standard.parse_time,
        })
        .collect();
    sum.read += count(events.len() + rejects.len());

    let replacement = Replacement {
        schema: &versioned.schema,
        events,
        sought: rejects.iter().map(key_of).collect(),
    };
    let replaced = line.lake.replace(replacement, effect).await;
    let replaced = replaced.map_err(|cause| ReplayError::Events {
        log_type: source.log_type.clone(),
        cause,
    })?;
    line.crash_plan.pass(Step::EventsReplaced).await;

    // What has a row is no failure, whether or not it would be one today.
    let has_row = |row_id: &RowId| replaced.found.contains(row_id);
    let (kept, rejects): (Vec<RejectRow>, Vec<RejectRow>) =
        rejects.into_iter().partition(|reject| has_row(&reject.row_id));
    landed.extend(kept.iter().map(key_of));
    for reject in &kept {
        sum.note_kept(reject);
    }
    sum.landed += count(replaced.added);
    sum.replaced += count(replaced.replaced);
    sum.unchanged += count(replaced.unchanged);
    sum.failing += count(rejects.len());
    sum.kept += count(kept.len());
    let settled = line.lake.settle(Settlement { landed, rejects }, effect).await;
    let settled = settled.map_err(ReplayError::Settlement)?;
    line.crash_plan.pass(Step::FailuresSettled).await;
    tracing::debug!(?replaced.files, ?settled, "a batch was replayed");
    Ok(())
}

fn normalise_all(versioned: &VersionedSchema, label: &str, batch: Batch) -> Outcome {
    let mut outcome = Outcome::default();
    match batch {
        Batch::Entries(entries) => {
            for entry in &entries {
                normalise::entry(versioned, entry, label, &mut outcome);
            }
        }
        Batch::Rejects(rejects) => {
            for reject in &rejects {
                normalise::reject(versioned, reject, label, &mut outcome);
            }
        }
    }
    outcome
}

fn key_of(reject: &RejectRow) -> RowKey {
    RowKey {
        row_id: reject.row_id,
        parse_time: reject.parse_time,
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
