use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn start() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn limits(requests_per_minute: u32, in_flight_max: u32) -> BudgetLimits {
    BudgetLimits {
        requests_per_minute: NonZeroU32::new(requests_per_minute).unwrap(),
        in_flight_max: NonZeroU32::new(in_flight_max).unwrap(),
    }
}

/// Asks until something else than a grant comes; returns how many were granted, each ended at once, and the answer.
fn drain(budget: &mut Budget, errand: Errand, now: Timestamp) -> (u32, Admission) {
    let mut granted = 0;
    loop {
        match budget.ask(errand, now) {
            Admission::Granted => granted += 1,
            other => return (granted, other),
        }
        budget.ended();
    }
}

#[test]
fn a_burst_is_ten_seconds_worth_and_then_requests_come_steadily() {
    let mut budget = Budget::new(limits(600, 4), start());
    let (granted, then) = drain(&mut budget, Errand::Tail, start());
    assert_eq!((granted, then), (100, Admission::After(Duration::from_millis(100))));
    let later = start() + SignedDuration::from_millis(100);
    assert_eq!(drain(&mut budget, Errand::Tail, later).0, 1);
    let much_later = later + SignedDuration::from_hours(5);
    assert_eq!(
        drain(&mut budget, Errand::Tail, much_later).0,
        100,
        "no more than a burst is saved"
    );
}

#[test]
fn what_is_beside_the_tail_leaves_it_a_share_and_a_place() {
    let mut budget = Budget::new(limits(600, 2), start());
    assert_eq!(drain(&mut budget, Errand::Beside, start()).0, 75);
    assert_eq!(budget.ask(Errand::Tail, start()), Admission::Granted);
    assert_eq!(budget.ask(Errand::Tail, start()), Admission::Granted);
    assert_eq!(budget.ask(Errand::Tail, start()), Admission::WhenOneEnds);
    let mut budget = Budget::new(limits(600, 2), start());
    assert_eq!(budget.ask(Errand::Beside, start()), Admission::Granted);
    assert_eq!(budget.ask(Errand::Beside, start()), Admission::WhenOneEnds);
    assert_eq!(budget.ask(Errand::Tail, start()), Admission::Granted);
}

#[test]
fn a_pause_holds_everything_and_the_longer_one_counts() {
    let mut budget = Budget::new(limits(600, 4), start());
    budget.pause_until(start() + SignedDuration::from_secs(30));
    budget.pause_until(start() + SignedDuration::from_secs(10));
    assert_eq!(
        budget.ask(Errand::Tail, start()),
        Admission::Paused(start() + SignedDuration::from_secs(30))
    );
    assert_eq!(
        budget.ask(Errand::Tail, start() + SignedDuration::from_secs(30)),
        Admission::Granted
    );
}

#[test]
fn a_pause_that_was_noted_under_a_wrong_clock_does_not_hold() {
    let mut budget = Budget::new(limits(600, 4), start());
    budget.pause_until(start() + SignedDuration::from_hours(24 * 30));
    assert_eq!(budget.ask(Errand::Tail, start()), Admission::Granted);
}

proptest! {
    #[test]
    fn never_more_than_the_rate_and_a_burst_whatever_the_clock_does(
        rate in 1_u32..3_000,
        in_flight_max in 1_u32..60,
        steps in proptest::collection::vec((0_i64..3_000, any::<bool>()), 1..300),
    ) {
        let mut budget = Budget::new(limits(rate, in_flight_max), start());
        let mut now = start();
        let mut granted = 0_u64;
        for (pause_ms, is_tail) in steps {
            now += SignedDuration::from_millis(pause_ms);
            let errand = if is_tail { Errand::Tail } else { Errand::Beside };
            match budget.ask(errand, now) {
                Admission::Granted => {
                    granted += 1;
                    budget.ended();
                }
                Admission::After(wait) => prop_assert!(wait > Duration::ZERO && wait <= Duration::from_mins(5)),
                Admission::Paused(_) => prop_assert!(false, "nobody asked for a pause"),
                Admission::WhenOneEnds => prop_assert!(false, "nothing is in flight"),
            }
        }
        let elapsed_ms = u64::try_from(now.duration_since(start()).as_millis()).unwrap();
        let most = elapsed_ms * u64::from(rate) / 60_000 + (u64::from(rate) / 6).max(4) + 1;
        prop_assert!(granted <= most, "{granted} > {most}");
    }
}
