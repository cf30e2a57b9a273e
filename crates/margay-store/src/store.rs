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
use std::time::Duration;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};

use crate::envelope::{self, Purpose};
use crate::fault::StorageFault;
use crate::master_key::MasterKey;
use crate::private_file;

mod create;
mod migration;
mod open_error;

#[cfg(test)]
mod tests;

pub use open_error::OpenError;

/// The name of the database's file in a data directory.
pub const DATABASE_FILE_NAME: &str = "margay.db";

/// "Mrgy": what the first migration writes into the file's header.
const APPLICATION_ID: i64 = 0x4d72_6779;

/// Listings of a console and the readers of a few stages; each costs a thread and some memory.
const READERS_MAX: u32 = 4;

/// How long to wait for another process's transaction. Ours take milliseconds; a backup may hold on longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to queue for a connection: longer than one busy writer, so that the cause and not the queue is reported.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// To what length the write-ahead log is cut back after a large transaction.
const LOG_BYTES_KEPT_MAX: u32 = 64 * 1024 * 1024;

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

#[derive(Debug)]
enum Access {
    ReadWrite { writer: SqlitePool, master_key: MasterKey },
    ReadOnly { master_key: Option<MasterKey> },
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
        let writer = open_pool(path, write_options(path), 1)
            .await
            .map_err(|error| OpenError::from_sqlx(path, error))?;
        let checked = check_and_migrate(path, &writer, &master_key).await;
        let readers = match checked {
            Ok(()) => open_pool(path, read_options(path), READERS_MAX)
                .await
                .map_err(|error| OpenError::from_sqlx(path, error)),
            Err(error) => Err(error),
        };
        match readers {
            Ok(readers) => Ok(Store::new(path, readers, Access::ReadWrite { writer, master_key })),
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
    pub(crate) async fn begin_write(&self) -> Result<Transaction<'static, Sqlite>, StorageFault> {
        match &self.shared.access {
            Access::ReadWrite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.or_fault(self),
            Access::ReadOnly { .. } => Err(StorageFault::opened_read_only(&self.shared.path)),
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
        self.map_err(|error| StorageFault::new(&store.shared.path, error))
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

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn write_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        // Only has an effect while the file is new: freed pages can be given back to the disk, see `retention`.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("journal_size_limit", LOG_BYTES_KEPT_MAX.to_string())
        .disable_statement_logging()
}

fn read_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

async fn open_pool(
    path: &Path,
    options: SqliteConnectOptions,
    connections_max: u32,
) -> Result<SqlitePool, sqlx::Error> {
    tracing::debug!(path = %path.display(), connections_max, "opening the metadata database");
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Connections to a file do not go stale.
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        // After some failures (a full disk is one) SQLite rolls back by itself, and sqlx goes on counting a transaction
        // that is no more. Such a connection could never begin another one: replace it.
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .connect_with(options)
        .await
}

async fn check_and_migrate(path: &Path, writer: &SqlitePool, master_key: &MasterKey) -> Result<(), OpenError> {
    let mut connection = writer
        .acquire()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    check_integrity(path, &mut connection).await?;
    migration::refuse_newer(path, &mut connection).await?;
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
