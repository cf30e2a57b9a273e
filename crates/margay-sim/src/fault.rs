//! Answers that a test dictates, one by one.
//!
//! [`FaultPlan::decide`] is asked exactly once for every request, before authentication and limits, as a broken proxy
//! in front of the API would be. It plays back a queue that a test has filled ([`FaultPlan::fail_next`]); faults that come by
//! chance, number or time are a [`crate::Scenario`], which is asked after the queue.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures::{StreamExt, stream};

use crate::error_body::ApiError;

/// Which requests are answered by something else than the API. Clones share one plan.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    scripted: Arc<Mutex<VecDeque<ScriptedAnswer>>>,
}

impl FaultPlan {
    /// Returns the plan in which nothing fails.
    pub fn none() -> Self {
        Self::default()
    }

    /// Puts `answers` at the end of the queue; each is given to one request, whatever it asks for.
    pub fn fail_next(&self, answers: impl IntoIterator<Item = ScriptedAnswer>) {
        self.queue().extend(answers);
    }

    /// Returns how many scripted answers are still waiting for a request.
    pub fn scripted_count(&self) -> usize {
        self.queue().len()
    }

    /// Decides one request: an answer to give instead of the API's, or `None` to let it through.
    pub(crate) fn decide(&self) -> Option<ScriptedAnswer> {
        self.queue().pop_front()
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<ScriptedAnswer>> {
        self.scripted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One answer that a test dictates.
///
/// - **Shape**: sent as it is; the API's own headers are not added.
/// - **Invariant**: an unusable status or header name is sent as 500, so that the mistake is seen.
#[derive(Debug, Clone)]
pub struct ScriptedAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers, sent as given.
    pub headers: Vec<(String, String)>,
    /// What follows the headers.
    pub body: ScriptedBody,
    /// How long the answer is held back (tokio time); the request counts as in flight for nobody meanwhile.
    pub delay: Duration,
}

/// The body of a scripted answer.
#[derive(Debug, Clone)]
pub enum ScriptedBody {
    /// These bytes, whole.
    Whole(Vec<u8>),
    /// These bytes, then the connection breaks.
    Cut(Vec<u8>),
}

impl ScriptedAnswer {
    /// Returns an answer with this JSON text (or any other text) as its body.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json; charset=UTF-8".to_owned())],
            body: ScriptedBody::Whole(body.into().into_bytes()),
            delay: Duration::ZERO,
        }
    }

    /// Returns an error in the vendor's body shape.
    pub fn error(status: u16, message: &str) -> Self {
        Self::json(status, ApiError::body_of(message))
    }

    /// Returns the vendor's 429 with `Retry-After` in seconds.
    pub fn rate_limited(retry_after_s: u64) -> Self {
        Self::error(429, crate::error_body::RATE_LIMIT_MESSAGE).with_header("retry-after", &retry_after_s.to_string())
    }

    /// Returns the HTML page of a load balancer, which is what 502, 503 and 504 look like from outside.
    pub fn not_json(status: u16) -> Self {
        let page = format!("<html>\n<head><title>{status}</title></head>\n<body><h1>{status}</h1></body>\n</html>\n");
        Self {
            status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: ScriptedBody::Whole(page.into_bytes()),
            delay: Duration::ZERO,
        }
    }

    /// Returns a 200 whose body starts with `beginning` and then breaks off with the connection.
    pub fn cut(beginning: impl Into<String>) -> Self {
        Self {
            body: ScriptedBody::Cut(beginning.into().into_bytes()),
            ..Self::json(200, "")
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Holds the answer back for `delay`.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) async fn give(self) -> Response {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let body = match self.body {
            ScriptedBody::Whole(bytes) => Body::from(bytes),
            ScriptedBody::Cut(bytes) => cut_body(bytes),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(value)) => {
                    response.headers_mut().append(name, value);
                }
                _ => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
        response
    }
}

/// Returns a body that ends too early: these bytes, and then the connection.
pub(crate) fn cut_body(bytes: Vec<u8>) -> Body {
    let cut = async {
        // The server gathers what is ready before it writes: the bytes must be on their way before the end is known.
        tokio::task::yield_now().await;
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault"))
    };
    Body::from_stream(stream::iter([Ok::<_, io::Error>(bytes)]).chain(stream::once(cut)))
}
