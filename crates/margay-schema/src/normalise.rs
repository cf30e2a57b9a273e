//! A record becomes an event or a reject.
//!
//! A schema with renames, embedded JSON or other transformations has its records reshaped first: JSON in, JSON out. Then
//! one pass over the record's bytes writes values straight into the places the schema has for them. A second, over the
//! values, gathers indicators and the event's time: only then is it certain which of two equal keys won. Nothing here
//! fails: text that is not JSON is one more reason to reject.
//!
//! What always holds:
//! - a key that the schema names, at its place, is in the event's values; any other key is in `p_unmapped`, with its
//!   text untouched; so no key of an accepted record is lost. The exceptions, all documented on [`Schema::normalise`]:
//!   null, a named key that comes twice in one object, and what a transformation replaces;
//! - a problem tells where and of which type, never what.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::event::{Event, StandardFields};
use crate::id::{RowId, SourceId};
use crate::parser::json_of;
use crate::reject::Reject;
use crate::schema::Schema;

mod coerce;
mod harvest;
mod path;
mod record;
mod reshape;
#[cfg(test)]
mod tests;
mod unmapped;

use path::Problems;

/// Where a record comes from: what the standard fields need and the record does not hold.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The log source.
    pub source_id: SourceId,
    /// The log source's label now.
    pub source_label: &'a str,
    /// The record's id within the source; `p_row_id` is derived from both.
    pub record_id: &'a str,
    /// Our clock; finer digits than microseconds are cut off.
    pub parse_time: Timestamp,
    /// The revision of the schema.
    pub schema_version: u32,
}

/// What a record became.
#[derive(Debug, Clone, PartialEq)]
pub enum Normalised {
    /// It fits the schema.
    Event(Event),
    /// It does not.
    Reject(Reject),
}

impl Schema {
    /// Reads a record: the bytes of one JSON object, or of one line if the schema has a parser for it.
    ///
    /// A line that its parser cannot read is rejected, as are the header and the comments of a file; whoever reads a
    /// file passes over those with a [`Session`](crate::Session). What the parser makes of a line is read as JSON:
    ///
    /// A key that the schema does not name, at any depth, goes to `p_unmapped`; of a named key that comes more than
    /// once in an object the last value counts. Null is as good as absent, except as an element of an array, where it
    /// keeps its place.
    ///
    /// | type | takes |
    /// |---|---|
    /// | `string` | string, also empty; number as its literal text; boolean |
    /// | `smallint`, `int`, `bigint` | number or numeric string without fraction or exponent, in range; `""` is null |
    /// | `float` | number or numeric string, finite; `""` is null |
    /// | `boolean` | boolean; 0 or 1; string as Go's `ParseBool` takes it; `""` is null |
    /// | `timestamp` | what one of its formats takes, tried in order; `""` is null |
    /// | `array` | array; an element that does not fit rejects the record |
    /// | `object` | object |
    /// | `json` | anything, kept as its exact text |
    ///
    /// A string that `validate` refuses rejects the record, in an array too; null passes.
    ///
    /// Where a value may be embedded JSON, a string gives way to what it holds, and `""` is null. What it holds is read by
    /// the schema like the rest, so an unknown key in it goes to `p_unmapped` at its place. A string that holds no JSON, or
    /// JSON nested deeper than a record may be, rejects the record, except in a `json`, which keeps the string.
    ///
    /// Transformations come before all this, in five phases over the whole record; each sees what the one before left, and
    /// a missing or null source changes nothing:
    ///
    /// 1. `rename`, together with embedded JSON: the key takes the field's name, unless the object has a value under that
    ///    name; then the key stays, and so goes to `p_unmapped`.
    /// 2. `copy`: any value.
    /// 3. `concat`: strings, and numbers and booleans as their literal text; missing and null sources are left out.
    /// 4. `split`: one part of such a text; without that part it changes nothing.
    /// 5. `mask`: strings, numbers and booleans, in arrays too; what is read, validated and searched is the mask.
    ///
    /// `copy`, `concat` and `split` replace a value that the record has under the field's name, and make the objects around
    /// the field where they are missing or null. An array or object as a source of `concat` or `split` rejects the record.
    ///
    /// A record is also rejected if it is longer than [`RECORD_BYTES_MAX`](crate::limits::RECORD_BYTES_MAX), nested
    /// deeper than [`JSON_DEPTH_MAX`](crate::limits::JSON_DEPTH_MAX), or would make more than
    /// [`RECORD_VALUE_COUNT_MAX`](crate::limits::RECORD_VALUE_COUNT_MAX) values.
    ///
    /// # Complexity
    ///
    /// Linear in the record, times the levels at which it is reshaped; memory for the output only, and for one copy of the
    /// record if it is reshaped.
    pub fn normalise(&self, record: &[u8], origin: &Origin<'_>) -> Normalised {
        match self.parser() {
            Some(parser) if parser.kind().reads_lines() => match json_of(parser, record) {
                Ok(json) => self.normalise_json(json.as_bytes(), origin),
                Err(reject) => Normalised::Reject(reject),
            },
            _ => self.normalise_json(record, origin),
        }
    }

    /// Reads a record that is JSON already, such as what a [`Session`](crate::Session) made of a line: as
    /// [`Schema::normalise`] does, but past the schema's parser.
    pub fn normalise_json(&self, record: &[u8], origin: &Origin<'_>) -> Normalised {
        let parse_time = whole_microseconds(origin.parse_time);
        let mut problems = Problems::default();
        let reshaped = match &self.reshape {
            None => Some(Cow::Borrowed(record)),
            Some(plan) => reshape::reshape(plan, record, &mut problems),
        };
        let near = parse_time.as_microsecond();
        let read = reshaped.and_then(|record| record::read(&self.plan, &record, near, &mut problems));
        let read = match read {
            Some(read) if problems.is_empty() => read,
            _ => return Normalised::Reject(problems.into_reject()),
        };
        let harvest = harvest::Harvest::of(&self.plan, &read.tree);
        let standard = StandardFields {
            log_type: self.log_type().clone(),
            row_id: RowId::of(origin.source_id, origin.record_id),
            event_time: harvest.event_time.unwrap_or(parse_time),
            parse_time,
            schema_version: origin.schema_version,
            source_id: origin.source_id,
            source_label: origin.source_label.to_owned(),
            unmapped: read.unmapped,
            indicators: harvest.found.into_indicators(),
        };
        Normalised::Event(Event::new(read.tree, standard))
    }
}

/// Cuts off what the tables cannot hold, so that an event says the same before and after it is stored.
fn whole_microseconds(time: Timestamp) -> Timestamp {
    let towards_zero = time.as_microsecond();
    let is_cut_up = time.subsec_nanosecond() % 1_000 < 0;
    Timestamp::from_microsecond(towards_zero - i64::from(is_cut_up)).unwrap_or(time)
}
