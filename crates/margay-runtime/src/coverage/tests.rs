use jiff::SignedDuration;
use margay_store::Coverage;
use proptest::prelude::*;

use super::*;

fn at(hour: i64) -> Timestamp {
    "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour)
}

fn window(from: i64, to: i64) -> Window {
    Window::new(at(from), at(to)).unwrap()
}

fn ledger(since: i64, covered: &[(i64, i64)]) -> Ledger {
    let row = |&(from, to): &(i64, i64)| Coverage {
        from: at(from),
        to: at(to),
        evidence: Evidence::WindowRead,
        first_at: at(to),
        last_at: at(to),
    };
    Ledger {
        since: Some(at(since)),
        settled_through: None,
        tail_through: Some(Timestamp::MAX),
        coverage: covered.iter().map(row).collect(),
    }
}

#[test]
fn what_nothing_proves_and_no_window_will_read_is_a_hole() {
    let ledger = ledger(0, &[(2, 4), (8, 10)]);
    let found = holes(&ledger, &[window(0, 1), window(5, 6)], at(10));
    assert_eq!(found.open, [window(1, 2), window(4, 5), window(6, 8)]);
    assert_eq!(found.lost, []);
}

#[test]
fn what_the_vendor_has_deleted_meanwhile_is_lost() {
    let ledger = ledger(0, &[(10, 20)]);
    // 90 days after the fourth hour.
    let now = at(4 + 90 * 24);
    let found = holes(&ledger, &[], now);
    assert_eq!(found.lost, [window(0, 4)]);
    assert_eq!(found.open, [window(4, 10)]);
}

#[test]
fn a_clock_that_is_ahead_writes_nothing_off_that_the_vendor_has_not_shown_to_be_old() {
    let mut ledger = ledger(0, &[(10, 20)]);
    ledger.tail_through = Some(at(20));
    let found = holes(&ledger, &[], at(365 * 24));
    assert_eq!((found.lost, found.open), (vec![], vec![window(0, 10)]));
    ledger.tail_through = None;
    let found = holes(&ledger, &[], at(365 * 24));
    assert_eq!((found.lost, found.open), (vec![], vec![window(0, 10)]));
}

#[test]
fn a_hole_that_is_about_to_be_deleted_is_left_until_it_is() {
    let ledger = ledger(0, &[(4, 20)]);
    let deleted = at(4 + 90 * 24);
    let seconds = SignedDuration::from_secs;
    assert_eq!(holes(&ledger, &[], deleted - seconds(9)), Holes::default());
    assert_eq!(holes(&ledger, &[], deleted).lost, [window(0, 4)]);
}

#[test]
fn whoever_asks_how_a_source_is_hears_of_holes_and_of_what_was_lost_lately() {
    let mut ledger = ledger(0, &[(0, 5), (10, 20)]);
    assert_eq!(problem(&ledger, &[], at(20)), None);
    ledger.coverage[0].evidence = Evidence::Lost;
    let told = problem(&ledger, &[], at(20)).unwrap();
    assert!(told.starts_with("5 h of its log was deleted by the vendor"), "{told}");
    assert_eq!(problem(&ledger, &[], at(5 + 24)), None, "the ledger shows it for good");
}

#[test]
fn without_anything_proven_there_is_no_hole_yet() {
    assert_eq!(holes(&ledger(0, &[]), &[], at(10)), Holes::default());
}

proptest! {
    #[test]
    fn each_hour_is_covered_waited_for_or_in_one_hole(
        covered in proptest::collection::btree_set(0_i64..40, 1..20),
        waited in proptest::collection::btree_set(0_i64..40, 0..20),
        deleted in 0_i64..40,
    ) {
        let hours: Vec<(i64, i64)> = covered.iter().map(|hour| (*hour, hour + 1)).collect();
        let waiting: Vec<Window> = waited.iter().map(|hour| window(*hour, hour + 1)).collect();
        let found = holes(&ledger(0, &hours), &waiting, at(deleted + 90 * 24));
        let through = covered.last().unwrap() + 1;
        let contains = |windows: &[Window], hour: i64| windows.iter().filter(|window| window.from() <= at(hour) && at(hour) < window.to()).count();
        for hour in 0..40 {
            let is_hole = hour < through && !covered.contains(&hour) && !waited.contains(&hour);
            prop_assert_eq!(contains(&found.lost, hour), usize::from(is_hole && hour < deleted));
            prop_assert_eq!(contains(&found.open, hour), usize::from(is_hole && hour >= deleted));
        }
    }
}
