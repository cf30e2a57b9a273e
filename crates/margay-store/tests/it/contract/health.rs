use margay_store::{
    CheckName, Consumer, HEALTH_CHANGES_KEPT_MAX, JOURNAL_KEEP_DEFAULT, LastReject, Looked, MeasureStep, Measures,
    Pause, RoundKind, RoundOutcome, Sequence, Store,
};

use crate::world::{at, days, leased, page};

fn events(events: u64, lag_ms_max: u64) -> Measures {
    Measures {
        events,
        bytes: events * 600,
        polls: 1,
        lag_events: events,
        lag_ms_total: lag_ms_max * events,
        lag_ms_max,
        ..Measures::default()
    }
}

pub(crate) async fn measures_of_many_sources_are_read_at_once(store: &Store) {
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(leased(store, name).await.0.id);
    }
    for (source, seconds, count) in [(0, 0, 10), (0, 3_600, 2), (0, 7_200, 4), (1, 0, 7), (3, 0, 9)] {
        store
            .measure(ids[source], at(seconds), &events(count, 1))
            .await
            .unwrap();
    }
    // The tests' time is 245 s after a whole hour: the third hour is out, and so is the fourth source.
    let asked = &ids[..3];
    let found = store
        .measures_of(asked, MeasureStep::Coarse, at(-245), at(7_200 - 245))
        .await
        .unwrap();
    let told = |id| -> Vec<u64> { found[&id].iter().map(|(_, measures)| measures.events).collect() };
    assert_eq!((told(ids[0]), told(ids[1])), (vec![10, 2], vec![7]));
    assert_eq!(found.len(), 2);

    for (source, kind, settings) in [(0, "A", "{}"), (1, "B", "{}"), (3, "A", "[]")] {
        store
            .set_alarm(Some(ids[source]), kind, Some(settings), at(0))
            .await
            .unwrap();
    }
    let set = store.alarm_settings_of(asked, "A").await.unwrap();
    assert_eq!(set, [(ids[0], "{}".to_owned())].into());
    store.set_alarm(Some(ids[0]), "A", None, at(1)).await.unwrap();
    assert!(store.alarm_settings_of(asked, "A").await.unwrap().is_empty());
}

pub(crate) async fn measures_are_summed_over_steps(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    // The tests' time is 245 s after a whole hour.
    for (seconds, count, lag) in [(0, 10, 900), (50, 5, 4_000), (60, 1, 10), (3_600, 2, 20)] {
        store
            .measure(source.id, at(seconds), &events(count, lag))
            .await
            .unwrap();
    }
    let fine = store
        .measures(source.id, MeasureStep::Fine, at(-1_000), at(10_000))
        .await
        .unwrap();
    let told: Vec<_> = fine
        .iter()
        .map(|(at, sum)| (at.to_string(), sum.events, sum.lag_ms_max))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-01-02T03:00:00Z".to_owned(), 15, 4_000),
            ("2026-01-02T03:05:00Z".to_owned(), 1, 10),
            ("2026-01-02T04:00:00Z".to_owned(), 2, 20),
        ]
    );
    let coarse = store
        .measures(source.id, MeasureStep::Coarse, at(-1_000), at(10_000))
        .await
        .unwrap();
    assert_eq!(coarse.len(), 2);
    let mut sum = events(10, 900);
    sum.add(&events(5, 4_000));
    sum.add(&events(1, 10));
    assert_eq!(coarse[0].1, sum);
    let later = store
        .measures(source.id, MeasureStep::Fine, at(55), at(3_000))
        .await
        .unwrap();
    assert_eq!(later.len(), 1);
}

