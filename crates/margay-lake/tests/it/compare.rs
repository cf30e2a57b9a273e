//! What a table says of a window, against what the vendor says now: missing, different, outdated, extra, each told apart.

use margay_lake::{CompareError, Compared, Comparing, Differing, Effect, EventColumns, RejectRow, Remedy, Replacement};
use margay_schema::{Event, RowId, Schema};

use crate::world::{EVERY_TYPE, NOW, World, event, plain, reject, schema, source, time};

const FROM: &str = "2026-03-01T00:00:00Z";
const WITHIN: &str = "2026-03-01T12:00:00Z";
const TO: &str = "2026-03-02T00:00:00Z";

fn row(id: &str) -> RowId {
    RowId::of(source(1), id)
}

/// An event at noon whose `small` is this.
fn small(schema: &Schema, id: &str, small: i16) -> Event {
    event(
        schema,
        source(1),
        id,
        &format!(r#"{{"id": "{id}", "at": "{WITHIN}", "small": {small}}}"#),
    )
}

/// Compares the day of March 1st.
async fn compare(world: &World, schema: &Schema, events: Vec<Event>, rejects: Vec<RejectRow>) -> Compared {
    world.lake.compare(of_day(schema, events, rejects)).await.unwrap()
}

fn of_day(schema: &Schema, events: Vec<Event>, rejects: Vec<RejectRow>) -> Comparing<'_> {
    Comparing {
        schema,
        source_id: source(1),
        from: time(FROM),
        to: time(TO),
        events,
        rejects,
    }
}

#[tokio::test]
async fn every_difference_is_told_apart() {
    let world = World::new().await;
    let landed = ["same", "changed", "extra"].map(|id| small(&world.every, id, 1));
    world.land(1, landed.to_vec()).await.unwrap();
    let mut same = small(&world.every, "same", 1);
    same.standard.parse_time = time("2026-03-20T00:00:00Z");
    same.standard.source_label = "renamed".to_owned();
    let shown = vec![
        small(&world.every, "missing", 1),
        same,
        small(&world.every, "changed", 2),
        plain(&world.every, source(1), "earlier", FROM),
    ];
    let compared = compare(&world, &world.every, shown, Vec::new()).await;
    let expected = Compared {
        same: 1,
        missing: vec![row("earlier"), row("missing")],
        different: vec![Differing {
            row_id: row("changed"),
            fields: vec!["small".to_owned()],
        }],
        outdated: 0,
        extra: vec![row("extra")],
        foreign: 0,
    };
    assert_eq!(compared, expected);
}

#[tokio::test]
async fn a_table_that_says_what_the_vendor_says_has_nothing_to_report() {
    let world = World::new().await;
    let full = r#"{
        "id": "full", "at": "2026-03-01T10:00:00.123456Z", "small": -32768, "medium": 2147483647,
        "large": -9223372036854775808, "ratio": -0.0, "truth": false, "seen": 1772359200123, "address": "192.0.2.7",
        "details": {"b": [1.0, null], "a": "ü"}, "words": ["", "🐈‍⬛", null], "new": {"x": 1, "y": 2},
        "actor": {"email": "Ada@example.com", "visits": [{"nth": 9007199254740993, "where": "here"}]}
    }"#;
    // The vendor is free to write the same JSON in another way.
    let again = full
        .replace(r#"{"b": [1.0, null], "a": "ü"}"#, r#"{ "a":"\u00fc", "b":[1.0,null] }"#)
        .replace(r#"{"x": 1, "y": 2}"#, r#"{"y":2,"x":1}"#);
    let mut events: Vec<Event> = (0..70).map(|at| small(&world.every, &format!("e{at}"), at)).collect();
    events.push(event(&world.every, source(1), "full", full));
    for (sequence, event) in (1..).zip(events.clone()) {
        world.land(sequence, vec![event]).await.unwrap();
    }
    events[70] = event(&world.every, source(1), "full", &again);
    let expected = Compared {
        same: 71,
        ..Compared::default()
    };
    assert_eq!(
        compare(&world, &world.every, events.clone(), Vec::new()).await,
        expected
    );
    assert!(world.lake.maintain(time(NOW)).await.unwrap().files_removed > 0);
    assert_eq!(compare(&world, &world.every, events, Vec::new()).await, expected);
}

#[tokio::test]
async fn every_field_that_differs_is_named() {
    let world = World::new().await;
    let landed = r#"{"id": "a", "at": "2026-03-01T12:00:00Z", "words": ["x"], "ratio": 0.1, "details": [1, 2],
                     "address": "192.0.2.7", "actor": {"visits": [{"nth": 1}]}, "other": 1}"#;
    let shown = r#"{"id": "a", "at": "2026-03-01T12:00:01Z", "words": ["y"], "ratio": 0.2, "details": [2, 1],
                    "address": "192.0.2.8", "actor": {"visits": [{"nth": 2}]}, "other": 2}"#;
    world
        .land(1, vec![event(&world.every, source(1), "a", landed)])
        .await
        .unwrap();
    let compared = compare(
        &world,
        &world.every,
        vec![event(&world.every, source(1), "a", shown)],
        Vec::new(),
    )
    .await;
    let expected = [
        "at",
        "ratio",
        "address",
        "details",
        "words",
        "actor",
        "p_event_time",
        "p_unmapped",
        "p_any_ip_addresses",
    ];
    assert_eq!(compared.different[0].fields, expected);
}

