//! What each scanner takes from a string.

use std::borrow::Cow;
use std::net::IpAddr;

use memchr::memchr;

use super::{Found, Indicator, IndicatorColumn};

/// Runs one scanner over one string.
pub(super) fn scan<'t>(indicator: Indicator, text: &'t str, found: &mut Found<'t>) {
    let trimmed = trimmed(text);
    match indicator {
        Indicator::ActorId => found.add(IndicatorColumn::ActorIds, trimmed),
        Indicator::AwsAccountId => aws_account_id(text, found),
        Indicator::AwsArn => aws_arn(text, found),
        Indicator::AwsArnOnly => {
            if Arn::parse(text).is_some() {
                found.add(IndicatorColumn::AwsArns, text);
            }
        }
        Indicator::AwsInstanceId => aws_instance_id(text, found),
        Indicator::AwsTag => found.add(IndicatorColumn::AwsTags, text),
        Indicator::Domain => domain(trimmed, found),
        Indicator::Email => email(trimmed, found),
        Indicator::Hostname => hostname(trimmed, found),
        Indicator::Ip => ip(trimmed, found),
        Indicator::Mac => mac(trimmed, found),
        Indicator::Md5 => hash(IndicatorColumn::Md5Hashes, 32, trimmed, found),
        Indicator::NetAddr => hostname(host_of_address(trimmed), found),
        Indicator::SerialNumber => found.add(IndicatorColumn::SerialNumbers, trimmed),
        Indicator::Sha1 => hash(IndicatorColumn::Sha1Hashes, 40, trimmed, found),
        Indicator::Sha256 => hash(IndicatorColumn::Sha256Hashes, 64, trimmed, found),
        Indicator::TraceId => found.add(IndicatorColumn::TraceIds, trimmed),
        Indicator::Url => hostname(host_of_url(trimmed).unwrap_or_default(), found),
        Indicator::Username => found.add(IndicatorColumn::Usernames, trimmed),
    }
}

/// What `str::trim` returns; most texts have nothing to trim, and show it by their first and last byte.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [one] | [one, .., _] if !one.is_ascii_graphic() => text.trim(),
        [.., last] if !last.is_ascii_graphic() => text.trim(),
        _ => text,
    }
}

fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Kept as written, so that it matches what the vendor shows.
fn ip<'t>(text: &'t str, found: &mut Found<'t>) {
    if is_ip(text) {
        found.add(IndicatorColumn::IpAddresses, text);
    }
}

fn hostname<'t>(text: &'t str, found: &mut Found<'t>) {
    if is_ip(text) {
        found.add(IndicatorColumn::IpAddresses, text);
    } else {
        domain(text, found);
    }
}

/// Labels that start with `xn--` are decoded; one that cannot be is kept.
fn domain<'t>(text: &'t str, found: &mut Found<'t>) {
    const ENCODED: &str = "xn--";
    // A text longer than any domain name is no work for the decoder, whose time grows with the square of a label.
    if !text.contains(ENCODED) || text.len() > DOMAIN_BYTES_MAX {
        return found.add(IndicatorColumn::DomainNames, text);
    }
    let decode = |label: &str| {
        let decoded = label.strip_prefix(ENCODED).filter(|rest| !rest.is_empty());
        decoded
            .and_then(idna::punycode::decode_to_string)
            .unwrap_or_else(|| label.to_owned())
    };
    let labels: Vec<String> = text.split('.').map(decode).collect();
    found.add(IndicatorColumn::DomainNames, labels.join("."));
}

/// Bytes of a domain name (RFC 1035, section 2.3.4).
const DOMAIN_BYTES_MAX: usize = 255;

/// An address has something on both sides of an `@`, and no white space.
fn email<'t>(text: &'t str, found: &mut Found<'t>) {
    let Some(at) = memchr(b'@', text.as_bytes()) else {
        return;
    };
    let has_both_sides = at > 0 && at + 1 < text.len();
    if has_both_sides && !has_space(text) {
        found.add(IndicatorColumn::Emails, text);
    }
}

fn has_space(text: &str) -> bool {
    if text.is_ascii() {
        // What `char::is_whitespace` takes of ASCII.
        text.bytes().any(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
    } else {
        text.contains(char::is_whitespace)
    }
}

fn hash<'t>(column: IndicatorColumn, length: usize, text: &'t str, found: &mut Found<'t>) {
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        found.add(column, lower_case(text));
    }
}

/// Copied only if it is not so already.
fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Six or eight pairs of digits with colons or hyphens, or three or four fours with dots.
fn mac<'t>(text: &'t str, found: &mut Found<'t>) {
    let group = match text.as_bytes() {
        [_, _, b':' | b'-', ..] => 2,
        [_, _, _, _, b'.', ..] => 4,
        _ => return,
    };
    let separator = &text[group..=group];
    let is_grouped = text
        .split(separator)
        .all(|part| part.len() == group && part.bytes().all(|b| b.is_ascii_hexdigit()));
    let digit_count = text.bytes().filter(u8::is_ascii_hexdigit).count();
    if !is_grouped || ![12, 16].contains(&digit_count) {
        return;
    }
    if separator == ":" {
        found.add(IndicatorColumn::MacAddresses, lower_case(text));
    } else {
        let mut address = String::with_capacity(digit_count / 2 * 3);
        for (index, digit) in text.chars().filter(char::is_ascii_hexdigit).enumerate() {
            if index > 0 && index % 2 == 0 {
                address.push(':');
            }
            address.push(digit.to_ascii_lowercase());
        }
        found.add(IndicatorColumn::MacAddresses, address);
    }
}

/// Returns the host of `host:port`, `[v6]:port`, or the whole text if it has no port.
fn host_of_address(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, "")) => host,
            Some((host, port)) if port.starts_with(':') && !port[1..].contains(':') => host,
            _ => text,
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => text,
    }
}

/// Returns the host of an absolute URL: between `//` and the path, without user and port.
fn host_of_url(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_scheme || authority.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    match host_and_port.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, _)| host),
        None => host_and_port.split(':').next(),
    }
}

fn aws_account_id<'t>(text: &'t str, found: &mut Found<'t>) {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        found.add(IndicatorColumn::AwsAccountIds, text);
    }
}

fn aws_instance_id<'t>(text: &'t str, found: &mut Found<'t>) {
    if text.starts_with("i-") {
        found.add(IndicatorColumn::AwsInstanceIds, text);
    }
}

/// The parts of an ARN that are looked at.
struct Arn<'a> {
    service: &'a str,
    account_id: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads `arn:partition:service:region:account-id:resource`; only the resource may hold more colons.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next() == Some("arn");
        let (_partition, service, _region) = (parts.next()?, parts.next()?, parts.next()?);
        let (account_id, resource) = (parts.next()?, parts.next()?);
        is_arn.then_some(Self {
            service,
            account_id,
            resource,
        })
    }
}

fn aws_arn<'t>(text: &'t str, found: &mut Found<'t>) {
    let Some(arn) = Arn::parse(text) else { return };
    found.add(IndicatorColumn::AwsArns, text);
    aws_account_id(arn.account_id, found);
    if let Some(instance_id) = arn.resource.strip_prefix("instance/") {
        aws_instance_id(instance_id, found);
    }
    if arn.service == "sts"
        && let Some((_role, session)) = arn
            .resource
            .strip_prefix("assumed-role/")
            .and_then(|rest| rest.split_once('/'))
    {
        email(session, found);
    }
}
