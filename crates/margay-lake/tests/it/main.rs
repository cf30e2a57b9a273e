//! The lake as its callers see it, on a real folder.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod backup;
mod compare;
mod concurrency;
mod engines;
mod erase;
mod examine;
mod landing;
mod maintenance;
mod query;
mod refused;
mod replace;
mod storage;
mod world;
