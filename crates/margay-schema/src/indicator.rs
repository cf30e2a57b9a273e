//! Indicators: values worth pivoting on, gathered from an event's strings into its `p_any_…` columns.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::limits::INDICATOR_BYTES_MAX;

mod scan;
#[cfg(test)]
mod tests;

/// A column of indicators. Every event has all of them, mostly empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is the column of its name; `Indicator` says what goes in"
)]
pub enum IndicatorColumn {
    ActorIds,
    AwsAccountIds,
    AwsArns,
    AwsInstanceIds,
    AwsTags,
    DomainNames,
    Emails,
    IpAddresses,
    MacAddresses,
    Md5Hashes,
    SerialNumbers,
    Sha1Hashes,
    Sha256Hashes,
    TraceIds,
    Usernames,
}

impl IndicatorColumn {
    /// Every column, by name.
    pub const ALL: [Self; 15] = [
        Self::ActorIds,
        Self::AwsAccountIds,
        Self::AwsArns,
        Self::AwsInstanceIds,
        Self::AwsTags,
        Self::DomainNames,
        Self::Emails,
        Self::IpAddresses,
        Self::MacAddresses,
        Self::Md5Hashes,
        Self::SerialNumbers,
        Self::Sha1Hashes,
        Self::Sha256Hashes,
        Self::TraceIds,
        Self::Usernames,
    ];

    /// Returns the column's name in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActorIds => "p_any_actor_ids",
            Self::AwsAccountIds => "p_any_aws_account_ids",
            Self::AwsArns => "p_any_aws_arns",
            Self::AwsInstanceIds => "p_any_aws_instance_ids",
            Self::AwsTags => "p_any_aws_tags",
            Self::DomainNames => "p_any_domain_names",
            Self::Emails => "p_any_emails",
            Self::IpAddresses => "p_any_ip_addresses",
            Self::MacAddresses => "p_any_mac_addresses",
            Self::Md5Hashes => "p_any_md5_hashes",
            Self::SerialNumbers => "p_any_serial_numbers",
            Self::Sha1Hashes => "p_any_sha1_hashes",
            Self::Sha256Hashes => "p_any_sha256_hashes",
            Self::TraceIds => "p_any_trace_ids",
            Self::Usernames => "p_any_usernames",
        }
    }
}

impl fmt::Display for IndicatorColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A scanner: what to look for in a string, and so which columns it fills.
///
/// Text is trimmed of white space first, except by the AWS scanners; what does not fit is passed over silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Indicator {
    /// `actor_id`: any text → `p_any_actor_ids`.
    ActorId,
    /// `aws_account_id`: twelve digits → `p_any_aws_account_ids`.
    AwsAccountId,
    /// `aws_arn`: an ARN → `p_any_aws_arns`; and its account, its instance, and the e-mail address that names the
    /// session of an assumed role.
    AwsArn,
    /// `aws_arn_only`: an ARN → `p_any_aws_arns`, nothing else.
    AwsArnOnly,
    /// `aws_instance_id`: text that starts with `i-` → `p_any_aws_instance_ids`.
    AwsInstanceId,
    /// `aws_tag`: any text → `p_any_aws_tags`.
    AwsTag,
    /// `domain`: any text → `p_any_domain_names`, with `xn--` labels decoded.
    Domain,
    /// `email`: text around an `@` → `p_any_emails`.
    Email,
    /// `hostname`: an address → `p_any_ip_addresses`; other text as `domain`.
    Hostname,
    /// `ip`: an IPv4 or IPv6 address → `p_any_ip_addresses`.
    Ip,
    /// `mac`: a hardware address → `p_any_mac_addresses`, lower case with colons.
    Mac,
    /// `md5`: 32 hexadecimal digits → `p_any_md5_hashes`, lower case.
    Md5,
    /// `net_addr`: host, or host and port; the host as `hostname`.
    NetAddr,
    /// `serial_number`: any text → `p_any_serial_numbers`.
    SerialNumber,
    /// `sha1`: 40 hexadecimal digits → `p_any_sha1_hashes`, lower case.
    Sha1,
    /// `sha256`: 64 hexadecimal digits → `p_any_sha256_hashes`, lower case.
    Sha256,
    /// `trace_id`: any text → `p_any_trace_ids`.
    TraceId,
    /// `url`: the host of an absolute URL as `hostname`.
    Url,
    /// `username`: any text → `p_any_usernames`.
    Username,
}

