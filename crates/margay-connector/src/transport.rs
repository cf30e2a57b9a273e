//! Why there is no answer.

use crate::excerpt::excerpt;
use crate::remedy::Remedy;

/// No complete answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportFailure {
    /// Which step failed.
    pub kind: TransportFailureKind,
    /// What the library that failed said.
    pub detail: String,
}

/// The longest `detail` that is shown, in characters. Library messages are shorter; a proxy's page is not.
const DETAIL_CHARS_MAX: usize = 200;

impl std::fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let detail = excerpt(&self.detail, DETAIL_CHARS_MAX);
        if detail.is_empty() {
            write!(f, "{}", self.kind)
        } else {
            write!(f, "{}: {detail}", self.kind)
        }
    }
}

impl std::error::Error for TransportFailure {}

impl TransportFailure {
    /// Returns what the failure asks for. A body that is too long stays so; anything else may pass by itself.
    pub fn remedy(&self) -> Remedy {
        match self.kind {
            TransportFailureKind::BodyTooLong => Remedy::AskOperator,
            _ => Remedy::Retry,
        }
    }
}

/// Which step of an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransportFailureKind {
    /// The host name has no address.
    Dns,
    /// Nothing listens at the address, or a firewall says no.
    Refused,
    /// Time ran out.
    Timeout,
    /// The secure connection could not be made.
    Tls,
    /// The connection was broken off.
    Reset,
    /// The body is longer than the request allows.
    BodyTooLong,
    /// The body ended early.
    BodyCut,
    /// Anything else.
    Other,
}

impl std::fmt::Display for TransportFailureKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Dns => "the host name could not be resolved",
            Self::Refused => "the connection was refused",
            Self::Timeout => "no answer in time",
            Self::Tls => "no secure connection (TLS) could be made",
            Self::Reset => "the connection was broken off",
            Self::BodyTooLong => "the answer is too long",
            Self::BodyCut => "the answer was cut off",
            Self::Other => "the request failed",
        })
    }
}
