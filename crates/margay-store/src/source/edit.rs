//! What people change of a source while it is read: its label, and how often it is polled.

use margay_schema::SourceId;
use sqlx::SqliteConnection;

use super::{LabelProblem, PollInterval, Source, fold, number_of, parse_label};
use crate::audit_log::Subject;
use crate::fault::{LookupError, Remedy, StorageFault};
use crate::store::{OrFault, Store};

/// What is to change of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceEdit<'a> {
    /// Its new label; left alone if there is none. Events that land from then on carry it; those that have landed keep theirs.
    pub label: Option<&'a str>,
    /// How long to wait between its polls: as the server says, or an interval of its own; left alone if there is none.
    pub poll_interval: Option<Option<PollInterval>>,
}

impl<'a> SourceEdit<'a> {
    /// Only the label changes.
    pub fn label(label: &'a str) -> Self {
        Self {
            label: Some(label),
            poll_interval: None,
        }
    }

    /// Only the poll interval changes.
    pub fn poll_interval(interval: Option<PollInterval>) -> Self {
        Self {
            label: None,
            poll_interval: Some(interval),
        }
    }
}

/// Why nothing of a source was changed.
#[derive(Debug, thiserror::Error)]
pub enum EditSourceError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The label cannot be one.
    #[error("this name cannot be used: {0}")]
    LabelInvalid(LabelProblem),
    /// Another source has that label.
    #[error("there is already a log source with the name \"{label}\"\nhint: choose another name")]
    LabelTaken {
        /// The other source's label, as it is written there.
        label: String,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl EditSourceError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::SourceUnknown(_) => Remedy::StandDown,
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Changes a source, all of it or nothing. Who reads it goes by it from the next look at the sources on.
    ///
    /// # Errors
    /// When there is no such source, or it cannot have that label.
    pub async fn edit_source(&self, id: SourceId, edit: SourceEdit<'_>) -> Result<Source, EditSourceError> {
        let label = edit.label.map(parse_label).transpose();
        let label = label.map_err(EditSourceError::LabelInvalid)?;
        let mut transaction = self.begin_change("change_log_source", Subject::source(id)).await?;
        let number = number_of(&mut transaction, id).await.or_fault(self)?;
        let number = number.ok_or(EditSourceError::SourceUnknown(id))?;
        if let Some(label) = label {
            if let Some(label) = label_taken_by_another(&mut transaction, label, number)
                .await
                .or_fault(self)?
            {
                return Err(EditSourceError::LabelTaken { label });
            }
            sqlx::query("UPDATE source SET label = ?2, label_folded = ?3 WHERE number = ?1")
                .bind(number)
                .bind(label)
                .bind(fold(label))
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        if let Some(interval) = edit.poll_interval {
            sqlx::query("UPDATE source SET poll_interval_s = ?2 WHERE number = ?1")
                .bind(number)
                .bind(interval.map(PollInterval::to_sql))
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        self.source(id).await.map_err(|error| match error {
            LookupError::SourceUnknown(id) => EditSourceError::SourceUnknown(id),
            LookupError::Storage(fault) => fault.into(),
        })
    }
}

async fn label_taken_by_another(
    connection: &mut SqliteConnection,
    label: &str,
    number: i64,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT label FROM source WHERE label_folded = ?1 AND number <> ?2")
        .bind(fold(label))
        .bind(number)
        .fetch_optional(connection)
        .await
}
