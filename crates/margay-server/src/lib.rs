//! The HTTP server: today its health and metrics; the API and the console come on top.
//!
//! What always holds: it listens on loopback only, serves only `GET`, bounds the work of each request in time and bytes, and answers
//! in JSON except for `/metrics`, which is Prometheus' text format.

mod health;
mod listen;
mod metrics;

pub use listen::{ListenError, Server, ServerParts};
