//! Rows give way to what another schema makes of their records: each once, nothing else moves.

use std::collections::HashSet;

use expect_test::expect;
use margay_lake::{
    Batch, Effect, EventColumns, LandError, RejectRow, ReplaceError, Replaced, Replacement, RowKey, Settled, Settlement,
};
use margay_schema::{Event, RowId, Schema};

use crate::world::{EVERY_TYPE, NOW, World, count, event, plain, reject, schema, source, time};

mod failures;

const FAILURES: &str = "margay_monitor.classification_failures";

/// Two more fields, one of them within an object in a list.
fn wider() -> Schema {
    let wider = EVERY_TYPE.replace("  - {name: truth", "  - {name: added, type: bigint}\n  - {name: truth");
    schema(&wider.replace("[{name: nth,", "[{name: city, type: string}, {name: nth,"))
}

fn key(id: &str) -> RowKey {
    RowKey {
        row_id: RowId::of(source(1), id),
        parse_time: time(NOW),
    }
}

/// The event of a later revision of the schema.
fn revised(schema: &Schema, id: &str, record: &str) -> Event {
    let mut event = event(schema, source(1), id, record);
    event.standard.schema_version = 4;
    event
}

async fn replace(world: &World, schema: &Schema, events: Vec<Event>) -> Replaced {
    let sought = Vec::new();
    let replacement = Replacement { schema, events, sought };
    world.lake.replace(replacement, Effect::Write).await.unwrap()
}

async fn settle(world: &World, landed: &[&str], rejects: Vec<RejectRow>) -> Settled {
    let landed = landed.iter().map(|id| key(id)).collect();
    world
        .lake
        .settle(Settlement { landed, rejects }, Effect::Write)
        .await
        .unwrap()
}

fn version(world: &World) -> usize {
    let log = std::fs::read_dir(world.table_folder().join("_delta_log")).unwrap();
    let paths = log.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .count()
}

