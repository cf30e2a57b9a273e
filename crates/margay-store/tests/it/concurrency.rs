//! More than one store on one file, and more than one task on one store.

use margay_store::{AppendError, Consumer, FaultKind, LeaseError, MasterKey, Sequence, Store};

use crate::world::{Database, TTL, at, file_in, key_in, leased, new_source, open, page, sound_ids};

#[tokio::test]
async fn the_stale_holder_of_another_store_is_refused() {
    let database = Database::new().await;
    let one = &database.store;
    let two = open(database.directory.path()).await;
    let source = one.create_source(new_source("a")).await.unwrap();
    let first = one.acquire_lease(source.id, "one", at(0), TTL).await.unwrap();
    one.append(source.id, page(&first, &["1"], "one", 1)).await.unwrap();
    assert!(matches!(
        two.acquire_lease(source.id, "two", at(1), TTL).await,
        Err(LeaseError::Held { .. })
    ));

    let second = two.acquire_lease(source.id, "two", at(60), TTL).await.unwrap();
    let error = one
        .append(source.id, page(&first, &["2"], "stale", 61))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    two.append(source.id, page(&second, &["2", "3"], "two", 61))
        .await
        .unwrap();

    assert_eq!(sound_ids(one, source.id).await, ["1", "2", "3"]);
    assert_eq!(one.checkpoint(source.id).await.unwrap(), "two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_append_to_their_sources_at_the_same_time() {
    const PAGES: usize = 30;
    let database = Database::new().await;
    let stores = [database.store.clone(), open(database.directory.path()).await];
    let tasks = stores.into_iter().enumerate().map(|(index, store)| {
        tokio::spawn(async move {
            let (source, lease) = leased(&store, &index.to_string()).await;
            for number in 0..PAGES {
                store
                    .append(source.id, page(&lease, &[&number.to_string()], "x", 0))
                    .await
                    .unwrap();
            }
            source.id
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        let source = task.await.unwrap();
        assert_eq!(sound_ids(&database.store, source).await.len(), PAGES);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_share_a_lease_take_turns() {
    const TASKS: usize = 20;
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|number| {
            let (store, lease) = (database.store.clone(), lease.clone());
            // Neighbours share an id.
            let ids = [number.to_string(), (number + 1).to_string()];
            tokio::spawn(async move { store.append(source.id, page(&lease, &[&ids[0], &ids[1]], "x", 0)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(sound_ids(&database.store, source.id).await.len(), TASKS + 1);
}

#[tokio::test]
async fn a_reader_sees_what_the_server_commits_and_writes_nothing() {
    let database = Database::new().await;
    let reader = Store::open_read_only(&database.file(), None).await.unwrap();
    let (source, lease) = leased(&database.store, "a").await;
    database
        .store
        .append(source.id, page(&lease, &["1"], "x", 0))
        .await
        .unwrap();
    assert_eq!(sound_ids(&reader, source.id).await, ["1"]);
    assert_eq!(reader.source_by_label("a").await.unwrap().unwrap().id, source.id);

    let error = reader
        .append(source.id, page(&lease, &["2"], "y", 0))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, AppendError::Storage(fault) if fault.kind() == FaultKind::ReadOnly),
        "{error:?}"
    );
    assert!(reader.create_source(new_source("b")).await.is_err());
    assert!(reader.prune(at(0), TTL).await.is_err());
}

/// Stages run as tasks, so every future must be able to move between threads.
#[tokio::test]
async fn every_future_can_be_spawned() {
    fn spawnable<T>(_: impl Future<Output = T> + Send) {}
    let Database { directory, store } = Database::new().await;
    let (source, lease) = leased(&store, "a").await;
    spawnable(Store::open(directory.path(), key_in(directory.path())));
    spawnable(store.append(source.id, page(&lease, &[], "x", 0)));
    spawnable(store.entries(source.id, Sequence::ZERO, 1));
    spawnable(store.create_source(new_source("b")));
    spawnable(store.replace_credentials(source.id, "x".into(), at(0)));
    spawnable(store.delete_source(source.id, at(0)));
    spawnable(store.prune(at(0), TTL));
    spawnable(store.backlog(Consumer::Landing));
    spawnable(store.claim(source.id, lease.token, &[]));
    spawnable(store.ledger(source.id));
    spawnable(store.backfills(source.id));
    spawnable(store.waiting_windows(source.id, 1));
    spawnable(store.history(source.id, 1));
    spawnable(store.examine(at(0)));
    spawnable(store.backup(directory.path()));
    spawnable(store.close());
}

#[tokio::test]
async fn a_reader_also_works_while_no_server_runs() {
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    database
        .store
        .append(source.id, page(&lease, &["1"], "x", 0))
        .await
        .unwrap();
    database.store.close().await;

    let key: MasterKey = key_in(database.directory.path());
    let reader = Store::open_read_only(&file_in(database.directory.path()), Some(key))
        .await
        .unwrap();
    assert_eq!(sound_ids(&reader, source.id).await, ["1"]);
    reader.credentials(source.id).await.unwrap();
}
