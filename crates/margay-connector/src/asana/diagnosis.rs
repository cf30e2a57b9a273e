//! What a refusal means and what to do about it, for a person.

use std::fmt;

use jiff::Timestamp;

use crate::remedy::Remedy;

/// Why the audit log cannot be read, in the order a person reads it: what happened, the likely causes with what to do about
/// each, what we saw.
///
/// Its `Display` is meant for a terminal: several lines, no trailing line break, no secrets, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What happened, in a few words.
    pub title: String,
    /// The same in a sentence or two.
    pub summary: String,
    /// Which field to look at, if it is surely one of them.
    pub field: Option<CredentialField>,
    /// Likeliest first. More than one if the vendor's answer fits several.
    pub causes: Vec<Cause>,
    /// The facts, to pass on to whoever helps.
    pub observed: Observed,
    /// Whether waiting helps.
    pub remedy: Remedy,
}

impl Diagnosis {
    /// Whether the vendor does not let the token in: another one, or another permission of this one, mends it.
    pub fn is_token_refused(&self) -> bool {
        self.field == Some(CredentialField::ServiceAccountToken) || matches!(self.observed.status, Some(401 | 403))
    }
}

/// The two fields of the credentials form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialField {
    /// The number that Asana calls Domain ID.
    OrganizationId,
    /// The token of the service account.
    ServiceAccountToken,
}

impl CredentialField {
    /// Returns the field's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::OrganizationId => "Organization Id",
            Self::ServiceAccountToken => "Service Account Token",
        }
    }
}

impl fmt::Display for CredentialField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// One possible cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What may be the matter.
    pub text: String,
    /// How to find out and mend it.
    pub what_to_do: String,
}

/// What was seen. Holds no secret: the endpoint is without query, the message redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// What was asked, such as `GET https://app.asana.com/api/1.0/users/me`.
    pub endpoint: String,
    /// The HTTP status; absent if there was no answer.
    pub status: Option<u16>,
    /// What the vendor said; without an answer, what our side said.
    pub vendor_message: Option<String>,
    /// The vendor's name for the request.
    pub request_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Lines are wrapped at this width, so that they fit a terminal and a ticket.
const WIDTH: usize = 100;

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.title)?;
        if let Some(field) = self.field {
            write!(f, " [{field}]")?;
        }
        write_wrapped(f, "", &self.summary)?;
        write!(f, "\n\nWhat to do")?;
        for (index, cause) in self.causes.iter().enumerate() {
            // A number tells that only one of several applies.
            if self.causes.len() > 1 {
                write_wrapped(f, &format!("  {}. ", index + 1), &cause.text)?;
                write_wrapped(f, "     ", &cause.what_to_do)?;
            } else {
                write_wrapped(f, "  ", &cause.text)?;
                write_wrapped(f, "  ", &cause.what_to_do)?;
            }
        }
        write!(f, "\n\nWhat we saw\n{}", self.observed)
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.endpoint)?;
        match self.status {
            Some(status) => write!(f, "\n  status {status}")?,
            None => write!(f, "\n  no answer")?,
        }
        write!(f, " at {}", self.at)?;
        if let Some(message) = &self.vendor_message {
            write!(f, "\n  message: {message}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, "\n  request id: {request_id}")?;
        }
        Ok(())
    }
}

/// A new line that begins with `first`; the lines after it are indented as far.
fn write_wrapped(f: &mut fmt::Formatter<'_>, first: &str, text: &str) -> fmt::Result {
    write!(f, "\n{first}")?;
    let indent = first.chars().count();
    let mut column = indent;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            write!(f, "\n{:indent$}{word}", "")?;
            column = indent + width;
        } else if column > indent {
            write!(f, " {word}")?;
            column += 1 + width;
        } else {
            write!(f, "{word}")?;
            column += width;
        }
    }
    Ok(())
}