pub(crate) async fn the_average_lag_is_of_the_events_it_was_measured_of(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let total = async || {
        let steps = store
            .measures(source.id, MeasureStep::Coarse, at(-1_000), at(10_000))
            .await
            .unwrap();
        let mut total = Measures::default();
        for (_, measures) in &steps {
            total.add(measures);
        }
        (total.events, total.lag_ms_average(), total.lag_ms_longest())
    };
    // The past of a source lags behind nothing.
    let past = Measures {
        events: 1_000,
        ..Measures::default()
    };
    store.measure(source.id, at(0), &past).await.unwrap();
    assert_eq!(total().await, (1_000, None, None));
    for (seconds, lag) in [(1, 4_000), (3_600, 2_000)] {
        store.measure(source.id, at(seconds), &events(5, lag)).await.unwrap();
    }
    assert_eq!(total().await, (1_010, Some(3_000), Some(4_000)));

    // What was measured before such events were counted has a longest lag and no average.
    let mut earlier = Measures {
        events: 10,
        lag_ms_total: 70,
        lag_ms_max: 9,
        ..Measures::default()
    };
    assert_eq!((earlier.lag_ms_average(), earlier.lag_ms_longest()), (None, Some(9)));
    earlier.add(&events(5, 4));
    assert_eq!((earlier.lag_ms_average(), earlier.lag_ms_longest()), (Some(4), Some(9)));
}

