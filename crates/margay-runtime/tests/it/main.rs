//! The line in one process, against the simulated vendor.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod audit;
mod crash;
mod doctor;
mod inbox;
mod land;
mod normalise;
mod replay;
mod schema;
mod world;