impl Indicator {
    /// Every scanner, by name.
    pub const ALL: [Self; 19] = [
        Self::ActorId,
        Self::AwsAccountId,
        Self::AwsArn,
        Self::AwsArnOnly,
        Self::AwsInstanceId,
        Self::AwsTag,
        Self::Domain,
        Self::Email,
        Self::Hostname,
        Self::Ip,
        Self::Mac,
        Self::Md5,
        Self::NetAddr,
        Self::SerialNumber,
        Self::Sha1,
        Self::Sha256,
        Self::TraceId,
        Self::Url,
        Self::Username,
    ];

    /// Returns the word that the schema language uses for the scanner.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActorId => "actor_id",
            Self::AwsAccountId => "aws_account_id",
            Self::AwsArn => "aws_arn",
            Self::AwsArnOnly => "aws_arn_only",
            Self::AwsInstanceId => "aws_instance_id",
            Self::AwsTag => "aws_tag",
            Self::Domain => "domain",
            Self::Email => "email",
            Self::Hostname => "hostname",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Md5 => "md5",
            Self::NetAddr => "net_addr",
            Self::SerialNumber => "serial_number",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::TraceId => "trace_id",
            Self::Url => "url",
            Self::Username => "username",
        }
    }

    /// Returns the scanner of that name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|indicator| indicator.name() == name)
    }

    /// Adds what this scanner finds in `text` to `found`.
    pub(crate) fn scan<'t>(self, text: &'t str, found: &mut Found<'t>) {
        scan::scan(self, text, found);
    }
}

/// The indicators of one event.
///
/// - **Invariant**: sorted by column, then by bytes; each value once in its column; none empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Indicators {
    /// All values, one after the other.
    text: Box<str>,
    /// Of each value its column, and where in the text it ends; the next one starts there.
    ends: Box<[(IndicatorColumn, usize)]>,
}

impl Indicators {
    /// Returns whether no column holds anything.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the values of one column, sorted, each once; none if the column is empty.
    pub fn get(&self, column: IndicatorColumn) -> impl ExactSizeIterator<Item = &str> + Clone {
        let from = self.ends.partition_point(|(other, _)| *other < column);
        let to = self.ends.partition_point(|(other, _)| *other <= column);
        self.values(from..to)
    }

    /// Returns the columns that hold something, by name, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (IndicatorColumn, impl ExactSizeIterator<Item = &str> + Clone)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (column, _) = *self.ends.get(from)?;
            let count = self.ends[from..]
                .iter()
                .take_while(|(other, _)| *other == column)
                .count();
            let values = from..from + count;
            from = values.end;
            Some((column, self.values(values)))
        })
    }

    fn values(&self, positions: Range<usize>) -> impl ExactSizeIterator<Item = &str> + Clone {
        positions.map(|position| {
            let from = position.checked_sub(1).map_or(0, |before| self.ends[before].1);
            &self.text[from..self.ends[position].1]
        })
    }
}

impl fmt::Debug for Indicators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.iter().map(|(column, values)| (column, values.collect::<Vec<_>>()));
        f.debug_map().entries(columns).finish()
    }
}

/// Indicators as they are found, before sorting; copied only where they are not what stands in the event.
#[derive(Debug, Default)]
pub(crate) struct Found<'t> {
    unsorted: Vec<(IndicatorColumn, Cow<'t, str>)>,
}

impl<'t> Found<'t> {
    /// Returns a place for so many, so that it need not move while it grows.
    pub(crate) fn with_room(count: usize) -> Self {
        Self {
            unsorted: Vec::with_capacity(count),
        }
    }

    /// Adds a value, unless it is empty or too long to be an indicator.
    fn add(&mut self, column: IndicatorColumn, value: impl Into<Cow<'t, str>>) {
        let value = value.into();
        if !value.is_empty() && value.len() <= INDICATOR_BYTES_MAX {
            self.unsorted.push((column, value));
        }
    }

    /// Returns them sorted, each once.
    pub(crate) fn into_indicators(mut self) -> Indicators {
        self.unsorted.sort_unstable();
        self.unsorted.dedup();
        let mut text = String::with_capacity(self.unsorted.iter().map(|(_, value)| value.len()).sum());
        let ends = self.unsorted.iter().map(|(column, value)| {
            text.push_str(value);
            (*column, text.len())
        });
        let ends = ends.collect();
        Indicators {
            text: text.into(),
            ends,
        }
    }
}
