//! Binding the port, serving, and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use margay_runtime::{Clock, Status};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::{self, Api, ApiParts, edge};
use crate::paced::Paced;
use crate::tls::Tls;
use crate::{console, health, metrics};

#[cfg(test)]
mod tests;

/// No endpoint outside the API takes longer than this; a stuck one must not hold its connection.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// No endpoint outside the API reads a body.
const REQUEST_BODY_BYTES_MAX: usize = 16 * 1024;

/// The most connections at once: a console has six, and monitoring a few.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send the head of a request, and how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to agree on TLS: a few packets to and fro.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing of an answer may go to its client. Whoever does not read keeps a place, and what was to be answered in memory.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// What a TLS connection begins with: a record of a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 22;
/// So much of a request without TLS is read away before it is answered: what is left unread takes the answer along.
const PLAIN_REQUEST_BYTES_MAX: usize = 8 * 1024;
/// What a client is told that does not speak TLS where it is spoken.
const PLAIN_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Cache-Control: no-store\r\nConnection: close\r\n\r\nthis port speaks TLS\nhint: begin the address with https://\n";
/// How long to wait after a connection that could not be accepted: usually there are no descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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
    /// Without TLS, nothing may be reachable from elsewhere.
    #[error(
        "refusing to listen on {address}: without TLS only loopback is safe\nhint: give it a certificate with --tls-cert and --tls-key; or use 127.0.0.1 and reach it through SSH or a proxy; or, in a network where nobody listens in, --insecure-listen"
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
        cause: io::Error,
    },
}

/// How clients talk to the server.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Without TLS, on loopback only.
    Loopback,
    /// Without TLS, wherever it is: the operator says that nobody listens in there.
    Insecure,
    /// By TLS, wherever it is.
    Tls(Tls),
}

/// A bound server that does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    transport: Transport,
}

impl Server {
    /// Binds `address`, so that a taken port is known before anything else begins.
    ///
    /// # Errors
    /// When the address is not on loopback without TLS, or cannot be bound.
    pub async fn bind(address: SocketAddr, transport: Transport) -> Result<Self, ListenError> {
        if matches!(transport, Transport::Loopback) && !address.ip().is_loopback() {
            return Err(ListenError::NotLoopback { address });
        }
        let bind_error = |cause| ListenError::Bind { address, cause };
        let listener = TcpListener::bind(address).await.map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        Ok(Self {
            listener,
            address,
            transport,
        })
    }

    /// The address, with the port that was chosen if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then finishes the requests in hand.
    pub async fn serve(self, parts: ServerParts, stop: CancellationToken) {
        let router = router(parts);
        let tls = match self.transport {
            Transport::Tls(tls) => Some(tls),
            Transport::Loopback | Transport::Insecure => None,
        };
        let renewing = tls.clone().map(|tls| tokio::spawn(tls.keep(stop.clone())));
        let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        while let Some((stream, client, slot)) = next(&self.listener, &slots, &stop).await {
            let (router, tls, stop) = (router.clone(), tls.clone(), stop.clone());
            connections.spawn(async move {
                match tls {
                    None => talk(Paced::new(stream, WRITE_TIMEOUT), client, router, &stop).await,
                    Some(tls) => {
                        if let Some(stream) = agree(stream, &tls, &stop).await {
                            talk(stream, client, router, &stop).await;
                        }
                    }
                }
                drop(slot);
            });
            while connections.try_join_next().is_some() {}
        }
        while connections.join_next().await.is_some() {}
        if let Some(renewing) = renewing
            && let Err(error) = renewing.await
        {
            tracing::error!(%error, "looking after the TLS certificate ended unexpectedly");
        }
    }
}

/// Returns the next connection, and its place among those that there may be; nothing when the server stops.
async fn next(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accepted = async {
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, client)) => return Some((stream, client, slot)),
                // The client is gone, or there are no descriptors left: both pass.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => None,
        accepted = accepted => accepted,
    }
}

/// Agrees with a client on TLS; nothing if it does not, or not in time, or the server stops.
async fn agree(stream: TcpStream, tls: &Tls, stop: &CancellationToken) -> Option<TlsStream<Paced<TcpStream>>> {
    let agreed = tokio::select! {
        () = stop.cancelled() => return None,
        agreed = tokio::time::timeout(HANDSHAKE_TIMEOUT, shake_hands(stream, tls)) => agreed,
    };
    match agreed {
        Ok(Ok(stream)) => return stream,
        Ok(Err(error)) => tracing::debug!(%error, "a client did not agree on TLS"),
        Err(_) => tracing::debug!("a client took too long to agree on TLS"),
    }
    None
}

async fn shake_hands(mut stream: TcpStream, tls: &Tls) -> io::Result<Option<TlsStream<Paced<TcpStream>>>> {
    let mut first = [0];
    let has_begun = stream.peek(&mut first).await? > 0;
    if has_begun && first[0] == TLS_HANDSHAKE {
        let stream = Paced::new(stream, WRITE_TIMEOUT);
        return tls.acceptor().accept(stream).await.map(Some);
    }
    let mut request = vec![0; PLAIN_REQUEST_BYTES_MAX];
    if has_begun && stream.read(&mut request).await? > 0 {
        stream.write_all(PLAIN_ANSWER).await?;
        stream.shutdown().await?;
    }
    Ok(None)
}

/// Answers the requests of one connection, one after another.
async fn talk<S>(stream: S, client: SocketAddr, router: Router, stop: &CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(client));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn router(parts: ServerParts) -> Router {
    let api = Api::new(parts.api.clone());
    let names = api.names.clone();
    let own = Router::new()
        .route("/healthz", get(health::live))
        .merge(
            // They tell the names of sources, and whether something is wrong: not for whoever reaches the proxy.
            Router::new()
                .route("/readyz", get(health::ready))
                .route("/metrics", get(metrics::render))
                .layer(axum::middleware::from_fn(edge::local_only)),
        )
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_TIMEOUT,
        ))
        .layer(RequestBodyLimitLayer::new(REQUEST_BODY_BYTES_MAX))
        .with_state(parts);
    own.merge(api::router(api))
        .fallback(console::serve)
        .layer(axum::middleware::from_fn_with_state(names, edge::guard))
}
