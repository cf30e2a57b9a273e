use std::time::Duration;

use jiff::Timestamp;
use margay_store::{
    AppendError, BACKFILLS_KEPT_MAX, BACKFILLS_OPEN_MAX, Backfill, BackfillError, BackfillProblem, BackfillReason,
    BackfillWindow, Claim, CreateSourceError, Evidence, Lease, NewBackfill, NewEntry, NewSource, Progress, Remedy,
    Store, WindowId,
};

use crate::world::{TTL, at, leased, new_source, page, sound_ids};

fn new_backfill(windows: &[(i64, i64)]) -> NewBackfill {
    NewBackfill {
        from: at(windows[0].0),
        to: at(windows[windows.len() - 1].1),
        reason: BackfillReason::Asked,
        windows: times(windows),
        now: at(0),
    }
}

fn times(windows: &[(i64, i64)]) -> Vec<(Timestamp, Timestamp)> {
    windows.iter().map(|window| (at(window.0), at(window.1))).collect()
}

fn window_page(lease: &Lease, window: WindowId, ids: &[&str], checkpoint: &str, is_done: bool) -> NewEntry {
    let mut new = page(lease, ids, "unused", 5);
    new.progress = Progress::Window {
        window,
        checkpoint: checkpoint.to_owned(),
        is_done,
    };
    new
}

async fn waiting(store: &Store, source: margay_schema::SourceId) -> Vec<BackfillWindow> {
    store.waiting_windows(source, usize::MAX).await.unwrap()
}

async fn only(store: &Store, source: margay_schema::SourceId) -> Backfill {
    let mut backfills = store.backfills(source).await.unwrap();
    assert_eq!(backfills.len(), 1);
    backfills.remove(0)
}

pub(crate) async fn a_source_begins_with_its_backfill_or_not_at_all(store: &Store) {
    let mut initial = new_backfill(&[(-20, -10), (-10, 0)]);
    initial.reason = BackfillReason::Initial;
    let new = NewSource {
        backfill: Some(initial.clone()),
        ..new_source("a")
    };
    let source = store.create_source(new).await.unwrap();
    let backfill = only(store, source.id).await;
    assert_eq!(
        (backfill.from, backfill.to, backfill.reason, backfill.begun_at),
        (at(-20), at(0), BackfillReason::Initial, at(0))
    );
    assert_eq!(
        (backfill.windows_total, backfill.windows_done, backfill.finished_at),
        (2, 0, None)
    );
    assert_eq!(waiting(store, source.id).await.len(), 2);

    initial.windows.pop();
    let new = NewSource {
        backfill: Some(initial),
        ..new_source("b")
    };
    let error = store.create_source(new).await.unwrap_err();
    assert!(
        matches!(error, CreateSourceError::BackfillInvalid(BackfillProblem::NotCovered)),
        "{error:?}"
    );
    assert!(store.source_by_label("b").await.unwrap().is_none());
}

pub(crate) async fn the_oldest_event_time_is_waiting_first(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let (other, other_lease) = leased(store, "b").await;
    for windows in [[(10, 20), (20, 30)], [(-10, 0), (0, 5)]] {
        store
            .begin_backfill(source.id, lease.token, new_backfill(&windows))
            .await
            .unwrap();
    }
    store
        .begin_backfill(other.id, other_lease.token, new_backfill(&[(-99, 0)]))
        .await
        .unwrap();
    let begins: Vec<Timestamp> = waiting(store, source.id)
        .await
        .iter()
        .map(|window| window.from)
        .collect();
    assert_eq!(begins, [at(-10), at(0), at(10), at(20)]);
    assert_eq!(store.waiting_windows(source.id, 3).await.unwrap().len(), 3);
    let newest_first: Vec<Timestamp> = store
        .backfills(source.id)
        .await
        .unwrap()
        .iter()
        .map(|backfill| backfill.from)
        .collect();
    assert_eq!(newest_first, [at(-10), at(10)]);
}

pub(crate) async fn a_windows_pages_move_its_checkpoint_until_it_is_done(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10), (10, 25)]))
        .await
        .unwrap();
    store.append(source.id, page(&lease, &["1"], "tail", 1)).await.unwrap();
    let windows = waiting(store, source.id).await;
    assert_eq!((windows[0].checkpoint.as_deref(), windows[0].attempts), (None, 0));

    let first = windows[0].id;
    let appended = store
        .append(source.id, window_page(&lease, first, &["1", "2", "3"], "page 2", false))
        .await
        .unwrap();
    assert_eq!(appended, crate::world::appended(2, &[1, 2], 1));
    assert_eq!(waiting(store, source.id).await[0].checkpoint.as_deref(), Some("page 2"));
    store
        .append(source.id, window_page(&lease, first, &[], "page 3", true))
        .await
        .unwrap();

    assert_eq!(waiting(store, source.id).await, windows[1..]);
    let half = only(store, source.id).await;
    let counts = (half.windows_done, half.pages, half.records_new, half.records_known);
    assert_eq!(counts, (1, 2, 2, 1));
    assert_eq!((half.covered, half.finished_at), (Duration::from_secs(10), None));

    store
        .append(source.id, window_page(&lease, windows[1].id, &["4"], "end", true))
        .await
        .unwrap();
    let whole = only(store, source.id).await;
    assert_eq!((whole.windows_done, whole.covered), (2, Duration::from_secs(25)));
    assert_eq!((whole.finished_at, whole.is_cancelled), (Some(at(5)), false));
    assert!(waiting(store, source.id).await.is_empty());
    assert_eq!(
        store.checkpoint(source.id).await.unwrap(),
        "tail",
        "the live tail stays where it is"
    );
    assert_eq!(sound_ids(store, source.id).await, ["1", "2", "3", "4"]);
}

