//! What goes into the journal: a page, what it moves, what it proves; and what became of it.

use std::fmt;

use jiff::Timestamp;
use margay_schema::LogType;

use crate::backfill::WindowId;
use crate::coverage::Claim;
use crate::lease::LeaseToken;
use crate::sequence::Sequence;

/// A page to journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Which schema its records belong to.
    pub log_type: LogType,
    /// Its records in the vendor's order; may be empty, and may hold records that were journalled before.
    pub records: Vec<NewRecord>,
    /// What the page moves once it is journalled.
    pub progress: Progress,
    /// What the page proves, if anything.
    pub claim: Option<Claim>,
    /// The token of the lease under which the page was polled.
    pub fence: LeaseToken,
    /// The newest event time on the page, if the connector knows it.
    pub newest_event_time: Option<Timestamp>,
    /// The current time.
    pub now: Timestamp,
}

/// What a page moves once it is journalled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The live tail: where its next poll resumes.
    Tail {
        /// The vendor's place marker, as the connector writes it.
        checkpoint: String,
    },
    /// A window of a backfill.
    Window {
        /// Which one.
        window: WindowId,
        /// Where its reading resumes.
        checkpoint: String,
        /// Whether it has been read to its end. It is then counted as done, and is no longer waiting.
        is_done: bool,
    },
    /// Nothing: a re-read or an audit starts again from its beginning.
    Nothing,
}

impl Progress {
    /// Returns where something resumes, if anything does.
    pub fn checkpoint(&self) -> Option<&str> {
        match self {
            Progress::Tail { checkpoint } | Progress::Window { checkpoint, .. } => Some(checkpoint),
            Progress::Nothing => None,
        }
    }

    /// Returns where the live tail resumes, if it is the tail's page.
    pub(crate) fn tail_checkpoint(&self) -> Option<&str> {
        match self {
            Progress::Tail { checkpoint } => Some(checkpoint),
            Progress::Window { .. } | Progress::Nothing => None,
        }
    }
}

/// A record to journal, exactly as the vendor sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The vendor's id of the record, or a hash of its content where the vendor has none.
    pub id: String,
    /// The record's text.
    pub body: String,
}

impl fmt::Debug for NewRecord {
    /// Leaves the body out: it is somebody's audit log, and may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecord")
            .field("id", &self.id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The new entry; none if the page had no new record.
    pub sequence: Option<Sequence>,
    /// Which of the page's records were journalled now: their places on the page, from zero, in order.
    pub new: Vec<usize>,
    /// How many were journalled before, or stood on the page twice.
    pub records_known: usize,
}

impl Appended {
    /// Returns how many of the page's records were journalled now.
    pub fn records_new(&self) -> usize {
        self.new.len()
    }
}
