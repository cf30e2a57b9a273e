use serde_json::Value;

use super::{EventLog, Filters, Found, LateMode, Position, Reading, Stream};
use crate::event::Generator;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const RETENTION_MS: i64 = 90 * DAY_MS;
const SPAN_MS: u64 = 89 * 24 * 60 * 60 * 1000;
/// 2026-06-01T12:00:00Z.
const START_MS: i64 = 1_780_315_200_000;
const HISTORY_COUNT: u64 = 2_000;

fn log_with_live(live_per_minute: f64) -> EventLog {
    let stream = Stream::new(1, START_MS, SPAN_MS, HISTORY_COUNT, live_per_minute);
    EventLog::new(Generator::new(1, HISTORY_COUNT), stream, RETENTION_MS, 0)
}

fn read(log: &EventLog, after: Option<Position>, filters: &Filters, count_max: usize) -> Found {
    let reading = Reading {
        after,
        from_ms: i64::MIN,
        until_ms: i64::MAX,
        filters,
        count_max,
    };
    log.read(&reading, START_MS)
}

fn ids(found: &Found) -> Vec<String> {
    let events: Vec<Value> = serde_json::from_str(&format!("[{}]", found.bodies)).unwrap();
    events
        .iter()
        .map(|event| event["gid"].as_str().unwrap_or("none").to_owned())
        .collect()
}

fn read_all(log: &EventLog, filters: &Filters, count_max: usize) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = read(log, after, filters, count_max);
        if found.count == 0 {
            return all;
        }
        after = found.reached;
        all.extend(ids(&found));
    }
}

