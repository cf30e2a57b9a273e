//! Secrets of a file: only ever references. What they refer to is read once, before anything is changed.

use std::fmt;
use std::path::Path;

use margay_store::DESTINATION_SECRET_BYTES_MAX;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

#[cfg(test)]
mod tests;

const NEITHER: &str = "a reference to a secret has `env` or `file`, and nothing else";

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SecretRef {
    /// In an environment variable of this command.
    Env(String),
    /// In a file, relative to the file that names it.
    File(String),
}

/// A secret, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) value: SecretString,
    pub(super) reference: SecretRef,
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(formatter, "{{env: {name}}}"),
            Self::File(path) => write!(formatter, "{{file: {path}}}"),
        }
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;
        impl<'de> Visitor<'de> for Reference {
            type Value = SecretRef;

            // What stands there instead is never repeated.
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a reference to a secret, never the secret itself\nhint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it",
                )
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
                let mut reference = None;
                while let Some(key) = map.next_key::<String>()? {
                    reference = match (key.as_str(), reference) {
                        ("env", None) => Some(SecretRef::Env(map.next_value()?)),
                        ("file", None) => Some(SecretRef::File(map.next_value()?)),
                        // What stands there may be a secret in braces.
                        _ => return Err(A::Error::custom(NEITHER)),
                    };
                }
                reference.ok_or_else(|| A::Error::custom(NEITHER))
            }
        }
        deserializer.deserialize_any(Reference)
    }
}

/// Reads the secret that a reference names; `base` is the folder of the file that names it. Blanks around it are no part of it.
///
/// # Errors
/// Why there is none, for people.
pub(super) fn resolve(base: &Path, reference: &SecretRef) -> Result<SecretString, String> {
    let text: SecretString = match reference {
        SecretRef::Env(name) => std::env::var(name)
            .map_err(|error| match error {
                std::env::VarError::NotPresent => format!("the environment variable `{name}` is not set"),
                std::env::VarError::NotUnicode(_) => format!("the environment variable `{name}` is not text"),
            })?
            .into(),
        // Standard input is the file that names it, or nothing.
        SecretRef::File(path) if path == "-" => {
            return Err("a secret comes from a file with a name, not from standard input".to_owned());
        }
        SecretRef::File(path) => crate::secret::read(&base.join(path), "secret")
            .map_err(|failure| failure.to_string())?
            .into(),
    };
    let text = text.expose_secret().trim();
    match text.len() {
        0 => Err(format!("there is no secret in {reference}: it is empty")),
        1..=DESTINATION_SECRET_BYTES_MAX => Ok(text.into()),
        _ => Err(format!(
            "a secret has at most {DESTINATION_SECRET_BYTES_MAX} bytes, and {reference} has more"
        )),
    }
}

/// Whether two secrets are the same, in a time that depends on their lengths only.
pub(super) fn is_same(one: &SecretString, other: &SecretString) -> bool {
    let (one, other) = (one.expose_secret().as_bytes(), other.expose_secret().as_bytes());
    let differing = one
        .iter()
        .zip(other)
        .fold(0, |differing, (one, other)| differing | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differing) == 0
}
