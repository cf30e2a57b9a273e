//! A test's records through the schema, and what comes out beside what is expected.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::compare::{Comparison, time_of};
use super::json::Json;
use super::records::records;
use super::{TestCase, TestOutcome};
use crate::event::print;
use crate::id::SourceId;
use crate::normalise::{Normalised, Origin};
use crate::schema::Schema;

/// The label that events of tests are given.
const SOURCE_LABEL: &str = "schema test";

/// The time of parsing of a test that gives none, 2000-12-30T23:59:59.999999Z: ordinary, so that a time without a year
/// is one of the year 2000, which has every day; and to the microsecond what no record is likely to hold.
pub(super) const PARSE_TIME_UNKNOWN: Timestamp = Timestamp::constant(978_220_799, 999_999_000);

impl TestCase {
    /// Runs the test on a schema, which should be the one it names.
    ///
    /// Each record is expected to make the event that stands at its place; a test that expects no events expects every
    /// record to be rejected.
    ///
    /// | in the event | is as expected if |
    /// |---|---|
    /// | a field | it has the value, or both have none; null is none, except in an array |
    /// | whole number | it has the same digits: 1.0 is not 1 |
    /// | float | it reads as the same double |
    /// | timestamp | it is the same moment, in a form that the field takes, in RFC 3339, or as events are printed |
    /// | `json` | it has the same structure; the order of members does not count |
    /// | `p_log_type`, `p_event_time`, `p_unmapped` | the same, if the test mentions it |
    /// | `p_any_…` | it has the same values in any order, if the test mentions it |
    /// | every other `p_…` field | always: they depend on the run |
    ///
    /// A test that gives `p_parse_time` for an event has it normalised at that time; without it a time that is written
    /// without a year is one of the year 2000.
    pub fn run(&self, schema: &Schema) -> TestOutcome {
        let mut outcome = TestOutcome::default();
        let mut session = schema.session();
        // Records so far: lines that are none, such as a header, do not count.
        let mut count = 0;
        for record in records(&self.input, schema) {
            let number = (count + 1).to_string();
            let expected = self.expected.get(count).and_then(members);
            let origin = Origin {
                source_id: SourceId::from_uuid(uuid::Uuid::nil()),
                source_label: SOURCE_LABEL,
                record_id: &number,
                parse_time: expected.and_then(parse_time).unwrap_or(PARSE_TIME_UNKNOWN),
                schema_version: 0,
            };
            let normalised = if schema.reads_lines() {
                session.normalise(record.as_bytes(), &origin)
            } else {
                Some(schema.normalise(record.as_bytes(), &origin))
            };
            if let Some(normalised) = normalised {
                self.compare(count, &normalised, schema, &mut outcome);
                count += 1;
            }
        }
        if count == 0 {
            Comparison::whole(&mut outcome).differs("", "records in the input", "none");
        }
        for (index, expected) in self.expected.iter().enumerate().skip(count) {
            Comparison::of_event(&mut outcome, index + 1).differs("", &expected.to_string(), "no further record");
        }
        outcome
    }

    /// Compares what a record became with what is expected of it.
    fn compare(&self, index: usize, normalised: &Normalised, schema: &Schema, outcome: &mut TestOutcome) {
        match normalised {
            Normalised::Event(_) => outcome.event_count += 1,
            Normalised::Reject(_) => outcome.reject_count += 1,
        }
        let mut comparison = Comparison::of_event(outcome, index + 1);
        let surplus = if self.expected.is_empty() {
            "the record to be rejected"
        } else {
            "no further record"
        };
        match (normalised, self.expected.get(index)) {
            (Normalised::Event(event), Some(Json::Object(expected))) => comparison.event(event, schema, expected),
            (Normalised::Event(event), _) => comparison.differs("", surplus, &print::own_fields(event, schema)),
            (Normalised::Reject(_), None) if self.expected.is_empty() => {}
            (Normalised::Reject(reject), Some(expected)) => comparison.rejected(&expected.to_string(), reject),
            (Normalised::Reject(reject), None) => comparison.rejected(surplus, reject),
        }
    }
}

fn members(event: &Json) -> Option<&BTreeMap<String, Json>> {
    match event {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

fn parse_time(expected: &BTreeMap<String, Json>) -> Option<Timestamp> {
    let microseconds = time_of(expected.get("p_parse_time")?, &[], 0).next()?;
    Timestamp::from_microsecond(microseconds).ok()
}
