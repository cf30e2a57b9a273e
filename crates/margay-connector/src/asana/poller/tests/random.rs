//! Whatever the vendor does, in whatever order: the round ends, keeps its pauses, and loses no progress. Most of that is
//! asserted by the shell at every step.

use proptest::prelude::*;

use super::vendor::Vendor;
use super::*;
use crate::transport::TransportFailureKind;

/// Something a vendor, or the network, may do.
fn outcome() -> impl Strategy<Value = Outcome> {
    let gids = proptest::collection::vec(0..6_u8, 0..4);
    let offset = proptest::option::of(prop_oneof!["[a-c]", "[a-zA-Z0-9+/=&#?% é]{1,12}"]);
    let pages = (gids, offset).prop_map(|(gids, offset)| {
        let events: Vec<String> = gids.iter().map(|gid| format!("{gid}@11:00:0{gid}")).collect();
        page(
            &events.iter().map(String::as_str).collect::<Vec<_>>(),
            offset.as_deref(),
        )
    });
    let waits = prop_oneof![Just("0".to_owned()), "[0-9]{1,4}", "[0-9]\\.[0-9]{1,3}", "\\PC{0,10}"];
    let bodies = prop_oneof![
        Just(r#"{"errors":[{"message":"offset: Your pagination token has expired."}]}"#.to_owned()),
        Just("<html>".to_owned()),
        r#"[\[\]{}",:a-z0-9]{0,30}"#,
    ];
    let statuses = prop_oneof![
        Just(200_u16),
        Just(400),
        Just(408),
        Just(429),
        Just(500),
        Just(503),
        100..600_u16
    ];
    prop_oneof![
        6 => pages,
        3 => (statuses, proptest::option::of(waits), bodies).prop_map(|(status, retry_after, body)| {
            response(status, &body).map(|response| Response { retry_after, ..response })
        }),
        1 => Just(Err(TransportFailure { kind: TransportFailureKind::Reset, detail: "reset".to_owned() })),
    ]
}

proptest! {
    #[test]
    fn any_answers_end_every_round_and_keep_every_promise(
        answers in proptest::collection::vec(outcome(), 1..60),
        fetch_ms in 1..5_000_u64,
        seed in any::<u64>(),
    ) {
        let mut shell = Shell::new(start());
        shell.fetch_duration = Duration::from_millis(fetch_ms);
        let mut poller = Poller::new(settings(), start(), PollLimits::default(), seed);
        let mut next = answers.iter().cycle().cloned();
        for _ in 0..5 {
            let began = shell.now;
            let (later_poller, end) = shell.round(poller, |_, _| next.next().unwrap());
            poller = later_poller;
            let lasted = shell.now.duration_since(began).unsigned_abs();
            prop_assert!(lasted <= PollLimits::default().round_duration_max + shell.fetch_duration);
            if let RoundEnd::GaveUp(problem) = &end
                && let Some(time) = problem.retry_not_before()
            {
                shell.now = shell.now.max(time);
            }
        }
        prop_assert_eq!(&Checkpoint::from_json(&poller.checkpoint().to_json()).unwrap(), poller.checkpoint());
    }

    #[test]
    fn a_log_is_read_whole_whatever_happens_in_between(
        faults in proptest::collection::vec(proptest::option::weighted(0.3, 0..5_u8), 1..80),
        count in 0..60_usize,
        seed in any::<u64>(),
    ) {
        let mut vendor = Vendor::new();
        vendor.add(time("2026-11-20T00:00:00Z"), Duration::from_secs(700), count);
        let mut shell = Shell::new(start());
        let mut faults = faults.into_iter();
        let mut drained = false;
        for round in 0..100 {
            let poller = Poller::new(settings(), shell.journalled.clone(), PollLimits::default(), seed ^ round);
            let (_, end) = shell.round(poller, |request, now| match faults.next().flatten() {
                Some(0) => response(503, ""),
                Some(1) => retry_after(429, "3"),
                Some(2) => response(200, "<html>"),
                Some(3) => Err(TransportFailure { kind: TransportFailureKind::BodyCut, detail: String::new() }),
                Some(_) => {
                    vendor.forget_offsets();
                    vendor.answer(request, now)
                }
                None => vendor.answer(request, now),
            });
            shell.pass(Duration::from_mins(1));
            drained = end == RoundEnd::Drained && faults.len() == 0;
            if drained {
                break;
            }
        }
        prop_assert!(drained);
        prop_assert_eq!(&shell.known, &vendor.gids());
        prop_assert_eq!(shell.events.len(), count);
    }
}
