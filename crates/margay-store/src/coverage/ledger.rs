//! The algebra of the coverage ledger: which ranges of event time are proven, what a claim changes, what is left.
//!
//! A ledger's rows are sorted, disjoint and not empty, and two rows that touch have different evidence. What a claim does to
//! what it meets:
//!
//! | claim | nothing | `PageChain` | `WindowRead`, `Audit` | `Lost` |
//! |---|---|---|---|---|
//! | `PageChain` | fills | – | – | – |
//! | `WindowRead`, `Audit` | fills | replaces | replaces | – |
//! | `Lost` | fills | – | – | – |
//!
//! A lost range stays lost: what is read there later cannot be everything that was there. A page chain fills only what lies
//! beyond the last one: see [`Ledger::tail_through`].

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::time::{from_micros, to_micros};

#[cfg(test)]
mod tests;

/// What proves that a range of event time is complete. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The live tail's unbroken chain of pages up to its empty page.
    PageChain,
    /// A closed window, read to its empty page.
    WindowRead,
    /// A closed window, read again and compared with what was kept.
    Audit,
    /// No proof: the vendor had deleted it before it could be read. It is accounted for, and never complete.
    Lost,
}

/// A range of event time to enter into the ledger, `[from, to)`. One without length says nothing.
///
/// - **Units**: times are cut to microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// What proves it.
    pub evidence: Evidence,
    /// When it was proven, by our clock.
    pub at: Timestamp,
}

/// A row of the ledger: a range of event time, `[from, to)`, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// What proves it.
    pub evidence: Evidence,
    /// When the first part of it was proven so.
    pub first_at: Timestamp,
    /// When the last part of it was proven so.
    pub last_at: Timestamp,
}

/// What of a source's log is proven complete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// From when on the source is to be complete, if somebody has said so.
    pub since: Option<Timestamp>,
    /// Everything before this was read once more after its late events had their time to come.
    pub settled_through: Option<Timestamp>,
    /// Up to where the live tail has ever claimed. Never later than the vendor's own clock was, so a moment that has come,
    /// whatever our clock says.
    pub tail_through: Option<Timestamp>,
    /// The rows: sorted, disjoint, touching ones of different evidence.
    pub coverage: Vec<Coverage>,
}

impl Evidence {
    pub(crate) const ALL: [Evidence; 4] = [
        Evidence::PageChain,
        Evidence::WindowRead,
        Evidence::Audit,
        Evidence::Lost,
    ];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::PageChain => "page_chain",
            Evidence::WindowRead => "window_read",
            Evidence::Audit => "audit",
            Evidence::Lost => "lost",
        }
    }

    pub(crate) fn from_str(name: &str) -> Option<Evidence> {
        Evidence::ALL.into_iter().find(|evidence| evidence.as_str() == name)
    }

    /// Returns whether a claim of this evidence takes the place of what it meets; see the table on top.
    fn replaces(self, other: Evidence) -> bool {
        matches!(self, Evidence::WindowRead | Evidence::Audit) && other != Evidence::Lost
    }

    /// Compares how much two proofs say. A lost range is no proof, and is never merged with one.
    fn cmp_strength(self, other: Evidence) -> Ordering {
        let strength = |evidence| match evidence {
            Evidence::Lost => 0,
            Evidence::PageChain => 1,
            Evidence::WindowRead => 2,
            Evidence::Audit => 3,
        };
        strength(self).cmp(&strength(other))
    }
}

impl Claim {
    /// Returns the claim as the database keeps it.
    pub(crate) fn in_micros(self) -> Claim {
        let cut = |time| from_micros(to_micros(time));
        Claim {
            from: cut(self.from),
            to: cut(self.to),
            evidence: self.evidence,
            at: cut(self.at),
        }
    }

    fn as_row(self, from: Timestamp, to: Timestamp) -> Coverage {
        Coverage {
            from,
            to,
            evidence: self.evidence,
            first_at: self.at,
            last_at: self.at,
        }
    }
}

impl Ledger {
    /// Returns the parts of `[from, to)` that no row covers, in order. A lost range is covered: nothing can be done there.
    pub fn uncovered(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        gaps(&self.coverage, from, to)
    }

    /// Returns the holes: the parts of `[since, through)` that no row covers, in order. There are none while nobody has said
    /// from when on the source is to be complete.
    pub fn holes(&self, through: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        self.since
            .map(|since| self.uncovered(since, through))
            .unwrap_or_default()
    }

    /// Returns the end of the last row that is proven; nothing if none is.
    pub fn proven_through(&self) -> Option<Timestamp> {
        let is_proof = |row: &&Coverage| row.evidence != Evidence::Lost;
        self.coverage.iter().rev().find(is_proof).map(|row| row.to)
    }

