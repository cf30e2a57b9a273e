//! Records from files: each is in the lake once, whatever breaks off, and however often the files come.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::write::GzEncoder;
use margay_lake::{Batch, EventColumns};
use margay_runtime::doctor::{LakeFate, Patient, examine, repair};
use margay_runtime::import::{CutShort, ImportError, ImportFile, ImportSettings, ImportTotals, Imported, import};
use margay_runtime::normalise::{self, Outcome};
use margay_runtime::raw::{RawError, RowPlace, record_of};
use margay_runtime::replay::{ReplaySettings, replay};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, DataDir, Line, land};
use margay_schema::Schema;
use margay_store::{CustomSchema, EntryText, NewEntry, NewRecord, Progress, Source};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::inbox::{compiled, open, source, versioned};
use crate::world::{live, texts};

const SCHEMA: &str = "
schema: Test.Log
fields:
  - {name: id, type: string}
  - {name: level, type: int, required: true}
";
const EVENTS: &str = "select id from test_log order by id";
const FAILURES: &str = "select record_id from margay_monitor.classification_failures order by record_id";
const BOTH: [EntryText; 2] = [EntryText::Kept, EntryText::NotKept];

fn schema() -> CustomSchema {
    versioned(SCHEMA, 1)
}

/// Records with these ids; those that are no multiple of 10 fit the schema.
fn lines(ids: std::ops::Range<u32>) -> String {
    let line = |id: u32| match id % 10 {
        0 => format!("{{\"id\": \"{id}\"}}\n"),
        level => format!("{{\"id\": \"{id}\", \"level\": {level}}}\n"),
    };
    ids.map(line).collect()
}

fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn settings(text: EntryText) -> ImportSettings {
    ImportSettings {
        log_type: "Test.Log".parse().unwrap(),
        into: None,
        stream_type: "auto".parse().unwrap(),
        id_path: Some("id".parse().unwrap()),
        text,
    }
}

async fn imported(line: &Line, settings: ImportSettings, files: &[&Path]) -> (Imported, u64, u64) {
    let totals = Arc::new(ImportTotals::default());
    let files = files.iter().map(|path| ImportFile::of_path(path)).collect();
    let done = import(line, settings, files, &totals, &CancellationToken::new())
        .await
        .unwrap();
    let so_far = totals.so_far();
    (done, so_far.records_new, so_far.records_known)
}

async fn tables(line: &Line) -> [usize; 2] {
    let mut counts = [0; 2];
    for (count, sql) in counts.iter_mut().zip([EVENTS, FAILURES]) {
        let found = texts(line, sql).await;
        let mut once = found.clone();
        once.dedup();
        assert_eq!(found, once, "twice");
        *count = found.len();
    }
    counts
}

/// A landing by somebody else may come between the crash and the second try, or not.
#[test]
fn stopped_anywhere_and_imported_again_each_record_is_there_exactly_once() {
    for (text, lands_between) in [(BOTH[0], false), (BOTH[1], false), (BOTH[1], true)] {
        let mut place = 0;
        loop {
            let folder = TempDir::new().unwrap();
            let path = file(folder.path(), "records.ndjson", lines(1..41));
            let data = folder.path().join("data");
            fs::create_dir(&data).unwrap();
            let files: [&Path; 1] = [&path];
            let was_stopped = live(async || {
                let plan = CrashPlan::at(place);
                let line = open(&data, &schema(), plan.clone()).await;
                tokio::select! {
                    _ = imported(&line, settings(text), &files) => false,
                    () = plan.reached() => true,
                }
            });
            live(async || {
                let line = open(&data, &schema(), CrashPlan::default()).await;
                if lands_between {
                    land::everything(&line).await.unwrap();
                }
                let (done, ..) = imported(&line, settings(text), &[&path]).await;
                assert!(done.cut_short.is_none());
                assert_eq!(tables(&line).await, [36, 4], "{text:?}, stopped at place {place}");
                assert_eq!(land::backlog(&line, &done.source).await.unwrap(), 0);
            });
            let mut findings = live(async || examine(&patient(&data)).await);
            // The schema of these tests is in no database.
            findings.retain(|finding| finding.code != "schema_unusable");
            assert!(findings.is_empty(), "{text:?}, stopped at place {place}: {findings:?}");
            if !was_stopped {
                break;
            }
            place += 1;
        }
        assert!(
            place >= 6,
            "journal twice, gathered, normalised, landed, advanced; it was {place}"
        );
    }
}

