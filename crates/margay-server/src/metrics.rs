//! `/metrics`: our own measurements for Prometheus.

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName};

use crate::listen::ServerParts;

/// Answers in Prometheus' text format, version 0.0.4.
pub(crate) async fn render(State(parts): State<ServerParts>) -> ([(HeaderName, &'static str); 1], String) {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        parts.metrics.render(),
    )
}
