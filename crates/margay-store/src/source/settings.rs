//! The settings of a source: changed as a whole, while everything else about it stays.

use jiff::Timestamp;
use margay_schema::SourceId;
use secrecy::SecretString;

use super::{SETTINGS_BYTES_MAX, Source, has_vendor};
use crate::audit_log::Subject;
use crate::credentials::{self, CredentialsError};
use crate::fault::{LookupError, Remedy, StorageFault};
use crate::store::{OrFault, Store};
use crate::time::to_micros;

/// Why the settings of a source were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeSourceError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The settings are not JSON, or longer than [`SETTINGS_BYTES_MAX`].
    #[error("the settings are not JSON of at most {SETTINGS_BYTES_MAX} bytes")]
    SettingsInvalid,
    /// Somebody has changed the settings since they were read.
    #[error(
        "the settings of the log source {0} were changed in between\nhint: look at them again, then change what is left to change"
    )]
    Changed(SourceId),
    /// The credentials could not be encrypted.
    #[error("could not keep the credentials of the log source")]
    Credentials(#[source] CredentialsError),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl ChangeSourceError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::SourceUnknown(_) => Remedy::StandDown,
            Self::Credentials(error) => error.remedy(),
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Gives a source other settings and, if some are given, other credentials, in one transaction: a token is never kept beside
    /// settings that it is not for. The checkpoint, the journal and the ids stay. `before` is what the settings were when somebody
    /// decided to change them.
    ///
    /// # Errors
    /// When there is no such source, its settings are no longer `before`, or they or the credentials cannot be kept.
    pub async fn change_source_settings(
        &self,
        id: SourceId,
        before: &str,
        settings: &str,
        credentials: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<Source, ChangeSourceError> {
        if !fit(settings) {
            return Err(ChangeSourceError::SettingsInvalid);
        }
        let envelope = match credentials {
            Some(credentials) => {
                let key = self.master_key().ok_or_else(|| self.opened_read_only())?;
                Some(credentials::seal(key, id, credentials).map_err(ChangeSourceError::Credentials)?)
            }
            None => None,
        };
        let mut transaction = self.begin_change("change_log_source", Subject::source(id)).await?;
        let found: Option<(i64, String)> = sqlx::query_as(concat!(
            "SELECT number, settings FROM source WHERE id = ?1 AND ",
            has_vendor!()
        ))
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let (number, found) = found.ok_or(ChangeSourceError::SourceUnknown(id))?;
        if found != before {
            return Err(ChangeSourceError::Changed(id));
        }
        sqlx::query("UPDATE source SET settings = ?2 WHERE number = ?1")
            .bind(number)
            .bind(settings)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        if let Some(envelope) = envelope {
            sqlx::query("UPDATE credential SET envelope = ?2, replaced_at = ?3 WHERE source = ?1")
                .bind(number)
                .bind(envelope)
                .bind(to_micros(now))
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        self.source(id).await.map_err(|error| match error {
            LookupError::SourceUnknown(id) => ChangeSourceError::SourceUnknown(id),
            LookupError::Storage(fault) => fault.into(),
        })
    }
}

/// Whether settings can be kept: JSON, and not too long.
pub(super) fn fit(settings: &str) -> bool {
    settings.len() <= SETTINGS_BYTES_MAX && serde_json::from_str::<serde_json::Value>(settings).is_ok()
}
