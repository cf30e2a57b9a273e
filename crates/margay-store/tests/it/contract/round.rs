use std::time::Duration;

use jiff::Timestamp;
use margay_store::{PAUSE_MAX, PROBLEMS_KEPT_MAX, Pause, PollStatus, Round, RoundKind, RoundOutcome, Store};

use crate::world::{at, leased};

fn round(kind: RoundKind, seconds: i64) -> RoundOutcome {
    RoundOutcome {
        started_at: at(seconds),
        finished_at: at(seconds + 1),
        kind,
        problem: matches!(kind, RoundKind::GaveUp | RoundKind::NeedsOperator).then(|| format!("problem {seconds}")),
        pages: 3,
        records_new: 250,
        records_known: 50,
        retry_not_before: None,
    }
}

pub(crate) async fn there_is_no_status_before_the_first_round(store: &Store) {
    let (source, _) = leased(store, "a").await;
    assert_eq!(store.poll_status(source.id).await.unwrap(), PollStatus::default());
    assert!(store.round_problems(source.id).await.unwrap().is_empty());
}

pub(crate) async fn a_round_reads_back(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let outcome = RoundOutcome {
        retry_not_before: Some(at(30)),
        ..round(RoundKind::Drained, 0)
    };
    store.record_round(source.id, outcome).await.unwrap();
    let expected = PollStatus {
        last_round: Some(Round {
            started_at: at(0),
            finished_at: at(1),
            kind: RoundKind::Drained,
            problem: None,
            pages: 3,
            records_new: 250,
            records_known: 50,
        }),
        last_success_at: Some(at(1)),
        consecutive_failures: 0,
        failing_since: None,
        retry_not_before: Some(at(30)),
    };
    assert_eq!(store.poll_status(source.id).await.unwrap(), expected);
}

pub(crate) async fn failures_are_counted_until_a_success(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let table = [
        (RoundKind::GaveUp, 1, None),
        (RoundKind::NeedsOperator, 2, None),
        (RoundKind::DeadlineReached, 0, Some(2)),
        (RoundKind::GaveUp, 1, Some(2)),
        (RoundKind::Drained, 0, Some(4)),
    ];
    for (index, (kind, failures, success)) in (0..).zip(table) {
        store.record_round(source.id, round(kind, index * 10)).await.unwrap();
        let status = store.poll_status(source.id).await.unwrap();
        assert_eq!(status.consecutive_failures, failures, "round {index}");
        assert_eq!(
            status.last_success_at,
            success.map(|index: i64| at(index * 10 + 1)),
            "round {index}"
        );
    }
    let problems = store.round_problems(source.id).await.unwrap();
    let texts: Vec<&str> = problems.iter().filter_map(|round| round.problem.as_deref()).collect();
    assert_eq!(texts, ["problem 30", "problem 10", "problem 0"]);
}

pub(crate) async fn an_interrupted_round_says_nothing(store: &Store) {
    let (source, _) = leased(store, "a").await;
    store
        .record_round(source.id, round(RoundKind::GaveUp, 0))
        .await
        .unwrap();
    store
        .record_round(source.id, round(RoundKind::Interrupted, 10))
        .await
        .unwrap();
    let status = store.poll_status(source.id).await.unwrap();
    assert_eq!((status.consecutive_failures, status.last_success_at), (1, None));
    assert_eq!(status.last_round.unwrap().kind, RoundKind::Interrupted);
}

pub(crate) async fn a_refused_token_is_a_failure_and_standing_by_says_nothing(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for (seconds, kind) in [(0, RoundKind::TokenRefused), (10, RoundKind::StandBy)] {
        store.record_round(source.id, round(kind, seconds)).await.unwrap();
    }
    let status = store.poll_status(source.id).await.unwrap();
    assert_eq!((status.consecutive_failures, status.last_success_at), (1, None));
    assert_eq!(status.last_round.unwrap().kind, RoundKind::StandBy);
    let problems = store.round_problems(source.id).await.unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].kind, RoundKind::TokenRefused);
}