pub(crate) async fn measures_grow_coarser_with_age(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    for day in [0, 20, 450] {
        store.measure(source.id, at(days(day)), &events(1, 1)).await.unwrap();
    }
    let steps = async |step| {
        store
            .measures(source.id, step, at(-10_000), at(days(500)))
            .await
            .unwrap()
            .len()
    };
    store.prune(at(days(30)), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert_eq!(
        (steps(MeasureStep::Fine).await, steps(MeasureStep::Coarse).await),
        (2, 3)
    );
    store.prune(at(days(451)), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert_eq!(
        (steps(MeasureStep::Fine).await, steps(MeasureStep::Coarse).await),
        (1, 1)
    );
    store.delete_source(source.id, at(0)).await.unwrap();
    assert_eq!(steps(MeasureStep::Coarse).await, 0);
}

pub(crate) async fn the_last_reject_is_known(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    assert_eq!(store.last_reject(source.id).await.unwrap(), None);
    for (seconds, reason) in [(1, "first"), (2, "second")] {
        store
            .note_reject(source.id, at(seconds), reason.to_owned())
            .await
            .unwrap();
    }
    let last = LastReject {
        at: at(2),
        reason: "second".to_owned(),
    };
    assert_eq!(store.last_reject(source.id).await.unwrap(), Some(last));
}

pub(crate) async fn a_check_remembers_when_it_last_worked_and_did_not(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let look = |name, is_healthy, message: &str, raw: Option<&str>| Looked {
        name,
        is_healthy,
        message: message.to_owned(),
        raw: raw.map(str::to_owned),
    };
    let looks = vec![
        look(CheckName::Token, true, "accepted", None),
        look(CheckName::Reachable, true, "answers", None),
    ];
    store.note_checks(source.id, looks, at(1)).await.unwrap();
    let refused = look(CheckName::Token, false, "refused", Some(r#"{"errors":[]}"#));
    store.note_checks(source.id, vec![refused], at(2)).await.unwrap();
    let checks = store.health_checks(source.id).await.unwrap();
    let names: Vec<_> = checks.iter().map(|check| (check.name, check.is_healthy())).collect();
    assert_eq!(names, [(CheckName::Reachable, true), (CheckName::Token, false)]);
    let token = &checks[1];
    assert_eq!(
        (token.last_success_at, token.last_failure_at),
        (Some(at(1)), Some(at(2)))
    );
    assert_eq!(
        (token.message.as_str(), token.raw.as_deref()),
        ("refused", Some(r#"{"errors":[]}"#))
    );
}

pub(crate) async fn what_begins_to_fail_and_to_work_is_kept(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let look = async |seconds, name, is_healthy| {
        let look = Looked {
            name,
            is_healthy,
            message: format!("seen at {seconds}"),
            raw: (!is_healthy).then(|| "no".to_owned()),
        };
        store.note_checks(source.id, vec![look], at(seconds)).await.unwrap();
    };
    look(1, CheckName::Token, true).await;
    look(2, CheckName::Landing, false).await;
    for seconds in [3, 4, 5] {
        look(seconds, CheckName::Token, seconds == 5).await;
    }
    let changes = store.health_changes(source.id, None, 10).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.name, change.is_healthy, change.at, change.raw.as_deref()))
        .collect();
    let expected = [
        (CheckName::Token, true, at(5), None),
        (CheckName::Token, false, at(3), Some("no")),
        (CheckName::Landing, false, at(2), Some("no")),
    ];
    assert_eq!(told, expected);
    assert_eq!(changes[0].message, "seen at 5");
    let newest = store.health_changes(source.id, None, 1).await.unwrap();
    assert_eq!(newest, changes[..1]);
    let older = store
        .health_changes(source.id, Some(changes[0].number), 10)
        .await
        .unwrap();
    assert_eq!(older, changes[1..]);
}

pub(crate) async fn only_the_last_health_changes_are_kept(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let changes = i64::try_from(HEALTH_CHANGES_KEPT_MAX).unwrap() + 5;
    for change in 0..changes {
        let look = Looked {
            name: CheckName::Token,
            is_healthy: change % 2 == 1,
            message: String::new(),
            raw: None,
        };
        store.note_checks(source.id, vec![look], at(change)).await.unwrap();
    }
    let kept = store.health_changes(source.id, None, usize::MAX).await.unwrap();
    assert_eq!(kept.len(), HEALTH_CHANGES_KEPT_MAX);
    assert_eq!(kept[0].at, at(changes - 1));
}

pub(crate) async fn a_source_is_paused_and_resumed(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let paused = store.pause_source(source.id, Pause::Begin, at(10)).await.unwrap();
    assert_eq!((paused.paused_at, paused.resumed_at), (Some(at(10)), None));
    let again = store.pause_source(source.id, Pause::Begin, at(20)).await.unwrap();
    assert_eq!(again.paused_at, Some(at(10)));
    let resumed = store.pause_source(source.id, Pause::End, at(30)).await.unwrap();
    assert_eq!((resumed.paused_at, resumed.resumed_at), (None, Some(at(30))));
    let again = store.pause_source(source.id, Pause::End, at(40)).await.unwrap();
    assert_eq!(again, resumed);
    assert_eq!(store.sources().await.unwrap(), [resumed]);
}

pub(crate) async fn it_is_known_since_when_polls_fail_and_records_wait(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let round = |kind, seconds| RoundOutcome {
        started_at: at(seconds),
        finished_at: at(seconds + 1),
        kind,
        problem: None,
        pages: 0,
        records_new: 0,
        records_known: 0,
        retry_not_before: None,
    };
    let since = async || store.poll_status(source.id).await.unwrap().failing_since;
    for (kind, seconds, expected) in [
        (RoundKind::GaveUp, 0, Some(1)),
        (RoundKind::Interrupted, 10, Some(1)),
        (RoundKind::TokenRefused, 20, Some(21)),
        (RoundKind::Drained, 30, None),
        (RoundKind::Interrupted, 40, None),
        (RoundKind::NeedsOperator, 50, Some(51)),
    ] {
        store.record_round(source.id, round(kind, seconds)).await.unwrap();
        assert_eq!(since().await, expected.map(at), "{kind:?}");
    }
    let waiting = async || store.waiting_since(Consumer::Landing, source.id).await.unwrap();
    assert_eq!(waiting().await, None);
    for (id, seconds) in [("1", 5), ("2", 6)] {
        store
            .append(source.id, page(&lease, &[id], "x", seconds))
            .await
            .unwrap();
    }
    assert_eq!(waiting().await, Some(at(5)));
    store
        .advance(Consumer::Landing, source.id, Sequence::new(1))
        .await
        .unwrap();
    assert_eq!(waiting().await, Some(at(6)));
    store
        .advance(Consumer::Landing, source.id, Sequence::new(2))
        .await
        .unwrap();
    assert_eq!(waiting().await, None);
}
