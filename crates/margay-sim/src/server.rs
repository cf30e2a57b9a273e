//! The HTTP side: one handler for everything, in the order in which the vendor decides.
//!
//! t0 fault plan, t1 token (401), t2 limits (429), t3 route (404), t4 access (402, 403), t5 organisation (400, 403, 404),
//! t6 parameters (400), t7 the answer. The order of t1 to t6 is unconfirmed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::clock::SimulationClock;
use crate::config::{LimitMode, PlanRefusal, SimulationConfig};
use crate::counters::Counters;
use crate::directory::Directory;
use crate::error_body::ApiError;
use crate::event::Generator;
use crate::fault::FaultPlan;
use crate::limits::Limits;
use crate::log::{EventLog, Stream};
use crate::offset::OffsetSealer;
use crate::paging::Pager;
use crate::query::Query;
use crate::random::Random;
use crate::token::{Access, Errand, TokenKind, Tokens};

/// Every path starts with this.
const API_ROOT: &str = "/api/1.0";
/// 2021-10-08T00:00:00Z: nothing was logged before (specification of 2026-06-11).
const FLOOR_MS: i64 = 1_633_651_200_000;
/// Seen on live answers by a public client, 2026-09-06.
const API_VERSION: &str = "1.1";
const TOPIC_REQUEST: u64 = 0x7265;

/// Everything the server knows.
#[derive(Debug)]
pub(crate) struct World {
    seed: u64,
    api_url: String,
    clock: SimulationClock,
    log: EventLog,
    tokens: Tokens,
    limits: Limits,
    offsets: OffsetSealer,
    offset_lifetime: Option<Duration>,
    limit_mode: LimitMode,
    plan_refusal: PlanRefusal,
    active_from_ms: i64,
    change_notices: Vec<HeaderValue>,
    faults: FaultPlan,
    counters: Counters,
    requests_begun: AtomicU64,
}

/// What a request is about.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    AuditLog { organization_id: String },
    Workspace { organization_id: String },
    Workspaces,
    User { id: String },
}

/// Serves until `stopped` is told or its other end is dropped.
pub(crate) async fn run(listener: TcpListener, world: Arc<World>, stopped: oneshot::Receiver<()>) {
    let app = Router::new().fallback(answer).with_state(world);
    let until_stopped = async {
        // An error says that the other end is gone, which is how a simulation stops.
        drop(stopped.await);
    };
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(until_stopped).await {
        tracing::warn!(error = %error, "the simulator's server ended early");
    }
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let response = if let Some(scripted) = world.faults.decide() {
        world.counters.count_scripted();
        scripted.give().await
    } else {
        let (head, _) = request.into_parts();
        let outcome = Arc::clone(&world).serve(&head).await;
        world.dress(outcome)
    };
    world.counters.count_answer(response.status().as_u16());
    response
}

impl World {
    pub(crate) fn new(config: &SimulationConfig, address: SocketAddr) -> Self {
        let start_ms = config.clock.now_ms();
        let span_ms = whole_ms(config.history_span).unsigned_abs();
        let generator = Generator::new(config.seed, config.event_count);
        let stream = Stream::new(
            config.seed,
            start_ms,
            span_ms,
            config.event_count,
            config.live_events_per_minute,
        );
        let notices = config
            .change_notices
            .iter()
            .filter_map(|notice| HeaderValue::try_from(notice).ok());
        Self {
            seed: config.seed,
            api_url: format!("http://{address}{API_ROOT}"),
            clock: config.clock.clone(),
            log: EventLog::new(generator, stream, whole_ms(config.retention), FLOOR_MS),
            tokens: Tokens::new(config.seed),
            limits: Limits::new(config.requests_per_minute, config.concurrent_requests_max),
            offsets: OffsetSealer::new(config.seed),
            offset_lifetime: config.offset_lifetime,
            limit_mode: config.limit_mode,
            plan_refusal: config.plan_refusal,
            active_from_ms: start_ms.saturating_add(whole_ms(config.token_activation)),
            change_notices: notices.collect(),
            faults: config.faults.clone(),
            counters: Counters::default(),
            requests_begun: AtomicU64::new(0),
        }
    }

    pub(crate) fn api_url(&self) -> &str {
        &self.api_url
    }

    pub(crate) fn organization_id(&self) -> &str {
        &self.log.generator().organization().gid
    }

    pub(crate) fn token(&self, kind: TokenKind) -> &str {
        self.tokens.text(kind)
    }

    pub(crate) fn clock(&self) -> &SimulationClock {
        &self.clock
    }

    pub(crate) fn log(&self) -> &EventLog {
        &self.log
    }