fn patient(data: &Path) -> Patient {
    Patient {
        data_dir: DataDir::new(data),
        master_key: None,
        clock: Clock::system(),
        lake_fate: LakeFate::MayReturn,
    }
}

/// The failures of records that go past the journal were committed, and then the process ended, before their events were.
#[tokio::test]
async fn failures_without_their_events_go_with_the_records_that_are_withdrawn() {
    let folder = TempDir::new().unwrap();
    let line = open(folder.path(), &schema(), CrashPlan::default()).await;
    let source = line
        .store
        .import_source(&"Test.Log".parse().unwrap(), line.clock.now())
        .await
        .unwrap();
    let entry = journalled_without_text(&line, &source, 1..21).await;
    let mut outcome = Outcome::default();
    normalise::entry(&compiled(&schema()), &entry, &source.label, &mut outcome);
    let elsewhere = Schema::from_yaml(&SCHEMA.replace("Test.Log", "Test.Elsewhere")).unwrap();
    let batch = Batch {
        events: EventColumns::of(&elsewhere, &[]).unwrap(),
        rejects: outcome.rejects,
        after: vec![(source.id, 0)],
        through: vec![(source.id, 1)],
    };
    line.lake.land(batch).await.unwrap();
    assert_eq!(texts(&line, FAILURES).await.len(), 2);

    land::everything(&line).await.unwrap();
    assert_eq!(tables(&line).await, [0, 0], "nobody has the text of these records");
    let path = file(folder.path(), "records.ndjson", lines(1..21));
    let (_, new, known) = imported(&line, settings(EntryText::NotKept), &[&path]).await;
    assert_eq!((new, known), (20, 0));
    assert_eq!(tables(&line).await, [18, 2]);
}

async fn journalled_without_text(line: &Line, source: &Source, ids: std::ops::Range<u32>) -> margay_store::Entry {
    let now = line.clock.now();
    let lease = line
        .store
        .acquire_lease(source.id, "the test", now, std::time::Duration::from_mins(1));
    let lease = lease.await.unwrap();
    let text = lines(ids.clone());
    let page = NewEntry {
        log_type: source.log_type.clone(),
        records: ids
            .zip(text.lines())
            .map(|(id, body)| NewRecord {
                id: id.to_string(),
                body: body.to_owned(),
            })
            .collect(),
        progress: Progress::Nothing,
        claim: None,
        fence: lease.token,
        newest_event_time: None,
        now,
    };
    let (_, entry) = line
        .store
        .append_in_hand(source.id, page, EntryText::NotKept)
        .await
        .unwrap();
    line.store.release_lease(&lease).await.unwrap();
    entry.unwrap()
}

