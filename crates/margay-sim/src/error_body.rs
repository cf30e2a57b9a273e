//! The vendor's errors: a status and `{"errors":[{"message", "help"?}]}` (API reference, "Errors", and the
//! specification of 2026-06-11).
//!
//! Where a message is taken from the vendor or from clients that match it, the constructor says so; the others are
//! unconfirmed, and a client must go by the status.

use std::time::Duration;

use serde::Serialize;

use crate::scenario::Phrase;

/// What the vendor says with 429 ("Rate limits", read 2026-11-23).
pub(crate) const RATE_LIMIT_MESSAGE: &str =
    "You've made too many requests and hit a rate limit. Please retry after the given amount of time.";
/// What comes along with most errors; the wording is near the example in the specification.
const HELP: &str = "For more information on API status codes and how to handle them, read the docs on errors: \
                    https://developers.asana.com/docs/errors";

/// The phrase of the specification's example.
const PHRASE: &str = "6 sad squid snuggle softly";

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    message: String,
    /// What support asks for; comes instead of the help.
    phrase: Option<&'static str>,
    pub(crate) retry_after: Option<Duration>,
}

#[derive(Serialize)]
struct ErrorBody<'error> {
    errors: [ErrorItem<'error>; 1],
}

#[derive(Serialize)]
struct ErrorItem<'error> {
    message: &'error str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phrase: Option<&'static str>,
}

impl ApiError {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            phrase: None,
            retry_after: None,
        }
    }

    /// Parameter `name` is wrong. The form `name: problem` is the vendor's.
    pub(crate) fn parameter(name: &str, problem: &str) -> Self {
        Self::new(400, format!("{name}: {problem}"))
    }

    /// The offset is too old; the text is what several public clients match, the status what one of them reports.
    pub(crate) fn offset_expired() -> Self {
        Self::parameter("offset", "Your pagination token has expired.")
    }

    /// The offset is not one of ours, or belongs to another query. Text unconfirmed.
    pub(crate) fn offset_invalid() -> Self {
        Self::parameter("offset", "Your pagination token is invalid.")
    }

    /// No token, or none that is known; the vendor's text.
    pub(crate) fn not_authorized() -> Self {
        Self::new(401, "Not Authorized")
    }

    /// The plan lacks the audit log. Text unconfirmed.
    pub(crate) fn plan(status: u16) -> Self {
        Self::new(
            status,
            "The Audit Log API is not available in this organization's plan.",
        )
    }

    /// The token must not do this. Text unconfirmed.
    pub(crate) fn forbidden() -> Self {
        Self::new(403, "Forbidden")
    }

    /// Neither path nor method are known. Text unconfirmed.
    pub(crate) fn no_such_path() -> Self {
        Self::new(404, "No matching route for request")
    }

    /// No such object. The text is what clients show for other objects; for workspaces it is unconfirmed.
    pub(crate) fn unknown_object(name: &str, id: &str) -> Self {
        Self::new(404, format!("{name}: Unknown object: {id}"))
    }

    /// Not an id at all; as [`Self::unknown_object`].
    pub(crate) fn not_an_id(name: &str, id: &str) -> Self {
        Self::new(400, format!("{name}: Not a recognized ID: {id}"))
    }

    pub(crate) fn rate_limited(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(429, RATE_LIMIT_MESSAGE)
        }
    }

    /// Our own mistake, in the vendor's shape.
    pub(crate) fn server_error() -> Self {
        Self::new(500, "Server Error")
    }

    /// A 5xx of the vendor: message and phrase are the specification's example of a 500. Of the other statuses no text is
    /// published.
    pub(crate) fn fault(status: u16, phrase: Phrase) -> Self {
        let phrase = match phrase {
            Phrase::Given => Some(PHRASE),
            Phrase::Missing => None,
        };
        Self {
            phrase,
            ..Self::new(status, "Server Error")
        }
    }

    pub(crate) fn body(&self) -> String {
        Self::body_with(&self.message, self.phrase)
    }

    /// Returns the body of an error with this message.
    pub(crate) fn body_of(message: &str) -> String {
        Self::body_with(message, None)
    }

    fn body_with(message: &str, phrase: Option<&'static str>) -> String {
        let help = phrase.is_none().then_some(HELP);
        let body = ErrorBody {
            errors: [ErrorItem { message, help, phrase }],
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}