#[tokio::test]
async fn a_window_has_its_first_moment_and_not_its_last_and_no_other_source() {
    let world = World::new().await;
    let at = |number, id: &str, at| plain(&world.every, source(number), id, at);
    let events = vec![
        at(1, "before", "2026-02-28T23:59:59.999999Z"),
        at(1, "first", FROM),
        at(1, "last", "2026-03-01T23:59:59.999999Z"),
        at(1, "after", TO),
    ];
    world.land(1, events).await.unwrap();
    let (after, through) = (vec![(source(2), 0)], vec![(source(2), 1)]);
    let batch = margay_lake::Batch {
        events: EventColumns::of(&world.every, &[at(2, "stranger", WITHIN)]).unwrap(),
        rejects: Vec::new(),
        after,
        through,
    };
    world.lake.land(batch).await.unwrap();
    let compared = compare(&world, &world.every, Vec::new(), Vec::new()).await;
    assert_eq!(compared.extra, [row("first"), row("last")]);
    let rows = |number, from, to| {
        world
            .lake
            .rows(world.every.log_type(), source(number), time(from), time(to))
    };
    assert_eq!(rows(1, FROM, TO).await.unwrap(), 2);
    assert_eq!(rows(2, FROM, TO).await.unwrap(), 1);
    assert_eq!(rows(1, "2026-01-01T00:00:00Z", NOW).await.unwrap(), 4);
    let unknown = schema("schema: Test.None\nfields: [{name: id, type: string}]");
    let none = world.lake.rows(unknown.log_type(), source(1), time(FROM), time(TO));
    assert_eq!(none.await.unwrap(), 0);
}