    /// Returns a moment that has surely come, though our clock may be wrong: not later than `now`, nor than the vendor's clock
    /// has been seen to be. `None` before the live tail has read to an end.
    pub fn sure_now(&self, now: Timestamp) -> Option<Timestamp> {
        self.tail_through.map(|shown| shown.min(now))
    }

    /// Returns the ranges that can never be complete, in order.
    pub fn lost(&self) -> Vec<(Timestamp, Timestamp)> {
        let lost = self.coverage.iter().filter(|row| row.evidence == Evidence::Lost);
        lost.map(|row| (row.from, row.to)).collect()
    }
}

/// Returns what `rows` become once a claim is entered. They must hold every row that the claim overlaps or touches; others
/// come back as they are.
pub(crate) fn with_claim(rows: &[Coverage], claim: &Claim) -> Vec<Coverage> {
    let claim = claim.in_micros();
    if claim.from >= claim.to {
        return rows.to_vec();
    }
    let mut kept: Vec<Coverage> = Vec::with_capacity(rows.len() + 2);
    for row in rows {
        let is_met = row.from < claim.to && claim.from < row.to;
        if !is_met || !claim.evidence.replaces(row.evidence) {
            kept.push(*row);
        } else if row.evidence == claim.evidence {
            kept.push(Coverage {
                first_at: row.first_at.min(claim.at),
                last_at: row.last_at.max(claim.at),
                ..*row
            });
        } else {
            let before = Coverage { to: claim.from, ..*row };
            let after = Coverage { from: claim.to, ..*row };
            kept.extend([before, after].into_iter().filter(|part| part.from < part.to));
        }
    }
    let filled: Vec<Coverage> = gaps(&kept, claim.from, claim.to)
        .into_iter()
        .map(|(from, to)| claim.as_row(from, to))
        .collect();
    kept.extend(filled);
    kept.sort_by_key(|row| row.from);
    merged(kept, |last, row| last.evidence == row.evidence)
}

/// Returns what `rows` become once nothing in `[from, to)` counts as proven any more. Lost ranges stay.
pub(crate) fn disclaimed(rows: &[Coverage], from: Timestamp, to: Timestamp) -> Vec<Coverage> {
    let (from, to) = (from_micros(to_micros(from)), from_micros(to_micros(to)));
    let mut kept = Vec::with_capacity(rows.len() + 1);
    for row in rows {
        let is_met = from < to && row.from < to && from < row.to;
        if !is_met || row.evidence == Evidence::Lost {
            kept.push(*row);
        } else {
            let before = Coverage { to: from, ..*row };
            let after = Coverage { from: to, ..*row };
            kept.extend([before, after].into_iter().filter(|part| part.from < part.to));
        }
    }
    kept
}

/// Returns fewer rows that cover the same and claim no more: of rows that touch, the oldest ones become one with the weaker
/// evidence, until `rows_max` are left or there is nothing to merge.
pub(crate) fn coarsened(rows: Vec<Coverage>, rows_max: usize) -> Vec<Coverage> {
    let mut excess = rows.len().saturating_sub(rows_max);
    merged(rows, |last, row| {
        let is_same = last.evidence == row.evidence;
        let is_lost = last.evidence == Evidence::Lost || row.evidence == Evidence::Lost;
        let merges = is_same || (excess > 0 && !is_lost);
        excess = excess.saturating_sub(usize::from(merges));
        merges
    })
}

/// Merges rows that touch and of which `is_one` says so.
fn merged(rows: Vec<Coverage>, mut is_one: impl FnMut(&Coverage, &Coverage) -> bool) -> Vec<Coverage> {
    let mut result: Vec<Coverage> = Vec::with_capacity(rows.len());
    for row in rows {
        match result.last_mut() {
            Some(last) if last.to == row.from && is_one(last, &row) => {
                last.to = row.to;
                last.first_at = last.first_at.min(row.first_at);
                last.last_at = last.last_at.max(row.last_at);
                if row.evidence.cmp_strength(last.evidence).is_lt() {
                    last.evidence = row.evidence;
                }
            }
            _ => result.push(row),
        }
    }
    result
}

/// Returns the parts of `[from, to)` that no row covers.
fn gaps(rows: &[Coverage], from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut gaps = Vec::new();
    let mut open_from = from;
    for row in rows {
        if row.from >= to || open_from >= to {
            break;
        }
        if open_from < row.from {
            gaps.push((open_from, row.from));
        }
        open_from = open_from.max(row.to);
    }
    if open_from < to {
        gaps.push((open_from, to));
    }
    gaps
}
