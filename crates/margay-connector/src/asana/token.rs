//! The Service Account Token as a person pastes it.
//!
//! The vendor says that tokens are opaque and that their form may change without notice (Asana docs, "Personal access
//! token", read 2026-11-23). So only what can be no bearer token at all, or is surely something else, is refused.

use super::settings::OrganizationId;

/// A longer text is a file pasted by mistake. Known tokens have less than 80 bytes.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// What people copy along from examples.
const BEARER: &str = "bearer ";

/// Why a text is no Service Account Token. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// Nothing there.
    #[error("the Service Account Token is empty")]
    Empty,
    /// Far too long.
    #[error("the Service Account Token is longer than {TOKEN_BYTES_MAX} bytes\nhint: was another file pasted?")]
    TooLong,
    /// Blanks or line breaks inside.
    #[error(
        "the Service Account Token has a blank or a line break inside\nhint: copy it again, and nothing else with it"
    )]
    InnerWhitespace,
    /// Letters that no token has.
    #[error(
        "the Service Account Token has characters that no token has\nhint: copy it again; text editors sometimes replace characters or add invisible ones"
    )]
    NotVisibleAscii,
    /// An e-mail address.
    #[error(
        "this is an e-mail address, not a Service Account Token\nhint: Asana shows the token once, when the service account is added"
    )]
    Email,
    /// A web address.
    #[error(
        "this is a web address, not a Service Account Token\nhint: Asana shows the token once, when the service account is added"
    )]
    Url,
    /// The Organization Id, or another number like it.
    #[error(
        "this is a number like the Organization Id, not a Service Account Token\nhint: were the two fields swapped?"
    )]
    OrganizationId,
}

/// Returns the token as it is sent: without surrounding blanks and without a leading `Bearer`.
///
/// The caller puts it where secrets live; this crate keeps no copy and never prints it.
pub fn check_token_text(text: &str, organization_id: &OrganizationId) -> Result<String, TokenProblem> {
    let text = without_bearer(text.trim()).trim();
    if text.is_empty() {
        return Err(TokenProblem::Empty);
    }
    if text.len() > TOKEN_BYTES_MAX {
        return Err(TokenProblem::TooLong);
    }
    if text.contains(char::is_whitespace) {
        return Err(TokenProblem::InnerWhitespace);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenProblem::NotVisibleAscii);
    }
    if text == organization_id.as_str() || text.parse::<OrganizationId>().is_ok() {
        return Err(TokenProblem::OrganizationId);
    }
    if text.contains("://") {
        return Err(TokenProblem::Url);
    }
    if is_email(text) {
        return Err(TokenProblem::Email);
    }
    Ok(text.to_owned())
}

fn without_bearer(text: &str) -> &str {
    match text.get(..BEARER.len()) {
        // Any blank may stand after the word.
        Some(start) if start.trim_end().eq_ignore_ascii_case(BEARER.trim_end()) => &text[BEARER.len()..],
        _ if text.eq_ignore_ascii_case(BEARER.trim_end()) => "",
        _ => text,
    }
}

/// One `@`, with a dotted name after it.
fn is_email(text: &str) -> bool {
    match text.split_once('@') {
        Some((name, domain)) => {
            let is_domain = domain.split('.').count() > 1
                && domain
                    .split('.')
                    .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
            !name.is_empty() && is_domain
        }
        None => false,
    }
}

#[cfg(test)]
mod tests;
