//! What the tests stand on: a database in a directory of its own, a fixed clock, pages.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_schema::SourceId;
use margay_store::{
    Appended, AuditRecord, Entry, Lease, MASTER_KEY_FILE_NAME, MasterKey, NewEntry, NewRecord, NewSource, Progress,
    Sequence, Source, Store,
};
use tempfile::TempDir;

pub(crate) const HOLDER: &str = "the test";
pub(crate) const TTL: Duration = Duration::from_mins(1);
pub(crate) const SECRET: &str = "1/1209876543210987:7f3c-the-access-token";

/// A database in a directory of its own, which goes with it.
pub(crate) struct Database {
    pub(crate) directory: TempDir,
    pub(crate) store: Store,
}

impl Database {
    pub(crate) async fn new() -> Database {
        let directory = tempfile::tempdir().unwrap();
        let store = open(directory.path()).await;
        Database { directory, store }
    }

    pub(crate) fn file(&self) -> PathBuf {
        file_in(self.directory.path())
    }
}

pub(crate) fn file_in(directory: &Path) -> PathBuf {
    directory.join(margay_store::DATABASE_FILE_NAME)
}

pub(crate) fn key_in(directory: &Path) -> MasterKey {
    MasterKey::load_or_create(&directory.join(MASTER_KEY_FILE_NAME), None).unwrap()
}

pub(crate) async fn open(directory: &Path) -> Store {
    Store::open(&file_in(directory), key_in(directory)).await.unwrap()
}

/// Some seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-01-02T03:04:05Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub(crate) fn days(count: i64) -> i64 {
    count * 24 * 60 * 60
}

pub(crate) fn new_source(label: &str) -> NewSource {
    NewSource {
        label: label.to_owned(),
        connector: "asana".to_owned(),
        log_type: "Asana.Audit".parse().unwrap(),
        settings: r#"{"organization_id":"1"}"#.to_owned(),
        credentials: SECRET.into(),
        checkpoint: "start".to_owned(),
        since: None,
        backfill: None,
        poll_interval: None,
        now: at(0),
    }
}

/// A source and its lease.
pub(crate) async fn leased(store: &Store, label: &str) -> (Source, Lease) {
    let source = store.create_source(new_source(label)).await.unwrap();
    let lease = store.acquire_lease(source.id, HOLDER, at(0), TTL).await.unwrap();
    (source, lease)
}

pub(crate) fn body_of(id: &str) -> String {
    format!(r#"{{"gid":"{id}","event_type":"user_login_succeeded"}}"#)
}

/// A page with these ids, after which the checkpoint is `checkpoint`.
pub(crate) fn page(lease: &Lease, ids: &[&str], checkpoint: &str, seconds: i64) -> NewEntry {
    NewEntry {
        log_type: "Asana.Audit".parse().unwrap(),
        records: ids
            .iter()
            .map(|id| NewRecord {
                id: (*id).to_owned(),
                body: body_of(id),
            })
            .collect(),
        progress: Progress::Tail {
            checkpoint: checkpoint.to_owned(),
        },
        claim: None,
        fence: lease.token,
        newest_event_time: None,
        now: at(seconds),
    }
}

pub(crate) fn appended(sequence: u64, new: &[usize], records_known: usize) -> Appended {
    let sequence = (sequence > 0).then(|| Sequence::new(sequence));
    Appended {
        sequence,
        new: new.to_vec(),
        records_known,
    }
}

/// Every entry of a source, read in small bites.
pub(crate) async fn all_entries(store: &Store, source: SourceId) -> Vec<Entry> {
    const BITE: usize = 300;
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(Sequence::ZERO, |entry| entry.sequence);
        let more = store.entries(source, after, BITE).await.unwrap();
        if more.is_empty() {
            return entries;
        }
        entries.extend(more);
    }
}

pub(crate) fn ids_of(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .flat_map(|entry| &entry.records)
        .map(|record| &*record.id)
        .collect()
}

/// Reads a source's whole journal, checks what must hold in it at any time, and returns its ids in order.
pub(crate) async fn sound_ids(store: &Store, source: SourceId) -> Vec<String> {
    let entries = all_entries(store, source).await;
    let status = store.journal_status(source).await.unwrap();

    let mut expected = status.pruned_through;
    for entry in &entries {
        expected = expected.next();
        assert_eq!(entry.sequence, expected, "sequences have no gaps");
        assert!(!entry.records.is_empty(), "no entry is empty");
    }
    assert_eq!(status.head, expected, "the head is the last entry");

    let ids: Vec<String> = ids_of(&entries).into_iter().map(str::to_owned).collect();
    let distinct: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "no id stands in the journal twice");
    if status.pruned_through == Sequence::ZERO {
        assert_eq!(status.records_total, ids.len() as u64, "the total counts every record");
    }
    ids
}

/// Some audit.
pub(crate) fn new_audit() -> AuditRecord {
    AuditRecord {
        started_at: at(10),
        finished_at: at(20),
        from: at(-1_000),
        to: at(0),
        sample_permille: 50,
        seed: 7,
        windows: 3,
        windows_total: 60,
        requests: 7,
        events_checked: 600,
        missing: 1,
        extra: 2,
        different: 4,
        repaired: 5,
        outcome: "1 event was missing".to_owned(),
        details: r#"{"missing":["1"]}"#.to_owned(),
    }
}
