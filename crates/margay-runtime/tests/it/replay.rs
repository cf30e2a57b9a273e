//! Records replayed with another schema: the tables then say what they would say had it been there from the start, and
//! nothing that was kept is lost.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use margay_lake::{Batch, Effect, Lake, RejectRow};
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

/// What the tables should hold: by the id of the record, as each schema makes it.
struct Oracle {
    before: BTreeMap<RowId, Result<Event, RejectRow>>,
    after: BTreeMap<RowId, Result<Event, RejectRow>>,
}

impl Oracle {
    async fn of(line: &Line, source: &Source, before: &CustomSchema, after: &CustomSchema) -> Self {
        let entries = line.store.entries(source.id, Sequence::ZERO, usize::MAX).await.unwrap();
        let by = |versioned: &VersionedSchema| {
            let mut outcome = Outcome::default();
            for entry in &entries {
                normalise::entry(versioned, entry, &source.label, &mut outcome);
            }
            let events = outcome
                .events
                .into_iter()
                .map(|event| (event.standard.row_id, Ok(event)));
            let rejects = outcome.rejects.into_iter().map(|reject| (reject.row_id, Err(reject)));
            events.chain(rejects).collect()
        };
        Self {
            before: by(&compiled(before)),
            after: by(&compiled(after)),
        }
    }

