//! Coverage: looks for holes in what is proven, has them read again, and says so when one can never be filled.
//!
//! ```text
//!   since                                    proven_through            event time
//!     ├──── proven ────┤  hole  ├── proven ──────┤   live tail ──▶
//!                      [ a backfill of its own   ]
//! ```
//! A hole is time between the beginning of a source and the end of what its live tail has proven, that nothing proves and no
//! waiting window will. It comes to be when a chain of pages breaks before its empty page. Time that the vendor has deleted
//! before anything proved it is lost: it is written down as such, for good. So that is never decided by our clock alone, which
//! may be months ahead: what the vendor's clock has not shown to be too old is asked for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_connector::asana::{Checkpoint, CheckpointError, RETENTION};
use margay_store::{
    AppendError, Backfill, BackfillError, BackfillReason, Claim, Coverage, Evidence, Ledger, LookupError, NewNote,
    WINDOWS_WAITING_MAX,
};

use crate::backfill;
use crate::reader::Reader;
use crate::story::{self, Sentence};

mod stretch;

pub use stretch::{Stretch, StretchState, stretches};

/// So many holes are dealt with in one look; the next look finds the others.
const HOLES_PER_LOOK_MAX: usize = 20;
/// So long a loss is shown among what is wrong with a source; the ledger shows it for good.
const LOST_SHOWN: SignedDuration = SignedDuration::from_hours(24);
/// A hole of which only this much is still kept is left alone until that is deleted too: no window could be read in time, and
/// it is told of once. What an answer proves begins seconds after what is surely deleted, so there are such holes.
const EDGE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// What there is to do about holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holes {
    /// To be read again.
    pub(crate) open: Vec<Window>,
    /// Deleted by the vendor.
    pub(crate) lost: Vec<Window>,
}

