//! Our own log as a log source: it has a journal, so that its entries land like the records of any vendor.

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
/// What `p_source_label` says of our own log.
const LABEL: &str = "Margay";
/// How the label is kept for comparison. Labels of people have no control characters, so nobody's is in its way.
const LABEL_FOLDED: &str = "\u{1}margay";
/// Every source has credentials; this one needs none.
const NO_CREDENTIALS: &str = "none";
/// Nothing is journalled yet: entries are counted from 1.
const FIRST_CHECKPOINT: &str = "0";

impl Store {
    /// Returns our own log as a source, added if it is not there. It is not among [`Store::sources`], and nothing changes or deletes it.
    ///
    /// # Errors
    /// When the database cannot do its work, or the credentials that it has for form's sake cannot be sealed.
    pub async fn own_source(&self, log_type: &LogType, now: Timestamp) -> Result<Source, CreateSourceError> {
        if let Some(source) = self.find_own_source().await? {
            return Ok(source);
        }
        let source = Source {
            id: SourceId::from_uuid(new_uuid(now)),
            label: LABEL.to_owned(),
            connector: OWN_CONNECTOR.to_owned(),
            log_type: log_type.clone(),
            settings: "{}".to_owned(),
            created_at: from_micros(to_micros(now)),
            paused_at: None,
            resumed_at: None,
            credentials_at: from_micros(to_micros(now)),
            poll_interval: None,
        };
        let key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let envelope = credentials::seal(key, source.id, &SecretString::from(NO_CREDENTIALS))
            .map_err(CreateSourceError::Credentials)?;
        let mut transaction = self.begin_write().await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM source WHERE connector = ?1")
            .bind(OWN_CONNECTOR)
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if count == 0 {
            let number = insert(&mut transaction, &source, LABEL_FOLDED, &envelope, FIRST_CHECKPOINT)
                .await
                .or_fault(self)?;
            insert_ledger(&mut transaction, number, None).await.or_fault(self)?;
            transaction.commit().await.or_fault(self)?;
        }
        let found = self.find_own_source().await?;
        Ok(found.ok_or_else(|| self.damaged("our own log source was added and is not there"))?)
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

    async fn find_own_source(&self) -> Result<Option<Source>, StorageFault> {
        let all = self.journalled_sources().await?;
        Ok(all.into_iter().find(|source| source.connector == OWN_CONNECTOR))
    }
}
