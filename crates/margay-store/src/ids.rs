//! Ids that we give out.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

#[cfg(test)]
mod tests;

/// Declares keys: UUIDs of version 7, each a type of its own, so that none is taken for another. They print and parse as UUIDs do.
macro_rules! ids {
    ($($(#[$about:meta])* $name:ident)+) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub(crate) uuid::Uuid);

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = uuid::Error;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }
        )+
    };
}

pub(crate) use ids;

/// Returns an id that sorts by the time it was made.
pub(crate) fn new_uuid(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