#[tokio::test]
async fn rows_that_are_there_give_way_and_missing_ones_come() {
    let world = World::new().await;
    let at = "2026-03-01T00:00:00Z";
    let events = ["a", "b", "c"].map(|id| plain(&world.every, source(1), id, at));
    world.land(1, events.to_vec()).await.unwrap();
    let wider = wider();
    let events = vec![
        revised(
            &wider,
            "b",
            r#"{"id": "b", "at": "2026-03-01T00:00:00Z", "added": 5, "actor": {"visits": [{"city": "Ulm"}]}}"#,
        ),
        revised(&wider, "d", r#"{"id": "d", "at": "2026-03-02T00:00:00Z"}"#),
    ];
    let replaced = replace(&world, &wider, events.clone()).await;
    assert_eq!((replaced.added, replaced.replaced, replaced.unchanged), (1, 1, 0));
    assert_eq!((replaced.files.removed, replaced.files.added), (1, 3));
    expect![[r#"
        a | ∅ | ∅ | 3 | 2026-03-01
        b | 5 | [{"nth":null,"where":null,"city":"Ulm"}] | 4 | 2026-03-01
        c | ∅ | ∅ | 3 | 2026-03-01
        d | ∅ | ∅ | 4 | 2026-03-02"#]]
    .assert_eq(
        &world
            .text("select id, added, actor.visits, p_schema_version, p_event_date from test_every order by id")
            .await,
    );
    let before = version(&world);
    let again = replace(&world, &wider, events).await;
    assert_eq!((again.added, again.replaced, again.unchanged), (0, 0, 2));
    assert_eq!(version(&world), before, "equal rows make no commit");
}

#[tokio::test]
async fn landing_goes_on_as_if_nothing_had_happened() {
    let world = World::new().await;
    let at = "2026-03-01T00:00:00Z";
    let landed = vec![plain(&world.every, source(1), "a", at)];
    let rejects = vec![reject(&world.every, source(1), "bad")];
    world.land_with(1, landed.clone(), rejects).await.unwrap();
    replace(&world, &world.every, vec![revised(&world.every, "a", r#"{"id": "A"}"#)]).await;
    replace(
        &world,
        &world.every,
        vec![revised(&world.every, "bad", r#"{"id": "bad"}"#)],
    )
    .await;
    settle(&world, &["bad"], Vec::new()).await;
    for lake in [world.lake.clone(), world.open_again().await] {
        assert_eq!(lake.landed(world.every.log_type(), source(1)).await.unwrap(), Some(1));
        assert_eq!(lake.rejects_landed(source(1)).await.unwrap(), Some(1));
    }
    let error = world.land(1, landed).await.unwrap_err();
    assert!(matches!(error, LandError::AlreadyLanded { landed: 1, .. }), "{error}");
    world.land_each(2, &[at; 70]).await;
    world.lake.maintain(time(NOW)).await.unwrap();
    let again = world.open_again().await;
    assert_eq!(again.landed(world.every.log_type(), source(1)).await.unwrap(), Some(71));
    assert_eq!(count(&again, "test_every").await, 72);
    assert_eq!(count(&again, FAILURES).await, 0);
}

#[tokio::test]
async fn an_event_whose_time_is_understood_at_last_moves_to_its_day() {
    let world = World::new().await;
    // Without a time the event stands at the time of parsing.
    world
        .land(1, vec![event(&world.every, source(1), "a", r#"{"id": "a"}"#)])
        .await
        .unwrap();
    let event = revised(&world.every, "a", r#"{"id": "a", "at": "2025-12-24T18:00:00.000001Z"}"#);
    let replaced = replace(&world, &world.every, vec![event]).await;
    assert_eq!(
        (replaced.replaced, replaced.files.removed, replaced.files.added),
        (1, 1, 1)
    );
    expect!["a | 2025-12-24T18:00:00.000001Z | 2025-12-24"].assert_eq(
        &world
            .text("select id, p_event_time, p_event_date from test_every")
            .await,
    );
}

#[tokio::test]
async fn what_stays_of_a_file_says_what_it_said() {
    let world = World::new().await;
    let full = r#"{
        "id": "full", "at": "2026-03-01T10:00:00.123456Z", "small": -32768, "medium": 2147483647,
        "large": -9223372036854775808, "ratio": -0.0, "truth": false, "seen": 1772359200123, "address": "192.0.2.7",
        "details": {"b": [1.0, null], "a": "ü"}, "words": ["", "🐈‍⬛", null],
        "actor": {"email": "Ada@example.com", "born": "1815-12-10T00:00:00Z",
                  "visits": [{"nth": 9007199254740993, "where": "it's \"here\""}, {"where": "there"}]},
        "CamelCase": "yes", "new_field": 12345678901234567890
    }"#;
    let at = "2026-03-01T00:00:00Z";
    let empty = r#"{"id": "empty", "at": "2026-03-01T00:00:00Z", "words": [], "actor": {"email": null}}"#;
    let mut events = vec![
        event(&world.every, source(1), "full", full),
        event(&world.every, source(1), "empty", empty),
    ];
    events.push(plain(&world.every, source(1), "goes", at));
    world.land(1, events).await.unwrap();
    let sql = "select * from test_every where id <> 'goes' order by id";
    let before = world.text(sql).await;
    let replaced = replace(
        &world,
        &world.every,
        vec![revised(&world.every, "goes", r#"{"id": "goes"}"#)],
    )
    .await;
    assert_eq!(replaced.files.removed, 1);
    assert_eq!(world.text(sql).await, before);
    // From a merged file.
    world.land_each(2, &[at; 61]).await;
    assert_eq!(world.lake.maintain(time(NOW)).await.unwrap().partitions_compacted, 1);
    let replaced = replace(&world, &wider(), vec![revised(&wider(), "e2", r#"{"id": "e2"}"#)]).await;
    assert_eq!((replaced.replaced, replaced.files.removed), (1, 1));
    let sql = "select * exclude (added) from test_every where id in ('full', 'empty') order by id";
    // The new member comes last in objects that are there.
    let before = ["it's \\\"here\\\"", "there"].iter().fold(before, |before, place| {
        before.replace(&format!("\"{place}\"}}"), &format!("\"{place}\",\"city\":null}}"))
    });
    assert_eq!(world.text(sql).await, before);
    assert_eq!(world.count("test_every").await, 64);
}

#[tokio::test]
async fn equal_rows_are_found_equal_whatever_they_hold() {
    let world = World::new().await;
    let records = [
        r#"{"id": "a", "at": "2026-03-01T00:00:00Z", "ratio": -0.0, "words": [], "actor": {"visits": [null, {"nth": 1}]}}"#,
        r#"{"id": "b", "at": "2026-03-01T00:00:00Z", "ratio": 0.0, "actor": {"email": "ada@example.com"}, "x": [1]}"#,
        r#"{"id": "c", "at": "2026-03-02T00:00:00Z", "words": [null], "actor": {"visits": []}, "address": "192.0.2.1"}"#,
    ];
    let events = records.map(|record| event(&world.every, source(1), record, record));
    world.land(1, events.to_vec()).await.unwrap();
    let replaced = replace(&world, &world.every, events.to_vec()).await;
    assert_eq!(
        (replaced.unchanged, replaced.files.removed, replaced.files.added),
        (3, 0, 0)
    );
    // What differs by a sign, an empty list or a null object is another row.
    for (record, other) in [
        (records[0], records[0].replace("-0.0", "0.0")),
        (records[0], records[0].replace(r#", "words": []"#, "")),
        (records[1], records[1].replace(r#""x": [1]"#, r#""x": [1.0]"#)),
        (records[2], records[2].replace("[null]", "[]")),
        (records[2], records[2].replace(r#", "actor": {"visits": []}"#, "")),
    ] {
        let one = vec![event(&world.every, source(1), record, &other)];
        let sought = Vec::new();
        let replacement = Replacement {
            schema: &world.every,
            events: one,
            sought,
        };
        let counted = world.lake.replace(replacement, Effect::Count).await.unwrap();
        assert_eq!((counted.replaced, counted.unchanged), (1, 0), "{record} {other}");
    }
}

#[tokio::test]
async fn rows_that_are_only_looked_for_are_told_and_stay() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 3]).await;
    let before = version(&world);
    let replacement = Replacement {
        schema: &world.every,
        events: Vec::new(),
        sought: vec![key("1"), key("e2"), key("e3")],
    };
    let replaced = world.lake.replace(replacement, Effect::Write).await.unwrap();
    assert_eq!(replaced.found, HashSet::from([key("e2").row_id, key("e3").row_id]));
    assert_eq!(version(&world), before);
}

#[tokio::test]
async fn counting_says_what_writing_would_do_and_does_nothing() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 3]).await;
    let before = version(&world);
    let wider = wider();
    let events = vec![
        revised(&wider, "e2", r#"{"id": "e2", "added": 1}"#),
        revised(&wider, "new", r#"{"id": "new", "added": 2}"#),
        plain(&wider, source(1), "e3", "2026-03-01T00:00:00Z"),
    ];
    let sought = vec![key("e1"), key("nowhere")];
    let replacement = Replacement {
        schema: &wider,
        events,
        sought,
    };
    let counted = world.lake.replace(replacement.clone(), Effect::Count).await.unwrap();
    assert_eq!(version(&world), before);
    let written = world.lake.replace(replacement, Effect::Write).await.unwrap();
    let counts = |replaced: &Replaced| {
        (
            replaced.added,
            replaced.replaced,
            replaced.unchanged,
            replaced.found.clone(),
        )
    };
    assert_eq!(counts(&counted), (1, 1, 1, HashSet::from([key("e1").row_id])));
    assert_eq!(counts(&counted), counts(&written));
    assert_eq!((counted.files.removed, counted.files.added), (0, 0));
    // A table that is not there yet holds nothing, and is not made.
    let third = schema("schema: Test.Third\nfields:\n  - {name: id, type: string}\n");
    let events = vec![event(&third, source(1), "x", r#"{"id": "x"}"#)];
    let replacement = Replacement {
        schema: &third,
        events,
        sought: vec![key("x")],
    };
    assert_eq!(world.lake.replace(replacement, Effect::Count).await.unwrap().added, 1);
    assert!(!world.lake.tables().contains(&"margay_logs.test_third".to_owned()));
}

#[tokio::test]
async fn a_row_that_stood_twice_stands_once_afterwards() {
    let world = World::new().await;
    let at = "2026-03-01T00:00:00Z";
    for sequence in 1..=3 {
        world
            .land(sequence, vec![plain(&world.every, source(1), "a", at)])
            .await
            .unwrap();
    }
    let replaced = replace(&world, &world.every, vec![plain(&world.every, source(1), "a", at)]).await;
    assert_eq!(
        (replaced.unchanged, replaced.files.removed, replaced.files.added),
        (1, 2, 0)
    );
    assert_eq!(world.count("test_every").await, 1);
    let twice = vec![
        revised(&world.every, "a", r#"{"id": "first"}"#),
        revised(&world.every, "a", r#"{"id": "second"}"#),
    ];
    assert_eq!(replace(&world, &world.every, twice).await.replaced, 1);
    expect!["first"].assert_eq(&world.text("select id from test_every").await);
}

#[tokio::test]
async fn files_of_other_times_are_not_opened() {
    let world = World::new().await;
    let at = |id: &str, parse_time: &str| {
        let mut event = plain(&world.every, source(1), id, &format!("2026-01-0{id}T00:00:00Z"));
        event.standard.parse_time = time(parse_time);
        event
    };
    let events = [
        at("1", "2026-03-01T00:00:00.000999Z"),
        at("2", "2026-03-01T00:00:00.001999Z"),
        at("3", "2026-03-01T00:00:00.003Z"),
    ];
    world.land(1, events.to_vec()).await.unwrap();
    // Opening what is not there would fail. The log tells times to the millisecond.
    for day in ["2026-01-01", "2026-01-03"] {
        std::fs::remove_dir_all(world.table_folder().join(format!("p_event_date={day}"))).unwrap();
    }
    let replaced = replace(&world, &world.every, vec![events[1].clone()]).await;
    assert_eq!((replaced.unchanged, replaced.added), (1, 0));
}

/// Returns how many bytes the data files of the table have on disk.
fn data_bytes(world: &World) -> u64 {
    let days = std::fs::read_dir(world.table_folder()).unwrap().map(Result::unwrap);
    let days = days.filter(|entry| entry.file_name().to_str().unwrap().starts_with("p_event_date="));
    let files = days.flat_map(|day| std::fs::read_dir(day.path()).unwrap());
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[tokio::test]
async fn a_large_file_is_cut_as_it_is_rewritten_and_its_replay_takes_at_most_three_times_its_room() {
    const EVENTS: usize = 240;
    /// Some 2.6 MB.
    const BATCH: usize = 24;
    let world = World::new().await;
    // Text that does not compress: what a linear congruential generator says, in letters.
    let mut state = 1_u64;
    let mut letters = |count: usize| -> String {
        let mut letter = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            char::from(b'!' + u8::try_from(state >> 58).unwrap())
        };
        (0..count)
            .map(|_| letter())
            .filter(|letter| *letter != '"' && *letter != '\\')
            .collect()
    };
    let record =
        |id: usize, text: &str| format!(r#"{{"id": "{id}", "at": "2026-03-01T00:00:00Z", "CamelCase": "{text}"}}"#);
    let landed: Vec<_> = (0..EVENTS)
        .map(|id| event(&world.every, source(1), &id.to_string(), &record(id, &letters(150_000))))
        .collect();
    assert_eq!(world.land(1, landed.clone()).await.unwrap().files, 1);
    let sql = "select id, md5(\"CamelCase\") from test_every order by id";
    let (before, bytes) = (world.text(sql).await, data_bytes(&world));
    for (nth, batch) in landed.chunks(BATCH).enumerate() {
        let mut batch = batch.to_vec();
        for event in &mut batch {
            event.standard.schema_version = 4;
        }
        let replaced = replace(&world, &world.every, batch).await;
        assert_eq!(replaced.replaced, BATCH);
        if nth == 0 {
            assert_eq!(replaced.files.removed, 1);
            assert!(replaced.files.added >= 6, "{:?}", replaced.files);
        }
    }
    assert_eq!(world.text(sql).await, before);
    assert_eq!(world.count("test_every where p_schema_version = 4").await, 240);
    let written = data_bytes(&world) - bytes;
    // Each row once as it should be, once as it was, and some of it once more: docs/operations.md has the measure.
    assert!(written <= 3 * bytes, "a replay of {bytes} bytes wrote {written}");
}

#[tokio::test]
async fn a_stop_before_the_commit_leaves_nothing_that_counts() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 3]).await;
    let event = |world: &World| {
        vec![revised(
            &world.every,
            "e2",
            r#"{"id": "E2", "at": "2026-03-01T00:00:00Z"}"#,
        )]
    };
    let commits = version(&world);
    replace(&world, &world.every, event(&world)).await;
    // The state after a stop: the files are there, and no commit names them.
    let log = world.table_folder().join("_delta_log");
    std::fs::remove_file(log.join(format!("{commits:020}.json"))).unwrap();
    let lake = world.open_again().await;
    let world = World { lake, ..world };
    assert_eq!(world.text("select id from test_every order by id").await, "e1\ne2\ne3");
    assert_eq!(replace(&world, &world.every, event(&world)).await.replaced, 1);
    assert_eq!(world.text("select id from test_every order by id").await, "E2\ne1\ne3");
}

#[tokio::test]
async fn events_of_another_log_type_are_refused() {
    let world = World::new().await;
    let events = vec![plain(&world.other, source(1), "a", "2026-03-01T00:00:00Z")];
    let sought = Vec::new();
    let replacement = Replacement {
        schema: &world.every,
        events,
        sought,
    };
    let error = world.lake.replace(replacement, Effect::Write).await.unwrap_err();
    assert!(matches!(error, ReplaceError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn readers_and_writers_beside_it_see_each_row_once() {
    let world = World::new().await;
    let at = "2026-03-01T00:00:00Z";
    world.land_each(1, &[at; 60]).await;
    let (lake, schema) = (world.open_again().await, world.every.clone());
    let writer = tokio::spawn(async move {
        for sequence in 61..=90 {
            let events = vec![plain(&schema, source(1), &format!("e{sequence}"), at)];
            let (after, through) = (vec![(source(1), sequence - 1)], vec![(source(1), sequence)]);
            loop {
                let batch = Batch {
                    events: EventColumns::of(&schema, &events).unwrap(),
                    rejects: Vec::new(),
                    after: after.clone(),
                    through: through.clone(),
                };
                match lake.land(batch).await {
                    Ok(_) => break,
                    Err(LandError::Contended { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    });
    let lake = world.lake.clone();
    let keeper = tokio::spawn(async move {
        for _ in 0..10 {
            lake.maintain(time(NOW)).await.unwrap();
        }
    });
    let (lake, schema) = (world.lake.clone(), world.every.clone());
    let replacer = tokio::spawn(async move {
        for first in (1..=60).step_by(10) {
            let record = |id| format!(r#"{{"id": "e{id}", "at": "{at}", "large": {id}}}"#);
            let ids = first..first + 10;
            // Landed as entries of their own, with their numbers as the vendor's ids.
            let events = ids.map(|id| revised(&schema, &format!("e{id}"), &record(id)));
            let events: Vec<_> = events.collect();
            loop {
                let replacement = Replacement {
                    schema: &schema,
                    events: events.clone(),
                    sought: Vec::new(),
                };
                match lake.replace(replacement, Effect::Write).await {
                    Ok(replaced) => break assert_eq!((replaced.replaced, replaced.added), (10, 0)),
                    Err(ReplaceError::Contended { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    });
    while !writer.is_finished() || !keeper.is_finished() || !replacer.is_finished() {
        let rows = world.text("select count(*), count(distinct id) from test_every").await;
        let (rows, ids) = rows.split_once(" | ").unwrap();
        assert_eq!(rows, ids, "a row was there twice");
        assert!(ids.parse::<u32>().unwrap() >= 60, "{ids}: a row was missing");
    }
    writer.await.unwrap();
    replacer.await.unwrap();
    // How often it could merge is chance: the others may have been faster each time.
    keeper.await.unwrap();
    assert_eq!(world.count("test_every where large is not null").await, 60);
    assert_eq!(world.count("test_every").await, 90);
    let landed = world.lake.landed(world.every.log_type(), source(1)).await.unwrap();
    assert_eq!(landed, Some(90));
}
