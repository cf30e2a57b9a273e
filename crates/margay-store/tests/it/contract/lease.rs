use margay_store::{AppendError, LeaseError, Remedy, Store};

use crate::world::{TTL, at, new_source, page};

pub(crate) async fn only_one_holder_at_a_time(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    store.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();

    let error = store.acquire_lease(source.id, "two", at(59), TTL).await.unwrap_err();
    assert!(matches!(&error, LeaseError::Held { holder, expires_at, .. } if holder == "one" && *expires_at == at(60)));
    assert_eq!(error.remedy(), Remedy::Retry);
    store.acquire_lease(source.id, "two", at(60), TTL).await.unwrap();
}

pub(crate) async fn every_acquisition_raises_the_token(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    let first = store.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();
    let second = store.acquire_lease(source.id, "two", at(60), TTL).await.unwrap();
    store.release_lease(&second).await.unwrap();
    let third = store.acquire_lease(source.id, "one", at(61), TTL).await.unwrap();
    assert!(first.token < second.token && second.token < third.token);
}

pub(crate) async fn a_holder_takes_over_from_itself(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    let first = store.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();
    let second = store.acquire_lease(source.id, "one", at(1), TTL).await.unwrap();
    assert!(first.token < second.token);
    assert!(matches!(
        store.renew_lease(&first, at(2), TTL).await,
        Err(LeaseError::Lost { .. })
    ));
}

pub(crate) async fn a_lease_that_ended_can_be_renewed_until_somebody_takes_it(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    let lease = store.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();
    let renewed = store.renew_lease(&lease, at(100), TTL).await.unwrap();
    assert_eq!((renewed.token, renewed.expires_at), (lease.token, at(160)));

    store.acquire_lease(source.id, "two", at(160), TTL).await.unwrap();
    let error = store.renew_lease(&renewed, at(161), TTL).await.unwrap_err();
    assert!(matches!(error, LeaseError::Lost { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::StandDown);
}

pub(crate) async fn a_released_lease_is_free_and_void(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    let lease = store.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();
    store.release_lease(&lease).await.unwrap();
    assert!(matches!(
        store.renew_lease(&lease, at(1), TTL).await,
        Err(LeaseError::Lost { .. })
    ));
    assert!(matches!(
        store.release_lease(&lease).await,
        Err(LeaseError::Lost { .. })
    ));
    store.acquire_lease(source.id, "two", at(1), TTL).await.unwrap();
}

pub(crate) async fn a_clock_that_was_set_back_locks_nobody_out(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    store
        .acquire_lease(source.id, "one", at(10_000_000), TTL)
        .await
        .unwrap();
    store.acquire_lease(source.id, "two", at(0), TTL).await.unwrap();
}

pub(crate) async fn void_leases_are_free_and_their_tokens_write_nothing(store: &Store) {
    let source = store.create_source(new_source("a")).await.unwrap();
    store.create_source(new_source("free")).await.unwrap();
    let dead = store.acquire_lease(source.id, "dead", at(0), TTL).await.unwrap();
    assert_eq!(store.void_leases().await.unwrap(), 1);
    assert_eq!(store.void_leases().await.unwrap(), 0);

    let error = store.append(source.id, page(&dead, &["1"], "x", 1)).await.unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    assert!(matches!(
        store.renew_lease(&dead, at(1), TTL).await,
        Err(LeaseError::Lost { .. })
    ));
    let next = store.acquire_lease(source.id, "next", at(1), TTL).await.unwrap();
    assert!(dead.token < next.token);
}
