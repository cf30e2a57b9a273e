//! What an examination finds, and what mending it leaves behind. `SQLite` only: the damage is done by hand.

use margay_store::{
    BackfillReason, Claim, Evidence, FINDINGS_PER_KIND_MAX, Finding, FindingKind, MasterKey, NewBackfill, RepairError,
    Store,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::world::{Database, SECRET, appended, at, days, file_in, leased, page, sound_ids};

/// A database with entries, a ledger and a backfill, in which everything holds.
async fn sound_database() -> Database {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    for (seconds, ids) in [(0, ["1", "2"]), (1, ["3", "4"]), (2, ["5", "6"]), (3, ["7", "8"])] {
        let mut page = page(&lease, &ids, "x", seconds);
        page.claim = Some(Claim {
            from: at(-10 + seconds),
            to: at(-9 + seconds),
            evidence: Evidence::PageChain,
            at: at(seconds),
        });
        store.append(source.id, page).await.unwrap();
    }
    let reread = Claim {
        from: at(-9),
        to: at(-8),
        evidence: Evidence::WindowRead,
        at: at(5),
    };
    store.claim(source.id, lease.token, &[reread]).await.unwrap();
    let backfill = NewBackfill {
        from: at(-30),
        to: at(-10),
        reason: BackfillReason::Initial,
        windows: vec![(at(-30), at(-20)), (at(-20), at(-10))],
        now: at(0),
    };
    store.begin_backfill(source.id, lease.token, backfill).await.unwrap();
    assert_eq!(store.examine(at(10)).await.unwrap(), []);
    database
}

async fn damage(database: &Database, statement: &'static str) {
    let mut raw = SqliteConnectOptions::new()
        .filename(database.file())
        .foreign_keys(false)
        .connect()
        .await
        .unwrap();
    // The tables' checks would keep us from some of it.
    sqlx::raw_sql("PRAGMA ignore_check_constraints = ON")
        .execute(&mut raw)
        .await
        .unwrap();
    sqlx::raw_sql(statement).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
}

fn kinds(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.kind.as_str()).collect()
}

/// Does the damage; it must be found, as `kind` and with that text. Mends it, if that is safe; then nothing may be found.
async fn check(statement: &'static str, kind: FindingKind, text: &str) -> Database {
    let database = sound_database().await;
    damage(&database, statement).await;
    let store = &database.store;
    let findings = store.examine(at(10)).await.unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding.kind == kind)
        .unwrap_or_else(|| panic!("{statement}: {:?}", kinds(&findings)));
    assert!(finding.text.contains(text), "{statement}: {finding}");
    for finding in &findings {
        let repaired = store.repair(finding, at(10)).await;
        if finding.is_repairable {
            repaired.unwrap();
        } else {
            let error = repaired.unwrap_err();
            assert!(matches!(error, RepairError::NotSafe(_)), "{statement}: {error:?}");
        }
    }
    let left: Vec<Finding> = findings.into_iter().filter(|finding| !finding.is_repairable).collect();
    assert_eq!(store.examine(at(10)).await.unwrap(), left, "{statement}");
    database
}

#[tokio::test]
async fn forgotten_ids_are_remembered_again() {
    let database = check(
        "DELETE FROM record_id WHERE record_id IN ('2', '7')",
        FindingKind::IdForgotten,
        "2 journalled record(s) are not remembered, such as \"2\"",
    )
    .await;
    let store = &database.store;
    let source = store.sources().await.unwrap().remove(0);
    let lease = store
        .acquire_lease(source.id, "later", at(100), crate::world::TTL)
        .await
        .unwrap();
    let result = store
        .append(source.id, page(&lease, &["2", "7", "9"], "x", 100))
        .await
        .unwrap();
    assert_eq!(result, appended(5, &[2], 2));
}

/// Beyond the horizon ids are forgotten rightly, whether retention has noted it yet or not.
#[tokio::test]
async fn ids_beyond_the_horizon_may_be_forgotten() {
    let database = sound_database().await;
    damage(&database, "DELETE FROM record_id").await;
    assert_eq!(
        kinds(&database.store.examine(at(days(100))).await.unwrap()),
        ["id_forgotten"]
    );
    assert_eq!(database.store.examine(at(days(101))).await.unwrap(), []);
    damage(&database, "UPDATE journal SET ids_since_day = ids_since_day + 1").await;
    assert_eq!(database.store.examine(at(10)).await.unwrap(), []);
}

