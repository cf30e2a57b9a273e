//! Creations: done once, however often they are asked for under one `Idempotency-Key`.

use std::future::Future;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use margay_runtime::ErrorChain;
use margay_store::{Answer, Idempotent, Request, acting, acting_now};
use serde::Serialize;
use tracing::Instrument;

use super::Api;
use super::auth::Actor;
use super::problem::{Code, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key that a client gave its request, if it gave one.
#[derive(Debug, Clone)]
pub(crate) struct Key(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let unreadable = |_| {
            Problem::new(
                Code::InvalidRequest,
                "the Idempotency-Key has characters that it cannot have",
            )
        };
        let key = parts.headers.get(IDEMPOTENCY_KEY);
        let key = key.map(|value| value.to_str().map(str::to_owned).map_err(unreadable));
        Ok(Self(key.transpose()?))
    }
}

/// What was made.
pub(crate) struct Created {
    /// The answer.
    body: String,
    /// What is kept of it, for who asks again.
    kept: String,
}

impl Created {
    pub(crate) fn new(body: &impl Serialize) -> Self {
        let body = json(body);
        Self {
            kept: body.clone(),
            body,
        }
    }

    /// An answer with a secret, and what it is without: only that is kept.
    pub(crate) fn with_secret(body: &impl Serialize, without: &impl Serialize) -> Self {
        Self {
            body: json(body),
            kept: json(without),
        }
    }
}

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("names and numbers are JSON")
}

/// What is asked, under which key, by whom.
pub(crate) struct Asked<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) route: &'a str,
    pub(crate) key: Key,
    pub(crate) body: &'a Bytes,
}

/// Does the work unless it was done under that key before.
pub(crate) async fn once<W>(api: &Api, asked: Asked<'_>, work: W) -> Result<Response, Problem>
where
    W: Future<Output = Result<Created, Problem>> + Send + 'static,
{
    let Some(key) = asked.key.0 else {
        return Ok(created(to_the_end(work).await?.body));
    };
    let actor = asked.actor.id();
    let request = Request {
        actor: &actor,
        route: asked.route,
        key: &key,
        body: asked.body,
    };
    match api.line.store.begin_idempotent(request, api.line.clock.now()).await? {
        Idempotent::Begun => {}
        Idempotent::Answered(answer) => return Ok(replayed(answer)),
        Idempotent::InProgress => {
            let text = "a request with this Idempotency-Key is being worked on\nhint: ask again in a moment";
            return Err(Problem::new(Code::IdempotencyInProgress, text));
        }
        Idempotent::Reused => {
            let text = "this Idempotency-Key came with another body before\nhint: a new request has a new key";
            return Err(Problem::new(Code::IdempotencyKeyReused, text));
        }
    }
    let (store, route, body) = (api.line.store.clone(), asked.route.to_owned(), asked.body.clone());
    to_the_end(async move {
        let made = work.await;
        let request = Request {
            actor: &actor,
            route: &route,
            key: &key,
            body: &body,
        };
        let answer = made.as_ref().ok().map(|created| Answer {
            status: StatusCode::CREATED.as_u16(),
            body: created.kept.clone(),
        });
        if let Err(fault) = store.finish_idempotent(request, answer.as_ref()).await {
            // The work is done: who asks again is told to wait, and then does it twice at worst.
            tracing::warn!(error = %ErrorChain(&fault), "an answer could not be kept under its idempotency key");
        }
        made
    })
    .await
    .map(|made| created(made.body))
}

/// Does work to its end though the client may go away: half of it would be worse than either.
pub(crate) async fn to_the_end<T, W>(work: W) -> Result<T, Problem>
where
    T: Send + 'static,
    W: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let who = acting_now();
    let work = async move {
        match who {
            Some(who) => acting(who, work).await,
            None => work.await,
        }
    };
    let done = tokio::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|died| Err(Problem::internal(&died)))
}

fn created(body: String) -> Response {
    answer(StatusCode::CREATED, body)
}

fn replayed(kept: Answer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::CREATED);
    let mut response = answer(status, kept.body);
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
