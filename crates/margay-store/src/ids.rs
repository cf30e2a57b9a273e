//! Ids that we give out.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

#[cfg(test)]
mod tests;

/// Returns an id that sorts by the time it was made.
pub(crate) fn new_uuid(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