#[tokio::test]
async fn missing_and_damaged_entries_are_named_and_left_to_a_person() {
    check(
        "DELETE FROM entry WHERE sequence = 2",
        FindingKind::EntryDamaged,
        "entry 2 cannot be read: it is missing",
    )
    .await;
    check(
        "DELETE FROM entry WHERE sequence > 3",
        FindingKind::EntriesMiscounted,
        "3 entries from 1 to 3 are kept, and should be the 4 from 1 to 4",
    )
    .await;
    check(
        "UPDATE entry SET records = zeroblob(50) WHERE sequence = 3",
        FindingKind::EntryDamaged,
        "entry 3 cannot be read",
    )
    .await;
    check(
        "UPDATE journal SET head = 3",
        FindingKind::EntriesMiscounted,
        "4 entries from 1 to 4 are kept, and should be the 3 from 1 to 3",
    )
    .await;
}

#[tokio::test]
async fn a_record_that_stands_twice_is_named_with_its_places() {
    check(
        "UPDATE entry SET (records, raw_bytes) = (SELECT records, raw_bytes FROM entry WHERE sequence = 1) \
         WHERE sequence = 4",
        FindingKind::IdTwice,
        "record \"1\" stands in its journal 2 times, in entries 1 to 4",
    )
    .await;
}

#[tokio::test]
async fn totals_below_what_is_there_are_raised() {
    let database = check(
        "UPDATE journal SET records_total = 7, stored_bytes_total = 1",
        FindingKind::TotalTooLow,
        "7 records were counted, but 8 are in its journal",
    )
    .await;
    let source = database.store.sources().await.unwrap().remove(0);
    assert_eq!(sound_ids(&database.store, source.id).await.len(), 8);
}

#[tokio::test]
async fn positions_outside_the_journal_are_named() {
    check(
        "UPDATE consumer_position SET sequence = 5",
        FindingKind::PositionBeyondHead,
        "landing is at entry 5, but the last one is 4",
    )
    .await;
    check(
        "DELETE FROM entry WHERE sequence = 1; UPDATE journal SET pruned_through = 1",
        FindingKind::PositionBelowKept,
        "landing is at entry 0, but entries up to 1 were removed",
    )
    .await;
}

#[tokio::test]
async fn coverage_that_contradicts_itself_is_given_up() {
    let database = check(
        "UPDATE coverage SET to_at = to_at + 500000 WHERE from_at = (SELECT min(from_at) FROM coverage)",
        FindingKind::CoverageBroken,
        "by \"page_chain\" contradicts itself or a range beside it",
    )
    .await;
    let source = database.store.sources().await.unwrap().remove(0);
    let ledger = database.store.ledger(source.id).await.unwrap();
    assert_eq!(
        ledger.coverage.len(),
        1,
        "of the two that overlap neither is believed: {ledger:?}"
    );
    assert_eq!(ledger.uncovered(at(-10), at(-6)), [(at(-10), at(-8))]);

    check(
        "UPDATE coverage SET evidence = 'hearsay' WHERE evidence = 'window_read'",
        FindingKind::CoverageBroken,
        "by \"hearsay\" contradicts itself",
    )
    .await;
}

#[tokio::test]
async fn coverage_of_a_time_to_come_is_cut_off() {
    let database = check(
        "UPDATE coverage SET to_at = to_at + 90000000000 WHERE from_at = (SELECT max(from_at) FROM coverage)",
        FindingKind::CoverageInFuture,
        "which is yet to come",
    )
    .await;
    let source = database.store.sources().await.unwrap().remove(0);
    let ledger = database.store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.proven_through(), Some(at(10)));
}

