//! The store: one `SQLite` file, opened, checked and brought to today's schema.
//!
//! **One writer, a few readers.** `SQLite` lets one connection write at a time; a second one would only wait inside
//! `SQLite`'s busy handler, in no fair order. So all writing goes through one connection, whose pool is the queue. Readers
//! have connections of their own and see the last committed state, so that a listing never waits for a disk to flush.
//!
//! **Durable.** The write-ahead log with `synchronous = FULL`: a commit returns once its log frames are on the disk.
//!
//! **Never open the database file by hand.** POSIX drops all of a process's locks on a file as soon as the process closes
//! any descriptor of it (<https://www.sqlite.org/howtocorrupt.html>, section 2.2), so even a look at the file's first
//! bytes would take the locks away from a store that is open. `stat` is harmless, and is all that we do.

use std::path::Path;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};

use crate::envelope::{self, Purpose};
use crate::fault::{FaultKind, StorageFault};
use crate::master_key::MasterKey;
use crate::private_file;

mod create;
mod files;
mod migration;
mod open_error;
mod pool;

#[cfg(test)]
mod tests;

use files::OpenFiles;
pub use open_error::OpenError;
use pool::{READERS_MAX, open_pool, read_options, write_options};

/// The name of the database's file in a data directory.
pub const DATABASE_FILE_NAME: &str = "margay.db";

/// "Mrgy": what the first migration writes into the file's header.
const APPLICATION_ID: i64 = 0x4d72_6779;

/// Files up to this size are read and checked whole at every start, which takes about 0.1 s.
const QUICK_CHECK_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What the key check's envelope holds.
const KEY_CHECK_TEXT: &[u8] = b"margay";
const KEY_CHECK_NAME: &str = "master_key_check";

/// The metadata database. A clone is another handle on the same connections.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: Arc<Path>,
    readers: SqlitePool,
    access: Access,
}

/// What becomes of a database of an older version that is opened for writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upgrade {
    Made,
    Refused,
}

#[derive(Debug)]
enum Access {
    ReadWrite {
        writer: SqlitePool,
        master_key: MasterKey,
        files: OpenFiles,
    },
    ReadOnly {
        master_key: Option<MasterKey>,
    },
}

impl Store {
    /// Opens the database in the file `path`, which is made if there is none; its directory must exist.
    ///
    /// Older databases are brought to today's schema. Only one process at a time should do this on one file: `SQLite`
    /// keeps two of them from doing harm, but the leases and positions of one would surprise the other.
    pub async fn open(path: &Path, master_key: MasterKey) -> Result<Store, OpenError> {
        if !database_exists(path)? {
            create::create(path, &master_key).await?;
        }
        Store::open_to_write(path, master_key, Upgrade::Made).await
    }

    /// Opens the database beside a process that may be at work on it, to leave results and wishes there. Makes nothing and
    /// upgrades nothing: that process knows the schema that it began with.
    pub async fn open_beside(path: &Path, master_key: MasterKey) -> Result<Store, OpenError> {
        if !database_exists(path)? {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        Store::open_to_write(path, master_key, Upgrade::Refused).await
    }

    async fn open_to_write(path: &Path, master_key: MasterKey, upgrade: Upgrade) -> Result<Store, OpenError> {
        let writer = open_pool(path, write_options(path), 1)
            .await
            .map_err(|error| OpenError::from_sqlx(path, error))?;
        let checked = check_for_writing(path, &writer, &master_key, upgrade).await;
        let readers = match checked {
            Ok(()) => open_pool(path, read_options(path), READERS_MAX)
                .await
                .map_err(|error| OpenError::from_sqlx(path, error)),
            Err(error) => Err(error),
        };
        match readers {
            Ok(readers) => {
                let files = OpenFiles::of(path);
                let access = Access::ReadWrite {
                    writer,
                    master_key,
                    files,
                };
                Ok(Store::new(path, readers, access))
            }
            Err(error) => {
                writer.close().await;
                Err(error)
            }
        }
    }

    /// Opens the database for reading only, for commands that look while a server runs. Every function that would
    /// write fails with [`FaultKind::ReadOnly`](crate::FaultKind::ReadOnly).
    ///
    /// Without the master key, everything but credentials can be read.
    pub async fn open_read_only(path: &Path, master_key: Option<MasterKey>) -> Result<Store, OpenError> {
        if !database_exists(path)? {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        // A pool tries again and again, and then says that somebody else keeps the file locked. One connection says at once
        // what is wrong with a damaged file.
        look_once(path)
            .await
            .map_err(|error| OpenError::from_sqlx(path, error))?;
        let readers = open_pool(path, read_options(path), READERS_MAX)
            .await
            .map_err(|error| OpenError::from_sqlx(path, error))?;
        match check_for_reading(path, &readers, master_key.as_ref()).await {
            Ok(()) => Ok(Store::new(path, readers, Access::ReadOnly { master_key })),
            Err(error) => {
                readers.close().await;
                Err(error)
            }
        }
    }

    /// Waits for what is running and closes the file; the write-ahead log is moved into it. Clones are closed too.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        if let Access::ReadWrite { writer, .. } = &self.shared.access {
            writer.close().await;
        }
    }

