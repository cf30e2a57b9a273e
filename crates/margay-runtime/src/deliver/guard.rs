//! The guard: which addresses an alert may be sent to.
//!
//! A destination's URL is typed by whoever may manage destinations, and called by this server from inside the operator's network.
//! So only public addresses are called, unless the operator allows others when the server is started. A name is resolved once, what
//! it resolves to is checked, and the connection goes to what was checked: a name that resolves otherwise a moment later changes
//! nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;

#[cfg(test)]
mod tests;

/// The most addresses of a name that are tried.
const ADDRESSES_MAX: usize = 8;

/// Which addresses may be called.
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    allowed: Arc<[IpNet]>,
}

/// A text is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network\nhint: write 127.0.0.1 or 10.0.0.0/8")]
pub struct NetworkProblem(String);

/// Why a destination is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Its name resolves to nothing.
    #[error("the name {host} cannot be resolved: {cause}")]
    Unresolved {
        /// The name.
        host: String,
        /// What the system said.
        cause: String,
    },
    /// All that it resolves to is refused.
    #[error(
        "{host} is at {address}, which is not a public address\nhint: to send alerts there, start the server with `--allow-address {address}`"
    )]
    NotPublic {
        /// The name or address.
        host: String,
        /// The address.
        address: IpAddr,
    },
}

impl AddressGuard {
    /// Makes a guard that lets public addresses pass, and those in `allowed`.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// As [`Self::new`], of networks or addresses as people write them.
    ///
    /// # Errors
    /// Names the first that is neither.
    pub fn parse(allowed: &[String]) -> Result<Self, NetworkProblem> {
        let net = |text: &String| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| text.parse::<IpNet>())
                .map_err(|_| NetworkProblem(text.chars().take(60).collect()))
        };
        Ok(Self::new(allowed.iter().map(net).collect::<Result<_, _>>()?))
    }

    /// Whether an address may be called.
    pub fn lets_pass(&self, address: IpAddr) -> bool {
        is_public(address) || self.is_allowed(address)
    }

    /// Whether the operator has named the address: then it may be called without TLS as well.
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|net| net.contains(&address))
    }

    /// Resolves a host and returns what of it may be called; never nothing.
    ///
    /// # Errors
    /// When it resolves to nothing, or to nothing that may be called.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, AddressProblem> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let unresolved = |cause: String| AddressProblem::Unresolved {
            host: host.to_owned(),
            cause,
        };
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port))
                .await
                .map_err(|error| unresolved(error.to_string()))?
                .take(ADDRESSES_MAX)
                .collect(),
        };
        let Some(first) = found.first().copied() else {
            return Err(unresolved("there is no address".to_owned()));
        };
        let passing: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| self.lets_pass(address.ip()))
            .collect();
        if passing.is_empty() {
            return Err(AddressProblem::NotPublic {
                host: host.to_owned(),
                address: first.ip(),
            });
        }
        Ok(passing)
    }
}

/// Whether an address belongs to the public internet. Addresses that carry an IPv4 address within are what that is.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(within) => is_public_v4(within),
            None => is_public_v6(address),
        },
    }
}

/// The special-purpose blocks of IANA's registry that are not globally reachable (RFC 6890 and its updates, read 2026-11-23), and
/// multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0 // this network
        || a == 127 // loopback
        || address.is_private()
        || address.is_link_local()
        || (a == 100 && (64..128).contains(&b)) // shared by carriers
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || address.is_documentation()
        || (a == 192 && b == 88 && c == 99) // 6to4 relays, withdrawn
        || (a == 198 && (b == 18 || b == 19)) // benchmarks
        || a >= 224; // multicast, reserved, broadcast
    !is_special
}

/// Only what is assigned to be reached from everywhere, `2000::/3`, less what is special in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    // Protocol assignments, Teredo, benchmarks, ORCHID; documentation.
    let is_special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || (a == 0x3fff && b < 0x1000); // documentation
    is_global && !is_special
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated (RFC 6052) or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}
