//! The credentials of a source: kept encrypted, given out only to the connector that needs them.

use jiff::Timestamp;
use margay_schema::SourceId;
use secrecy::{ExposeSecret, SecretString};

use crate::audit_log::Subject;
use crate::envelope::{self, Purpose, SealError, UnsealError};
use crate::fault::{Remedy, StorageFault};
use crate::master_key::MasterKey;
use crate::source::number_of;
use crate::store::{OrFault, Store};
use crate::time::to_micros;

/// The longest credentials: a token has a hundred bytes, a private key in a JSON file a few thousand.
pub const CREDENTIALS_BYTES_MAX: usize = 64 * 1024;

/// Why credentials could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// They are empty.
    #[error("the credentials are empty")]
    Empty,
    /// They are longer than [`CREDENTIALS_BYTES_MAX`].
    #[error("the credentials are longer than {CREDENTIALS_BYTES_MAX} bytes")]
    TooLong,
    /// The store was opened without the master key.
    #[error("the master key is needed to read credentials, and was not given")]
    NoMasterKey,
    /// A newer Margay encrypted them.
    #[error(
        "the credentials of the log source {source_id} are in a form that a newer Margay wrote (version {version})\nhint: run that version, or enter the credentials again"
    )]
    UnknownFormat {
        /// Whose credentials they are.
        source_id: SourceId,
        /// The version of their form.
        version: u8,
    },
    /// What is stored was changed, or belongs to another source.
    #[error(
        "the credentials of the log source {source_id} cannot be decrypted\nhint: enter the credentials of this source again"
    )]
    Damaged {
        /// Whose credentials they are.
        source_id: SourceId,
    },
    /// They could not be encrypted.
    #[error("the credentials could not be encrypted: the operating system gave no random bytes")]
    NotEncrypted,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl CredentialsError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            CredentialsError::SourceUnknown(_) => Remedy::StandDown,
            CredentialsError::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Returns the credentials of a source.
    pub async fn credentials(&self, source_id: SourceId) -> Result<SecretString, CredentialsError> {
        let master_key = self.master_key().ok_or(CredentialsError::NoMasterKey)?;
        let envelope: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT credential.envelope FROM credential JOIN source ON source.number = credential.source \
             WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let envelope = envelope.ok_or(CredentialsError::SourceUnknown(source_id))?;
        unseal(master_key, source_id, &envelope)
    }

    /// Replaces the credentials of a source; the old ones are gone. Everything else about it stays, the checkpoint too.
    pub async fn replace_credentials(
        &self,
        source_id: SourceId,
        credentials: SecretString,
        now: Timestamp,
    ) -> Result<(), CredentialsError> {
        let master_key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let envelope = seal(master_key, source_id, &credentials)?;
        let mut transaction = self
            .begin_change("set_log_source_credentials", Subject::source(source_id))
            .await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(CredentialsError::SourceUnknown(source_id))?;
        sqlx::query("UPDATE credential SET envelope = ?2, replaced_at = ?3 WHERE source = ?1")
            .bind(number)
            .bind(envelope)
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }
}

/// Returns the credentials as they are stored.
pub(crate) fn seal(
    master_key: &MasterKey,
    source_id: SourceId,
    credentials: &SecretString,
) -> Result<Vec<u8>, CredentialsError> {
    let text = credentials.expose_secret();
    if text.is_empty() {
        return Err(CredentialsError::Empty);
    }
    if text.len() > CREDENTIALS_BYTES_MAX {
        return Err(CredentialsError::TooLong);
    }
    envelope::seal(master_key, Purpose::Credentials(source_id), text.as_bytes()).map_err(|error| match error {
        SealError::NoRandomness | SealError::Refused => CredentialsError::NotEncrypted,
    })
}

fn unseal(master_key: &MasterKey, source_id: SourceId, envelope: &[u8]) -> Result<SecretString, CredentialsError> {
    let bytes =
        envelope::unseal(master_key, Purpose::Credentials(source_id), envelope).map_err(|error| match error {
            UnsealError::UnknownVersion(version) => CredentialsError::UnknownFormat { source_id, version },
            UnsealError::TooShort | UnsealError::NotAuthentic => CredentialsError::Damaged { source_id },
        })?;
    // Copied into a box of its exact size: shrinking a string would leave a copy behind that nobody wipes.
    let text: Box<str> = str::from_utf8(&bytes)
        .map_err(|_| CredentialsError::Damaged { source_id })?
        .into();
    Ok(SecretString::new(text))
}
