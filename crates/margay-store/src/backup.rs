//! A copy of the database, made while it is in use.
//!
//! `SQLite` writes a whole new file from one snapshot (`VACUUM INTO`), so that appends go on meanwhile and none is half in it.
//! It is written under a temporary name and gets its own once it is complete and on the disk. It reads through the files that
//! this process has open, so it also rescues a database that was deleted under us.
//!
//! **Sessions are not in it**: who was signed out, or has another password by now, is not signed in again by a restored copy.
//!
//! A copy takes the place of the database while no Margay runs, **and without `margay.db-wal` and `margay.db-shm`**: a log
//! that is left there belongs to the old file, and `SQLite` would play it into the copy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use crate::blocking;
use crate::fault::{FaultKind, Remedy, StorageFault};
use crate::private_file::{self, Published};
use crate::store::{OrFault, Store, with_suffix};

/// Why there is no copy. None is left behind half-made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something has that name already; it was not touched.
    #[error("there is already a file {}; it was left alone\nhint: choose another name", path.display())]
    AlreadyThere {
        /// The copy's file.
        path: PathBuf,
    },
    /// No space is left where the copy was to be.
    #[error("no space is left for a copy at {}\nhint: it takes as much as the database; free some space or choose another disk", path.display())]
    DiskFull {
        /// The copy's file.
        path: PathBuf,
    },
    /// The copy could not be made there.
    #[error(
        "could not write a copy to {}\nhint: its directory must exist and belong to the user who runs Margay",
        path.display()
    )]
    NotWritten {
        /// The copy's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl BackupError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            BackupError::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Writes a copy of the database, all but who is signed in, into the new file `to`, which only its owner may read. The copy is the database
    /// as it was at one moment, whatever is appended meanwhile; it needs the same master key.
    ///
    /// May be cancelled: a temporary file may then stay beside `to`, never one under that name.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let failed = |cause: io::Error| {
            let path = to.to_owned();
            match cause.kind() {
                io::ErrorKind::StorageFull => BackupError::DiskFull { path },
                io::ErrorKind::AlreadyExists => BackupError::AlreadyThere { path },
                _ => BackupError::NotWritten { path, cause },
            }
        };
        if to.try_exists().map_err(failed)? {
            return Err(BackupError::AlreadyThere { path: to.to_owned() });
        }
        if to.to_str().is_none() {
            return Err(failed(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the name is not UTF-8",
            )));
        }
        let temporary =
            private_file::temporary_beside(to).map_err(|error| failed(io::Error::other(error.to_string())))?;
        // SQLite writes into an empty file that is there, and so into one that nobody else may read.
        private_file::create(&temporary).map_err(failed)?;
        let copied = match self.copy_into(&temporary).await {
            Ok(()) => {
                let (temporary, to) = (temporary.clone(), to.to_owned());
                // Flushing a large file takes long.
                blocking::run(self, move || publish(&temporary, &to))
                    .await?
                    .map_err(failed)
            }
            Err(fault) if fault.kind() == FaultKind::DiskFull => Err(BackupError::DiskFull { path: to.to_owned() }),
            Err(fault) => Err(BackupError::Storage(fault)),
        };
        if copied.is_err() {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                fs::remove_file(with_suffix(&temporary, suffix)).ok();
            }
        }
        copied
    }

    async fn copy_into(&self, file: &Path) -> Result<(), StorageFault> {
        sqlx::query("VACUUM INTO ?1")
            .bind(file.to_string_lossy())
            .execute(self.copiers())
            .await
            .or_fault(self)?;
        end_sessions(file).await.or_fault(self)
    }
}

/// Takes the sessions out of a copy that nobody else has open yet. What was in its pages is overwritten too.
async fn end_sessions(copy: &Path) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(copy)
        // One that is not finished is thrown away, so there is nothing to roll back to.
        .journal_mode(SqliteJournalMode::Off)
        .pragma("secure_delete", "on")
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    let ended = sqlx::query("DELETE FROM session").execute(&mut connection).await;
    connection.close().await?;
    ended.map(drop)
}

fn publish(temporary: &Path, to: &Path) -> io::Result<()> {
    fs::File::open(temporary)?.sync_all()?;
    match private_file::publish(temporary, to)? {
        Published::Ours => Ok(()),
        Published::AlreadyThere => Err(io::ErrorKind::AlreadyExists.into()),
    }
}
