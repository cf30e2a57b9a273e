//! An event: a record normalised by a schema.

use jiff::Timestamp;

use crate::id::{RowId, SourceId};
use crate::indicator::Indicators;
use crate::log_type::LogType;
use crate::schema::Schema;

pub(crate) mod print;
mod value;

pub(crate) use value::{Cell, Run, Span, Tree};
pub use value::{Value, Values};

/// A record normalised by a schema.
///
/// - **Shape**: [`Self::values`] has one item for each field of the schema, in its order; `None` is null or absent.
/// - **Invariant**: every value has its field's type, and required fields are there, at every depth.
/// - It is a few pieces of memory, however many values it has: its texts are places in a copy of the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    tree: Tree,
    /// The fields that every event has.
    pub standard: StandardFields,
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
    /// Returns the event that these are.
    pub(crate) const fn new(tree: Tree, standard: StandardFields) -> Self {
        Self { tree, standard }
    }

    /// Returns the values of the schema's fields, in its order.
    pub fn values(&self) -> Values<'_> {
        self.tree.root()
    }

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
