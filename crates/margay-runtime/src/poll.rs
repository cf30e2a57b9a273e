//! Poll: one round of a source's live tail, from its checkpoint until the vendor has nothing more.
//!
//! The reading itself is in `read.rs`; here stands what a round means for the source.

use jiff::Timestamp;
use margay_connector::asana::{Checkpoint, RoundEnd};
use margay_store::{AppendError, Looked, LookupError};
use tokio_util::sync::CancellationToken;
use tracing::Span;

use crate::health;
use crate::late::Lateness;
use crate::lease::LeaseProblem;
use crate::read::{self, Reading, ReadingEnd, Stretch};
use crate::reader::Reader;
use crate::telemetry::SPANS;

/// How a round ended.
#[derive(Debug, Clone)]
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
    /// The vendor does not let the token in: the source waits for one that works.
    TokenRefused {
        /// What happened and what to do, for a person.
        diagnosis: String,
    },
    /// Somebody has to act before it makes sense to ask again.
    NeedsOperator {
        /// What happened and what to do, for a person.
        diagnosis: String,
    },
    /// Another server polls the source.
    StandBy {
        /// Which one, and until when.
        problem: String,
    },
    /// We were told to stop.
    Stopped,
}

/// What a round did.
#[derive(Debug, Clone)]
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
    /// From when on it started anew because the vendor refused an offset.
    pub restarted_from: Option<Timestamp>,
    /// How late its new records were.
    pub lateness: Lateness,
    /// What its end showed of the source.
    pub looks: Vec<Looked>,
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

/// Runs one round of the live tail: from its checkpoint until the vendor has nothing more, or the round cannot go on.
///
/// # Errors
/// When our own side fails; the vendor's failures are in the report.
#[tracing::instrument(
    target = SPANS, name = "poll", skip_all,
    fields(source = reader.label(), result, pages, records_new, records_known)
)]
pub async fn round(reader: &Reader, stop: &CancellationToken) -> Result<RoundReport, RoundError> {
    let round = read_tail(reader, stop).await;
    let span = Span::current();
    if let Ok(report) = &round {
        span.record("result", report.result.as_str())
            .record("pages", report.pages)
            .record("records_new", report.records_new)
            .record("records_known", report.records_known);
    }
    round
}

async fn read_tail(reader: &Reader, stop: &CancellationToken) -> Result<RoundReport, RoundError> {
    let line = &reader.line;
    let source_id = reader.source_id();
    let label = || reader.label().to_owned();
    let started_at = line.clock.now();
    let unreadable = |cause| RoundError::Checkpoint { label: label(), cause };
    if let Some(paused) = reader.way().heed().await.map_err(unreadable)? {
        return Ok(RoundReport {
            has_asked: false,
            ..RoundReport::begun(started_at, paused.into())
        });
    }
    let stored = line.store.checkpoint(source_id).await.map_err(unreadable)?;
    let ledger = line.store.ledger(source_id).await.map_err(unreadable)?;
    let checkpoint = Checkpoint::from_json(&stored);
    let checkpoint = checkpoint.map_err(|cause| RoundError::CheckpointInvalid { label: label(), cause })?;
    let reading = read::read(reader, checkpoint, Stretch::Tail, &ledger, stop).await;
    match reading {
        Ok(reading) => Ok(of_reading(reading, started_at)),
        // Somebody else polls the source by now, as after a long sleep of ours. Nothing is wrong.
        Err(AppendError::LeaseLost { .. }) => {
            let problem = LeaseProblem::Lost { label: label() }.to_string();
            Ok(RoundReport::begun(started_at, RoundResult::StandBy { problem }))
        }
        Err(cause) => Err(RoundError::Append { label: label(), cause }),
    }
}

impl RoundResult {
    /// Returns its name in traces.
    fn as_str(&self) -> &'static str {
        match self {
            Self::Drained => "drained",
            Self::More => "more",
            Self::Failed { .. } => "failed",
            Self::TokenRefused { .. } => "token_refused",
            Self::NeedsOperator { .. } => "needs_operator",
            Self::StandBy { .. } => "stand_by",
            Self::Stopped => "stopped",
        }
    }
}

impl RoundReport {
    /// A report of a round in which nothing was read.
    pub(crate) fn begun(started_at: Timestamp, result: RoundResult) -> Self {
        Self {
            result,
            has_asked: true,
            started_at,
            pages: 0,
            records_new: 0,
            records_known: 0,
            restarted_from: None,
            lateness: Lateness::default(),
            looks: Vec::new(),
        }
    }
}

fn of_reading(reading: Reading, started_at: Timestamp) -> RoundReport {
    let looks = match &reading.end {
        ReadingEnd::Ended(end) => health::looks(end),
        ReadingEnd::Stopped | ReadingEnd::Paused(_) => Vec::new(),
    };
    let result = match reading.end {
        ReadingEnd::Stopped => RoundResult::Stopped,
        ReadingEnd::Paused(paused) => paused.into(),
        ReadingEnd::Ended(end) => result_of(end),
    };
    RoundReport {
        result,
        has_asked: true,
        started_at,
        pages: reading.pages,
        records_new: reading.records_new,
        records_known: reading.records_known,
        restarted_from: reading.restarted_from,
        lateness: reading.lateness,
        looks,
    }
}

/// What the end of a reading means for its source.
pub(crate) fn result_of(end: RoundEnd) -> RoundResult {
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
        RoundEnd::NeedsOperator(diagnosis) if diagnosis.is_token_refused() => RoundResult::TokenRefused {
            diagnosis: diagnosis.to_string(),
        },
        RoundEnd::NeedsOperator(diagnosis) => RoundResult::NeedsOperator {
            diagnosis: diagnosis.to_string(),
        },
    }
}
