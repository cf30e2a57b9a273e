//! Which files a store has open: the database, its write-ahead log and the log's index.
//!
//! `SQLite` does not notice that a file which it has open lost its name. It would go on writing there, and nobody could ever
//! find it again. So each file's identity is noted when the store is opened, and compared before every write; `stat` is
//! harmless (see `store`) and takes a microsecond. The companions stay the same files while
//! any connection is open.

use std::fs;
use std::path::{Path, PathBuf};

use super::with_suffix;

/// The open files and what tells each from any other file of its name.
#[derive(Debug)]
pub(super) struct OpenFiles {
    files: Vec<(PathBuf, Identity)>,
}

/// Device and inode; nothing where the system has no such numbers.
type Identity = Option<(u64, u64)>;

impl OpenFiles {
    /// Notes the files of a database that is open.
    pub(super) fn of(path: &Path) -> OpenFiles {
        let files = ["", "-wal", "-shm"].map(|suffix| with_suffix(path, suffix));
        let is_there = |file: PathBuf| identity_of(&file).map(|identity| (file, identity));
        OpenFiles {
            files: files.into_iter().filter_map(is_there).collect(),
        }
    }

    /// Returns the first file whose name belongs to another one now, or to none.
    pub(super) fn first_gone(&self) -> Option<&Path> {
        let is_gone = |file: &&(PathBuf, Identity)| identity_of(&file.0) != Some(file.1);
        self.files.iter().find(is_gone).map(|file| file.0.as_path())
    }
}

/// Returns what is known of a file that is there. One that cannot be looked at counts as not there.
fn identity_of(file: &Path) -> Option<Identity> {
    let metadata = fs::metadata(file).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some(Some((metadata.dev(), metadata.ino())))
    }
    #[cfg(not(unix))]
    {
        drop(metadata);
        Some(None)
    }
}