#[tokio::test]
async fn files_of_any_kind_come_in_and_a_second_time_nothing_is_new() {
    for text in BOTH {
        let folder = TempDir::new().unwrap();
        let line = open(folder.path(), &schema(), CrashPlan::default()).await;
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines(11..21).as_bytes()).unwrap();
        let array = format!("[{}]", lines(31..41).trim_end().replace('\n', ","));
        let paths = [
            file(folder.path(), "plain.ndjson", lines(1..11)),
            file(folder.path(), "packed.gz", gzip.finish().unwrap()),
            file(
                folder.path(),
                "packed.zst",
                zstd::bulk::compress(lines(21..31).as_bytes(), 3).unwrap(),
            ),
            file(folder.path(), "array.json", array),
            file(folder.path(), "empty", ""),
            file(folder.path(), "repeated.ndjson", lines(5..15)),
        ];
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let (first, new, known) = imported(&line, settings(text), &paths).await;
        assert!(first.cut_short.is_none());
        assert_eq!((new, known, first.landed.events, first.landed.rejects), (40, 10, 36, 4));
        let (again, new, known) = imported(&line, settings(text), &paths).await;
        assert_eq!((new, known, again.landed), (0, 50, land::Landed::default()));
        assert_eq!(tables(&line).await, [36, 4]);
    }
}

