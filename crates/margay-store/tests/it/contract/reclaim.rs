use margay_store::{
    BackfillError, BackfillReason, Claim, Consumer, Evidence, JOURNAL_KEEP_DEFAULT, NewBackfill, Reclaim, ReclaimError,
    Reclaimed, Sequence, Source, Store,
};

use crate::world::{appended, at, days, leased, page, sound_ids};

/// A source whose records 1 and 2 have landed and are pruned, and whose records 3 and 4 are kept.
async fn pruned(store: &Store) -> (Source, margay_store::Lease) {
    let (source, lease) = leased(store, "a").await;
    for (ids, day) in [(["1", "2"], 0), (["3", "4"], 39)] {
        store
            .append(source.id, page(&lease, &ids, "x", days(day)))
            .await
            .unwrap();
    }
    let through = Sequence::new(2);
    store.advance(Consumer::Landing, source.id, through).await.unwrap();
    assert_eq!(
        store.prune(at(days(40)), JOURNAL_KEEP_DEFAULT).await.unwrap().entries,
        1
    );
    (source, lease)
}

fn asked(from: i64, to: i64) -> NewBackfill {
    NewBackfill {
        from: at(from),
        to: at(to),
        reason: BackfillReason::Hole,
        windows: vec![(at(from), at(to))],
        now: at(days(40)),
    }
}

fn reclaim(backfill: Option<NewBackfill>, kept_ids: &[&str]) -> Reclaim {
    Reclaim {
        backfill,
        lost_before: at(0),
        kept_ids: kept_ids.iter().map(|id| (*id).to_owned()).collect(),
        now: at(days(40)),
    }
}

pub(crate) async fn records_that_no_entry_keeps_are_taken_again_and_others_stay_known(store: &Store) {
    let (source, lease) = pruned(store).await;
    let other = leased(store, "b").await;
    store.append(other.0.id, page(&other.1, &["1"], "x", 0)).await.unwrap();

    let reclaimed = store.reclaim(source.id, reclaim(None, &["2"])).await.unwrap();
    assert_eq!(reclaimed.ids_forgotten, 1);
    let again = page(&lease, &["1", "2", "3", "4"], "x", days(40));
    assert_eq!(store.append(source.id, again).await.unwrap(), appended(3, &[0], 3));
    assert_eq!(sound_ids(store, source.id).await, ["3", "4", "1"]);
    let findings = store.examine(at(days(40))).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    let known = page(&other.1, &["1"], "x", 1);
    assert_eq!(store.append(other.0.id, known).await.unwrap(), appended(0, &[], 1));
}

pub(crate) async fn what_the_vendor_has_deleted_is_lost_and_the_rest_is_asked_for(store: &Store) {
    let (source, lease) = pruned(store).await;
    let proven = Claim {
        from: at(-500),
        to: at(900),
        evidence: Evidence::WindowRead,
        at: at(900),
    };
    store.claim(source.id, lease.token, &[proven]).await.unwrap();
    let reclaimed = store
        .reclaim(source.id, reclaim(Some(asked(0, 700)), &[]))
        .await
        .unwrap();
    let backfill = store.backfills(source.id).await.unwrap().remove(0);
    let expected = Reclaimed {
        ids_forgotten: 2,
        lost: Some((at(-500), at(0))),
        backfill: Some(backfill.id),
    };
    assert_eq!(reclaimed, expected);
    assert_eq!(store.waiting_windows(source.id, 10).await.unwrap().len(), 1);
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.lost(), [(at(-500), at(0))]);
    assert_eq!(ledger.uncovered(at(-500), at(900)), [(at(0), at(700))]);
}

pub(crate) async fn a_backfill_that_cannot_be_begun_forgets_nothing(store: &Store) {
    let (source, lease) = pruned(store).await;
    let mut gap = asked(0, 700);
    gap.windows = vec![(at(0), at(300))];
    let error = store.reclaim(source.id, reclaim(Some(gap), &[])).await.unwrap_err();
    assert!(
        matches!(error, ReclaimError::Backfill(BackfillError::Invalid(_))),
        "{error:?}"
    );
    let known = page(&lease, &["1"], "x", days(40));
    assert_eq!(store.append(source.id, known).await.unwrap(), appended(0, &[], 1));
}
