use expect_test::{Expect, expect};

use super::*;
use crate::alarm::{SettingsProblem, State};
use crate::facts::{Holes, Landing, Rejects};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn time(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

const NOON: &str = "12:00:00";

/// A source that is well at noon.
fn well() -> SourceFacts {
    SourceFacts {
        label: "Our Asana".to_owned(),
        vendor: "Asana".to_owned(),
        watched_since: time("00:00:00"),
        silence_watched_since: time("00:00:00"),
        attended_since: time("00:00:00"),
        is_paused: false,
        reading: Reading::Works,
        is_drained: true,
        read_through: Some(time("11:59:30")),
        newest_event_at: Some(time("11:40:00")),
        landing: Landing::default(),
        rejects: Rejects::default(),
        holes: Holes::default(),
        deleted_at: None,
    }
}

fn trouble(since: &str, polls: u64) -> Trouble {
    Trouble {
        since: time(since),
        polls,
        problem: "HTTP 503: Service Unavailable\nhint: it may pass".to_owned(),
    }
}

fn verdict(kind: AlarmKind, facts: &SourceFacts) -> Verdict {
    evaluate(kind, &AlarmSettings::default_of(kind), facts, time(NOON)).unwrap()
}

fn told(verdict: &Verdict) -> String {
    let explained = verdict.explanation.as_ref().map_or(String::new(), |explanation| {
        let Explanation {
            cause,
            evidence,
            blind,
            remedy,
            ..
        } = explanation;
        format!("cause: {cause}\nevidence: {evidence}\nblind: {blind}\nremedy: {remedy}\n")
    });
    format!("{}: {}\n{explained}", verdict.state.as_str(), verdict.summary)
}

fn check(kind: AlarmKind, facts: &SourceFacts, expected: Expect) {
    expected.assert_eq(&told(&verdict(kind, facts)));
}

#[test]
fn a_source_that_is_well_alarms_nobody() {
    for kind in AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source()) {
        let verdict = verdict(kind, &well());
        assert_eq!((verdict.state, verdict.explanation), (State::Ok, None), "{kind:?}");
    }
}

#[test]
fn a_new_source_alarms_nobody_before_it_was_polled() {
    let new = SourceFacts {
        watched_since: time("11:59:00"),
        silence_watched_since: time("11:59:00"),
        attended_since: time("11:50:00"),
        reading: Reading::Unknown,
        read_through: None,
        newest_event_at: None,
        ..well()
    };
    for kind in AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source()) {
        assert_ne!(verdict(kind, &new).state, State::Alarm, "{kind:?}");
    }
}

#[test]
fn a_source_that_is_never_polled_is_not_forgotten() {
    let unpolled = SourceFacts {
        watched_since: time("11:00:00"),
        silence_watched_since: time("11:00:00"),
        reading: Reading::Unknown,
        read_through: None,
        ..well()
    };
    assert_eq!(
        verdict(AlarmKind::CannotPoll, &unpolled).summary,
        "Our Asana: it has never been polled"
    );
}

#[test]
fn a_server_that_has_just_started_calls_nobody_for_what_went_wrong_before() {
    let started = SourceFacts {
        attended_since: time("11:58:00"),
        reading: Reading::Refused(trouble("09:00:00", 30)),
        is_drained: false,
        read_through: Some(time("09:00:00")),
        landing: Landing {
            waiting_since: Some(time("09:00:00")),
            problem: None,
        },
        deleted_at: Some(time("12:00:00")),
        ..well()
    };
    for kind in AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source()) {
        assert_ne!(verdict(kind, &started).state, State::Alarm, "{kind:?}");
    }
    let later = SourceFacts {
        attended_since: time("11:57:00"),
        ..started
    };
    assert_eq!(verdict(AlarmKind::CredentialsRefused, &later).state, State::Alarm);
}

