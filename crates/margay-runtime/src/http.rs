//! Carries a connector's [`Request`] to the vendor and brings back a [`Response`] or says why not.
//!
//! Always holds: the token is sent only to the URL the connector built; redirects are not followed, so it can reach no
//! other host; every call has a deadline and a cap on the body, counted after decompression.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use margay_connector::{Request, Response, TransportFailure, TransportFailureKind};
use reqwest::header::{ACCEPT, DATE, HeaderMap, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tracing::Span;

use crate::telemetry::SPANS;

/// What we call ourselves.
const USER_AGENT: &str = concat!("margay/", env!("CARGO_PKG_VERSION"));
/// How long to wait for a connection, TLS included. A vendor that is up answers in well under a second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are dropped before common load balancers (60 s) do it on us.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Header names under which vendors and their proxies give a request id, in order of preference.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-asana-request-id", "x-request-id", "x-amzn-requestid"];

/// What an operator can set about outgoing calls.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// A PEM file of certificate authorities to trust besides the system's, for networks that inspect TLS.
    pub ca_file: Option<PathBuf>,
    /// How long one call may take, its answer included; a connector's own deadline counts when it is shorter. `None` leaves it to
    /// the connector.
    pub request_duration_max: Option<Duration>,
    /// On which runtime calls are carried; the caller's own unless given. A simulation whose time is virtual gives one whose
    /// time is real, since sockets know no other; deadlines stay in the caller's time.
    pub carrier: Option<Handle>,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    /// The file of extra certificate authorities cannot be read.
    #[error("could not read the CA file {}\nhint: give a PEM file that this user may read", path.display())]
    CaFileUnreadable {
        /// The file that was named.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The file of extra certificate authorities holds no certificate.
    #[error("the CA file {} holds no certificate in PEM form", path.display())]
    CaFileInvalid {
        /// The file that was named.
        path: PathBuf,
        /// What the TLS library said.
        #[source]
        cause: reqwest::Error,
    },
    /// The TLS library could not be set up.
    #[error("could not set up the HTTP client")]
    Setup(#[source] reqwest::Error),
}

/// The HTTP client of the process. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct HttpClient {
    /// Goes through the proxy of the environment (`HTTPS_PROXY`, `NO_PROXY`), if there is one.
    outward: reqwest::Client,
    /// For loopback addresses, which no proxy can reach.
    loopback: reqwest::Client,
    request_duration_max: Duration,
    carrier: Option<Handle>,
}

impl HttpClient {
    /// Makes the client.
    ///
    /// # Errors
    /// When the CA file is unreadable or holds no certificate.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpClientError> {
        let authorities = match &settings.ca_file {
            Some(path) => read_authorities(path)?,
            None => Vec::new(),
        };
        let build = || {
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(POOL_IDLE_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                .tls_certs_merge(authorities.clone())
        };
        Ok(Self {
            outward: build().build().map_err(HttpClientError::Setup)?,
            loopback: build().no_proxy().build().map_err(HttpClientError::Setup)?,
            request_duration_max: settings.request_duration_max.unwrap_or(Duration::MAX),
            carrier: settings.carrier.clone(),
        })
    }

    /// Returns the runtime that calls are carried on, if it is not the caller's own.
    pub(crate) fn carrier(&self) -> Option<Handle> {
        self.carrier.clone()
    }

    /// Sends `request` with `token` as the bearer and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no complete answer within the request's deadline and body cap.
    // The path names an organization and the parameters a place in its log: traces go elsewhere, so neither stands in them.
    #[tracing::instrument(
        target = SPANS, name = "request", skip_all,
        fields(otel.kind = "client", http.request.method = "GET", server.address = request.url.host_str(), http.response.status_code, error.type)
    )]
    pub async fn get(&self, request: &Request, token: &SecretString) -> Result<Response, TransportFailure> {
        let result = self.get_in_time(request, token).await;
        let span = Span::current();
        match &result {
            Ok(response) => span.record("http.response.status_code", response.status),
            Err(failure) => span.record("error.type", tracing::field::debug(failure.kind)),
        };
        result
    }

    async fn get_in_time(&self, request: &Request, token: &SecretString) -> Result<Response, TransportFailure> {
        let deadline = request.deadline.min(self.request_duration_max);
        let carried = async {
            match &self.carrier {
                Some(carrier) => self.carried(carrier, request, token).await,
                None => self.exchange(request, token).await,
            }
        };
        match tokio::time::timeout(deadline, carried).await {
            Ok(result) => result,
            Err(_) => Err(TransportFailure {
                kind: TransportFailureKind::Timeout,
                detail: format!("no complete answer within {} s", deadline.as_secs_f64()),
            }),
        }
    }

    /// As [`Self::exchange`], on another runtime. Dropping the future ends the call there too.
    async fn carried(
        &self,
        carrier: &Handle,
        request: &Request,
        token: &SecretString,
    ) -> Result<Response, TransportFailure> {
        let (client, request, token) = (self.clone(), request.clone(), token.clone());
        let mut call = JoinSet::new();
        call.spawn_on(async move { client.exchange(&request, &token).await }, carrier);
        match call.join_next().await {
            Some(Ok(result)) => result,
            ended => Err(TransportFailure {
                kind: TransportFailureKind::Other,
                detail: format!("the call ended without a result: {ended:?}"),
            }),
        }
    }

    async fn exchange(&self, request: &Request, token: &SecretString) -> Result<Response, TransportFailure> {
        let client = if is_loopback(&request.url) {
            &self.loopback
        } else {
            &self.outward
        };
        let mut answer = client
            .get(request.url.clone())
            .bearer_auth(token.expose_secret())
            .header(ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| failure_of(&error))?;
        let status = answer.status().as_u16();
        let retry_after = text_of(answer.headers(), RETRY_AFTER.as_str());
        let date = text_of(answer.headers(), DATE.as_str());
        let request_id = REQUEST_ID_HEADERS
            .iter()
            .find_map(|name| text_of(answer.headers(), name));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure_of(&error))? {
            if body.len() + chunk.len() > request.body_bytes_max {
                return Err(TransportFailure {
                    kind: TransportFailureKind::BodyTooLong,
                    detail: format!("the answer is longer than {} bytes", request.body_bytes_max),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status,
            retry_after,
            date,
            request_id,
            body,
        })
    }
}

