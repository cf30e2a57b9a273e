//! `margay serve`: polls, lands and answers health checks until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use margay_runtime::deliver::Post;
use margay_runtime::deliver::courier::Courier;
use margay_runtime::deliver::guard::AddressGuard;
use margay_runtime::serve::{ServeError, ServeSettings, serve};
use margay_runtime::{Line, Status, telemetry};
use margay_server::{ApiParts, Server, ServerParts, SetupCode, Transport};
use margay_store::POLL_INTERVAL_MAX;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::cli::{Global, Serve};
use crate::duration::parse_duration;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::{open, output, signal};

mod reach;

use reach::Reach;

/// A landing takes from milliseconds (live) to seconds (backfill).
const LANDING_SECONDS_BUCKETS: [f64; 9] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];
/// How long open connections may take to finish when the server stops.
const HTTP_STOP_PATIENCE: Duration = Duration::from_secs(3);
/// Histograms are drained at this pace so that they do not grow when nobody scrapes.
const METRICS_UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// The shortest `--poll-interval`: shorter than that of any source, for trials against a simulator; below it a unit was mistaken.
const SERVER_POLL_INTERVAL_MIN: Duration = Duration::from_millis(100);

pub(super) async fn run(global: &Global, arguments: Serve) -> Outcome {
    let stop = signal::stop_token();
    let poll_interval = poll_interval(&arguments.poll_interval)?;
    let guard = guard(&arguments.allow_addresses)?;
    let transport = reach::transport(&arguments)?;
    let server = bind(arguments.listen, transport.clone()).await?;
    let reach = Reach::of(server.address(), arguments.public_url.as_deref(), &transport)?;
    if reach.is_open_to_eavesdropping() {
        tracing::warn!(
            url = reach.base,
            "people reach this server without TLS: passwords, sessions and tokens can be read on the way; use --tls-cert, or a proxy with TLS"
        );
    }
    let writable = open::for_writing(global, "margay serve").await?;
    let settings = ServeSettings {
        guard,
        alerts_url: format!("{}/alerts/", reach.base),
        ..ServeSettings::new(poll_interval, &writable.data_dir)
    };
    let surroundings = Surroundings {
        vendors: self::guard(&arguments.allow_api_addresses)?,
        setup_code: setup_code(&writable.line, &reach.base).await?,
        reach: Some(reach),
    };
    serve_until(&writable.line, server, settings, surroundings, stop).await
}

/// What the HTTP API is told of where it is.
#[derive(Default)]
pub(super) struct Surroundings {
    /// How people reach it; on this machine only, if nothing is said.
    reach: Option<Reach>,
    /// Addresses that may be a vendor's, besides the vendors' own.
    vendors: AddressGuard,
    /// The code with which the first user is made, if there is none.
    pub(super) setup_code: Option<Arc<SetupCode>>,
}

/// Reads the interval of sources that have none of their own.
fn poll_interval(text: &str) -> Outcome<Duration> {
    let interval = parse_duration("--poll-interval", text)?;
    if !(SERVER_POLL_INTERVAL_MIN..=POLL_INTERVAL_MAX).contains(&interval) {
        let message = format!(
            "`{text}` cannot be --poll-interval: it is 100ms to 24h\nhint: `margay source pause` is for a source that is not to be polled"
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(interval)
}

/// Reads the networks that may be called besides those that always may.
pub(super) fn guard(allowed: &[String]) -> Outcome<AddressGuard> {
    AddressGuard::parse(allowed).or_exit(Exit::Usage)
}

/// Makes the code with which the first user is made, if there is none, and prints the link to where that is done.
pub(super) async fn setup_code(line: &Line, base: &str) -> Outcome<Option<Arc<SetupCode>>> {
    if !line.store.has_no_user().await.or_exit(Exit::Storage)? {
        return Ok(None);
    }
    // 122 random bits, within the half hour that it is taken.
    let value = Uuid::new_v4().simple().to_string();
    // After #, where no server and no log sees it.
    output::line(format_args!(
        "open {base}/setup#t={value} to make the first administrator; the link is good for half an hour"
    ));
    Ok(Some(Arc::new(SetupCode::new(value.into()))))
}

/// Binds the port before anything else begins, so that a taken one costs nothing.
pub(super) async fn bind(address: SocketAddr, transport: Transport) -> Outcome<Server> {
    Server::bind(address, transport).await.or_exit(Exit::Usage)
}

/// Runs the line and its HTTP server until `stop`.
pub(super) async fn serve_until(
    line: &Line,
    server: Server,
    settings: ServeSettings,
    surroundings: Surroundings,
    stop: CancellationToken,
) -> Outcome {
    let status = Arc::new(Status::default());
    let reach = surroundings.reach.as_ref();
    let courier = Courier::new(settings.guard.clone(), line.clock.clone(), None).or_exit(Exit::Failure)?;
    let http_parts = ServerParts {
        status: Arc::clone(&status),
        clock: line.clock.clone(),
        metrics: install_metrics()?,
        api: ApiParts {
            line: line.clone(),
            post: Post {
                courier,
                alerts_url: settings.alerts_url.clone(),
                wake: Arc::clone(&line.outbox),
            },
            vendors: surroundings.vendors,
            poll_interval: settings.poll_interval,
            is_secure: reach.is_some_and(Reach::is_secure),
            has_tls: reach.is_some_and(|reach| reach.has_tls),
            is_proxied: reach.is_some_and(Reach::is_proxied),
            public_url: reach.filter(|reach| reach.is_told).map(|reach| reach.base.clone()),
            public_host: reach.and_then(|reach| reach.host.clone()),
            setup_code: surroundings.setup_code,
        },
    };
    // Whoever waits for this line finds everything put together.
    tracing::info!(address = %server.address(), data_dir = %settings.data_dir.display(), "listening");
    let upkeep = tokio::spawn(keep_metrics(http_parts.metrics.clone(), stop.clone()));
    let http = tokio::spawn(server.serve(http_parts, stop.clone()));
    let outcome = serve(line, &settings, status, stop.clone()).await;
    // A failed start stops the rest too.
    stop.cancel();
    // A client that never finishes its request must not keep the data directory locked.
    let mut http = http;
    if tokio::time::timeout(HTTP_STOP_PATIENCE, &mut http).await.is_err() {
        http.abort();
    }
    upkeep.await.or_exit(Exit::Failure)?;
    outcome.map_err(|error| match error {
        ServeError::LoopDied => Failure::of(Exit::Failure, error),
        error => Failure::of(Exit::Storage, error),
    })
}

fn install_metrics() -> Outcome<PrometheusHandle> {
    let landing = Matcher::Full("margay_landing_seconds".to_owned());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(landing, &LANDING_SECONDS_BUCKETS)
        .or_exit(Exit::Failure)?;
    let handle = builder.install_recorder().or_exit(Exit::Failure)?;
    telemetry::describe();
    Ok(handle)
}

async fn keep_metrics(handle: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(METRICS_UPKEEP_INTERVAL) => handle.run_upkeep(),
        }
    }
}
