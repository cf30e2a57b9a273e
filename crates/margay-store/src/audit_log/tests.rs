use jiff::Timestamp;

use super::{Acting, AskedFor, AuditFilter};
use crate::one_source::OneSource;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn asked() -> AskedFor {
    AskedFor {
        action: "create_query".to_owned(),
        object: None,
        status: Some(202),
        problem: None,
        after: None,
    }
}

#[tokio::test]
async fn an_entry_is_never_changed_and_stays_until_it_is_journalled() {
    let OneSource { store, .. } = &OneSource::new(now()).await;
    for _ in 0..3 {
        store.record_asked(&Acting::begin(now(), None), asked()).await.unwrap();
    }
    let own = store.own_source(&"Margay.Audit".parse().unwrap(), now()).await.unwrap();
    let mut transaction = store.begin_write().await.unwrap();
    let changed = sqlx::query("UPDATE audit_log SET actor_name = 'nobody'")
        .execute(&mut *transaction)
        .await;
    assert!(changed.unwrap_err().to_string().contains("never changed"));
    let removed = sqlx::query("DELETE FROM audit_log WHERE number = 2")
        .execute(&mut *transaction)
        .await;
    assert!(removed.unwrap_err().to_string().contains("not in the journal yet"));
    sqlx::query("UPDATE journal SET checkpoint = '2' WHERE source = (SELECT number FROM source WHERE id = ?1)")
        .bind(own.id.to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    let removed = sqlx::query("DELETE FROM audit_log WHERE number <= 2")
        .execute(&mut *transaction)
        .await;
    assert_eq!(removed.unwrap().rows_affected(), 2);
    transaction.commit().await.unwrap();
    assert_eq!(
        store.audit_log(&AuditFilter::default(), None, 9).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn pruning_keeps_the_newest_and_what_is_not_journalled() {
    let OneSource { store, .. } = &OneSource::new(now()).await;
    store.record_asked(&Acting::begin(now(), None), asked()).await.unwrap();
    let own = store.own_source(&"Margay.Audit".parse().unwrap(), now()).await.unwrap();
    let mut transaction = store.begin_write().await.unwrap();
    sqlx::query(
        "INSERT INTO audit_log (number, id, at, actor_kind, actor_name, action) \
         SELECT number + value, id || value, at, actor_kind, actor_name, action FROM audit_log, \
         (SELECT 99_999 AS value UNION SELECT 100_000 UNION SELECT 100_001)",
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    let numbers = async || -> Vec<i64> {
        sqlx::query_scalar("SELECT number FROM audit_log ORDER BY number")
            .fetch_all(store.readers())
            .await
            .unwrap()
    };

    store.prune_audit_log().await.unwrap();
    assert_eq!(numbers().await, [1, 100_000, 100_001, 100_002], "nothing is journalled");

    let mut transaction = store.begin_write().await.unwrap();
    sqlx::query("UPDATE journal SET checkpoint = '100002' WHERE source = (SELECT number FROM source WHERE id = ?1)")
        .bind(own.id.to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    store.prune_audit_log().await.unwrap();
    assert_eq!(numbers().await, [100_000, 100_001, 100_002]);
}
