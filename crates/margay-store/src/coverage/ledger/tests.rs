use proptest::prelude::*;

use super::Evidence::{Audit, Lost, PageChain, WindowRead};
use super::*;

/// The tests' axis has this many microseconds.
const POINTS: i64 = 24;

fn at(micros: i64) -> Timestamp {
    from_micros(micros)
}

fn claim(from: i64, to: i64, evidence: Evidence, when: i64) -> Claim {
    Claim {
        from: at(from),
        to: at(to),
        evidence,
        at: at(when),
    }
}

fn row(from: i64, to: i64, evidence: Evidence, first_at: i64, last_at: i64) -> Coverage {
    Coverage {
        from: at(from),
        to: at(to),
        evidence,
        first_at: at(first_at),
        last_at: at(last_at),
    }
}

fn after(claims: &[Claim]) -> Vec<Coverage> {
    claims.iter().fold(Vec::new(), |rows, claim| with_claim(&rows, claim))
}

#[test]
fn names_read_back_as_their_evidence() {
    for evidence in Evidence::ALL {
        assert_eq!(Evidence::from_str(evidence.as_str()), Some(evidence));
    }
    assert_eq!(Evidence::from_str("other"), None);
}

#[test]
fn a_claim_without_length_says_nothing() {
    assert!(after(&[claim(5, 5, WindowRead, 1), claim(6, 5, PageChain, 1)]).is_empty());
    let within_one_microsecond = Claim {
        from: Timestamp::from_nanosecond(5_100).unwrap(),
        to: Timestamp::from_nanosecond(5_900).unwrap(),
        evidence: WindowRead,
        at: at(1),
    };
    assert!(with_claim(&[], &within_one_microsecond).is_empty());
}

#[test]
fn neighbours_of_the_same_evidence_become_one_row() {
    let rows = after(&[claim(0, 5, PageChain, 3), claim(5, 9, PageChain, 1)]);
    assert_eq!(rows, [row(0, 9, PageChain, 1, 3)]);
    let rows = after(&[
        claim(0, 5, PageChain, 1),
        claim(9, 12, PageChain, 2),
        claim(3, 10, PageChain, 3),
    ]);
    assert_eq!(rows, [row(0, 12, PageChain, 1, 3)]);
}

#[test]
fn a_page_chain_leaves_what_is_covered_as_it_is() {
    let rows = after(&[
        claim(4, 6, WindowRead, 1),
        claim(8, 9, Lost, 2),
        claim(0, 12, PageChain, 3),
    ]);
    let expected = [
        row(0, 4, PageChain, 3, 3),
        row(4, 6, WindowRead, 1, 1),
        row(6, 8, PageChain, 3, 3),
        row(8, 9, Lost, 2, 2),
        row(9, 12, PageChain, 3, 3),
    ];
    assert_eq!(rows, expected);
    let again = with_claim(&rows, &claim(0, 12, PageChain, 9));
    assert_eq!(again, rows, "what it proves a second time is no news");
}

