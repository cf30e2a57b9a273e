//! `/healthz`: the process runs. `/readyz`: it does its job, or says what keeps it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::listen::ServerParts;

/// Answers 200 as long as the process can answer at all; a supervisor restarts it otherwise.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Answers 200 when journalled records reach the lake, 503 with the reasons otherwise.
///
/// A vendor that cannot be polled is listed and does not make the server unready: a restart would cure nothing.
pub(crate) async fn ready(State(parts): State<ServerParts>) -> (StatusCode, Json<Value>) {
    let readiness = parts.status.readiness(parts.clock.now());
    let (code, word) = if readiness.is_ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    let body = json!({ "status": word, "reasons": readiness.reasons, "sources": readiness.source_problems });
    (code, Json(body))
}
