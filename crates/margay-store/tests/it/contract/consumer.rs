use margay_store::{AdvanceError, Backlog, Consumer, Sequence, Store};

use crate::world::{leased, page};

pub(crate) async fn a_new_source_is_read_from_its_beginning(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for consumer in Consumer::ALL {
        assert_eq!(store.position(consumer, source.id).await.unwrap(), Sequence::ZERO);
    }
}

pub(crate) async fn positions_move_forward_only(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for id in ["1", "2", "3"] {
        store.append(source.id, page(&lease, &[id], "x", 0)).await.unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(2))
        .await
        .unwrap();
    store
        .advance(Consumer::Landing, source.id, Sequence::new(2))
        .await
        .unwrap();
    let error = store
        .advance(Consumer::Landing, source.id, Sequence::new(1))
        .await
        .unwrap_err();
    assert!(matches!(error, AdvanceError::Backwards { .. }), "{error:?}");
    assert_eq!(
        store.position(Consumer::Landing, source.id).await.unwrap(),
        Sequence::new(2)
    );
}

pub(crate) async fn a_position_never_passes_the_head(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    let error = store
        .advance(Consumer::Detection, source.id, Sequence::new(2))
        .await
        .unwrap_err();
    assert!(
        matches!(error, AdvanceError::BeyondHead { head, .. } if head == Sequence::new(1)),
        "{error:?}"
    );
    assert_eq!(
        store.position(Consumer::Detection, source.id).await.unwrap(),
        Sequence::ZERO
    );
}

pub(crate) async fn consumers_do_not_know_each_other(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    store
        .advance(Consumer::Detection, source.id, Sequence::new(1))
        .await
        .unwrap();
    store.register_consumer(Consumer::Detection, source.id).await.unwrap();
    assert_eq!(
        store.position(Consumer::Detection, source.id).await.unwrap(),
        Sequence::new(1)
    );
    assert_eq!(
        store.position(Consumer::Landing, source.id).await.unwrap(),
        Sequence::ZERO
    );
}

pub(crate) async fn the_backlog_names_sources_with_something_to_read(store: &Store) {
    let (one, one_lease) = leased(store, "a").await;
    let (two, two_lease) = leased(store, "b").await;
    leased(store, "empty").await;
    for (source, lease) in [(&one, &one_lease), (&two, &two_lease)] {
        for id in ["1", "2"] {
            store.append(source.id, page(lease, &[id], "x", 0)).await.unwrap();
        }
    }
    store
        .advance(Consumer::Landing, one.id, Sequence::new(2))
        .await
        .unwrap();
    store
        .advance(Consumer::Landing, two.id, Sequence::new(1))
        .await
        .unwrap();

    let expected = Backlog {
        source_id: two.id,
        position: Sequence::new(1),
        head: Sequence::new(2),
    };
    assert_eq!(store.backlog(Consumer::Landing).await.unwrap(), [expected]);
    assert_eq!(store.backlog(Consumer::Detection).await.unwrap().len(), 2);
}
