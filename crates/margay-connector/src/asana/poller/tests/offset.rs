//! What follows an offset that is refused.

use expect_test::expect;

use super::*;

#[test]
fn an_expired_offset_starts_anew_half_an_hour_before_the_newest_event() {
    let answers = vec![expired(), page(&["1@11:00:00"], Some("n")), page(&[], Some("o"))];
    check(
        at_offset("old", "2026-11-24T11:00:00Z"),
        answers,
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:30:00Z,offset:n,newest_event_time:2026-11-24T11:00:00Z}
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2&offset=n
            journal [] {window_start:2026-11-24T10:30:00Z,offset:o,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-24T10:30:00Z to 2026-11-24T12:00:00.2Z
            Drained
        "#]],
    );
}

#[test]
fn starting_anew_never_goes_before_the_window_nor_beyond_our_clock() {
    let early = Checkpoint {
        newest_event_time: Some(time("2026-11-01T00:10:00Z")),
        ..at_offset("old", NOON)
    };
    check(
        early,
        vec![expired(), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
            journal [] {window_start:2026-11-01T00:00:00Z,offset:null,newest_event_time:2026-11-01T00:10:00Z}
            proven 2026-11-01T00:00:00Z to 2026-11-24T12:00:00.1Z
            Drained
        "#]],
    );
    check(
        at_offset("old", "2026-11-25T11:00:00Z"),
        vec![expired(), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-24T11%3A30%3A00.100Z&limit=2
            journal [] {window_start:2026-11-24T11:30:00.1Z,offset:null,newest_event_time:2026-11-25T11:00:00Z}
            proven 2026-11-24T11:30:00.1Z to 2026-11-24T12:00:00.1Z
            Drained
        "#]],
    );
}

#[test]
fn an_offset_that_is_refused_again_without_progress_ends_the_round() {
    let answers = vec![expired(), page(&[], Some("n"))];
    check(
        at_offset("old", "2026-11-24T11:00:00Z"),
        answers,
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
            journal [] {window_start:2026-11-24T10:30:00Z,offset:n,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-24T10:30:00Z to 2026-11-24T12:00:00.1Z
            Drained
        "#]],
    );
    let mut shell = Shell::new(at_offset("old", "2026-11-24T11:00:00Z"));
    shell.known.insert("1".to_owned());
    let poller = Poller::new(settings(), shell.journalled.clone(), PollLimits::default(), 1);
    let mut answers = VecDeque::from(vec![expired(), page(&["1@11:00:00"], Some("n")), expired()]);
    shell.round(poller, |_, _| answers.pop_front().unwrap());
    expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
        GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
        journal [1] {window_start:2026-11-24T10:30:00Z,offset:n,newest_event_time:2026-11-24T11:00:00Z}
        GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2&offset=n
        gave up, Retry: Asana refuses its own offset, even after starting anew by time: offset: Your pagination token has expired.
    "#]].assert_eq(&shell.log);
}

#[test]
fn after_new_records_an_expired_offset_may_start_anew_again() {
    let answers = vec![expired(), page(&["1@11:00:00"], Some("n")), expired(), page(&[], None)];
    check(
        at_offset("old", "2026-11-24T11:00:00Z"),
        answers,
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:30:00Z,offset:n,newest_event_time:2026-11-24T11:00:00Z}
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2&offset=n
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
            journal [] {window_start:2026-11-24T10:30:00Z,offset:null,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-24T10:30:00Z to 2026-11-24T12:00:00.3Z
            Drained
        "#]],
    );
}

#[test]
fn a_400_that_does_not_name_the_offset_is_tried_without_it_before_a_person_is_asked() {
    let bad = || response(400, r#"{"errors":[{"message":"workspace: Not a recognized ID: 12"}]}"#);
    check(
        at_offset("old", "2026-11-24T11:00:00Z"),
        vec![bad(), bad()],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
        GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
        needs operator: Asana rejects the request
    "#]],
    );
    check(
        at_offset("old", "2026-11-24T11:00:00Z"),
        vec![bad(), page(&[], None)],
        expect![[r#"
            GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2&offset=old
            GET start_at=2026-11-24T10%3A30%3A00.000Z&limit=2
            journal [] {window_start:2026-11-24T10:30:00Z,offset:null,newest_event_time:2026-11-24T11:00:00Z}
            proven 2026-11-24T10:30:00Z to 2026-11-24T12:00:00.1Z
            Drained
        "#]],
    );
    check(
        start(),
        vec![bad()],
        expect![[r#"
        GET start_at=2026-11-01T00%3A00%3A00.000Z&limit=2
        needs operator: Asana rejects the request
    "#]],
    );
}
