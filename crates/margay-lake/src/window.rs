//! A window of event time of one source, and how many rows a table has of it.

use std::ops::Range;
use std::sync::Arc;

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, AsArray};
use deltalake::arrow::datatypes::{
    DataType, Field, Schema as ArrowSchema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use jiff::Timestamp;
use margay_schema::SourceId;

use crate::columns::EVENT_TIME;
use crate::data_file::{DataFile, ROW_ID};
use crate::failure::LakeError;
use crate::lake::Inner;

/// The column that says whose a row is.
pub(crate) const SOURCE_ID: &str = "p_source_id";
/// The column that says which revision of the schema made a row.
pub(crate) const SCHEMA_VERSION: &str = "p_schema_version";

/// Rows of one source with an event time in `[from, to)`, in whole microseconds.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    source_id: String,
    times: Range<i64>,
}

impl Window {
    pub(crate) fn new(source_id: SourceId, from: Timestamp, to: Timestamp) -> Self {
        Self {
            source_id: source_id.to_string(),
            times: from.as_microsecond()..to.as_microsecond(),
        }
    }

    /// Returns whether rows between these times, in microseconds and inclusive, can be in the window.
    pub(crate) fn may_concern(&self, (from, through): (i64, i64)) -> bool {
        from < self.times.end && through >= self.times.start
    }

    /// Returns whether a row is in the window.
    pub(crate) fn contains(&self, source_id: &str, event_time: i64) -> bool {
        self.times.contains(&event_time) && self.source_id == source_id
    }
}

/// Returns these of the standard columns, as every table has them.
pub(crate) fn columns_of(names: &[&str]) -> SchemaRef {
    let field = |name: &&str| {
        let data_type = match *name {
            EVENT_TIME => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            SCHEMA_VERSION => DataType::Int32,
            ROW_ID | SOURCE_ID => DataType::Utf8,
            other => unreachable!("`{other}` is not asked for"),
        };
        Field::new(*name, data_type, true)
    };
    Arc::new(ArrowSchema::new(names.iter().map(field).collect::<Vec<_>>()))
}

/// Returns how many rows of the window the table has.
pub(crate) async fn count(lake: &Inner, table: &str, window: Window) -> Result<u64, LakeError> {
    let Some(table) = lake.log(table) else { return Ok(0) };
    let delta = table.fresh().await?;
    let files = DataFile::all(&table, &delta)?;
    let counting = tokio::task::spawn_blocking(move || count_in(&files, &window));
    match counting.await {
        Ok(count) => count.map_err(|error| table.failed("read", error)),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(LakeError::Closing),
    }
}

fn count_in(files: &[DataFile], window: &Window) -> Result<u64, DeltaTableError> {
    let columns = columns_of(&[SOURCE_ID, EVENT_TIME]);
    let mut count = 0;
    for file in files.iter().filter(|file| window.may_concern(file.event_times())) {
        let open = file.open(&columns)?;
        for group in (0..open.groups()).filter(|group| window.may_concern(open.event_times_of(*group))) {
            for rows in open.read(group, None)? {
                let rows = rows?;
                let sources = rows.column(0).as_string::<i32>();
                let times = rows.column(1).as_primitive::<TimestampMicrosecondType>();
                let is_in = |at: &usize| !times.is_null(*at) && window.contains(sources.value(*at), times.value(*at));
                count += (0..rows.num_rows()).filter(is_in).count() as u64;
            }
        }
    }
    Ok(count)
}
