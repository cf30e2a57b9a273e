//! The HTTP API of the real binary: who may do what, what it answers, and what it never tells.

mod alerts;
mod audit_log;
mod authorization;
mod console;
mod document;
mod health;
mod hostile;
mod idempotency;
mod queries;
mod raw;
mod saved_searches;
mod schemas;
mod sessions;
mod sources;
mod system;
mod tls;
mod tokens;
mod world;
