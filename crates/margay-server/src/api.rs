//! The HTTP API under `/api/v1`: one file for each noun, thin handlers over the store and the runtime.
//!
//! The `OpenAPI` document is made from the handlers themselves and served at `/api/openapi.json`. What every operation may answer is
//! added in one place, so that none is forgotten.

mod acting;
mod alarm;
mod alert;
mod api_token;
mod attempts;
mod audit;
mod audit_log;
mod auth;
mod backfill;
mod coverage;
mod delivery;
mod destination;
pub(crate) mod edge;
mod extract;
mod health;
mod last_day;
mod log_source;
mod metrics_history;
mod once;
mod page;
pub(crate) mod problem;
mod query;
mod raw;
mod saved_search;
mod schema;
mod schema_tool;
mod session;
mod source_check;
mod source_history;
mod system;
mod table;
mod time;
mod user;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use margay_runtime::Line;
use margay_runtime::deliver::Post;
use margay_runtime::deliver::guard::AddressGuard;
use margay_runtime::query::Queries;
use tokio::sync::Semaphore;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder, SecurityRequirement,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::console;
use acting::Operations;
use attempts::Attempts;
use problem::{PROBLEM_JSON, ProblemBody};
pub use session::SetupCode;

/// The longest that a request may take: a check of credentials asks the vendor several times, a removal waits for a landing.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(90);
/// The largest body: settings of an alarm with a thousand holidays fit.
const BODY_BYTES_MAX: usize = 128 * 1024;
/// The largest body of a request that brings the text of a schema, or samples: each a megabyte, which JSON may make twice as long.
const TEXT_BODY_BYTES_MAX: usize = 4 << 20;
/// So many passwords are hashed at once: each takes a core and 19 MiB for a moment.
const HASHED_AT_ONCE_MAX: usize = 2;
/// Where the API is.
const PREFIX: &str = "/api/v1";

/// What the API works with.
#[derive(Clone)]
pub struct ApiParts {
    /// The line.
    pub line: Line,
    /// The way to destinations, for tests of them.
    pub post: Post,
    /// Which addresses may be a vendor's besides the vendors' own.
    pub vendors: AddressGuard,
    /// How long this server waits between the polls of a source that has no interval of its own.
    pub poll_interval: Duration,
    /// The URL that people reach it by, if the operator gave one.
    pub public_url: Option<String>,
    /// The name that it is asked by, besides those of this machine.
    pub public_host: Option<String>,
    /// Whether a proxy is in front, which tells who asks.
    pub is_proxied: bool,
    /// Whether browsers reach it by TLS.
    pub is_secure: bool,
    /// Whether this server speaks TLS itself.
    pub has_tls: bool,
    /// The code with which the first user is made; nothing if there is a user.
    pub setup_code: Option<Arc<SetupCode>>,
}

/// What handlers are handed.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) line: Line,
    pub(crate) post: Post,
    pub(crate) vendors: AddressGuard,
    pub(crate) poll_interval: Duration,
    pub(crate) names: edge::Names,
    pub(crate) queries: Queries,
    pub(crate) bench: schema_tool::Bench,
    pub(crate) audits: audit::Audits,
    pub(crate) checks: source_check::Checks,
    /// Whether browsers reach it by TLS.
    pub(crate) is_secure: bool,
    pub(crate) has_tls: bool,
    pub(crate) is_proxied: bool,
    pub(crate) public_url: Option<String>,
    /// When the server began.
    pub(crate) started_at: Timestamp,
    pub(crate) journal_size: system::Size,
    pub(crate) looks: raw::Looks,
    pub(crate) setup_code: Option<Arc<SetupCode>>,
    pub(crate) attempts: Arc<Attempts>,
    /// Places for work that takes a core.
    pub(crate) hashing: Arc<Semaphore>,
}

impl Api {
    pub(crate) fn new(parts: ApiParts) -> Self {
        Self {
            queries: Queries::new(parts.line.lake.clone(), parts.line.clock.clone()),
            bench: schema_tool::Bench::default(),
            audits: audit::Audits::default(),
            checks: source_check::Checks::default(),
            started_at: parts.line.clock.now(),
            journal_size: system::Size::default(),
            looks: raw::Looks::default(),
            has_tls: parts.has_tls,
            is_proxied: parts.is_proxied,
            public_url: parts.public_url,
            line: parts.line,
            post: parts.post,
            vendors: parts.vendors,
            poll_interval: parts.poll_interval,
            names: edge::Names {
                public: parts.public_host,
                build: console::build_id(),
            },
            is_secure: parts.is_secure,
            setup_code: parts.setup_code,
            attempts: Arc::default(),
            hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE_MAX)),
        }
    }

    /// Returns the name of the session's cookie. With that prefix, browsers take it only over TLS and from this very host.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.is_secure {
            "__Host-margay_session"
        } else {
            "margay_session"
        }
    }
}

/// Returns the routes of the API.
pub(crate) fn router(api: Api) -> Router {
    let (router, document) = routes().split_for_parts();
    let operations = Operations::of(&document);
    let document: Arc<str> = text_of(&complete(document)).into();
    let served = move || {
        let document = Arc::clone(&document);
        async move { ([(CONTENT_TYPE, "application/json")], document.to_string()).into_response() }
    };
    let asked = (api.clone(), operations);
    router
        .layer(axum::middleware::from_fn_with_state(asked, acting::keep))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .with_state(api)
        .route("/api/openapi.json", get(served))
}

/// Returns the `OpenAPI` document of the API, as it is served and checked in.
pub fn openapi_document() -> String {
    let (_, document) = routes().split_for_parts();
    text_of(&complete(document))
}

