//! The journal's own copies of records that an audit misses: read portion by portion, and only the entries that may hold them.

use std::collections::{HashSet, VecDeque};

use margay_connector::Record;
use margay_schema::SourceId;
use margay_store::{Entry, EntryText, Sequence};

use super::AuditError;
use crate::line::Line;

/// Entries are read in portions of so many bytes.
const PORTION_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Entries of a source with records that are sought.
///
/// - **Invariant**: holds the ids that were not met yet, and never more of the journal than a portion.
pub(super) struct Kept {
    source_id: SourceId,
    /// Ids that were not met yet.
    sought: HashSet<String>,
    /// Entries that may hold them.
    places: VecDeque<Sequence>,
}

impl Kept {
    /// Seeks records in the entries after `after`.
    pub(super) async fn open(
        line: &Line,
        source_id: SourceId,
        after: Sequence,
        records: &[&Record],
    ) -> Result<Self, AuditError> {
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        let places = line.store.entries_that_may_hold(source_id, &ids).await?;
        Ok(Self {
            source_id,
            sought: ids.into_iter().map(str::to_owned).collect(),
            places: places.into_iter().filter(|place| *place > after).collect(),
        })
    }

    /// Returns the next entries that hold sought records, without their other records; nothing at the end.
    pub(super) async fn next(&mut self, line: &Line) -> Result<Option<Vec<Entry>>, AuditError> {
        while !self.sought.is_empty()
            && let Some(place) = self.places.front()
        {
            let before = Sequence::new(place.get().saturating_sub(1));
            let mut entries = line.store.entries(self.source_id, before, PORTION_BYTES_MAX).await?;
            let Some(read_through) = entries.last().map(|entry| entry.sequence) else {
                // Retention was here in between.
                return Ok(None);
            };
            self.places.retain(|place| *place > read_through);
            // Records without their text cannot land from here; the vendor has shown it.
            entries.retain(|entry| entry.text == EntryText::Kept);
            for entry in &mut entries {
                entry.records.retain(|record| self.sought.remove(&record.id));
            }
            entries.retain(|entry| !entry.records.is_empty());
            if !entries.is_empty() {
                return Ok(Some(entries));
            }
        }
        Ok(None)
    }

    /// Returns the ids that no entry holds.
    pub(super) fn into_sought(self) -> HashSet<String> {
        self.sought
    }
}
