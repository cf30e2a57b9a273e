//! Dropping a future anywhere leaves all of its transaction or nothing.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use margay_store::{
    BackfillReason, Claim, Consumer, Evidence, NewBackfill, Progress, RoundKind, RoundOutcome, Sequence, Store,
};

use crate::world::{Database, TTL, at, days, leased, new_source, page, sound_ids};

/// Polls a future at most so many times.
struct PollsAtMost<'a, F> {
    future: Pin<&'a mut F>,
    polls_left: usize,
}

impl<F: Future> Future for PollsAtMost<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            return Poll::Ready(None);
        }
        self.polls_left -= 1;
        match self.future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.polls_left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Polls a future so many times and drops it; returns what it gave if it was done by then.
async fn cancelled_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let future = pin!(future);
    PollsAtMost {
        future,
        polls_left: polls,
    }
    .await
}

/// How often an append waits depends on how fast the database's thread answers, so every cut is tried many times.
#[tokio::test]
async fn an_append_dropped_at_any_await_is_whole_or_nothing() {
    const ROUNDS: usize = 20;
    const POLLS_MAX: usize = 12;

    let database = Database::new().await;
    let store = &database.store;
    let (mut nothing, mut whole) = (0, 0);
    for round in 0..ROUNDS {
        let (source, lease) = leased(store, &round.to_string()).await;
        let mut expected_ids: Vec<String> = Vec::new();
        for polls in 0..POLLS_MAX {
            let ids: Vec<String> = (0..3).map(|index| format!("{polls}-{index}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let before = (
                store.checkpoint(source.id).await.unwrap(),
                sound_ids(store, source.id).await,
            );
            let checkpoint = format!("after {polls}");
            let new_page = page(&lease, &ids, &checkpoint, 0);

            let outcome = cancelled_after(polls, store.append(source.id, new_page.clone())).await;

            // Waits for what is in flight: the next writer comes after it.
            store.renew_lease(&lease, at(0), TTL).await.unwrap();
            let after = (
                store.checkpoint(source.id).await.unwrap(),
                sound_ids(store, source.id).await,
            );
            expected_ids.extend(ids.iter().map(|id| (*id).to_owned()));
            if after == before {
                assert!(outcome.is_none(), "an append that returns has happened");
                nothing += 1;
            } else {
                assert_eq!(after, (checkpoint, expected_ids.clone()), "after {polls} polls");
                whole += 1;
            }

            store.append(source.id, new_page).await.unwrap();
            assert_eq!(
                sound_ids(store, source.id).await,
                expected_ids,
                "the page comes again, and is there once"
            );
        }
    }
    assert!(
        nothing > ROUNDS && whole > 0,
        "both were seen: {nothing} times nothing, {whole} times all"
    );
}

/// The last page of a window: its records, the count in its backfill and what it proves are there together or not at all.
#[tokio::test]
async fn the_last_page_of_a_window_dropped_at_any_await_is_whole_or_nothing() {
    const ROUNDS: usize = 10;
    const POLLS_MAX: usize = 16;

    let database = Database::new().await;
    let store = &database.store;
    let (mut nothing, mut whole) = (0, 0);
    for round in 0..ROUNDS {
        let (source, lease) = leased(store, &round.to_string()).await;
        let mut expected_ids: Vec<String> = Vec::new();
        for polls in 0..POLLS_MAX {
            let (from, to) = (
                at(10 * i64::try_from(polls).unwrap()),
                at(10 * i64::try_from(polls).unwrap() + 10),
            );
            let backfill = NewBackfill {
                from,
                to,
                reason: BackfillReason::Asked,
                windows: vec![(from, to)],
                now: at(0),
            };
            store.begin_backfill(source.id, lease.token, backfill).await.unwrap();
            let window = store.waiting_windows(source.id, 1).await.unwrap().remove(0);
            let mut last = page(&lease, &[&polls.to_string()], "unused", 0);
            last.progress = Progress::Window {
                window: window.id,
                checkpoint: "end".to_owned(),
                is_done: true,
            };
            last.claim = Some(Claim {
                from,
                to,
                evidence: Evidence::WindowRead,
                at: at(0),
            });

            let outcome = cancelled_after(polls, store.append(source.id, last.clone())).await;

            // Waits for what is in flight: the next writer comes after it.
            store.renew_lease(&lease, at(0), TTL).await.unwrap();
            let is_done = store.waiting_windows(source.id, 1).await.unwrap().is_empty();
            let ledger = store.ledger(source.id).await.unwrap();
            assert_eq!(ledger.uncovered(from, to).is_empty(), is_done);
            assert_eq!(
                store.backfills(source.id).await.unwrap()[0].finished_at.is_some(),
                is_done
            );
            if is_done {
                whole += 1;
            } else {
                assert!(outcome.is_none(), "an append that returns has happened");
                assert_eq!(sound_ids(store, source.id).await, expected_ids);
                store.append(source.id, last).await.unwrap();
                nothing += 1;
            }
            expected_ids.push(polls.to_string());
            assert_eq!(sound_ids(store, source.id).await, expected_ids);
        }
    }
    assert_eq!(store.examine(at(0)).await.unwrap(), []);
    assert!(
        nothing > ROUNDS && whole > 0,
        "both were seen: {nothing} times nothing, {whole} times all"
    );
}

#[tokio::test]
async fn any_other_write_dropped_at_any_await_leaves_the_store_usable() {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();

    for polls in 0..40 {
        cancelled_after(polls, store.acquire_lease(source.id, "other", at(days(1)), TTL)).await;
        cancelled_after(polls, store.advance(Consumer::Landing, source.id, Sequence::new(1))).await;
        cancelled_after(polls, store.replace_credentials(source.id, "new".into(), at(0))).await;
        cancelled_after(polls, store.record_round(source.id, round())).await;
        cancelled_after(polls, store.prune(at(0), TTL)).await;
        cancelled_after(polls, store.void_leases()).await;
        cancelled_after(polls, store.claim(source.id, lease.token, &[])).await;
        cancelled_after(polls, store.add_lateness(source.id, &[(1, 1)])).await;
        cancelled_after(polls, store.examine(at(0))).await.map(Result::unwrap);
        let to = database.directory.path().join(format!("copy{polls}.db"));
        if let Some(copied) = cancelled_after(polls, store.backup(&to)).await {
            copied.unwrap();
            assert!(to.exists());
        }
        cancelled_after(polls, store.create_source(new_source(&format!("b{polls}")))).await;
    }
    writes_work(store).await;
}

#[tokio::test]
async fn a_deletion_dropped_at_any_await_is_finished_by_retention() {
    let database = Database::new().await;
    let store = &database.store;
    for polls in 0..40 {
        let (source, lease) = leased(store, &format!("a{polls}")).await;
        store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
        cancelled_after(polls, store.delete_source(source.id, at(0))).await;
        // Waits for what is in flight: the next writer comes after it. The lease may be gone.
        store.renew_lease(&lease, at(0), TTL).await.ok();
        store.prune(at(0), TTL).await.unwrap();
        match store.source(source.id).await {
            Ok(_) => assert_eq!(sound_ids(store, source.id).await, ["1"], "nothing was deleted"),
            Err(_) => assert_eq!(
                store.prune(at(0), TTL).await.unwrap().sources,
                0,
                "all of it was deleted"
            ),
        }
    }
    writes_work(store).await;
}

fn round() -> RoundOutcome {
    RoundOutcome {
        started_at: at(0),
        finished_at: at(1),
        kind: RoundKind::Drained,
        problem: None,
        pages: 0,
        records_new: 0,
        records_known: 0,
        retry_not_before: None,
    }
}

async fn writes_work(store: &Store) {
    let (source, lease) = leased(store, "the last").await;
    store
        .append(source.id, page(&lease, &["1", "2"], "x", 0))
        .await
        .unwrap();
    assert_eq!(sound_ids(store, source.id).await, ["1", "2"]);
}
