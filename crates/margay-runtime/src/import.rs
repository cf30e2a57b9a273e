//! Import: records from files go the way of a vendor's records, into the journal and from there into the lake.
//!
//! ```text
//! file ──cut──▶ chunk of records with ids ──journal──▶ entry ──normalise──▶ columns of a batch ──land──▶ lake tables
//! ```
//! Cutting runs on a thread of its own, and landing beside journalling; each waits for the next, so that what is held is the columns of two
//! batches and some chunks, however long the files are. What is journalled is not read from there again. A record whose id is known is
//! passed over: importing a file again, or after it broke off, adds what is missing and nothing else.
//!
//! Records may go past the journal ([`EntryText::NotKept`]): then only their ids are journalled, and their text goes into the lake at
//! once. It costs less time and no disk, and the price is that neither a replay nor the raw record can be had later. If the process ends in
//! between, what did not reach the lake is withdrawn by whoever lands next, and comes in when the file is imported again.

use std::sync::Arc;

use margay_schema::{LogType, Parser, StreamError, StreamType};
use margay_store::{
    AppendError, AskedFor, AuditObject, CreateSourceError, Entry, EntryText, LeaseToken, NewEntry, Progress,
    SchemaState, Source, StorageFault,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::content::{Content, SchemaOrigin, VersionedSchema};
use crate::error_chain::ErrorChain;
use crate::land::{self, InHand, Landed, LandingError};
use crate::lease::{self, LeaseProblem};
use crate::line::Line;
use crate::own_log::OWN_LOG_TYPE;
use crate::step::Step;

mod cut;
mod id;
mod totals;

pub use cut::{CHUNK_BYTES_MAX, CHUNK_RECORDS_MAX, ImportFile};
pub use id::{IdPath, IdPathError};
pub use totals::{ImportTotals, ImportedSoFar};

use cut::Chunk;

/// Chunks that are cut and not yet journalled.
const CHUNKS_WAITING_MAX: usize = 1;

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportSettings {
    /// Which schema the records belong to.
    pub log_type: LogType,
    /// The log source that they are added to, as if it had been read; a source of imported records unless given.
    pub into: Option<Source>,
    /// How the files are cut into records.
    pub stream_type: StreamType,
    /// Where a record has its id. Unless given it is where the vendor's connector finds it, and a hash of the record where there is none.
    pub id_path: Option<IdPath>,
    /// Whether the journal keeps the records' text.
    pub text: EntryText,
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    /// Where the records were added.
    pub source: Source,
    /// What landed, and the entries it came from. What waited of that source before is counted with it.
    pub landed: Landed,
    /// Why it ended before the end of the files, if it did. What was read before has landed.
    pub cut_short: Option<CutShort>,
}

/// Why an import ended before the end of its files.
#[derive(Debug, thiserror::Error)]
pub enum CutShort {
    /// It was told to stop.
    #[error("the import was stopped before its end\nhint: run it again: what is known is passed over")]
    Stopped,
    /// A file could not be opened.
    #[error("`{file}` cannot be opened")]
    Unopened {
        /// Its name.
        file: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A file could not be read, or cut into records.
    #[error("`{file}` cannot be read to its end")]
    Unread {
        /// Its name.
        file: String,
        /// Where, and why.
        #[source]
        cause: StreamError,
    },
}

impl CutShort {
    /// Returns what the audit log calls it.
    fn code(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Unopened { .. } | Self::Unread { .. } => "invalid_value",
        }
    }
}

/// Why nothing more could be imported: our own side.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such log type.
    #[error("there is no log type `{log_type}`\nhint: {hint}")]
    UnknownLogType {
        /// What was asked for.
        log_type: LogType,
        /// What may have been meant.
        hint: String,
    },
    /// Its schema is archived.
    #[error("schema `{0}` is archived: nothing is imported into it\nhint: restore it with `margay schema restore {0}`")]
    Archived(LogType),
    /// Its schema cannot be used.
    #[error(
        "records of `{log_type}` cannot be imported: {problem}\nhint: `margay schema list` says which log types there are"
    )]
    NoSchema {
        /// The log type.
        log_type: LogType,
        /// What is wrong.
        problem: String,
    },
    /// Our own log is written by us alone.
    #[error(
        "`{OWN_LOG_TYPE}` is this server's own log, and nothing is imported into it\nhint: choose another log type"
    )]
    OwnLog,
    /// The source to add to has another log type.
    #[error(
        "log source `{label}` has the log type `{found}`, not `{asked}`\nhint: leave --into out, or name another log source"
    )]
    OtherLogType {
        /// The source's label.
        label: String,
        /// What it has.
        found: LogType,
        /// What was asked for.
        asked: LogType,
    },
    /// Rows of csv files whose columns are named by their header mean nothing without it.
    #[error(
        "the schema of `{0}` takes its columns from each file's header, so that a record alone cannot be read\n\
         hint: name them in the schema, under `parser: csv: columns:`"
    )]
    NeedsHeader(LogType),
    /// Rows of csv files mean nothing to a schema that reads JSON.
    #[error(
        "the schema of `{0}` reads JSON, and lines of CSV are none\n\
         hint: CSV lines need a schema with a `csv` parser, under `parser: csv:`"
    )]
    NeedsCsvParser(LogType),
    /// The source of imported records could not be added.
    #[error("could not add the source of imported records")]
    Source(#[from] CreateSourceError),
    /// Another process has the source.
    #[error(transparent)]
    Lease(#[from] LeaseProblem),
    /// Records could not be journalled.
    #[error("could not journal imported records")]
    Append(#[from] AppendError),
    /// What was journalled could not be landed; the next landing does it.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// The import could not be written to the audit log.
    #[error("could not write the import to the audit log")]
    AuditLog(#[from] StorageFault),
    /// The work was cut short by a defect.
    #[error("importing stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}

/// Imports `files`, one after the other, and lands what is new. `totals` tells others how far it is.
///
/// # Errors
/// When our own side fails. What is wrong with a file is in [`Imported::cut_short`].
pub async fn import(
    line: &Line,
    settings: ImportSettings,
    files: Vec<ImportFile>,
    totals: &Arc<ImportTotals>,
    stop: &CancellationToken,
) -> Result<Imported, ImportError> {
    let versioned = usable_schema(line, &settings)?;
    let source = match &settings.into {
        Some(source) => source.clone(),
        None => line.store.import_source(&settings.log_type, line.clock.now()).await?,
    };
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let work = Work {
        line,
        source: &source,
        text: settings.text,
        totals,
        stop,
    };
    let ended = lease::holding(line, &source, async |fence| {
        work.run(fence, settings.clone(), versioned, files).await
    })
    .await;
    let ended = ended.unwrap_or_else(|problem| Err(problem.into()));
    let failure = match &ended {
        Ok((_, None)) => None,
        Ok((_, Some(cut_short))) => Some((cut_short.code(), first_line(&ErrorChain(cut_short)))),
        Err(error) => Some(("internal", first_line(&ErrorChain(error)))),
    };
    let told = told(line, &source, &names, totals, failure).await;
    // What went wrong first is what is answered.
    let (landed, cut_short) = ended?;
    told?;
    Ok(Imported {
        source,
        landed,
        cut_short,
    })
}

fn usable_schema(line: &Line, settings: &ImportSettings) -> Result<VersionedSchema, ImportError> {
    let log_type = &settings.log_type;
    if log_type.as_str() == OWN_LOG_TYPE {
        return Err(ImportError::OwnLog);
    }
    if let Some(source) = &settings.into
        && source.log_type != *log_type
    {
        return Err(ImportError::OtherLogType {
            label: source.label.clone(),
            found: source.log_type.clone(),
            asked: log_type.clone(),
        });
    }
    let content = line.content();
    let Some(versioned) = content.schema(log_type).cloned() else {
        return Err(unusable(&content, log_type));
    };
    if versioned.origin == SchemaOrigin::Custom(SchemaState::Archived) {
        return Err(ImportError::Archived(log_type.clone()));
    }
    match versioned.schema.parser() {
        Some(Parser::Csv(csv)) if csv.needs_header() => Err(ImportError::NeedsHeader(log_type.clone())),
        None | Some(Parser::Native) if settings.stream_type == StreamType::Csv => {
            Err(ImportError::NeedsCsvParser(log_type.clone()))
        }
        _ => Ok(versioned),
    }
}

/// Says why no record of that log type can be normalised.
fn unusable(content: &Content, log_type: &LogType) -> ImportError {
    let log_type = log_type.clone();
    if content.broken_schema(&log_type).is_some()
        && let Some(problem) = content.problem_of(&log_type)
    {
        return ImportError::NoSchema { log_type, problem };
    }
    let hint = match content.find(log_type.as_str()) {
        Ok(known) => format!("did you mean `{known}`?"),
        Err(hint) => hint,
    };
    ImportError::UnknownLogType { log_type, hint }
}

/// Returns what failed, without the hints.
fn first_line(error: &ErrorChain<'_>) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// Leaves an entry in the audit log: what was imported, into what, by whoever acts, and why it ended early if it did.
async fn told(
    line: &Line,
    source: &Source,
    files: &[String],
    totals: &ImportTotals,
    failure: Option<(&'static str, String)>,
) -> Result<(), StorageFault> {
    let object = AuditObject {
        kind: "log_source".to_owned(),
        id: source.id.to_string(),
        name: Some(source.label.clone()),
    };
    let so_far = totals.so_far();
    let (problem, reason) = failure.unzip();
    let mut after = serde_json::json!({
        "files": files,
        "recordsNew": so_far.records_new,
        "recordsKnown": so_far.records_known,
    });
    if let Some(reason) = reason {
        after["reason"] = reason.into();
    }
    let tried = AskedFor {
        action: "import_records".to_owned(),
        object: Some(object),
        status: None,
        problem: problem.map(str::to_owned),
        after: Some(after.to_string()),
    };
    line.store.record_tried(tried).await?;
    line.audit_log.notify_one();
    Ok(())
}

/// The import of one source's records, under its lease.
struct Work<'a> {
    line: &'a Line,
    source: &'a Source,
    text: EntryText,
    totals: &'a Arc<ImportTotals>,
    stop: &'a CancellationToken,
}

impl Work<'_> {
    async fn run(
        &self,
        fence: LeaseToken,
        settings: ImportSettings,
        versioned: VersionedSchema,
        files: Vec<ImportFile>,
    ) -> Result<(Landed, Option<CutShort>), ImportError> {
        let mut landing = Landing::new(self.line, self.source);
        // What waits lands first, and to its end: it withdraws entries without text, and what is in hand from here on has none.
        landing.begin_journalled(self.stop).await?;
        landing.wait().await?;
        if self.stop.is_cancelled() {
            return Ok((landing.end().await?, Some(CutShort::Stopped)));
        }
        let (sender, mut chunks) = mpsc::channel(CHUNKS_WAITING_MAX);
        let (totals, stop) = (Arc::clone(self.totals), self.stop.clone());
        let cutting =
            tokio::task::spawn_blocking(move || cut::cut(files, &settings, &versioned.schema, &totals, &stop, &sender));
        let mut in_hand = InHand::begin(self.line, self.source)?;
        while let Some(chunk) = chunks.recv().await {
            let Some(entry) = self.journal(chunk, fence).await? else {
                continue;
            };
            in_hand = in_hand.with(self.line, entry).await?;
            if in_hand.is_full() {
                let next = InHand::begin(self.line, self.source)?;
                landing.begin(std::mem::replace(&mut in_hand, next)).await?;
            }
        }
        let ended = cutting.await?;
        // What is journalled lands, also when somebody has said stop.
        landing.begin(in_hand).await?;
        Ok((landing.end().await?, ended.err()))
    }

    /// Journals the records of a chunk that are new, and returns them as the entry that they are.
    async fn journal(&self, chunk: Chunk, fence: LeaseToken) -> Result<Option<Entry>, ImportError> {
        let page = NewEntry {
            log_type: self.source.log_type.clone(),
            records: chunk.records,
            progress: Progress::Nothing,
            claim: None,
            fence,
            newest_event_time: None,
            now: self.line.clock.now(),
        };
        let (store, crash_plan) = (&self.line.store, &self.line.crash_plan);
        crash_plan.pass(Step::BeforeJournal).await;
        let (appended, entry) = store.append_in_hand(self.source.id, page, self.text).await?;
        crash_plan.pass(Step::Journalled).await;
        self.totals.journalled(appended.records_new(), appended.records_known);
        Ok(entry)
    }
}

/// Landing beside journalling: one batch at a time, and the next begins when it has ended.
struct Landing<'a> {
    line: &'a Line,
    source: &'a Source,
    running: JoinSet<Result<Landed, LandingError>>,
    landed: Landed,
}

impl<'a> Landing<'a> {
    fn new(line: &'a Line, source: &'a Source) -> Self {
        Self {
            line,
            source,
            running: JoinSet::new(),
            landed: Landed::default(),
        }
    }

    /// Begins to land the entries in hand.
    async fn begin(&mut self, in_hand: InHand) -> Result<(), ImportError> {
        self.wait().await?;
        let line = self.line.clone();
        self.running.spawn(async move { in_hand.land(&line).await });
        Ok(())
    }

    /// Begins to land what waits in the journal.
    async fn begin_journalled(&mut self, stop: &CancellationToken) -> Result<(), ImportError> {
        self.wait().await?;
        let (line, source, stop) = (self.line.clone(), self.source.clone(), stop.clone());
        self.running
            .spawn(async move { land::of_source(&line, &source, &stop).await });
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), ImportError> {
        while let Some(ended) = self.running.join_next().await {
            self.landed.add(ended??);
        }
        Ok(())
    }

    async fn end(mut self) -> Result<Landed, ImportError> {
        self.wait().await?;
        Ok(self.landed)
    }
}
