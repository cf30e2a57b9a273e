//! How many commits of the database a poll costs: each is flushed to the disk, for each source, every minute.

use std::path::Path;

use margay_runtime::step::CrashPlan;
use margay_store::DATABASE_FILE_NAME;
use tempfile::TempDir;

use crate::world::{Vendor, live, open, pull_all};

/// The lease taken and given back, the page, the end of the round.
const IDLE_POLL_COMMITS_MAX: usize = 4;

/// The commits that are in the write-ahead log: its frames that name the size of the database (`SQLite`'s file format, section 4.1).
fn commits(folder: &Path) -> usize {
    let log = std::fs::read(folder.join(format!("{DATABASE_FILE_NAME}-wal"))).unwrap();
    let (header, frames) = log.split_at(32);
    let page_bytes = u32::from_be_bytes(header[8..12].try_into().unwrap());
    let frames = frames.chunks_exact(24 + usize::try_from(page_bytes).unwrap());
    // Those that an earlier round of the log left have another salt.
    let frames = frames.filter(|frame| frame[8..16] == header[16..24]);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[test]
fn a_poll_that_brings_nothing_makes_few_commits() {
    let (vendor, folder) = (Vendor::of(5), TempDir::new().unwrap());
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        pull_all(&line).await;
        let before = commits(folder.path());
        pull_all(&line).await;
        let made = commits(folder.path()) - before;
        assert!(made <= IDLE_POLL_COMMITS_MAX, "{made} commits");
    });
}
