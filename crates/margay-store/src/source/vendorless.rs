//! Log sources that read from no vendor: our own log, and what was imported from files. Each has a journal, so that its records land like
//! those of any vendor.

use jiff::Timestamp;
use margay_schema::{LogType, SourceId};
use secrecy::SecretString;

use super::{CreateSourceError, Source, insert, insert_ledger};
use crate::credentials;
use crate::fault::StorageFault;
use crate::ids::new_uuid;
use crate::store::{OrFault, Store};
use crate::time::{from_micros, to_micros};

/// The connector of our own log. No vendor is called so.
pub const OWN_CONNECTOR: &str = "margay";
/// The connector of what was imported from files. No vendor is called so.
pub const IMPORT_CONNECTOR: &str = "file";
/// What `p_source_label` says of our own log.
const OWN_LABEL: &str = "Margay";
/// What `p_source_label` says of imported records.
const IMPORT_LABEL: &str = "Import";
/// How the label of our own log is kept for comparison. Labels of people have no control characters, so nobody's is in its way.
const OWN_LABEL_FOLDED: &str = "\u{1}margay";
/// As [`OWN_LABEL_FOLDED`], before a log type: each has an import of its own.
const IMPORT_LABEL_FOLDED: &str = "\u{1}import ";
/// Every source has credentials; these need none.
const NO_CREDENTIALS: &str = "none";
/// Nothing is journalled yet: entries of the audit log are counted from 1. Files have no place at which reading would resume.
const FIRST_CHECKPOINT: &str = "0";

impl Store {
    /// Returns our own log as a source, added if it is not there. It is not among [`Store::sources`], and nothing changes or deletes it.
    ///
    /// # Errors
    /// When the database cannot do its work, or the credentials that it has for form's sake cannot be sealed.
    pub async fn own_source(&self, log_type: &LogType, now: Timestamp) -> Result<Source, CreateSourceError> {
        if let Some(source) = self.find_vendorless(OWN_CONNECTOR, None).await? {
            return Ok(source);
        }
        let source = new_source(OWN_CONNECTOR, OWN_LABEL, log_type, now);
        self.add_vendorless(source, OWN_LABEL_FOLDED).await
    }

    /// Returns the source of what is imported of a log type from files, added if it is not there. There is one a log type, so that a
    /// record that stands in two files is imported once. It is not among [`Store::sources`], and nothing changes or deletes it.
    ///
    /// # Errors
    /// When the database cannot do its work, or the credentials that it has for form's sake cannot be sealed.
    pub async fn import_source(&self, log_type: &LogType, now: Timestamp) -> Result<Source, CreateSourceError> {
        if let Some(source) = self.find_vendorless(IMPORT_CONNECTOR, Some(log_type)).await? {
            return Ok(source);
        }
        let source = new_source(IMPORT_CONNECTOR, IMPORT_LABEL, log_type, now);
        let label_folded = format!("{IMPORT_LABEL_FOLDED}{log_type}");
        self.add_vendorless(source, &label_folded).await
    }

    /// Lets our own log be journalled again from its beginning: entries whose ids are known are passed over. For a lake that lost them.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn reread_own_log(&self) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query(
            "UPDATE journal SET checkpoint = ?1 WHERE source = (SELECT number FROM source WHERE connector = ?2)",
        )
        .bind(FIRST_CHECKPOINT)
        .bind(OWN_CONNECTOR)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    async fn add_vendorless(&self, source: Source, label_folded: &str) -> Result<Source, CreateSourceError> {
        let key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let envelope = credentials::seal(key, source.id, &SecretString::from(NO_CREDENTIALS))
            .map_err(CreateSourceError::Credentials)?;
        let mut transaction = self.begin_write().await?;
        // Somebody else may have added it since it was looked for.
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM source WHERE label_folded = ?1")
            .bind(label_folded)
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if count == 0 {
            let number = insert(&mut transaction, &source, label_folded, &envelope, FIRST_CHECKPOINT)
                .await
                .or_fault(self)?;
            insert_ledger(&mut transaction, number, None).await.or_fault(self)?;
            transaction.commit().await.or_fault(self)?;
        }
        let log_type = (source.connector == IMPORT_CONNECTOR).then_some(&source.log_type);
        let found = self.find_vendorless(&source.connector, log_type).await?;
        Ok(found.ok_or_else(|| self.damaged("a log source without a vendor was added and is not there"))?)
    }

    async fn find_vendorless(
        &self,
        connector: &str,
        log_type: Option<&LogType>,
    ) -> Result<Option<Source>, StorageFault> {
        let all = self.journalled_sources().await?;
        let is_wanted = |source: &Source| {
            source.connector == connector && log_type.is_none_or(|log_type| source.log_type == *log_type)
        };
        Ok(all.into_iter().find(is_wanted))
    }
}

fn new_source(connector: &str, label: &str, log_type: &LogType, now: Timestamp) -> Source {
    let now_micros = from_micros(to_micros(now));
    Source {
        id: SourceId::from_uuid(new_uuid(now)),
        label: label.to_owned(),
        connector: connector.to_owned(),
        log_type: log_type.clone(),
        settings: "{}".to_owned(),
        created_at: now_micros,
        paused_at: None,
        resumed_at: None,
        credentials_at: now_micros,
        poll_interval: None,
    }
}
