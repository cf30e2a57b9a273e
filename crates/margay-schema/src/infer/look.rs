//! What strings look like, and which indicators that makes with the name of their field.
//!
//! Content alone decides where nothing else looks like it: addresses, URLs, hashes, ARNs. Where many things do (a single
//! word may be a host, twelve digits an account) the name has to agree. Scanners that take any text go by name alone.

use std::net::{IpAddr, SocketAddr};

use super::word::Words;
use crate::indicator::Indicator;

/// What a string may look like. Each is one bit of [`Looks`].
#[derive(Debug, Clone, Copy)]
enum Look {
    Ip,
    /// Address and port.
    Socket,
    Email,
    Url,
    /// At least two labels.
    Domain,
    /// Any number of labels, or an address.
    Host,
    /// At least two labels, or an address.
    DomainOrIp,
    Arn,
    AccountId,
    InstanceId,
    Mac,
    Md5,
    Sha1,
    Sha256,
}

impl Look {
    const ALL: [Self; 14] = [
        Self::Ip,
        Self::Socket,
        Self::Email,
        Self::Url,
        Self::Domain,
        Self::Host,
        Self::DomainOrIp,
        Self::Arn,
        Self::AccountId,
        Self::InstanceId,
        Self::Mac,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
    ];

    fn fits(self, text: &str) -> bool {
        match self {
            Self::Ip => text.parse::<IpAddr>().is_ok(),
            Self::Socket => text.parse::<SocketAddr>().is_ok(),
            Self::Email => is_email(text),
            Self::Url => is_url(text),
            Self::Domain => is_domain(text),
            Self::Host => is_host(text) || text.parse::<IpAddr>().is_ok(),
            Self::DomainOrIp => is_domain(text) || text.parse::<IpAddr>().is_ok(),
            Self::Arn => is_arn(text),
            Self::AccountId => text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::InstanceId => text
                .strip_prefix("i-")
                .is_some_and(|id| [8, 17].contains(&id.len()) && is_hexadecimal(id)),
            Self::Mac => is_mac(text),
            Self::Md5 => is_hash(text, 32),
            Self::Sha1 => is_hash(text, 40),
            Self::Sha256 => is_hash(text, 64),
        }
    }
}

/// A set of looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looks(u16);

impl Looks {
    pub(super) const ALL: Self = Self(u16::MAX);

    /// Returns those of the set that `text` has.
    pub(super) fn of(self, text: &str) -> Self {
        let mut left = 0;
        for look in Look::ALL {
            if self.has(look) && look.fits(text) {
                left |= 1 << look as u16;
            }
        }
        Self(left)
    }

    const fn has(self, look: Look) -> bool {
        self.0 & (1 << look as u16) != 0
    }

    /// Returns the indicators of strings that all have these looks, in a field of this name in an object of that name.
    pub(super) fn indicators(self, name: &Words, parent: &Words) -> Vec<Indicator> {
        if let Some(indicator) = self.by_content(name) {
            let is_user_too = indicator == Indicator::Email && is_user(name, parent);
            return if is_user_too {
                vec![indicator, Indicator::Username]
            } else {
                vec![indicator]
            };
        }
        by_name(name, parent).into_iter().collect()
    }

    fn by_content(self, name: &Words) -> Option<Indicator> {
        let is_random = name.has(&RANDOM_WORDS) || name.ends_with(&["id", "token"]);
        let alone = [
            (Look::Arn, Indicator::AwsArn),
            (Look::Email, Indicator::Email),
            (Look::Url, Indicator::Url),
            (Look::Socket, Indicator::NetAddr),
            (Look::Mac, Indicator::Mac),
        ];
        let hashes = [
            (Look::Md5, Indicator::Md5),
            (Look::Sha1, Indicator::Sha1),
            (Look::Sha256, Indicator::Sha256),
        ];
        let named = [
            (
                Look::AccountId,
                name.has(&["account", "accounts"]),
                Indicator::AwsAccountId,
            ),
            (
                Look::InstanceId,
                name.has(&["instance", "instances"]),
                Indicator::AwsInstanceId,
            ),
            (
                Look::Host,
                name.has(&HOST_WORDS) || name.ends_with(&["host", "hostname"]),
                Indicator::Hostname,
            ),
            (Look::Domain, name.has(&DOMAIN_WORDS), Indicator::Domain),
            (Look::Ip, true, Indicator::Ip),
            (Look::DomainOrIp, name.has(&ADDRESS_WORDS), Indicator::Hostname),
        ];
        let found = |pairs: &[(Look, Indicator)]| pairs.iter().find(|(look, _)| self.has(*look)).map(|pair| pair.1);
        found(&alone)
            .or_else(|| if is_random { None } else { found(&hashes) })
            .or_else(|| {
                let found = named.iter().find(|(look, is_named, _)| *is_named && self.has(*look));
                found.map(|(_, _, indicator)| *indicator)
            })
    }
}

