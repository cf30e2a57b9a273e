//! The edge: what holds for every request and answer, whatever is asked.
//!
//! A request has an id. Its `Host` is this machine or the name that the operator gave: a web page whose name was made to lead here
//! (DNS rebinding) cannot ask anything. An answer is stored by nobody on the way, and a failure is a problem.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use tracing::field::Empty;
use url::Host;
use uuid::Uuid;

use super::problem::{Code, PROBLEM_JSON, Problem};

/// Where a proxy says whom it asks for.
pub(crate) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// What the console's own requests have.
const CONSOLE: HeaderName = HeaderName::from_static("x-margay-console");
/// Where browsers say that a request was made (Fetch Metadata, W3C working draft, section 2.3, read 2026-11-26).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const BUILD_ID: HeaderName = HeaderName::from_static("x-build-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for whoever works on it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The names under which this server is asked, besides those of this machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// The host of the public URL.
    pub(crate) public: Option<String>,
    /// Which console this server has; a page of another one offers to be loaded anew.
    pub(crate) build: String,
}

impl Names {
    /// Whether a request for `host`, with or without a port, is meant for this server.
    fn have(&self, host: &str) -> bool {
        let host = without_port(host);
        let is_public = self
            .public
            .as_deref()
            .is_some_and(|public| without_port(public).eq_ignore_ascii_case(host));
        is_public
            || match Host::parse(host) {
                Ok(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
                Ok(Host::Ipv4(address)) => address.is_loopback(),
                Ok(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
                Err(_) => false,
            }
    }
}

fn without_port(host: &str) -> &str {
    let end_of_address = host.rfind(']').map_or(0, |end| end + 1);
    match host[end_of_address..].find(':') {
        Some(colon) => &host[..end_of_address + colon],
        None => host,
    }
}

/// Lets a request in and its answer out.
pub(crate) async fn guard(State(names): State<Names>, mut request: Request, next: Next) -> Response {
    let request_id = Uuid::new_v4().to_string();
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Who asks is known when a token was taken.
    let span = tracing::info_span!(
        "http",
        otel.kind = "server",
        request_id,
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        actor = Empty,
        http.response.status_code = Empty,
    );
    let answer = if names.have(host_of(request.headers(), request.uri())) {
        next.run(request).instrument(span.clone()).await
    } else {
        let refused = "the request is for a host that is not this server\nhint: ask 127.0.0.1, or tell the server its name with --public-url";
        Problem::new(Code::HostNotAllowed, refused).render(request_id.clone())
    };
    let mut answer = span.in_scope(|| told(answer, &request_id));
    let status = answer.status().as_u16();
    span.record("http.response.status_code", status);
    if changes {
        tracing::info!(parent: &span, status, "asked to change something");
    } else {
        tracing::debug!(parent: &span, status, "answered");
    }
    let headers = answer.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    // The console's files say by themselves how long they hold.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(build) = HeaderValue::from_str(&names.build) {
        headers.insert(BUILD_ID, build);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// Refuses a request that a page of somebody else may have made: a browser sends its cookies along with any.
///
/// The header can only be set by a script of our own pages, since no other page is allowed to (nothing here answers preflights); and
/// browsers say by themselves where a request was made.
pub(crate) fn refuse_foreign(parts: &Parts) -> Result<(), Problem> {
    let site = parts.headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    let is_ours = site.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if is_ours && (reads || parts.headers.contains_key(CONSOLE)) {
        return Ok(());
    }
    let text = "the request was not made by the console\nhint: use an API token, or send the header X-Margay-Console";
    Err(Problem::new(Code::CrossSite, text))
}

/// Lets only requests pass that are made on this machine and for it, not those that came through a proxy under the public name.
pub(crate) async fn local_only(request: Request, next: Next) -> Response {
    let is_forwarded = request.headers().contains_key(FORWARDED_FOR);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_here = peer.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback());
    if is_here && !is_forwarded && Names::default().have(host_of(request.headers(), request.uri())) {
        return next.run(request).await;
    }
    let refused = "this is told to this machine only\nhint: ask 127.0.0.1";
    Problem::new(Code::HostNotAllowed, refused).into_response()
}

fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let header = headers.get(HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| uri.host()).unwrap_or_default()
}

/// Renders the problem that an answer carries, and makes one of what a layer refused without a word.
fn told(mut answer: Response, request_id: &str) -> Response {
    let status = answer.status();
    let carried: Option<Problem> = answer.extensions_mut().remove();
    let is_told = answer
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON || kind.as_bytes().starts_with(b"application/json"));
    let problem = match carried {
        Some(problem) => problem,
        None if is_told || !(status.is_client_error() || status.is_server_error()) => return answer,
        None => {
            let detail = match Code::of_status(status) {
                Code::NotFound => "there is nothing under this path".to_owned(),
                Code::MethodNotAllowed => "this path cannot be asked with this method".to_owned(),
                _ => status
                    .canonical_reason()
                    .unwrap_or("the request was refused")
                    .to_lowercase(),
            };
            Problem::new(Code::of_status(status), detail)
        }
    };
    let mut rendered = problem.render(request_id.to_owned());
    if let Some(allowed) = answer.headers().get(ALLOW) {
        rendered.headers_mut().insert(ALLOW, allowed.clone());
    }
    rendered
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn only_this_machine_and_the_public_name_are_ours() {
        let names = Names {
            public: Some("margay.example.com:8443".to_owned()),
            build: String::new(),
        };
        for ours in [
            "127.0.0.1",
            "127.0.0.1:8470",
            "127.9.9.9:1",
            "localhost",
            "LOCALHOST:8470",
            "[::1]:8470",
            "[::1]",
            "margay.example.com",
            "Margay.Example.com:443",
        ] {
            assert!(names.have(ours), "{ours}");
        }
        for foreign in [
            "",
            "evil.example",
            "evil.example:8470",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "margay.example.com.evil.example",
            "10.0.0.1",
            "[::2]:8470",
            "0.0.0.0:8470",
            "::1",
        ] {
            assert!(!names.have(foreign), "{foreign}");
        }
        assert!(!Names::default().have("margay.example.com"));
    }
}
