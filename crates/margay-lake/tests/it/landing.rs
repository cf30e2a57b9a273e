//! What goes in comes out, exactly once.

use expect_test::expect;
use margay_lake::{Batch, EventColumns, Lake, LakeError, LandError, Remedy};

use crate::world::{World, count, event, plain, reject, schema, source};

#[tokio::test]
async fn every_type_comes_back_as_it_went_in() {
    let world = World::new().await;
    let full = r#"{
        "id": "full", "at": "2026-03-01T10:00:00.123456Z", "small": -32768, "medium": 2147483647,
        "large": -9223372036854775808, "ratio": 0.1, "truth": false, "seen": 1772359200123, "address": "192.0.2.7",
        "details": {"b": [1.0, null], "a": "ü"}, "words": ["", "🐈‍⬛", null],
        "actor": {"email": "Ada@example.com", "born": "1815-12-10T00:00:00Z",
                  "visits": [{"nth": 9007199254740993, "where": "it's \"here\""}, {"where": "there"}]},
        "CamelCase": "yes", "new_field": 12345678901234567890
    }"#;
    let empty = r#"{"id": "empty"}"#;
    let events = vec![
        event(&world.every, source(1), "full", full),
        event(&world.every, source(1), "empty", empty),
    ];
    let landed = world.land(1, events).await.unwrap();
    assert_eq!((landed.events, landed.files, landed.rejects), (2, 2, 0));

    let sql = r#"select id, at, small, medium, large, ratio, truth, seen, address, details, words, actor, "CamelCase"
                 from test_every order by id desc"#;
    expect![[r#"
        full | 2026-03-01T10:00:00.123456Z | -32768 | 2147483647 | -9223372036854775808 | 0.1 | false | 2026-03-01T10:00:00.123Z | 192.0.2.7 | {"b": [1.0, null], "a": "ü"} | ["","🐈‍⬛",null] | {"email":"Ada@example.com","born":"1815-12-10T00:00:00Z","visits":[{"nth":9007199254740993,"where":"it's \"here\""},{"nth":null,"where":"there"}]} | yes
        empty | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅"#]]
    .assert_eq(&world.text(sql).await);

    let sql = "select p_log_type, p_row_id, p_event_time, p_parse_time, p_schema_version, p_source_id, p_source_label,
               p_unmapped, p_any_ip_addresses, p_any_emails, p_any_md5_hashes, p_event_date
               from test_every order by id desc";
    expect![[r#"
        Test.Every | 6633336f-d15b-5dee-94cf-52e8d9e7c0d8 | 2026-03-01T10:00:00.123456Z | 2026-03-10T12:00:00Z | 3 | 00000000-0000-0000-0000-000000000001 | my source | {"new_field":12345678901234567890} | ["192.0.2.7"] | ["Ada@example.com"] | ∅ | 2026-03-01
        Test.Every | c23be8ee-e98d-5b74-a093-33125c8efe8f | 2026-03-10T12:00:00Z | 2026-03-10T12:00:00Z | 3 | 00000000-0000-0000-0000-000000000001 | my source | ∅ | ∅ | ∅ | ∅ | 2026-03-10"#]]
    .assert_eq(&world.text(sql).await);
}

#[tokio::test]
async fn a_batch_lands_once() {
    let world = World::new().await;
    let events = vec![plain(&world.every, source(1), "a", "2026-03-01T00:00:00Z")];
    world.land(1, events.clone()).await.unwrap();
    let error = world.land(1, events.clone()).await.unwrap_err();
    assert!(
        matches!(
            error,
            LandError::AlreadyLanded {
                landed: 1,
                after: 0,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.remedy(), Remedy::Resume);
    let again = world.open_again().await;
    let batch = |after, through| Batch {
        events: EventColumns::of(&world.every, &events).unwrap(),
        rejects: Vec::new(),
        after: vec![(source(1), after)],
        through: vec![(source(1), through)],
    };
    // A larger batch that overlaps is refused as well, and so is one that would leave a hole.
    assert!(matches!(
        again.land(batch(0, 5)).await.unwrap_err(),
        LandError::AlreadyLanded { landed: 1, .. }
    ));
    assert!(matches!(
        again.land(batch(3, 5)).await.unwrap_err(),
        LandError::Gap {
            landed: 1,
            after: 3,
            ..
        }
    ));
    assert_eq!(world.count("test_every").await, 1);
}

#[tokio::test]
async fn two_sources_share_a_batch_and_keep_their_own_sequence() {
    let world = World::new().await;
    let events = vec![
        plain(&world.every, source(1), "a", "2026-03-01T00:00:00Z"),
        plain(&world.every, source(2), "a", "2026-03-01T00:00:00Z"),
    ];
    let after = vec![(source(1), 0), (source(2), 0)];
    let through = vec![(source(1), 7), (source(2), 4)];
    world
        .lake
        .land(Batch {
            events: EventColumns::of(&world.every, &events).unwrap(),
            rejects: Vec::new(),
            after,
            through,
        })
        .await
        .unwrap();
    let log_type = world.every.log_type();
    assert_eq!(world.lake.landed(log_type, source(1)).await.unwrap(), Some(7));
    assert_eq!(world.lake.landed(log_type, source(2)).await.unwrap(), Some(4));
    assert_eq!(world.lake.landed(log_type, source(3)).await.unwrap(), None);
    assert_eq!(
        world.lake.landed(world.other.log_type(), source(1)).await.unwrap(),
        None
    );
    assert_eq!(world.rows("select distinct p_row_id from test_every").await.len(), 2);
}

#[tokio::test]
async fn an_entry_without_events_still_moves_the_sequence() {
    let world = World::new().await;
    let landed = world.land(1, Vec::new()).await.unwrap();
    assert_eq!((landed.events, landed.files), (0, 0));
    assert_eq!(
        world
            .open_again()
            .await
            .landed(world.every.log_type(), source(1))
            .await
            .unwrap(),
        Some(1)
    );
    assert_eq!(world.count("test_every").await, 0);
}

#[tokio::test]
async fn rejects_land_with_their_raw_text() {
    let world = World::new().await;
    let landed = world
        .land_with(1, Vec::new(), vec![reject(&world.every, source(1), "bad")])
        .await
        .unwrap();
    assert_eq!(landed.rejects, 1);
    let sql = "select id, record_id, error, payload, p_log_type, p_event_time, p_source_label, p_schema_version
               from margay_monitor.classification_failures";
    expect!["Test.Every | bad | `id`: expected string, found nothing | {not JSON: bad 🐈 | Test.Every | 2026-03-10T12:00:00Z | my source | 3"]
        .assert_eq(&world.text(sql).await);
    assert_eq!(world.lake.rejects_landed(source(1)).await.unwrap(), Some(1));
    assert_eq!(world.lake.rejects_landed(source(2)).await.unwrap(), None);
}

#[tokio::test]
async fn a_stop_between_the_two_commits_repeats_nothing() {
    let world = World::new().await;
    world
        .land(1, vec![plain(&world.every, source(1), "a", "2026-03-01T00:00:00Z")])
        .await
        .unwrap();
    // The state after a stop: the rejects of entry 2 are there, its events are not. Only the events' commit can be taken back.
    let events = vec![plain(&world.every, source(1), "b", "2026-03-01T00:00:00Z")];
    let rejects = vec![reject(&world.every, source(1), "bad")];
    let landed = world.land_with(2, events.clone(), rejects.clone()).await.unwrap();
    let log = world.table_folder().join("_delta_log");
    std::fs::remove_file(log.join(format!("{:020}.json", landed.table_version))).unwrap();

    let again = world.open_again().await;
    assert_eq!(again.landed(world.every.log_type(), source(1)).await.unwrap(), Some(1));
    assert_eq!(again.rejects_landed(source(1)).await.unwrap(), Some(2));
    let (after, through) = (vec![(source(1), 1)], vec![(source(1), 2)]);
    let landed = again
        .land(Batch {
            events: EventColumns::of(&world.every, &events).unwrap(),
            rejects,
            after,
            through,
        })
        .await
        .unwrap();
    assert_eq!((landed.events, landed.rejects), (1, 0), "the rejects are there already");
    assert_eq!(count(&again, "test_every").await, 2);
    assert_eq!(count(&again, "margay_monitor.classification_failures").await, 1);
}

#[tokio::test]
async fn a_field_added_to_the_schema_becomes_a_column() {
    let world = World::new().await;
    world
        .land(1, vec![plain(&world.every, source(1), "old", "2026-03-01T00:00:00Z")])
        .await
        .unwrap();
    let wider = crate::world::EVERY_TYPE
        .replace("  - {name: truth", "  - {name: added, type: bigint}\n  - {name: truth")
        .replace(
            "      - {name: email,",
            "      - {name: name, type: string}\n      - {name: email,",
        );
    let wider = schema(&wider);
    let record =
        r#"{"id": "new", "at": "2026-03-02T00:00:00Z", "added": 5, "actor": {"name": "Ada", "email": "a@b.c"}}"#;
    let events = vec![event(&wider, source(1), "new", record)];
    let (after, through) = (vec![(source(1), 1)], vec![(source(1), 2)]);
    world
        .lake
        .land(Batch {
            events: EventColumns::of(&wider, &events).unwrap(),
            rejects: Vec::new(),
            after,
            through,
        })
        .await
        .unwrap();
    // The narrower schema still lands: a worker that has not heard of the change.
    world
        .land(3, vec![plain(&world.every, source(1), "late", "2026-03-03T00:00:00Z")])
        .await
        .unwrap();
    expect![[r"
        old | ∅ | ∅
        new | 5 | Ada
        late | ∅ | ∅"]]
    .assert_eq(
        &world
            .text("select id, added, actor.name from test_every order by p_event_time")
            .await,
    );
    let again = Lake::open(&world.root(), &[wider]).await.unwrap();
    assert_eq!(count(&again, "test_every").await, 3);
}

#[tokio::test]
async fn asking_whether_a_schema_can_be_registered_changes_nothing() {
    let world = World::new().await;
    let files = || {
        let mut files: Vec<_> = walk(&world.root()).collect();
        files.sort();
        files
    };
    let before = files();
    world.lake.check(&world.every).await.unwrap();
    let wider =
        crate::world::EVERY_TYPE.replace("  - {name: truth", "  - {name: added, type: bigint}\n  - {name: truth");
    world.lake.check(&schema(&wider)).await.unwrap();
    let unknown = schema("schema: Test.New\nfields: [{name: id, type: string}]");
    world.lake.check(&unknown).await.unwrap();
    assert_eq!(files(), before);
}

/// Every file and folder below `folder`.
fn walk(folder: &std::path::Path) -> Box<dyn Iterator<Item = std::path::PathBuf>> {
    Box::new(std::fs::read_dir(folder).unwrap().flat_map(|entry| {
        let path = entry.unwrap().path();
        let below = if path.is_dir() { Some(walk(&path)) } else { None };
        std::iter::once(path).chain(below.into_iter().flatten())
    }))
}

#[tokio::test]
async fn a_changed_type_is_refused_and_named() {
    let world = World::new().await;
    let changed = schema(&crate::world::EVERY_TYPE.replace("{name: nth, type: bigint}", "{name: nth, type: string}"));
    let error = world.lake.register(&changed).await.unwrap_err();
    let LakeError::ColumnTypeChanged {
        column,
        existing,
        wanted,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (column.as_str(), existing.as_str(), wanted.as_str()),
        ("actor.visits.nth", "bigint", "string")
    );
    assert_eq!(error.remedy(), Remedy::AskOperator);
    let checked = world.lake.check(&changed).await.unwrap_err();
    assert_eq!(checked.to_string(), error.to_string(), "asking says the same as doing");
    let (after, through) = (vec![(source(1), 0)], vec![(source(1), 1)]);
    let batch = Batch {
        events: EventColumns::of(&changed, &[]).unwrap(),
        rejects: Vec::new(),
        after,
        through,
    };
    let error = world.lake.land(batch).await.unwrap_err();
    assert!(
        matches!(error, LandError::Lake(LakeError::ColumnTypeChanged { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn a_log_type_that_was_not_registered_gets_its_table_when_it_lands() {
    let world = World::new().await;
    let third = schema("schema: Test.Third\nfields:\n  - {name: id, type: string}\n");
    let events = vec![event(&third, source(9), "x", r#"{"id": "x"}"#)];
    let (after, through) = (vec![(source(9), 0)], vec![(source(9), 1)]);
    world
        .lake
        .land(Batch {
            events: EventColumns::of(&third, &events).unwrap(),
            rejects: Vec::new(),
            after,
            through,
        })
        .await
        .unwrap();
    assert_eq!(world.count("test_third").await, 1);
    // Without the schema the table stays readable.
    let again = Lake::open(&world.root(), &[]).await.unwrap();
    assert_eq!(count(&again, "test_third").await, 1);
    assert_eq!(
        again.tables(),
        [
            "margay_logs.test_every",
            "margay_logs.test_other",
            "margay_logs.test_third",
            "margay_monitor.classification_failures"
        ]
    );
}

#[tokio::test]
async fn a_batch_that_contradicts_itself_is_refused() {
    let world = World::new().await;
    let event = plain(&world.every, source(1), "a", "2026-03-01T00:00:00Z");
    let stranger = plain(&world.every, source(2), "a", "2026-03-01T00:00:00Z");
    for (events, after, through) in [
        (vec![event.clone()], vec![], vec![]),
        (vec![event.clone()], vec![], vec![(source(1), 1)]),
        (vec![event.clone()], vec![(source(1), 1)], vec![(source(1), 1)]),
        (vec![event.clone()], vec![(source(1), 0)], vec![(source(1), u64::MAX)]),
        (vec![stranger], vec![(source(1), 0)], vec![(source(1), 1)]),
    ] {
        let batch = Batch {
            events: EventColumns::of(&world.every, &events).unwrap(),
            rejects: Vec::new(),
            after,
            through,
        };
        let error = world.lake.land(batch).await.unwrap_err();
        assert!(matches!(error, LandError::Malformed { .. }), "{error}");
    }
}

#[tokio::test]
async fn events_of_many_days_make_a_file_each_day() {
    let world = World::new().await;
    let start: jiff::civil::Date = "2026-01-01".parse().unwrap();
    let events = (0..300).map(|at| {
        let day = start.checked_add(jiff::ToSpan::days(at % 90)).unwrap();
        plain(&world.every, source(1), &format!("e{at}"), &format!("{day}T12:00:00Z"))
    });
    let landed = world.land(1, events.collect()).await.unwrap();
    assert_eq!((landed.events, landed.files), (300, 90));
    assert_eq!(world.count("test_every").await, 300);
    assert_eq!(world.count("test_every where p_event_date = '2026-01-05'").await, 4);
}
