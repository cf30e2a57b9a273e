use std::collections::BTreeSet;

use expect_test::expect;

use super::{
    Chance, Decision, EventGroup, Fault, FaultKind, FaultsEnd, LATE_S_MAX, OffsetUses, OrganizationLife, Phrase,
    PlannedFault, RepeatedOffset, Scenario,
};
use crate::config::LimitMode;
use crate::log::LateMode;

const EVERY_FAULT: [Fault; 16] = [
    Fault::Delay { ms: 5 },
    Fault::RateLimit { retry_after_s: 30 },
    Fault::ServerError {
        status: 500,
        phrase: Phrase::Given,
    },
    Fault::Html { status: 502 },
    Fault::Unauthorized,
    Fault::Forbidden,
    Fault::PlanRefused,
    Fault::Hang,
    Fault::Reset { after_bytes: 100 },
    Fault::ExpiredOffset,
    Fault::ForeignOffset,
    Fault::RepeatPage {
        offset: RepeatedOffset::Same,
    },
    Fault::ShortPage { events_max: 3 },
    Fault::CutBody { percent: 50 },
    Fault::StallBody { percent: 1 },
    Fault::SlowBody { over_ms: 20 },
];

fn everything() -> Scenario {
    let faults = EVERY_FAULT.iter().enumerate().map(|(index, fault)| {
        let number = index as u64 + 1;
        let planned = PlannedFault::from(*fault).with_chance(Chance::per_million(123_457));
        planned
            .at(number..=number)
            .at(100..=200 + number)
            .between(1, 60)
            .at_most(9)
    });
    Scenario {
        seed: u64::MAX,
        faults_end: FaultsEnd {
            requests: 7,
            after_s: Some(60),
        },
        clock_skew_s: -90,
        limit: Some(LimitMode::Clamp),
        offset_lifetime_s: Some(2),
        offset_uses: OffsetUses::Once,
        organization: OrganizationLife::Empty,
        events: vec![
            EventGroup::Storm {
                count: 5,
                from_s: -10,
                span_s: 3,
            },
            EventGroup::Tie { count: 250, at_s: 0 },
            EventGroup::Late {
                count: 1,
                from_s: 0,
                span_s: 0,
                delay_s_min: 0,
                delay_s_max: 1_800,
                mode: LateMode::DeliveredLate,
            },
        ],
        faults: faults.collect(),
    }
}

fn with(faults: Vec<PlannedFault>) -> Scenario {
    Scenario {
        seed: 5,
        faults,
        ..Scenario::default()
    }
}

#[test]
fn what_is_printed_reads_back_to_an_equal_scenario() {
    for scenario in [Scenario::default(), everything()] {
        assert_eq!(
            Scenario::from_yaml(&scenario.to_yaml()).unwrap(),
            scenario,
            "{scenario}"
        );
    }
    for seed in 0..2_000 {
        let scenario = Scenario::swarm(seed);
        assert_eq!(
            Scenario::from_yaml(&scenario.to_yaml()).unwrap(),
            scenario,
            "{scenario}"
        );
    }
}

