//! What follows each kind of answer.

use expect_test::expect;

use super::*;
use crate::transport::TransportFailureKind;

#[test]
fn pages_follow_one_another_until_an_empty_one_whose_offset_is_kept() {
    let answers = vec![
        page(&["1@11:00:00", "2@11:00:01"], Some("a+/=")),
        page(&["3@11:00:02"], Some("b")),
        page(&[], Some("c")),
    ];
    check(
        start(),
        answers,
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [1 2] {window_start:2026-11-01T00:00:00Z,offset:a+/=,newest_event_time:2026-11-24T11:00:01Z}
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a%2B%2F%3D
            journal [3] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-24T11:00:02Z}
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
            journal [] {window_start:2026-11-01T00:00:00Z,offset:c,newest_event_time:2026-11-24T11:00:02Z}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00.2Z
            Drained
        "#]],
    );
}

#[test]
fn an_empty_log_keeps_the_window_and_needs_no_journal() {
    check(
        start(),
        vec![page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00Z
            Drained
        "#]],
    );
}

#[test]
fn null_after_an_offset_keeps_the_offset() {
    check(
        at_offset("a", "2026-11-24T11:00:00Z"),
        vec![page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
            journal [] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00Z
            Drained
        "#]],
    );
    check(
        at_offset("a", "2026-11-24T11:00:00Z"),
        vec![page(&["3@11:00:02"], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
            journal [3] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:02Z}
            Drained
        "#]],
    );
}

#[test]
fn an_empty_page_is_journalled_for_what_it_proves_though_nothing_moves() {
    check(
        at_offset("a", "2026-11-24T11:00:00Z"),
        vec![page(&[], Some("a"))],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
            journal [] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00Z
            Drained
        "#]],
    );
}

#[test]
fn a_record_without_id_a_scalar_and_a_record_twice_are_all_journalled() {
    let body = r#"{"data":[{"created_at":"2026-11-24T11:00:00Z"},7,{"gid":"1"},{"gid":"1"}],"next_page":null}"#;
    check(
        start(),
        vec![response(200, body)],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        journal [sha256:9ac318fa613528d479a6f90aeeaaf50860ca034723c7504e5fb669793405fb10 sha256:7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451 1 1] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:2026-11-24T11:00:00Z}
        Drained
    "#]],
    );
}

#[test]
fn the_newest_event_time_never_goes_back_and_ignores_the_far_future() {
    let body = r#"{"data":[{"gid":"1","created_at":"2026-11-25T11:59:00Z"},{"gid":"2","created_at":"2026-11-25T12:01:00Z"}],"next_page":{"offset":"a"}}"#;
    check(
        start(),
        vec![
            response(200, body),
            page(&["3@10:00:00"], Some("b")),
            page(&[], Some("b")),
        ],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [1 2] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-25T11:59:00Z}
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
            journal [3] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-25T11:59:00Z}
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
            journal [] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-25T11:59:00Z}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00.2Z
            Drained
        "#]],
    );
}

