//! A landing that ended between its two commits, and another schema when it goes on: each record is in exactly one table.

use std::path::Path;
use std::sync::Arc;

use margay_lake::{Batch, EventColumns};
use margay_runtime::normalise::{self, Outcome};
use margay_runtime::step::CrashPlan;
use margay_runtime::watch::{Watch, look};
use margay_runtime::{Content, Line, Status, land};
use margay_schema::Schema;
use margay_store::{CheckName, CustomSchema, Sequence, Source};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::inbox::{commits, compiled, journal, open, rows, source, versioned};
use crate::world::live;

const EVENTS: &str = "select id, p_schema_version from test_log order by id";
const FAILURES: &str =
    "select record_id, p_schema_version from margay_monitor.classification_failures order by record_id";

const LOOSE: &str = "
schema: Test.Log
fields:
  - {name: id, type: string}
  - {name: level, type: int}
";

/// Refuses records without a level.
const STRICT: &str = "
schema: Test.Log
fields:
  - {name: id, type: string}
  - {name: level, type: int, required: true}
";

/// Fits the loose schema only; fits neither; fits both.
const RECORDS: [&str; 3] = [
    r#"{"id": "0"}"#,
    r#"{"id": "1", "level": "high"}"#,
    r#"{"id": "2", "level": 3}"#,
];