#[test]
fn the_printed_form_is_for_people() {
    let scenario = Scenario {
        events: vec![EventGroup::Tie { count: 250, at_s: -60 }],
        ..with(vec![
            PlannedFault::from(Fault::RateLimit { retry_after_s: 30 }).with_chance(Chance::percent(5)),
            PlannedFault::from(Fault::Unauthorized).at(100..=200).at(7..=7),
        ])
    };
    expect![[r#"
        seed: 5
        faults_end:
          requests: 10000
        clock_skew_s: 0
        offset_uses: unlimited
        organization: lively
        events:
        - tie:
            count: 250
            at_s: -60
        faults:
        - fault:
            rate_limit:
              retry_after_s: 30
          chance: 0.05
        - fault: unauthorized
          at:
          - 100-200
          - 7
    "#]]
    .assert_eq(&scenario.to_yaml());
}

#[test]
fn a_scenario_may_say_little() {
    assert_eq!(Scenario::from_yaml("seed: 0").unwrap(), Scenario::default());
    let scenario = Scenario::from_yaml("faults:\n  - fault: hang\n").unwrap();
    assert_eq!(scenario.faults, [PlannedFault::from(Fault::Hang)]);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let mistakes = [
        "seed: 1\nfaluts: []\n",
        "faults:\n  - fault: explode\n",
        "faults:\n  - fault:\n      rate_limit: {retry_after: 3}\n",
        "faults:\n  - fault: hang\n    chance: 1.5\n",
        "faults:\n  - fault: hang\n    at: [9-3]\n",
        "faults:\n  - fault: hang\n    at: [0]\n",
        "limit: loose\n",
        "seed: [\n",
        "faults:\n  - fault: {rate_limit: {retry_after_s: 4000}}\n",
        "faults:\n  - fault: hang\n  - fault: {cut_body: {percent: 100}}\n",
        "events:\n  - late: {count: 1, from_s: 0, span_s: 1, delay_s_min: 9, delay_s_max: 3, mode: skipped}\n",
        "events:\n  - storm: {count: 4000000, from_s: 0, span_s: 1}\n",
        "clock_skew_s: 100000\n",
        "faults_end: {request: 3}\n",
    ];
    let mut found = String::new();
    for text in mistakes {
        let error = Scenario::from_yaml(text).unwrap_err().to_string();
        found.push_str(error.lines().next().unwrap());
        found.push('\n');
    }
    expect![[r#"
        the scenario cannot be read: error: line 2 column 1: unknown field `faluts`, expected one of seed, faults_end, clock_skew_s, limit, offset_lifetime_s, offset_uses, organization, events, faults
        the scenario cannot be read: error: line 2 column 12: unknown variant `explode`, expected one of delay, rate_limit, server_error, html, unauthorized, forbidden, plan_refused, hang, reset, expired_offset, foreign_offset, repeat_page, short_page, cut_body, stall_body, slow_body
        the scenario cannot be read: error: line 3 column 20: unknown field `retry_after`, expected one of retry_after_s
        the scenario cannot be read: error: line 3 column 13: a chance is a number from 0 to 1
        the scenario cannot be read: error: line 3 column 10: requests are named by a number or a range, such as 7 or 10-20, counted from 1
        the scenario cannot be read: error: line 3 column 10: requests are named by a number or a range, such as 7 or 10-20, counted from 1
        the scenario cannot be read: error: line 1 column 8: unknown variant `loose`, expected one of strict, lenient, clamp
        the scenario cannot be read: error: line 1 column 7: expected string scalar
        the scenario cannot be read: error: line 2 column 12: retry_after_s is 4000, not within 0 to 3600
        the scenario cannot be read: error: line 3 column 12: percent is 100, not within 0 to 99
        the scenario cannot be read: error: line 2 column 5: delay_s_min is above delay_s_max
        events: at most 1000000 altogether
        clock_skew_s: at most 86400 either way
        the scenario cannot be read: error: line 1 column 14: unknown field `request`, expected one of requests, after_s
    "#]].assert_eq(&found);
}

#[test]
fn values_are_held_to_their_limits_too() {
    let problem = |scenario: Scenario| scenario.check().unwrap_err().to_string();
    let late = EventGroup::Late {
        count: 1,
        from_s: 0,
        span_s: 0,
        delay_s_min: 0,
        delay_s_max: 1_801,
        mode: LateMode::Skipped,
    };
    let far = EventGroup::Tie {
        count: 1,
        at_s: -8_000_000,
    };
    let events = |group| Scenario {
        events: vec![group],
        ..Scenario::default()
    };
    let found = [
        problem(with(vec![PlannedFault::from(Fault::ShortPage { events_max: 0 })])),
        problem(with(vec![PlannedFault::from(Fault::Hang).at(0..=3)])),
        problem(with(vec![PlannedFault::from(Fault::Hang); 257])),
        problem(events(late)),
        problem(events(far)),
    ];
    expect![[r#"
        faults[0]: events_max is 0, not within 1 to 4294967295
        faults[0].at: a range of requests begins at 1 or later and ends no earlier
        faults: at most 256
        events[0]: delay_s_max is at most 1800
        events[0]: must lie within 7776000 seconds of the start"#]]
    .assert_eq(&found.join("\n"));
}

#[test]
fn a_decision_depends_on_its_arguments_alone() {
    let scenario = Scenario::swarm(11);
    let decide = |numbers: &mut dyn Iterator<Item = u64>| -> Vec<(u64, Decision)> {
        let mut decisions: Vec<_> = numbers
            .map(|number| (number, scenario.decide(number, number * 100, &[])))
            .collect();
        decisions.sort_by_key(|(number, _)| *number);
        decisions
    };
    let forward = decide(&mut (1..=2_000));
    assert_eq!(forward, decide(&mut (1..=2_000).rev()));
    assert!(forward.iter().any(|(_, decision)| *decision != Decision::default()));
    let other = Scenario {
        seed: 12,
        ..scenario.clone()
    };
    let differ = |(number, decision): &(u64, Decision)| other.decide(*number, number * 100, &[]) != *decision;
    assert!(forward.iter().any(differ));
}

#[test]
fn a_chance_is_met_as_often_as_it_says() {
    let scenario = with(vec![
        PlannedFault::from(Fault::Hang).with_chance(Chance::percent(10)),
        PlannedFault::from(Fault::Delay { ms: 1 }).with_chance(Chance::percent(10)),
    ]);
    let decisions: Vec<_> = (1..=10_000).map(|number| scenario.decide(number, 0, &[])).collect();
    let count = |is_met: fn(&Decision) -> bool| decisions.iter().filter(|decision| is_met(decision)).count();
    let (hangs, delays) = (
        count(|decision| decision.instead.is_some()),
        count(|decision| decision.before.is_some()),
    );
    let both = count(|decision| decision.instead.is_some() && decision.before.is_some());
    assert!(
        (850..1_150).contains(&hangs) && (850..1_150).contains(&delays),
        "{hangs} {delays}"
    );
    assert!(
        (50..160).contains(&both),
        "{both}: faults are independent of each other"
    );
}

#[test]
fn numbers_times_counts_and_the_end_all_bound_a_fault() {
    let is_met = |planned: PlannedFault, number: u64, elapsed_ms: u64, given: &[u64]| {
        with(vec![planned]).decide(number, elapsed_ms, given).instead.is_some()
    };
    let hang = || PlannedFault::from(Fault::Hang);
    let at = |number| is_met(hang().at(5..=6).at(9..=9), number, 0, &[]);
    assert_eq!([4, 5, 6, 7, 9, 10].map(at), [false, true, true, false, true, false]);
    let during = |elapsed_ms| is_met(hang().between(1, 2), 1, elapsed_ms, &[]);
    assert_eq!([999, 1_000, 1_999, 2_000].map(during), [false, true, true, false]);
    assert!(is_met(hang().at_most(2), 1, 0, &[1]) && !is_met(hang().at_most(2), 1, 0, &[2]));
    let ended = |number, elapsed_ms| {
        let faults_end = FaultsEnd {
            requests: 3,
            after_s: Some(10),
        };
        let scenario = Scenario {
            faults_end,
            ..with(vec![hang()])
        };
        scenario.decide(number, elapsed_ms, &[]) == Decision::default()
    };
    assert_eq!(
        [ended(3, 0), ended(4, 0), ended(1, 9_999), ended(1, 10_000)],
        [false, true, false, true]
    );
}

#[test]
fn of_each_place_the_first_fault_that_matches_counts() {
    let scenario = with(EVERY_FAULT.map(PlannedFault::from).to_vec());
    let decision = scenario.decide(1, 0, &[]);
    let kinds = [decision.before, decision.instead, decision.page, decision.body]
        .map(|slot| slot.map(|(_, fault)| fault.kind()));
    let expected = [
        FaultKind::Delay,
        FaultKind::RateLimit,
        FaultKind::ExpiredOffset,
        FaultKind::CutBody,
    ];
    assert_eq!(kinds, expected.map(Some));
}

#[test]
fn a_swarm_leaves_every_kind_in_and_out_and_always_ends() {
    let swarms: Vec<Scenario> = (0..300).map(Scenario::swarm).collect();
    for fault in EVERY_FAULT {
        let count = swarms
            .iter()
            .filter(|swarm| swarm.faults.iter().any(|planned| planned.fault.kind() == fault.kind()))
            .count();
        assert!((90..210).contains(&count), "{:?} is in {count} of 300", fault.kind());
    }
    for swarm in &swarms {
        swarm.check().unwrap();
        assert!(swarm.faults_end.requests <= 1_000, "{swarm}");
    }
    let distinct: BTreeSet<String> = swarms.iter().map(Scenario::to_yaml).collect();
    assert_eq!(distinct.len(), 300);
    assert_eq!(Scenario::swarm(7), Scenario::swarm(7));
    assert!(swarms.iter().any(|swarm| swarm.offset_uses == OffsetUses::Once));
    assert!(swarms.iter().any(|swarm| swarm.clock_skew_s < 0));
}

#[test]
fn groups_keep_their_bounds() {
    let start_ms = 1_780_315_200_000;
    let late = EventGroup::Late {
        count: 500,
        from_s: -100,
        span_s: 50,
        delay_s_min: 60,
        delay_s_max: 1_800,
        mode: LateMode::Skipped,
    };
    for moment in late.moments(1, 0, start_ms) {
        let created_s = (moment.created_ms - start_ms).div_euclid(1000);
        let (visible_ms, _) = moment.late.unwrap();
        let delay_ms = u64::try_from(visible_ms - moment.created_ms).unwrap();
        assert!((-100..-50).contains(&created_s) && (60_000..=LATE_S_MAX * 1000).contains(&delay_ms));
    }
    let tie = EventGroup::Tie { count: 250, at_s: 10 };
    let times: BTreeSet<i64> = tie.moments(1, 0, start_ms).map(|moment| moment.created_ms).collect();
    assert_eq!((times.len(), tie.moments(1, 0, start_ms).count()), (1, 250));
    assert!(
        times
            .iter()
            .all(|time| (start_ms + 10_000..start_ms + 11_000).contains(time))
    );
}

#[test]
fn the_reference_shows_a_scenario_and_names_every_fault() {
    let page = include_str!("../../../../docs/reference/scenarios.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let scenario = Scenario::from_yaml(example).unwrap();
    assert_eq!((scenario.faults.len(), scenario.events.len()), (4, 2));
    for fault in EVERY_FAULT {
        let yaml = with(vec![PlannedFault::from(fault)]).to_yaml();
        let (_, named) = yaml.split_once("- fault:").unwrap();
        let name = named.trim_start().split([':', '\n']).next().unwrap();
        assert!(
            page.contains(&format!("| `{name}: {{")) || page.contains(&format!("| `{name}`")),
            "{name}"
        );
    }
}

#[test]
fn the_example_files_are_scenarios() {
    for text in [
        include_str!("../../scenarios/outage.yml"),
        include_str!("../../scenarios/late.yml"),
        include_str!("../../scenarios/everything.yml"),
    ] {
        let scenario = Scenario::from_yaml(text).unwrap();
        assert_eq!(Scenario::from_yaml(&scenario.to_yaml()).unwrap(), scenario);
    }
    let everything = Scenario::from_yaml(include_str!("../../scenarios/everything.yml")).unwrap();
    let kinds: BTreeSet<FaultKind> = everything.faults.iter().map(|planned| planned.fault.kind()).collect();
    assert_eq!(kinds.len(), EVERY_FAULT.len(), "{kinds:?}");
}
