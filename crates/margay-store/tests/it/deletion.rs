//! Nothing of a deleted source stays. `SQLite` only: it asks the tables themselves.

use margay_store::{BackfillReason, Claim, Evidence, HistoryKind, NewBackfill, NewNote};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::world::{Database, at, leased, new_audit, page};

#[tokio::test]
async fn no_table_has_a_row_of_a_deleted_source() {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    let mut first = page(&lease, &["1"], "x", 0);
    first.claim = Some(Claim {
        from: at(0),
        to: at(1),
        evidence: Evidence::PageChain,
        at: at(2),
    });
    store.append(source.id, first).await.unwrap();
    let backfill = NewBackfill {
        from: at(0),
        to: at(1),
        reason: BackfillReason::Asked,
        windows: vec![(at(0), at(1))],
        now: at(0),
    };
    store.begin_backfill(source.id, lease.token, backfill).await.unwrap();
    let note = NewNote {
        at: at(0),
        kind: HistoryKind::Added,
        text: "added".to_owned(),
    };
    store.note(source.id, note).await.unwrap();
    store.add_lateness(source.id, &[(1, 1)]).await.unwrap();
    store.keep_audit(source.id, new_audit()).await.unwrap();

    let mut raw = SqliteConnectOptions::new()
        .filename(database.file())
        .connect()
        .await
        .unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_schema.name) AS field WHERE field.name = 'source')",
    )
    .fetch_all(&mut raw)
    .await
    .unwrap();
    let rows_of = async |raw: &mut sqlx::SqliteConnection| {
        let mut with_rows = Vec::new();
        for table in &tables {
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
                .fetch_one(&mut *raw)
                .await
                .unwrap();
            if count > 0 {
                with_rows.push(table.clone());
            }
        }
        with_rows
    };
    let before = rows_of(&mut raw).await;
    for table in [
        "audit",
        "backfill",
        "backfill_window",
        "coverage",
        "history",
        "lateness",
        "ledger",
    ] {
        assert!(before.iter().any(|other| other == table), "{table} of {before:?}");
    }
    store.delete_source(source.id, at(0)).await.unwrap();
    assert_eq!(rows_of(&mut raw).await, [""; 0]);
    raw.close().await.unwrap();
}
