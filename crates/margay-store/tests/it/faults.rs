//! What becomes of a store while the disk fills up or its files are taken away: it says so, loses nothing, and goes on once
//! the cause is gone. `SQLite` on Linux only: small and read-only disks are mounted in a namespace of a child's own, and
//! vanish with it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use margay_store::{
    AppendError, EntriesError, FaultKind, Lease, NewRecord, OpenError, Remedy, Sequence, Source, StorageFault, Store,
};

use crate::world::{Database, file_in, key_in, leased, open, page, sound_ids};

/// Tells the test program that it is to be the child, and where its disk is.
const DISK_VARIABLE: &str = "MARGAY_STORE_TEST_DISK";
/// What the child writes once it has seen everything; beside its disk, where the parent can read it.
const SEEN: &str = "seen";
const DISK: &str = "disk";

fn fault_of(error: AppendError) -> StorageFault {
    match error {
        AppendError::Storage(fault) => fault,
        error => panic!("{error:?}"),
    }
}

/// Runs one of the tests below in a child that has a disk of its own. Where the system gives no namespaces, says so and
/// does nothing: `journal/tests.rs` fills a file that may not grow everywhere.
fn with_own_disk(test: &str, mount: &str) {
    let directory = tempfile::tempdir().unwrap();
    let disk = directory.path().join(DISK);
    fs::create_dir(&disk).unwrap();
    let unshare = ["--user", "--map-root-user", "--mount"];
    let can_mount = Command::new("unshare")
        .args(unshare)
        .args(["sh", "-c", "mount -t tmpfs tmpfs \"$0\""])
        .arg(&disk)
        .output()
        .is_ok_and(|output| output.status.success());
    if !can_mount {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "no disks can be mounted here: nothing was tested").unwrap();
        return;
    }
    let child = Command::new("unshare")
        .args(unshare)
        .args([
            "sh",
            "-c",
            &format!("{mount} && exec \"$1\" --exact \"$2\" --nocapture"),
        ])
        .arg(&disk)
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(DISK_VARIABLE, &disk)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{told}");
    assert!(directory.path().join(SEEN).exists(), "the child did its part: {told}");
}

/// Returns the child's disk; none in the parent.
fn own_disk() -> Option<PathBuf> {
    std::env::var_os(DISK_VARIABLE).map(PathBuf::from)
}

fn seen(disk: &Path) {
    fs::write(disk.with_file_name(SEEN), "").unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_work_goes_on_once_there_is_space() {
    with_own_disk(
        "faults::child_on_a_small_disk",
        "mount -t tmpfs -o size=8m tmpfs \"$0\"",
    );
}

/// Does nothing unless the test above runs it in a process of its own.
#[tokio::test]
async fn child_on_a_small_disk() {
    let Some(disk) = own_disk() else { return };
    let ballast = disk.join("ballast");
    fs::write(&ballast, vec![1; 1024 * 1024]).unwrap();
    let store = open(&disk).await;
    let (source, lease) = leased(&store, "a").await;

    let mut expected = Vec::new();
    let fault = loop {
        let id = expected.len().to_string();
        match store.append(source.id, long_page(&lease, &id)).await {
            Ok(_) => expected.push(id),
            Err(error) => break fault_of(error),
        }
    };
    assert_eq!(fault.kind(), FaultKind::DiskFull, "{fault:?}");
    assert_eq!(fault.remedy(), Remedy::AskOperator);
    assert!(fault.to_string().contains("free some space"), "{fault}");
    assert!(expected.len() > 3, "{expected:?}");
    // What was acknowledged is there, and reading goes on.
    assert_eq!(sound_ids(&store, source.id).await, expected);
    assert_eq!(
        store.checkpoint(source.id).await.unwrap(),
        expected[expected.len() - 1],
        "the checkpoint stays with the records"
    );

    fs::remove_file(&ballast).unwrap();
    let id = expected.len().to_string();
    store.append(source.id, long_page(&lease, &id)).await.unwrap();
    expected.push(id);
    assert_eq!(sound_ids(&store, source.id).await, expected);
    assert_eq!(store.examine(Timestamp::UNIX_EPOCH).await.unwrap(), []);
    store.close().await;
    let store = open(&disk).await;
    assert_eq!(sound_ids(&store, source.id).await, expected);
    seen(&disk);
}

#[test]
fn a_read_only_disk_is_named() {
    with_own_disk("faults::child_on_a_read_only_disk", "mount -t tmpfs tmpfs \"$0\"");
}

/// Does nothing unless the test above runs it in a process of its own.
#[tokio::test]
async fn child_on_a_read_only_disk() {
    let Some(disk) = own_disk() else { return };
    let store = open(&disk).await;
    let (source, lease) = leased(&store, "a").await;
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    store.close().await;
    let remount = |how: &str| {
        let status = Command::new("mount").args(["-o", how]).arg(&disk).status().unwrap();
        assert!(status.success(), "{how}");
    };

    remount("remount,ro");
    let error = Store::open(&file_in(&disk), key_in(&disk)).await.unwrap_err();
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().contains("mounted read-only"), "{error}");
    assert_eq!(error.remedy(), Remedy::AskOperator);

    remount("remount,rw");
    let store = open(&disk).await;
    store.append(source.id, page(&lease, &["2"], "y", 0)).await.unwrap();
    assert_eq!(sound_ids(&store, source.id).await, ["1", "2"]);
    seen(&disk);
}