/// Names of values that are as long as a hash and are none.
const RANDOM_WORDS: [&str; 10] = [
    "guid", "key", "nonce", "salt", "secret", "session", "span", "token", "trace", "uuid",
];

const HOST_WORDS: [&str; 6] = ["computer", "fqdn", "host", "hostname", "hosts", "server"];

/// Names of addresses, for which some logs give a host's name if they know it.
const ADDRESS_WORDS: [&str; 6] = ["addr", "address", "client", "ip", "peer", "remote"];

const DOMAIN_WORDS: [&str; 4] = ["dns", "domain", "domains", "sni"];

/// Names of things that act.
const ACTOR_WORDS: [&str; 9] = [
    "account",
    "actor",
    "author",
    "creator",
    "identity",
    "owner",
    "principal",
    "user",
    "users",
];

/// Returns the scanner of a field whose name says what is in it.
fn by_name(name: &Words, parent: &Words) -> Option<Indicator> {
    if is_user(name, parent) {
        return Some(Indicator::Username);
    }
    let is_actor_id = name.is(&["actorid", "actoruuid", "principalid", "subjectid", "userid", "useruuid"])
        || (parent.has(&ACTOR_WORDS) && name.is(&["gid", "id", "uid", "uuid"]));
    if is_actor_id {
        return Some(Indicator::ActorId);
    }
    if name.ends_with(&["traceid", "requestid", "correlationid"]) {
        return Some(Indicator::TraceId);
    }
    name.ends_with(&["serialnumber", "serialno"])
        .then_some(Indicator::SerialNumber)
}

fn is_user(name: &Words, parent: &Words) -> bool {
    name.is(&[
        "login",
        "loginname",
        "remoteuser",
        "samaccountname",
        "upn",
        "user",
        "userlogin",
        "userprincipalname",
    ]) || name.ends_with(&["username", "actorname", "principalname"])
        || (parent.has(&ACTOR_WORDS) && name.is(&["login", "name"]))
}

/// Bytes of the longest host name, and of one label of it (RFC 1035, section 2.3.4).
const HOST_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= HOST_BYTES_MAX && text.split('.').all(is_label) && last.contains(char::is_alphabetic)
}

fn is_domain(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.') && last.starts_with(char::is_alphabetic) && is_host(text)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !user.contains(|c: char| c.is_whitespace() || "\"<>,;:()".contains(c)) && is_domain(host)
    })
}

/// Absolute, with a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let host = host_and_port.split(':').next().unwrap_or_default();
    is_scheme && (Look::Host.fits(host) || host_and_port.parse::<SocketAddr>().is_ok() || is_bracketed(host_and_port))
}

fn is_bracketed(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| inner.parse::<IpAddr>().is_ok())
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts[..], ["arn", partition, service, _, _, resource]
        if partition.starts_with("aws") && !service.is_empty() && !resource.is_empty())
}

fn is_mac(text: &str) -> bool {
    let is_pairs = |separator| {
        let mut pairs = 0;
        let all = text.split(separator).all(|pair| {
            pairs += 1;
            pair.len() == 2 && is_hexadecimal(pair)
        });
        all && pairs == 6
    };
    is_pairs(':') || is_pairs('-')
}

/// A hash without a single letter is so rare that such digits are rather a number.
fn is_hash(text: &str, length: usize) -> bool {
    text.len() == length && is_hexadecimal(text) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
