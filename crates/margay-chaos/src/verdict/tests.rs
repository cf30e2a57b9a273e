//! A verdict finds each kind of wrong, so that a run can fail.

use super::*;

fn ids(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn check(lake: &str, before: &str, after: &str) -> [String; 3] {
    let verdict = Verdict::of(&ids(lake), &ids(before), &ids(after));
    let clean = verdict.lost.is_empty() && verdict.duplicates.is_empty() && verdict.extra.is_empty();
    assert_eq!(verdict.is_clean(), clean);
    [verdict.lost, verdict.duplicates, verdict.extra].map(|ids| ids.join(" "))
}

#[test]
fn a_copy_is_clean_if_it_has_what_was_there_before_and_nothing_that_was_not_there_after() {
    assert_eq!(check("c a b", "a b", "a b c d"), ["", "", ""]);
}

#[test]
fn what_is_lost_twice_or_from_nowhere_is_named() {
    assert_eq!(check("a a b x", "a b c", "a b c"), ["c", "a", "x"]);
}

#[test]
fn a_problem_alone_is_no_clean_verdict() {
    let mut verdict = Verdict::default();
    assert!(verdict.is_clean());
    verdict.problems.push("a hole".to_owned());
    assert!(!verdict.is_clean());
}

#[test]
fn more_requests_than_were_on_their_way_when_the_vendor_wanted_a_pause_are_a_problem() {
    assert_eq!((impatience(0, 0), impatience(6, 2)), (None, None));
    assert!(impatience(1, 0).is_some());
    assert!(impatience(7, 2).unwrap().starts_with("7 requests"));
}

#[test]
fn a_pause_that_was_told_long_before_a_kill_must_be_written_down() {
    assert_eq!(forgetfulness(Duration::from_millis(20)), None);
    assert!(forgetfulness(Duration::from_millis(1_200)).is_some());
}
