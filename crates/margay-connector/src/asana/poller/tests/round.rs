//! Whole rounds against a vendor with a log.

use super::vendor::Vendor;
use super::*;

fn poller(shell: &Shell) -> Poller {
    Poller::new(settings(), shell.journalled.clone(), PollLimits::default(), 7)
}

fn vendor_with(count: usize) -> Vendor {
    let mut vendor = Vendor::new();
    vendor.add(time("2026-11-02T00:00:00Z"), Duration::from_mins(1), count);
    vendor
}

fn assert_complete(shell: &Shell, vendor: &Vendor) {
    assert_eq!(shell.events.len(), vendor.gids().len(), "each event once");
    assert_eq!(shell.known, vendor.gids());
}

#[test]
fn a_backfill_reads_everything_once() {
    let mut vendor = vendor_with(999);
    let mut shell = Shell::new(start());
    let (_, end) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    assert_eq!(end, RoundEnd::Drained);
    assert_complete(&shell, &vendor);
    assert_eq!((shell.requests, shell.pages), (501, 501));
}

#[test]
fn later_rounds_bring_only_what_is_new() {
    let mut vendor = vendor_with(3);
    let mut shell = Shell::new(start());
    let (mut poller, _) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    for _ in 0..3 {
        shell.pass(Duration::from_mins(1));
        vendor.add(shell.now, Duration::ZERO, 3);
        let before = shell.requests;
        let (next, end) = shell.round(poller, |request, now| vendor.answer(request, now));
        assert_eq!((end, shell.requests - before), (RoundEnd::Drained, 3));
        poller = next;
    }
    assert_complete(&shell, &vendor);
}

#[test]
fn events_of_the_same_millisecond_over_many_pages_are_all_read_also_after_an_expiry() {
    let mut vendor = Vendor::new();
    vendor.add(time("2026-11-24T11:00:00Z"), Duration::ZERO, 25);
    vendor.offset_uses_max = 9;
    let mut shell = Shell::new(start());
    let (_, end) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    // The ninth offset is refused; everything since is within the overlap, and read again page by page.
    assert!(matches!(end, RoundEnd::GaveUp(_)), "{end:?}");
    vendor.offset_uses_max = usize::MAX;
    let (_, end) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    assert_eq!(end, RoundEnd::Drained);
    assert_complete(&shell, &vendor);
}

#[test]
fn an_offset_that_expired_between_rounds_costs_half_an_hour_of_pages_and_no_event() {
    let mut vendor = vendor_with(300);
    let mut shell = Shell::new(start());
    let (_, _) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    vendor.forget_offsets();
    vendor.add(time("2026-11-24T11:59:00Z"), Duration::ZERO, 3);
    let before = shell.requests;
    let (_, end) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    assert_eq!(end, RoundEnd::Drained);
    // One refusal, 31 known and 3 new events by twos, one empty page.
    assert_eq!(shell.requests - before, 1 + 17 + 1);
    assert_complete(&shell, &vendor);
}

#[test]
fn a_round_ends_at_its_deadline_and_the_next_goes_on() {
    let mut vendor = vendor_with(100);
    let mut shell = Shell::new(start());
    shell.fetch_duration = Duration::from_mins(1);
    let (poller, end) = shell.round(poller(&shell), |request, now| vendor.answer(request, now));
    assert_eq!(
        (end, shell.requests, shell.events.len()),
        (RoundEnd::DeadlineReached, 30, 60)
    );
    let (_, end) = shell.round(poller, |request, now| vendor.answer(request, now));
    assert_eq!((end, shell.requests), (RoundEnd::Drained, 51));
    assert_complete(&shell, &vendor);
}

#[test]
fn a_crash_between_any_two_steps_loses_nothing() {
    for crash_after in 0..30 {
        let mut vendor = vendor_with(9);
        let mut shell = Shell::new(start());
        let mut poller = poller(&shell);
        let mut input = Input::Begin { now: shell.now };
        for _ in 0..crash_after {
            let (next, action) = poller.step(input);
            poller = next;
            input = match action {
                Action::Fetch(request) => Input::Fetched {
                    now: shell.now,
                    outcome: vendor.answer(&request, shell.now),
                },
                Action::Journal(page) => Input::Journalled {
                    now: shell.now,
                    records_new: shell.journal(page),
                },
                Action::Wait { .. } | Action::Finish(_) => break,
            };
        }
        let poller = Poller::new(settings(), shell.journalled.clone(), PollLimits::default(), 8);
        let (_, end) = shell.round(poller, |request, now| vendor.answer(request, now));
        assert_eq!(end, RoundEnd::Drained);
        assert_complete(&shell, &vendor);
    }
}

#[test]
fn a_page_that_could_not_be_journalled_is_fetched_again() {
    let mut vendor = vendor_with(2);
    let mut shell = Shell::new(start());
    let (poller, _) = poller(&shell).step(Input::Begin { now: shell.now });
    let request = Request {
        url: page_url(&settings(), &start()),
        deadline: Duration::ZERO,
        body_bytes_max: 0,
    };
    let (poller, action) = poller.step(Input::Fetched {
        now: shell.now,
        outcome: vendor.answer(&request, shell.now),
    });
    assert!(matches!(action, Action::Journal(_)));
    let (_, end) = shell.round(poller, |request, now| vendor.answer(request, now));
    assert_eq!(end, RoundEnd::Drained);
    assert_complete(&shell, &vendor);
}

#[test]
fn every_seventh_answer_503_only_costs_time() {
    let mut vendor = vendor_with(200);
    let mut shell = Shell::new(start());
    let mut count = 0;
    let (_, end) = shell.round(poller(&shell), |request, now| {
        count += 1;
        if count % 7 == 0 {
            response(503, "<html>")
        } else {
            vendor.answer(request, now)
        }
    });
    assert_eq!(end, RoundEnd::Drained);
    assert_complete(&shell, &vendor);
}
