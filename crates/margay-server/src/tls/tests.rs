use std::fs;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

use super::*;

/// A folder with certificate and key in it.
struct Folder {
    folder: TempDir,
    files: TlsFiles,
}

/// A certificate and its key, as PEM.
fn issued() -> (String, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles {
            certificate: folder.path().join("cert.pem"),
            key: folder.path().join("key.pem"),
        };
        Self { folder, files }
    }

    fn put(&self, (certificate, key): (&str, &str)) {
        fs::write(&self.files.certificate, certificate).unwrap();
        fs::write(&self.files.key, key).unwrap();
    }

    fn load(&self) -> Result<Tls, TlsError> {
        Tls::load(self.files.clone())
    }
}

fn current(tls: &Tls) -> Arc<ServerConfig> {
    Arc::clone(&tls.0.current.read().unwrap())
}

#[test]
fn new_files_are_taken_and_bad_ones_leave_what_is_in_use() {
    let folder = Folder::new();
    let (first, second) = (issued(), issued());
    folder.put((&first.0, &first.1));
    let tls = folder.load().unwrap();
    let began = current(&tls);
    assert!(matches!(tls.look(), Looked::Same));

    // Between the two writes of a renewal the key is of another certificate.
    fs::write(&folder.files.certificate, &second.0).unwrap();
    assert!(matches!(tls.look(), Looked::Refused(TlsError::Unusable { .. })));
    assert!(matches!(tls.look(), Looked::Same), "it is said once");
    assert!(Arc::ptr_eq(&began, &current(&tls)));
    fs::write(&folder.files.key, &second.1).unwrap();
    assert!(matches!(tls.look(), Looked::Taken));
    let renewed = current(&tls);
    assert!(!Arc::ptr_eq(&began, &renewed));

    fs::remove_file(&folder.files.key).unwrap();
    assert!(matches!(tls.look(), Looked::Refused(TlsError::Unreadable { .. })));
    assert!(matches!(tls.look(), Looked::Same), "it is said once");
    assert!(Arc::ptr_eq(&renewed, &current(&tls)));
    folder.put((&first.0, &first.1));
    assert!(matches!(tls.look(), Looked::Taken));
}

#[test]
fn what_is_no_certificate_or_no_key_is_named() {
    let folder = Folder::new();
    let (certificate, key) = issued();
    assert!(matches!(folder.load(), Err(TlsError::Unreadable { .. })));
    folder.put(("", &key));
    assert!(matches!(folder.load(), Err(TlsError::NoCertificate(path)) if path == folder.files.certificate));
    folder.put((&certificate, ""));
    assert!(matches!(folder.load(), Err(TlsError::NoKey(path)) if path == folder.files.key));
    folder.put((&certificate, &certificate));
    assert!(matches!(folder.load(), Err(TlsError::NoKey(_))));
    folder.put((&certificate, &key.replace("-----END", "----END")));
    assert!(matches!(folder.load(), Err(TlsError::Malformed { .. })));
    folder.put((&certificate, &issued().1));
    assert!(matches!(folder.load(), Err(TlsError::Unusable { .. })));
    let large = "x".repeat(usize::try_from(FILE_BYTES_MAX).unwrap() + 1);
    folder.put((&certificate, &large));
    assert!(matches!(folder.load(), Err(TlsError::TooLarge(path)) if path == folder.files.key));
}

#[test]
fn nothing_tells_of_the_key() {
    let folder = Folder::new();
    let (certificate, key) = issued();
    folder.put((&certificate, &key));
    let secret = key.lines().nth(1).unwrap();
    let told = format!("{:?}", folder.load().unwrap());
    assert!(told.contains("key.pem") && !told.contains(secret), "{told}");
    folder.put((&certificate, &key.replace("-----END", "----END")));
    let error = folder.load().unwrap_err();
    let told = format!("{error:?} {}", ErrorChain(&error));
    assert!(!told.contains(secret), "{told}");
    drop(folder.folder);
}
