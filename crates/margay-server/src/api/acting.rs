//! Who acts: every request that changes something leaves an entry in the audit log.
//!
//! A change of the database writes its entry itself, in its transaction. What is left to be written here are requests that were
//! refused, and those that change nothing that is kept, such as a test of a destination or a query.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use margay_runtime::ErrorChain;
use margay_store::{Acting, AskedFor, AuditObject, acting};
use tracing::Instrument;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use super::edge::RequestId;
use super::once::REPLAYED;
use super::problem::{Code, Problem};
use super::{Api, auth};

#[cfg(test)]
mod tests;

/// Requests that send something and change nothing: they look at what they are sent.
///
/// Queries are among them: a page that refreshes itself asks thousands a day. What is exported is recorded.
const UNRECORDED: [&str; 6] = [
    "validate_schema",
    "test_schema",
    "infer_schema",
    "rehearse_alarm",
    "create_query",
    "cancel_query",
];
/// Requests that read what is worth an entry: data leaves the server by them.
const RECORDED_READS: [&str; 2] = ["export_query", "show_raw_record"];
/// The longest name of a path that is kept. A log type is shorter.
const NAME_BYTES_MAX: usize = 128;
/// What the values of our tokens and sessions begin with.
const SECRET_PREFIXES: [&str; 2] = ["mgy_", "mgs_"];

/// The names of the operations, by method and path.
#[derive(Debug, Clone)]
pub(crate) struct Operations(Arc<HashMap<(Method, String), String>>);

impl Operations {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let mut names = HashMap::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in operations {
                if let Some(name) = operation.as_ref().and_then(|operation| operation.operation_id.clone()) {
                    names.insert((method, path.clone()), name);
                }
            }
        }
        Self(Arc::new(names))
    }

    /// Returns the name of what is asked, if that is to be written down.
    fn recorded(&self, method: &Method, path: &str) -> Option<&str> {
        let name = self.0.get(&(method.clone(), path.to_owned()))?.as_str();
        let is_recorded = if *method == Method::GET {
            RECORDED_READS.contains(&name)
        } else {
            !UNRECORDED.contains(&name)
        };
        is_recorded.then_some(name)
    }
}

/// Does what is asked on behalf of whoever asks. It is done to its end, and written down, though the client may go away.
pub(crate) async fn keep(
    State((api, operations)): State<(Api, Operations)>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let Some(action) = operations.recorded(request.method(), path.as_str()).map(str::to_owned) else {
        return next.run(request).await;
    };
    let work = recorded(api, action, path, request, next).in_current_span();
    match tokio::spawn(work).await {
        Ok(answer) => answer,
        Err(died) => Problem::internal(&died).into_response(),
    }
}

async fn recorded(api: Api, action: String, path: MatchedPath, request: Request, next: Next) -> Response {
    let is_reading = *request.method() == Method::GET;
    let object = object_of(path.as_str(), request.uri().path());
    let request_id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.clone());
    let who = Acting::begin(api.line.clock.now(), request_id);
    let (parts, body) = request.into_parts();
    if let Ok(Some(address)) = auth::address_of(&parts, &api) {
        who.comes_from(address);
    }
    let answer = acting(who.clone(), next.run(Request::from_parts(parts, body))).await;
    api.line.audit_log.notify_one();
    // What was done before, under the same key, has its entry; who is not known has one only for what is limited.
    let is_replayed = answer.headers().contains_key(REPLAYED);
    let is_known = who.actor().is_some() || who.has_tried();
    if who.has_entry() || is_replayed || !is_known {
        return answer;
    }
    let (object, after) = match who.concerned().cloned() {
        Some((object, after)) => (Some(object), after),
        None => (object, None),
    };
    let asked = AskedFor {
        action,
        object,
        after,
        status: answer.status().as_u16(),
        problem: problem_of(&answer).map(|code| code.name().to_owned()),
    };
    match api.line.store.record_asked(&who, asked).await {
        Ok(()) => answer,
        // Data leaves by it: not without an entry.
        Err(fault) if is_reading => Problem::from(fault).into_response(),
        Err(fault) => {
            tracing::error!(error = %ErrorChain(&fault), "what was asked could not be written to the audit log");
            answer
        }
    }
}

/// Returns what kind of failure an answer is, if it is one.
fn problem_of(answer: &Response) -> Option<Code> {
    let status = answer.status();
    match answer.extensions().get::<Problem>() {
        Some(problem) => Some(problem.code()),
        None if status.is_client_error() || status.is_server_error() => Some(Code::of_status(status)),
        None => None,
    }
}

/// Returns what a path is about: `/api/v1/alerts/{id}/comments` is about an alert.
fn object_of(matched: &str, path: &str) -> Option<AuditObject> {
    let places = matched.split('/');
    let mut segments = places.zip(path.split('/')).skip(3);
    let (noun, _) = segments.next()?;
    let (kind, ids) = match noun {
        "log-source-alarms" => ("log_source_alarm", 2),
        "log-sources" => ("log_source", 1),
        "system-alarms" => ("system_alarm", 1),
        "alerts" => ("alert", 1),
        "deliveries" => ("delivery", 1),
        "destinations" => ("destination", 1),
        "queries" => ("query", 1),
        "schemas" => ("schema", 1),
        "users" => ("user", 1),
        "api-tokens" => ("api_token", 1),
        "saved-searches" => ("saved_search", 1),
        "tables" => ("table", 1),
        _ => return None,
    };
    let ids: Vec<&str> = segments
        .take(ids)
        .filter(|(place, _)| place.starts_with('{'))
        .map(|(_, id)| id)
        .collect();
    // Somebody may have put a token there.
    if ids.is_empty() || !ids.iter().all(|id| is_id(id)) {
        return None;
    }
    let id = ids.join("/");
    Some(AuditObject {
        kind: kind.to_owned(),
        id,
        name: None,
    })
}

/// Whether it can be an id, a log type, a table or an alarm's type. What we issue as secrets is none of them.
fn is_id(text: &str) -> bool {
    let is_name = |text: &str| {
        text.len() <= NAME_BYTES_MAX
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
    };
    let is_secret = |text: &str| SECRET_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
    text.parse::<Uuid>().is_ok() || (is_name(text) && !is_secret(text))
}
