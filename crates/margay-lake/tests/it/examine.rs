//! Whether a lake is whole, and the one repair that is always safe.

use std::path::PathBuf;

use expect_test::expect;
use margay_lake::{Effect, Examined, Lake, LakeError, RowKey, SourceRows};
use margay_schema::RowId;

use crate::world::{NOW, World, count, event, plain, reject, source, time};

const DAY: &str = "2026-03-01T12:00:00Z";
const EVERY: &str = "margay_logs.test_every";

async fn examine(world: &World) -> Examined {
    Lake::examine(&world.root(), &[source(1)]).await.unwrap()
}

/// The findings as `table: code × count`, a line each.
fn codes(examined: &Examined) -> String {
    let findings = examined.findings.iter();
    let lines = findings.map(|finding| format!("{}: {} × {}", finding.table, finding.code, finding.count));
    lines.collect::<Vec<_>>().join("\n")
}

/// A world with ten rows in ten files, and one failure.
async fn world() -> World {
    let world = World::new().await;
    world.land_each(1, &[DAY; 9]).await;
    let events = vec![plain(&world.every, source(1), "last", "2026-03-02T12:00:00Z")];
    let rejects = vec![reject(&world.every, source(1), "bad")];
    world.land_with(10, events, rejects).await.unwrap();
    world
}

#[tokio::test]
async fn a_whole_lake_has_no_findings_and_its_rows_are_counted_by_source() {
    let world = world().await;
    let examined = examine(&world).await;
    assert_eq!(examined.findings, []);
    let tables = examined
        .tables
        .iter()
        .map(|table| (table.name.as_str(), table.files, table.rows));
    let expected = [
        (EVERY, 10, 10),
        ("margay_logs.test_other", 0, 0),
        ("margay_monitor.classification_failures", 1, 1),
    ];
    assert_eq!(tables.collect::<Vec<_>>(), expected);
    let landed = |at: usize| examined.tables[at].sources[&source(1)];
    let some = |rows| SourceRows { rows, landed: Some(10) };
    assert_eq!(
        (landed(0), landed(1), landed(2)),
        (some(10), SourceRows::default(), some(1))
    );
    let bytes: u64 = world
        .data_files()
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert_eq!(examined.tables[0].bytes, bytes);
    world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(examine(&world).await.findings, []);
}