fn routes() -> OpenApiRouter<Api> {
    let version_1 = OpenApiRouter::new()
        .routes(routes!(log_source::list, log_source::create))
        .routes(routes!(log_source::check))
        .routes(routes!(log_source::show, log_source::change, log_source::delete))
        .routes(routes!(source_check::check))
        .routes(routes!(log_source::pause))
        .routes(routes!(log_source::resume))
        .routes(routes!(log_source::set_credentials))
        .routes(routes!(health::show))
        .routes(routes!(source_history::health))
        .routes(routes!(source_history::notes))
        .routes(routes!(coverage::show))
        .routes(routes!(audit::list, audit::create))
        .routes(routes!(backfill::list, backfill::create))
        .routes(routes!(alarm::list))
        .routes(routes!(alarm::show, alarm::set, alarm::reset))
        .routes(routes!(alarm::rehearsal::make))
        .routes(routes!(alarm::system::list))
        .routes(routes!(alarm::system::show, alarm::system::set, alarm::system::reset))
        .routes(routes!(alert::list, alert::edit::change))
        .routes(routes!(alert::show, alert::change))
        .routes(routes!(alert::timeline))
        .routes(routes!(alert::comment))
        .routes(routes!(delivery::list))
        .routes(routes!(delivery::resend))
        .routes(routes!(destination::list, destination::create))
        .routes(routes!(destination::show, destination::replace, destination::delete))
        .routes(routes!(destination::test))
        .routes(routes!(audit_log::list))
        .routes(routes!(audit_log::show))
        .routes(routes!(metrics_history::show))
        .routes(routes!(system::show))
        .routes(routes!(query::list, query::create))
        .routes(routes!(query::show))
        .routes(routes!(query::cancel))
        .routes(routes!(query::results))
        .routes(routes!(query::export))
        .routes(routes!(table::list))
        .routes(routes!(raw::show))
        .routes(routes!(saved_search::list, saved_search::create))
        .routes(routes!(saved_search::show, saved_search::replace, saved_search::delete))
        .routes(routes!(api_token::list, api_token::create))
        .routes(routes!(api_token::show, api_token::replace, api_token::delete))
        .routes(routes!(api_token::rotate))
        .routes(routes!(session::show_setup, session::set_up))
        .routes(routes!(session::log_in, session::log_out))
        .routes(routes!(session::show_me))
        .routes(routes!(session::change_password))
        .routes(routes!(session::list))
        .routes(routes!(session::end))
        .routes(routes!(user::list, user::create))
        .routes(routes!(user::show, user::change, user::delete))
        .routes(routes!(user::set_password))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX));
    let with_texts = OpenApiRouter::new()
        .routes(routes!(schema::list, schema::create))
        .routes(routes!(schema_tool::validate))
        .routes(routes!(schema_tool::test))
        .routes(routes!(schema_tool::infer))
        .routes(routes!(schema::show, schema::replace))
        .routes(routes!(schema::archive))
        .routes(routes!(schema::restore))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(TEXT_BODY_BYTES_MAX));
    let version_1 = version_1.merge(with_texts);
    OpenApiRouter::with_openapi(described()).nest(PREFIX, version_1)
}

fn described() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Margay")
        .version("1")
        .description(Some(
            "Log sources, their health and alarms, alerts and where they go. docs/reference/api.md has examples.",
        ))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "apiKey",
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key"))),
    );
    // Behind TLS it is called __Host-margay_session.
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("margay_session"))),
    );
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let problem = <ProblemBody as utoipa::PartialSchema>::schema();
    components.schemas.insert("Problem".to_owned(), problem);
    let mut more = Vec::new();
    <ProblemBody as utoipa::ToSchema>::schemas(&mut more);
    components.schemas.extend(more);
    document
}

/// Adds to every operation what every operation may answer.
fn complete(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            complete_operation(path, operation);
        }
    }
    document
}

fn complete_operation(path: &str, operation: &mut Operation) {
    let permission = operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("x-permission"));
    let schemes: &[&str] = match permission.and_then(|permission| permission.as_str()) {
        Some("none") => &[],
        Some("session") => &["session"],
        _ => &["apiKey", "bearer", "session"],
    };
    operation.security = Some(
        schemes
            .iter()
            .map(|scheme| SecurityRequirement::new(*scheme, Vec::<String>::new()))
            .collect(),
    );
    let mut answers = vec![
        ("400", "The request cannot be read"),
        (
            "401",
            "There is no API token and no session, or it is not known or over",
        ),
        (
            "403",
            "The API token or the role does not permit this, the token may not be used from there, or another site's page asks",
        ),
        ("421", "The request is for a host that is not this server"),
        ("500", "The server failed; its log says more"),
        (
            "503",
            "The database is busy, the vendor cannot be asked, or it took too long",
        ),
    ];
    if path.contains('{') {
        answers.push(("404", "There is nothing with this id"));
    }
    if operation.request_body.is_some() {
        answers.extend([
            ("413", "The body is too large"),
            ("415", "The body is not declared as JSON"),
            ("422", "The body has not the expected form, or a value cannot be used"),
        ]);
    }
    for (status, description) in answers {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| {
                let content = ContentBuilder::new()
                    .schema(Some(Ref::from_schema_name("Problem")))
                    .build();
                let response = ResponseBuilder::new()
                    .description(description)
                    .content(PROBLEM_JSON, content);
                response.build().into()
            });
    }
}

fn text_of(document: &OpenApi) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("the document is JSON");
    text.push('\n');
    text
}
