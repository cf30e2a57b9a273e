//! Which texts a string may hold: the `validate` attribute.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::limits::{VALIDATION_TEXT_SHOWN_BYTES_MAX, VALIDATION_TEXT_SHOWN_MAX};

#[cfg(test)]
mod tests;

/// What `validate` asks of a string. A text passes if it passes every rule that is given; null always passes.
///
/// - **Invariant**: at least one rule is given. No list holds a text twice, and no `…Contains` list the empty text.
/// - Cheap to clone: a definition that is used a thousand times keeps its lists once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation(Arc<Rules>);

/// The rules, as the schema gives them; an empty list is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    pub(crate) allow: Vec<String>,
    pub(crate) deny: Vec<String>,
    pub(crate) allow_contains: Vec<String>,
    pub(crate) deny_contains: Vec<String>,
    pub(crate) ip: Option<AddressFamily>,
    pub(crate) cidr: Option<AddressFamily>,
}

/// Which addresses are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFamily {
    /// Version 4 or 6.
    Any,
    /// Version 4.
    V4,
    /// Version 6.
    V6,
}

/// A text that a rule does not take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What the rule asks for.
    pub(crate) expected: String,
    /// What stands there; never the text.
    pub(crate) found: &'static str,
}

impl Validation {
    /// Sorts the two lists that are searched, since they may be long.
    pub(crate) fn new(mut rules: Rules) -> Self {
        rules.allow.sort_unstable();
        rules.deny.sort_unstable();
        Self(Arc::new(rules))
    }

    /// Returns the only texts that pass, sorted; empty if any may.
    pub fn allow(&self) -> &[String] {
        &self.0.allow
    }

    /// Returns the texts that do not pass, sorted. Without effect if [`Self::allow`] is given.
    pub fn deny(&self) -> &[String] {
        &self.0.deny
    }

    /// Returns the texts one of which has to be part of a text that passes; empty if none has to.
    pub fn allow_contains(&self) -> &[String] {
        &self.0.allow_contains
    }

    /// Returns the texts none of which may be part of a text that passes.
    pub fn deny_contains(&self) -> &[String] {
        &self.0.deny_contains
    }

    /// Returns the addresses one of which the text has to be.
    pub fn ip(&self) -> Option<AddressFamily> {
        self.0.ip
    }

    /// Returns the addresses of which the text has to be a range, such as `192.0.2.0/24`.
    pub fn cidr(&self) -> Option<AddressFamily> {
        self.0.cidr
    }

    /// Checks a text.
    pub(crate) fn check(&self, text: &str) -> Result<(), Refusal> {
        self.0.check(text)
    }
}

impl Rules {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks a text; `allow` and `deny` are sorted.
    pub(crate) fn check(&self, text: &str) -> Result<(), Refusal> {
        let is_listed = |list: &[String]| list.binary_search_by(|item| item.as_str().cmp(text)).is_ok();
        if !self.allow.is_empty() {
            if !is_listed(&self.allow) {
                return Err(Refusal::new(format!("one of {}", Shown(&self.allow)), "another string"));
            }
        } else if is_listed(&self.deny) {
            return Err(Refusal::new(format!("none of {}", Shown(&self.deny)), "one of them"));
        }
        self.check_contents(text)
    }

    /// Checks a text against all rules but the lists of whole texts.
    pub(crate) fn check_contents(&self, text: &str) -> Result<(), Refusal> {
        let holds_one = |list: &[String]| list.iter().any(|item| text.contains(item.as_str()));
        if !self.allow_contains.is_empty() && !holds_one(&self.allow_contains) {
            let expected = format!("a string that contains one of {}", Shown(&self.allow_contains));
            return Err(Refusal::new(expected, "another string"));
        }
        if holds_one(&self.deny_contains) {
            let expected = format!("a string that contains none of {}", Shown(&self.deny_contains));
            return Err(Refusal::new(expected, "another string"));
        }
        if let Some(family) = self.ip
            && !family.takes_address(text)
        {
            return Err(Refusal::new(format!("{} address", family.title()), "another string"));
        }
        if let Some(family) = self.cidr
            && !family.takes_range(text)
        {
            let expected = format!("{} address range in CIDR notation", family.title());
            return Err(Refusal::new(expected, "another string"));
        }
        Ok(())
    }
}

impl Refusal {
    fn new(expected: String, found: &'static str) -> Self {
        Self { expected, found }
    }
}

impl AddressFamily {
    /// The words of the language.
    pub(crate) const NAMES: [&'static str; 3] = ["any", "ipv4", "ipv6"];

    /// Returns the family that the language calls `name`.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        match name {
            "any" => Some(Self::Any),
            "ipv4" => Some(Self::V4),
            "ipv6" => Some(Self::V6),
            _ => None,
        }
    }

    /// Returns the word that the language uses for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }

    /// Returns how people write it, for a problem.
    const fn title(self) -> &'static str {
        match self {
            Self::Any => "IP",
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    fn takes_address(self, text: &str) -> bool {
        match self {
            Self::Any => text.parse::<IpAddr>().is_ok(),
            Self::V4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::V6 => text.parse::<Ipv6Addr>().is_ok(),
        }
    }

    /// An address, a slash, and a number of bits without sign or zeros in front.
    fn takes_range(self, text: &str) -> bool {
        let Some((address, bits)) = text.split_once('/') else {
            return false;
        };
        let bits_max = if address.contains(':') { 128 } else { 32 };
        let is_plain = bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
        self.takes_address(address) && is_plain && bits.parse::<u8>().is_ok_and(|bits| bits <= bits_max)
    }
}

/// Texts of the schema, as many as fit a message.
struct Shown<'a>(&'a [String]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, text) in self.0.iter().take(VALIDATION_TEXT_SHOWN_MAX).enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            let end = text.floor_char_boundary(VALIDATION_TEXT_SHOWN_BYTES_MAX);
            let dots = if end < text.len() { "…" } else { "" };
            write!(f, "{separator}`{}{dots}`", text[..end].escape_debug())?;
        }
        match self.0.len().saturating_sub(VALIDATION_TEXT_SHOWN_MAX) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
