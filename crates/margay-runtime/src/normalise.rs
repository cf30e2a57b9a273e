//! Normalise: a journalled entry becomes events and rejects. Pure; may run twice and gives the same both times.

use jiff::Timestamp;
use margay_connector::Record;
use margay_lake::RejectRow;
use margay_schema::{Event, Normalised, Origin, RowId};
use margay_store::{Entry, Source};

use crate::content::VersionedSchema;

/// What a run of entries became.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Records that fit the schema.
    pub events: Vec<Event>,
    /// Records that did not, with the reasons and their raw text.
    pub rejects: Vec<RejectRow>,
}

/// Takes what records become, one after the other.
pub trait Sink {
    /// A record that fits the schema.
    fn event(&mut self, event: Event);
    /// A record that does not.
    fn reject(&mut self, reject: RejectRow);
}

impl Sink for Outcome {
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn reject(&mut self, reject: RejectRow) {
        self.rejects.push(reject);
    }
}

/// Normalises every record of `entry` and hands the results to `sink`.
///
/// `p_parse_time` is the time at which the entry was journalled, not the present, so that a replay gives the same row.
pub fn entry(versioned: &VersionedSchema, entry: &Entry, source_label: &str, sink: &mut impl Sink) {
    for record in &entry.records {
        let origin = Origin {
            source_id: entry.source_id,
            source_label,
            record_id: &record.id,
            parse_time: entry.journalled_at,
            schema_version: versioned.version,
        };
        one(versioned, &record.body, &origin, sink);
    }
}

/// Normalises a record that the vendor shows at `now`, as if it were journalled then, and adds the result to `outcome`.
pub(crate) fn record(
    versioned: &VersionedSchema,
    record: &Record,
    source: &Source,
    now: Timestamp,
    outcome: &mut Outcome,
) {
    let origin = Origin {
        source_id: source.id,
        source_label: &source.label,
        record_id: record.id.as_str(),
        parse_time: now,
        schema_version: versioned.version,
    };
    one(versioned, &record.body, &origin, outcome);
}

/// Normalises a record that failed once, as it was journalled, and adds the result to `outcome`.
pub fn reject(versioned: &VersionedSchema, reject: &RejectRow, source_label: &str, outcome: &mut Outcome) {
    let origin = Origin {
        source_id: reject.source_id,
        source_label,
        record_id: &reject.record_id,
        parse_time: reject.parse_time,
        schema_version: versioned.version,
    };
    one(versioned, &reject.payload, &origin, outcome);
}

fn one(versioned: &VersionedSchema, body: &str, origin: &Origin<'_>, sink: &mut impl Sink) {
    match versioned.schema.normalise(body.as_bytes(), origin) {
        Normalised::Event(event) => sink.event(event),
        Normalised::Reject(reject) => sink.reject(RejectRow {
            log_type: versioned.schema.log_type().clone(),
            row_id: RowId::of(origin.source_id, origin.record_id),
            record_id: origin.record_id.to_owned(),
            payload: body.to_owned(),
            error: reject.to_string(),
            parse_time: origin.parse_time,
            source_id: origin.source_id,
            source_label: origin.source_label.to_owned(),
            schema_version: versioned.version,
        }),
    }
}
