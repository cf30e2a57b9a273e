//! A record that no schema accepted, as the row it becomes in `margay_monitor.classification_failures`.

use jiff::Timestamp;
use margay_schema::{LogType, RowId, SourceId};

/// One row of `margay_monitor.classification_failures`.
///
/// - **Shape**: `payload` is the record exactly as the vendor sent it, valid JSON or not.
/// - **Invariant**: `error` names what was wrong, never more of the record than a short type word.
/// - **Source**: the table and its `error`, `id` and `payload` columns are what Panther's users know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectRow {
    /// The log type that was expected.
    pub log_type: LogType,
    /// The id the event would have had.
    pub row_id: RowId,
    /// The vendor's id of the record, or its content hash.
    pub record_id: String,
    /// The raw text.
    pub payload: String,
    /// Every reason, as a person reads it.
    pub error: String,
    /// When normalising was tried.
    pub parse_time: Timestamp,
    /// The source that the record came from.
    pub source_id: SourceId,
    /// The label of that source at the time.
    pub source_label: String,
    /// The revision of the schema that refused it.
    pub schema_version: u32,
}
