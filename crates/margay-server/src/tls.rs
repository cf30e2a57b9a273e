//! TLS: a certificate and its key from files, and anew when the files change.
//!
//! Whoever renews the certificate only replaces the files. They are looked at by what is in them and not by their times, since tools
//! swap links and restore times. What cannot be used leaves the certificate that is in use; the log says so once.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use margay_runtime::ErrorChain;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// How often the files are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// The largest file of certificates, or of a key: a chain has some kilobytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// What is spoken over it (RFC 7301). HTTP/2 would bring limits of its own, and a console needs none of what it has.
const PROTOCOL: &[u8] = b"http/1.1";

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the server's certificate, and after it those that lead to one that clients know.
    pub certificate: PathBuf,
    /// PEM: its private key, not encrypted.
    pub key: PathBuf,
}

/// Why certificate and key cannot be used. Nothing of the key is in it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("could not read {}\nhint: it must exist, and the user who runs Margay must be allowed to read it", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A file is larger than any of its kind.
    #[error("{} has more than {FILE_BYTES_MAX} bytes\nhint: is it the right file?", .0.display())]
    TooLarge(PathBuf),
    /// There is no certificate in the file.
    #[error("{} has no certificate\nhint: it is a PEM file, with the server's own certificate first and those that signed it after it", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the file.
    #[error("{} has no private key\nhint: it is a PEM file with a key that is not encrypted", .0.display())]
    NoKey(PathBuf),
    /// A file is no PEM.
    #[error("{} is no PEM file in order", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: pem::Error,
    },
    /// The two do not belong together, or are of a kind that is not known.
    #[error("the certificate in {} and the key in {} cannot be used", files.certificate.display(), files.key.display())]
    Unusable {
        /// Which files.
        files: TlsFiles,
        /// Why.
        #[source]
        cause: rustls::Error,
    },
}

/// The certificate that the server shows, as it is now. Clones are the same one.
#[derive(Clone)]
pub struct Tls(Arc<Shared>);

struct Shared {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
    /// What was tried last, in use or not; nothing if it could not even be read.
    tried: Mutex<Option<Fingerprint>>,
}

type Fingerprint = [u8; 32];

/// What came of a look at the files.
#[derive(Debug)]
enum Looked {
    /// Nothing has changed since the look before.
    Same,
    /// A new certificate is in use.
    Taken,
    /// What is there cannot be used, and that was not so at the look before.
    Refused(TlsError),
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// When they cannot be read or used.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let contents = Contents::read(&files)?;
        let config = contents.config(&files)?;
        tell_of_shared_key(&files.key);
        Ok(Self(Arc::new(Shared {
            files,
            current: RwLock::new(config),
            tried: Mutex::new(Some(contents.fingerprint())),
        })))
    }

    /// Returns what takes connections with the certificate as it is now.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// Looks at the files from time to time, until `stop`.
    pub(crate) async fn keep(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
            let tls = self.clone();
            let path = self.0.files.certificate.display();
            match tokio::task::spawn_blocking(move || tls.look()).await {
                Ok(Looked::Same) => {}
                Ok(Looked::Taken) => tracing::info!(%path, "a new TLS certificate is in use"),
                Ok(Looked::Refused(error)) => {
                    tracing::error!(%path, error = %ErrorChain(&error), "the TLS certificate has changed and cannot be used; the one before stays in use");
                }
                Err(error) => tracing::error!(%path, %error, "the TLS certificate could not be looked at"),
            }
        }
    }

    fn look(&self) -> Looked {
        let Shared { files, current, tried } = &*self.0;
        let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = match Contents::read(files) {
            Ok(contents) => contents,
            Err(_) if tried.is_none() => return Looked::Same,
            Err(error) => {
                *tried = None;
                return Looked::Refused(error);
            }
        };
        let fingerprint = contents.fingerprint();
        if *tried == Some(fingerprint) {
            return Looked::Same;
        }
        *tried = Some(fingerprint);
        match contents.config(files) {
            Ok(config) => {
                *current.write().unwrap_or_else(PoisonError::into_inner) = config;
                Looked::Taken
            }
            Err(error) => Looked::Refused(error),
        }
    }
}

impl fmt::Debug for Tls {
    /// Leaves the key out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.0.files)
            .finish_non_exhaustive()
    }
}

/// What is in the files.
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Contents {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self {
            certificate: read(&files.certificate)?,
            key: read(&files.key)?,
        })
    }

    /// Tells contents apart without keeping the key.
    fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new();
        hash.update(self.certificate.len().to_le_bytes());
        hash.update(&self.certificate);
        hash.update(&self.key);
        hash.finalize().into()
    }

    fn config(&self, files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
        let malformed = |path: &Path, cause| TlsError::Malformed {
            path: path.to_owned(),
            cause,
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|cause| malformed(&files.certificate, cause))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(files.certificate.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|cause| match cause {
            pem::Error::NoItemsFound => TlsError::NoKey(files.key.clone()),
            cause => malformed(&files.key, cause),
        })?;
        let unusable = |cause| TlsError::Unusable {
            files: files.clone(),
            cause,
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Arc::new(config))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |cause| TlsError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(TlsError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// Whoever reads the key can pass for this server. A group is often let read it on purpose.
fn tell_of_shared_key(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        tracing::warn!(path = %path.display(), "everybody on this machine may read the TLS key");
    }
}