#[test]
fn pages_of_any_size_make_up_the_whole() {
    let log = log_with_live(0.0);
    for minutes in [5, 5, 3, 5, 0] {
        log.add_event(START_MS - minutes * 60_000, None);
        log.add_raw(START_MS - minutes * 60_000, r#"{"gid":"raw"}"#).unwrap();
    }
    let all: Vec<String> = log.visible_gids(START_MS).collect();
    assert_eq!(all.len(), 2_010);
    for count_max in [1, 7, 100, 1000, 5_000] {
        assert_eq!(read_all(&log, &Filters::default(), count_max), all, "{count_max}");
    }
}

#[test]
fn filters_find_exactly_what_matches() {
    let log = log_with_live(0.0);
    let events: Vec<Value> = log
        .visible_bodies(START_MS)
        .map(|body| serde_json::from_str(&body).unwrap())
        .collect();
    let text = |event: &Value, pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let sample = events
        .iter()
        .find(|event| event["event_type"] == "attachment_uploaded")
        .unwrap();
    let cases = [
        (
            "/event_type",
            Filters {
                event_type: text(sample, "/event_type"),
                ..Filters::default()
            },
        ),
        (
            "/actor/actor_type",
            Filters {
                actor_type: Some("asana_support".to_owned()),
                ..Filters::default()
            },
        ),
        (
            "/actor/gid",
            Filters {
                actor_gid: text(sample, "/actor/gid"),
                ..Filters::default()
            },
        ),
        (
            "/resource/gid",
            Filters {
                resource_gid: text(sample, "/resource/gid"),
                ..Filters::default()
            },
        ),
    ];
    for (pointer, filters) in cases {
        let values = [
            &filters.event_type,
            &filters.actor_type,
            &filters.actor_gid,
            &filters.resource_gid,
        ];
        let wanted = values.into_iter().flatten().next().cloned();
        let matching = events
            .iter()
            .filter(|event| wanted.is_some() && text(event, pointer) == wanted);
        let expected: Vec<String> = matching.map(|event| text(event, "/gid").unwrap()).collect();
        assert!(!expected.is_empty(), "{pointer}");
        assert_eq!(read_all(&log, &filters, 3), expected, "{pointer}");
    }
}

#[test]
fn raw_events_are_served_byte_for_byte_and_filtered_by_what_they_say() {
    let log = log_with_live(0.0);
    let raw = r#"{ "gid" : 7, "event_type":"never_seen", "n":1e999, "x": 12345678901234567890123 }"#;
    log.add_raw(START_MS, raw).unwrap();
    log.add_raw(START_MS, r#"{"event_type":"never_seen","actor":{"gid":"5"}}"#)
        .unwrap();
    log.add_raw(START_MS, "[1,2]").unwrap();
    log.add_raw(START_MS, "null").unwrap();
    assert!(log.add_raw(START_MS, "{").is_err());
    assert!(log.add_raw(START_MS, "1 2").is_err());
    let tail: Vec<String> = log.visible_bodies(START_MS).skip(2_000).collect();
    assert_eq!(tail[0], raw);
    assert_eq!(tail[2..], ["[1,2]", "null"]);
    let filters = Filters {
        actor_gid: Some("5".to_owned()),
        ..Filters::default()
    };
    assert_eq!(
        read(&log, None, &filters, 10).bodies,
        r#"{"event_type":"never_seen","actor":{"gid":"5"}}"#
    );
    assert_eq!(log.visible_gids(START_MS).count(), 2_000);
    assert_eq!(log.visible_count(START_MS), 2_004);
}

#[test]
fn retention_takes_the_oldest_and_the_future_is_not_there_yet() {
    let log = log_with_live(0.0);
    log.add_event(START_MS + 1, None);
    assert_eq!(log.visible_count(START_MS), 2_000);
    assert_eq!(log.visible_count(START_MS + 1), 2_001);
    let later_ms = START_MS + 45 * DAY_MS;
    let left: Vec<String> = log.visible_bodies(later_ms).collect();
    assert_eq!(left.len() as u64, log.visible_count(later_ms));
    assert!((600..1_400).contains(&left.len()), "{}", left.len());
    let oldest: Value = serde_json::from_str(&left[0]).unwrap();
    let oldest: jiff::Timestamp = oldest["created_at"].as_str().unwrap().parse().unwrap();
    assert!(oldest.as_millisecond() >= later_ms - RETENTION_MS);
    assert_eq!(log.visible_count(START_MS + 91 * DAY_MS), 0);
}

#[test]
fn live_events_appear_with_the_clock_and_never_change() {
    let log = log_with_live(30.0);
    // The first live event may come within the start's own millisecond.
    assert!(log.visible_count(START_MS) <= 2_001);
    let mut known: Vec<String> = log.visible_gids(START_MS).collect();
    for minutes in [1, 2, 10] {
        let now_ms = START_MS + minutes * 60_000;
        let now: Vec<String> = log.visible_gids(now_ms).collect();
        assert_eq!(now[..known.len()], known);
        let expected = 2_000 + 30 * usize::try_from(minutes).unwrap();
        assert!(
            now.len().abs_diff(expected) <= 1,
            "{} after {minutes} minutes",
            now.len()
        );
        known = now;
    }
}

#[test]
fn a_late_event_is_found_by_time_but_not_behind_an_offset() {
    let log = log_with_live(0.0);
    let behind = read(&log, None, &Filters::default(), 5_000).reached;
    let late = log.add_event(START_MS - 30 * DAY_MS, None);
    assert_eq!(read(&log, behind, &Filters::default(), 10).count, 0);
    assert!(log.visible_gids(START_MS).any(|gid| gid == late));
    let punctual = log.add_event(START_MS, None);
    assert_eq!(ids(&read(&log, behind, &Filters::default(), 10)), [punctual]);
}

/// Reads `[from, until)` in pages of `count_max` behind `after`; returns the ids and where the reading ended.
fn read_window(
    log: &EventLog,
    mut after: Option<Position>,
    (from_ms, until_ms): (i64, i64),
    now_ms: i64,
    count_max: usize,
) -> (Vec<String>, Option<Position>) {
    let filters = Filters::default();
    let mut all = Vec::new();
    loop {
        let reading = Reading {
            after,
            from_ms,
            until_ms,
            filters: &filters,
            count_max,
        };
        let found = log.read(&reading, now_ms);
        after = found.reached.or(after);
        if found.count == 0 {
            return (all, after);
        }
        all.extend(ids(&found));
    }
}

const STREAM: (i64, i64) = (i64::MIN, i64::MAX);

#[test]
fn a_late_event_cannot_be_read_before_its_time() {
    let log = log_with_live(0.0);
    for mode in [LateMode::Skipped, LateMode::DeliveredLate] {
        log.add_event(START_MS - 1_000, Some((START_MS + 60_000, mode)));
    }
    assert_eq!(log.visible_count(START_MS + 59_999), HISTORY_COUNT);
    assert_eq!(log.visible_count(START_MS + 60_000), HISTORY_COUNT + 2);
    assert_eq!(log.visible_gids(START_MS + 60_000).count(), 2_002);
    let late = log.late_events();
    assert_eq!(late.len(), 2);
    assert!(
        late.iter()
            .all(|event| event.created_at.as_millisecond() == START_MS - 1_000)
    );
}

#[test]
fn an_offset_that_has_passed_delivers_late_or_never() {
    let log = log_with_live(10.0);
    let (_, passed) = read_window(&log, None, STREAM, START_MS + 30_000, 100);
    let created_ms = START_MS + 10_000;
    let visible_ms = START_MS + 90_000;
    let skipped = log.add_event(created_ms, Some((visible_ms, LateMode::Skipped)));
    let delivered = log.add_event(created_ms, Some((visible_ms, LateMode::DeliveredLate)));
    let (before, passed) = read_window(&log, passed, STREAM, visible_ms - 1, 3);
    assert!(!before.contains(&delivered) && !before.is_empty());
    let (after, _) = read_window(&log, passed, STREAM, visible_ms + 60_000, 3);
    assert!(after.contains(&delivered) && !after.contains(&skipped));
    for count_max in [1, 2, 100] {
        let window = (created_ms, created_ms + 1);
        let (found, _) = read_window(&log, None, window, visible_ms, count_max);
        assert!(found.contains(&skipped) && found.contains(&delivered), "{found:?}");
        assert_eq!(
            read_window(&log, None, (created_ms + 1, created_ms + 2), visible_ms, count_max)
                .0
                .len(),
            0
        );
    }
}

#[test]
fn whole_readings_have_every_event_once_late_ones_included() {
    let log = log_with_live(30.0);
    let moments = (0..400).map(|index: i64| {
        let created_ms = START_MS - 600_000 + index * 2_500;
        let mode = if index % 2 == 0 {
            LateMode::Skipped
        } else {
            LateMode::DeliveredLate
        };
        (
            created_ms,
            (index % 3 > 0).then_some((created_ms + index * 4_000, mode)),
        )
    });
    log.add_events(moments);
    for now_ms in [START_MS, START_MS + 300_000, START_MS + 3_000_000] {
        let truth: Vec<String> = log.visible_gids(now_ms).collect();
        assert_eq!(truth.len() as u64, log.visible_count(now_ms));
        for count_max in [1, 7, 1000] {
            assert_eq!(read_window(&log, None, STREAM, now_ms, count_max).0, truth);
        }
    }
}
