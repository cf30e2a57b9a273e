//! The courier: brings one message to one destination, once, and says what came of it.
//!
//! Always holds: no redirect is followed; only addresses that the guard lets pass are connected to; a call without TLS goes only to
//! an address that the operator has allowed; every try has a deadline, and its answer a cap; no secret is in what it says, not
//! even one that the other side repeats.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use margay_connector::parse_retry_after;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::runtime::Handle;
use url::Url;

use super::guard::{AddressGuard, AddressProblem};
use super::message::Message;
use super::redaction::Redaction;
use super::route::{Route, RouteProblem, secret_url};
use super::settled::Settled;
use super::{email, pagerduty, slack, teams, webhook};
use crate::clock::Clock;
use crate::telemetry::SPANS;

#[cfg(test)]
mod tests;

/// How long a try may take, its answer included.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// So much of an answer is read: its beginning tells what is wrong.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// So much of it is kept.
const ANSWER_CHARS_KEPT: usize = 300;

/// What came of a try that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What the destination's protocol answered with.
    pub status: Option<u16>,
    /// For people.
    pub outcome: String,
}

/// What came of a try that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// What the destination's protocol answered with, if it answered.
    pub status: Option<u16>,
    /// What went wrong, for people; no secret.
    pub outcome: String,
    /// The receiver asked not to be called before this time.
    pub retry_not_before: Option<Timestamp>,
    /// Which mailboxes need no further try, if some do.
    pub settled: Option<Settled>,
}

impl NotSent {
    pub(crate) fn of(outcome: impl Into<String>) -> Self {
        Self {
            status: None,
            outcome: outcome.into(),
            retry_not_before: None,
            settled: None,
        }
    }
}

impl From<AddressProblem> for NotSent {
    fn from(problem: AddressProblem) -> Self {
        Self::of(problem.to_string())
    }
}

impl From<RouteProblem> for NotSent {
    fn from(problem: RouteProblem) -> Self {
        Self::of(problem.to_string())
    }
}

/// The TLS library could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made")]
pub struct CourierError(#[from] reqwest::Error);

/// Brings messages to destinations. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    /// For `https`: calls what the guard lets pass.
    client: reqwest::Client,
    /// For `http`: calls only what the operator has allowed.
    plain: reqwest::Client,
    guard: AddressGuard,
    clock: Clock,
    carrier: Option<Handle>,
}

/// A call to make. Its URL may be a secret, so it is never shown.
struct Call {
    url: Url,
    headers: Vec<(&'static str, String)>,
    bearer: Option<SecretString>,
    body: String,
    judge: fn(&str) -> Result<(), String>,
}

impl Courier {
    /// Makes a courier. `carrier` is the runtime that sockets live on, if it is not the caller's; see
    /// [`HttpSettings::carrier`](crate::HttpSettings).
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(guard: AddressGuard, clock: Clock, carrier: Option<Handle>) -> Result<Self, CourierError> {
        let client = |resolver: Guarded| {
            reqwest::Client::builder()
                .user_agent(concat!("margay/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would resolve the name by itself, where nobody guards.
                .no_proxy()
                .dns_resolver(Arc::new(resolver))
                .build()
        };
        let (guarded, allowed) = (Guarded::LetThrough(guard.clone()), Guarded::Allowed(guard.clone()));
        let (client, plain) = (client(guarded)?, client(allowed)?);
        Ok(Self {
            client,
            plain,
            guard,
            clock,
            carrier,
        })
    }

    /// Tries once to bring `message` where `route` leads. Whatever the other side repeats of the secret is not in the outcome.
    ///
    /// # Errors
    /// When it did not arrive, or nobody said that it did.
    #[tracing::instrument(target = SPANS, name = "deliver", skip_all, fields(otel.kind = "client", delivery = %message.delivery, alarm = message.alert.kind))]
    pub async fn send(&self, route: &Route, secret: Option<&SecretString>, message: &Message) -> Result<Sent, NotSent> {
        let late = || NotSent::of(format!("no answer within {} s", SEND_TIMEOUT.as_secs()));
        let redaction = Arc::new(Redaction::of(route, secret));
        let attempt = self.try_once(route, secret, message, &redaction);
        let attempt = tokio::time::timeout(SEND_TIMEOUT, attempt).await;
        match attempt.unwrap_or_else(|_| Err(late())) {
            Ok(sent) => Ok(Sent {
                outcome: redaction.of_text(&sent.outcome),
                ..sent
            }),
            Err(failed) => Err(NotSent {
                outcome: redaction.of_text(&failed.outcome),
                ..failed
            }),
        }
    }

    async fn try_once(
        &self,
        route: &Route,
        secret: Option<&SecretString>,
        message: &Message,
        redaction: &Arc<Redaction>,
    ) -> Result<Sent, NotSent> {
        let call = match route {
            Route::Stdout => return print(message).await,
            Route::Email(route) => return email::send(self, route, secret, message, redaction).await,
            Route::Webhook(url) => {
                let body = webhook::body(message).to_string();
                Call {
                    headers: webhook::headers(message, &body, secret),
                    ..Call::of(url.clone(), body)
                }
            }
            Route::SlackWebhook => Call::json(secret_url(needed(secret)?)?, &slack::body(message, None)),
            Route::SlackBot { channel, url } => Call {
                bearer: Some(needed(secret)?.clone()),
                judge: slack::answer_of_method,
                ..Call::json(url.clone(), &slack::body(message, Some(channel)))
            },
            Route::PagerDuty(url) => Call::json(url.clone(), &pagerduty::body(message, needed(secret)?)),
            Route::Teams => Call::json(secret_url(needed(secret)?)?, &teams::body(message)),
        };
        self.check_address(&call.url).await?;
        self.where_sockets_live(self.clone().call(call, Arc::clone(redaction)))
            .await
    }

    /// Runs a try where sockets live.
    pub(crate) async fn where_sockets_live<T: Send + 'static>(
        &self,
        attempt: impl Future<Output = Result<T, NotSent>> + Send + 'static,
    ) -> Result<T, NotSent> {
        let Some(carrier) = &self.carrier else {
            return attempt.await;
        };
        let mut task = tokio::task::JoinSet::new();
        task.spawn_on(attempt, carrier);
        let ended = task.join_next().await;
        ended
            .and_then(Result::ok)
            .unwrap_or_else(|| Err(NotSent::of("the try ended without a result")))
    }

    pub(crate) fn guard(&self) -> &AddressGuard {
        &self.guard
    }

    /// The client resolves names by the guard; an address that is written out it would call as it is.
    async fn check_address(&self, url: &Url) -> Result<(), NotSent> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let is_literal = !matches!(url.host(), Some(url::Host::Domain(_)));
        if !is_literal && url.scheme() == "https" {
            return Ok(());
        }
        let addresses = self.guard.resolve(host, port).await?;
        let is_allowed = addresses.iter().all(|address| self.guard.is_allowed(address.ip()));
        if url.scheme() == "https" || is_allowed {
            return Ok(());
        }
        Err(NotSent::of(
            "alerts are not sent without TLS\nhint: use https://; an address that was allowed at the start of the server may be called without",
        ))
    }

