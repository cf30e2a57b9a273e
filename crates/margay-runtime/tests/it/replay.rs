//! Records replayed with another schema: the tables then say what they would say had it been there from the start, and
//! nothing that was kept is lost.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use margay_lake::{Batch, Effect, EventColumns, Lake, RejectRow};
use margay_runtime::normalise::{self, Outcome};
use margay_runtime::replay::{KEPT_REASONS_MAX, ReplayError, ReplaySettings, Replayed, ReplayedRecords, replay};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Line, VersionedSchema, land};
use margay_schema::{Event, RowId};
use margay_store::{Consumer, CustomSchema, Sequence, Source};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::inbox::{commits, compiled, entry_at, journal, open, rows, source, versioned};
use crate::world::live;

mod crash;
mod oracle;

const FAILURES: &str = "margay_monitor.classification_failures";

const BEFORE: &str = "
schema: Test.Log
fields:
  - {name: id, type: string, required: true}
  - {name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
  - {name: level, type: int}
";

/// Takes more: another way of writing times, a text in place of nothing, one field more.
const AFTER: &str = "
schema: Test.Log
fields:
  - {name: id, type: string}
  - {name: at, type: timestamp, timeFormats: [rfc3339, unix], isEventTime: true}
  - {name: level, type: int, required: true}
  - {name: address, type: string, indicators: [ip]}
";

/// One of each kind: lands in both, fails in both, fails before only, fails after only, is the same in both but for its version.
const RECORDS: [&str; 5] = [
    r#"{"id": "0", "at": "2026-02-01T00:00:00Z", "level": 1, "address": "192.0.2.1"}"#,
    r#"{"id": "1", "at": "2026-02-01T00:00:00Z", "level": "high"}"#,
    r#"{"at": 1769904000, "level": 3}"#,
    r#"{"id": "3", "at": "2026-02-03T00:00:00Z"}"#,
    r#"{"id": "4", "at": "2026-02-04T00:00:00Z", "level": 5}"#,
];

fn records() -> Vec<String> {
    RECORDS.map(str::to_owned).to_vec()
}

/// In batches of one entry, or of two failures: so small that there are several.
fn settings(records: ReplayedRecords) -> ReplaySettings {
    ReplaySettings {
        records,
        batch_bytes_max: 100,
        ..ReplaySettings::default()
    }
}

async fn run(line: &Line, source: &Source, settings: ReplaySettings) -> Replayed {
    let stop = CancellationToken::new();
    replay(line, source, settings, &stop, &mut |_| {}).await.unwrap()
}

/// A folder with a source and `entries` that have landed by `schema`.
async fn landed(folder: &Path, schema: &CustomSchema, entries: &[Vec<String>]) -> Source {
    let line = open(folder, schema, CrashPlan::default()).await;
    let source = source(&line, "inbox", schema).await;
    let mut first = 0;
    for (number, bodies) in entries.iter().enumerate() {
        journal(&line, &source, number, first, bodies).await;
        first += bodies.len();
        land::everything(&line).await.unwrap();
    }
    source
}

fn counts(replayed: &Replayed) -> [u64; 6] {
    let Replayed {
        read,
        landed,
        replaced,
        unchanged,
        failing,
        kept,
        ..
    } = *replayed;
    [read, landed, replaced, unchanged, failing, kept]
}

#[tokio::test]
async fn each_kind_of_record_goes_where_it_belongs() {
    let folder = TempDir::new().unwrap();
    let source = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    let dry = ReplaySettings {
        effect: Effect::Count,
        ..ReplaySettings::default()
    };
    let commits_before = commits(folder.path(), "test_log");
    let counted = run(&line, &source, dry).await;
    assert_eq!(commits(folder.path(), "test_log"), commits_before);
    let replayed = run(&line, &source, ReplaySettings::default()).await;
    assert_eq!(counts(&replayed), [5, 1, 2, 0, 1, 1]);
    assert_eq!(counted, replayed);
    assert_eq!(replayed.journal_since, Some(entry_at(0)));
    let events = rows(
        &line.lake,
        "select p_event_time, level, address, p_schema_version from test_log order by 1",
    )
    .await;
    let time = |day: i64| format!("Time({})", (1_769_904_000 + day * 86_400) * 1_000_000);
    let row = |day, level: &str, address: &str, version: u32| {
        format!("[{}, {level}, {address}, Integer({version})]", time(day))
    };
    let mut expected = [
        row(0, "Integer(1)", "Text(\"192.0.2.1\")", 2),
        row(0, "Integer(3)", "Null", 2),
        row(2, "Null", "Null", 1),
        row(3, "Integer(5)", "Null", 2),
    ];
    let mut events = events;
    events.sort();
    expected.sort();
    assert_eq!(events, expected);
    let failures = rows(
        &line.lake,
        &format!("select record_id, p_schema_version from {FAILURES}"),
    )
    .await;
    assert_eq!(failures, ["[Text(\"1\"), Integer(2)]"]);

    let commits_before = commits(folder.path(), "test_log");
    let again = run(&line, &source, ReplaySettings::default()).await;
    assert_eq!(counts(&again), [5, 0, 0, 3, 1, 1]);
    assert_eq!(
        commits(folder.path(), "test_log"),
        commits_before,
        "nothing was left to do"
    );
}

#[tokio::test]
async fn failures_are_replayed_long_after_the_journal_forgot_them() {
    let folder = TempDir::new().unwrap();
    let source = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    let much_later = entry_at(24 * 365);
    line.store.prune(much_later, std::time::Duration::ZERO).await.unwrap();
    let nothing = run(&line, &source, ReplaySettings::default()).await;
    assert_eq!((counts(&nothing), nothing.journal_since), ([0; 6], None));
    let replayed = run(&line, &source, settings(ReplayedRecords::Failed)).await;
    assert_eq!(counts(&replayed), [2, 1, 0, 0, 1, 0]);
    let versions = rows(&line.lake, "select p_schema_version from test_log order by 1").await;
    assert_eq!(
        versions,
        ["[Integer(1)]", "[Integer(1)]", "[Integer(1)]", "[Integer(2)]"]
    );
    let again = run(&line, &source, settings(ReplayedRecords::Failed)).await;
    assert_eq!(counts(&again), [1, 0, 0, 0, 1, 0]);
}

#[tokio::test]
async fn since_leaves_older_entries_alone() {
    let folder = TempDir::new().unwrap();
    let bodies = |from: usize| {
        (from..from + 2)
            .map(|id| format!(r#"{{"id": "{id}", "level": 1}}"#))
            .collect::<Vec<_>>()
    };
    let failing = vec![r#"{"level": 1}"#.to_owned()];
    let entries = [bodies(0), bodies(2), failing.clone(), failing, bodies(6)];
    let source = landed(folder.path(), &versioned(BEFORE, 1), &entries).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    let since = |entry, records| ReplaySettings {
        since: Some(entry_at(entry)),
        ..settings(records)
    };
    let replayed = run(&line, &source, since(3, ReplayedRecords::Failed)).await;
    assert_eq!(counts(&replayed), [1, 1, 0, 0, 0, 0]);
    let replayed = run(&line, &source, since(3, ReplayedRecords::Journalled)).await;
    assert_eq!(counts(&replayed), [3, 0, 2, 1, 0, 0]);
    let replayed = run(&line, &source, since(2, ReplayedRecords::Journalled)).await;
    assert_eq!(counts(&replayed), [4, 1, 0, 3, 0, 0]);
    let replayed = run(&line, &source, since(9, ReplayedRecords::Journalled)).await;
    assert_eq!(counts(&replayed), [0; 6]);
}

#[tokio::test]
async fn another_sources_records_stay_as_they_are() {
    let folder = TempDir::new().unwrap();
    let first = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let line = open(folder.path(), &versioned(BEFORE, 1), CrashPlan::default()).await;
    let other = source(&line, "another", &versioned(BEFORE, 1)).await;
    journal(&line, &other, 0, 0, &records()).await;
    land::everything(&line).await.unwrap();
    drop(line);
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    for records in [ReplayedRecords::Failed, ReplayedRecords::Journalled] {
        run(&line, &first, settings(records)).await;
    }
    let of_other = format!("where p_source_id = '{}' group by 1", other.id);
    for (table, expected) in [("test_log", 3), (FAILURES, 2)] {
        let sql = format!("select p_schema_version, count(*) from {table} {of_other}");
        assert_eq!(
            rows(&line.lake, &sql).await,
            [format!("[Integer(1), Integer({expected})]")]
        );
    }
}

#[tokio::test]
async fn without_a_schema_there_is_nothing_to_replay_with() {
    let folder = TempDir::new().unwrap();
    let source = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let other = versioned(&AFTER.replace("Test.Log", "Test.Other"), 1);
    let line = open(folder.path(), &other, CrashPlan::default()).await;
    let result = replay(
        &line,
        &source,
        ReplaySettings::default(),
        &CancellationToken::new(),
        &mut |_| {},
    )
    .await;
    assert!(matches!(result, Err(ReplayError::NoSchema { .. })), "{result:?}");
}

#[tokio::test]
async fn told_to_stop_it_ends_after_the_batch_in_hand() {
    let folder = TempDir::new().unwrap();
    let entries = vec![records(), vec![r#"{"id": "5", "level": 1}"#.to_owned()]];
    let source = landed(folder.path(), &versioned(BEFORE, 1), &entries).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    let stop = CancellationToken::new();
    let mut report = |_: &Replayed| stop.cancel();
    let stopped = replay(
        &line,
        &source,
        settings(ReplayedRecords::Journalled),
        &stop,
        &mut report,
    )
    .await
    .unwrap();
    assert_eq!((stopped.read, stopped.is_stopped), (5, true));
    let rest = run(&line, &source, settings(ReplayedRecords::Journalled)).await;
    assert_eq!((counts(&rest), rest.is_stopped), ([6, 0, 1, 3, 1, 1], false));
}

#[tokio::test]
async fn told_to_stop_while_it_lands_what_waits_it_leaves_the_rest_to_the_next() {
    let folder = TempDir::new().unwrap();
    let source = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    journal(&line, &source, 1, 5, &[r#"{"id": "5", "level": 1}"#.to_owned()]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let all = settings(ReplayedRecords::Journalled);
    let stopped = replay(&line, &source, all, &stop, &mut |_| {}).await.unwrap();
    assert_eq!((stopped.read, stopped.is_stopped), (0, true));
    assert_eq!(land::backlog(&line, &source).await.unwrap(), 1);
    let rest = run(&line, &source, all).await;
    assert_eq!((counts(&rest), rest.is_stopped), ([6, 1, 2, 1, 1, 1], false));
}

/// The lake has lost what the journal no longer has, for another source of the same log type; and the replayed one has a
/// backlog of its own.
#[tokio::test]
async fn another_sources_trouble_does_not_hold_it_up() {
    let folder = TempDir::new().unwrap();
    let source = landed(folder.path(), &versioned(BEFORE, 1), &[records()]).await;
    let line = open(folder.path(), &versioned(AFTER, 2), CrashPlan::default()).await;
    let broken = self::source(&line, "broken", &versioned(AFTER, 2)).await;
    let fitting = |id: &str| vec![format!(r#"{{"id": "{id}", "level": 1}}"#)];
    journal(&line, &broken, 0, 0, &fitting("0")).await;
    let first = Sequence::new(1);
    line.store.advance(Consumer::Landing, broken.id, first).await.unwrap();
    line.store
        .prune(entry_at(1000), std::time::Duration::ZERO)
        .await
        .unwrap();
    journal(&line, &broken, 1, 1, &fitting("1")).await;
    journal(&line, &source, 1, 5, &fitting("5")).await;
    for (kind, expected) in [
        (ReplayedRecords::Failed, [2, 1, 0, 0, 1, 0]),
        (ReplayedRecords::Journalled, [1, 0, 0, 1, 0, 0]),
    ] {
        assert_eq!(counts(&run(&line, &source, settings(kind)).await), expected);
        assert_eq!(land::backlog(&line, &source).await.unwrap(), 0);
    }
    // Asked for by name, it says what is wrong, and with which source.
    let all = settings(ReplayedRecords::Journalled);
    let refused = replay(&line, &broken, all, &CancellationToken::new(), &mut |_| {}).await;
    let said = refused.unwrap_err().to_string();
    assert!(
        said.contains("the table of source `broken` ends at journal entry 0"),
        "{said}"
    );
}

/// More kinds of reasons than are told, some of them several times, over several batches.
#[tokio::test]
async fn why_records_are_kept_is_told_within_bounds() {
    let fields = |more: &str| -> String {
        let one = |number| {
            format!(
                "  - {{name: f{number}, type: int{more}}}
"
            )
        };
        (0..KEPT_REASONS_MAX + 2).map(one).collect()
    };
    let before = format!(
        "schema: Test.Log
fields:
{}",
        fields("")
    );
    let after = format!(
        "schema: Test.Log
fields:
{}",
        fields(", required: true")
    );
    // Each record lacks another field, and the first one is lacking twice more.
    let lacking = |field: usize| {
        let there = (0..KEPT_REASONS_MAX + 2).filter(|number| *number != field);
        let members: Vec<_> = there.map(|number| format!(r#""f{number}": 1"#)).collect();
        format!("{{{}}}", members.join(", "))
    };
    let folder = TempDir::new().unwrap();
    let each: Vec<String> = (0..KEPT_REASONS_MAX + 2).map(lacking).collect();
    let entries = [each, vec![lacking(0), lacking(0), lacking(KEPT_REASONS_MAX)]];
    let source = landed(folder.path(), &versioned(&before, 1), &entries).await;
    let line = open(folder.path(), &versioned(&after, 2), CrashPlan::default()).await;
    let replayed = run(&line, &source, settings(ReplayedRecords::Journalled)).await;
    assert_eq!(counts(&replayed), [15, 0, 0, 0, 0, 15]);
    let told: Vec<_> = replayed.kept_reasons.iter().map(|kept| kept.count).collect();
    assert_eq!(told, [3, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    for (number, kept) in replayed.kept_reasons.iter().enumerate() {
        assert!(kept.reason.contains(&format!("f{number}")), "{}", kept.reason);
        assert_eq!(kept.row_id, RowId::of(source.id, &number.to_string()));
    }
}

/// Both tables, every column, in order.
async fn tables(lake: &Lake) -> [Vec<String>; 2] {
    let mut names = Vec::new();
    for row in rows(lake, "describe test_log").await {
        names.push(row.split('"').nth(1).unwrap().to_owned());
    }
    names.sort();
    let columns: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    [
        rows(
            lake,
            &format!("select {} from test_log order by p_row_id", columns.join(", ")),
        )
        .await,
        rows(lake, &format!("select * from {FAILURES} order by p_row_id")).await,
    ]
}
