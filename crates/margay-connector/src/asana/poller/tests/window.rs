//! A closed window, and what an empty page proves.

use expect_test::expect;

use super::vendor::Vendor;
use super::*;
use crate::window::Window;

fn window(from: &str, to: &str) -> Checkpoint {
    let on_the_day = |clock: &str| time(&format!("2026-11-24T{clock}Z"));
    Checkpoint::of_window(Window::new(on_the_day(from), on_the_day(to)).unwrap())
}

#[test]
fn a_window_is_read_to_its_empty_page_which_proves_all_of_it() {
    check(
        window("10:00:00", "11:00:00"),
        vec![page(&["1@10:30:00"], Some("a")), page(&[], Some("b"))],
        expect![[r#"
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:a,newest_event_time:2026-11-24T10:30:00Z}
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2&offset=a
            journal [] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:b,newest_event_time:2026-11-24T10:30:00Z}
            proven 2026-11-24T10:00:00Z to 2026-11-24T11:00:00Z
            Drained
        "#]],
    );
}

#[test]
fn a_window_without_events_is_proven_by_one_request() {
    check(
        window("10:00:00", "11:00:00"),
        vec![page(&[], None)],
        expect![[r#"
        GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
        journal [] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:null,newest_event_time:null}
        proven 2026-11-24T10:00:00Z to 2026-11-24T11:00:00Z
        Drained
    "#]],
    );
}

#[test]
fn a_window_whose_offset_is_refused_is_read_from_its_beginning_once() {
    check(
        window("10:00:00", "11:00:00"),
        vec![
            page(&["1@10:30:00"], Some("a")),
            expired(),
            page(&["1@10:30:00"], Some("b")),
            page(&[], Some("c")),
        ],
        expect![[r#"
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:a,newest_event_time:2026-11-24T10:30:00Z}
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2&offset=a
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:b,newest_event_time:2026-11-24T10:30:00Z}
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2&offset=b
            journal [] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:c,newest_event_time:2026-11-24T10:30:00Z}
            proven 2026-11-24T10:00:00Z to 2026-11-24T11:00:00Z
            Drained
        "#]],
    );
    check(
        window("10:00:00", "11:00:00"),
        vec![
            page(&["1@10:30:00"], Some("a")),
            expired(),
            page(&["2@10:31:00"], Some("b")),
            expired(),
        ],
        expect![[r#"
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:a,newest_event_time:2026-11-24T10:30:00Z}
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2&offset=a
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [2] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:b,newest_event_time:2026-11-24T10:31:00Z}
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2&offset=b
            gave up, Retry: Asana refuses its own offset, even after starting anew by time: offset: Your pagination token has expired.
        "#]],
    );
}

#[test]
fn a_window_that_ends_without_an_empty_page_is_not_proven() {
    check(
        window("10:00:00", "11:00:00"),
        vec![page(&["1@10:30:00"], None)],
        expect![[r#"
            GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T11%3A00%3A00.000Z&limit=2
            journal [1] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T11:00:00Z,offset:null,newest_event_time:2026-11-24T10:30:00Z}
            gave up, Retry: Asana ended a window with a page of events instead of an empty one, which its reference rules out; whether it is complete cannot be told
        "#]],
    );
}

#[test]
fn nothing_is_proven_beyond_the_moment_of_the_request() {
    check(
        window("10:00:00", "13:00:00"),
        vec![page(&[], None)],
        expect![[r#"
        GET start_at=2026-11-24T10%3A00%3A00.000Z&end_at=2026-11-24T13%3A00%3A00.000Z&limit=2
        journal [] {window_start:2026-11-24T10:00:00Z,window_end:2026-11-24T13:00:00Z,offset:null,newest_event_time:null}
        proven 2026-11-24T10:00:00Z to 2026-11-24T12:00:00Z
        Drained
    "#]],
    );
}

/// An empty page, answered at that time by the vendor's clock.
fn dated(date: &str) -> Outcome {
    page(&[], None).map(|response| Response {
        date: Some(date.to_owned()),
        ..response
    })
}

#[test]
fn a_vendor_whose_clock_is_behind_proves_less_and_one_that_is_ahead_no_more() {
    let log = |date| play(window("10:00:00", "13:00:00"), vec![dated(date)]);
    assert!(log("Tue, 24 Nov 2026 11:40:00 GMT").contains("to 2026-11-24T11:39:59.9Z"));
    assert!(log("Tue, 24 Nov 2026 12:40:00 GMT").contains("to 2026-11-24T12:00:00Z"));
    assert!(
        log("yesterday").contains("to 2026-11-24T12:00:00Z"),
        "a date that cannot be read is none"
    );
}

#[test]
fn what_the_vendor_has_deleted_is_not_proven() {
    let old = Checkpoint::start_at(time("2026-08-01T00:00:00Z"));
    let log = play(old, vec![page(&[], None)]);
    // 90 days before the answer, a moment after noon of the test's day.
    assert!(log.contains("proven 2026-08-26T12:00:00.1Z to"), "{log}");
}

#[test]
fn what_is_deleted_is_told_by_the_vendors_clock_at_its_answer() {
    let log = |date| play(Checkpoint::start_at(time("2026-08-01T00:00:00Z")), vec![dated(date)]);
    // Ours says noon.
    assert!(log("Tue, 24 Nov 2026 09:00:00 GMT").contains("proven 2026-08-26T09:00:01Z to 2026-11-24T08:59:59.9Z"));
    assert!(log("Wed, 25 Nov 2026 12:00:00 GMT").contains("proven 2026-08-27T12:00:01Z to 2026-11-24T12:00:00Z"));
}

#[test]
fn windows_and_the_tail_together_read_every_event_once() {
    let mut vendor = Vendor::new();
    vendor.add(time("2026-11-23T12:00:00Z"), Duration::from_secs(10), 8_000);
    let day = Window::new(time("2026-11-23T12:00:00Z"), time("2026-11-24T11:30:00Z")).unwrap();
    let mut shell = Shell::new(Checkpoint::start_at(day.to()));
    let read = |shell: &mut Shell, vendor: &mut Vendor, checkpoint: Checkpoint| {
        shell.journalled = checkpoint.clone();
        let poller = Poller::new(settings(), checkpoint, PollLimits::default(), 7);
        let (_, end) = shell.round(poller, |request, now| vendor.answer(request, now));
        assert_eq!(end, RoundEnd::Drained);
    };
    read(&mut shell, &mut vendor, Checkpoint::start_at(day.to()));
    for part in day.parts(5) {
        read(&mut shell, &mut vendor, Checkpoint::of_window(part));
    }
    assert!(vendor.gids_before(day.to()).is_subset(&shell.known));
    assert_eq!(shell.events.len(), shell.known.len(), "no event is new twice");
}
