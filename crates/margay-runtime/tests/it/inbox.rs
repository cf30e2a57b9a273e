//! A data directory with a source whose records a test journals itself, under one schema and then another.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_lake::{Lake, QueryContext};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, Content, DataDir, HttpSettings, Line, LineSettings, VersionedSchema};
use margay_schema::Schema;
use margay_store::{NewEntry, NewRecord, NewSource, Source};

/// When the first entry is journalled; each is an hour after the one before.
pub(crate) const START: &str = "2026-03-01T00:00:00.000001Z";

pub(crate) fn versioned(yaml: &str, version: u32) -> VersionedSchema {
    let schema = Arc::new(Schema::from_yaml(yaml).unwrap());
    VersionedSchema { schema, version }
}

/// Opens the line on `folder` with this schema as the only one.
pub(crate) async fn open(folder: &Path, versioned: &VersionedSchema, crash_plan: CrashPlan) -> Line {
    let settings = LineSettings {
        data_dir: DataDir::new(folder),
        master_key: None,
        http: HttpSettings::default(),
        clock: Clock::system(),
    };
    let mut line = Line::open(&settings).await.unwrap();
    line.content = Arc::new(Content::of(vec![versioned.clone()]));
    line.crash_plan = crash_plan;
    line
}

/// Adds a source of this log type.
pub(crate) async fn source(line: &Line, label: &str, versioned: &VersionedSchema) -> Source {
    let new = NewSource {
        label: label.to_owned(),
        connector: "asana".to_owned(),
        log_type: versioned.schema.log_type().clone(),
        settings: "{}".to_owned(),
        credentials: "secret".into(),
        checkpoint: "start".to_owned(),
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
        checkpoint: format!("after {entry}"),
        fence,
        newest_event_time: None,
        now,
    };
    assert_eq!(
        line.store.append(source.id, new).await.unwrap().records_new,
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
