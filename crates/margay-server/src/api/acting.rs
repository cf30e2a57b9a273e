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
use margay_store::{Acting, AskedFor, AuditObject, SESSION_PREFIX, TOKEN_PREFIX, acting};
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

/// The names of the operations that are written down, by path and method.
#[derive(Debug, Clone)]
pub(crate) struct Operations(Arc<HashMap<String, Vec<(Method, String)>>>);

impl Operations {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let recorded = document.paths.paths.iter().map(|(path, item)| {
            let operations = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let named = operations.into_iter().filter_map(|(method, operation)| {
                let name = operation.as_ref()?.operation_id.clone()?;
                is_recorded(&method, &name).then_some((method, name))
            });
            (path.clone(), named.collect())
        });
        Self(Arc::new(recorded.collect()))
    }

    /// Returns the name of what is asked, if that is to be written down.
    fn recorded(&self, method: &Method, path: &str) -> Option<&str> {
        let named = self.0.get(path)?.iter().find(|(asked, _)| asked == method);
        named.map(|(_, name)| name.as_str())
    }
}

fn is_recorded(method: &Method, name: &str) -> bool {
    if *method == Method::GET {
        RECORDED_READS.contains(&name)
    } else {
        !UNRECORDED.contains(&name)
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
        status: Some(answer.status().as_u16()),
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

/// What a path says a thing is by.
#[derive(Debug, Clone, Copy)]
enum Key {
    /// A UUID that we gave.
    Id,
    /// A log type, a table or an alarm's type.
    Name,
}

/// Returns what a path is about: `/api/v1/alerts/{id}/comments` is about an alert.
fn object_of(matched: &str, path: &str) -> Option<AuditObject> {
    let mut segments = matched.split('/').zip(path.split('/')).skip(3);
    let (noun, _) = segments.next()?;
    let (kind, keys): (&str, &[Key]) = match noun {
        "log-source-alarms" => ("log_source_alarm", &[Key::Id, Key::Name]),
        "log-sources" => ("log_source", &[Key::Id]),
        "system-alarms" => ("system_alarm", &[Key::Name]),
        "alerts" => ("alert", &[Key::Id]),
        "deliveries" => ("delivery", &[Key::Id]),
        "destinations" => ("destination", &[Key::Id]),
        "queries" => ("query", &[Key::Id]),
        "schemas" => ("schema", &[Key::Name]),
        "users" => ("user", &[Key::Id]),
        "api-tokens" => ("api_token", &[Key::Id]),
        "saved-searches" => ("saved_search", &[Key::Id]),
        "tables" => ("table", &[Key::Name]),
        _ => return None,
    };
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let (place, text) = segments.next()?;
        if !place.starts_with('{') || !fits(*key, text) {
            return None;
        }
        found.push(text);
    }
    Some(AuditObject {
        kind: kind.to_owned(),
        id: found.join("/"),
        name: None,
    })
}

/// Whether that can be such a key. What cannot is not kept: somebody may have put a token where its id should be.
fn fits(key: Key, text: &str) -> bool {
    match key {
        Key::Id => text.parse::<Uuid>().is_ok(),
        Key::Name => {
            let is_secret = [TOKEN_PREFIX, SESSION_PREFIX]
                .iter()
                .any(|prefix| text.starts_with(prefix));
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
            !is_secret && text.len() <= NAME_BYTES_MAX && text.bytes().all(is_word)
        }
    }
}