#[tokio::test]
async fn a_row_at_another_time_is_different_and_not_missing() {
    let world = World::new().await;
    // What an older schema did not understand stands at the time of parsing, days later.
    world
        .land(1, vec![event(&world.every, source(1), "a", r#"{"id": "a"}"#)])
        .await
        .unwrap();
    let compared = compare(
        &world,
        &world.every,
        vec![plain(&world.every, source(1), "a", WITHIN)],
        Vec::new(),
    )
    .await;
    assert_eq!((compared.missing.len(), compared.different.len()), (0, 1));
    assert_eq!(compared.different[0].fields, ["at", "p_event_time"]);
}

#[tokio::test]
async fn an_event_without_a_time_of_its_own_may_stand_at_any() {
    let world = World::new().await;
    let timeless = || event(&world.every, source(1), "a", r#"{"id": "a"}"#);
    world.land(1, vec![timeless()]).await.unwrap();
    let mut shown = timeless();
    shown.standard.event_time = time("2026-03-12T00:00:00Z");
    shown.standard.parse_time = shown.standard.event_time;
    let compared = compare(&world, &world.every, vec![shown], Vec::new()).await;
    let expected = Compared {
        same: 1,
        ..Compared::default()
    };
    assert_eq!(compared, expected);
}

#[tokio::test]
async fn rows_of_another_revision_of_the_schema_are_outdated_if_they_differ() {
    let world = World::new().await;
    let record = |id: &str, added: &str| format!(r#"{{"id": "{id}", "at": "{WITHIN}"{added}}}"#);
    let landed = [("a", ""), ("b", r#", "added": 5"#)];
    let landed = landed.map(|(id, added)| event(&world.every, source(1), id, &record(id, added)));
    world.land(1, landed.to_vec()).await.unwrap();
    let wider = schema(&EVERY_TYPE.replace("  - {name: truth", "  - {name: added, type: bigint}\n  - {name: truth"));
    let shown = [("a", ""), ("b", r#", "added": 5"#)].map(|(id, added)| {
        let mut event = event(&wider, source(1), id, &record(id, added));
        event.standard.schema_version = 4;
        event
    });
    // Before anything of the wider schema landed, and after a replay.
    let compared = compare(&world, &wider, shown.to_vec(), Vec::new()).await;
    let expected = Compared {
        same: 1,
        outdated: 1,
        ..Compared::default()
    };
    assert_eq!(compared, expected);
    let replacement = Replacement {
        schema: &wider,
        events: shown.to_vec(),
        sought: Vec::new(),
    };
    world.lake.replace(replacement, Effect::Write).await.unwrap();
    let compared = compare(&world, &wider, shown.to_vec(), Vec::new()).await;
    assert_eq!((compared.same, compared.outdated), (2, 0));
}

#[tokio::test]
async fn a_reject_is_looked_for_among_the_failures() {
    let world = World::new().await;
    let at = |id: &str| plain(&world.every, source(1), id, WITHIN);
    let failures = vec![
        reject(&world.every, source(1), "bad"),
        reject(&world.every, source(1), "mended"),
    ];
    world.land_with(1, vec![at("kept")], failures).await.unwrap();
    let rejects = ["bad", "kept", "lost"].map(|id| reject(&world.every, source(1), id));
    let compared = compare(&world, &world.every, vec![at("mended")], rejects.to_vec()).await;
    let expected = Compared {
        same: 1,
        missing: vec![row("lost")],
        // One fits today's schema and is a failure still; one does not fit and kept its row.
        outdated: 2,
        ..Compared::default()
    };
    assert_eq!(compared, expected);
}

#[tokio::test]
async fn a_second_row_of_a_record_is_extra() {
    let world = World::new().await;
    world.land(1, vec![small(&world.every, "a", 1)]).await.unwrap();
    world.land(2, vec![small(&world.every, "a", 1)]).await.unwrap();
    let compared = compare(&world, &world.every, vec![small(&world.every, "a", 1)], Vec::new()).await;
    assert_eq!((compared.same, compared.extra), (1, vec![row("a")]));
}

#[tokio::test]
async fn without_a_table_everything_is_missing() {
    let world = World::new().await;
    let fresh = schema("schema: Test.Fresh\nfields: [{name: id, type: string}]");
    let shown = vec![event(&fresh, source(1), "a", r#"{"id": "a"}"#)];
    let compared = compare(&world, &fresh, shown, vec![reject(&fresh, source(1), "bad")]).await;
    assert_eq!(compared.missing, [row("a"), row("bad")]);
    assert_eq!(world.lake.tables().len(), 3, "looking makes no table");
}

#[tokio::test]
async fn a_comparison_that_contradicts_itself_is_refused() {
    let world = World::new().await;
    let stranger = plain(&world.every, source(2), "a", WITHIN);
    let alien = plain(&world.other, source(1), "a", WITHIN);
    let mut backwards = of_day(&world.every, Vec::new(), Vec::new());
    backwards.to = backwards.from;
    for comparing in [
        of_day(&world.every, vec![stranger], Vec::new()),
        of_day(&world.every, vec![alien], Vec::new()),
        of_day(&world.every, Vec::new(), vec![reject(&world.every, source(2), "bad")]),
        backwards,
    ] {
        let error = world.lake.compare(comparing).await.unwrap_err();
        assert!(matches!(error, CompareError::Malformed { .. }), "{error}");
        assert_eq!(error.remedy(), Remedy::AskOperator);
    }
}
