//! Audits: what was found when windows were read again from the vendor and compared with what was kept.

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::{LookupError, Remedy, StorageFault};
use crate::round::shortened;
use crate::row::row;
use crate::source::number_of;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

/// How many audits of each source are kept: a weekly one for two years.
pub const AUDITS_KEPT_MAX: usize = 100;

/// The longest details: the ids of some hundred events that differ.
pub const AUDIT_DETAILS_BYTES_MAX: usize = 64 * 1024;

/// What an audit did and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The first moment of the event time that it is about.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// How much of it was to be read: 1,000 is all.
    pub sample_permille: u16,
    /// What the sample was drawn with; the same seed draws the same windows.
    pub seed: u64,
    /// Windows that were read.
    pub windows: u64,
    /// Windows of which they were drawn.
    pub windows_total: u64,
    /// Requests that were made.
    pub requests: u64,
    /// Events that were compared.
    pub events_checked: u64,
    /// Events that the vendor has and we had not.
    pub missing: u64,
    /// Events that we have and the vendor has not.
    pub extra: u64,
    /// Events that both have, with other content.
    pub different: u64,
    /// Missing events that were journalled then.
    pub repaired: u64,
    /// How it ended, for people, in a few words.
    pub outcome: String,
    /// More of what it found, JSON of at most [`AUDIT_DETAILS_BYTES_MAX`].
    pub details: String,
}

/// Why an audit was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no such source; perhaps it was deleted during the audit.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The details are not JSON, or longer than [`AUDIT_DETAILS_BYTES_MAX`].
    #[error("the details of an audit are not JSON of at most {AUDIT_DETAILS_BYTES_MAX} bytes")]
    DetailsInvalid,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AuditError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            AuditError::SourceUnknown(_) => Remedy::StandDown,
            AuditError::DetailsInvalid => Remedy::AskOperator,
            AuditError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Keeps what an audit of a source found. The last [`AUDITS_KEPT_MAX`] are kept.
    pub async fn keep_audit(&self, source_id: SourceId, audit: AuditRecord) -> Result<(), AuditError> {
        let details_fit = audit.details.len() <= AUDIT_DETAILS_BYTES_MAX
            && serde_json::from_str::<serde_json::Value>(&audit.details).is_ok();
        if !details_fit {
            return Err(AuditError::DetailsInvalid);
        }
        let mut transaction = self.begin_write().await?;
        let source = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(AuditError::SourceUnknown(source_id))?;
        insert(&mut transaction, source, audit).await.or_fault(self)?;
        sqlx::query(
            "DELETE FROM audit WHERE source = ?1 AND number <= \
             (SELECT number FROM audit WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(source)
        .bind(count_to_sql(AUDITS_KEPT_MAX))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the last audits of a source, at most `limit`, the newest first.
    pub async fn audits(&self, source_id: SourceId, limit: usize) -> Result<Vec<AuditRecord>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let source = number_of(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<AuditRow> = sqlx::query_as(
            "SELECT started_at, finished_at, from_at, to_at, sample_permille, seed, windows, windows_total, requests, \
             events_checked, missing, extra, different, repaired, outcome, details FROM audit \
             WHERE source = ?1 ORDER BY number DESC LIMIT ?2",
        )
        .bind(source)
        .bind(count_to_sql(limit))
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }
}

row! {
    struct AuditRow {
        started_at: i64,
        finished_at: i64,
        from_at: i64,
        to_at: i64,
        sample_permille: u16,
        seed: i64,
        windows: i64,
        windows_total: i64,
        requests: i64,
        events_checked: i64,
        missing: i64,
        extra: i64,
        different: i64,
        repaired: i64,
        outcome: String,
        details: String,
    }
}

impl From<AuditRow> for AuditRecord {
    fn from(row: AuditRow) -> AuditRecord {
        AuditRecord {
            started_at: from_micros(row.started_at),
            finished_at: from_micros(row.finished_at),
            from: from_micros(row.from_at),
            to: from_micros(row.to_at),
            sample_permille: row.sample_permille,
            seed: row.seed.cast_unsigned(),
            windows: count_from_sql(row.windows),
            windows_total: count_from_sql(row.windows_total),
            requests: count_from_sql(row.requests),
            events_checked: count_from_sql(row.events_checked),
            missing: count_from_sql(row.missing),
            extra: count_from_sql(row.extra),
            different: count_from_sql(row.different),
            repaired: count_from_sql(row.repaired),
            outcome: row.outcome,
            details: row.details,
        }
    }
}

async fn insert(connection: &mut SqliteConnection, source: i64, audit: AuditRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit (source, started_at, finished_at, from_at, to_at, sample_permille, seed, windows, \
         windows_total, requests, events_checked, missing, extra, different, repaired, outcome, details) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )
    .bind(source)
    .bind(to_micros(audit.started_at))
    .bind(to_micros(audit.finished_at))
    .bind(to_micros(audit.from))
    .bind(to_micros(audit.to))
    .bind(i64::from(audit.sample_permille))
    .bind(audit.seed.cast_signed())
    .bind(count_to_sql(audit.windows))
    .bind(count_to_sql(audit.windows_total))
    .bind(count_to_sql(audit.requests))
    .bind(count_to_sql(audit.events_checked))
    .bind(count_to_sql(audit.missing))
    .bind(count_to_sql(audit.extra))
    .bind(count_to_sql(audit.different))
    .bind(count_to_sql(audit.repaired))
    .bind(shortened(audit.outcome))
    .bind(audit.details)
    .execute(connection)
    .await?;
    Ok(())
}
