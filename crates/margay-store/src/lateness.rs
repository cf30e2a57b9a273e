//! Lateness: how many of a source's events became visible how long after their time, as plain counters.

use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::LookupError;
use crate::source::number_of;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql};

impl Store {
    /// Adds to the counters of a source's buckets. What a bucket stands for is the caller's affair, and must not change.
    pub async fn add_lateness(&self, source_id: SourceId, counts: &[(u8, u64)]) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let source = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        add_counts(&mut transaction, source, counts).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the counters of a source's buckets that were ever added to, in the order of the buckets.
    pub async fn lateness(&self, source_id: SourceId) -> Result<Vec<(u8, u64)>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let source = number_of(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<(u8, i64)> =
            sqlx::query_as("SELECT bucket, count FROM lateness WHERE source = ?1 ORDER BY bucket")
                .bind(source)
                .fetch_all(&mut *connection)
                .await
                .or_fault(self)?;
        Ok(rows
            .into_iter()
            .map(|(bucket, count)| (bucket, count_from_sql(count)))
            .collect())
    }
}

/// Adds to the counters of a source's buckets.
pub(crate) async fn add_counts(
    connection: &mut SqliteConnection,
    source: i64,
    counts: &[(u8, u64)],
) -> Result<(), sqlx::Error> {
    for (bucket, count) in counts {
        sqlx::query(
            "INSERT INTO lateness (source, bucket, count) VALUES (?1, ?2, ?3) \
             ON CONFLICT (source, bucket) DO UPDATE SET count = count + excluded.count",
        )
        .bind(source)
        .bind(i64::from(*bucket))
        .bind(count_to_sql(*count))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
