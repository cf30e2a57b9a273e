//! The folder that holds everything: the metadata database, the master key and the lake.
//!
//! ```text
//! margay-data/
//! ├── margay.db      the metadata database (margay-store)
//! ├── master.key     encrypts the credentials; keep it with the backup, apart from it
//! ├── lake/          the Delta tables (margay-lake)
//! └── lock           held by the one process that writes
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Most bytes of the lock file that are read back for its message.
const LOCK_TEXT_BYTES_MAX: u64 = 200;

/// A data directory. Holds paths only; nothing is opened until asked.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The folder is not there and may not be made.
    #[error("could not make the data directory {}\nhint: choose one this user may write with --data-dir or MARGAY_DATA_DIR", path.display())]
    Unmakeable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// A command that only reads found nothing there.
    #[error("there is no Margay data in {}\nhint: name the right folder with --data-dir, or begin with `margay source add`", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes there.
    #[error("the data directory {} is in use by {holder}\nhint: stop that process first, or choose another --data-dir. Beside a running server its console and API add log sources and schemas; `margay query`, `margay source list`, `margay schema list` and `margay schema add --dry-run` work beside it", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
        /// Who holds it, as that process wrote it down.
        holder: String,
    },
    /// The lock file cannot be written.
    #[error("could not lock the data directory {}\nhint: is it on a read-only file system, or owned by another user?", path.display())]
    Unlockable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

/// Proof that this process is the only one that writes to a data directory. Freed when dropped, or when the process dies.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

impl DataDir {
    /// Names a data directory; touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the lake's tables are.
    pub fn lake(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// Where the metadata database is.
    pub fn database(&self) -> PathBuf {
        self.root.join("margay.db")
    }

    /// Where the key is that encrypts the credentials.
    pub fn master_key(&self) -> PathBuf {
        self.root.join("master.key")
    }

    /// Refuses a folder that holds no database, for commands that only look.
    ///
    /// # Errors
    /// [`DataDirError::Missing`].
    pub fn require(&self) -> Result<(), DataDirError> {
        if self.database().exists() {
            Ok(())
        } else {
            Err(DataDirError::Missing {
                path: self.root.clone(),
            })
        }
    }

    /// Makes the folder if need be and locks it for writing; `purpose` tells others who holds it.
    ///
    /// # Errors
    /// When another process holds it, or the folder cannot be written.
    pub fn lock(&self, purpose: &str) -> Result<DataDirLock, DataDirError> {
        make_private_folder(&self.root).map_err(|cause| DataDirError::Unmakeable {
            path: self.root.clone(),
            cause,
        })?;
        // Whatever the root's own mode is, the events are nobody else's to read.
        make_private_folder(&self.lake()).map_err(|cause| DataDirError::Unmakeable {
            path: self.lake(),
            cause,
        })?;
        let unlockable = |cause| DataDirError::Unlockable {
            path: self.root.clone(),
            cause,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.root.join("lock"))
            .map_err(unlockable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = read_holder(&mut file);
                return Err(DataDirError::InUse {
                    path: self.root.clone(),
                    holder,
                });
            }
            Err(TryLockError::Error(cause)) => return Err(unlockable(cause)),
        }
        file.set_len(0).map_err(unlockable)?;
        file.rewind().map_err(unlockable)?;
        write!(file, "`{purpose}` (process {})", std::process::id()).map_err(unlockable)?;
        Ok(DataDirLock { _file: file })
    }
}

/// Other users have no business here: the folder is made 0700. One that exists keeps its mode.
fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn read_holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(LOCK_TEXT_BYTES_MAX).read_to_string(&mut text) {
        Ok(length) if length > 0 => text,
        _ => String::from("another Margay process"),
    }
}
