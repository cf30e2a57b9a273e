//! Schemas and records from files: fixtures of the language, the vendors' content, and public samples if they are there.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has nothing to say")]

mod allocations;
mod content;
mod fixtures;
mod parsers;
mod reference;
mod samples;
mod schema_tests;
mod shared_data;