/// A page that compression cannot shrink, of 100 KB.
fn long_page(lease: &Lease, id: &str) -> margay_store::NewEntry {
    let mut random: u64 = id.parse::<u64>().unwrap() + 1;
    let mut body = String::with_capacity(100_000);
    while body.len() < 100_000 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        body.push(char::from(b' ' + u8::try_from((random >> 40) % 64).unwrap()));
    }
    let mut long = page(lease, &[], id, 0);
    long.records.push(NewRecord {
        id: id.to_owned(),
        body,
    });
    long
}

/// A store with two records, and what it is called.
async fn small() -> (Database, Source, Lease) {
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    database
        .store
        .append(source.id, page(&lease, &["1", "2"], "x", 0))
        .await
        .unwrap();
    (database, source, lease)
}

async fn refused_as_gone(database: &Database, source: &Source, lease: &Lease, name: &str) {
    let error = database
        .store
        .append(source.id, page(lease, &["3"], "y", 0))
        .await
        .unwrap_err();
    let fault = fault_of(error);
    assert_eq!(fault.kind(), FaultKind::Gone, "{fault:?}");
    assert_eq!(fault.remedy(), Remedy::AskOperator);
    let text = fault.to_string();
    assert!(text.contains(name) && text.contains("put it back"), "{text}");
}

#[tokio::test]
async fn a_database_that_was_moved_away_goes_on_once_it_is_back() {
    let (database, source, lease) = small().await;
    let away = database.directory.path().join("away.db");
    fs::rename(database.file(), &away).unwrap();
    refused_as_gone(&database, &source, &lease, "margay.db was deleted or replaced").await;
    // Another file of that name is not the database.
    fs::write(database.file(), "a letter").unwrap();
    refused_as_gone(&database, &source, &lease, "margay.db was deleted or replaced").await;

    fs::rename(&away, database.file()).unwrap();
    database
        .store
        .append(source.id, page(&lease, &["3"], "y", 0))
        .await
        .unwrap();
    assert_eq!(sound_ids(&database.store, source.id).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_deleted_database_can_be_rescued_from_the_store_that_has_it_open() {
    let (database, source, lease) = small().await;
    fs::remove_file(database.file()).unwrap();
    refused_as_gone(&database, &source, &lease, "margay.db").await;

    let rescued = database.directory.path().join("rescued.db");
    database.store.backup(&rescued).await.unwrap();
    database.store.close().await;
    // SQLite leaves the log of a database that is gone where it is. It does not belong to the copy.
    for suffix in ["-wal", "-shm"] {
        fs::remove_file(database.directory.path().join(format!("margay.db{suffix}"))).unwrap();
    }
    fs::rename(&rescued, database.file()).unwrap();
    let store = open(database.directory.path()).await;
    store.append(source.id, page(&lease, &["3"], "y", 0)).await.unwrap();
    assert_eq!(sound_ids(&store, source.id).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_deleted_companion_loses_nothing_once_the_store_is_closed() {
    for suffix in ["-wal", "-shm"] {
        let (database, source, lease) = small().await;
        let companion = database.directory.path().join(format!("margay.db{suffix}"));
        fs::remove_file(&companion).unwrap();
        refused_as_gone(&database, &source, &lease, &format!("margay.db{suffix}")).await;

        database.store.close().await;
        let store = open(database.directory.path()).await;
        assert_eq!(sound_ids(&store, source.id).await, ["1", "2"], "{suffix}");
        store.append(source.id, page(&lease, &["3"], "y", 0)).await.unwrap();
        assert_eq!(store.examine(Timestamp::UNIX_EPOCH).await.unwrap(), [], "{suffix}");
    }
}

/// Cut by another process: this one would lose its locks by opening the file.
#[tokio::test]
async fn a_database_that_is_cut_while_open_is_damaged_and_a_backup_takes_its_place() {
    let (database, source, lease) = small().await;
    for number in 0..20 {
        let page = long_page(&lease, &(100 + number).to_string());
        database.store.append(source.id, page).await.unwrap();
    }
    let backup = database.directory.path().join("backup.db");
    database.store.backup(&backup).await.unwrap();
    database.store.close().await;
    let store = open(database.directory.path()).await;
    let length = fs::metadata(database.file()).unwrap().len();
    let cut = Command::new("truncate")
        .arg("-s")
        .arg((length / 2).to_string())
        .arg(database.file())
        .status()
        .unwrap();
    assert!(cut.success());

    let error = store
        .entries(source.id, Sequence::new(10), usize::MAX)
        .await
        .unwrap_err();
    let EntriesError::Storage(fault) = error else {
        panic!("{error:?}")
    };
    assert_eq!(fault.kind(), FaultKind::Damaged, "{fault:?}");
    assert!(fault.to_string().contains("restore the last backup"), "{fault}");
    let findings = store.examine(Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding.kind == margay_store::FindingKind::FileDamaged),
        "{findings:?}"
    );
    store.close().await;

    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(database.directory.path().join(format!("margay.db{suffix}"))).ok();
    }
    fs::rename(&backup, database.file()).unwrap();
    let store = open(database.directory.path()).await;
    assert_eq!(sound_ids(&store, source.id).await.len(), 22);
    store
        .append(source.id, page(&lease, &["2", "3"], "y", 0))
        .await
        .unwrap();
    assert_eq!(sound_ids(&store, source.id).await.len(), 23);
}