#[tokio::test]
async fn files_that_are_gone_cut_or_spoilt_are_named() {
    let world = world().await;
    let files = world.data_files();
    std::fs::remove_file(&files[0]).unwrap();
    std::fs::write(&files[1], b"short").unwrap();
    let mut spoilt = std::fs::read(&files[2]).unwrap();
    let length = spoilt.len();
    spoilt[length - 4..].copy_from_slice(b"XXXX");
    std::fs::write(&files[2], spoilt).unwrap();
    let examined = examine(&world).await;
    expect![[r"
        margay_logs.test_every: file_missing × 1
        margay_logs.test_every: file_size × 1
        margay_logs.test_every: file_unreadable × 1"]]
    .assert_eq(&codes(&examined));
    for (finding, file) in examined.findings.iter().zip(&files) {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(finding.text.contains(name), "{}", finding.text);
        assert!(finding.text.contains("\nhint: restore"), "{}", finding.text);
        assert!(!finding.code.is_mended_safely());
    }
    assert_eq!(examined.tables[0].rows, 7, "the others are counted");
}

#[tokio::test]
async fn a_log_that_cannot_be_read_and_one_that_is_gone_are_told_apart() {
    let world = world().await;
    let log = |table: &str| world.root().join("margay_logs").join(table).join("_delta_log");
    let first = |log: PathBuf| log.join(format!("{:020}.json", 0));
    std::fs::write(first(log("test_every")), b"{\"commitInfo").unwrap();
    std::fs::create_dir_all(world.root().join("margay_logs/test_gone/p_event_date=2026-03-01")).unwrap();
    std::fs::create_dir_all(world.root().join("margay_logs/test_empty")).unwrap();
    let examined = examine(&world).await;
    expect![[r"
        margay_logs.test_every: log_unreadable × 1
        margay_logs.test_gone: log_missing × 1"]]
    .assert_eq(&codes(&examined));
    assert_eq!(examined.tables.len(), 2, "the others were looked at");
}

#[tokio::test]
async fn equal_rows_of_a_record_become_one_and_nothing_else_changes() {
    let world = world().await;
    // What a landing that the journal forgot would leave behind: three rows of one record, two of another.
    let again = |id| plain(&world.every, source(1), id, DAY);
    world
        .land(11, vec![again("e1"), again("e2"), again("new")])
        .await
        .unwrap();
    world.land(12, vec![again("e1")]).await.unwrap();
    let examined = examine(&world).await;
    expect!["margay_logs.test_every: row_repeated × 2"].assert_eq(&codes(&examined));
    let finding = &examined.findings[0];
    assert!(finding.code.is_mended_safely());
    let mut rows = finding.rows.clone();
    rows.sort();
    let mut expected = ["e1", "e2"].map(|id| RowId::of(source(1), id));
    expected.sort_unstable();
    assert_eq!(rows, expected);

    let counted = world.lake.remove_repeated_rows(Effect::Count).await.unwrap();
    assert_eq!((counted.rows, world.count("test_every").await), (3, 14));
    let removed = world.lake.remove_repeated_rows(Effect::Write).await.unwrap();
    assert_eq!(removed.rows, 3);
    assert_eq!(world.rows("select distinct p_row_id from test_every").await.len(), 11);
    assert_eq!(world.count("test_every").await, 11);
    assert_eq!(examine(&world).await.findings, []);
    let again = world.lake.remove_repeated_rows(Effect::Write).await.unwrap();
    assert_eq!((again.rows, again.files.added), (0, 0));
    let landed = world.open_again().await.landed(world.every.log_type(), source(1)).await;
    assert_eq!(landed.unwrap(), Some(12), "no sequence moves");
}

#[tokio::test]
async fn rows_that_say_different_things_are_left_to_a_person() {
    let world = world().await;
    let other = event(
        &world.every,
        source(1),
        "e1",
        &format!(r#"{{"id": "e1", "at": "{DAY}", "small": 7}}"#),
    );
    world.land(11, vec![other]).await.unwrap();
    expect!["margay_logs.test_every: row_contradicted × 1"].assert_eq(&codes(&examine(&world).await));
    assert_eq!(world.lake.remove_repeated_rows(Effect::Write).await.unwrap().rows, 0);
    assert_eq!(world.count("test_every where id = 'e1'").await, 2);
}

#[tokio::test]
async fn a_record_that_is_an_event_and_a_failure_is_found() {
    let world = world().await;
    world
        .land(11, vec![plain(&world.every, source(1), "bad", DAY)])
        .await
        .unwrap();
    let examined = examine(&world).await;
    expect!["margay_logs.test_every: row_in_both × 1"].assert_eq(&codes(&examined));
    assert_eq!(examined.findings[0].rows, [RowId::of(source(1), "bad")]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("nothing");
    let error = Lake::examine(&root, &[]).await.unwrap_err();
    assert!(matches!(error, LakeError::Folder { .. }), "{error}");
    assert!(!root.exists());
}

#[tokio::test]
async fn rows_that_are_in_neither_table_are_absent() {
    let world = world().await;
    let key = |id: &str| RowKey {
        row_id: RowId::of(source(1), id),
        parse_time: time(NOW),
    };
    let keys = ["lost", "e1", "bad", "last", "gone"].map(key);
    let absent = world.lake.absent(world.every.log_type(), &keys).await.unwrap();
    assert_eq!(absent, ["lost", "gone"].map(|id| RowId::of(source(1), id)));
    assert_eq!(count(&world.lake, "test_every").await, 10);
    let none = world.lake.absent(world.every.log_type(), &[]).await.unwrap();
    assert_eq!(none, []);
    let other = world.lake.absent(world.other.log_type(), &keys[..3]).await.unwrap();
    assert_eq!(other.len(), 2, "only the failure is there for another log type");
}