pub(crate) async fn only_the_last_problems_are_remembered(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let (other, _) = leased(store, "b").await;
    store.record_round(other.id, round(RoundKind::GaveUp, 0)).await.unwrap();
    let count = i64::try_from(PROBLEMS_KEPT_MAX).unwrap() + 5;
    for number in 0..count {
        store
            .record_round(source.id, round(RoundKind::GaveUp, number))
            .await
            .unwrap();
    }
    let problems = store.round_problems(source.id).await.unwrap();
    assert_eq!(problems.len(), PROBLEMS_KEPT_MAX);
    assert_eq!(problems[0].started_at, at(count - 1));
    assert_eq!(problems[PROBLEMS_KEPT_MAX - 1].started_at, at(5));
    assert_eq!(store.round_problems(other.id).await.unwrap().len(), 1);
}

pub(crate) async fn a_pause_is_kept_through_rounds_until_it_is_over(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let paused = async |now| store.poll_status(source.id).await.unwrap().paused_until(at(now));
    // Before the first round has ended.
    store.pause(source.id, at(50), at(0)).await.unwrap();
    assert_eq!(paused(1).await, Some(at(50)));
    let status = store.poll_status(source.id).await.unwrap();
    assert_eq!(status.last_round.unwrap().kind, RoundKind::Interrupted);
    // The later one counts, of whichever reading.
    store.pause(source.id, at(40), at(2)).await.unwrap();
    let shorter = RoundOutcome {
        retry_not_before: Some(at(30)),
        ..round(RoundKind::GaveUp, 3)
    };
    store.record_round(source.id, shorter).await.unwrap();
    store
        .record_round(source.id, round(RoundKind::Drained, 5))
        .await
        .unwrap();
    assert_eq!((paused(7).await, paused(50).await), (Some(at(50)), None));
    let longer = RoundOutcome {
        retry_not_before: Some(at(90)),
        ..round(RoundKind::GaveUp, 10)
    };
    store.record_round(source.id, longer).await.unwrap();
    assert_eq!(paused(12).await, Some(at(90)));
    // Over.
    store
        .record_round(source.id, round(RoundKind::Drained, 91))
        .await
        .unwrap();
    assert_eq!(store.poll_status(source.id).await.unwrap().retry_not_before, None);
}

pub(crate) async fn a_pause_noted_under_a_clock_that_was_set_back_gives_way(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let ahead = |time: Timestamp| time + PAUSE_MAX * 2;
    let paused = async |now| store.poll_status(source.id).await.unwrap().paused_until(at(now));
    store.pause(source.id, ahead(at(50)), ahead(at(0))).await.unwrap();
    assert_eq!(paused(1).await, None);
    store.pause(source.id, at(50), at(1)).await.unwrap();
    assert_eq!(paused(2).await, Some(at(50)));
    store.pause(source.id, ahead(at(50)), ahead(at(0))).await.unwrap();
    store
        .record_round(source.id, round(RoundKind::Drained, 3))
        .await
        .unwrap();
    assert_eq!(store.poll_status(source.id).await.unwrap().retry_not_before, None);
    let longest = at(5) + PAUSE_MAX - Duration::from_micros(1);
    store.pause(source.id, longest, at(5)).await.unwrap();
    assert_eq!(paused(5).await, Some(longest));
}

pub(crate) async fn failures_are_counted_by_their_way(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for (kind, seconds, failures, since) in [
        (RoundKind::GaveUp, 0, 1, 1),
        (RoundKind::NeedsOperator, 10, 2, 1),
        (RoundKind::TokenRefused, 20, 1, 21),
        (RoundKind::Interrupted, 30, 1, 21),
        (RoundKind::TokenRefused, 40, 2, 21),
        (RoundKind::GaveUp, 50, 1, 51),
    ] {
        store.record_round(source.id, round(kind, seconds)).await.unwrap();
        let status = store.poll_status(source.id).await.unwrap();
        assert_eq!(
            (status.consecutive_failures, status.failing_since),
            (failures, Some(at(since))),
            "{kind:?}"
        );
    }
    store.pause_source(source.id, Pause::Begin, at(60)).await.unwrap();
    store.pause_source(source.id, Pause::End, at(70)).await.unwrap();
    let status = store.poll_status(source.id).await.unwrap();
    assert_eq!(
        (status.consecutive_failures, status.failing_since),
        (0, None),
        "what comes is another matter"
    );
}