    /// Returns the database's file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    fn new(path: &Path, readers: SqlitePool, access: Access) -> Store {
        Store {
            shared: Arc::new(Shared {
                path: path.into(),
                readers,
                access,
            }),
        }
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.shared.readers
    }

    /// Begins a transaction that holds the write lock from its beginning, so that what it reads stays true.
    ///
    /// Refuses to write into files that have lost their names: what is written there would be gone with this process.
    pub(crate) async fn begin_write(&self) -> Result<Transaction<'static, Sqlite>, StorageFault> {
        let writer = self.write_pool()?;
        let transaction = writer.begin_with("BEGIN IMMEDIATE").await.or_fault(self)?;
        self.refuse_gone()?;
        Ok(transaction)
    }

    /// Returns the connection that writes, for a single statement. Refuses as [`Self::begin_write`].
    pub(crate) async fn writer(&self) -> Result<PoolConnection<Sqlite>, StorageFault> {
        let writer = self.write_pool()?.acquire().await.or_fault(self)?;
        self.refuse_gone()?;
        Ok(writer)
    }

    fn write_pool(&self) -> Result<&SqlitePool, StorageFault> {
        match &self.shared.access {
            Access::ReadWrite { writer, .. } => Ok(writer),
            Access::ReadOnly { .. } => Err(StorageFault::opened_read_only(&self.shared.path)),
        }
    }

    fn refuse_gone(&self) -> Result<(), StorageFault> {
        self.first_gone().map_or(Ok(()), |file| Err(StorageFault::gone(file)))
    }

    /// Says what an error of sqlx means. Whatever `SQLite` makes of files that have lost their names, that is what happened.
    fn fault(&self, error: sqlx::Error) -> StorageFault {
        let fault = StorageFault::new(&self.shared.path, error);
        let may_be_gone = matches!(
            fault.kind(),
            FaultKind::Io | FaultKind::Damaged | FaultKind::ReadOnly | FaultKind::Unexpected
        );
        match self.first_gone().filter(|_| may_be_gone) {
            Some(file) => StorageFault::gone(file),
            None => fault,
        }
    }

    /// Returns the first of the open files whose name belongs to another one now, or to none.
    fn first_gone(&self) -> Option<&Path> {
        match &self.shared.access {
            Access::ReadWrite { files, .. } => files.first_gone(),
            Access::ReadOnly { .. } => None,
        }
    }

    /// Returns connections for a copy: readers, or else the writer. A reader that is only opened now could not open files
    /// that have lost their names; the writer has had them open from the beginning, and has nothing else to do then.
    pub(crate) fn copiers(&self) -> &SqlitePool {
        match &self.shared.access {
            Access::ReadWrite { writer, files, .. } if files.first_gone().is_some() => writer,
            _ => &self.shared.readers,
        }
    }

    pub(crate) fn master_key(&self) -> Option<&MasterKey> {
        match &self.shared.access {
            Access::ReadWrite { master_key, .. } => Some(master_key),
            Access::ReadOnly { master_key } => master_key.as_ref(),
        }
    }

    pub(crate) fn damaged(&self, what: &'static str) -> StorageFault {
        StorageFault::damaged(&self.shared.path, what)
    }

    pub(crate) fn shutting_down(&self) -> StorageFault {
        StorageFault::new(&self.shared.path, sqlx::Error::PoolClosed)
    }

    pub(crate) fn opened_read_only(&self) -> StorageFault {
        StorageFault::opened_read_only(&self.shared.path)
    }
}

