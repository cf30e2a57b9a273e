//! What a run may still spend.

use std::cell::Cell;

use crate::limits::{
    BYTES_PER_STEP, RUN_BYTES_BASE, RUN_BYTES_MAX, RUN_BYTES_PER_BYTE, RUN_STEPS_BASE, RUN_STEPS_MAX,
    RUN_STEPS_PER_BYTE,
};
use crate::problem::{Fault, Run, RunProblemKind};

/// Steps and bytes left. Charged through a shared reference, since what is charged for is mostly borrowed.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: Cell<u64>,
    bytes: Cell<usize>,
}

impl Meter {
    /// Returns the meter for a record of that many bytes.
    pub(crate) fn for_record(bytes: usize) -> Self {
        let steps = RUN_STEPS_PER_BYTE.saturating_mul(bytes as u64);
        Self {
            steps: Cell::new(RUN_STEPS_BASE.saturating_add(steps).min(RUN_STEPS_MAX)),
            bytes: Cell::new(
                RUN_BYTES_PER_BYTE
                    .saturating_mul(bytes)
                    .saturating_add(RUN_BYTES_BASE)
                    .min(RUN_BYTES_MAX),
            ),
        }
    }

    /// Charges one step.
    #[inline]
    pub(crate) fn step(&self) -> Run<()> {
        self.steps(1)
    }

    #[inline]
    pub(crate) fn steps(&self, count: u64) -> Run<()> {
        match self.steps.get().checked_sub(count) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(Fault::new(
                RunProblemKind::Steps,
                "the script takes more steps than a record of this size is given",
            )),
        }
    }

    /// Charges for looking at that many bytes.
    pub(crate) fn scan(&self, bytes: usize) -> Run<()> {
        self.steps((bytes / BYTES_PER_STEP) as u64)
    }

    /// Charges for that many new bytes, and for writing them. Comes before they are allocated.
    pub(crate) fn allocate(&self, bytes: usize) -> Run<()> {
        let Some(left) = self.bytes.get().checked_sub(bytes) else {
            return Err(Fault::new(
                RunProblemKind::Memory,
                "the script takes more memory than a record of this size is given",
            ));
        };
        self.bytes.set(left);
        self.scan(bytes)
    }
}
