//! The versions of the database, embedded in the program. A migration that was released is never edited: the database
//! keeps a hash of each, and one that differs is refused.

use std::path::Path;

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::{SqlSafeStr, SqliteConnection};

use super::OpenError;

/// Every migration, in order: version, name, statements.
const MIGRATIONS: [(i64, &str, &str); 13] = [
    (1, "journal", include_str!("../../migrations/sqlite/0001_journal.sql")),
    (2, "schema", include_str!("../../migrations/sqlite/0002_schema.sql")),
    (3, "ledger", include_str!("../../migrations/sqlite/0003_ledger.sql")),
    (4, "tail", include_str!("../../migrations/sqlite/0004_tail.sql")),
    (5, "alert", include_str!("../../migrations/sqlite/0005_alert.sql")),
    (6, "api", include_str!("../../migrations/sqlite/0006_api.sql")),
    (7, "notice", include_str!("../../migrations/sqlite/0007_notice.sql")),
    (8, "erasure", include_str!("../../migrations/sqlite/0008_erasure.sql")),
    (9, "user", include_str!("../../migrations/sqlite/0009_user.sql")),
    (
        10,
        "audit_log",
        include_str!("../../migrations/sqlite/0010_audit_log.sql"),
    ),
    (
        11,
        "saved_search",
        include_str!("../../migrations/sqlite/0011_saved_search.sql"),
    ),
    (
        12,
        "poll_interval",
        include_str!("../../migrations/sqlite/0012_poll_interval.sql"),
    ),
    (
        13,
        "lag_events",
        include_str!("../../migrations/sqlite/0013_lag_events.sql"),
    ),
];

const VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// sqlx's own name for the table of what was applied, so that its tools understand the file.
const TABLE: &str = "_sqlx_migrations";

/// Brings the database to today's version, within the caller's transaction: all of it or nothing.
///
/// (`Migrator::run` does the same, but its future cannot move between threads.)
pub(super) async fn run(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    connection
        .ensure_migrations_table(TABLE)
        .await
        .map_err(|error| not_migrated(path, error))?;
    let applied = connection
        .list_applied_migrations(TABLE)
        .await
        .map_err(|error| not_migrated(path, error))?;
    for (version, name, statements) in MIGRATIONS {
        let migration = Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            statements.into_sql_str(),
            false,
        );
        match applied.iter().find(|applied| applied.version == version) {
            Some(applied) if applied.checksum == migration.checksum => {}
            Some(_) => return Err(not_migrated(path, MigrateError::VersionMismatch(version))),
            None => {
                connection
                    .apply(TABLE, &migration)
                    .await
                    .map_err(|error| not_migrated(path, error))?;
                tracing::info!(path = %path.display(), version, name, "migrated the metadata database");
            }
        }
    }
    Ok(())
}

/// Refuses a database that a newer Margay made.
pub(super) async fn refuse_newer(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found = version_of(path, connection).await?;
    if found > VERSION {
        Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known: VERSION,
        })
    } else {
        Ok(())
    }
}

/// Refuses a database that has yet to be migrated.
pub(super) async fn refuse_older(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found = version_of(path, connection).await?;
    if found < VERSION {
        Err(OpenError::Older {
            path: path.to_owned(),
            found,
            known: VERSION,
        })
    } else {
        Ok(())
    }
}

async fn version_of(path: &Path, connection: &mut SqliteConnection) -> Result<i64, OpenError> {
    let applied = connection
        .list_applied_migrations(TABLE)
        .await
        .map_err(|error| not_migrated(path, error))?;
    Ok(applied.last().map_or(0, |migration| migration.version))
}

fn not_migrated(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => OpenError::from_sqlx(path, error),
        error => OpenError::NotMigrated {
            path: path.to_owned(),
            cause: error.into(),
        },
    }
}