/// Says which database an error of sqlx is about.
pub(crate) trait OrFault<T> {
    fn or_fault(self, store: &Store) -> Result<T, StorageFault>;
}

impl<T> OrFault<T> for Result<T, sqlx::Error> {
    fn or_fault(self, store: &Store) -> Result<T, StorageFault> {
        self.map_err(|error| store.fault(error))
    }
}

/// Returns whether there is a database file that can be one, judged by `stat` alone.
fn database_exists(path: &Path) -> Result<bool, OpenError> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            refuse_orphaned_log(path)?;
            return Ok(false);
        }
        Err(cause) => {
            return Err(OpenError::Unreachable {
                path: path.to_owned(),
                cause,
            });
        }
    };
    if !metadata.is_file() {
        return Err(OpenError::NotADatabase { path: path.to_owned() });
    }
    if metadata.len() == 0 {
        return Err(OpenError::Empty { path: path.to_owned() });
    }
    if let Ok(Some(mode)) = private_file::mode_if_shared(path) {
        let mode = format!("{mode:03o}");
        tracing::warn!(path = %path.display(), mode, "others may read the metadata database, which holds audit logs");
    }
    Ok(true)
}

/// A write-ahead log without its database would be played into a new one, which is not the one it belongs to.
fn refuse_orphaned_log(path: &Path) -> Result<(), OpenError> {
    let log = with_suffix(path, "-wal");
    match std::fs::metadata(&log) {
        Ok(metadata) if metadata.len() > 0 => Err(OpenError::LogWithoutDatabase {
            path: path.to_owned(),
            log,
        }),
        _ => Ok(()),
    }
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

async fn check_for_writing(
    path: &Path,
    writer: &SqlitePool,
    master_key: &MasterKey,
    upgrade: Upgrade,
) -> Result<(), OpenError> {
    let mut connection = writer
        .acquire()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    check_integrity(path, &mut connection).await?;
    migration::refuse_newer(path, &mut connection).await?;
    if upgrade == Upgrade::Refused {
        migration::refuse_older(path, &mut connection).await?;
        return check_key(path, &mut connection, master_key).await;
    }
    // The lock is taken even if nothing is to be migrated: a file that cannot be written is found out now.
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    migration::run(path, &mut transaction).await?;
    transaction
        .commit()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    check_key(path, &mut connection, master_key).await
}

async fn check_for_reading(path: &Path, readers: &SqlitePool, master_key: Option<&MasterKey>) -> Result<(), OpenError> {
    let mut connection = readers
        .acquire()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    check_integrity(path, &mut connection).await?;
    migration::refuse_newer(path, &mut connection).await?;
    migration::refuse_older(path, &mut connection).await?;
    match master_key {
        Some(master_key) => check_key(path, &mut connection, master_key).await,
        None => Ok(()),
    }
}

async fn look_once(path: &Path) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(&read_options(path)).await?;
    let looked = sqlx::query("SELECT 1 FROM sqlite_schema LIMIT 1")
        .fetch_optional(&mut connection)
        .await;
    connection.close().await?;
    looked.map(drop)
}

/// Finds out whether the file is ours and whole. `SQLite` itself compares the header's page count with the file's length
/// at the first read, and so notices a truncated file of any size.
async fn check_integrity(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let application_id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    if application_id != APPLICATION_ID {
        return Err(OpenError::NotOurs { path: path.to_owned() });
    }
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > QUICK_CHECK_BYTES_MAX) {
        return Ok(());
    }
    let finding: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    if finding == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged {
            path: path.to_owned(),
            cause: finding.into(),
        })
    }
}

async fn check_key(path: &Path, connection: &mut SqliteConnection, master_key: &MasterKey) -> Result<(), OpenError> {
    let envelope: Option<Vec<u8>> = sqlx::query_scalar("SELECT value FROM meta WHERE name = ?1")
        .bind(KEY_CHECK_NAME)
        .fetch_optional(connection)
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    let Some(envelope) = envelope else {
        return Err(OpenError::Damaged {
            path: path.to_owned(),
            cause: "the master key's check is missing".into(),
        });
    };
    match envelope::unseal(master_key, Purpose::KeyCheck, &envelope) {
        Ok(text) if *text == KEY_CHECK_TEXT => Ok(()),
        _ => Err(OpenError::OtherMasterKey { path: path.to_owned() }),
    }
}
