//! What can go wrong with the database under every operation, and what to do about it.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use margay_schema::SourceId;

#[cfg(test)]
mod tests;

/// What the caller should do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try again after a short wait: it passes by itself.
    Retry,
    /// A person must act. Trying again at the usual pace does no harm, and succeeds once they have acted.
    AskOperator,
    /// The work is no longer ours: stop it. Whoever wants it back starts again by acquiring the lease.
    StandDown,
}

/// What is wrong with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// No space is left where the file is.
    DiskFull,
    /// Another process kept the database locked for longer than we wait.
    Busy,
    /// The file, or this [`Store`](crate::Store), may only be read.
    ReadOnly,
    /// What the file holds is not what was written.
    Damaged,
    /// The file, or one of its companions, was deleted or replaced while it was in use.
    Gone,
    /// The operating system failed to read or write.
    Io,
    /// The store was closed.
    Closed,
    /// Nothing of the above: most likely a mistake of ours.
    Unexpected,
}

/// The database could not do its work. Nothing was changed.
pub struct StorageFault {
    kind: FaultKind,
    path: Arc<Path>,
    source: Box<dyn Error + Send + Sync>,
}

impl StorageFault {
    pub(crate) fn new(path: &Arc<Path>, error: sqlx::Error) -> StorageFault {
        StorageFault {
            kind: kind_of(&error),
            path: Arc::clone(path),
            source: Box::new(error),
        }
    }

    /// A row that we would not have written.
    pub(crate) fn damaged(path: &Arc<Path>, what: &'static str) -> StorageFault {
        StorageFault {
            kind: FaultKind::Damaged,
            path: Arc::clone(path),
            source: what.into(),
        }
    }

    /// A file that is not the one that was opened.
    pub(crate) fn gone(file: &Path) -> StorageFault {
        StorageFault {
            kind: FaultKind::Gone,
            path: file.into(),
            source: "its name now belongs to another file, or to none".into(),
        }
    }

    /// A write through a store that was opened for reading.
    pub(crate) fn opened_read_only(path: &Arc<Path>) -> StorageFault {
        StorageFault {
            kind: FaultKind::ReadOnly,
            path: Arc::clone(path),
            source: "the store was opened for reading only".into(),
        }
    }

    /// Returns what is wrong.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Returns the file that it is about: the database, or a companion of it that is gone.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self.kind {
            FaultKind::Busy => Remedy::Retry,
            FaultKind::Closed => Remedy::StandDown,
            FaultKind::DiskFull
            | FaultKind::ReadOnly
            | FaultKind::Damaged
            | FaultKind::Gone
            | FaultKind::Io
            | FaultKind::Unexpected => Remedy::AskOperator,
        }
    }
}

impl fmt::Display for StorageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.kind {
            FaultKind::DiskFull => write!(
                f,
                "no space is left on the disk of {path}; nothing was written\n\
                 hint: free some space there; work goes on where it stopped"
            ),
            FaultKind::Busy => write!(
                f,
                "another process keeps {path} locked\n\
                 hint: look for a second Margay, a backup or an open SQLite shell on this file"
            ),
            FaultKind::ReadOnly => write!(
                f,
                "{path} can only be read here\n\
                 hint: check the owner and mode of the file and its directory, and whether the disk is mounted read-only"
            ),
            FaultKind::Damaged => write!(
                f,
                "{path} is damaged: it does not hold what was written\n\
                 hint: stop Margay, keep a copy of the file with its -wal and -shm companions, and restore the last backup"
            ),
            FaultKind::Gone => write!(
                f,
                "{path} was deleted or replaced while Margay was using it; nothing more is written\n\
                 hint: if it was moved, put it back. If not, stop Margay and start it again; if sources or events are missing \
                 then, restore the last backup"
            ),
            FaultKind::Io => write!(
                f,
                "the operating system could not read or write {path}\n\
                 hint: look at the disk's health and the system log"
            ),
            FaultKind::Closed => write!(f, "{path} was closed: this process is shutting down"),
            FaultKind::Unexpected => write!(f, "the database {path} refused a statement"),
        }
    }
}

impl fmt::Debug for StorageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageFault")
            .field("kind", &self.kind)
            .field("path", &self.path)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for StorageFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// Why something about a source could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// There is no such source; perhaps it was deleted a moment ago.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl LookupError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            LookupError::SourceUnknown(_) => Remedy::StandDown,
            LookupError::Storage(fault) => fault.remedy(),
        }
    }
}

pub(crate) fn kind_of(error: &sqlx::Error) -> FaultKind {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<i32>().ok());
            code.map_or(FaultKind::Unexpected, kind_of_code)
        }
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => FaultKind::DiskFull,
        sqlx::Error::Io(_) => FaultKind::Io,
        sqlx::Error::PoolTimedOut => FaultKind::Busy,
        sqlx::Error::PoolClosed => FaultKind::Closed,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => FaultKind::Damaged,
        _ => FaultKind::Unexpected,
    }
}

/// Sorts `SQLite`'s extended result codes (<https://www.sqlite.org/rescode.html>, read 2026-11-24).
fn kind_of_code(code: i32) -> FaultKind {
    const IOERR_SHMSIZE: i32 = 4874; // growing the -shm file: space, above all
    if code == IOERR_SHMSIZE {
        return FaultKind::DiskFull;
    }
    match code & 0xff {
        5 | 6 => FaultKind::Busy,
        8 => FaultKind::ReadOnly,
        10 | 14 => FaultKind::Io,
        11 | 26 => FaultKind::Damaged,
        13 => FaultKind::DiskFull,
        _ => FaultKind::Unexpected,
    }
}