/// Leaves two entries in the state between the two commits: their rejects by `schema` are in their table, with the sequences,
/// and the events are not in theirs. Then one entry more is journalled.
async fn stopped_between_commits(folder: &Path, schema: &CustomSchema) -> Source {
    let line = open(folder, schema, CrashPlan::default()).await;
    let source = source(&line, "inbox", schema).await;
    let bodies = RECORDS.map(str::to_owned);
    journal(&line, &source, 0, 0, &bodies).await;
    let second = [r#"{"id": "3"}"#.to_owned(), r#"{"id": "4", "level": 1}"#.to_owned()];
    journal(&line, &source, 1, 3, &second).await;
    let versioned_schema = compiled(schema);
    let mut outcome = Outcome::default();
    for entry in line.store.entries(source.id, Sequence::ZERO, usize::MAX).await.unwrap() {
        normalise::entry(&versioned_schema, &entry, &source.label, &mut outcome);
    }
    // The rejects' commit of exactly this batch; what is committed as events goes to a table that nobody looks at.
    let elsewhere = Schema::from_yaml(&LOOSE.replace("Test.Log", "Test.Elsewhere")).unwrap();
    let batch = Batch {
        events: EventColumns::of(&elsewhere, &[]).unwrap(),
        rejects: outcome.rejects,
        after: vec![(source.id, 0)],
        through: vec![(source.id, 2)],
    };
    line.lake.land(batch).await.unwrap();
    assert_eq!(line.lake.rejects_landed(source.id).await.unwrap(), Some(2));
    assert_eq!(line.lake.landed(&source.log_type, source.id).await.unwrap(), None);
    let third = [r#"{"id": "5"}"#.to_owned(), r#"{"id": "6", "level": 1}"#.to_owned()];
    journal(&line, &source, 2, 5, &third).await;
    source
}

/// The numbers of the records in each table, which all are of this version.
async fn tables(line: &Line, version: u32) -> [Vec<String>; 2] {
    let mut tables = Vec::new();
    for sql in [EVENTS, FAILURES] {
        let found = rows(&line.lake, sql).await;
        let of_version = format!(", Integer({version})]");
        assert!(found.iter().all(|row| row.ends_with(&of_version)), "{found:?}");
        let ids = found.iter().map(|row| row.split('"').nth(1).unwrap().to_owned());
        tables.push(ids.collect());
    }
    tables.try_into().unwrap()
}

async fn check(before: &CustomSchema, after: &CustomSchema, landed: [usize; 2], expected: [&[&str]; 2]) {
    let folder = TempDir::new().unwrap();
    let source = stopped_between_commits(folder.path(), before).await;
    let line = open(folder.path(), after, CrashPlan::default()).await;
    let done = land::everything(&line).await.unwrap();
    assert_eq!([done.events, done.rejects], landed);
    assert_eq!(tables(&line, after.version).await, expected);
    assert_eq!(land::backlog(&line, &source).await.unwrap(), 0);
    assert_eq!(line.lake.rejects_landed(source.id).await.unwrap(), Some(3));
    let commits_before = commits(folder.path(), "test_log");
    assert_eq!(land::everything(&line).await.unwrap(), land::Landed::default());
    assert_eq!(commits(folder.path(), "test_log"), commits_before);
}

#[tokio::test]
async fn a_record_that_a_stricter_schema_refuses_between_the_commits_becomes_a_failure() {
    let (loose, strict) = (versioned(LOOSE, 1), versioned(STRICT, 2));
    // The failure of record 1 was there, those of 0, 3 and 5 are new.
    check(&loose, &strict, [3, 3], [&["2", "4", "6"], &["0", "1", "3", "5"]]).await;
}

#[tokio::test]
async fn a_record_that_a_looser_schema_accepts_between_the_commits_is_a_failure_no_more() {
    let (strict, loose) = (versioned(STRICT, 1), versioned(LOOSE, 2));
    let folder = TempDir::new().unwrap();
    let source = stopped_between_commits(folder.path(), &strict).await;
    let line = open(folder.path(), &loose, CrashPlan::default()).await;
    let done = land::everything(&line).await.unwrap();
    assert_eq!([done.events, done.rejects], [6, 0]);
    let expected: [&[&str]; 2] = [&["0", "2", "3", "4", "5", "6"], &["1"]];
    assert_eq!(tables(&line, 2).await, expected);
    assert_eq!(land::backlog(&line, &source).await.unwrap(), 0);
}

#[tokio::test]
async fn with_the_same_schema_the_failures_that_are_there_stay_alone() {
    let strict = versioned(STRICT, 1);
    check(&strict, &strict, [3, 1], [&["2", "4", "6"], &["0", "1", "3", "5"]]).await;
}

/// Stopped once more at each place of going on, under the second schema; then a third schema, which is the first one again.
#[test]
fn stopped_anywhere_while_going_on_each_record_ends_in_one_table() {
    let (loose, strict, loose_again) = (versioned(LOOSE, 1), versioned(STRICT, 2), versioned(LOOSE, 3));
    let mut place = 0;
    loop {
        let folder = TempDir::new().unwrap();
        let source = live(async || stopped_between_commits(folder.path(), &loose).await);
        let was_stopped = live(async || {
            let plan = CrashPlan::at(place);
            let line = open(folder.path(), &strict, plan.clone()).await;
            tokio::select! {
                landed = land::everything(&line) => {
                    landed.unwrap();
                    false
                }
                () = plan.reached() => true,
            }
        });
        live(async || {
            let line = open(folder.path(), &loose_again, CrashPlan::default()).await;
            let landed = line.lake.landed(&source.log_type, source.id).await.unwrap();
            land::everything(&line).await.unwrap();
            let (version, expected): (_, [&[&str]; 2]) = if landed.is_some() {
                (2, [&["2", "4", "6"], &["0", "1", "3", "5"]])
            } else {
                (3, [&["0", "2", "3", "4", "5", "6"], &["1"]])
            };
            assert_eq!(tables(&line, version).await, expected, "stopped at place {place}");
        });
        if !was_stopped {
            break;
        }
        place += 1;
    }
    assert_eq!(place, 5, "gathered, normalised, settled, landed, advanced");
}

#[test]
fn a_lake_that_was_deleted_is_filled_in_several_batches_though_landing_was_further() {
    let folder = TempDir::new().unwrap();
    let schema = versioned(LOOSE, 1);
    // One batch reads no more entries than this at once.
    let count = margay_store::ENTRIES_PER_READ_MAX + 1;
    live(async || {
        let line = open(folder.path(), &schema, CrashPlan::default()).await;
        let source = source(&line, "inbox", &schema).await;
        for number in 0..count {
            let body = format!(r#"{{"id": "{number}"}}"#);
            journal(&line, &source, number, number, &[body]).await;
        }
        assert_eq!(land::everything(&line).await.unwrap().entries, count);
    });
    std::fs::remove_dir_all(folder.path().join("lake")).unwrap();
    live(async || {
        let line = open(folder.path(), &schema, CrashPlan::default()).await;
        assert_eq!(land::everything(&line).await.unwrap().events, count);
    });
}

/// A file stands where the table of one log type is to be.
#[tokio::test]
async fn a_table_that_cannot_be_written_fails_the_check_of_no_other_source() {
    let stuck = versioned(LOOSE, 1);
    let sound = versioned(&LOOSE.replace("Test.Log", "Test.Other"), 1);
    let folder = TempDir::new().unwrap();
    let line = open(folder.path(), &stuck, CrashPlan::default()).await;
    line.set_content(Content::with_custom(&[stuck.clone(), sound.clone()]).unwrap());
    let mut sources = Vec::new();
    for (label, schema) in [("stuck", &stuck), ("sound", &sound)] {
        let source = source(&line, label, schema).await;
        journal(&line, &source, 0, 0, &[RECORDS[0].to_owned()]).await;
        sources.push(source);
    }
    let tables = folder.path().join("lake/margay_logs");
    std::fs::create_dir_all(&tables).unwrap();
    std::fs::write(tables.join("test_log"), "in the way").unwrap();

    let status = Arc::new(Status::default());
    let stop = CancellationToken::new();
    // It passes once more before it ends.
    stop.cancel();
    land::keep(line.clone(), Arc::clone(&status), stop).await;
    let watch = Watch {
        status,
        started_at: line.clock.now(),
        data_dir: folder.path().to_owned(),
        wake: Arc::default(),
    };
    look(&line, &watch).await.unwrap();
    for (source, is_healthy) in sources.iter().zip([false, true]) {
        let checks = line.store.health_checks(source.id).await.unwrap();
        let landing = checks.iter().find(|check| check.name == CheckName::Landing).unwrap();
        assert_eq!(
            landing.is_healthy(),
            is_healthy,
            "{}: {}",
            source.label,
            landing.message
        );
    }
}