    /// A lake in which what a replay should give has simply landed.
    async fn lake(
        &self,
        folder: &Path,
        schemas: [&CustomSchema; 2],
        source: &Source,
        records: ReplayedRecords,
    ) -> Lake {
        let schemas = schemas.map(compiled);
        let lake = Lake::open(folder, &[schemas[0].schema.as_ref().clone()]).await.unwrap();
        let (mut kept, mut replayed, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        for (row_id, before) in &self.before {
            match (before, &self.after[row_id], records) {
                (Ok(event), Ok(_), ReplayedRecords::Failed) | (Ok(event), Err(_), _) => {
                    let is_old = event.standard.schema_version == schemas[0].version;
                    if is_old { &mut kept } else { &mut replayed }.push(event.clone());
                }
                (_, Ok(event), _) => replayed.push(event.clone()),
                (Err(_), Err(reject), _) => rejects.push(reject.clone()),
            }
        }
        for (sequence, (versioned, events)) in (1..).zip(schemas.iter().zip([kept, replayed])) {
            let batch = Batch {
                schema: &versioned.schema,
                events,
                rejects: std::mem::take(&mut rejects),
                after: vec![(source.id, sequence - 1)],
                through: vec![(source.id, sequence)],
            };
            lake.land(batch).await.unwrap();
        }
        lake
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

/// Each place at which a replay may stop, for each kind of it: some batches of four places, and landing's before them.
#[test]
fn stopped_anywhere_and_run_again_it_gives_the_same() {
    let (before, after) = (versioned(BEFORE, 1), versioned(AFTER, 2));
    let entries = [records(), records()];
    for records in [ReplayedRecords::Journalled, ReplayedRecords::Failed] {
        let mut place = 0;
        loop {
            let folder = TempDir::new().unwrap();
            let source = live(async || landed(folder.path(), &before, &entries).await);
            // Something waits in the journal when the replay begins.
            live(async || {
                let line = open(folder.path(), &before, CrashPlan::default()).await;
                journal(
                    &line,
                    &source,
                    2,
                    10,
                    &["{}".to_owned(), r#"{"id": "11", "level": 1}"#.to_owned()],
                )
                .await;
            });
            let was_stopped = live(async || {
                let plan = CrashPlan::at(place);
                let line = open(folder.path(), &after, plan.clone()).await;
                let stop = CancellationToken::new();
                let mut report = |_: &Replayed| {};
                tokio::select! {
                    replayed = replay(&line, &source, settings(records), &stop, &mut report) => {
                        replayed.unwrap();
                        false
                    }
                    () = plan.reached() => true,
                }
            });
            live(async || {
                let line = open(folder.path(), &after, CrashPlan::default()).await;
                assert_none_is_missing(&line, place).await;
                run(&line, &source, settings(records)).await;
                let scratch = TempDir::new().unwrap();
                let mut oracle = Oracle::of(&line, &source, &before, &after).await;
                // What waited landed by today's schema.
                for id in ["10", "11"] {
                    let row_id = RowId::of(source.id, id);
                    oracle.before.insert(row_id, oracle.after[&row_id].clone());
                }
                let expected = oracle.lake(scratch.path(), [&before, &after], &source, records).await;
                assert_eq!(
                    tables(&line.lake).await,
                    tables(&expected).await,
                    "stopped at place {place}"
                );
                assert_landing_goes_on(&line, &source).await;
            });
            if !was_stopped {
                break;
            }
            place += 1;
        }
        assert!(place >= 12, "the replay was stopped at {place} places only");
    }
}

/// Wherever it stopped: what had landed is there, each once, and every record is in one of the tables.
async fn assert_none_is_missing(line: &Line, place: u64) {
    let events = rows(&line.lake, "select p_row_id from test_log order by 1").await;
    let mut once = events.clone();
    once.dedup();
    assert_eq!(events, once, "stopped at place {place}");
    let all = format!("select p_row_id from test_log union select p_row_id from {FAILURES}");
    let all = rows(&line.lake, &all).await.len();
    assert!(all == 10 || all == 12, "{all} records, stopped at place {place}");
    assert!(events.len() >= 6, "stopped at place {place}");
}

async fn assert_landing_goes_on(line: &Line, source: &Source) {
    let head = line.store.head(source.id).await.unwrap();
    let log_type = &source.log_type;
    assert_eq!(line.lake.landed(log_type, source.id).await.unwrap(), Some(head.get()));
    assert_eq!(land::backlog(line, source).await.unwrap(), 0);
    let [events, failures] = tables(&line.lake).await;
    journal(
        line,
        source,
        3,
        12,
        &[r#"{"id": "12", "level": 1}"#.to_owned(), "[]".to_owned()],
    )
    .await;
    let landed = land::everything(line).await.unwrap();
    assert_eq!((landed.events, landed.rejects, landed.entries), (1, 1, 1));
    let [more_events, more_failures] = tables(&line.lake).await;
    assert_eq!(
        (more_events.len(), more_failures.len()),
        (events.len() + 1, failures.len() + 1)
    );
    assert_eq!(land::everything(line).await.unwrap(), land::Landed::default());
    assert_eq!(
        line.lake.landed(log_type, source.id).await.unwrap(),
        Some(head.get() + 1)
    );
}

/// Numbers that look random, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A schema of some of these fields; a field's type never changes, all else does.
    fn schema(&mut self) -> String {
        let mut yaml = "schema: Test.Log\nfields:\n".to_owned();
        for choices in [
            [
                "{name: id, type: string}",
                "{name: id, type: string, required: true}",
                "",
            ],
            [
                "{name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}",
                "{name: at, type: timestamp, timeFormats: [rfc3339, unix], isEventTime: true}",
                "{name: at, type: timestamp, timeFormats: [unix]}",
            ],
            [
                "{name: level, type: int}",
                "{name: level, type: int, required: true}",
                "",
            ],
            [
                "{name: address, type: string}",
                "{name: address, type: string, indicators: [ip]}",
                "",
            ],
            [
                "{name: actor, type: object, fields: [{name: email, type: string}]}",
                "{name: actor, type: object, fields: [{name: email, type: string, indicators: [email]}, {name: age, type: int}]}",
                "{name: actor, type: object, fields: [{name: email, type: string, required: true}]}",
            ],
            ["{name: tags, type: array, element: {type: string}}", "", ""],
        ] {
            let choice = self.pick(&choices);
            if !choice.is_empty() {
                writeln!(yaml, "  - {choice}").unwrap();
            }
        }
        yaml
    }

    fn record(&mut self) -> String {
        if self.below(20) == 0 {
            return self.pick(&["", "{", "[]", "null", "{\"id\": 1}}"]).to_owned();
        }
        let members = [
            self.pick(&["", "\"id\": \"x\"", "\"id\": 7", "\"id\": null"]),
            self.pick(&[
                "",
                "\"at\": \"2026-02-28T23:59:59.9Z\"",
                "\"at\": 1767225600",
                "\"at\": \"soon\"",
                "\"at\": \"\"",
            ]),
            self.pick(&["", "\"level\": 1", "\"level\": \"2\"", "\"level\": 1.5"]),
            self.pick(&["", "\"address\": \"192.0.2.1\"", "\"address\": {}"]),
            self.pick(&[
                "",
                "\"actor\": {}",
                "\"actor\": {\"email\": \"a@b.cd\", \"age\": 3}",
                "\"actor\": {\"age\": \"x\"}",
            ]),
            self.pick(&[
                "",
                "\"tags\": []",
                "\"tags\": [\"a\", null]",
                "\"unknown\": [1, {\"a\": null}]",
            ]),
        ];
        let members: Vec<_> = members.into_iter().filter(|member| !member.is_empty()).collect();
        format!("{{{}}}", members.join(", "))
    }
}

#[tokio::test]
async fn whatever_the_schemas_and_records_the_tables_say_what_they_should() {
    for seed in 0..12 {
        let mut random = Random(seed);
        let (before, after) = (versioned(&random.schema(), 1), versioned(&random.schema(), 2));
        let entries: Vec<Vec<String>> = (0..=random.below(5))
            .map(|_| (0..=random.below(30)).map(|_| random.record()).collect())
            .collect();
        let records = [ReplayedRecords::Journalled, ReplayedRecords::Failed][random.below(2)];
        let mut settings = settings(records);
        settings.batch_bytes_max = 1 + random.below(4_000);

        let (folder, scratch) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let source = landed(folder.path(), &before, &entries).await;
        let line = open(folder.path(), &after, CrashPlan::default()).await;
        let oracle = Oracle::of(&line, &source, &before, &after).await;
        let expected = oracle.lake(scratch.path(), [&before, &after], &source, records).await;
        let counted = run(
            &line,
            &source,
            ReplaySettings {
                effect: Effect::Count,
                ..settings
            },
        )
        .await;
        let replayed = run(&line, &source, settings).await;
        assert_eq!(counted, replayed, "seed {seed}");
        let [read, sums @ ..] = counts(&replayed);
        assert_eq!(read, sums.iter().sum::<u64>(), "seed {seed}");
        assert_eq!(tables(&line.lake).await, tables(&expected).await, "seed {seed}");

        let commits_before = commits(folder.path(), "test_log");
        let again = run(&line, &source, settings).await;
        assert_eq!((again.landed, again.replaced), (0, 0), "seed {seed}");
        assert_eq!(
            (again.failing, again.kept),
            (replayed.failing, replayed.kept),
            "seed {seed}"
        );
        assert_eq!(commits(folder.path(), "test_log"), commits_before, "seed {seed}");
    }
}
