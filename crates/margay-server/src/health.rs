//! `/healthz`: the process runs. `/readyz`: it does its job, or says what keeps it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use margay_runtime::Readiness;
use serde_json::{Value, json};

use crate::listen::ServerParts;

/// Answers 200 as long as the process can answer at all; a supervisor restarts it otherwise.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Answers 200 when journalled records reach the lake, 503 with the reasons otherwise.
///
/// A vendor that cannot be polled is counted and does not make the server unready: a restart would cure nothing. Nobody logs in to ask
/// this, so it names no source and repeats nothing that a vendor or a disk said: the API does, for those who may read it.
pub(crate) async fn ready(State(parts): State<ServerParts>) -> (StatusCode, Json<Value>) {
    told(&parts.status.readiness(parts.clock.now()))
}

fn told(readiness: &Readiness) -> (StatusCode, Json<Value>) {
    let (code, word) = if readiness.is_ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    let with_problems = readiness.source_problems.len();
    let body = json!({ "status": word, "reasons": readiness.reasons, "sourcesWithProblems": with_problems });
    (code, Json(body))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn sources_with_a_problem_are_counted_and_not_told_of() {
        let problem = "organization 1200000000000000 refused the token";
        let (code, body) = told(&Readiness {
            is_ready: true,
            reasons: Vec::new(),
            source_problems: [("Our Asana".to_owned(), problem.to_owned())].into(),
        });
        assert_eq!(code, StatusCode::OK);
        assert_eq!(
            body.0,
            json!({ "status": "ready", "reasons": [], "sourcesWithProblems": 1 })
        );
    }

    #[test]
    fn a_server_that_is_not_ready_says_why() {
        let reason = "landing has failed since 1970-01-01T00:00:00Z".to_owned();
        let (code, body) = told(&Readiness {
            is_ready: false,
            reasons: vec![reason.clone()],
            source_problems: BTreeMap::new(),
        });
        assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            body.0,
            json!({ "status": "not ready", "reasons": [reason], "sourcesWithProblems": 0 })
        );
    }
}
