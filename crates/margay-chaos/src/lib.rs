//! The proof of "nothing lost, nothing twice": the real binary against the simulated vendor, with the plug pulled.
//!
//! Each seed draws a plan (`plan`): an organisation, a scenario of faults, and lives of the process that end with `kill -9`
//! at random moments, of starting, polling, landing and maintaining. When both have recovered the lake is compared with what
//! the vendor showed ([`run()`], [`Verdict`]), and many seeds are summed up ([`Report`]).
//!
//! It knows of the binary only what a person knows: its command line and its answers. Plans repeat; the moment at which a
//! kill meets the process does not, so a failing seed keeps its folder.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on should stop"))]

mod margay;
mod plan;
mod random;
mod report;
mod run;
mod verdict;

pub use plan::Size;
pub use report::Report;
pub use run::{Outcome, run};
pub use verdict::Verdict;
