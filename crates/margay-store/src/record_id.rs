//! How the id of a record is remembered, so that a record is journalled once.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

#[cfg(test)]
mod tests;

/// The longest id that is remembered as it is. Vendors' ids and content hashes are shorter; whatever is longer, or
/// holds control characters (a database may cut text at a NUL), is remembered by its hash.
const PLAIN_BYTES_MAX: usize = 128;

/// Hashed ids start like this. Plain ids that do are hashed too, so that the two kinds never meet.
const HASHED_PREFIX: &str = "id-sha256:";

/// Returns the text under which an id is remembered: the same for the same id, different for different ones.
pub(crate) fn key_of(id: &str) -> Cow<'_, str> {
    let is_plain = id.len() <= PLAIN_BYTES_MAX && !id.chars().any(char::is_control) && !id.starts_with(HASHED_PREFIX);
    if is_plain {
        return Cow::Borrowed(id);
    }
    let mut key = HASHED_PREFIX.to_owned();
    for byte in Sha256::digest(id.as_bytes()) {
        write!(key, "{byte:02x}").expect("a String takes any text");
    }
    Cow::Owned(key)
}
