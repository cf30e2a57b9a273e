//! An event: a record normalised by a schema.

use jiff::Timestamp;

use crate::id::{RowId, SourceId};
use crate::indicator::Indicators;
use crate::log_type::LogType;
use crate::schema::Schema;

pub(crate) mod print;

/// A record normalised by a schema.
///
/// - **Shape**: `values` has one item for each field of the schema, in its order; `None` is null or absent.
/// - **Invariant**: every value has its field's type, and required fields are there, at every depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The schema's fields.
    pub values: Vec<Option<Value>>,
    /// The fields that every event has.
    pub standard: StandardFields,
}

/// A value of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    String(String),
    /// A whole number that fits the field's width.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Microseconds since 1970-01-01 UTC; finer digits are cut off. In the years 1 to 9999, of which
    /// the last day is beyond [`jiff::Timestamp`].
    Timestamp(i64),
    /// The elements in order; null elements keep their place.
    Array(Vec<Option<Value>>),
    /// The members in the order of the schema's fields.
    Object(Vec<Option<Value>>),
    /// Any JSON value, as the exact text of the record.
    Json(String),
}

/// The fields that every event has, the columns named `p_…`.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardFields {
    /// `p_log_type`
    pub log_type: LogType,
    /// `p_row_id`
    pub row_id: RowId,
    /// `p_event_time`: the first field marked `isEventTime` that holds a time, otherwise `parse_time`. Microseconds.
    pub event_time: Timestamp,
    /// `p_parse_time`: when the record was normalised. Microseconds.
    pub parse_time: Timestamp,
    /// `p_schema_version`: the revision of the schema.
    pub schema_version: u32,
    /// `p_source_id`
    pub source_id: SourceId,
    /// `p_source_label`: the source's label at that time.
    pub source_label: String,
    /// `p_unmapped`: what the schema does not name, as the text of a JSON object with the record's nesting, order and
    /// exact values. In place of an array stands an array whose elements are `null` where nothing was unmapped.
    pub unmapped: Option<String>,
    /// The `p_any_…` columns.
    pub indicators: Indicators,
}

impl Event {
    /// Returns the event as one line of JSON: the schema's fields in their order, then the standard fields.
    ///
    /// - Nulls are left out, except inside arrays.
    /// - Whole numbers are exact at 64 bits; floats are the shortest text that reads back the same.
    /// - Times are UTC, `YYYY-MM-DD HH:MM:SS.fff`, with six digits only where the last three are not zero.
    /// - `json` fields and `p_unmapped` stand as the JSON they are; line breaks between their tokens become spaces.
    ///
    /// # Panics
    ///
    /// If the event was not made by this schema.
    pub fn to_json(&self, schema: &Schema) -> String {
        print::event(self, schema)
    }
}
