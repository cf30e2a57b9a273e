//! The comparison of a copy with the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::margay::IN_FLIGHT_MAX;

/// A pause is written down this soon after the vendor has asked for it, slow bodies (300 ms) and a busy machine included.
const WRITTEN_WITHIN: Duration = Duration::from_millis(500);

/// What is wrong with a copy; empty lists if nothing is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Ids that the vendor showed before the last read and the lake has not.
    pub lost: Vec<String>,
    /// Ids that the lake has more than once.
    pub duplicates: Vec<String>,
    /// Ids that the lake has and the vendor never showed.
    pub extra: Vec<String>,
    /// Whatever else a complete copy has not: holes, waiting windows, classification failures, a command that failed.
    pub problems: Vec<String>,
}

impl Verdict {
    /// Compares the ids of a lake with those that the vendor showed before it was read for the last time, and after.
    pub fn of(lake: &[String], before: &[String], after: &[String]) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for id in lake {
            *counts.entry(id).or_default() += 1;
        }
        let after: BTreeSet<&str> = after.iter().map(String::as_str).collect();
        let named = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
        Self {
            lost: before
                .iter()
                .filter(|id| !counts.contains_key(id.as_str()))
                .cloned()
                .collect(),
            duplicates: named(
                counts
                    .iter()
                    .filter(|(_, count)| **count > 1)
                    .map(|(id, _)| *id)
                    .collect(),
            ),
            extra: named(counts.keys().filter(|id| !after.contains(*id)).copied().collect()),
            problems: Vec::new(),
        }
    }

    /// Whether the copy is complete and nothing is in it twice.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

/// Says that a vendor was asked though it wanted to be left alone, if it was: in one life, in which it asked for `pauses`, `calls`
/// came while one of these or an earlier one lasted. When it asks, each place in flight but one may have a request under way.
pub(crate) fn impatience(calls: u64, pauses: u64) -> Option<String> {
    let calls_max = pauses * u64::from(IN_FLIGHT_MAX - 1);
    (calls > calls_max).then(|| {
        format!("{calls} requests came while the vendor wanted to be left alone; at most {calls_max} can have been on their way")
    })
}

/// Says that a process which was killed had not written down a pause, though it was told `told_for` before.
pub(crate) fn forgetfulness(told_for: Duration) -> Option<String> {
    (told_for > WRITTEN_WITHIN)
        .then(|| format!("a pause that was told {told_for:?} before a kill was not written down"))
}

#[cfg(test)]
mod tests;
