//! The API: who is asking, what for, and what the vendor says to it, in the order in which the vendor decides.
//!
//! t1 token (401), t2 limits (429), t3 route (404), t4 access (402, 403), t5 organisation (400, 403, 404), t6 parameters
//! (400), t7 the answer. The order of t1 to t6 is unconfirmed.

use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::connection::{BreakableListener, BreakingPoint};
use crate::directory::Directory;
use crate::error_body::ApiError;
use crate::front;
use crate::paging::Pager;
use crate::query::Query;
use crate::scenario::{Fault, OffsetUses, RepeatedOffset};
use crate::token::{Access, Errand, TokenKind};
use crate::world::{API_ROOT, World};

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
    let app = Router::new().fallback(front::answer).with_state(Arc::clone(&world));
    let until_stopped = async move {
        // An error says that the other end is gone, which is how a simulation stops.
        drop(stopped.await);
        world.stop();
    };
    let service = app.into_make_service_with_connect_info::<BreakingPoint>();
    let server = axum::serve(BreakableListener(listener), service).with_graceful_shutdown(until_stopped);
    if let Err(error) = server.await {
        tracing::warn!(error = %error, "the simulator's server ended early");
    }
}

impl World {
    /// Answers as the API does. `fault` is what the scenario has in mind for a page, with its index.
    pub(crate) async fn serve(
        self: Arc<Self>,
        head: &Parts,
        number: u64,
        fault: Option<(usize, Fault)>,
    ) -> Result<String, ApiError> {
        let now_ms = self.now_ms();
        let kind = self.authenticate(&head.headers, now_ms)?;
        let _in_flight = self.limits.admit(kind, now_ms).map_err(ApiError::rate_limited)?;
        let route = Route::of(&head.method, head.uri.path()).ok_or_else(ApiError::no_such_path)?;
        self.permit(kind, &route, now_ms)?;
        let directory = Directory::new(self.log().generator().organization(), kind);
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
                Arc::clone(&self).page(query, now_ms, number, fault).await
            }
        }
    }

    /// Returns whose token a request carries, if anybody's.
    pub(crate) fn token_kind(&self, headers: &HeaderMap) -> Option<TokenKind> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, text) = value.split_once(' ')?;
        let kind = self.tokens.kind_of(text.trim())?;
        scheme.eq_ignore_ascii_case("bearer").then_some(kind)
    }

    fn authenticate(&self, headers: &HeaderMap, now_ms: i64) -> Result<TokenKind, ApiError> {
        let kind = self.token_kind(headers).ok_or_else(ApiError::not_authorized)?;
        match kind.access(Errand::AuditLog, self.is_activation_over(now_ms)) {
            Access::Unknown => Err(ApiError::not_authorized()),
            Access::Granted | Access::Forbidden | Access::PlanLacksIt => Ok(kind),
        }
    }

    fn permit(&self, kind: TokenKind, route: &Route, now_ms: i64) -> Result<(), ApiError> {
        let errand = match route {
            Route::AuditLog { .. } => Errand::AuditLog,
            Route::Workspace { .. } | Route::Workspaces | Route::User { .. } => Errand::Directory,
        };
        match kind.access(errand, self.is_activation_over(now_ms)) {
            Access::Granted => Ok(()),
            Access::Unknown => Err(ApiError::not_authorized()),
            Access::Forbidden => Err(ApiError::forbidden()),
            Access::PlanLacksIt => Err(ApiError::plan(self.plan_refusal_status())),
        }
    }

    /// Refuses ids that are none, that nobody has, and those of an organisation the viewer is not in.
    fn check_organization(&self, id: &str, directory: Directory<'_>) -> Result<(), ApiError> {
        let organization = self.log().generator().organization();
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
    async fn page(
        self: Arc<Self>,
        mut query: Query,
        now_ms: i64,
        number: u64,
        fault: Option<(usize, Fault)>,
    ) -> Result<String, ApiError> {
        let repeat = self.apply(fault, &mut query)?;
        let (offset_lifetime, uses) = self.offset_rules(number);
        let world = Arc::clone(&self);
        let work = move || {
            let pager = Pager {
                log: world.log(),
                offsets: &world.offsets,
                offset_lifetime,
                used: (uses == OffsetUses::Once).then_some(&world.used_offsets),
                repeat,
                api_url: world.api_url(),
                organization_id: world.organization_id(),
                now_ms,
            };
            pager.page(&query)
        };
        let outcome = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| ApiError::server_error())?;
        match outcome {
            Ok(page) => {
                self.counters().count_page(page.event_count);
                Ok(page.body)
            }
            Err(refusal) => {
                if let Some(kind) = refusal.fault {
                    self.counters().count_fault(kind);
                }
                Err(refusal.error)
            }
        }
    }

    /// Applies a fault to a page; returns how the page repeats, if it shall.
    fn apply(&self, fault: Option<(usize, Fault)>, query: &mut Query) -> Result<Option<RepeatedOffset>, ApiError> {
        let Some((index, fault)) = fault else {
            return Ok(None);
        };
        let is_about_offsets = !matches!(fault, Fault::ShortPage { .. });
        if (is_about_offsets && query.offset.is_none()) || !self.counters().give(&self.scenario, index) {
            return Ok(None);
        }
        match fault {
            Fault::ExpiredOffset => Err(ApiError::offset_expired()),
            Fault::ForeignOffset => Err(ApiError::offset_invalid()),
            Fault::RepeatPage { offset } => Ok(Some(offset)),
            Fault::ShortPage { events_max } => {
                let events_max = usize::try_from(events_max).unwrap_or(usize::MAX);
                query.count_max = query.count_max.min(events_max.max(1));
                Ok(None)
            }
            _ => Ok(None),
        }
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
