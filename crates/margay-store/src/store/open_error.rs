//! Why the metadata database did not open, and what to do about it.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::fault::{FaultKind, Remedy, kind_of};
use crate::private_file;

/// Why the metadata database did not open. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no database to look at.
    #[error("there is no database at {}\nhint: check the data directory, or add a log source first", path.display())]
    Missing {
        /// The database's file.
        path: PathBuf,
    },
    /// The file system does not let us see the file.
    #[error(
        "could not look at {}\nhint: the directory must exist, and belong to the user who runs Margay", path.display()
    )]
    Unreachable {
        /// The database's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// There is no database yet, and no file could be made for it.
    #[error(
        "could not make the database {}\nhint: the directory must exist, belong to the user who runs Margay, and have space left",
        path.display()
    )]
    NotCreated {
        /// The database's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a new database")]
    NoRandomness,
    /// The file has no bytes. Margay never leaves such a file behind.
    #[error(
        "{} is empty; something emptied it\nhint: restore the last backup, with its lake. To start anew, move it and `lake` away, both: the whole log is then pulled again, as far back as the vendor keeps it",
        path.display()
    )]
    Empty {
        /// The database's file.
        path: PathBuf,
    },
    /// The database is gone but its write-ahead log is not.
    #[error(
        "{} is missing, but its write-ahead log {} is there\nhint: put the database back beside it. To start anew, move the log away",
        path.display(), log.display()
    )]
    LogWithoutDatabase {
        /// The database's file.
        path: PathBuf,
        /// The write-ahead log.
        log: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a database\nhint: check the path; if it is the right one, restore the last backup", path.display())]
    NotADatabase {
        /// The database's file.
        path: PathBuf,
    },
    /// It is a `SQLite` database of another program.
    #[error("{} is a SQLite database, but not one of Margay's\nhint: check the path", path.display())]
    NotOurs {
        /// The database's file.
        path: PathBuf,
    },
    /// A newer Margay made or migrated it.
    #[error(
        "{} belongs to a newer Margay (database version {found}; this one knows up to {known})\nhint: run that version, or restore the backup from before the upgrade",
        path.display()
    )]
    Newer {
        /// The database's file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// An older Margay made it, and it was opened by somebody who does not upgrade it.
    #[error(
        "{} was not yet upgraded (database version {found}; this Margay needs {known})\nhint: a server that runs on it is still an older Margay: restart it. Otherwise start the server or a pull once; it upgrades the database",
        path.display()
    )]
    Older {
        /// The database's file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version that this program needs.
        known: i64,
    },
    /// The migration to today's version failed.
    #[error("could not upgrade {}\nhint: nothing was changed; report this together with the cause", path.display())]
    NotMigrated {
        /// The database's file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The file is cut short, or its pages contradict each other.
    #[error(
        "{} is damaged\nhint: keep a copy of it with its -wal and -shm companions, then restore the last backup", path.display()
    )]
    Damaged {
        /// The database's file.
        path: PathBuf,
        /// What `SQLite` found.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The file cannot be written.
    #[error(
        "{} can only be read\nhint: check its owner and mode, its directory's, and whether the disk is mounted read-only", path.display()
    )]
    ReadOnly {
        /// The database's file.
        path: PathBuf,
    },
    /// Another process kept it locked.
    #[error("another process keeps {} locked\nhint: look for a second Margay, a backup or an open SQLite shell on this file", path.display())]
    Busy {
        /// The database's file.
        path: PathBuf,
    },
    /// No space is left.
    #[error("no space is left on the disk of {}\nhint: free some space there and start again; nothing was lost", path.display())]
    DiskFull {
        /// The database's file.
        path: PathBuf,
    },
    /// The key is not the one that the credentials were encrypted with.
    #[error(
        "{} was encrypted with another master key\nhint: restore the key that belongs to it: its file, or the value in the environment",
        path.display()
    )]
    OtherMasterKey {
        /// The database's file.
        path: PathBuf,
    },
    /// Anything else that `SQLite` or the operating system said.
    #[error("could not open the database {}\nhint: check the owner and mode of the file and of its directory", path.display())]
    Other {
        /// The database's file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl OpenError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            OpenError::Busy { .. } => Remedy::Retry,
            _ => Remedy::AskOperator,
        }
    }

    pub(super) fn from_sqlx(path: &Path, error: sqlx::Error) -> OpenError {
        const SQLITE_NOTADB: &str = "26";
        let path = path.to_owned();
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if code.is_some_and(|code| code == SQLITE_NOTADB) {
            return OpenError::NotADatabase { path };
        }
        // SQLite only says that it could not open a file, such as the log's index on a disk that is mounted read-only.
        let kind = match kind_of(&error) {
            FaultKind::Io => match private_file::why_no_file_beside(&path) {
                Some(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => FaultKind::ReadOnly,
                Some(ErrorKind::StorageFull) => FaultKind::DiskFull,
                _ => FaultKind::Io,
            },
            kind => kind,
        };
        OpenError::of_kind(path, kind, error)
    }

    fn of_kind(path: PathBuf, kind: FaultKind, error: sqlx::Error) -> OpenError {
        match kind {
            FaultKind::DiskFull => OpenError::DiskFull { path },
            FaultKind::Busy => OpenError::Busy { path },
            FaultKind::ReadOnly => OpenError::ReadOnly { path },
            FaultKind::Damaged => OpenError::Damaged {
                path,
                cause: error.into(),
            },
            FaultKind::Gone | FaultKind::Io | FaultKind::Closed | FaultKind::Unexpected => OpenError::Other {
                path,
                cause: error.into(),
            },
        }
    }
}
