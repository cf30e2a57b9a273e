//! How long the poller waits, and when it no longer does.

use expect_test::expect;

use super::*;
use crate::transport::TransportFailureKind;

#[test]
fn a_rate_limit_is_waited_for_exactly() {
    let answers = vec![
        retry_after(429, "37"),
        retry_after(429, "0.5"),
        retry_after(429, "0"),
        page(&[], None),
    ];
    check(
        start(),
        answers,
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 37s: attempt 1 failed: Asana asks us to slow down (HTTP 429) and wants 37 s of pause
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 500ms: attempt 2 failed: Asana asks us to slow down (HTTP 429) and wants 0.5 s of pause
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 0ns: attempt 3 failed: Asana asks us to slow down (HTTP 429) and wants 0 s of pause
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:37.8Z
            Drained
        "#]],
    );
    check(
        start(),
        vec![retry_after(429, "Tue, 24 Nov 2026 12:00:30 GMT"), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 29.9s: attempt 1 failed: Asana asks us to slow down (HTTP 429) and wants 29.9 s of pause
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:30Z
            Drained
        "#]],
    );
}

#[test]
fn a_rate_limit_without_a_time_backs_off() {
    check(
        start(),
        vec![response(429, ""), retry_after(429, "soon"), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 927ms: attempt 1 failed: Asana asks us to slow down (HTTP 429)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 1.687s: attempt 2 failed: Asana asks us to slow down (HTTP 429)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:02.814Z
            Drained
        "#]],
    );
}

#[test]
fn a_pause_longer_than_a_wait_ends_the_round_and_names_the_time() {
    check(
        start(),
        vec![retry_after(429, "3600")],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, WaitUntil(2026-11-24T13:00:00.1Z): Asana asks us to slow down (HTTP 429) and wants 3600 s of pause
        hint: the next request is sent after 2026-11-24T13:00:00.1Z
    "#]],
    );
    check(
        start(),
        vec![retry_after(503, "3600")],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, WaitUntil(2026-11-24T13:00:00.1Z): Asana has a problem (HTTP 503): wait
        hint: the next request is sent after 2026-11-24T13:00:00.1Z
    "#]],
    );
    check(
        start(),
        vec![retry_after(429, "99999999999")],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, WaitUntil(2026-11-25T12:00:00.1Z): Asana asks us to slow down (HTTP 429) and wants 86400 s of pause
        hint: the next request is sent after 2026-11-25T12:00:00.1Z
    "#]],
    );
}

#[test]
fn a_pause_that_outlasts_the_round_ends_it() {
    let limits = PollLimits {
        round_duration_max: Duration::from_secs(30),
        ..PollLimits::default()
    };
    expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, WaitUntil(2026-11-24T12:01:00.1Z): Asana asks us to slow down (HTTP 429) and wants 60 s of pause
        hint: the next request is sent after 2026-11-24T12:01:00.1Z
    "#]]
    .assert_eq(&play_with(start(), limits, vec![retry_after(429, "60")]));
}

#[test]
fn a_troubled_vendor_is_asked_again_with_growing_waits_then_left_alone() {
    let storm = |status| {
        response(
            status,
            r#"{"errors":[{"message":"Server Error","phrase":"6 sad squid"}]}"#,
        )
    };
    check(
        start(),
        vec![storm(500), storm(502), storm(503), storm(504), storm(408), storm(599)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 927ms: attempt 1 failed: Asana has a problem (HTTP 500): Server Error (phrase: 6 sad squid)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 1.687s: attempt 2 failed: Asana has a problem (HTTP 502): Server Error (phrase: 6 sad squid)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 3.832s: attempt 3 failed: Asana has a problem (HTTP 503): Server Error (phrase: 6 sad squid)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 7.458s: attempt 4 failed: Asana has a problem (HTTP 504): Server Error (phrase: 6 sad squid)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 8.721s: attempt 5 failed: Asana has a problem (HTTP 408): Server Error (phrase: 6 sad squid)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            gave up, Retry: after 6 attempts: Asana has a problem (HTTP 599): Server Error (phrase: 6 sad squid)
        "#]],
    );
}

#[test]
fn a_troubled_vendors_wish_is_the_least_wait() {
    check(
        start(),
        vec![retry_after(503, "20"), retry_after(503, "0"), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 20s: attempt 1 failed: Asana has a problem (HTTP 503): wait
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 1.687s: attempt 2 failed: Asana has a problem (HTTP 503): wait
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:21.887Z
            Drained
        "#]],
    );
}

#[test]
fn a_page_forgives_earlier_failures() {
    let limits = PollLimits {
        attempts_max: 2,
        ..PollLimits::default()
    };
    let trouble = || response(503, "");
    let answers = vec![
        trouble(),
        page(&["1@11:00:00"], Some("a")),
        trouble(),
        page(&["2@11:00:00"], Some("b")),
        trouble(),
        trouble(),
    ];
    expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        wait 927ms: attempt 1 failed: Asana has a problem (HTTP 503)
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        wait 711ms: attempt 1 failed: Asana has a problem (HTTP 503)
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [2] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
        wait 895ms: attempt 1 failed: Asana has a problem (HTTP 503)
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
        gave up, Retry: after 2 attempts: Asana has a problem (HTTP 503)
    "#]]
    .assert_eq(&play_with(start(), limits, answers));
}

#[test]
fn a_missing_answer_is_tried_again() {
    use TransportFailureKind::{BodyCut, Dns, Other, Refused, Reset, Timeout, Tls};
    for kind in [BodyCut, Dns, Other, Refused, Reset, Timeout, Tls] {
        let log = play(start(), vec![failure(kind), page(&[], None)]);
        assert!(
            log.contains(&format!(
                "attempt 1 failed: Asana could not be reached: {kind}: os said so"
            )),
            "{log}"
        );
    }
}

#[test]
fn a_wait_that_the_vendor_asked_for_holds_others_too_and_one_of_ours_does_not() {
    let pause = |answer: Outcome| {
        let (asked, _) =
            Poller::new(settings(), start(), PollLimits::default(), 42).step(Input::Begin { now: time(NOON) });
        let (_, action) = asked.step(Input::Fetched {
            now: time(NOON),
            outcome: answer,
        });
        match action {
            Action::Wait { delay, why } => (why.pause, why.pause == Some(delay)),
            action => panic!("{action:?}"),
        }
    };
    assert_eq!(pause(retry_after(429, "37")), (Some(Duration::from_secs(37)), true));
    assert_eq!(pause(retry_after(503, "60")), (Some(Duration::from_secs(60)), true));
    // Ours is longer than what it asked for, and holds this request alone.
    assert_eq!(pause(retry_after(503, "0")), (Some(Duration::ZERO), false));
    assert!(pause(response(429, "")).1, "it limits us and does not say for how long");
    assert_eq!(pause(response(503, "")).0, None);
    assert_eq!(pause(failure(TransportFailureKind::Timeout)).0, None);
}
