//! The HTTP server: its own health and metrics, and the API; the console comes on top.
//!
//! What always holds: it listens on loopback only, bounds the work of each request in time and bytes, answers only requests that are
//! meant for it, and answers in JSON except for `/metrics`, which is Prometheus' text format. Everything under `/api/v1` needs a token.

mod api;
mod health;
mod listen;
mod metrics;

pub use api::{ApiParts, SetupCode, openapi_document};
pub use listen::{ListenError, Server, ServerParts};
