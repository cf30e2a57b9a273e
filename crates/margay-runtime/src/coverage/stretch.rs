//! The ledger as people read it: proven and unproven time in one order.

use jiff::Timestamp;
use margay_connector::Window;
use margay_store::{Evidence, Ledger};

/// One stretch of event time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// How it stands.
    pub state: StretchState,
    /// By what it is proven, or known to be lost.
    pub evidence: Option<Evidence>,
    /// When it was proven first and last.
    pub proven: Option<(Timestamp, Timestamp)>,
}

/// How a stretch of event time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StretchState {
    /// Everything of it is here.
    Complete,
    /// The vendor deleted it before it was read.
    Lost,
    /// It waits to be read.
    ToBeRead,
    /// Nothing is proven of it, and nothing waits.
    Hole,
}

impl StretchState {
    /// Returns the words for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Lost => "lost",
            Self::ToBeRead => "to be read",
            Self::Hole => "hole",
        }
    }
}

/// Returns covered and uncovered time in one order, up to what is proven or `waiting` to be read.
pub fn stretches(ledger: &Ledger, waiting: &[Window]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = ledger
        .coverage
        .iter()
        .map(|row| Stretch {
            from: row.from,
            to: row.to,
            state: if row.evidence == Evidence::Lost {
                StretchState::Lost
            } else {
                StretchState::Complete
            },
            evidence: Some(row.evidence),
            proven: Some((row.first_at, row.last_at)),
        })
        .collect();
    let through = ledger
        .proven_through()
        .into_iter()
        .chain(waiting.iter().map(Window::to))
        .max();
    for (from, to) in through.map(|through| ledger.holes(through)).unwrap_or_default() {
        let is_waiting = waiting.iter().any(|window| window.from() < to && from < window.to());
        all.push(Stretch {
            from,
            to,
            state: if is_waiting {
                StretchState::ToBeRead
            } else {
                StretchState::Hole
            },
            evidence: None,
            proven: None,
        });
    }
    all.sort_by_key(|stretch| stretch.from);
    all
}