#[tokio::test]
async fn backfills_are_counted_anew() {
    for statement in [
        "UPDATE backfill SET windows_total = 5",
        "UPDATE backfill SET covered = 1",
        "DELETE FROM backfill_window WHERE number = 1",
        "DELETE FROM backfill_window",
        "UPDATE backfill SET finished_at = 1",
        "UPDATE backfill SET is_cancelled = 1, finished_at = 1",
    ] {
        let database = check(statement, FindingKind::BackfillMiscounted, "backfill 1 counts").await;
        let store = &database.store;
        let source = store.sources().await.unwrap().remove(0);
        let backfill = store.backfills(source.id).await.unwrap().remove(0);
        let waiting = store.waiting_windows(source.id, 10).await.unwrap().len() as u64;
        assert_eq!(backfill.finished_at.is_some(), waiting == 0, "{statement}");
        if !backfill.is_cancelled {
            assert_eq!(backfill.windows_total, backfill.windows_done + waiting, "{statement}");
        }
    }
}

#[tokio::test]
async fn rows_that_belong_to_nobody_are_found() {
    let database = check(
        "DELETE FROM lease; DELETE FROM backfill; INSERT INTO record_id VALUES (99, 'x', 1); \
         INSERT INTO entry SELECT 98, sequence, journalled_at, record_count, raw_bytes, format, log_type, records FROM entry",
        FindingKind::Leftover,
        "the deleted log source number 98",
    )
    .await;
    let left = database.store.examine(at(10)).await.unwrap();
    assert_eq!(kinds(&left), ["reference_broken", "row_missing"]);
    assert!(
        left[0].text.contains("2 row(s) of the table backfill_window"),
        "{}",
        left[0]
    );
    assert!(left[1].text.contains("its lease is missing"), "{}", left[1]);
}

#[tokio::test]
async fn what_a_source_stands_on_may_be_missing() {
    let database = check("DELETE FROM journal", FindingKind::RowMissing, "its journal is missing").await;
    assert_eq!(kinds(&database.store.examine(at(10)).await.unwrap()), ["row_missing"]);
}

#[tokio::test]
async fn credentials_are_tried_but_never_shown() {
    let database = sound_database().await;
    damage(&database, "UPDATE credential SET envelope = zeroblob(80)").await;
    let findings = database.store.examine(at(10)).await.unwrap();
    assert_eq!(kinds(&findings), ["credentials_unreadable"]);
    assert!(!format!("{findings:?}").contains(SECRET));
    // Without the key nobody can tell.
    let reader = Store::open_read_only(&file_in(database.directory.path()), None::<MasterKey>)
        .await
        .unwrap();
    assert_eq!(reader.examine(at(10)).await.unwrap(), []);
    assert!(matches!(
        reader.repair(&findings[0], at(10)).await,
        Err(RepairError::NotSafe(_))
    ));
}

#[tokio::test]
async fn the_same_thing_many_times_is_told_a_few_times() {
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    let count = FINDINGS_PER_KIND_MAX + 7;
    for number in 0..count {
        database
            .store
            .append(source.id, page(&lease, &[&number.to_string()], "x", 0))
            .await
            .unwrap();
    }
    damage(&database, "UPDATE entry SET records = zeroblob(50)").await;
    let findings = database.store.examine(at(10)).await.unwrap();
    assert_eq!(findings.len(), FINDINGS_PER_KIND_MAX);
    assert!(
        findings[FINDINGS_PER_KIND_MAX - 1]
            .text
            .ends_with("(and 7 more like this)")
    );
}

#[tokio::test]
async fn an_index_that_lies_is_found() {
    let database = sound_database().await;
    damage(
        &database,
        "PRAGMA writable_schema = ON; \
         UPDATE sqlite_schema SET sql = 'CREATE INDEX history_by_source ON history (source, count)' \
         WHERE name = 'history_by_source'; \
         PRAGMA writable_schema = OFF",
    )
    .await;
    damage(
        &database,
        "INSERT INTO history (source, first_at, last_at, count, kind, text) VALUES (1, 0, 0, 9, 'added', 'x')",
    )
    .await;
    // The store that is open, and those that open from now on, believe different things of the index.
    let other = Store::open_read_only(&database.file(), None).await;
    let findings = match other {
        Ok(other) => other.examine(at(10)).await.unwrap(),
        Err(error) => panic!("{error:?}"),
    };
    let from_the_first = database.store.examine(at(10)).await.unwrap();
    let found: Vec<&Finding> = findings.iter().chain(&from_the_first).collect();
    assert!(
        found.iter().any(|finding| finding.kind == FindingKind::FileDamaged),
        "{found:?}"
    );
}
