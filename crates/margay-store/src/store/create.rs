//! A new database: made under a temporary name, given its own name once it is complete.

use std::fs;
use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::pool::write_options;
use super::{KEY_CHECK_NAME, KEY_CHECK_TEXT, OpenError, migration, with_suffix};
use crate::envelope::{self, Purpose};
use crate::master_key::MasterKey;
use crate::private_file;

/// Makes the database `path`, unless another process is faster.
pub(super) async fn create(path: &Path, master_key: &MasterKey) -> Result<(), OpenError> {
    let temporary = private_file::temporary_beside(path).map_err(|_| OpenError::NoRandomness)?;
    let result = match fill(path, &temporary, master_key).await {
        Ok(()) => private_file::publish(&temporary, path)
            .map(drop)
            .map_err(|cause| OpenError::NotCreated {
                path: path.to_owned(),
                cause,
            }),
        Err(error) => Err(error),
    };
    if result.is_err() {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            fs::remove_file(with_suffix(&temporary, suffix)).ok();
        }
    }
    result
}

/// Writes a complete, closed database. Closing moves the write-ahead log into the file and removes it, so that the one
/// file that gets the name is all there is.
async fn fill(path: &Path, temporary: &Path, master_key: &MasterKey) -> Result<(), OpenError> {
    // SQLite gives the -wal and -shm files the mode of the database.
    private_file::create(temporary).map_err(|cause| OpenError::NotCreated {
        path: path.to_owned(),
        cause,
    })?;

    let mut connection = write_options(temporary)
        .connect()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    migration::run(path, &mut transaction).await?;
    write_key_check(path, &mut transaction, master_key).await?;
    transaction
        .commit()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    connection
        .close()
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))
}

async fn write_key_check(
    path: &Path,
    connection: &mut SqliteConnection,
    master_key: &MasterKey,
) -> Result<(), OpenError> {
    let envelope =
        envelope::seal(master_key, Purpose::KeyCheck, KEY_CHECK_TEXT).map_err(|_| OpenError::NoRandomness)?;
    sqlx::query("INSERT INTO meta (name, value) VALUES (?1, ?2)")
        .bind(KEY_CHECK_NAME)
        .bind(envelope)
        .execute(connection)
        .await
        .map_err(|error| OpenError::from_sqlx(path, error))?;
    Ok(())
}
