//! What matching an expression may cost.
//!
//! The crate follows all ways through an expression at once. In the worst case it keeps, for each state of the
//! automaton, where every group starts and ends, and copies that at every byte of the line. Its own limit counts only
//! the states.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::limits::{REGEX_LINE_BYTES_MAX, REGEX_WORK_MAX};

/// What a state costs at each byte beside its slots, in slots.
const STATE_SLOTS: usize = 16;

/// What an expression may cost at each byte of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    states: usize,
    slots: usize,
}

impl Cost {
    /// Estimates the cost of an expression of that many groups, the whole match among them. It may be too high.
    pub(super) fn of(expression: &Hir, groups: usize) -> Self {
        Self {
            states: states(expression),
            slots: groups.saturating_mul(2),
        }
    }

    /// Returns the places for bounds of groups in all states.
    pub(super) const fn slots(self) -> usize {
        self.states.saturating_mul(self.slots)
    }

    /// Returns the bytes of the longest line that is read in reasonable time.
    pub(super) fn line_bytes_max(self) -> usize {
        let work = self.states.saturating_mul(self.slots.saturating_add(STATE_SLOTS));
        (REGEX_WORK_MAX / work.max(1)).min(REGEX_LINE_BYTES_MAX)
    }
}

/// Returns how many states the automaton has, or a few more. The expression's depth has a limit already.
fn states(expression: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(states).fold(0, usize::saturating_add);
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => {
            let sequences = class
                .iter()
                .flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            // All one-byte sequences are one state.
            sequences
                .map(|sequence| if sequence.len() == 1 { 0 } else { sequence.len() })
                .fold(1, usize::saturating_add)
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min).max(1);
            let each = states(&repetition.sub).saturating_add(2);
            each.saturating_mul(usize::try_from(most).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) => sum(parts),
        HirKind::Alternation(parts) => sum(parts).saturating_add(1),
    }
}
