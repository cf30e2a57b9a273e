//! Traces: what the line did, span by span, to an OpenTelemetry collector by OTLP over HTTP.
//!
//! Nothing is sent unless a collector is named. Spans wait in a bounded queue for a thread of their own: a collector that is slow or gone
//! costs spans, never events.

use std::time::Duration;

use margay_runtime::http;
use opentelemetry::KeyValue;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::cli::{Command, Global};
use crate::env_vars;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output;

/// How long one batch of spans may take on its way.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of the process waits for the last spans.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);
/// The path of traces under a collector's base address (the OTLP specification, "OTLP/HTTP request", read 2026-11-26).
const PATH: &str = "v1/traces";
const SERVICE: &str = "margay";

/// The way to the collector. Spans that wait are sent by [`Self::end`].
#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

/// Prepares the way to the collector, if one is named. Call outside the runtime: the exporter has a thread and blocks it.
///
/// # Errors
/// When its address is none, or no client can be made.
pub(crate) fn begin(global: &Global, command: &Command) -> Outcome<Option<Traces>> {
    let Some(base) = global.otlp_endpoint.as_deref().filter(|_| is_traced(command)) else {
        return Ok(None);
    };
    let url = traces_url(base)?;
    let client = http::blocking_client(&url, global.ca_file.as_deref(), EXPORT_TIMEOUT).or_exit(Exit::Usage)?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url.as_str())
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .or_exit(Exit::Usage)?;
    let mut resource = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    // The library reads the variable by itself, but calls a service without it unknown.
    if std::env::var_os(env_vars::SERVICE_NAME).is_none() {
        resource = resource.with_service_name(SERVICE);
    }
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build();
    Ok(Some(Traces { provider }))
}

impl Traces {
    pub(crate) fn provider(&self) -> &SdkTracerProvider {
        &self.provider
    }

    /// Sends what waits, for a moment.
    pub(crate) fn end(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_TIMEOUT) {
            output::note(format_args!("warning: the last traces were not sent: {error}"));
        }
    }
}

/// Whether a command is part of the line. What a person waits for is not held up by a collector that is gone.
fn is_traced(command: &Command) -> bool {
    matches!(command, Command::Serve(_) | Command::Pull(_))
}

fn traces_url(base: &str) -> Outcome<url::Url> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Usage,
            format!("--otlp-endpoint is no address of a collector: {why}\nhint: it looks like http://127.0.0.1:4318"),
        )
    };
    let mut url: url::Url = base.parse().map_err(|error| refused(&error))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(&"it begins with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(&"secrets belong into OTEL_EXPORTER_OTLP_HEADERS"));
    }
    url.path_segments_mut()
        .map_err(|()| refused(&"it has no path"))?
        .pop_if_empty()
        .extend(PATH.split('/'));
    Ok(url)
}
