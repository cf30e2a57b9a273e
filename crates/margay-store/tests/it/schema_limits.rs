//! How many custom schemas and versions there may be. `SQLite` only: the rows are made by hand, to be fast.

use margay_schema::LogType;
use margay_store::{CUSTOM_SCHEMAS_MAX, ChangeSchemaError, CreateSchemaError, Revision, SCHEMA_VERSIONS_MAX};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::world::{Database, at};

async fn execute(database: &Database, statements: &'static str, count: i64) {
    let options = SqliteConnectOptions::new().filename(database.file());
    let mut raw = options.connect().await.unwrap();
    sqlx::query(statements).bind(count).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
}

#[tokio::test]
async fn there_are_only_so_many_schemas() {
    let database = Database::new().await;
    let store = &database.store;
    execute(
        &database,
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1) \
         INSERT INTO custom_schema (name, name_folded, revision, version, is_archived, created_at, updated_at) \
         SELECT 'Custom.N' || n, 'custom.n' || n, 1, 1, n % 2, 0, 0 FROM number",
        i64::try_from(CUSTOM_SCHEMAS_MAX).unwrap() - 1,
    )
    .await;
    store
        .create_schema(&"Custom.Last".parse().unwrap(), "text", at(0))
        .await
        .unwrap();
    let error = store
        .create_schema(&"Custom.Beyond".parse().unwrap(), "text", at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, CreateSchemaError::TooMany), "{error:?}");
}

#[tokio::test]
async fn a_schema_changes_only_so_often() {
    let database = Database::new().await;
    let store = &database.store;
    let name: LogType = "Custom.Login".parse().unwrap();
    store.create_schema(&name, "text", at(0)).await.unwrap();
    execute(
        &database,
        "WITH RECURSIVE number (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < ?1) \
         INSERT INTO custom_schema_text (schema, version, saved_at, yaml) SELECT 1, n, 0, 'text ' || n FROM number",
        i64::from(SCHEMA_VERSIONS_MAX) - 1,
    )
    .await;
    execute(
        &database,
        "UPDATE custom_schema SET version = ?1, revision = ?1",
        i64::from(SCHEMA_VERSIONS_MAX) - 1,
    )
    .await;
    let last = u64::from(SCHEMA_VERSIONS_MAX);
    let replaced = store
        .replace_schema(&name, Revision::new(last - 1), "the last text", at(1))
        .await
        .unwrap();
    assert_eq!(replaced.version, SCHEMA_VERSIONS_MAX);
    let error = store
        .replace_schema(&name, Revision::new(last), "one more", at(2))
        .await
        .unwrap_err();
    assert!(matches!(error, ChangeSchemaError::TooManyVersions(_)), "{error:?}");
    // It can still be archived.
    store.archive_schema(&name, Revision::new(last), at(3)).await.unwrap();
}
