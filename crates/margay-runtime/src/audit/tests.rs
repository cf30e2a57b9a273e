use expect_test::expect;
use proptest::prelude::*;

use super::plan::plan;
use super::settle::merged;
use super::*;
use crate::poll::RoundResult;

fn window(from: &str, to: &str) -> Window {
    Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

fn bound_is(found: u64, expected: f64) {
    let bound = poisson_upper_95(found);
    assert!(
        (bound - expected).abs() < 1e-3 * expected,
        "{found}: {bound}, not {expected}"
    );
}

/// Half the quantile of the chi-squared distribution with `2 (k + 1)` degrees of freedom at 95 %, from tables.
#[test]
fn the_bound_is_that_of_the_tables() {
    bound_is(0, 2.9957);
    bound_is(1, 4.7439);
    bound_is(2, 6.2958);
    bound_is(5, 10.5130);
    bound_is(10, 16.9622);
    bound_is(100, 118.0795);
    bound_is(1_000, 1_054.0);
}

#[test]
fn the_exact_and_the_approximate_bound_meet() {
    assert!((poisson_upper_95(1_001) - poisson_upper_95(1_000) - 1.0).abs() < 0.1);
}

#[test]
fn a_bound_is_in_a_million_and_needs_events() {
    assert_eq!(upper_95_per_million(0, 0), None);
    assert_eq!(upper_95_per_million(3, 1), Some(1e6));
    let bound = upper_95_per_million(0, 12_345).unwrap();
    assert!((bound - 242.67).abs() < 0.01, "{bound}");
}

#[test]
fn windows_are_whole_hours_and_a_seed_draws_the_same_ones() {
    let range = window("2026-11-01T00:20:00Z", "2026-11-03T10:30:00Z");
    let drawn = plan(range, Sample::permille(50).unwrap(), 7);
    assert_eq!((drawn.windows_total, drawn.windows.len()), (59, 3));
    assert_eq!(drawn, plan(range, Sample::permille(50).unwrap(), 7));
    assert_ne!(drawn.windows, plan(range, Sample::permille(50).unwrap(), 8).windows);
    let all = plan(range, Sample::ALL, 7);
    assert_eq!(merged(&all.windows), [range]);
}

#[test]
fn a_long_range_has_longer_windows_and_no_more_of_them() {
    let range = window("2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    let all = plan(range, Sample::ALL, 1);
    assert!(
        all.windows_total <= usize::try_from(WINDOWS_MAX).unwrap() + 1,
        "{}",
        all.windows_total
    );
    assert!(all.span > WINDOW_SPAN);
    assert_eq!(merged(&all.windows), [range]);
}

proptest! {
    #[test]
    fn a_sample_is_of_distinct_windows_within_the_range(minutes in 1_i64..200_000, permille in 1_u16..=1_000, seed: u64) {
        let from: Timestamp = "2026-01-01T00:07:00Z".parse().unwrap();
        let range = Window::new(from, from + SignedDuration::from_mins(minutes)).unwrap();
        let plan = plan(range, Sample::permille(permille).unwrap(), seed);
        let mut windows = plan.windows.clone();
        windows.sort_unstable();
        prop_assert!(!windows.is_empty() && windows.len() <= plan.windows_total);
        prop_assert!(windows.windows(2).all(|pair| pair[0].to() <= pair[1].from()));
        prop_assert!(windows.iter().all(|window| range.from() <= window.from() && window.to() <= range.to()));
    }
}

fn audit(windows_checked: u64, counts: Counts, end: AuditEnd) -> Audit {
    let range = window("2026-08-27T00:00:00Z", "2026-11-25T00:00:00Z");
    Audit {
        occasion: Occasion::Asked,
        windows_too_dense: u64::from(matches!(end, AuditEnd::OutOfRequests)),
        started_at: range.to(),
        finished_at: range.to(),
        range,
        sample: Sample::permille(50).unwrap(),
        seed: 1,
        span: WINDOW_SPAN,
        windows_total: 2_160,
        windows_drawn: 108,
        windows_checked,
        requests: 300,
        counts,
        findings: Vec::new(),
        repair: Repair::Made,
        end,
    }
}

fn events(events: u64) -> Counts {
    Counts {
        events,
        ..Counts::default()
    }
}

#[test]
fn a_sentence_says_what_was_shown_and_what_not() {
    let done = || AuditEnd::Done;
    let repaired = Counts {
        missing: 3,
        repaired: 3,
        ..events(10_000)
    };
    let wrong = Counts {
        missing: 4,
        repaired: 1,
        extra: 1,
        different: 2,
        ..events(1_000)
    };
    let gone = Counts {
        missing: 3,
        gone: 2,
        ..events(1_000)
    };
    let gone_beside = Audit {
        repair: Repair::Asked {
            windows: 1,
            gone_within: Some(window("2026-11-01T00:00:00Z", "2026-11-01T01:00:00Z")),
        },
        ..audit(108, gone, done())
    };
    let told: Vec<String> = [
        audit(108, events(12_345), done()),
        audit(2_160, events(12_345), done()),
        audit(108, repaired, done()),
        audit(108, wrong, done()),
        audit(50, events(600), AuditEnd::OutOfRequests),
        audit(108, events(0), done()),
        audit(0, events(0), AuditEnd::Stopped),
        gone_beside,
    ]
    .iter()
    .map(Audit::sentence)
    .collect();
    expect![[r"
        of 12,345 events in 108 of 2,160 hours none is missing; with 95 % confidence fewer than 243 in a million are missing, if the other hours are like these
        of 12,345 events in all 2,160 hours none is missing
        of 10,000 events in 108 of 2,160 hours 3 were missing and are kept now; with 95 % confidence fewer than 776 in a million were missing, if the other hours are like these
        of 1,000 events in 108 of 2,160 hours 4 were missing, of which 3 still are, 1 more is here that the vendor does not show, 2 say something else here; with 95 % confidence fewer than 9,154 in a million were missing, if the other hours are like these
        of 600 events in 50 of 2,160 hours none is missing. It ended early, since the requests were used up: 50 of the 108 windows to be read were compared. 1 was too dense for the requests that were left: such windows are left out, so those compared are no random sample, and nothing is said of the others
        108 of 2,160 hours have no event, at the vendor and here: nothing is missing there, and nothing is shown of the rest
        nothing was compared, so nothing is shown. It ended early, since it was stopped: 0 of the 108 windows to be read were compared
        of 1,000 events in 108 of 2,160 hours 3 are missing, 2 of these had landed before; with 95 % confidence fewer than 7,754 in a million were missing, if the other hours are like these. What is gone from the lake is put back by an audit without a server, or by the server's own when it draws these windows"]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn what_is_kept_says_the_same_and_its_details_are_json_of_bounded_length() {
    let mut audit = audit(108, events(10), AuditEnd::Done);
    audit.findings = vec![
        Finding {
            fields: vec!["f".repeat(5_000)],
            ..Finding::new(FindingKind::Different, "row", Some("1"))
        };
        FINDINGS_KEPT_MAX
    ];
    let record = audit.to_record();
    assert_eq!(record.outcome, audit.sentence());
    assert!(record.details.len() <= margay_store::AUDIT_DETAILS_BYTES_MAX);
    let details: serde_json::Value = serde_json::from_str(&record.details).unwrap();
    assert!(!details["findings"].as_array().unwrap().is_empty());
}

#[test]
fn a_days_audit_is_due_a_day_after_the_last_and_a_clock_set_back_holds_none_up() {
    let last: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let left = |hours| daily::time_left(last, last + SignedDuration::from_hours(hours));
    assert_eq!(left(23), Some(std::time::Duration::from_hours(1)));
    assert_eq!(left(24), None);
    assert_eq!(left(-1), None);
}

#[test]
fn only_a_daily_audit_that_ended_well_stands_for_the_day() {
    let kept = |occasion, end, hour: i64| {
        let made = Audit {
            occasion,
            finished_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour),
            ..audit(0, events(0), end)
        };
        made.to_record()
    };
    let refused = AuditEnd::Vendor(RoundResult::TokenRefused {
        diagnosis: String::new(),
    });
    let newest_first = [
        kept(Occasion::Asked, AuditEnd::Done, 5),
        kept(Occasion::Daily, refused, 4),
        kept(Occasion::Daily, AuditEnd::Stopped, 3),
        kept(Occasion::Daily, AuditEnd::OutOfRequests, 2),
        kept(Occasion::Daily, AuditEnd::Done, 1),
    ];
    let hour = |audits| Some(daily::last_of(audits)?.as_second() / 3_600);
    assert_eq!(hour(&newest_first), Some(2));
    assert_eq!(hour(&newest_first[4..]), Some(1));
    assert_eq!(hour(&newest_first[..3]), None);
}

#[test]
fn a_days_audit_may_ask_for_what_its_hours_take_and_for_no_more_than_the_maximum() {
    assert_eq!(
        daily::requests_for(0, 0, 100),
        176,
        "two for each of 44 quiet hours, and as many to spare"
    );
    assert_eq!(
        daily::requests_for(2_160_000, 2_160, 100),
        968,
        "ten full pages an hour, and the empty one"
    );
    assert_eq!(daily::requests_for(u64::MAX, 1, 100), 3_000);
}
