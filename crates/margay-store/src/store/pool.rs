//! The connections to the file, and what each of them is told.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

/// Listings of a console and the readers of a few stages; each costs a thread and some memory.
pub(super) const READERS_MAX: u32 = 4;

/// How long to wait for another process's transaction. Ours take milliseconds; a backup may hold on longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to queue for a connection: longer than one busy writer, so that the cause and not the queue is reported.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// To what length the write-ahead log is cut back after a large transaction.
const LOG_BYTES_KEPT_MAX: u32 = 64 * 1024 * 1024;

pub(super) fn write_options(path: &Path) -> SqliteConnectOptions {
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

pub(super) fn read_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

pub(super) async fn open_pool(
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
        // The first read opens the write-ahead log. So every connection keeps it open from its beginning, and replacing one
        // of them does not remove the log and make another one, which would look as if somebody had; see `files`.
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("SELECT 1 FROM sqlite_schema LIMIT 1")
                    .fetch_optional(connection)
                    .await
                    .map(drop)
            })
        })
        // After some failures (a full disk is one) SQLite rolls back by itself, and sqlx goes on counting a transaction
        // that is no more. Such a connection could never begin another one: replace it.
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .connect_with(options)
        .await
}
