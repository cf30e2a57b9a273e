//! Finding records in the journal by their ids: which it knows, and which entries may hold them.
//!
//! An id is remembered with the day on which its entry was journalled, so that a few entries are read and not the whole journal.

use std::collections::HashSet;

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::LookupError;
use crate::record_id::key_of;
use crate::sequence::Sequence;
use crate::source::number_of_journalled;
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, to_micros};

impl Store {
    /// Returns those of the ids that a source's journal knows: it has an entry with them, or had one before retention.
    pub async fn known_records(&self, source_id: SourceId, ids: &[&str]) -> Result<HashSet<String>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let number = number_of_journalled(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let known: Vec<String> = sqlx::query_scalar(
            "SELECT record_id FROM record_id WHERE source = ?1 AND record_id IN (SELECT value FROM json_each(?2))",
        )
        .bind(number)
        .bind(keys_of(ids))
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        let known: HashSet<String> = known.into_iter().collect();
        let is_known = |id: &&&str| known.contains(&*key_of(id));
        Ok(ids.iter().filter(is_known).map(|id| (*id).to_owned()).collect())
    }

    /// Returns the entries, in order, that may hold any of these records: those of the days on which the ids were first seen.
    /// An id whose entry retention has removed, or that was never journalled, adds none.
    pub async fn entries_that_may_hold(&self, source_id: SourceId, ids: &[&str]) -> Result<Vec<Sequence>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let number = number_of_journalled(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        // A day has 86,400,000,000 microseconds; `day_of` counts the same days.
        let sequences: Vec<i64> = sqlx::query_scalar(
            "SELECT sequence FROM entry WHERE source = ?1 AND journalled_at / 86400000000 IN \
             (SELECT first_seen_day FROM record_id WHERE source = ?1 \
             AND record_id IN (SELECT value FROM json_each(?2))) ORDER BY sequence",
        )
        .bind(number)
        .bind(keys_of(ids))
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        Ok(sequences.into_iter().map(Sequence::from_sql).collect())
    }

    /// Returns the entries of a source, in order, that were journalled at exactly that time: at most `limit`. There is one, unless a clock
    /// stands still.
    pub async fn sequences_at(
        &self,
        source_id: SourceId,
        at: Timestamp,
        limit: usize,
    ) -> Result<Vec<Sequence>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let number = number_of_journalled(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let sequences: Vec<i64> = sqlx::query_scalar(
            "SELECT sequence FROM entry WHERE source = ?1 AND journalled_at = ?2 ORDER BY sequence LIMIT ?3",
        )
        .bind(number)
        .bind(to_micros(at))
        .bind(count_to_sql(limit))
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        Ok(sequences.into_iter().map(Sequence::from_sql).collect())
    }
}

fn keys_of(ids: &[&str]) -> String {
    let keys: Vec<_> = ids.iter().map(|id| key_of(id)).collect();
    serde_json::to_string(&keys).expect("a list of texts is JSON")
}
