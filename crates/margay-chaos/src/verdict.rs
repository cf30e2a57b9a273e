//! The comparison of a copy with the truth.

use std::collections::{BTreeMap, BTreeSet};

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

#[cfg(test)]
mod tests;
