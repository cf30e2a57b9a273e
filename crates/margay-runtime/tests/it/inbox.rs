//! A data directory with a source whose records a test journals itself, under one schema and then another.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_lake::{Lake, QueryContext};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, Content, DataDir, HttpSettings, Line, LineSettings, Tenancy, VersionedSchema};
use margay_schema::Schema;
use margay_store::{CustomSchema, NewEntry, NewRecord, NewSource, Progress, Revision, SchemaState, Source};

/// When the first entry is journalled; each is an hour after the one before.
pub(crate) const START: &str = "2026-03-01T00:00:00.000001Z";

/// A version of the schema `Test.Log`, or of another.
pub(crate) fn versioned(yaml: &str, version: u32) -> CustomSchema {
    let now = START.parse().unwrap();
    CustomSchema {
        name: Schema::from_yaml(yaml).unwrap().log_type().clone(),
        version,
        revision: Revision::new(version.into()),
        state: SchemaState::Active,
        yaml: yaml.to_owned(),
        created_at: now,
        updated_at: now,
    }
}

/// The schema as the line has it.
pub(crate) fn compiled(schema: &CustomSchema) -> VersionedSchema {
    let content = Content::with_custom(std::slice::from_ref(schema)).unwrap();
    content.schema(&schema.name).unwrap().clone()
}

/// Opens the line on `folder` with this custom schema as the only one.
pub(crate) async fn open(folder: &Path, schema: &CustomSchema, crash_plan: CrashPlan) -> Line {
    let settings = LineSettings {
        data_dir: DataDir::new(folder),
        master_key: None,
        http: HttpSettings::default(),
        clock: Clock::system(),
        tenancy: Tenancy::Alone,
    };
    let mut line = Line::open(&settings).await.unwrap();
    line.set_content(Content::with_custom(std::slice::from_ref(schema)).unwrap());
    line.crash_plan = crash_plan;
    line
}

/// Adds a source of this log type.
pub(crate) async fn source(line: &Line, label: &str, schema: &CustomSchema) -> Source {
    let new = NewSource {
        label: label.to_owned(),
        connector: "asana".to_owned(),
        log_type: schema.name.clone(),
        settings: "{}".to_owned(),
        credentials: "secret".into(),
        checkpoint: "start".to_owned(),
        since: None,
        backfill: None,
        poll_interval: None,
        now: START.parse().unwrap(),
    };
    line.store.create_source(new).await.unwrap()
}

/// When the entry with this number, counted from 0, is journalled.
pub(crate) fn entry_at(number: usize) -> Timestamp {
    let start: Timestamp = START.parse().unwrap();
    start + SignedDuration::from_hours(i64::try_from(number).unwrap())
}

/// Journals an entry of these records; their ids are their numbers, counted from `first`.
pub(crate) async fn journal(line: &Line, source: &Source, entry: usize, first: usize, bodies: &[String]) {
    let now = entry_at(entry);
    let lease = line
        .store
        .acquire_lease(source.id, "the test", now, Duration::from_mins(1));
    let fence = lease.await.unwrap().token;
    let records = (first..).zip(bodies).map(|(id, body)| NewRecord {
        id: id.to_string(),
        body: body.clone(),
    });
    let new = NewEntry {
        log_type: source.log_type.clone(),
        records: records.collect(),
        progress: Progress::Tail {
            checkpoint: format!("after {entry}"),
        },
        claim: None,
        fence,
        newest_event_time: None,
        now,
    };
    assert_eq!(
        line.store.append(source.id, new).await.unwrap().records_new(),
        bodies.len()
    );
}

/// The answer's rows as text.
pub(crate) async fn rows(lake: &Lake, sql: &str) -> Vec<String> {
    let context = QueryContext::at(START.parse().unwrap());
    let rows = lake.query(sql, context).await.unwrap().collect().await.unwrap();
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// How many commits the logs of the two tables have.
pub(crate) fn commits(folder: &Path, table: &str) -> usize {
    let tables = [
        format!("margay_logs/{table}"),
        "margay_monitor/classification_failures".to_owned(),
    ];
    let logs = tables.map(|table| folder.join("lake").join(table).join("_delta_log"));
    let names = logs.iter().flat_map(|log| std::fs::read_dir(log).unwrap());
    let names = names.map(|entry| entry.unwrap().path());
    names
        .filter(|name| name.extension().is_some_and(|extension| extension == "json"))
        .count()
}
