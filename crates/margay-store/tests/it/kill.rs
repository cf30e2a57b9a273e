//! A process that is killed while it appends leaves a sound journal behind, and the next one goes on from it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use margay_store::Store;
use tokio::process::Command;

use crate::world::{HOLDER, TTL, at, new_source, open, page, sound_ids};

/// Tells the test program that it is to be the child, and where.
const DIRECTORY_VARIABLE: &str = "MARGAY_STORE_TEST_KILL_DIRECTORY";
const ACKNOWLEDGED: &str = "acknowledged";
const KILLS: usize = 8;

/// Each page has ten ids, three of which stood on the page before.
const IDS_PER_PAGE: usize = 10;
const STEP: usize = 7;

#[tokio::test]
async fn a_killed_process_leaves_a_sound_journal() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let source = store.create_source(new_source("a")).await.unwrap();
    store.close().await;

    for kill in 0..KILLS {
        let before = acknowledged(directory.path());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child_that_appends_until_it_is_killed", "--nocapture"])
            .env(DIRECTORY_VARIABLE, directory.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        while acknowledged(directory.path()) < before + 3 + kill {
            assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().await.unwrap();

        let store = open(directory.path()).await;
        let pages = pages_done(&store, source.id).await;
        assert!(
            pages >= acknowledged(directory.path()),
            "nothing that was acknowledged is lost"
        );
        let expected: Vec<String> = (0..(pages - 1) * STEP + IDS_PER_PAGE)
            .map(|number| number.to_string())
            .collect();
        assert_eq!(sound_ids(&store, source.id).await, expected, "after kill {kill}");
        store.close().await;
    }
}

/// Does nothing unless the test above runs it in a process of its own.
#[tokio::test]
async fn child_that_appends_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY_VARIABLE) else {
        return;
    };
    let directory = Path::new(&directory);
    let store = open(directory).await;
    let source = store.source_by_label("a").await.unwrap().unwrap();
    let lease = store.acquire_lease(source.id, HOLDER, at(0), TTL).await.unwrap();
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(directory.join(ACKNOWLEDGED))
        .unwrap();
    loop {
        let number = pages_done(&store, source.id).await;
        let ids: Vec<String> = (number * STEP..number * STEP + IDS_PER_PAGE)
            .map(|id| id.to_string())
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        store
            .append(source.id, page(&lease, &ids, &(number + 1).to_string(), 0))
            .await
            .unwrap();
        log.write_all(b"\n").unwrap();
    }
}

/// The checkpoint is the number of pages.
async fn pages_done(store: &Store, source: margay_schema::SourceId) -> usize {
    let checkpoint = store.checkpoint(source).await.unwrap();
    if checkpoint == "start" {
        0
    } else {
        checkpoint.parse().unwrap()
    }
}

fn acknowledged(directory: &Path) -> usize {
    fs::read(directory.join(ACKNOWLEDGED)).map_or(0, |lines| lines.len())
}
