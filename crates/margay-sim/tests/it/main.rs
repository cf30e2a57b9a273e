//! The simulator as a client sees it: over HTTP, by the vendor's reference.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod client;
mod connection;
mod faults;
mod history;
mod late;
mod limits;
mod openapi;
mod paging;
mod patience;
mod scenario;
mod tokens;
mod world;
