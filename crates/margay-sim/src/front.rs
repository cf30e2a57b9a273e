//! Where requests come in and answers go out: everything that stands between a client and the API, and may break.
//!
//! t0 the request is counted and numbered, t1 scripted answers, t2 the scenario's faults before and instead of the API,
//! t3 the API ([`crate::server`]), t4 headers, t5 the scenario's faults on the way back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::StreamExt;
use futures::stream;

use crate::connection::BreakingPoint;
use crate::error_body::ApiError;
use crate::fault::{ScriptedAnswer, cut_body};
use crate::scenario::Fault;
use crate::world::World;

/// Seen on live answers by a public client, 2026-09-06.
const API_VERSION: &str = "1.1";
/// Into how many pieces a dribbled body is cut.
const DRIBBLES: u32 = 20;

/// How a body reaches the client.
#[derive(Debug, Clone, Copy)]
enum Delivery {
    Whole,
    Cut { percent: u8 },
    Stall { percent: u8 },
    Slow { over: Duration },
}

/// Answers one request.
pub(crate) async fn answer(
    State(world): State<Arc<World>>,
    ConnectInfo(breaking_point): ConnectInfo<BreakingPoint>,
    request: Request,
) -> Response {
    let (head, _) = request.into_parts();
    let kind = world.token_kind(&head.headers);
    let call = world.counters().begin(kind, world.now_ms());
    let outcome = if let Some(scripted) = world.faults().decide() {
        world.counters().count_scripted();
        Some(scripted.give().await)
    } else {
        world.meet(&head, call.number, &breaking_point).await
    };
    let Some(mut response) = outcome else {
        // Nobody will read this: the connection breaks before it is written.
        breaking_point.set(0);
        return Response::new(Body::empty());
    };
    let now = world.now();
    // Without it the server would send the machine's own date.
    if let (false, Some(date)) = (response.headers().contains_key(header::DATE), http_date(now)) {
        response.headers_mut().insert(header::DATE, date);
    }
    if let (Some(kind), Some(wait_s)) = (kind, told_to_wait(&response)) {
        let until_ms = now
            .as_millisecond()
            .saturating_add_unsigned(wait_s.saturating_mul(1000));
        world.counters().tell_to_wait(kind, until_ms);
    }
    world.counters().count_answer(response.status().as_u16());
    response
}