/// Why holes were not looked for.
#[derive(Debug, thiserror::Error)]
pub enum CoverageError {
    /// The database could not tell.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A claim could not be stored.
    #[error(transparent)]
    Claim(#[from] AppendError),
    /// A backfill could not be begun.
    #[error(transparent)]
    Backfill(#[from] BackfillError),
    /// The checkpoint is not one that this version knows.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Returns the moment before which the vendor has surely deleted everything, though our clock may be wrong: the beginning of
/// time while the vendor has shown nothing.
pub(crate) fn deleted_before(ledger: &Ledger, now: Timestamp) -> Timestamp {
    let sure_now = ledger.sure_now(now).unwrap_or(Timestamp::MIN);
    sure_now.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN)
}

/// Decides about the holes of a ledger at `now`, leaving out what `waiting` windows will read.
pub(crate) fn holes(ledger: &Ledger, waiting: &[Window], now: Timestamp) -> Holes {
    let mut found = Holes::default();
    let Some(through) = ledger.proven_through() else {
        return found;
    };
    let oldest_kept = deleted_before(ledger, now);
    let edge = oldest_kept.saturating_add(EDGE_MAX).unwrap_or(Timestamp::MAX);
    for (from, to) in ledger.holes(through) {
        for (from, to) in without(from, to, waiting) {
            if from < oldest_kept && oldest_kept < to && to <= edge {
                continue;
            }
            found.lost.extend(Window::new(from, to.min(oldest_kept)));
            found.open.extend(Window::new(from.max(oldest_kept), to));
        }
    }
    found.open.truncate(HOLES_PER_LOOK_MAX);
    found.lost.truncate(HOLES_PER_LOOK_MAX);
    found
}

/// Returns what of `[from, to)` none of the windows, sorted by their beginnings, spans.
fn without(from: Timestamp, to: Timestamp, windows: &[Window]) -> Vec<(Timestamp, Timestamp)> {
    let mut left = Vec::new();
    let mut begin = from;
    for window in windows {
        if window.from() >= to {
            break;
        }
        if window.from() > begin {
            left.push((begin, window.from()));
        }
        begin = begin.max(window.to());
    }
    if begin < to {
        left.push((begin, to));
    }
    left
}

/// Looks for holes of a source and begins to fill them. Returns what is wrong with its coverage, for whoever asks how the source is.
///
/// # Errors
/// When the database cannot be read or written; the next look finds the same.
pub(crate) async fn look(reader: &Reader) -> Result<Option<String>, CoverageError> {
    let line = &reader.line;
    let source_id = reader.source_id();
    let now = line.clock.now();
    let ledger = known_beginning(reader, line.store.ledger(source_id).await?).await?;
    let waiting = line.store.waiting_windows(source_id, WINDOWS_WAITING_MAX).await?;
    let mut spans: Vec<Window> = waiting
        .iter()
        .filter_map(|window| Window::new(window.from, window.to))
        .collect();
    spans.sort_unstable();
    let holes = holes(&ledger, &spans, now);
    for window in &holes.lost {
        lose(reader, *window, now).await?;
    }
    let mut begun = 0;
    for window in &holes.open {
        let backfill = backfill::in_days(*window, BackfillReason::Hole, now);
        let count = backfill.windows.len();
        match line.store.begin_backfill(source_id, reader.token, backfill).await {
            Ok(_) => begun += count,
            // What is open already is read first; the next look finds this hole again.
            Err(BackfillError::TooMany { .. }) => {
                tracing::info!(source = reader.label(), %window, "a hole has to wait: too much waits already");
                break;
            }
            Err(error) => return Err(error.into()),
        }
        tracing::warn!(source = reader.label(), %window, "a hole in what is proven; it is read again");
        tell(reader, story::hole_found(*window)).await?;
    }
    crate::telemetry::coverage(reader.label(), waiting.len() + begun, &ledger, now);
    let ledger = line.store.ledger(source_id).await?;
    let backfills = line.store.backfills(source_id).await?;
    Ok(problem(&ledger, &backfills, now))
}

/// Says what is wrong with the coverage of a source: time that was lost within the last [`LOST_SHOWN`], or holes that are open.
fn problem(ledger: &Ledger, backfills: &[Backfill], now: Timestamp) -> Option<String> {
    let is_news = |row: &&Coverage| row.evidence == Evidence::Lost && now.duration_since(row.last_at) < LOST_SHOWN;
    let lost = ledger.coverage.iter().filter(is_news);
    let lost: Duration = lost.map(|row| row.to.duration_since(row.from).unsigned_abs()).sum();
    if !lost.is_zero() {
        return Some(format!(
            "{} of its log was deleted by the vendor before it was read, and is lost for good; `margay source coverage` names it",
            story::rough(lost)
        ));
    }
    let is_hole = |backfill: &&Backfill| backfill.reason == BackfillReason::Hole && backfill.finished_at.is_none();
    let left = |backfill: &Backfill| {
        let whole = backfill.to.duration_since(backfill.from).unsigned_abs();
        whole.saturating_sub(backfill.covered)
    };
    let open: Duration = backfills.iter().filter(is_hole).map(left).sum();
    (!open.is_zero()).then(|| {
        format!(
            "{} of its log is not proven complete, and is being read again beside the live tail",
            story::rough(open)
        )
    })
}

/// Writes down that the vendor deleted a window before it was read.
pub(crate) async fn lose(reader: &Reader, window: Window, now: Timestamp) -> Result<(), CoverageError> {
    let claim = Claim {
        from: window.from(),
        to: window.to(),
        evidence: Evidence::Lost,
        at: now,
    };
    reader
        .line
        .store
        .claim(reader.source_id(), reader.token, &[claim])
        .await?;
    tracing::error!(source = reader.label(), %window, "the vendor deleted this before it was read; it is lost for good");
    tell(reader, story::hole_lost(window)).await
}

/// Adds a sentence to the source's story.
pub(crate) async fn tell(reader: &Reader, sentence: Sentence) -> Result<(), CoverageError> {
    let note = NewNote {
        at: reader.line.clock.now(),
        kind: sentence.kind,
        text: sentence.text,
    };
    reader.line.store.note(reader.source_id(), note).await?;
    Ok(())
}

/// A source from before there was a ledger begins where its live tail does.
async fn known_beginning(reader: &Reader, ledger: Ledger) -> Result<Ledger, CoverageError> {
    if ledger.since.is_some() {
        return Ok(ledger);
    }
    let store = &reader.line.store;
    let checkpoint = Checkpoint::from_json(&store.checkpoint(reader.source_id()).await?)?;
    let since = checkpoint.window_start();
    store.set_since(reader.source_id(), reader.token, since).await?;
    Ok(Ledger {
        since: Some(since),
        ..ledger
    })
}

#[cfg(test)]
mod tests;
