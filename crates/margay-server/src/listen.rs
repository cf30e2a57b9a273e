//! Binding the port, serving, and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use margay_runtime::{Clock, Status};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::{self, Api, ApiParts, edge};
use crate::{health, metrics};

/// No endpoint outside the API takes longer than this; a stuck one must not hold its connection.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// No endpoint outside the API reads a body.
const REQUEST_BODY_BYTES_MAX: usize = 16 * 1024;

/// What the endpoints read.
#[derive(Clone)]
pub struct ServerParts {
    /// The process' own health.
    pub status: Arc<Status>,
    /// The time.
    pub clock: Clock,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// What the API works with.
    pub api: ApiParts,
}

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// There is no TLS here, so nothing may be reachable from elsewhere.
    #[error(
        "refusing to listen on {address}: without TLS only loopback is safe\nhint: use 127.0.0.1 and reach it through SSH or a proxy"
    )]
    NotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The port is taken or not allowed.
    #[error("could not listen on {address}\nhint: is another server on that port? choose one with --listen")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

/// A bound server that does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds `address`, so that a taken port is known before anything else begins.
    ///
    /// # Errors
    /// When the address is not on loopback or cannot be bound.
    pub async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() {
            return Err(ListenError::NotLoopback { address });
        }
        let bind_error = |cause| ListenError::Bind { address, cause };
        let listener = TcpListener::bind(address).await.map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        Ok(Self { listener, address })
    }

    /// The address, with the port that was chosen if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then finishes the requests in hand.
    pub async fn serve(self, parts: ServerParts, stop: CancellationToken) {
        let router = router(parts);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(self.listener, service)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the HTTP server stopped");
        }
    }
}

fn router(parts: ServerParts) -> Router {
    let api = Api::new(parts.api.clone());
    let names = api.names.clone();
    let own = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::render))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .layer(RequestBodyLimitLayer::new(REQUEST_BODY_BYTES_MAX))
        .with_state(parts);
    own.merge(api::router(api))
        .layer(axum::middleware::from_fn_with_state(names, edge::guard))
}
