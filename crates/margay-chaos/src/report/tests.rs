//! The closing table, and what is said of a seed that failed.

use std::collections::BTreeMap;
use std::time::Duration;

use expect_test::expect;
use margay_sim::FaultKind;

use super::*;

fn outcome(seed: u64, lost: &[&str]) -> Outcome {
    Outcome {
        seed,
        kills: 5,
        requests: 120,
        faults: BTreeMap::from([(FaultKind::Hang, 2), (FaultKind::RateLimit, 7)]),
        oddities: BTreeMap::from([("event storm", 300)]),
        events: 1_500,
        late: 20,
        verdict: Verdict {
            lost: lost.iter().map(|id| (*id).to_owned()).collect(),
            ..Verdict::default()
        },
        took: Duration::from_millis(9_300),
        ..Outcome::default()
    }
}

#[test]
fn the_table_counts_seeds_and_what_was_lost_in_them() {
    let report = Report {
        outcomes: vec![outcome(1, &[]), outcome(2, &["7"])],
    };
    assert!(!report.is_clean());
    expect![[r#"
        | what went wrong | seeds | times | lost | duplicate |
        |---|---:|---:|---:|---:|
        | event storm | 2 | 600 | 1 | 0 |
        | hang | 2 | 4 | 1 | 0 |
        | kill -9 | 2 | 10 | 1 | 0 |
        | rate_limit | 2 | 14 | 1 | 0 |

        2 seeds, 10 kills (0 between a wait and the disk), 240 requests, 0 of them while told to wait, 18 faults, 3000 events (40 late): 1 lost, 0 duplicate, 0 extra; 1 seeds with a problem
    "#]]
    .assert_eq(&report.tables());
}

#[test]
fn a_seed_that_failed_says_how_to_replay_it() {
    let size = Size { kills: 5, events: 800 };
    assert_eq!(outcome(1, &[]).autopsy(size), None);
    expect![[r#"
        seed 2 FAILED
          lost: 7
          replay the plan: cargo xtask chaos --seeds 1 --first 2 --kills 5 --events 800
    "#]]
    .assert_eq(&outcome(2, &["7"]).autopsy(size).unwrap());
    expect![
        "seed    2:  5 kills,  120 requests,   9 faults,  1500 events (20 late): 1 lost, 0 duplicate, 0 extra; 9.3 s"
    ]
    .assert_eq(&outcome(2, &["7"]).line());
}
