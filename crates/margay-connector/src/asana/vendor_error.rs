//! The body of a refusal: `{"errors":[{"message": …, "help": …, "phrase": …}]}`, every member optional.
//!
//! Its text is shown to people and, with one exception (does it name the offset?), decides nothing: statuses do.

use serde::Deserialize;

use crate::excerpt::{excerpt, excerpt_bytes};

/// The longest message shown, in characters. The vendor's longest documented one has about 100.
const MESSAGE_CHARS_MAX: usize = 300;
/// A longer body is no error message of the vendor; only its start is shown.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// At most this many messages are joined.
const MESSAGES_MAX: usize = 5;

/// What a refusal says, fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VendorError {
    /// The messages, or the start of a body that is not in the vendor's shape.
    pub(crate) message: Option<String>,
    pub(crate) shape: ErrorShape,
}

/// Whether a refusal looks like the vendor's, or like that of something in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorShape {
    Vendor,
    Foreign,
}

#[derive(Deserialize)]
struct RawErrors {
    errors: Vec<RawError>,
}

#[derive(Deserialize)]
struct RawError {
    #[serde(default)]
    message: Option<serde_json::Value>,
    #[serde(default)]
    phrase: Option<serde_json::Value>,
}

impl VendorError {
    pub(crate) fn parse(body: &[u8]) -> Self {
        let is_short = body.len() <= BODY_BYTES_MAX;
        let parsed = is_short
            .then(|| serde_json::from_slice::<RawErrors>(body).ok())
            .flatten();
        let (text, shape) = match parsed {
            Some(raw) => (
                raw.errors
                    .iter()
                    .take(MESSAGES_MAX)
                    .filter_map(text_of)
                    .collect::<Vec<_>>()
                    .join("; "),
                ErrorShape::Vendor,
            ),
            None => (excerpt_bytes(body, MESSAGE_CHARS_MAX), ErrorShape::Foreign),
        };
        Self {
            message: Some(text).filter(|text| !text.is_empty()),
            shape,
        }
    }

    /// Whether the refusal is about the offset: the vendor writes `offset: Your pagination token has expired.`
    pub(crate) fn names_offset(&self) -> bool {
        let Some(message) = self.message.as_ref().filter(|_| self.shape == ErrorShape::Vendor) else {
            return false;
        };
        let message = message.to_lowercase();
        message.contains("offset") || message.contains("pagination token")
    }
}

fn text_of(raw: &RawError) -> Option<String> {
    let text = |value: &Option<serde_json::Value>| {
        let text = excerpt(value.as_ref()?.as_str()?, MESSAGE_CHARS_MAX);
        Some(text).filter(|text| !text.is_empty())
    };
    match (text(&raw.message), text(&raw.phrase)) {
        // The phrase is what the vendor's support asks for.
        (message, Some(phrase)) => Some(
            format!("{} (phrase: {phrase})", message.unwrap_or_default())
                .trim_start()
                .to_owned(),
        ),
        (message, None) => message,
    }
}

#[cfg(test)]
mod tests;
