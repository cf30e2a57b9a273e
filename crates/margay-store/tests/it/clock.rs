//! A clock that jumps by hours: nothing that is kept depends on its going forward.

use margay_store::{AppendError, Claim, Coverage, Evidence, LeaseError};

use crate::world::{Database, TTL, all_entries, at, leased, page, sound_ids};

const HOUR: i64 = 60 * 60;

/// t0, five hours ahead, three hours back.
const JUMPS: [i64; 4] = [0, 5 * HOUR, -3 * HOUR, 1];

#[tokio::test]
async fn sequences_ids_and_the_checkpoint_follow_the_pages_not_the_clock() {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    for (number, jump) in JUMPS.into_iter().enumerate() {
        let ids = [number.to_string(), (number + 1).to_string()];
        let appended = store
            .append(source.id, page(&lease, &[&ids[0], &ids[1]], &ids[0], jump))
            .await
            .unwrap();
        assert_eq!(appended.records_new(), if number == 0 { 2 } else { 1 }, "{jump}");
        assert_eq!(store.checkpoint(source.id).await.unwrap(), ids[0]);
        store.prune(at(jump), TTL).await.unwrap();
    }
    assert_eq!(sound_ids(store, source.id).await, ["0", "1", "2", "3", "4"]);
    let times: Vec<_> = all_entries(store, source.id)
        .await
        .iter()
        .map(|entry| entry.journalled_at)
        .collect();
    assert_eq!(times, JUMPS.map(at), "each entry says what the clock said");
    assert!(store.examine(at(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_ledger_keeps_the_first_and_the_last_look_whatever_their_order() {
    let database = Database::new().await;
    let store = &database.store;
    let (source, lease) = leased(store, "a").await;
    for (index, jump) in (0..).zip(JUMPS) {
        let mut page = page(&lease, &[], "x", jump);
        page.claim = Some(Claim {
            from: at(-100 + 10 * index),
            to: at(-90 + 10 * index),
            evidence: Evidence::PageChain,
            at: at(jump),
        });
        store.append(source.id, page).await.unwrap();
    }
    let expected = Coverage {
        from: at(-100),
        to: at(-60),
        evidence: Evidence::PageChain,
        first_at: at(-3 * HOUR),
        last_at: at(5 * HOUR),
    };
    assert_eq!(store.ledger(source.id).await.unwrap().coverage, [expected]);
}

#[tokio::test]
async fn a_lease_is_taken_over_after_a_jump_and_the_old_token_is_void() {
    for jump in [5 * HOUR, -5 * HOUR] {
        let database = Database::new().await;
        let store = &database.store;
        let (source, old) = leased(store, "a").await;
        store.append(source.id, page(&old, &["1"], "old", 0)).await.unwrap();
        // Its holder still writes as long as nobody took it, whatever the clock says.
        store.append(source.id, page(&old, &["2"], "old", jump)).await.unwrap();

        let new = store.acquire_lease(source.id, "another", at(jump), TTL).await;
        let new = match new {
            // Set back, the lease ends later than any could: whoever made it had another clock.
            Ok(lease) => lease,
            Err(error) => panic!("{jump}: {error}"),
        };
        let error = store
            .append(source.id, page(&old, &["3"], "old", jump))
            .await
            .unwrap_err();
        assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
        let error = store.renew_lease(&old, at(0), TTL).await.unwrap_err();
        assert!(matches!(error, LeaseError::Lost { .. }), "{error:?}");
        store.append(source.id, page(&new, &["3"], "new", jump)).await.unwrap();
        assert_eq!(sound_ids(store, source.id).await, ["1", "2", "3"]);
    }
}

/// Within an hour, a lease that seems to end later is believed: it is not worth a second poller.
#[tokio::test]
async fn a_small_step_back_takes_no_lease_away() {
    let database = Database::new().await;
    let (source, _lease) = leased(&database.store, "a").await;
    let error = database
        .store
        .acquire_lease(source.id, "another", at(-HOUR / 2), TTL)
        .await
        .unwrap_err();
    assert!(matches!(error, LeaseError::Held { .. }), "{error:?}");
}
