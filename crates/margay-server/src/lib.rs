//! The HTTP server: its own health and metrics, the API, and the console.
//!
//! What always holds: it listens beyond loopback only with TLS or when the operator insists, bounds the work of each request in time and bytes, answers only requests that are
//! meant for it, and answers in JSON except for `/metrics`, which is Prometheus' text format, and the console's files. Everything under `/api/v1` needs a token.

mod api;
mod console;
mod health;
mod listen;
mod metrics;
mod paced;
mod tls;

pub use api::{ApiParts, SetupCode, openapi_document};
pub use listen::{ListenError, Server, ServerParts, Transport};
pub use tls::{Tls, TlsError, TlsFiles};
