//! Erasures: sources that were deleted with their events, until the lake has none of these any more.
//!
//! The wish is written in the transaction that deletes the source. So there is no moment at which a source has lost some of its events,
//! and none at which nobody knows that they are to go: whoever starts next goes on.

use jiff::Timestamp;
use margay_schema::{LogType, SourceId};

use crate::fault::StorageFault;
use crate::store::{OrFault, Store};
use crate::time::from_micros;

/// A source that is gone, and whose events are to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The id that it had.
    pub source_id: SourceId,
    /// Its log type.
    pub log_type: LogType,
    /// When it was deleted.
    pub asked_at: Timestamp,
}

impl Store {
    /// Returns the erasures that are not done, the oldest first.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, StorageFault> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT source_id, log_type, asked_at FROM erasure ORDER BY number")
                .fetch_all(self.readers())
                .await
                .or_fault(self)?;
        let erasure = |(source_id, log_type, asked_at): (String, String, i64)| {
            Ok(Erasure {
                source_id: source_id
                    .parse()
                    .map_err(|_| self.damaged("the source of an erasure is no UUID"))?,
                log_type: log_type
                    .parse()
                    .map_err(|_| self.damaged("the log type of an erasure is no name of one"))?,
                asked_at: from_micros(asked_at),
            })
        };
        rows.into_iter().map(erasure).collect()
    }

    /// Notes that the lake has nothing of the source any more.
    pub async fn end_erasure(&self, source_id: SourceId) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("DELETE FROM erasure WHERE source_id = ?1")
            .bind(source_id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }
}
