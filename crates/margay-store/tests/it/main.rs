//! The store's promises, checked on real files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod backup;
mod cancel;
mod clock;
mod concurrency;
mod contract;
mod damage;
mod deletion;
mod examine;
mod faults;
mod formats;
mod kill;
mod open;
mod property;
mod schema_limits;
mod secrecy;
mod world;