pub(crate) async fn a_page_of_a_window_that_is_gone_writes_nothing(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let (other, other_lease) = leased(store, "b").await;
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10), (10, 20), (20, 30)]))
        .await
        .unwrap();
    let windows: Vec<WindowId> = waiting(store, source.id).await.iter().map(|window| window.id).collect();
    store
        .append(source.id, window_page(&lease, windows[0], &["1"], "end", true))
        .await
        .unwrap();
    store
        .split_window(source.id, lease.token, windows[1], &times(&[(10, 15), (15, 20)]))
        .await
        .unwrap();
    let before = only(store, source.id).await;
    assert_eq!((before.windows_done, before.windows_total), (1, 4));

    // One was read to its end, the other was split.
    for window in [windows[0], windows[1]] {
        for is_done in [false, true] {
            let error = store
                .append(source.id, window_page(&lease, window, &["2"], "x", is_done))
                .await
                .unwrap_err();
            assert!(
                matches!(error, AppendError::WindowGone { window: gone, .. } if gone == window),
                "{error:?}"
            );
            assert_eq!(error.remedy(), Remedy::StandDown);
        }
    }
    assert_eq!(only(store, source.id).await, before);
    assert_eq!(sound_ids(store, source.id).await, ["1"]);

    // Nor may a window be read on behalf of another source.
    let waited = waiting(store, source.id).await.len();
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10)]))
        .await
        .unwrap();
    let window = waiting(store, source.id).await[0].id;
    let error = store
        .append(other.id, window_page(&other_lease, window, &["1"], "x", true))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::WindowGone { .. }), "{error:?}");
    assert_eq!(waiting(store, source.id).await.len(), waited + 1);
}

pub(crate) async fn a_split_window_is_waiting_in_parts_that_begin_anew(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10), (10, 20)]))
        .await
        .unwrap();
    let window = waiting(store, source.id).await[0].id;
    store
        .append(source.id, window_page(&lease, window, &["1"], "refused", false))
        .await
        .unwrap();

    for parts in [&[(0, 5)][..], &[(0, 5), (6, 10)], &[(0, 5), (5, 11)], &[]] {
        let error = store
            .split_window(source.id, lease.token, window, &times(parts))
            .await
            .unwrap_err();
        assert!(
            matches!(error, BackfillError::Invalid(BackfillProblem::NotCovered)),
            "{parts:?}: {error:?}"
        );
        assert_eq!(waiting(store, source.id).await.len(), 2, "the window is still there");
    }
    store
        .split_window(source.id, lease.token, window, &times(&[(0, 3), (3, 10)]))
        .await
        .unwrap();
    let windows = waiting(store, source.id).await;
    let ranges: Vec<(Timestamp, Timestamp)> = windows.iter().map(|window| (window.from, window.to)).collect();
    assert_eq!(ranges, times(&[(0, 3), (3, 10), (10, 20)]));
    assert!(windows.iter().all(|window| window.checkpoint.is_none()), "{windows:?}");
    assert_eq!(only(store, source.id).await.windows_total, 3);
    let error = store
        .split_window(source.id, lease.token, window, &times(&[(0, 10)]))
        .await
        .unwrap_err();
    assert!(matches!(error, BackfillError::WindowGone { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::StandDown);
}

pub(crate) async fn a_window_that_fails_is_counted_until_a_page_comes(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10)]))
        .await
        .unwrap();
    let window = waiting(store, source.id).await[0].id;
    store
        .append(source.id, window_page(&lease, window, &["1"], "page 2", false))
        .await
        .unwrap();
    for (attempts, seconds) in [(1, 30), (2, 90)] {
        store
            .window_failed(
                source.id,
                lease.token,
                window,
                format!("problem {attempts}"),
                at(seconds),
            )
            .await
            .unwrap();
        let failed = waiting(store, source.id).await.remove(0);
        assert_eq!((failed.attempts, failed.not_before), (attempts, Some(at(seconds))));
        assert_eq!(failed.problem, Some(format!("problem {attempts}")));
        assert_eq!(failed.checkpoint.as_deref(), Some("page 2"));
    }
    store
        .append(source.id, window_page(&lease, window, &[], "page 3", false))
        .await
        .unwrap();
    let resumed = waiting(store, source.id).await.remove(0);
    assert_eq!((resumed.attempts, resumed.not_before, resumed.problem), (0, None, None));
}

