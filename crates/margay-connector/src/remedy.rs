//! What a failure asks for.

use jiff::Timestamp;

/// The answer to "what now?" that every failure crossing into the runtime gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Ask again later, as usual; it may pass by itself.
    Retry,
    /// Ask again, but not before this time: the vendor said so.
    WaitUntil(Timestamp),
    /// A person has to change something first; asking again sooner changes nothing.
    AskOperator,
}

impl Remedy {
    /// Whether asking again can help without anybody acting.
    pub fn is_retry(self) -> bool {
        !matches!(self, Self::AskOperator)
    }
}
