//! A small world: a lake in a temporary folder, two schemas, two sources.

use std::path::PathBuf;

use jiff::Timestamp;
use margay_lake::{Batch, Cell, EventColumns, Lake, LandError, Landed, QueryContext, QueryError, RejectRow};
use margay_schema::{Event, Normalised, Origin, RowId, Schema, SourceId};

pub(crate) const NOW: &str = "2026-03-10T12:00:00Z";

/// A schema with every type of value.
pub(crate) const EVERY_TYPE: &str = "
schema: Test.Every
fields:
  - {name: id, type: string, required: true}
  - {name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
  - {name: small, type: smallint}
  - {name: medium, type: int}
  - {name: large, type: bigint}
  - {name: ratio, type: float}
  - {name: truth, type: boolean}
  - {name: seen, type: timestamp, timeFormats: [unix_ms]}
  - {name: address, type: string, indicators: [ip]}
  - {name: details, type: json}
  - {name: words, type: array, element: {type: string}}
  - name: actor
    type: object
    fields:
      - {name: email, type: string, indicators: [email]}
      - {name: born, type: timestamp, timeFormats: [rfc3339]}
      - {name: visits, type: array, element: {type: object, fields: [{name: nth, type: bigint}, {name: where, type: string}]}}
  - {name: CamelCase, type: string}
";

pub(crate) const OTHER: &str = "
schema: Test.Other
fields:
  - {name: id, type: string, required: true}
  - {name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
  - {name: login, type: string, indicators: [username]}
";

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) lake: Lake,
    pub(crate) every: Schema,
    pub(crate) other: Schema,
}

pub(crate) fn schema(yaml: &str) -> Schema {
    Schema::from_yaml(yaml).unwrap()
}

pub(crate) fn source(number: u128) -> SourceId {
    SourceId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn event(schema: &Schema, source_id: SourceId, id: &str, record: &str) -> Event {
    let source_label = "my source";
    let origin = Origin {
        source_id,
        source_label,
        record_id: id,
        parse_time: time(NOW),
        schema_version: 3,
    };
    match schema.normalise(record.as_bytes(), &origin) {
        Normalised::Event(event) => event,
        Normalised::Reject(reject) => panic!("{reject}"),
    }
}

/// An event with nothing but an id and a time.
pub(crate) fn plain(schema: &Schema, source_id: SourceId, id: &str, at: &str) -> Event {
    event(schema, source_id, id, &format!(r#"{{"id": "{id}", "at": "{at}"}}"#))
}

pub(crate) fn reject(schema: &Schema, source_id: SourceId, id: &str) -> RejectRow {
    RejectRow {
        log_type: schema.log_type().clone(),
        row_id: RowId::of(source_id, id),
        record_id: id.to_owned(),
        payload: format!("{{not JSON: {id} 🐈"),
        error: "`id`: expected string, found nothing".to_owned(),
        parse_time: time(NOW),
        source_id,
        source_label: "my source".to_owned(),
        schema_version: 3,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (every, other) = (schema(EVERY_TYPE), schema(OTHER));
        let lake = Lake::open(&folder.path().join("lake"), &[every.clone(), other.clone()])
            .await
            .unwrap();
        Self {
            folder,
            lake,
            every,
            other,
        }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    pub(crate) fn table_folder(&self) -> PathBuf {
        self.root().join("margay_logs").join("test_every")
    }

    /// Opens the same lake anew, as another process would.
    pub(crate) async fn open_again(&self) -> Lake {
        Lake::open(&self.root(), &[self.every.clone(), self.other.clone()])
            .await
            .unwrap()
    }

    /// Lands events of source 1 as the entry `sequence`.
    pub(crate) async fn land(&self, sequence: u64, events: Vec<Event>) -> Result<Landed, LandError> {
        self.land_with(sequence, events, Vec::new()).await
    }

    pub(crate) async fn land_with(
        &self,
        sequence: u64,
        events: Vec<Event>,
        rejects: Vec<RejectRow>,
    ) -> Result<Landed, LandError> {
        let (after, through) = (vec![(source(1), sequence - 1)], vec![(source(1), sequence)]);
        self.lake
            .land(Batch {
                events: EventColumns::of(&self.every, &events).unwrap(),
                rejects,
                after,
                through,
            })
            .await
    }

    /// Lands one event a time, each as an entry of its own.
    pub(crate) async fn land_each(&self, first: u64, times: &[&str]) {
        for (sequence, at) in (first..).zip(times) {
            let event = plain(&self.every, source(1), &format!("e{sequence}"), at);
            self.land(sequence, vec![event]).await.unwrap();
        }
    }

    /// The data files of the table of events, sorted.
    pub(crate) fn data_files(&self) -> Vec<PathBuf> {
        let days = std::fs::read_dir(self.table_folder())
            .unwrap()
            .map(|day| day.unwrap().path());
        let days = days.filter(|day| day.is_dir() && !day.ends_with("_delta_log"));
        let files = days.flat_map(|day| std::fs::read_dir(day).unwrap());
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }

    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<Cell>> {
        rows(&self.lake, sql).await
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        count(&self.lake, table).await
    }

    /// Returns the answer as text, a line a row, cells between bars.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let rows = self.rows(sql).await;
        rows.iter()
            .map(|row| row.iter().map(show).collect::<Vec<_>>().join(" | "))
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub(crate) async fn error(&self, sql: &str) -> QueryError {
        let context = QueryContext::at(time(NOW));
        match self.lake.query(sql, context).await {
            Err(error) => error,
            Ok(rows) => rows.collect().await.unwrap_err(),
        }
    }
}

pub(crate) async fn rows(lake: &Lake, sql: &str) -> Vec<Vec<Cell>> {
    let rows = lake
        .query(sql, QueryContext::at(time(NOW)))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.collect().await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

pub(crate) async fn count(lake: &Lake, table: &str) -> i64 {
    match rows(lake, &format!("select count(*) from {table}")).await.as_slice() {
        [row] => match row.as_slice() {
            [Cell::Integer(count)] => *count,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(crate) fn show(cell: &Cell) -> String {
    match cell {
        Cell::Null => "∅".to_owned(),
        Cell::Boolean(truth) => truth.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Unsigned(number) => number.to_string(),
        Cell::Float(number) => format!("{number:?}"),
        Cell::Text(text) | Cell::Json(text) => text.clone(),
        Cell::Time(micros) => Timestamp::from_microsecond(*micros).unwrap().to_string(),
    }
}
