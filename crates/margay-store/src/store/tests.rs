use super::*;

const FULL: i64 = 2;
const INCREMENTAL: i64 = 2;

/// What durability rests on, read back from the connections themselves.
#[tokio::test]
async fn commits_are_flushed_and_readers_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let key = MasterKey::load_or_create(&directory.path().join("master.key"), None).unwrap();
    let store = Store::open(&directory.path().join(DATABASE_FILE_NAME), key)
        .await
        .unwrap();

    let mut writer = store.begin_write().await.unwrap();
    let journal_mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *writer)
        .await
        .unwrap();
    assert_eq!(journal_mode, "wal");
    for (pragma, expected) in [
        ("PRAGMA synchronous", FULL),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA busy_timeout", 5_000),
        ("PRAGMA auto_vacuum", INCREMENTAL),
    ] {
        let value: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *writer).await.unwrap();
        assert_eq!(value, expected, "{pragma}");
    }

    let write = sqlx::query("DELETE FROM meta")
        .execute(store.readers())
        .await
        .or_fault(&store);
    assert_eq!(write.unwrap_err().kind(), FaultKind::ReadOnly);
}
