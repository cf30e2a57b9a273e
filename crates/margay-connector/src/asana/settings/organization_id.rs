//! Whose log: the number that Asana calls Domain ID, workspace gid or organization id.

use std::str::FromStr;

use crate::excerpt::has_token;

/// Older organizations have shorter ids than today's 16 digits.
const DIGITS_MIN: usize = 5;
/// Numbers that fit 64 bits have at most 20 digits.
const DIGITS_MAX: usize = 20;

/// The Organization Id: 5 to 20 digits. Kept as text, so leading zeros stay.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganizationId(String);

/// Why a text is no Organization Id. Never repeats the text, except for a number to use instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganizationIdError {
    /// Nothing there.
    #[error(
        "the Organization Id is empty\nhint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"
    )]
    Empty,
    /// A URL with one number that could be it.
    #[error(
        "the Organization Id is a number, not a URL\nhint: the number in this URL is {suggestion}; use it if it is the Domain ID in Admin console → Settings"
    )]
    Url {
        /// The only number of the right length in the URL.
        suggestion: OrganizationId,
    },
    /// A URL with no such number, or several.
    #[error(
        "the Organization Id is a number, not a URL\nhint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"
    )]
    UrlWithoutOneNumber,
    /// An e-mail address.
    #[error(
        "the Organization Id is a number, not an e-mail address\nhint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"
    )]
    Email,
    /// An e-mail domain.
    #[error(
        "the Organization Id is a number, not a domain name\nhint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"
    )]
    DomainName,
    /// The token.
    #[error("this looks like a Service Account Token, not an Organization Id\nhint: were the two fields swapped?")]
    Token,
    /// A number, but of another length.
    #[error(
        "the Organization Id has {DIGITS_MIN} to {DIGITS_MAX} digits, not {digits}\nhint: copy the Domain ID again, from the bottom of Admin console → Settings"
    )]
    Length {
        /// How many digits there are.
        digits: usize,
    },
    /// Something else, such as the organization's name.
    #[error(
        "the Organization Id consists of digits only; it is not the organization's name\nhint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"
    )]
    NotDigits,
}

impl FromStr for OrganizationId {
    type Err = OrganizationIdError;

    fn from_str(text: &str) -> Result<Self, OrganizationIdError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(OrganizationIdError::Empty);
        }
        if is_id(text) {
            return Ok(Self(text.to_owned()));
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(OrganizationIdError::Length { digits: text.len() });
        }
        Err(what_else(text))
    }
}

fn is_id(text: &str) -> bool {
    (DIGITS_MIN..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn what_else(text: &str) -> OrganizationIdError {
    if has_token(text) {
        return OrganizationIdError::Token;
    }
    if text.contains(char::is_whitespace) {
        return OrganizationIdError::NotDigits;
    }
    if text.contains("://") || text.contains('/') {
        return url_with(text);
    }
    if text.contains('@') {
        return OrganizationIdError::Email;
    }
    if text.contains('.') {
        return OrganizationIdError::DomainName;
    }
    OrganizationIdError::NotDigits
}

fn url_with(text: &str) -> OrganizationIdError {
    let mut numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| is_id(run))
        .collect();
    numbers.dedup();
    match numbers.as_slice() {
        [number] => OrganizationIdError::Url {
            suggestion: OrganizationId((*number).to_owned()),
        },
        _ => OrganizationIdError::UrlWithoutOneNumber,
    }
}

impl OrganizationId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