    async fn call(self, call: Call, redaction: Arc<Redaction>) -> Result<Sent, NotSent> {
        let client = if call.url.scheme() == "https" {
            &self.client
        } else {
            &self.plain
        };
        let mut request = client.post(call.url).header(CONTENT_TYPE, "application/json");
        for (name, value) in call.headers {
            let value = HeaderValue::try_from(value).map_err(|_| NotSent::of("a header cannot be sent"))?;
            request = request.header(HeaderName::from_static(name), value);
        }
        if let Some(bearer) = call.bearer {
            request = request.bearer_auth(bearer.expose_secret().trim());
        }
        let mut answer = request
            .body(call.body)
            .send()
            .await
            .map_err(|error| failure_of(&error))?;
        let status = answer.status();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let now = self.clock.now();
        let wait = retry_after.and_then(|text| parse_retry_after(text, now));
        let retry_not_before = wait.and_then(|wait| now.checked_add(wait).ok());
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            let room = ANSWER_BYTES_MAX - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == ANSWER_BYTES_MAX {
                break;
            }
        }
        let text = String::from_utf8_lossy(&body);
        // Before it is cut: of a secret that is cut in two nobody would know the half.
        let excerpt: String = redaction.of_text(text.trim()).chars().take(ANSWER_CHARS_KEPT).collect();
        let excerpt = excerpt.escape_debug();
        let refused = |outcome: String| NotSent {
            status: Some(status.as_u16()),
            outcome,
            retry_not_before,
            settled: None,
        };
        if status.is_redirection() {
            return Err(refused(format!(
                "HTTP {status}: redirects are not followed\nhint: enter the final URL"
            )));
        }
        if !status.is_success() {
            return Err(refused(format!("HTTP {status}: {excerpt}")));
        }
        (call.judge)(&text).map_err(|problem| {
            let problem = redaction.of_text(&problem);
            refused(problem.chars().take(ANSWER_CHARS_KEPT).collect())
        })?;
        Ok(Sent {
            status: Some(status.as_u16()),
            outcome: format!("HTTP {status}: {excerpt}"),
        })
    }
}

impl Call {
    fn of(url: Url, body: String) -> Self {
        Self {
            url,
            headers: Vec::new(),
            bearer: None,
            body,
            judge: |_| Ok(()),
        }
    }

    fn json(url: Url, body: &Value) -> Self {
        Self::of(url, body.to_string())
    }
}

fn needed(secret: Option<&SecretString>) -> Result<&SecretString, NotSent> {
    secret.ok_or_else(|| NotSent::of("the secret of the destination is missing\nhint: enter it again"))
}

/// One JSON line with what a webhook would be sent. Whoever reads it may be slow, so it is written off the async threads.
async fn print(message: &Message) -> Result<Sent, NotSent> {
    let line = webhook::body(message).to_string();
    let written = tokio::task::spawn_blocking(move || {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush())
    });
    written
        .await
        .map_err(|_| NotSent::of("standard output could not be written"))?
        .map_err(|error| NotSent::of(format!("standard output cannot be written: {error}")))?;
    Ok(Sent {
        status: None,
        outcome: "written to standard output".to_owned(),
    })
}

/// The innermost cause. The URL stays out of the text: it may be a secret.
fn failure_of(error: &reqwest::Error) -> NotSent {
    if error.is_builder() {
        return NotSent::of("the URL cannot be called");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_timeout() {
        return NotSent::of("the receiver did not answer in time");
    }
    NotSent::of(format!("the receiver cannot be reached: {cause}"))
}

/// Resolves names by the guard, so that a connection goes only to what was checked.
#[derive(Debug)]
enum Guarded {
    /// What the guard lets pass.
    LetThrough(AddressGuard),
    /// Only what the operator has allowed.
    Allowed(AddressGuard),
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, is_strict) = match self {
            Self::LetThrough(guard) => (guard.clone(), false),
            Self::Allowed(guard) => (guard.clone(), true),
        };
        Box::pin(async move {
            let mut addresses: Vec<SocketAddr> = guard.resolve(name.as_str(), 0).await?;
            if is_strict {
                addresses.retain(|address| guard.is_allowed(address.ip()));
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