impl World {
    /// Lets the scenario and the API answer; `None` if nobody does.
    async fn meet(self: &Arc<Self>, head: &Parts, number: u64, breaking_point: &BreakingPoint) -> Option<Response> {
        let decision = self.counters().decide(&self.scenario, number, self.elapsed_ms());
        let given = |slot: Option<(usize, Fault)>| {
            slot.filter(|(index, _)| self.counters().give(&self.scenario, *index))
                .map(|(_, fault)| fault)
        };
        if let Some(Fault::Delay { ms }) = given(decision.before) {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(ms)) => {}
                () = self.stopped() => return None,
            }
        }
        let mut breaks_after = None;
        let refused = match given(decision.instead) {
            Some(Fault::Hang) => {
                self.stopped().await;
                return None;
            }
            Some(Fault::Reset { after_bytes: 0 }) => return None,
            Some(Fault::Reset { after_bytes }) => {
                breaks_after = Some(after_bytes);
                None
            }
            Some(Fault::Html { status }) => return Some(ScriptedAnswer::not_json(status).give().await),
            Some(fault) => self.refusal(fault),
            None => None,
        };
        let outcome = match refused {
            Some(error) => Err(error),
            None => Arc::clone(self).serve(head, number, decision.page).await,
        };
        let delivery = match given(decision.body) {
            Some(Fault::CutBody { percent }) => Delivery::Cut { percent },
            Some(Fault::StallBody { percent }) => Delivery::Stall { percent },
            Some(Fault::SlowBody { over_ms }) => Delivery::Slow {
                over: Duration::from_millis(over_ms),
            },
            _ => Delivery::Whole,
        };
        let (status, body, retry_after) = match outcome {
            Ok(body) => (200, body, None),
            Err(error) => (error.status, error.body(), error.retry_after),
        };
        if let Some(bytes) = breaks_after {
            // Headers come on top, so this is surely within the answer.
            breaking_point.set(bytes.min(body.len() as u64));
        }
        let is_whole_at_once = matches!(delivery, Delivery::Whole);
        let mut response = self.dress(status, retry_after, body, delivery);
        if !is_whole_at_once {
            response.extensions_mut().insert(NotWhole);
        }
        Some(response)
    }

    /// Returns the answer of a fault that refuses in the vendor's form.
    fn refusal(&self, fault: Fault) -> Option<ApiError> {
        match fault {
            Fault::RateLimit { retry_after_s } => {
                Some(ApiError::rate_limited(Duration::from_secs(u64::from(retry_after_s))))
            }
            Fault::ServerError { status, phrase } => Some(ApiError::fault(status, phrase)),
            Fault::Unauthorized => Some(ApiError::not_authorized()),
            Fault::Forbidden => Some(ApiError::forbidden()),
            Fault::PlanRefused => Some(ApiError::plan(self.plan_refusal_status())),
            _ => None,
        }
    }

    /// Makes an answer of the API.
    fn dress(
        self: &Arc<Self>,
        status: u16,
        retry_after: Option<Duration>,
        body: String,
        delivery: Delivery,
    ) -> Response {
        let length = body.len();
        let mut response = Response::new(self.deliver(body, delivery));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=UTF-8"),
        );
        headers.insert("x-asana-api-version", HeaderValue::from_static(API_VERSION));
        // The name of the vendor's request id header is unconfirmed; this is the usual one.
        if let Ok(request_id) = HeaderValue::try_from(self.request_id()) {
            headers.insert("x-request-id", request_id);
        }
        for notice in &self.change_notices {
            headers.append("asana-change", notice.clone());
        }
        if let Some(wait) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }

    fn deliver(self: &Arc<Self>, text: String, delivery: Delivery) -> Body {
        let bytes = text.into_bytes();
        let broken = || io::Error::new(io::ErrorKind::ConnectionReset, "broken off by a fault");
        let beginning = |percent: u8| {
            let length = bytes.len() * usize::from(percent) / 100;
            bytes.get(..length).unwrap_or_default().to_vec()
        };
        match delivery {
            Delivery::Whole => Body::from(bytes),
            Delivery::Cut { percent } => cut_body(beginning(percent)),
            Delivery::Stall { percent } => {
                let world = Arc::clone(self);
                let end = stream::once(async move {
                    world.stopped().await;
                    Err(broken())
                });
                Body::from_stream(stream::iter([Ok(beginning(percent))]).chain(end))
            }
            Delivery::Slow { over } => {
                let world = Arc::clone(self);
                let piece = bytes.len().div_ceil(DRIBBLES as usize).max(1);
                let pieces: Vec<Vec<u8>> = bytes.chunks(piece).map(<[u8]>::to_vec).collect();
                Body::from_stream(stream::iter(pieces).then(move |piece| {
                    let world = Arc::clone(&world);
                    async move {
                        tokio::select! {
                            () = tokio::time::sleep(over / DRIBBLES) => Ok(piece),
                            () = world.stopped() => Err(broken()),
                        }
                    }
                }))
            }
        }
    }
}

/// Marks an answer that does not reach its reader whole, or not at once.
#[derive(Clone, Copy)]
struct NotWhole;

/// Returns for how many seconds an answer tells its reader to stay away. One that breaks on its way tells nobody anything, and one that
/// dribbles is told some time, while others are asked for.
fn told_to_wait(response: &Response) -> Option<u64> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS || response.extensions().get::<NotWhole>().is_some() {
        return None;
    }
    retry_after_s(response.headers())
}

fn retry_after_s(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

/// Returns a time as the `Date` header has it, such as `Mon, 01 Jun 2026 12:00:00 GMT`; `None` beyond the year 9999.
fn http_date(time: jiff::Timestamp) -> Option<HeaderValue> {
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    let text = printer.timestamp_to_rfc9110_string(&time).ok()?;
    HeaderValue::try_from(text).ok()
}
