//! The master key: 32 random bytes that encrypt the credentials.
//!
//! It lies in a file of its own, so that a copy of the database alone gives nothing away, or comes from the environment.
//! The bytes leave this module only towards [`crate::envelope`].

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::private_file::{self, Published};
use crate::store::DATABASE_FILE_NAME;

mod text;

#[cfg(test)]
mod tests;

/// The name of the key's file in a data directory.
pub const MASTER_KEY_FILE_NAME: &str = "master.key";

/// The key's length.
pub(crate) const KEY_BYTES: usize = 32;

/// The longest file that is read as a key: 32 bytes of hex are 64 characters; the rest is room for white space.
const KEY_FILE_BYTES_MAX: u64 = 1024;

/// The key that encrypts the credentials. It has no `Display`, its `Debug` shows nothing, and it is wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Arc<SecretBox<[u8; KEY_BYTES]>>);

/// Where a key was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// This file.
    File(PathBuf),
    /// The environment.
    Environment,
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The key's file cannot be read.
    #[error("could not read the master key from {}\nhint: it must be a file that belongs to the user who runs Margay", path.display())]
    Unreadable {
        /// The key's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// Others than the owner have a right on the key's file.
    #[error(
        "others may read the master key {} (mode {mode:03o})\nhint: if nobody has used that, run: chmod 600 {}",
        path.display(), path.display()
    )]
    SharedWithOthers {
        /// The key's file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The text is no key.
    #[error(
        "the master key {origin} is not 32 bytes as hexadecimal or base64 text\nhint: restore it from a backup; without it the stored credentials cannot be read"
    )]
    Malformed {
        /// Where the text is from.
        origin: KeyOrigin,
    },
    /// There is a database but not the key that belongs to it.
    #[error(
        "there is a database but no master key: {} is missing\nhint: restore it from a backup. If it is lost, the lake is whole and readable; keep it, and begin a new data directory for pulling",
        path.display()
    )]
    Lost {
        /// Where the key should be.
        path: PathBuf,
    },
    /// The new key's file could not be written.
    #[error("could not write a new master key to {}\nhint: the directory must exist, and belong to the user who runs Margay", path.display())]
    NotCreated {
        /// The key's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a new master key")]
    NoRandomness,
}

impl MasterKey {
    /// Returns the key from the environment's value if there is one, otherwise from the file `path`, which is made at
    /// the first start.
    ///
    /// No new key is made beside a database: its credentials could not be read with it.
    pub fn load_or_create(path: &Path, env_value: Option<SecretString>) -> Result<MasterKey, MasterKeyError> {
        if let Some(key) = from_environment(env_value)? {
            return Ok(key);
        }
        if let Some(key) = read_file(path)? {
            return Ok(key);
        }
        if path.with_file_name(DATABASE_FILE_NAME).exists() {
            return Err(MasterKeyError::Lost { path: path.to_owned() });
        }
        create_file(path)
    }

    /// Returns the key as [`MasterKey::load_or_create`] does, but never makes one.
    pub fn load(path: &Path, env_value: Option<SecretString>) -> Result<MasterKey, MasterKeyError> {
        if let Some(key) = from_environment(env_value)? {
            return Ok(key);
        }
        read_file(path)?.ok_or_else(|| MasterKeyError::Lost { path: path.to_owned() })
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }

    fn from_text(text: &str, origin: KeyOrigin) -> Result<MasterKey, MasterKeyError> {
        let bytes = text::decode(text.trim()).ok_or(MasterKeyError::Malformed { origin })?;
        Ok(MasterKey(Arc::new(SecretBox::init_with_mut(
            |key: &mut [u8; KEY_BYTES]| key.copy_from_slice(&*bytes),
        ))))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyOrigin::File(path) => write!(f, "in {}", path.display()),
            KeyOrigin::Environment => f.write_str("in the environment"),
        }
    }
}

fn from_environment(value: Option<SecretString>) -> Result<Option<MasterKey>, MasterKeyError> {
    value
        .map(|text| MasterKey::from_text(text.expose_secret(), KeyOrigin::Environment))
        .transpose()
}

/// Returns the key in the file, or nothing if there is no file.
fn read_file(path: &Path) -> Result<Option<MasterKey>, MasterKeyError> {
    let unreadable = |cause| MasterKeyError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if let Some(mode) = private_file::mode_if_shared(path).map_err(unreadable)? {
        return Err(MasterKeyError::SharedWithOthers {
            path: path.to_owned(),
            mode,
        });
    }
    let origin = KeyOrigin::File(path.to_owned());
    if length > KEY_FILE_BYTES_MAX {
        return Err(MasterKeyError::Malformed { origin });
    }
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err(MasterKeyError::Malformed { origin }),
        Err(error) => return Err(unreadable(error)),
    };
    MasterKey::from_text(&text, origin).map(Some)
}

fn create_file(path: &Path) -> Result<MasterKey, MasterKeyError> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(&mut *bytes).map_err(|_| MasterKeyError::NoRandomness)?;
    let temporary = private_file::temporary_beside(path).map_err(|_| MasterKeyError::NoRandomness)?;

    let mut line = text::encode(&bytes);
    line.push('\n');
    let published = write_whole(&temporary, line.as_bytes())
        .and_then(|()| private_file::publish(&temporary, path))
        .map_err(|cause| {
            fs::remove_file(&temporary).ok();
            MasterKeyError::NotCreated {
                path: path.to_owned(),
                cause,
            }
        })?;

    match published {
        Published::Ours => MasterKey::from_text(&line, KeyOrigin::File(path.to_owned())),
        Published::AlreadyThere => MasterKey::load(path, None),
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private_file::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
