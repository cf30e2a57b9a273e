//! What doctor finds and mends between journal, lake and ledger.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use margay_lake::{Batch, EventColumns};
use margay_runtime::doctor::{Finding, LakeFate, Patient, examine, repair};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, DataDir, Line, land, own_log};
use margay_store::{Acting, Evidence, Pause, Source, acting};
use tempfile::TempDir;

use crate::world::{Vendor, live, open, pull_all, texts};

fn patient(folder: &Path) -> Patient {
    Patient {
        data_dir: DataDir::new(folder),
        master_key: None,
        clock: Clock::system(),
        lake_fate: LakeFate::MayReturn,
    }
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code).collect()
}

async fn only_source(line: &Line) -> Source {
    line.store.sources().await.unwrap().remove(0)
}

async fn landed_ids(line: &Line) -> Vec<String> {
    texts(line, "select gid from asana_audit order by gid").await
}

#[test]
fn records_that_landed_and_have_no_row_land_again() {
    let (vendor, folder) = (Vendor::of(120), TempDir::new().unwrap());
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
    });
    // The lake is made anew, and says that it has what it has not.
    std::fs::remove_dir_all(folder.path().join("lake")).unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let source = only_source(&line).await;
        let head = line.store.head(source.id).await.unwrap().get();
        let content = line.content();
        let schema = &content.schema(&source.log_type).unwrap().schema;
        let batch = Batch {
            events: EventColumns::of(schema, &[]).unwrap(),
            rejects: Vec::new(),
            after: vec![(source.id, 0)],
            through: vec![(source.id, head)],
        };
        line.lake.land(batch).await.unwrap();
        let findings = examine(&patient(folder.path())).await;
        assert_eq!(codes(&findings), ["rows_absent"]);
        assert!(findings[0].text.starts_with("120 records"), "{}", findings[0].text);

        let (repairs, left) = repair(&line, &patient(folder.path())).await;
        assert_eq!(repairs.len(), 1);
        assert!(repairs[0].outcome.is_ok(), "{:?}", repairs[0]);
        assert_eq!(codes(&left), [""; 0]);
        assert_eq!(landed_ids(&line).await, vendor.ids());
    });
}

#[test]
fn a_lake_that_lost_what_the_journal_keeps_no_longer_is_filled_from_the_vendor() {
    let (vendor, folder) = (Vendor::of(150), TempDir::new().unwrap());
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        let later = line.clock.now() + SignedDuration::from_hours(1);
        assert!(line.store.prune(later, Duration::ZERO).await.unwrap().entries > 0);
        vendor.simulation.add_events(5);
        pull_all(&line).await;
    });
    std::fs::remove_dir_all(folder.path().join("lake")).unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let source = only_source(&line).await;
        land::everything(&line).await.unwrap_err();
        assert_eq!(codes(&examine(&patient(folder.path())).await), ["lake_behind_journal"]);

        let gone = Patient {
            lake_fate: LakeFate::Gone,
            ..patient(folder.path())
        };
        let (repairs, left) = repair(&line, &gone).await;
        assert!(repairs.iter().all(|repair| repair.outcome.is_ok()), "{repairs:?}");
        assert_eq!(codes(&left), [""; 0]);
        assert_eq!(landed_ids(&line).await.len(), 5, "what the journal keeps");
        let ledger = line.store.ledger(source.id).await.unwrap();
        assert!(
            ledger.coverage.iter().all(|row| row.evidence != Evidence::WindowRead),
            "what was lost counts as proven: {ledger:?}"
        );
        pull_all(&line).await;
        assert_eq!(landed_ids(&line).await, vendor.ids());
        let ledger = line.store.ledger(source.id).await.unwrap();
        // The vendor may have deleted its oldest seconds meanwhile.
        let oldest = ledger.coverage.iter().find(|row| row.evidence != Evidence::Lost);
        assert_eq!(
            oldest.unwrap().evidence,
            Evidence::WindowRead,
            "it was read again, and the live tail claims nothing of it: {ledger:?}"
        );
        assert_eq!(codes(&examine(&patient(folder.path())).await), [""; 0]);
    });
}

#[test]
fn a_lake_that_is_only_not_mounted_comes_back_after_a_repair_and_nothing_is_there_twice() {
    let (vendor, folder) = (Vendor::of(150), TempDir::new().unwrap());
    let (lake, aside) = (folder.path().join("lake"), folder.path().join("not mounted"));
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        let later = line.clock.now() + SignedDuration::from_hours(1);
        assert!(line.store.prune(later, Duration::ZERO).await.unwrap().entries > 0);
        vendor.simulation.add_events(5);
        pull_all(&line).await;
    });
    std::fs::rename(&lake, &aside).unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let (repairs, left) = repair(&line, &patient(folder.path())).await;
        assert_eq!(repairs, []);
        assert_eq!(codes(&left), ["lake_behind_journal"]);
        let hint = left[0].hint.clone().unwrap();
        assert!(
            hint.contains("not mounted") && hint.contains("--lake-is-gone"),
            "{hint}"
        );
    });
    std::fs::remove_dir_all(&lake).unwrap();
    std::fs::rename(&aside, &lake).unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        assert_eq!(landed_ids(&line).await, vendor.ids());
        assert_eq!(codes(&examine(&patient(folder.path())).await), [""; 0]);
    });
}

/// Somebody resumes the source, so often that there are that many entries of the audit log more.
async fn resumed(line: &Line, times: usize) {
    let source = only_source(line).await;
    for _ in 0..times {
        let who = Acting::begin(line.clock.now(), None);
        let now = line.clock.now();
        acting(who, line.store.pause_source(source.id, Pause::End, now))
            .await
            .unwrap();
    }
    own_log::journal(line).await.unwrap();
    land::everything(line).await.unwrap();
}

#[test]
fn our_own_log_that_the_lake_lost_comes_back_from_the_database() {
    let (vendor, folder) = (Vendor::of(10), TempDir::new().unwrap());
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        resumed(&line, 3).await;
        let later = line.clock.now() + SignedDuration::from_hours(1);
        assert!(line.store.prune(later, Duration::ZERO).await.unwrap().entries > 0);
        resumed(&line, 2).await;
    });
    std::fs::remove_dir_all(folder.path().join("lake")).unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let found = examine(&patient(folder.path())).await;
        assert!(
            found.iter().any(|finding| finding.place.contains("Margay")),
            "{found:?}"
        );
        let gone = Patient {
            lake_fate: LakeFate::Gone,
            ..patient(folder.path())
        };
        let (repairs, left) = repair(&line, &gone).await;
        assert!(repairs.iter().all(|repair| repair.outcome.is_ok()), "{repairs:?}");
        assert_eq!(codes(&left), [""; 0]);
        let count = texts(
            &line,
            "select cast(count(distinct id) as varchar) || ' of ' || cast(count(*) as varchar) from margay_audit",
        )
        .await;
        assert_eq!(count, ["5 of 5"]);
        land::everything(&line).await.unwrap();
        pull_all(&line).await;
        assert_eq!(codes(&examine(&patient(folder.path())).await), [""; 0]);
    });
}
