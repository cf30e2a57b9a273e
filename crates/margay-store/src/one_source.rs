//! A store with one source and its lease, for tests from inside.

use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::{LeaseToken, MasterKey, NewSource, Store};

/// The store, open as long as this lives.
pub(crate) struct OneSource {
    pub(crate) store: Store,
    pub(crate) source_id: SourceId,
    pub(crate) fence: LeaseToken,
    _directory: tempfile::TempDir,
}

impl OneSource {
    /// Makes it, with a lease of a minute, at `now`.
    pub(crate) async fn new(now: Timestamp) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = MasterKey::load_or_create(&directory.path().join("master.key"), None).unwrap();
        let store = Store::open(&directory.path().join("margay.db"), key).await.unwrap();
        let new = NewSource {
            label: "a".to_owned(),
            connector: "asana".to_owned(),
            log_type: "Asana.Audit".parse().unwrap(),
            settings: "{}".to_owned(),
            credentials: "secret".into(),
            checkpoint: "start".to_owned(),
            since: None,
            backfill: None,
            poll_interval: None,
            now,
        };
        let source = store.create_source(new).await.unwrap();
        let lease = store
            .acquire_lease(source.id, "test", now, Duration::from_mins(1))
            .await
            .unwrap();
        Self {
            store,
            source_id: source.id,
            fence: lease.token,
            _directory: directory,
        }
    }
}