/// Makes a client for a thread that may wait, such as that of an exporter. It follows no redirects. Call outside an async runtime.
///
/// # Errors
/// When the CA file is unreadable or holds no certificate.
pub fn blocking_client(
    url: &url::Url,
    ca_file: Option<&Path>,
    timeout: Duration,
) -> Result<reqwest::blocking::Client, HttpClientError> {
    let authorities = ca_file.map(read_authorities).transpose()?.unwrap_or_default();
    let mut client = reqwest::blocking::Client::builder()
        .user_agent(USER_AGENT)
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(authorities);
    if is_loopback(url) {
        client = client.no_proxy();
    }
    client.build().map_err(HttpClientError::Setup)
}

fn read_authorities(path: &Path) -> Result<Vec<reqwest::Certificate>, HttpClientError> {
    let pem = std::fs::read(path).map_err(|cause| HttpClientError::CaFileUnreadable {
        path: path.to_path_buf(),
        cause,
    })?;
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|cause| HttpClientError::CaFileInvalid {
        path: path.to_path_buf(),
        cause,
    })
}

/// Whether no proxy can reach what a URL names.
fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

/// Sorts a failed call by its innermost cause. The URL stays out of the text: it may hold a cursor.
fn failure_of(error: &reqwest::Error) -> TransportFailure {
    let mut detail = String::from("the call failed");
    let mut kind = if error.is_timeout() {
        TransportFailureKind::Timeout
    } else if error.is_body() || error.is_decode() {
        TransportFailureKind::BodyCut
    } else {
        TransportFailureKind::Other
    };
    let mut cause = error.source();
    while let Some(current) = cause {
        detail = current.to_string();
        if let Some(found) = kind_of(current, &detail) {
            kind = found;
        }
        cause = current.source();
    }
    if error.is_timeout() && error.is_connect() {
        detail = format!("no connection within {} s", CONNECT_TIMEOUT.as_secs());
    }
    TransportFailure { kind, detail }
}

fn kind_of(cause: &(dyn std::error::Error + 'static), text: &str) -> Option<TransportFailureKind> {
    // The resolver's error has no public type; hyper-util names it so in its Display.
    if text.starts_with("dns error") || text.contains("failed to lookup address") {
        return Some(TransportFailureKind::Dns);
    }
    // Certificate problems arrive as an io::Error that wraps the TLS library's own.
    if text.contains("certificate") || text.contains("TLS") || text.contains("tls handshake") {
        return Some(TransportFailureKind::Tls);
    }
    let io = cause.downcast_ref::<std::io::Error>()?;
    match io.kind() {
        std::io::ErrorKind::ConnectionRefused => Some(TransportFailureKind::Refused),
        std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => Some(TransportFailureKind::Reset),
        std::io::ErrorKind::UnexpectedEof => Some(TransportFailureKind::BodyCut),
        std::io::ErrorKind::TimedOut => Some(TransportFailureKind::Timeout),
        _ => None,
    }
}