pub(crate) async fn a_stale_token_changes_no_backfill(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10)]))
        .await
        .unwrap();
    let window = waiting(store, source.id).await[0].id;
    store.acquire_lease(source.id, "another", at(60), TTL).await.unwrap();
    let fence = lease.token;
    let errors = [
        store
            .begin_backfill(source.id, fence, new_backfill(&[(0, 10)]))
            .await
            .map(drop),
        store.split_window(source.id, fence, window, &times(&[(0, 10)])).await,
        store
            .window_failed(source.id, fence, window, String::new(), at(99))
            .await,
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert!(matches!(error, BackfillError::LeaseLost { .. }), "{error:?}");
        assert_eq!(error.remedy(), Remedy::StandDown);
    }
    let error = store
        .append(source.id, window_page(&lease, window, &["1"], "x", true))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    assert_eq!(waiting(store, source.id).await.len(), 1);
    assert_eq!(only(store, source.id).await.finished_at, None);
}

pub(crate) async fn only_so_many_are_open_and_only_the_last_finished_are_kept(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let begin = async || {
        store
            .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10)]))
            .await
    };
    let first = begin().await.unwrap();
    for _ in 1..BACKFILLS_OPEN_MAX {
        begin().await.unwrap();
    }
    let error = begin().await.unwrap_err();
    assert!(matches!(error, BackfillError::TooMany { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::AskOperator);

    for backfill in store.backfills(source.id).await.unwrap() {
        if backfill.id != first {
            finish(store, &source, &lease, backfill.id).await;
        }
    }
    for _ in 0..BACKFILLS_KEPT_MAX {
        let id = begin().await.unwrap();
        finish(store, &source, &lease, id).await;
    }
    begin().await.unwrap();
    let backfills = store.backfills(source.id).await.unwrap();
    assert_eq!(
        backfills.len(),
        BACKFILLS_KEPT_MAX + 2,
        "the finished ones and the two that are open"
    );
    assert_eq!(
        backfills[backfills.len() - 1].id,
        first,
        "one that is open is never forgotten"
    );
}

/// Reads the only window of a backfill to its end.
async fn finish(store: &Store, source: &margay_store::Source, lease: &Lease, id: margay_store::BackfillId) {
    let windows = waiting(store, source.id).await;
    let window = windows.iter().find(|window| window.backfill == id).unwrap();
    store
        .append(source.id, window_page(lease, window.id, &[], "end", true))
        .await
        .unwrap();
}

/// A slow vendor and many holes: what waits is bounded too.
pub(crate) async fn only_so_many_windows_wait(store: &Store) {
    const PER_BACKFILL: i64 = 20_000;
    let (source, lease) = leased(store, "a").await;
    let windows: Vec<(i64, i64)> = (0..PER_BACKFILL).map(|begin| (begin, begin + 1)).collect();
    for _ in 0..5 {
        store
            .begin_backfill(source.id, lease.token, new_backfill(&windows))
            .await
            .unwrap();
    }
    let error = store
        .begin_backfill(source.id, lease.token, new_backfill(&[(0, 10)]))
        .await
        .unwrap_err();
    assert!(matches!(error, BackfillError::TooMany { .. }), "{error:?}");
    let window = store.waiting_windows(source.id, 1).await.unwrap().remove(0);
    let half = window.from + Duration::from_millis(500);
    let parts = [(window.from, half), (half, window.to)];
    let error = store
        .split_window(source.id, lease.token, window.id, &parts)
        .await
        .unwrap_err();
    assert!(matches!(error, BackfillError::TooMany { .. }), "{error:?}");
    assert_eq!(store.waiting_windows(source.id, 1).await.unwrap(), [window]);
}

pub(crate) async fn what_is_found_wanting_is_a_hole_that_waits_to_be_read(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let proven = Claim {
        from: at(0),
        to: at(100),
        evidence: Evidence::PageChain,
        at: at(100),
    };
    store.set_since(source.id, lease.token, at(0)).await.unwrap();
    store.claim(source.id, lease.token, &[proven]).await.unwrap();

    let wanting = times(&[(10, 20), (40, 50)]);
    store
        .ask_backfill_of_wanting(source.id, &wanting, new_backfill(&[(10, 50)]))
        .await
        .unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.holes(at(100)), wanting);
    assert_eq!(waiting(store, source.id).await.len(), 1);

    for _ in 1..BACKFILLS_OPEN_MAX {
        store.ask_backfill(source.id, new_backfill(&[(0, 1)])).await.unwrap();
    }
    let refused = store
        .ask_backfill_of_wanting(source.id, &times(&[(60, 70)]), new_backfill(&[(60, 70)]))
        .await;
    assert!(matches!(refused, Err(BackfillError::TooMany { .. })), "{refused:?}");
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(
        ledger.holes(at(100)),
        wanting,
        "nothing is given up that is not asked for"
    );
}