#[test]
fn an_expired_offset_without_a_newest_event_starts_at_the_window() {
    let checkpoint = Checkpoint {
        newest_event_time: None,
        ..at_offset("old", "2026-11-24T11:00:00Z")
    };
    check(
        checkpoint,
        vec![expired(), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00.1Z
            Drained
        "#]],
    );
}

#[test]
fn refusals_need_a_person_at_once() {
    for status in [400, 401, 402, 403, 404, 451] {
        let log = play(start(), vec![response(status, r#"{"errors":[{"message":"no"}]}"#)]);
        assert!(log.contains("needs operator"), "{status}: {log}");
    }
}

#[test]
fn a_body_that_is_too_long_is_not_fetched_again() {
    check(
        start(),
        vec![failure(TransportFailureKind::BodyTooLong)],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, AskOperator: Asana could not be reached: the answer is too long: os said so
    "#]],
    );
}

#[test]
fn a_200_that_is_no_page_is_tried_again_and_shown() {
    let limits = PollLimits {
        attempts_max: 3,
        ..PollLimits::default()
    };
    let answers = vec![
        response(200, "<html>\n<title>Sign in</title>"),
        response(200, r#"{"data":{}}"#),
        response(200, r#"{"data":"1/1200000000000001:0123456789abcdef0123456789abcdef"}"#),
    ];
    expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        wait 927ms: attempt 1 failed: the answer is no page of the audit log: it is not a JSON object; it begins: <html> <title>Sign in</title>
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        wait 1.687s: attempt 2 failed: the answer is no page of the audit log: its `data` is not an array; it begins: {"data":{}}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        gave up, Retry: after 3 attempts: the answer is no page of the audit log: its `data` is not an array; it begins: {"data":"[redacted]"}
    "#]].assert_eq(&play_with(at_offset("a", "2026-11-24T11:00:00Z"), limits, answers));
    check(
        start(),
        vec![response(200, ""), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            wait 927ms: attempt 1 failed: the answer is no page of the audit log: it is not a JSON object; it begins: (0 bytes, nothing to show)
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:null}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:01.027Z
            Drained
        "#]],
    );
}

#[test]
fn an_offset_that_is_too_long_is_not_stored() {
    let offset = "x".repeat(crate::asana::OFFSET_BYTES_MAX + 1);
    let log = play(start(), vec![page(&["1@11:00:00"], Some(&offset))]);
    expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, AskOperator: Asana gave an offset of 8193 bytes; at most 8192 are stored, so the log cannot be read on
    "#]]
    .assert_eq(&log.replace(&"x".repeat(100), "x…"));
}

#[test]
fn other_statuses_end_the_round() {
    for status in [100, 204, 206, 301, 302, 307, 405, 407, 410, 412, 418, 600] {
        let log = play(start(), vec![response(status, "moved")]);
        assert!(
            log.contains(&format!(
                "gave up, AskOperator: unexpected answer (HTTP {status}): moved"
            )),
            "{status}: {log}"
        );
    }
    check(
        start(),
        vec![response(302, "")],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        gave up, AskOperator: unexpected answer (HTTP 302)
        hint: redirects are not followed; check the API URL and any proxy in between
    "#]],
    );
}

#[test]
fn the_same_page_again_and_again_ends_the_round() {
    let again = |offset| page(&["1@11:00:00"], Some(offset));
    check(
        start(),
        ["a", "b", "c", "d", "e"].map(again).to_vec(),
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:c,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=c
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:d,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=d
        gave up, Retry: Asana sent the same page 5 times in a row, each with records; going on would not end
    "#]],
    );
}

#[test]
fn an_offset_that_does_not_move_ends_the_round() {
    let next = |gid: &str| page(&[&format!("{gid}@11:00:00")], Some("a"));
    check(
        start(),
        ["1", "2", "3", "4", "5"].map(next).to_vec(),
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [2] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [3] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [4] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        gave up, Retry: Asana's offsets lead in a circle: 4 pages in a row gave an offset of this round again; going on would not end
    "#]],
    );
}

#[test]
fn offsets_that_lead_in_a_circle_end_the_round() {
    let next = |(gid, offset): (&str, &str)| page(&[&format!("{gid}@11:00:00")], Some(offset));
    let answers = [
        ("1", "a"),
        ("2", "b"),
        ("3", "c"),
        ("1", "a"),
        ("2", "b"),
        ("3", "c"),
        ("1", "a"),
    ];
    check(
        start(),
        answers.map(next).to_vec(),
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [2] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
        journal [3] {window_start:2026-11-01T00:00:00Z,offset:c,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=c
        journal [1] {window_start:2026-11-01T00:00:00Z,offset:a,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=a
        journal [2] {window_start:2026-11-01T00:00:00Z,offset:b,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=b
        journal [3] {window_start:2026-11-01T00:00:00Z,offset:c,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=c
        gave up, Retry: Asana's offsets lead in a circle: 4 pages in a row gave an offset of this round again; going on would not end
    "#]],
    );
}

#[test]
#[should_panic(expected = "is no answer while")]
fn an_answer_that_was_not_asked_for_is_the_shells_error() {
    drop(Poller::new(settings(), start(), PollLimits::default(), 1).step(Input::Waited { now: time(NOON) }));
}
