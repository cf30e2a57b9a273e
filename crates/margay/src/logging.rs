//! What the process tells of itself: log messages to standard error, and traces to a collector if one is named. Never a secret or a
//! record's content.

use std::io::IsTerminal;

use margay_runtime::telemetry::SPANS;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{Command, Global, LogFormat};
use crate::exit::Outcome;
use crate::output;
use crate::traces::{self, Traces};

/// What our own crates say is logged and traced; of libraries only what is wrong.
const OURS: [&str; 3] = ["margay", "margay_runtime", "margay_server"];

/// Starts logging and, if a collector is named, tracing. A filter that cannot be read is said, and the default is used.
///
/// # Errors
/// When traces are wanted and cannot be sent.
pub(crate) fn install(global: &Global, command: &Command) -> Outcome<Option<Traces>> {
    let traces = traces::begin(global, command)?;
    let exported = traces.as_ref().map(|traces| exported(traces.provider()));
    let terminal = std::io::stderr().is_terminal();
    let messages = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(terminal);
    let messages = match global.log_format {
        LogFormat::Text => messages.boxed(),
        LogFormat::Json => messages.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(messages.with_filter(filter(global, command)))
        .with(exported)
        .init();
    Ok(traces)
}

fn filter(global: &Global, command: &Command) -> EnvFilter {
    let default = if matches!(command, Command::Serve(_)) {
        "info"
    } else {
        "warn"
    };
    let standard = || {
        let ours = OURS.map(|name| format!("{name}={default}")).join(",");
        EnvFilter::new(format!("warn,{ours}"))
    };
    match global.log.as_deref().map(EnvFilter::try_new) {
        None => standard(),
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            output::note(format_args!(
                "warning: the log filter is not valid ({error}); using the default"
            ));
            standard()
        }
    }
}

/// Spans of ours, and the messages that are logged within them, whatever goes to standard error.
fn exported<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    let ours = OURS.into_iter().chain([SPANS]);
    let filter = Targets::new().with_targets(ours.map(|name| (name, LevelFilter::INFO)));
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("margay"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter)
}
