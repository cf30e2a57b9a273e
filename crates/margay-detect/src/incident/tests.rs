use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::alarm::{AlarmKind, Explanation};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

fn at(seconds: i64) -> Timestamp {
    "2026-11-24T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn settings(remind_every_s: Option<u64>) -> AlarmSettings {
    AlarmSettings {
        remind_every: remind_every_s.map(Duration::from_secs),
        ..AlarmSettings::default_of(AlarmKind::CannotPoll)
    }
}

fn verdict(state: State) -> Verdict {
    match state {
        State::Ok => Verdict::ok("well"),
        State::InsufficientData => Verdict::unknown("who knows"),
        State::Alarm => Verdict::alarm(Explanation {
            title: "ill".to_owned(),
            cause: String::new(),
            evidence: String::new(),
            blind: String::new(),
            remedy: String::new(),
        }),
    }
}

/// Evaluates at those times and returns what changed when.
fn play(settings: &AlarmSettings, steps: &[(i64, Option<State>)]) -> Vec<(i64, Change)> {
    let mut status = Status::new(at(0));
    let mut changes = Vec::new();
    for (seconds, state) in steps {
        let verdict = state.map(verdict);
        let (next, change) = status.step(verdict.as_ref(), settings, at(*seconds));
        status = next;
        changes.extend(change.map(|change| (*seconds, change)));
    }
    changes
}

#[test]
fn one_incident_is_told_of_once_however_often_it_is_looked_at() {
    use State::{Alarm, InsufficientData, Ok};
    let steps = [
        (0, Some(InsufficientData)),
        (30, Some(Ok)),
        (60, Some(Alarm)),
        (90, Some(Alarm)),
        (120, Some(InsufficientData)),
        (150, Some(Alarm)),
        (180, Some(Ok)),
        (180 + 299, Some(Ok)),
        (180 + 300, Some(Ok)),
        (180 + 330, Some(Ok)),
    ];
    assert_eq!(
        play(&settings(None), &steps),
        [(60, Change::Opened), (480, Change::Recovered)]
    );
}

#[test]
fn what_comes_and_goes_within_minutes_is_told_once() {
    let steps: Vec<_> = (0..100)
        .map(|nth| (nth * MINUTE, Some(if nth % 3 == 0 { State::Alarm } else { State::Ok })))
        .collect();
    assert_eq!(play(&settings(None), &steps), [(0, Change::Opened)]);
}

#[test]
fn what_comes_back_soon_after_is_the_same_incident() {
    use State::{Alarm, Ok};
    let steps = [
        (0, Some(Alarm)),
        (10 * MINUTE, Some(Ok)),
        (15 * MINUTE, Some(Ok)),
        (44 * MINUTE, Some(Alarm)),
        (50 * MINUTE, Some(Ok)),
        (55 * MINUTE, Some(Ok)),
        (85 * MINUTE, Some(Alarm)),
    ];
    assert_eq!(
        play(&settings(None), &steps),
        [
            (0, Change::Opened),
            (15 * MINUTE, Change::Recovered),
            (44 * MINUTE, Change::Reopened),
            (55 * MINUTE, Change::Recovered),
            (85 * MINUTE, Change::Opened)
        ]
    );
}

#[test]
fn it_is_reminded_of_when_somebody_wants_that() {
    let steps: Vec<_> = (0..=250).map(|minute| (minute * MINUTE, Some(State::Alarm))).collect();
    assert_eq!(play(&settings(None), &steps), [(0, Change::Opened)]);
    assert_eq!(
        play(&settings(Some(7_200)), &steps),
        [
            (0, Change::Opened),
            (2 * HOUR, Change::Reminded),
            (4 * HOUR, Change::Reminded)
        ]
    );
}

#[test]
fn an_alarm_that_is_switched_off_ends_its_incident() {
    let steps = [
        (0, Some(State::Alarm)),
        (60, None),
        (120, None),
        (2 * HOUR, Some(State::Alarm)),
    ];
    assert_eq!(
        play(&settings(None), &steps),
        [(0, Change::Opened), (60, Change::Unwatched), (2 * HOUR, Change::Opened)]
    );
}

#[test]
fn a_clock_that_was_set_back_reminds_of_nothing_too_early() {
    let steps = [
        (HOUR, Some(State::Alarm)),
        (0, Some(State::Alarm)),
        (2 * HOUR, Some(State::Alarm)),
    ];
    assert_eq!(
        play(&settings(Some(3_600)), &steps),
        [(HOUR, Change::Opened), (2 * HOUR, Change::Reminded)]
    );
}

#[test]
fn it_knows_since_when_it_stands_as_it_stands() {
    let mut status = Status::new(at(0));
    for (seconds, state, since) in [
        (10, State::Ok, 10),
        (20, State::Ok, 10),
        (30, State::Alarm, 30),
        (40, State::Alarm, 30),
    ] {
        (status, _) = status.step(Some(&verdict(state)), &settings(None), at(seconds));
        assert_eq!((status.state, status.since), (state, at(since)));
    }
}