#[test]
fn nobody_is_told_of_an_alarm_that_is_off_or_of_a_source_that_is_paused() {
    let ill = SourceFacts {
        reading: Reading::Refused(trouble("09:00:00", 30)),
        ..well()
    };
    let kind = AlarmKind::CredentialsRefused;
    let on = AlarmSettings::default_of(kind);
    let off = AlarmSettings {
        is_enabled: false,
        ..on.clone()
    };
    let paused = SourceFacts {
        is_paused: true,
        ..ill.clone()
    };
    assert_eq!(evaluate(kind, &on, &ill, time(NOON)).unwrap().state, State::Alarm);
    assert_eq!(evaluate(kind, &off, &ill, time(NOON)), None);
    assert_eq!(evaluate(kind, &on, &paused, time(NOON)), None);
    let server = ServerFacts::default();
    assert_eq!(evaluate_server(AlarmKind::Disk, &off, &server, time(NOON)), None);
}

#[test]
fn polls_that_fail_for_a_quarter_of_an_hour() {
    let failing = |since| SourceFacts {
        reading: Reading::Fails(trouble(since, 14)),
        ..well()
    };
    check(
        AlarmKind::CannotPoll,
        &failing("11:50:00"),
        expect![[r#"
            INSUFFICIENT_DATA: polls have failed for 10 min, which may pass
        "#]],
    );
    check(
        AlarmKind::CannotPoll,
        &failing("11:45:00"),
        expect![[r#"
        ALARM: Our Asana: the log cannot be read since 2026-11-24 11:45:00 UTC
        cause: 14 polls of Asana in a row have failed.
        evidence: The last one: HTTP 503: Service Unavailable
        blind: What happened since 2026-11-24 11:59:30 UTC has not been seen.
        remedy: Nothing, if the vendor is down: polls are tried again, and reading goes on where it stopped. Otherwise look at the network between here and the vendor: `margay source check` tells where it ends.
    "#]],
    );
    let person = SourceFacts {
        reading: Reading::NeedsPerson(trouble("09:00:00", 30)),
        ..well()
    };
    check(
        AlarmKind::CannotPoll,
        &person,
        expect![[r#"
        ALARM: Our Asana: the log cannot be read since 2026-11-24 09:00:00 UTC
        cause: 30 polls of Asana in a row have failed.
        evidence: The last one: HTTP 503: Service Unavailable
        blind: What happened since 2026-11-24 11:59:30 UTC has not been seen.
        remedy: Somebody has to change what the message names; `margay source check` tells whether it worked. Reading goes on where it stopped.
    "#]],
    );
}

#[test]
fn credentials_that_are_refused_twice() {
    let refused = |polls| SourceFacts {
        reading: Reading::Refused(trouble("11:58:00", polls)),
        ..well()
    };
    check(
        AlarmKind::CredentialsRefused,
        &refused(1),
        expect![[r#"
            INSUFFICIENT_DATA: the credentials were refused once, and are tried again
        "#]],
    );
    check(
        AlarmKind::CredentialsRefused,
        &refused(2),
        expect![[r#"
        ALARM: Our Asana: Asana refuses the credentials
        cause: 2 polls in a row were refused, the first at 2026-11-24 11:58:00 UTC: the token was revoked, has expired or lost its permission.
        evidence: The last one: HTTP 503: Service Unavailable
        blind: What happened since 2026-11-24 11:59:30 UTC has not been seen.
        remedy: Make a new token for the service account, with the scope Audit logs, and store it in the console: Integrations > Log Sources > the source > Configuration > Replace token…. Or stop the server and use `margay source set-token`. Reading goes on where it stopped; nothing is lost as long as the vendor keeps it.
    "#]],
    );
    assert_eq!(
        verdict(AlarmKind::CannotPoll, &refused(100)).state,
        State::InsufficientData,
        "one cause, one alarm"
    );
    assert_eq!(
        verdict(AlarmKind::DropOff, &refused(100)).state,
        State::InsufficientData
    );
}

#[test]
fn reading_that_falls_behind() {
    let behind = SourceFacts {
        is_drained: false,
        read_through: Some(time("10:00:00")),
        ..well()
    };
    check(
        AlarmKind::Lag,
        &behind,
        expect![[r#"
        ALARM: Our Asana: reading is 2 h behind
        cause: Polls work, and none has come to the end of the log for that long: it grows faster than it is read, or the vendor is slow.
        evidence: The log is read up to 2026-11-24 10:00:00 UTC.
        blind: Events since 2026-11-24 10:00:00 UTC are not searchable and raise no alerts yet.
        remedy: Look at the requests a minute that the source may make, and at the vendor's answers in `margay source history`.
    "#]],
    );
    let drained = SourceFacts {
        is_drained: true,
        ..behind.clone()
    };
    assert_eq!(verdict(AlarmKind::Lag, &drained).state, State::Ok, "by another clock");
    let never = SourceFacts {
        is_drained: false,
        read_through: None,
        ..well()
    };
    assert_eq!(
        verdict(AlarmKind::Lag, &never).state,
        State::Alarm,
        "since it is watched"
    );
}

#[test]
fn records_that_fit_no_schema() {
    let rejects = |last_at: &str| SourceFacts {
        rejects: Rejects {
            last_at: Some(last_at.parse().unwrap()),
            recent: 1,
            reason: Some("`gid` is required and missing".to_owned()),
        },
        ..well()
    };
    check(
        AlarmKind::ClassificationFailures,
        &rejects("2026-11-24T11:59:00Z"),
        expect![[r#"
        ALARM: Our Asana: records fit no schema
        cause: 1 record in the last 1 d; the vendor may have changed its log.
        evidence: The last at 2026-11-24 11:59:00 UTC: `gid` is required and missing
        blind: These records are kept, and are in no event table: searches and alerts do not see them.
        remedy: Look at margay_monitor.classification_failures and mend the schema in the console: Data > Schemas. Then stop the server and land them: `margay replay --failures-only`.
    "#]],
    );
    check(
        AlarmKind::ClassificationFailures,
        &rejects("2026-11-23T12:00:00Z"),
        expect![[r#"
        OK: the last record that fitted no schema came at 2026-11-23 12:00:00 UTC
    "#]],
    );
}

#[test]
fn records_that_do_not_land() {
    let waiting = |since: &str| SourceFacts {
        landing: Landing {
            waiting_since: Some(time(since)),
            problem: Some("no space left on device".to_owned()),
        },
        ..well()
    };
    assert_eq!(verdict(AlarmKind::LandingStuck, &waiting("11:59:00")).state, State::Ok);
    check(
        AlarmKind::LandingStuck,
        &waiting("11:30:00"),
        expect![[r#"
        ALARM: Our Asana: what is read does not reach the lake
        cause: The oldest record that waits was read 30 min ago.
        evidence: no space left on device
        blind: Events read since 2026-11-24 11:30:00 UTC are safe in the journal and not searchable.
        remedy: See that the disk of the data directory has room and can be written, then `margay doctor`. Landing goes on by itself.
    "#]],
    );
}

#[test]
fn holes_and_losses() {
    let hole = |since: &str| SourceFacts {
        holes: Holes {
            open_since: Some(time(since)),
            open: HOUR * 3,
            ..Holes::default()
        },
        ..well()
    };
    assert_eq!(verdict(AlarmKind::CoverageHole, &hole("11:30:00")).state, State::Ok);
    check(
        AlarmKind::CoverageHole,
        &hole("10:30:00"),
        expect![[r#"
        ALARM: Our Asana: part of the log is not proven complete
        cause: 3 h of event time is being read again, and is not done after 1 h 30 min.
        evidence: There has been a hole since 2026-11-24 10:30:00 UTC.
        blind: Events of that time may be missing from searches.
        remedy: See `margay source coverage` and `margay source history`: a backfill fills holes by itself once the vendor lets it.
    "#]],
    );
    let lost = SourceFacts {
        holes: Holes {
            lost_at: Some(time("11:59:00")),
            lost: DAY * 5,
            ..Holes::default()
        },
        ..well()
    };
    check(
        AlarmKind::CoverageHole,
        &lost,
        expect![[r#"
        ALARM: Our Asana: part of the log is lost for good
        cause: Asana deleted it before it could be read.
        evidence: 5 d of event time in all; found at 2026-11-24 11:59:00 UTC.
        blind: What happened then is known from nowhere. `margay source coverage` names the ranges.
        remedy: Look for another copy, an export of the vendor's for instance; note the gap where it matters. Nothing here can fill it.
    "#]],
    );
}

#[test]
fn the_vendor_is_about_to_delete_what_was_not_read() {
    let soon = SourceFacts {
        deleted_at: Some(time("18:00:00")),
        reading: Reading::Refused(trouble("09:00:00", 30)),
        ..well()
    };
    check(
        AlarmKind::RetentionDeadline,
        &soon,
        expect![[r#"
        ALARM: Our Asana: Asana deletes unread events in 6 h
        cause: Asana keeps its log for a limited time, and what is oldest has not been read.
        evidence: The oldest of what waits is deleted at 2026-11-24 18:00:00 UTC.
        blind: What happened since 2026-11-24 11:59:30 UTC has not been seen.
        remedy: Let the source be read before then: another alarm says what keeps it.
    "#]],
    );
    let read = SourceFacts {
        reading: Reading::Works,
        ..soon
    };
    assert_eq!(
        verdict(AlarmKind::RetentionDeadline, &read).state,
        State::Ok,
        "a new source's backfill"
    );
}

#[test]
fn the_server_itself() {
    let server = |kind, facts: &ServerFacts| {
        told(&evaluate_server(kind, &AlarmSettings::default_of(kind), facts, time(NOON)).unwrap())
    };
    let full = ServerFacts {
        disk: DiskFacts {
            free_bytes: Some(3 * 1024 * 1024),
            total_bytes: 8 * 1024 * 1024 * 1024,
        },
        delivery: DeliveryFacts {
            failing_since: Some(time("11:00:00")),
            destination: Some("on call".to_owned()),
            problem: Some("HTTP 404".to_owned()),
            given_up_at: None,
        },
    };
    expect![[r#"
        ALARM: The disk of the data directory is nearly full
        cause: Less than 1024 MiB is free.
        evidence: 3 MiB of 8192 MiB free.
        blind: Nothing yet. When it is full, reading and landing stop; nothing that was read is lost.
        remedy: Make room or move the data directory to a larger disk.
    "#]]
    .assert_eq(&server(AlarmKind::Disk, &full));
    expect![[r#"
        ALARM: Alerts do not reach `on call`
        cause: An alert has not arrived there for 1 h.
        evidence: The last try: HTTP 404
        blind: Whoever relies on that destination alone is told nothing.
        remedy: Test the destination and mend it: `margay destination test`. What waits is sent then; what was given up is sent again by `margay alert resend`.
    "#]].assert_eq(&server(AlarmKind::DeliveryFailing, &full));
    let mut mended = full;
    mended.delivery.given_up_at = Some(time("11:30:00"));
    assert!(server(AlarmKind::DeliveryFailing, &mended).starts_with("ALARM: An alert for `on call` was given up"));
    mended.delivery.given_up_at = None;
    mended.delivery.failing_since = Some(time("11:50:00"));
    assert!(server(AlarmKind::DeliveryFailing, &mended).starts_with("OK"));
    assert!(server(AlarmKind::Disk, &ServerFacts::default()).starts_with("INSUFFICIENT_DATA"));
}

#[test]
fn thresholds_and_reminders_have_bounds() {
    let drop_off = AlarmSettings::default_of(AlarmKind::DropOff);
    assert_eq!(drop_off.threshold, DAY);
    for (minutes, is_allowed) in [(14, false), (15, true), (43_200, true), (43_201, false)] {
        let settings = AlarmSettings {
            threshold: MINUTE * minutes,
            ..drop_off.clone()
        };
        assert_eq!(settings.check(AlarmKind::DropOff).is_ok(), is_allowed, "{minutes}");
    }
    let often = AlarmSettings {
        remind_every: Some(MINUTE),
        ..drop_off.clone()
    };
    assert_eq!(often.check(AlarmKind::DropOff), Err(SettingsProblem::RemindEvery));
    for kind in AlarmKind::ALL {
        assert_eq!(AlarmSettings::default_of(kind).check(kind), Ok(()));
        assert_eq!(AlarmKind::of_name(&kind.as_str().to_lowercase()), Some(kind));
    }
    assert_eq!(AlarmKind::of_name("SOURCE"), None);
    for state in [State::Ok, State::Alarm, State::InsufficientData] {
        assert_eq!(State::of_name(state.as_str()), Some(state));
    }
}
