//! How a secret is kept: sealed with XChaCha20-Poly1305 under the master key.
//!
//! ```text
//! byte 0        the envelope's version, 1
//! bytes 1..25   a random nonce; at 24 bytes, two never meet by chance
//! bytes 25..    ciphertext, then 16 bytes of authentication tag
//! ```
//!
//! What is authenticated beside the ciphertext: the version, what the secret is for, and whose it is. An envelope that
//! is moved to another row, or that a newer format wrote, does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use margay_schema::SourceId;
use secrecy::zeroize::Zeroizing;

use crate::destination::DestinationId;
use crate::master_key::MasterKey;

#[cfg(test)]
mod tests;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// What a secret is for, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// A known text that tells whether the master key is the right one.
    KeyCheck,
    /// The credentials of a source.
    Credentials(SourceId),
    /// The secret of a destination.
    Destination(DestinationId),
    /// What was asked under an idempotency key.
    Idempotency,
}

/// Why an envelope was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    #[error("the cipher refused the secret")]
    Refused,
}

/// Why an envelope did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnsealError {
    #[error("the envelope's version {0} is unknown")]
    UnknownVersion(u8),
    #[error("the envelope is too short")]
    TooShort,
    #[error("the envelope was sealed with another key or for something else, or was changed")]
    NotAuthentic,
}

/// Returns the secret in a new envelope.
pub(crate) fn seal(key: &MasterKey, purpose: Purpose, secret: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
    let ciphertext = cipher(key)
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: secret,
                aad: &associated_data(VERSION, purpose),
            },
        )
        .map_err(|_| SealError::Refused)?;

    let mut envelope = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
    envelope.push(VERSION);
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&ciphertext);
    Ok(envelope)
}

/// Returns the secret in an envelope.
pub(crate) fn unseal(key: &MasterKey, purpose: Purpose, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
    let (&version, rest) = envelope.split_first().ok_or(UnsealError::TooShort)?;
    if version != VERSION {
        return Err(UnsealError::UnknownVersion(version));
    }
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError::TooShort)?;
    cipher(key)
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: ciphertext,
                aad: &associated_data(version, purpose),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| UnsealError::NotAuthentic)
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

fn associated_data(version: u8, purpose: Purpose) -> Vec<u8> {
    let (name, owner): (&[u8], [u8; 16]) = match purpose {
        Purpose::KeyCheck => (b"margay master key check", [0; 16]),
        Purpose::Idempotency => (b"margay idempotent request", [0; 16]),
        Purpose::Credentials(source) => (b"margay source credentials", source.as_uuid().into_bytes()),
        Purpose::Destination(destination) => (b"margay destination secret", destination.0.into_bytes()),
    };
    // The owner has a fixed length and stands last, so no two purposes give the same bytes.
    [&[version], name, &owner].concat()
}