#[tokio::test]
async fn what_a_log_source_has_read_is_known_to_an_import_into_it() {
    let folder = TempDir::new().unwrap();
    let line = open(folder.path(), &schema(), CrashPlan::default()).await;
    let inbox = source(&line, "inbox", &schema()).await;
    let bodies: Vec<String> = lines(1..5).lines().map(str::to_owned).collect();
    crate::inbox::journal(&line, &inbox, 0, 1, &bodies).await;
    let path = file(folder.path(), "records.ndjson", lines(3..8));
    let into = ImportSettings {
        into: Some(inbox.clone()),
        ..settings(EntryText::NotKept)
    };
    let (done, new, known) = imported(&line, into.clone(), &[&path]).await;
    assert_eq!((done.source.id, new, known), (inbox.id, 3, 2));
    assert_eq!(texts(&line, EVENTS).await, ["1", "2", "3", "4", "5", "6", "7"]);

    let other = ImportSettings {
        log_type: "Asana.Audit".parse().unwrap(),
        ..into
    };
    let totals = Arc::new(ImportTotals::default());
    let refused = import(&line, other, Vec::new(), &totals, &CancellationToken::new()).await;
    assert!(matches!(refused, Err(ImportError::OtherLogType { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_file_that_breaks_off_gives_what_it_has_and_the_rest_later() {
    for text in BOTH {
        let folder = TempDir::new().unwrap();
        let line = open(folder.path(), &schema(), CrashPlan::default()).await;
        // Long enough for several blocks, so that something can be read of the part.
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(lines(1..9_001).as_bytes()).unwrap();
        let whole = gzip.finish().unwrap();
        let part = file(folder.path(), "part.gz", &whole[..whole.len() / 2]);
        let (done, new, _) = imported(&line, settings(text), &[&part]).await;
        let problem = done.cut_short.unwrap();
        assert!(
            matches!(&problem, CutShort::Unread { file, .. } if file.ends_with("part.gz")),
            "{problem:?}"
        );
        assert!(new > 0 && new < 9_000, "{new}");
        let landed = tables(&line).await;
        assert_eq!(landed.iter().sum::<usize>() as u64, new);

        let whole = file(folder.path(), "whole.gz", whole);
        let (done, more, known) = imported(&line, settings(text), &[&whole]).await;
        assert!(done.cut_short.is_none());
        assert_eq!((more + new, known), (9_000, new));
        assert_eq!(tables(&line).await, [8_100, 900]);
    }
}

#[tokio::test]
async fn stopped_it_has_landed_what_it_read_and_says_so() {
    let folder = TempDir::new().unwrap();
    let line = open(folder.path(), &schema(), CrashPlan::default()).await;
    // Many chunks: some are not cut yet when the first is journalled.
    let path = file(folder.path(), "records.ndjson", lines(1..100_001));
    let (stop, totals) = (CancellationToken::new(), Arc::new(ImportTotals::default()));
    let importing = import(
        &line,
        settings(EntryText::Kept),
        vec![ImportFile::of_path(&path)],
        &totals,
        &stop,
    );
    let stopping = async {
        while totals.so_far().records_new == 0 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (done, ()) = tokio::join!(importing, stopping);
    assert!(matches!(done.unwrap().cut_short, Some(CutShort::Stopped)));
    let landed: usize = tables(&line).await.iter().sum();
    assert_eq!(landed as u64, totals.so_far().records_new);
    assert!(landed > 0 && landed < 100_000);
    let (_, new, _) = imported(&line, settings(EntryText::Kept), &[&path]).await;
    assert_eq!(new + landed as u64, 100_000);
}

#[tokio::test]
async fn without_the_journal_there_is_no_raw_record_and_nothing_to_replay() {
    for (text, has_text) in [(EntryText::Kept, true), (EntryText::NotKept, false)] {
        let folder = TempDir::new().unwrap();
        let line = open(folder.path(), &schema(), CrashPlan::default()).await;
        let path = file(folder.path(), "records.ndjson", lines(1..4));
        let (done, ..) = imported(&line, settings(text), &[&path]).await;
        let row_id = texts(&line, "select p_row_id from test_log where id = '2'")
            .await
            .remove(0);
        let place = RowPlace {
            table: "test_log",
            row_id: row_id.parse().unwrap(),
            event_date: None,
        };
        match record_of(&line, place).await {
            Ok(record) => assert!(has_text && record.text == lines(2..3).trim_end(), "{record:?}"),
            Err(error) => assert!(!has_text && matches!(error, RawError::NotKept { .. }), "{error:?}"),
        }
        let stop = CancellationToken::new();
        let replayed = replay(&line, &done.source, ReplaySettings::default(), &stop, &mut |_| ())
            .await
            .unwrap();
        assert_eq!(replayed.read, if has_text { 3 } else { 0 });
    }
}

/// The lake says that it has what it has not, and nobody has the text: the doctor lets the file bring it again.
#[test]
fn rows_that_are_gone_come_again_with_their_file() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let path = file(folder.path(), "asana.ndjson", asana_lines());
    let import_all = async |line: &Line| {
        let settings = ImportSettings {
            log_type: "Asana.Audit".parse().unwrap(),
            id_path: None,
            ..settings(EntryText::NotKept)
        };
        imported(line, settings, &[&path]).await
    };
    let source = live(async || {
        let line = open(&data, &schema(), CrashPlan::default()).await;
        let (done, new, _) = import_all(&line).await;
        assert_eq!(new, 3);
        done.source
    });
    fs::remove_dir_all(data.join("lake")).unwrap();
    live(async || {
        let line = open(&data, &schema(), CrashPlan::default()).await;
        let content = line.content();
        let batch = Batch {
            events: EventColumns::of(&content.schema(&source.log_type).unwrap().schema, &[]).unwrap(),
            rejects: Vec::new(),
            after: vec![(source.id, 0)],
            through: vec![(source.id, 1)],
        };
        line.lake.land(batch).await.unwrap();
        let findings = examine(&patient(&data)).await;
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["rows_absent"]);
        let (repairs, left) = repair(&line, &patient(&data)).await;
        assert!(left.is_empty(), "{left:?}");
        let told = repairs[0].outcome.as_ref().unwrap();
        assert!(told.contains("3 records were imported without the journal"), "{told}");
        assert_eq!(import_all(&line).await.1, 3);
        assert_eq!(
            texts(&line, "select gid from asana_audit order by gid").await,
            ["1", "2", "3"]
        );
    });
    assert_eq!(live(async || examine(&patient(&data)).await.len()), 0);
}

fn asana_lines() -> String {
    let line = |gid: u32| {
        format!(
            r#"{{"gid":"{gid}","created_at":"2026-03-0{gid}T10:00:00.000Z","event_type":"user_logged_out","event_category":"logins","actor":{{"actor_type":"user","gid":"9"}},"resource":{{"resource_type":"user","gid":"9"}},"context":{{"context_type":"web"}}}}"#
        ) + "\n"
    };
    (1..4).map(line).collect()
}
