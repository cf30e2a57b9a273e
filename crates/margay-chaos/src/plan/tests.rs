//! A plan is what its seed says, and ends.

use super::*;

const SIZE: Size = Size {
    kills: 5,
    events: 1_000,
};

#[test]
fn the_same_seed_draws_the_same_plan_and_lives() {
    let (one, other) = (Plan::of(7, SIZE), Plan::of(7, SIZE));
    assert_eq!(one.config.scenario, other.config.scenario);
    assert_eq!(one.config.event_count, other.config.event_count);
    assert!((0..50).all(|nth| one.life(nth) == other.life(nth)));
    assert_ne!(one.config.scenario, Plan::of(8, SIZE).config.scenario);
}

#[test]
fn every_kind_of_death_occurs() {
    let lives: Vec<Life> = (0..20)
        .flat_map(|seed| (0..10).map(move |nth| Plan::of(seed, SIZE).life(nth)))
        .collect();
    let some = |what: fn(&Life) -> bool| lives.iter().any(what);
    assert!(some(|life| life.runs == Runs::Serve) && some(|life| life.runs == Runs::Pull));
    assert!(some(
        |life| matches!(life.ends, Ends::After(after) if after < Duration::from_millis(100))
    ));
    assert!(some(|life| matches!(life.ends, Ends::Requests(..))));
    assert!(some(|life| matches!(life.ends, Ends::Commits(..))));
    assert!(some(|life| life.token == Token::Revoked));
}

#[test]
fn what_is_drawn_in_lies_in_the_history_and_ends_with_the_illness() {
    for seed in 0..300 {
        let plan = Plan::of(seed, SIZE);
        let span_s = i64::try_from(plan.config.history_span.as_secs()).unwrap();
        let ill_s = plan.ill_for.as_secs();
        assert_eq!(plan.config.scenario.faults_end.after_s, Some(ill_s));
        for group in &plan.config.scenario.events {
            match *group {
                EventGroup::Storm { from_s, .. } => assert!(from_s <= -60 && from_s > -span_s),
                EventGroup::Tie { at_s, .. } => assert!(at_s <= -60 && at_s > -span_s),
                EventGroup::Late {
                    from_s,
                    span_s,
                    delay_s_max,
                    ..
                } => {
                    let last_s = from_s + i64::from(span_s) + i64::from(delay_s_max);
                    assert!(last_s <= i64::try_from(ill_s).unwrap(), "{group:?}");
                }
            }
        }
    }
}
