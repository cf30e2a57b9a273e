//! How people reach a server: by which address, under which name, with or without TLS.

use std::net::{IpAddr, SocketAddr};

use margay_server::{Tls, TlsFiles, Transport};
use url::{Host, Url};

use crate::cli::Serve;
use crate::exit::{Exit, Failure, OrExit, Outcome};

#[cfg(test)]
mod tests;

/// How people reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    /// What links begin with, without a slash at the end.
    pub(super) base: String,
    /// Whether the operator has said so.
    pub(super) is_told: bool,
    /// The host that requests name, besides those of this machine.
    pub(super) host: Option<String>,
    /// Whether the server speaks TLS itself.
    pub(super) has_tls: bool,
}

impl Reach {
    /// Decides what to call a server that listens on `address`.
    ///
    /// # Errors
    /// When that cannot be a URL that leads there, or is not known.
    pub(super) fn of(address: SocketAddr, public_url: Option<&str>, transport: &Transport) -> Outcome<Self> {
        let has_tls = matches!(transport, Transport::Tls(_));
        let scheme = if has_tls { "https" } else { "http" };
        let Some(told) = public_url else {
            // Every name may have been made to lead here; an address in a request is what the browser was told to ask.
            let host = match address.ip() {
                ip if ip.is_unspecified() => return Err(nameless(address)),
                ip if ip.is_loopback() => None,
                _ => Some(address.to_string()),
            };
            return Ok(Self {
                base: format!("{scheme}://{address}"),
                is_told: false,
                host,
                has_tls,
            });
        };
        if !(told.starts_with("https://") || told.starts_with("http://")) {
            return Err(usage("--public-url begins with https:// or http://"));
        }
        if has_tls && !told.starts_with("https://") {
            return Err(usage("--public-url begins with https://, since this server speaks TLS"));
        }
        Ok(Self {
            base: told.trim_end_matches('/').to_owned(),
            is_told: true,
            host: Some(host_of(told)?),
            has_tls,
        })
    }

    /// Whether browsers reach it by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// Whether a proxy is in front, which tells who asks.
    pub(super) fn is_proxied(&self) -> bool {
        self.is_told && !self.has_tls
    }

    /// Whether what people send may be read on its way.
    pub(super) fn is_open_to_eavesdropping(&self) -> bool {
        let host = Url::parse(&self.base)
            .ok()
            .and_then(|url| url.host().map(|host| host.to_owned()));
        let stays_here = match host {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
            None => false,
        };
        !self.is_secure() && !stays_here
    }
}

/// Returns how clients talk to the server.
///
/// # Errors
/// When there is a certificate that cannot be used.
pub(super) fn transport(arguments: &Serve) -> Outcome<Transport> {
    let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else {
        return Ok(if arguments.insecure_listen {
            Transport::Insecure
        } else {
            Transport::Loopback
        });
    };
    let files = TlsFiles {
        certificate: certificate.clone(),
        key: key.clone(),
    };
    Tls::load(files).map(Transport::Tls).or_exit(Exit::Usage)
}

/// Returns the host of a URL that begins as one, with its port.
fn host_of(public_url: &str) -> Outcome<String> {
    let authority = public_url
        .split_once("://")
        .map(|(_, rest)| rest.split(['/', '?', '#']).next());
    match authority.flatten() {
        Some(host) if !host.is_empty() && !host.contains('@') => Ok(host.to_owned()),
        _ => Err(usage("--public-url names a host, such as https://margay.example.com")),
    }
}

fn nameless(address: SocketAddr) -> Failure {
    usage(format!(
        "which name do people call {address} by? Requests for other names are refused\nhint: --public-url https://margay.example.com:{}",
        address.port()
    ))
}

fn usage(text: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, text.into())
}