#[test]
fn a_window_read_replaces_all_but_what_is_lost() {
    let rows = after(&[
        claim(0, 10, PageChain, 1),
        claim(10, 12, Lost, 2),
        claim(12, 20, Audit, 3),
        claim(5, 15, WindowRead, 4),
    ]);
    let expected = [
        row(0, 5, PageChain, 1, 1),
        row(5, 10, WindowRead, 4, 4),
        row(10, 12, Lost, 2, 2),
        row(12, 15, WindowRead, 4, 4),
        row(15, 20, Audit, 3, 3),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_second_look_is_remembered_as_the_last() {
    let rows = after(&[claim(0, 10, WindowRead, 1), claim(2, 4, WindowRead, 7)]);
    assert_eq!(rows, [row(0, 10, WindowRead, 1, 7)]);
}

#[test]
fn lost_fills_only_what_nothing_covers_and_stays() {
    let rows = after(&[
        claim(3, 5, PageChain, 1),
        claim(0, 8, Lost, 2),
        claim(0, 9, Audit, 3),
        claim(0, 9, PageChain, 4),
    ]);
    let expected = [
        row(0, 3, Lost, 2, 2),
        row(3, 5, Audit, 3, 3),
        row(5, 8, Lost, 2, 2),
        row(8, 9, Audit, 3, 3),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn holes_lie_between_the_beginning_and_the_frontier() {
    let ledger = Ledger {
        since: Some(at(2)),
        settled_through: None,
        tail_through: None,
        coverage: after(&[
            claim(0, 3, PageChain, 1),
            claim(5, 7, WindowRead, 1),
            claim(7, 9, Lost, 1),
            claim(12, 14, PageChain, 1),
            claim(14, 15, Lost, 1),
        ]),
    };
    assert_eq!(
        ledger.holes(at(20)),
        [(at(3), at(5)), (at(9), at(12)), (at(15), at(20))]
    );
    assert_eq!(ledger.holes(at(10)), [(at(3), at(5)), (at(9), at(10))]);
    assert!(ledger.holes(at(3)).is_empty());
    assert!(
        ledger.holes(at(1)).is_empty(),
        "before the beginning nothing is promised"
    );
    assert_eq!(ledger.proven_through(), Some(at(14)));
    assert_eq!(ledger.lost(), [(at(7), at(9)), (at(14), at(15))]);

    let unknown = Ledger { since: None, ..ledger };
    assert!(unknown.holes(at(20)).is_empty());
    assert_eq!(Ledger::default().proven_through(), None);
}

#[test]
fn coarsening_keeps_what_is_covered_and_the_weaker_proof() {
    let rows = after(&[
        claim(0, 2, PageChain, 1),
        claim(2, 4, WindowRead, 2),
        claim(4, 6, Audit, 3),
        claim(6, 7, Lost, 4),
        claim(7, 9, Audit, 5),
        claim(9, 11, WindowRead, 6),
        claim(13, 14, PageChain, 7),
    ]);
    let two_fewer = coarsened(rows.clone(), 5);
    assert_eq!(two_fewer[0], row(0, 6, PageChain, 1, 3));
    assert_eq!(two_fewer[1..], rows[3..]);
    let fewest = [
        row(0, 6, PageChain, 1, 3),
        row(6, 7, Lost, 4, 4),
        row(7, 11, WindowRead, 5, 6),
        row(13, 14, PageChain, 7, 7),
    ];
    assert_eq!(coarsened(rows.clone(), 0), fewest);
    assert_eq!(coarsened(rows.clone(), rows.len()), rows);
}

/// What is known of one microsecond: its evidence, and when it was proven first and last.
type Point = Option<(Evidence, i64, i64)>;

/// The same rules, point by point.
fn claim_points(points: &mut [Point], claim: &(i64, i64, Evidence, i64)) {
    let &(from, to, evidence, when) = claim;
    for (moment, point) in (0..).zip(points.iter_mut()) {
        if moment < from || moment >= to {
            continue;
        }
        *point = match (*point, evidence) {
            (Some((Lost, ..)), _) | (Some(_), PageChain | Lost) => *point,
            (Some((old, first, last)), _) if old == evidence => Some((old, first.min(when), last.max(when))),
            _ => Some((evidence, when, when)),
        };
    }
    // Neighbours of the same evidence share their times.
    let mut begin = 0;
    while begin < points.len() {
        let evidence_of = |point: &Point| point.map(|(evidence, ..)| evidence);
        let run = points[begin..]
            .iter()
            .take_while(|point| evidence_of(point) == evidence_of(&points[begin]))
            .count();
        let range = begin..begin + run;
        if let Some(evidence) = evidence_of(&points[begin]) {
            let first = points[range.clone()].iter().flatten().map(|point| point.1).min();
            let last = points[range.clone()].iter().flatten().map(|point| point.2).max();
            points[range].fill(Some((evidence, first.unwrap(), last.unwrap())));
        }
        begin += run;
    }
}

fn rows_of(points: &[Point]) -> Vec<Coverage> {
    let mut rows: Vec<Coverage> = Vec::new();
    let mut previous: Point = None;
    for (moment, point) in (0..).zip(points) {
        if let Some((evidence, first, last)) = *point {
            match rows.last_mut() {
                Some(last_row) if previous == *point => last_row.to = at(moment + 1),
                _ => rows.push(row(moment, moment + 1, evidence, first, last)),
            }
        }
        previous = *point;
    }
    rows
}

fn claims() -> impl Strategy<Value = Vec<(i64, i64, Evidence, i64)>> {
    let evidence = prop::sample::select(&Evidence::ALL[..]);
    prop::collection::vec((0..POINTS, 0..=POINTS, evidence, 0..9_i64), 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_say_what_a_model_says_point_by_point(claims in claims(), since in 0..POINTS, through in 0..=POINTS) {
        let mut points: Vec<Point> = vec![None; usize::try_from(POINTS).unwrap()];
        let mut rows: Vec<Coverage> = Vec::new();
        for one in &claims {
            let &(from, to, evidence, when) = one;
            // The store hands over only the rows that a claim touches.
            let (touching, others): (Vec<Coverage>, Vec<Coverage>) =
                rows.iter().partition(|row| row.from <= at(to) && row.to >= at(from));
            let mut partly = with_claim(&touching, &claim(from, to, evidence, when));
            partly.extend(others);
            partly.sort_by_key(|row| row.from);

            claim_points(&mut points, one);
            rows = with_claim(&rows, &claim(from, to, evidence, when));
            prop_assert_eq!(&rows, &rows_of(&points));
            prop_assert_eq!(&rows, &partly);
        }

        let ledger = Ledger { since: Some(at(since)), ..Ledger::default() }; let ledger = Ledger { coverage: rows.clone(), ..ledger };
        let in_a_hole: Vec<i64> = (0..POINTS)
            .filter(|moment| ledger.holes(at(through)).iter().any(|hole| hole.0 <= at(*moment) && at(*moment) < hole.1))
            .collect();
        let expected: Vec<i64> = (since..through).filter(|moment| points[usize::try_from(*moment).unwrap()].is_none()).collect();
        prop_assert_eq!(in_a_hole, expected);

        let coarse = Ledger { coverage: coarsened(rows.clone(), 3), ..ledger.clone() };
        prop_assert_eq!(coarse.holes(at(POINTS)), ledger.holes(at(POINTS)));
        prop_assert_eq!(coarse.lost(), ledger.lost());
        prop_assert!(coarse.coverage.len() <= rows.len());
    }
}