    pub(crate) fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    async fn serve(self: Arc<Self>, head: &Parts) -> Result<String, ApiError> {
        let now_ms = self.clock.now_ms();
        let kind = self.authenticate(&head.headers, now_ms)?;
        let _in_flight = self.limits.admit(kind, now_ms).map_err(ApiError::rate_limited)?;
        let route = Route::of(&head.method, head.uri.path()).ok_or_else(ApiError::no_such_path)?;
        self.permit(kind, &route, now_ms)?;
        let directory = Directory::new(self.log.generator().organization(), kind);
        match route {
            Route::User { id } => directory.user(&id).ok_or_else(|| ApiError::unknown_object("user", &id)),
            Route::Workspaces => Ok(directory.workspaces()),
            Route::Workspace { organization_id } => {
                self.check_organization(&organization_id, directory)?;
                Ok(directory.workspace())
            }
            Route::AuditLog { organization_id } => {
                self.check_organization(&organization_id, directory)?;
                if organization_id != self.organization_id() {
                    // The other organisation's own log: there is one, and nothing in it.
                    return Ok(r#"{"data":[],"next_page":null}"#.to_owned());
                }
                let query = Query::parse(head.uri.query().unwrap_or_default(), self.limit_mode)?;
                Arc::clone(&self).page(query, now_ms).await
            }
        }
    }

    /// Returns whose token a request carries.
    fn authenticate(&self, headers: &HeaderMap, now_ms: i64) -> Result<TokenKind, ApiError> {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, text) = value
            .and_then(|value| value.split_once(' '))
            .ok_or_else(ApiError::not_authorized)?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        let kind = self
            .tokens
            .kind_of(text.trim())
            .filter(|_| is_bearer)
            .ok_or_else(ApiError::not_authorized)?;
        match kind.access(Errand::AuditLog, now_ms >= self.active_from_ms) {
            Access::Unknown => Err(ApiError::not_authorized()),
            Access::Granted | Access::Forbidden | Access::PlanLacksIt => Ok(kind),
        }
    }

    fn permit(&self, kind: TokenKind, route: &Route, now_ms: i64) -> Result<(), ApiError> {
        let errand = match route {
            Route::AuditLog { .. } => Errand::AuditLog,
            Route::Workspace { .. } | Route::Workspaces | Route::User { .. } => Errand::Directory,
        };
        match kind.access(errand, now_ms >= self.active_from_ms) {
            Access::Granted => Ok(()),
            Access::Unknown => Err(ApiError::not_authorized()),
            Access::Forbidden => Err(ApiError::forbidden()),
            Access::PlanLacksIt => Err(ApiError::plan(match self.plan_refusal {
                PlanRefusal::PaymentRequired => 402,
                PlanRefusal::Forbidden => 403,
            })),
        }
    }

    /// Refuses ids that are none, that nobody has, and those of an organisation the viewer is not in.
    fn check_organization(&self, id: &str, directory: Directory<'_>) -> Result<(), ApiError> {
        let organization = self.log.generator().organization();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ApiError::not_an_id("workspace", id));
        }
        if id != organization.gid && id != organization.other_gid {
            return Err(ApiError::unknown_object("workspace", id));
        }
        if id == directory.own_workspace() {
            Ok(())
        } else {
            Err(ApiError::forbidden())
        }
    }

    /// Builds a page away from the async threads: a thousand events, or a filter that matches nothing among millions, take
    /// milliseconds.
    async fn page(self: Arc<Self>, query: Query, now_ms: i64) -> Result<String, ApiError> {
        let world = Arc::clone(&self);
        let work = move || {
            let pager = Pager {
                log: &world.log,
                offsets: &world.offsets,
                offset_lifetime: world.offset_lifetime,
                api_url: world.api_url(),
                organization_id: world.organization_id(),
                now_ms,
            };
            pager.page(&query)
        };
        let page = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| ApiError::server_error())??;
        self.counters.count_page(page.event_count);
        Ok(page.body)
    }

    /// Makes an answer of the API out of a body or an error.
    fn dress(&self, outcome: Result<String, ApiError>) -> Response {
        let (status, body, retry_after) = match outcome {
            Ok(body) => (200, body, None),
            Err(error) => (error.status, error.body(), error.retry_after),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=UTF-8"),
        );
        headers.insert("x-asana-api-version", HeaderValue::from_static(API_VERSION));
        // The name of the vendor's request id header is unconfirmed; this is the usual one.
        let serial = self.requests_begun.fetch_add(1, Ordering::Relaxed);
        let request_id = format!("{:032x}", Random::of(self.seed, TOPIC_REQUEST, serial).number());
        if let Ok(request_id) = HeaderValue::try_from(request_id) {
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
}

impl Route {
    /// Returns what a request is about; `None` if the API has no such path or method.
    fn of(method: &Method, path: &str) -> Option<Self> {
        if method != Method::GET {
            return None;
        }
        let segments: Option<Vec<String>> = path
            .strip_prefix(API_ROOT)?
            .strip_prefix('/')?
            .split('/')
            .map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned()))
            .collect();
        match segments?.as_slice() {
            [workspaces] if workspaces == "workspaces" => Some(Self::Workspaces),
            [workspaces, id] if workspaces == "workspaces" => Some(Self::Workspace {
                organization_id: id.clone(),
            }),
            [workspaces, id, events] if workspaces == "workspaces" && events == "audit_log_events" => {
                Some(Self::AuditLog {
                    organization_id: id.clone(),
                })
            }
            [users, id] if users == "users" => Some(Self::User { id: id.clone() }),
            _ => None,
        }
    }
}

/// Returns a duration in whole milliseconds, at most as many as a clock can have.
fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
