use margay_store::Coverage;

use super::*;

fn time(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

/// Proven from 00:00:00 to `through`.
fn ledger(through: &str, settled: Option<&str>) -> Ledger {
    let at = time(through);
    Ledger {
        since: Some(time("00:00:00")),
        settled_through: settled.map(time),
        tail_through: Some(at),
        coverage: vec![Coverage {
            from: time("00:00:00"),
            to: at,
            evidence: Evidence::PageChain,
            first_at: at,
            last_at: at,
        }],
    }
}

fn seen(times: &[&str], now: &str) -> Lateness {
    let mut lateness = Lateness::default();
    lateness.count(
        times.iter().map(|text| time(text)),
        time(now),
        &ledger("12:00:00", None),
    );
    lateness
}

#[test]
fn a_record_is_late_if_its_time_was_proven_before() {
    let lateness = seen(&["12:00:00", "12:29:59", "11:59:59", "11:30:00"], "12:30:00");
    assert_eq!(lateness.late_count(), 2);
    assert_eq!(lateness.longest(), Duration::from_hours(1));
    // 1,801 s and 3,600 s.
    assert_eq!(lateness.buckets(), [(0, 2), (11, 1), (12, 1)]);
}

#[test]
fn buckets_survive_storing() {
    let lateness = seen(&["11:59:59", "11:30:00", "12:10:00"], "12:30:00");
    let stored = Lateness::from_buckets(lateness.buckets());
    assert_eq!(stored.buckets(), lateness.buckets());
    assert_eq!(
        Lateness::from_buckets([(200, 7)]).buckets(),
        [],
        "a bucket that is not ours is none"
    );
}

#[test]
fn trailing_time_grows_with_what_was_seen_and_never_shrinks_below_its_default() {
    assert_eq!(Lateness::default().trailing(), TRAILING_MIN);
    assert_eq!(
        Lateness::from_buckets([(0, 999_999), (20, 1)]).trailing(),
        TRAILING_MIN,
        "one in a million"
    );
    // One in a hundred was late by up to 2^13 s, 2 h 16 min.
    let often = Lateness::from_buckets([(0, 990), (13, 10)]);
    assert_eq!(often.p999(), Duration::from_secs(1 << 13));
    assert_eq!(often.trailing(), Duration::from_secs(1 << 14));
    assert_eq!(often.interval(), Duration::from_secs(1 << 11));
    assert_eq!(Lateness::from_buckets([(31, 1)]).trailing(), TRAILING_MAX);
}

#[test]
fn recent_time_is_read_again_every_quarter_of_an_hour() {
    let lateness = Lateness::default();
    let plan = |settled, now: &str| plan(&ledger("11:59:00", settled), time("00:00:00"), &lateness, time(now));
    assert_eq!(plan(Some("09:50:00"), "12:00:00"), Plan::Later(Duration::from_mins(5)));
    let window = Window::new(time("09:45:00"), time("11:59:00")).unwrap();
    assert_eq!(plan(Some("09:45:00"), "12:00:00"), Plan::Now(window));
}

#[test]
fn time_that_passed_while_nothing_was_read_is_read_again_too() {
    let plan = plan(
        &ledger("23:00:00", Some("01:00:00")),
        time("00:00:00"),
        &Lateness::default(),
        time("23:00:10"),
    );
    assert_eq!(
        plan,
        Plan::Now(Window::new(time("01:00:00"), time("23:00:00")).unwrap())
    );
}

#[test]
fn a_new_source_reads_again_what_happened_shortly_before_it_was_added() {
    let created = time("12:00:00");
    let lateness = Lateness::default();
    let ledger = ledger("12:14:00", None);
    assert_eq!(
        plan(&ledger, created, &lateness, time("12:14:00")),
        Plan::Later(Duration::from_mins(1))
    );
    let window = Window::new(time("10:00:00"), time("12:14:00")).unwrap();
    assert_eq!(plan(&ledger, created, &lateness, time("12:15:00")), Plan::Now(window));
}
