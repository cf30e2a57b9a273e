//! The real binary against the simulated vendor on a real port: what a person or a script would see.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod alarm;
mod api;
mod apply;
mod audit;
mod audit_log;
mod check;
mod crash;
mod custom_schema;
mod demo;
mod destination;
mod engines;
mod erase;
mod hostile_schema;
mod import;
mod mail;
mod odd_records;
mod pull;
mod python;
mod recovery;
mod replay;
mod schema;
mod schema_files;
mod schema_infer;
mod schema_tools;
mod serve;
mod sim;
mod source_tools;
mod storage;
mod traces;
mod world;
