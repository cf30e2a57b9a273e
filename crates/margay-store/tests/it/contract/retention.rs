use std::time::Duration;

use margay_store::{Claim, Consumer, DEDUP_HORIZON, Evidence, JOURNAL_KEEP_DEFAULT, Pruned, Sequence, Store};

use crate::world::{all_entries, appended, at, days, leased, page, sound_ids};

const KEEP: Duration = JOURNAL_KEEP_DEFAULT;

pub(crate) async fn old_entries_go_once_every_consumer_passed_them(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for (id, day) in [("1", 0), ("2", 1), ("3", 20)] {
        store
            .append(source.id, page(&lease, &[id], "x", days(day)))
            .await
            .unwrap();
    }
    let pruned = store.prune(at(days(40)), KEEP).await.unwrap();
    assert_eq!(pruned, Pruned::default(), "nobody has read them yet");

    store
        .advance(Consumer::Landing, source.id, Sequence::new(3))
        .await
        .unwrap();
    let pruned = store.prune(at(days(40)), KEEP).await.unwrap();
    assert_eq!(pruned.entries, 2);
    assert_eq!(sound_ids(store, source.id).await, ["3"]);
    assert_eq!(
        store.prune(at(days(40)), KEEP).await.unwrap(),
        Pruned::default(),
        "the second time does nothing"
    );
}

pub(crate) async fn a_slow_consumer_keeps_entries(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.register_consumer(Consumer::Detection, source.id).await.unwrap();
    for id in ["1", "2", "3"] {
        store.append(source.id, page(&lease, &[id], "x", 0)).await.unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(3))
        .await
        .unwrap();
    store
        .advance(Consumer::Detection, source.id, Sequence::new(1))
        .await
        .unwrap();
    assert_eq!(store.prune(at(days(40)), KEEP).await.unwrap().entries, 1);
    assert_eq!(sound_ids(store, source.id).await, ["2", "3"]);
}

pub(crate) async fn young_entries_stay(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    store
        .advance(Consumer::Landing, source.id, Sequence::new(1))
        .await
        .unwrap();
    assert_eq!(store.prune(at(days(30)), KEEP).await.unwrap().entries, 0);
    assert_eq!(store.prune(at(days(30) + 1), KEEP).await.unwrap().entries, 1);
    assert_eq!(store.head(source.id).await.unwrap(), Sequence::new(1), "the head stays");

    let result = store
        .append(source.id, page(&lease, &["2"], "x", days(31)))
        .await
        .unwrap();
    assert_eq!(result, appended(2, &[0], 0), "sequences go on");
}

pub(crate) async fn only_a_prefix_goes_though_the_clock_jumped(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for (id, day) in [("1", 0), ("2", 30), ("3", 1)] {
        store
            .append(source.id, page(&lease, &[id], "x", days(day)))
            .await
            .unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(3))
        .await
        .unwrap();
    assert_eq!(store.prune(at(days(40)), KEEP).await.unwrap().entries, 1);
    assert_eq!(sound_ids(store, source.id).await, ["2", "3"]);
}

pub(crate) async fn many_entries_go_in_chunks(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for number in 0..230 {
        store
            .append(source.id, page(&lease, &[&number.to_string()], "x", 0))
            .await
            .unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(230))
        .await
        .unwrap();
    assert_eq!(store.prune(at(days(40)), KEEP).await.unwrap().entries, 230);
    assert!(sound_ids(store, source.id).await.is_empty());
}

pub(crate) async fn ids_outlive_their_entries_until_the_horizon(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    store
        .append(source.id, page(&lease, &["2"], "x", days(50)))
        .await
        .unwrap();
    store
        .advance(Consumer::Landing, source.id, Sequence::new(2))
        .await
        .unwrap();

    let horizon = i64::try_from(DEDUP_HORIZON.as_secs()).unwrap();
    let pruned = store.prune(at(horizon), KEEP).await.unwrap();
    assert_eq!((pruned.entries, pruned.record_ids), (2, 0));
    let known = store
        .append(source.id, page(&lease, &["1", "2"], "x", horizon))
        .await
        .unwrap();
    assert_eq!(known, appended(0, &[], 2), "both are remembered still");

    let pruned = store.prune(at(horizon + days(1)), KEEP).await.unwrap();
    assert_eq!((pruned.entries, pruned.record_ids), (0, 1));
    let known = store
        .append(source.id, page(&lease, &["1", "2"], "x", horizon + days(1)))
        .await
        .unwrap();
    assert_eq!(known, appended(3, &[0], 1), "the older one is forgotten");
}

pub(crate) async fn a_clock_that_is_months_ahead_forgets_nothing_that_may_come_back(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let mut proven = page(&lease, &["1"], "x", 0);
    proven.claim = Some(Claim {
        from: at(-10),
        to: at(0),
        evidence: Evidence::PageChain,
        at: at(0),
    });
    store.append(source.id, proven.clone()).await.unwrap();
    store
        .advance(Consumer::Landing, source.id, Sequence::new(1))
        .await
        .unwrap();
    let pruned = store.prune(at(days(400)), KEEP).await.unwrap();
    assert_eq!((pruned.entries, pruned.record_ids), (0, 0));
    assert_eq!(store.append(source.id, proven).await.unwrap(), appended(0, &[], 1));

    let mut later = page(&lease, &[], "x", days(399));
    later.claim = Some(Claim {
        from: at(0),
        to: at(days(399)),
        evidence: Evidence::PageChain,
        at: at(days(399)),
    });
    store.append(source.id, later).await.unwrap();
    let pruned = store.prune(at(days(400)), KEEP).await.unwrap();
    assert_eq!(
        (pruned.entries, pruned.record_ids),
        (1, 1),
        "once the vendor shows that time"
    );
}

pub(crate) async fn many_ids_go_in_chunks(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let ids: Vec<String> = (0..9_000).map(|number| format!("{number:04}")).collect();
    let (old, young): (Vec<&str>, Vec<&str>) = ids.iter().map(String::as_str).partition(|id| !id.ends_with('7'));
    store.append(source.id, page(&lease, &old, "x", 0)).await.unwrap();
    store
        .append(source.id, page(&lease, &young, "x", days(50)))
        .await
        .unwrap();

    let pruned = store.prune(at(days(120)), KEEP).await.unwrap();
    assert_eq!(pruned.record_ids, old.len() as u64);
    let result = store
        .append(source.id, page(&lease, &young, "x", days(120)))
        .await
        .unwrap();
    assert_eq!(result.records_known, young.len());
    let result = store
        .append(source.id, page(&lease, &old, "x", days(120)))
        .await
        .unwrap();
    assert_eq!(result.records_new(), old.len());
}

pub(crate) async fn reading_passes_over_what_was_removed(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for (id, day) in [("1", 0), ("2", 0), ("3", 30)] {
        store
            .append(source.id, page(&lease, &[id], "x", days(day)))
            .await
            .unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(3))
        .await
        .unwrap();
    store.prune(at(days(40)), KEEP).await.unwrap();

    let entries = all_entries(store, source.id).await;
    assert_eq!(
        entries.iter().map(|entry| entry.sequence.get()).collect::<Vec<_>>(),
        [3]
    );
    store.register_consumer(Consumer::Detection, source.id).await.unwrap();
    assert_eq!(
        store.position(Consumer::Detection, source.id).await.unwrap(),
        Sequence::new(2)
    );
}
