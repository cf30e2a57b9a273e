use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::alarm::{AlarmKind, State};
use crate::calendar::{Hours, Span};
use crate::facts::{Holes, Landing, Rejects, Trouble};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

fn office() -> Calendar {
    let day = || vec![Span::parse("08:00-18:00").unwrap()];
    let weekly = [day(), day(), day(), day(), day(), vec![], vec![]];
    Calendar::Hours(Hours::new(TimeZone::UTC, weekly, BTreeSet::new()).unwrap())
}

fn settings(threshold: Duration, calendar: Calendar) -> AlarmSettings {
    AlarmSettings {
        threshold,
        calendar,
        ..AlarmSettings::default_of(AlarmKind::DropOff)
    }
}

/// A source whose newest event and whose reading are of those times.
fn facts(newest: Option<&str>, read_through: Option<&str>) -> SourceFacts {
    SourceFacts {
        label: "Our Asana".to_owned(),
        vendor: "Asana".to_owned(),
        watched_since: time("2026-11-01T00:00:00Z"),
        silence_watched_since: time("2026-11-01T00:00:00Z"),
        attended_since: time("2026-11-01T00:00:00Z"),
        is_paused: false,
        reading: Reading::Works,
        is_drained: true,
        read_through: read_through.map(time),
        newest_event_at: newest.map(time),
        landing: Landing::default(),
        rejects: Rejects::default(),
        holes: Holes::default(),
        deleted_at: None,
    }
}

fn state(settings: &AlarmSettings, facts: &SourceFacts) -> State {
    evaluate(settings, facts).state
}

#[test]
fn silence_is_proven_by_reading_and_not_by_waiting() {
    let day = settings(hours(24), Calendar::Always);
    let at = |read_through| state(&day, &facts(Some("2026-11-20T12:00:00Z"), read_through));
    assert_eq!(at(Some("2026-11-21T11:59:59Z")), State::Ok);
    assert_eq!(at(Some("2026-11-21T12:00:00Z")), State::Alarm);
    assert_eq!(at(None), State::InsufficientData);
}

#[test]
fn a_source_that_cannot_be_read_is_not_called_quiet() {
    let day = settings(hours(24), Calendar::Always);
    let trouble = Trouble {
        since: time("2026-11-20T13:00:00Z"),
        polls: 9_999,
        problem: "401".to_owned(),
    };
    for reading in [
        Reading::Refused(trouble.clone()),
        Reading::Fails(trouble.clone()),
        Reading::NeedsPerson(trouble),
    ] {
        let unread = SourceFacts {
            reading,
            ..facts(Some("2026-11-20T12:00:00Z"), Some("2026-11-20T12:59:00Z"))
        };
        assert_eq!(state(&day, &unread), State::InsufficientData);
    }
}

#[test]
fn silence_before_anybody_watched_counts_for_nothing() {
    let day = settings(hours(24), Calendar::Always);
    // A quiet organization, added on the first.
    assert_eq!(
        state(&day, &facts(Some("2026-10-15T00:00:00Z"), Some("2026-11-01T12:00:00Z"))),
        State::Ok
    );
    assert_eq!(state(&day, &facts(None, Some("2026-11-02T00:00:00Z"))), State::Alarm);
}

#[test]
fn who_switches_the_alarm_on_again_is_not_told_what_he_knew() {
    let day = settings(hours(24), Calendar::Always);
    let at = |read_through| SourceFacts {
        silence_watched_since: time("2026-11-20T12:00:00Z"),
        ..facts(Some("2026-11-01T09:00:00Z"), Some(read_through))
    };
    assert_eq!(state(&day, &at("2026-11-20T12:01:00Z")), State::Ok);
    assert_eq!(state(&day, &at("2026-11-21T11:59:59Z")), State::Ok);
    assert_eq!(state(&day, &at("2026-11-21T12:00:00Z")), State::Alarm);
}

#[test]
fn a_weekend_is_no_silence_where_nobody_works_then() {
    let friday = Some("2026-11-20T17:00:00Z");
    let four_hours = settings(hours(4), office());
    assert_eq!(
        state(&four_hours, &facts(friday, Some("2026-11-23T07:00:00Z"))),
        State::Ok
    );
    assert_eq!(
        state(&four_hours, &facts(friday, Some("2026-11-23T10:59:00Z"))),
        State::Ok
    );
    let verdict = evaluate(&four_hours, &facts(friday, Some("2026-11-23T11:00:00Z")));
    assert_eq!(verdict.state, State::Alarm);
    let explanation = verdict.explanation.unwrap();
    assert_eq!(explanation.title, "Our Asana: no events for 4 h");
    assert_eq!(
        explanation.cause,
        "Asana answers, and has had no event for 4 h of the hours that count."
    );
    assert_eq!(
        explanation.evidence,
        "The newest event is of 2026-11-20 17:00:00 UTC; the log has been read up to 2026-11-23 11:00:00 UTC."
    );
}

#[test]
fn the_past_tells_how_often_it_would_have_sounded() {
    let (from, to) = (time("2026-11-09T00:00:00Z"), time("2026-11-23T00:00:00Z"));
    let pause = |from: &str, to: &str| (time(from), time(to));
    let pauses = [
        pause("2026-11-08T00:00:00Z", "2026-11-09T02:00:00Z"),
        pause("2026-11-13T17:30:00Z", "2026-11-16T08:10:00Z"),
        pause("2026-11-18T09:00:00Z", "2026-11-18T14:00:00Z"),
        pause("2026-11-20T16:00:00Z", "2026-11-24T00:00:00Z"),
    ];
    let always = rehearse(&pauses, hours(24), &Calendar::Always, from, to);
    assert_eq!(
        (always.alarms, always.longest),
        (2, Duration::from_secs(62 * 3600 + 40 * 60))
    );
    let office = rehearse(&pauses, hours(4), &office(), from, to);
    assert_eq!((office.alarms, office.longest), (1, hours(5)));
}

#[test]
fn what_is_suggested_is_half_as_long_again_and_round() {
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    for (longest, suggested) in [
        (0, 15),
        (10, 15),
        (31, 60),
        (60, 120),
        (17 * 60, 2 * 24 * 60),
        (62 * 60, 4 * 24 * 60),
    ] {
        assert_eq!(suggest(minutes(longest)), minutes(suggested), "{longest}");
    }
    assert_eq!(suggest(SILENCE_MAX), SILENCE_MAX);
}

proptest! {
    /// Whatever happens, silence that was not read is no alarm.
    #[test]
    fn no_alarm_before_the_silence_was_read(newest in 0_i64..2_000_000, read in 0_i64..4_000_000, threshold in 900_i64..2_592_000) {
        let base = time("2026-11-01T00:00:00Z");
        let at = |seconds| base + SignedDuration::from_secs(seconds);
        let mut facts = facts(None, None);
        facts.newest_event_at = Some(at(newest));
        facts.read_through = Some(at(read));
        let settings = settings(Duration::from_secs(threshold.unsigned_abs()), Calendar::Always);
        prop_assert_eq!(state(&settings, &facts) == State::Alarm, read - newest >= threshold);
    }

    /// The suggestion would have called nobody in the past that it was made from.
    #[test]
    fn a_suggestion_is_quiet_in_its_own_past(longest in 0_u64..1_600_000) {
        let longest = Duration::from_secs(longest);
        prop_assert!(suggest(longest) > longest);
    }
}
