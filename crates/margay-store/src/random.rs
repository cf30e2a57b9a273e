//! Values that nobody guesses, for tokens and sessions, and what they are known by.
//!
//! 256 random bits need neither salt nor a slow hash; and who looks them up by their hash tells nothing of them by the time that it takes.

use std::fmt::Write as _;

use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// Random bytes of a value.
const VALUE_BYTES: usize = 32;

/// Makes a value that begins with `prefix`; nothing if the operating system gives no random bytes.
pub(crate) fn new_value(prefix: &str) -> Option<SecretString> {
    let mut bytes = [0_u8; VALUE_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    // Room for all of it, so that no copy of the value is left behind by growing.
    let mut text = String::with_capacity(prefix.len() + 2 * VALUE_BYTES);
    text.push_str(prefix);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes what is written");
    }
    Some(SecretString::from(text))
}

/// Returns what a value is known by.
pub(crate) fn hash_of(value: &str) -> Vec<u8> {
    Sha256::digest(value.as_bytes()).to_vec()
}
