//! Taking back records that were to land without being kept here, and did not, or are gone from the lake.

use margay_schema::SourceId;

use super::EntriesError;
use crate::entry::{self, EntryRecord, FORMAT_WITHDRAWN, FORMAT_WITHOUT_TEXT};
use crate::record_id::key_of;
use crate::sequence::Sequence;
use crate::source::number_of_journalled;
use crate::store::{OrFault, Store};
use crate::time::count_to_sql;

impl Store {
    /// Withdraws those records of an entry without text that `is_lost` says of by their id: they are forgotten, so that they are new when
    /// they come again, and the entry does not name them any more. Its sequence remains, for sequences have no gaps. Returns how many it
    /// was: 0 if there is no such entry, or it has text.
    ///
    /// To be called only for what the lake does not have, else the records land twice when they come again.
    ///
    /// # Errors
    /// [`EntriesError::EntryDamaged`] if the entry cannot be read; nothing is changed then.
    ///
    /// # Panics
    /// Never: a list of texts is JSON.
    pub async fn withdraw(
        &self,
        source_id: SourceId,
        sequence: Sequence,
        is_lost: impl Fn(&str) -> bool,
    ) -> Result<usize, EntriesError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of_journalled(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(EntriesError::SourceUnknown(source_id))?;
        let row: Option<(i64, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT record_count, raw_bytes, records FROM entry WHERE source = ?1 AND sequence = ?2 AND format = ?3",
        )
        .bind(number)
        .bind(sequence.to_sql())
        .bind(FORMAT_WITHOUT_TEXT)
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let Some((record_count, raw_bytes, blob)) = row else {
            return Ok(0);
        };
        let records = entry::unpack(FORMAT_WITHOUT_TEXT, record_count, raw_bytes, &blob).map_err(|problem| {
            EntriesError::EntryDamaged {
                source_id,
                sequence,
                problem,
            }
        })?;
        let (lost, left): (Vec<EntryRecord>, Vec<EntryRecord>) =
            records.into_iter().partition(|record| is_lost(&record.id));
        if lost.is_empty() {
            return Ok(0);
        }
        let keys: Vec<_> = lost.iter().map(|record| key_of(&record.id)).collect();
        let keys = serde_json::to_string(&keys).expect("a list of texts is JSON");
        sqlx::query("DELETE FROM record_id WHERE source = ?1 AND record_id IN (SELECT value FROM json_each(?2))")
            .bind(number)
            .bind(keys)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        let left: Vec<(&str, &str)> = left.iter().map(|record| (record.id.as_str(), "")).collect();
        // An entry says that it has at least one record, which one that was withdrawn says of its past.
        let (format, count_left, bytes_left, blob_left) = if left.is_empty() {
            (FORMAT_WITHDRAWN, record_count, 0, Vec::new())
        } else {
            let packed = entry::pack(&left);
            let count_left = count_to_sql(packed.record_count);
            (
                FORMAT_WITHOUT_TEXT,
                count_left,
                count_to_sql(packed.raw_bytes),
                packed.blob,
            )
        };
        sqlx::query(
            "UPDATE journal SET records_total = records_total - ?2, raw_bytes_total = raw_bytes_total - ?3, \
             stored_bytes_total = stored_bytes_total - ?4 WHERE source = ?1",
        )
        .bind(number)
        .bind(count_to_sql(lost.len()))
        .bind(raw_bytes - bytes_left)
        .bind(count_to_sql(blob.len()) - count_to_sql(blob_left.len()))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        sqlx::query(
            "UPDATE entry SET format = ?3, record_count = ?4, raw_bytes = ?5, records = ?6 \
             WHERE source = ?1 AND sequence = ?2",
        )
        .bind(number)
        .bind(sequence.to_sql())
        .bind(format)
        .bind(count_left)
        .bind(bytes_left)
        .bind(blob_left)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(lost.len())
    }
}
