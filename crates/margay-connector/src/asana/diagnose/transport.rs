//! What it means that no answer came, each way of failing with its own text.

use jiff::Timestamp;
use url::Url;

use super::causes::cause;
use crate::asana::diagnosis::{Cause, Diagnosis, Observed};
use crate::asana::endpoint::endpoint_text;
use crate::asana::settings::Settings;
use crate::transport::{TransportFailure, TransportFailureKind};

/// Returns what `failure` of the request to `url` means.
pub(crate) fn no_answer(settings: &Settings, url: &Url, now: Timestamp, failure: &TransportFailure) -> Diagnosis {
    let host = settings.api_url.authority();
    let title = match failure.kind {
        TransportFailureKind::Dns
        | TransportFailureKind::Refused
        | TransportFailureKind::Timeout
        | TransportFailureKind::Tls => format!("This server cannot reach {host}"),
        TransportFailureKind::Reset | TransportFailureKind::BodyCut | TransportFailureKind::Other => {
            format!("The connection to {host} broke")
        }
        TransportFailureKind::BodyTooLong => format!("The answer of {host} is too long"),
    };
    Diagnosis {
        title,
        summary: summary(settings, failure.kind),
        field: None,
        causes: causes(settings, failure.kind),
        observed: Observed {
            endpoint: endpoint_text(url),
            status: None,
            vendor_message: Some(failure.to_string()),
            request_id: None,
            at: now,
        },
        remedy: failure.remedy(),
    }
}

fn summary(settings: &Settings, kind: TransportFailureKind) -> String {
    let host = settings.api_url.authority();
    let happened = match kind {
        TransportFailureKind::Dns => format!("The name of {host} has no address here."),
        TransportFailureKind::Refused => format!("The connection to {host} was refused."),
        TransportFailureKind::Timeout => format!("{host} did not answer in time."),
        TransportFailureKind::Tls => format!("No secure connection (TLS) to {host} could be made."),
        TransportFailureKind::Reset => format!("The connection to {host} was closed before the answer was complete."),
        TransportFailureKind::BodyCut => format!("The answer of {host} ended early."),
        TransportFailureKind::BodyTooLong => format!("{host} sent more than is read."),
        TransportFailureKind::Other => format!("The request to {host} failed."),
    };
    format!("{happened} The credentials were not judged.")
}

/// The shell's HTTP client reads `HTTPS_PROXY`, except for loopback addresses, and trusts the system's certificate
/// authorities and those of `--ca-file`.
fn causes(settings: &Settings, kind: TransportFailureKind) -> Vec<Cause> {
    let host = settings.api_url.authority();
    let is_about_content = matches!(kind, TransportFailureKind::Tls | TransportFailureKind::BodyTooLong);
    if settings.api_url.is_loopback() && !is_about_content {
        return vec![cause(
            format!("What should answer at {host} on this machine is not running, or not well."),
            "Start it, such as the simulator, or correct the API URL.",
        )];
    }
    match kind {
        TransportFailureKind::Dns => vec![
            cause(
                "This machine's name resolution does not work, or the host name is mistyped.",
                format!(
                    "Look the name up here, such as with `getent hosts {}`, and check the API URL.",
                    settings.api_url.host()
                ),
            ),
            proxy_cause(host),
        ],
        TransportFailureKind::Refused => vec![
            cause(
                "A firewall refuses the connection.",
                format!("Allow outgoing connections to {host}."),
            ),
            proxy_cause(host),
        ],
        TransportFailureKind::Timeout => vec![
            cause(
                "A firewall drops the connection, or the network is slow.",
                format!("Allow outgoing connections to {host}, then try again."),
            ),
            proxy_cause(host),
        ],
        TransportFailureKind::Tls => vec![
            cause(
                "A proxy in your network opens TLS connections, and its certificate authority is not trusted here.",
                "Get that authority's certificate from whoever runs the network, and give it with `--ca-file` or add it to the system's.",
            ),
            cause(
                "This machine's clock is wrong, so certificates seem to be out of date.",
                "Compare the time below with the real one.",
            ),
            cause(
                "This machine has no list of certificate authorities.",
                "Install it; most systems call the package ca-certificates.",
            ),
        ],
        TransportFailureKind::Reset | TransportFailureKind::BodyCut | TransportFailureKind::Other => vec![cause(
            "The network or a proxy broke the connection off. It often passes by itself.",
            "Try again. If it stays, ask whoever runs the network.",
        )],
        TransportFailureKind::BodyTooLong => vec![cause(
            "Something other than Asana's API answers, or single events are extremely large.",
            "Check the API URL; ask for fewer records a page.",
        )],
    }
}

fn proxy_cause(host: &str) -> Cause {
    cause(
        "This network reaches the outside only through a proxy.",
        format!("Set the environment variable HTTPS_PROXY to the proxy's URL; it is used for {host} too."),
    )
}
