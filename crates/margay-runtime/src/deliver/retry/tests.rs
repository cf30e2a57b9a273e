use jiff::SignedDuration;

use super::*;

fn at(seconds: i64) -> Timestamp {
    "2026-11-24T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn failed(attempts: u64) -> Failed {
    Failed {
        since: at(0),
        attempts,
        is_partly_taken: false,
        retry_not_before: None,
        seed: 7,
    }
}

#[test]
fn waits_double_up_to_half_an_hour_and_are_spread() {
    for (attempts, longest) in [
        (1, 30),
        (2, 60),
        (3, 120),
        (6, 960),
        (7, 1_800),
        (40, 1_800),
        (u64::MAX, 1_800),
    ] {
        for seed in 0..50 {
            let Followed::Again(again) = follow(
                Failed {
                    seed,
                    ..failed(attempts)
                },
                at(100),
            ) else {
                panic!("{attempts}")
            };
            let wait = again.duration_since(at(100)).as_secs_f64();
            let longest = f64::from(longest);
            assert!(wait <= longest && wait >= longest * 0.749, "{attempts} {wait}");
        }
    }
    assert_ne!(follow(failed(3), at(0)), follow(Failed { seed: 8, ..failed(3) }, at(0)));
}

#[test]
fn the_receiver_may_ask_for_longer_and_not_for_less() {
    let wants = |seconds| {
        follow(
            Failed {
                retry_not_before: Some(at(seconds)),
                ..failed(1)
            },
            at(0),
        )
    };
    assert_eq!(wants(3_600), Followed::Again(at(3_600)));
    assert_eq!(wants(1), follow(failed(1), at(0)));
}

#[test]
fn a_receiver_that_asks_for_days_gets_a_last_try_within_the_day() {
    let asked = Failed {
        retry_not_before: Some(at(90_000)),
        ..failed(1)
    };
    assert_eq!(follow(asked, at(10)), Followed::Again(at(86_400)));
    assert_eq!(follow(asked, at(86_400)), Followed::GivenUp);
}

#[test]
fn a_receiver_that_is_down_for_an_hour_is_tried_again_and_one_that_is_down_for_a_day_is_given_up() {
    let mut now = at(0);
    let mut attempts = 0;
    loop {
        attempts += 1;
        match follow(failed(attempts), now) {
            Followed::Again(again) => now = again,
            Followed::GivenUp => break,
            Followed::Delivered => unreachable!(),
        }
    }
    assert_eq!(now, at(24 * 3_600));
    assert!((50..80).contains(&attempts), "{attempts}");
}

#[test]
fn what_somebody_has_is_given_up_after_an_hour_as_others_wait_for_the_next_notice() {
    let partly = Failed {
        is_partly_taken: true,
        ..failed(3)
    };
    let hour = i64::try_from(GIVE_UP_PARTLY_TAKEN_AFTER.as_secs()).unwrap();
    assert_eq!(follow(partly, at(hour - 10)), Followed::Again(at(hour)), "a last try");
    assert_eq!(follow(partly, at(hour)), Followed::GivenUp);
    assert!(matches!(follow(failed(3), at(hour)), Followed::Again(_)));
}
