use expect_test::expect;
use margay_store::Round;

use super::*;

fn time(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

fn before(kind: RoundKind, failures: u64) -> PollStatus {
    PollStatus {
        last_round: Some(Round {
            started_at: time("11:59:00"),
            finished_at: time("11:59:01"),
            kind,
            problem: None,
            pages: 0,
            records_new: 0,
            records_known: 0,
        }),
        last_success_at: Some(time("08:58:00")),
        consecutive_failures: failures,
        failing_since: (failures > 0).then(|| time("08:59:00")),
        retry_not_before: None,
    }
}

fn told(before: &PollStatus, result: RoundResult) -> String {
    let report = RoundReport::begun(time("12:00:00"), result);
    let sentences = of_round(before, &report, time("12:00:00"));
    let lines: Vec<String> = sentences
        .iter()
        .map(|sentence| format!("{:?}: {}", sentence.kind, sentence.text))
        .collect();
    lines.join("\n")
}

fn failed() -> RoundResult {
    RoundResult::Failed {
        problem: "Asana could not be reached: no answer in time\nhint: later".to_owned(),
        retry_not_before: None,
    }
}

fn refused() -> RoundResult {
    RoundResult::TokenRefused {
        diagnosis: "Asana does not recognise this token\nand more".to_owned(),
    }
}

#[test]
fn an_outage_is_told_when_it_begins_and_when_it_ends() {
    expect!["Unreachable: the vendor cannot be read: Asana could not be reached: no answer in time"]
        .assert_eq(&told(&before(RoundKind::Drained, 0), failed()));
    expect![""].assert_eq(&told(&before(RoundKind::GaveUp, 3), failed()));
    expect!["Reachable: the vendor can be read again after 180 failed polls; the last one that worked was 3 h 2 min before. Going on where it stopped"]
        .assert_eq(&told(&before(RoundKind::GaveUp, 180), RoundResult::Drained));
    expect![""].assert_eq(&told(&before(RoundKind::Drained, 0), RoundResult::Drained));
}

#[test]
fn a_long_pause_is_told_with_its_end_and_a_short_one_is_an_outage_like_others() {
    let told_to_wait = |until| RoundResult::Failed {
        problem: "Asana asks us to slow down (HTTP 429) and wants 3600 s of pause\nhint: later".to_owned(),
        retry_not_before: Some(time(until)),
    };
    expect!["RateLimited: nothing is asked before 2026-11-24 13:00:00 UTC, as the vendor wants: Asana asks us to slow down (HTTP 429) and wants 3600 s of pause; then it goes on where it stopped"]
        .assert_eq(&told(&before(RoundKind::Drained, 0), told_to_wait("13:00:00")));
    expect!["Unreachable: the vendor cannot be read: Asana asks us to slow down (HTTP 429) and wants 3600 s of pause"]
        .assert_eq(&told(&before(RoundKind::Drained, 0), told_to_wait("12:00:05")));
    expect![""].assert_eq(&told(&before(RoundKind::GaveUp, 1), told_to_wait("13:00:00")));
}

#[test]
fn standing_by_is_told_without_when_the_lease_ends() {
    let held = LeaseProblem::Held {
        label: "a".to_owned(),
        holder: "process 7, 00ff".to_owned(),
        until: time("12:03:00"),
    };
    expect!["standing by: another server polls this source (process 7, 00ff)"].assert_eq(&stand_by(&held).text);
}

#[test]
fn a_refused_token_is_a_state_of_its_own() {
    expect!["TokenRefused: waiting for a working token: Asana does not recognise this token; nothing is read until then, and it goes on where it stopped"]
        .assert_eq(&told(&before(RoundKind::Drained, 0), refused()));
    expect![""].assert_eq(&told(&before(RoundKind::TokenRefused, 4), refused()));
    expect!["TokenAccepted: the token works again after 1 failed poll; the last one that worked was 3 h 2 min before. Going on where it stopped"]
        .assert_eq(&told(&before(RoundKind::TokenRefused, 1), RoundResult::Drained));
}

#[test]
fn durations_are_told_in_two_units() {
    for (seconds, text) in [
        (0, "less than a second"),
        (59, "59 s"),
        (3_600, "1 h"),
        (10_920, "3 h 2 min"),
        (90_061, "1 d 1 h"),
    ] {
        assert_eq!(rough(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn holes_are_told_with_their_times_and_their_end() {
    let window = Window::new(time("09:00:00"), time("10:30:00")).unwrap();
    expect!["2026-11-24 09:00:00 UTC to 2026-11-24 10:30:00 UTC (1 h 30 min) was not read before the vendor deleted it (it keeps 90 days): this hole can never be filled"]
        .assert_eq(&hole_lost(window).text);
    expect!["2026-11-24 09:00:00 UTC to 2026-11-24 10:30:00 UTC (1 h 30 min) is proven complete; 7 records were missing and are kept now"]
        .assert_eq(&hole_filled(window, 7).text);
}
