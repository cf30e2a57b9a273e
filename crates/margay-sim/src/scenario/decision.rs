//! Which faults meet a request.

use super::{Fault, Place, PlannedFault, Scenario};
use crate::random::Random;
use crate::scenario::Chance;

const TOPIC_CHANCE: u64 = 0x6663;

/// The faults that meet one request, at most one at each place. Each has its index in the scenario beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Decision {
    pub(crate) before: Option<(usize, Fault)>,
    pub(crate) instead: Option<(usize, Fault)>,
    pub(crate) page: Option<(usize, Fault)>,
    pub(crate) body: Option<(usize, Fault)>,
}

impl Scenario {
    /// Decides one request.
    ///
    /// - `number`: counted from 1 over all requests.
    /// - `elapsed_ms`: on the simulation's clock since the start.
    /// - `given`: how often each fault has happened, by its index; shorter means 0.
    pub(crate) fn decide(&self, number: u64, elapsed_ms: u64, given: &[u64]) -> Decision {
        let mut decision = Decision::default();
        if self.is_over(number, elapsed_ms) {
            return decision;
        }
        for (index, planned) in self.faults.iter().enumerate() {
            let slot = match planned.fault.place() {
                Place::Before => &mut decision.before,
                Place::Instead => &mut decision.instead,
                Place::Page => &mut decision.page,
                Place::Body => &mut decision.body,
            };
            let is_spent = planned
                .count_max
                .is_some_and(|count_max| given.get(index).copied().unwrap_or_default() >= count_max);
            if slot.is_none() && !is_spent && planned.meets(self.seed, index, number, elapsed_ms) {
                *slot = Some((index, planned.fault));
            }
        }
        decision
    }
}

impl PlannedFault {
    fn meets(&self, seed: u64, index: usize, number: u64, elapsed_ms: u64) -> bool {
        let is_after = |bound_s: Option<u64>| bound_s.map(|bound_s| elapsed_ms >= bound_s.saturating_mul(1000));
        is_after(self.from_s).unwrap_or(true)
            && !is_after(self.until_s).unwrap_or(false)
            && (self.at.is_empty() || self.at.iter().any(|requests| requests.contain(number)))
            && Random::of(seed, TOPIC_CHANCE + ((index as u64) << 16), number)
                .chance(self.chance.millionths(), Chance::of())
    }
}
