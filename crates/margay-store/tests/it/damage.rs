//! Entries that are not what was written are named, never passed on. `SQLite` only.

use margay_store::{EntriesError, EntryProblem, Remedy, Sequence};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::world::{Database, leased, page};

async fn check(statement: &'static str, expected: EntryProblem) {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    for id in ["1", "2", "3"] {
        store.append(source.id, page(&lease, &[id], "x", 0)).await.unwrap();
    }
    let mut raw = SqliteConnectOptions::new()
        .filename(database.file())
        .connect()
        .await
        .unwrap();
    sqlx::query(statement).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();

    let whole = store.entries(source.id, Sequence::ZERO, usize::MAX).await.unwrap();
    assert_eq!(whole.len(), 1, "what comes before the damage is read: {statement}");
    let error = store
        .entries(source.id, Sequence::new(1), usize::MAX)
        .await
        .unwrap_err();
    let EntriesError::EntryDamaged {
        source_id,
        sequence,
        problem,
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (*source_id, *sequence, *problem),
        (source.id, Sequence::new(2), expected),
        "{statement}"
    );
    assert_eq!(error.remedy(), Remedy::AskOperator);
    assert!(
        error
            .to_string()
            .contains(&format!("entry 2 of the log source {}", source.id)),
        "{error}"
    );
}

#[tokio::test]
async fn a_damaged_entry_is_named() {
    check(
        "UPDATE entry SET records = x'00' WHERE sequence = 2",
        EntryProblem::NotUnpackable,
    )
    .await;
    check(
        "UPDATE entry SET record_count = 2 WHERE sequence = 2",
        EntryProblem::OtherRecordCount,
    )
    .await;
    check(
        "UPDATE entry SET raw_bytes = raw_bytes + 1 WHERE sequence = 2",
        EntryProblem::OtherLength,
    )
    .await;
    check(
        "UPDATE entry SET raw_bytes = 9223372036854775807 WHERE sequence = 2",
        EntryProblem::OtherLength,
    )
    .await;
    check(
        "UPDATE entry SET format = 7 WHERE sequence = 2",
        EntryProblem::UnknownFormat(7),
    )
    .await;
    check(
        "UPDATE entry SET log_type = '' WHERE sequence = 2",
        EntryProblem::BadLogType,
    )
    .await;
    check("DELETE FROM entry WHERE sequence = 2", EntryProblem::Missing).await;
    check("DELETE FROM entry WHERE sequence > 1", EntryProblem::Missing).await;
}
