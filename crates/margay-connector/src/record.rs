//! One item of a vendor's log, untouched, with the id that makes it unique.
//!
//! What always holds: `body` is the record's JSON text byte for byte; the id is the vendor's own where there is a usable
//! one, else a hash of the content, so that the same record read twice has the same id.

mod canonical;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// A longer vendor id is not used: it is none, and it would be stored with every event. Asana's have 16 digits.
pub const RECORD_ID_BYTES_MAX: usize = 256;
/// What the id of a record without a vendor id begins with.
const HASH_PREFIX: &str = "sha256:";

/// One record exactly as the vendor sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// What makes it unique within its source.
    pub id: RecordId,
    /// Its JSON text, as sent. Mostly an object; whatever else a vendor puts into a page is a record too, and the schema
    /// rejects it with a reason.
    pub body: String,
    /// When it happened, if it says so in a way we can read. Only for the checkpoint and for progress: the schema reads
    /// the event's time itself.
    pub event_time: Option<Timestamp>,
}

/// The body is a customer's audit log: it stays out of debug output.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id.0)
            .field("event_time", &self.event_time)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The vendor's id of a record, or `sha256:` and the hex digest of its canonical JSON where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(String);

impl RecordId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id of a record as reading from the vendor gives it: the vendor's, or one made of its content.
    pub fn of_record(body: &str) -> Self {
        head_of(body)
            .gid
            .and_then(vendor_id)
            .unwrap_or_else(|| content_id(body))
    }

    /// Returns an id made of a record's content: the same whatever the order of its members and the blanks between them.
    pub fn of_content(body: &str) -> Self {
        content_id(body)
    }

    /// Returns a JSON value as an id, if it can be one: a string, or a whole number.
    pub fn of_value(value: &RawValue) -> Option<Self> {
        vendor_id(value)
    }

    /// Returns the id as text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The members of a record that we look at, each as its JSON text.
#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    gid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    created_at: Option<&'a RawValue>,
}

impl Record {
    /// Makes a record of one element of a page. Never fails: what cannot be read is a record without vendor id and time.
    pub(crate) fn from_raw(raw: &RawValue) -> Self {
        let body = raw.get();
        let head = head_of(body);
        let id = head.gid.and_then(vendor_id).unwrap_or_else(|| content_id(body));
        Self {
            id,
            body: body.to_owned(),
            event_time: head.created_at.and_then(event_time),
        }
    }
}

fn head_of(body: &str) -> Head<'_> {
    // A struct would also be read from an array, member by member.
    if body.trim_ascii_start().starts_with('{') {
        serde_json::from_str(body).unwrap_or_default()
    } else {
        Head::default()
    }
}

/// A string, or a whole number as it is written. Our own prefix is refused, lest a vendor's id pass for a hash.
fn vendor_id(raw: &RawValue) -> Option<RecordId> {
    let text = raw.get();
    let id = if text.starts_with('"') {
        serde_json::from_str::<String>(text).ok()?
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.to_owned()
    } else {
        return None;
    };
    let is_usable = !id.trim().is_empty() && id.len() <= RECORD_ID_BYTES_MAX && !id.starts_with(HASH_PREFIX);
    is_usable.then_some(RecordId(id))
}

fn content_id(body: &str) -> RecordId {
    use std::fmt::Write as _;
    let digest = Sha256::digest(canonical::canonical(body).as_bytes());
    let mut id = HASH_PREFIX.to_owned();
    for byte in digest {
        write!(id, "{byte:02x}").expect("writing to a string does not fail");
    }
    RecordId(id)
}

/// RFC 3339 with 0 to 9 fraction digits; without a zone it is UTC.
fn event_time(raw: &RawValue) -> Option<Timestamp> {
    let text = serde_json::from_str::<String>(raw.get()).ok()?;
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}

#[cfg(test)]
mod tests;
