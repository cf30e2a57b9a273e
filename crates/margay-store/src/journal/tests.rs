//! Faults that can only be provoked from inside: a full disk, a database that turns read-only.

use std::error::Error as _;

use super::*;
use crate::one_source::OneSource;
use crate::{Claim, Evidence, FaultKind, Ledger, Remedy};

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

impl OneSource {
    /// A page of noise that compression cannot shrink.
    fn page(&self, bytes: usize) -> NewEntry {
        let mut noise = vec![0; bytes];
        getrandom::fill(&mut noise).unwrap();
        let body = noise.iter().map(|byte| char::from(byte % 64 + 32)).collect();
        NewEntry {
            log_type: "Asana.Audit".parse().unwrap(),
            records: vec![NewRecord {
                id: getrandom::u64().unwrap().to_string(),
                body,
            }],
            progress: Progress::Tail {
                checkpoint: "moved".to_owned(),
            },
            claim: Some(Claim {
                from: Timestamp::UNIX_EPOCH,
                to: now(),
                evidence: Evidence::PageChain,
                at: now(),
            }),
            fence: self.fence,
            newest_event_time: None,
            now: now(),
        }
    }

    async fn pragma(&self, statement: &'static str) {
        let mut transaction = self.store.begin_write().await.unwrap();
        sqlx::query(statement).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

fn storage(error: AppendError) -> crate::StorageFault {
    match error {
        AppendError::Storage(fault) => fault,
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_work_goes_on_once_there_is_space() {
    let world = OneSource::new(now()).await;
    // SQLite reports a file that may not grow as it reports a disk that has no space.
    world.pragma("PRAGMA max_page_count = 60").await;
    let fault = storage(
        world
            .store
            .append(world.source_id, world.page(1_000_000))
            .await
            .unwrap_err(),
    );
    assert_eq!(fault.kind(), FaultKind::DiskFull);
    assert_eq!(fault.remedy(), Remedy::AskOperator);
    assert!(fault.to_string().contains("margay.db") && fault.source().is_some());

    let status = world.store.journal_status(world.source_id).await.unwrap();
    assert_eq!((status.head, status.records_total), (Sequence::ZERO, 0));
    assert_eq!(world.store.checkpoint(world.source_id).await.unwrap(), "start");
    assert_eq!(world.store.ledger(world.source_id).await.unwrap(), Ledger::default());

    world.pragma("PRAGMA max_page_count = 1000000").await;
    let appended = world
        .store
        .append(world.source_id, world.page(1_000_000))
        .await
        .unwrap();
    assert_eq!(appended.sequence, Some(Sequence::new(1)));
    let ledger = world.store.ledger(world.source_id).await.unwrap();
    assert_eq!(ledger.uncovered(Timestamp::UNIX_EPOCH, now()), []);
}

/// After some failures `SQLite` rolls back by itself; sqlx does not notice, and goes on counting a transaction.
#[tokio::test]
async fn a_connection_whose_transaction_sqlite_ended_is_replaced() {
    let world = OneSource::new(now()).await;
    let mut transaction = world.store.begin_write().await.unwrap();
    sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
    drop(transaction);
    world.store.append(world.source_id, world.page(10)).await.unwrap();
}

#[tokio::test]
async fn a_database_that_turns_read_only_is_named() {
    let world = OneSource::new(now()).await;
    let mut transaction = world.store.begin_write().await.unwrap();
    sqlx::query("PRAGMA query_only = ON")
        .execute(&mut *transaction)
        .await
        .unwrap();
    drop(transaction);
    let fault = storage(world.store.append(world.source_id, world.page(10)).await.unwrap_err());
    assert_eq!(fault.kind(), FaultKind::ReadOnly);
    assert_eq!(fault.remedy(), Remedy::AskOperator);
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let world = OneSource::new(now()).await;
    world.store.close().await;
    let fault = storage(world.store.append(world.source_id, world.page(10)).await.unwrap_err());
    assert_eq!(fault.kind(), FaultKind::Closed);
    assert_eq!(fault.remedy(), Remedy::StandDown);
}

/// The statements of the hot path look up rows by key and never walk a table.
#[tokio::test]
async fn appending_and_reading_never_walk_a_table() {
    let world = OneSource::new(now()).await;
    let statements = [
        "EXPLAIN QUERY PLAN SELECT json_group_array(record_id) FROM record_id \
         WHERE source = 1 AND record_id IN (SELECT value FROM json_each('[]'))",
        "EXPLAIN QUERY PLAN SELECT sequence, raw_bytes FROM entry \
         WHERE source = 1 AND sequence > 1 ORDER BY sequence LIMIT 9",
        "EXPLAIN QUERY PLAN DELETE FROM record_id \
         WHERE source = 1 AND first_seen_day < 1 AND record_id >= 'a' AND record_id < 'b'",
        "EXPLAIN QUERY PLAN SELECT source.number FROM source JOIN journal ON journal.source = source.number \
         JOIN lease ON lease.source = source.number WHERE source.id = 'x'",
    ];
    for statement in statements {
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(statement)
            .fetch_all(world.store.readers())
            .await
            .unwrap();
        for (_, _, _, step) in plan {
            assert!(
                !step.starts_with("SCAN") || step.contains("json_each"),
                "{statement}: {step}"
            );
        }
    }
}
