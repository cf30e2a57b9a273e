//! Maintenance keeps every row and every sequence.

use jiff::SignedDuration;
use margay_lake::{EventColumns, MaintenanceReport};

use crate::world::{NOW, World, event, plain, source, time};

fn parquet_files(folder: &std::path::Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("_delta_log") {
            count += parquet_files(&path);
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            count += 1;
        }
    }
    count
}

#[tokio::test]
async fn many_small_files_of_a_day_become_one() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 61]).await;
    world.land_each(62, &["2026-03-02T00:00:00Z"; 3]).await;
    let before = world
        .text("select id, p_row_id, p_event_time from test_every order by id")
        .await;
    let report = world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(
        (report.partitions_compacted, report.files_removed, report.files_added),
        (1, 61, 1)
    );
    assert_eq!((report.tables, report.files_live, report.files_deleted), (3, 4, 0));
    assert_eq!(
        world
            .text("select id, p_row_id, p_event_time from test_every order by id")
            .await,
        before
    );
    assert_eq!(
        world.lake.landed(world.every.log_type(), source(1)).await.unwrap(),
        Some(64)
    );
    assert!(
        world
            .table_folder()
            .join("_delta_log")
            .join("_last_checkpoint")
            .is_file(),
        "commits write checkpoints"
    );
    // The replaced files are still there for readers that began before.
    assert_eq!(parquet_files(&world.table_folder()), 65);
    let again = world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(
        (again.partitions_compacted, again.files_deleted, again.files_live),
        (0, 0, 4)
    );
}

#[tokio::test]
async fn a_file_larger_than_the_others_together_is_not_written_again_for_them() {
    let world = World::new().await;
    // Text that does not shrink.
    let mut state = 1_u64;
    let text: String = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{state:016x}")
    })
    .take(200_000)
    .collect();
    let large = format!(r#"{{"id": "large", "at": "2026-03-01T00:00:00Z", "unknown": "{text}"}}"#);
    world
        .land(1, vec![event(&world.every, source(1), "large", &large)])
        .await
        .unwrap();
    world.land_each(2, &["2026-03-01T00:00:00Z"; 60]).await;
    let report = world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(
        (report.files_removed, report.files_added, report.files_live),
        (60, 1, 2)
    );
    assert_eq!(world.count("test_every").await, 61);
}

#[tokio::test]
async fn two_that_merge_at_once_leave_each_row_once() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 60]).await;
    let elsewhere = world.open_again().await;
    let (here, there) = tokio::join!(world.lake.maintain(time(NOW)), elsewhere.maintain(time(NOW)));
    assert_eq!(here.unwrap().files_removed + there.unwrap().files_removed, 60);
    assert_eq!(
        world
            .text("select count(*), count(distinct p_row_id) from test_every")
            .await,
        "60 | 60"
    );
    // What did not go into the table is not on disk either.
    assert_eq!(parquet_files(&world.table_folder()), 61);
}

#[tokio::test]
async fn replaced_files_and_old_log_entries_go_after_their_time() {
    let world = World::new().await;
    // Another process that has the table open and hears of nothing.
    let elsewhere = world.open_again().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 70]).await;
    assert_eq!(crate::world::count(&elsewhere, "test_every").await, 70);
    // The clock of the files is the machine's.
    let now = jiff::Timestamp::try_from(std::fs::metadata(world.root()).unwrap().modified().unwrap()).unwrap();
    let report = world.lake.maintain(now).await.unwrap();
    assert_eq!(report.files_removed, 70);
    let report = world
        .lake
        .maintain(now + SignedDuration::from_hours(6 * 24))
        .await
        .unwrap();
    assert_eq!(report.files_deleted, 0, "within the retention time nothing goes");
    let report = world
        .lake
        .maintain(now + SignedDuration::from_hours(8 * 24))
        .await
        .unwrap();
    assert_eq!(report.files_deleted, 70);
    assert_eq!(parquet_files(&world.table_folder()), 1);
    // The log entries went on the way, up to a checkpoint.
    let log = std::fs::read_dir(world.table_folder().join("_delta_log"))
        .unwrap()
        .count();
    assert!(log < 40, "{log} files in the log");

    assert_eq!(world.count("test_every").await, 70);
    world
        .land(71, vec![plain(&world.every, source(1), "next", "2026-03-01T00:00:00Z")])
        .await
        .unwrap();
    for lake in [elsewhere, world.open_again().await] {
        assert_eq!(crate::world::count(&lake, "test_every").await, 71);
        assert_eq!(lake.landed(world.every.log_type(), source(1)).await.unwrap(), Some(71));
    }
}

#[tokio::test]
async fn an_empty_lake_needs_nothing() {
    let world = World::new().await;
    let report = world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(
        report,
        MaintenanceReport {
            tables: 3,
            ..MaintenanceReport::default()
        }
    );
}

#[tokio::test]
async fn a_source_that_is_silent_for_long_keeps_its_sequence() {
    let world = World::new().await;
    world
        .land(1, vec![plain(&world.every, source(1), "a", "2026-03-01T00:00:00Z")])
        .await
        .unwrap();
    for sequence in 1..=60 {
        let event = plain(&world.every, source(2), &format!("b{sequence}"), "2026-03-01T00:00:00Z");
        let batch = margay_lake::Batch {
            events: EventColumns::of(&world.every, &[event]).unwrap(),
            rejects: Vec::new(),
            after: vec![(source(2), sequence - 1)],
            through: vec![(source(2), sequence)],
        };
        world.lake.land(batch).await.unwrap();
    }
    let now = jiff::Timestamp::try_from(std::fs::metadata(world.root()).unwrap().modified().unwrap()).unwrap();
    for days in [0, 10, 400] {
        world
            .lake
            .maintain(now + SignedDuration::from_hours(days * 24))
            .await
            .unwrap();
    }
    let again = world.open_again().await;
    assert_eq!(again.landed(world.every.log_type(), source(1)).await.unwrap(), Some(1));
    assert_eq!(again.landed(world.every.log_type(), source(2)).await.unwrap(), Some(60));
}
