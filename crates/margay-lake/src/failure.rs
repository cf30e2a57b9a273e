//! What can go wrong below every operation of the lake, and what the caller should do about it.

use std::path::PathBuf;

/// What a caller should do with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try the same again later: the operation is idempotent and the cause may pass.
    Retry,
    /// Ask the lake where it stands ([`crate::Lake::landed`]) and build the batch anew from there.
    Resume,
    /// A person must act: the same call will fail again.
    AskOperator,
}

/// Why the lake could not be opened, read or maintained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// The folder could not be made or reached.
    #[error("could not use the lake folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A column of the schema has another type than the table's.
    #[error(
        "column `{column}` of table `{table}` is {existing} and cannot become {wanted}\n\
         hint: keep the field's type, or give the new field another name"
    )]
    ColumnTypeChanged {
        /// The table.
        table: String,
        /// The column, with dots for nested ones.
        column: String,
        /// Its type in the table.
        existing: String,
        /// The type that the schema wants.
        wanted: String,
    },
    /// A field's name cannot be a column's name.
    #[error("field `{column}` of table `{table}` cannot be a column: {reason}")]
    ColumnName {
        /// The table.
        table: String,
        /// The field, with dots for nested ones.
        column: String,
        /// Why not.
        reason: String,
    },
    /// The query engine could not be set up.
    #[error("could not prepare the query engine")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Reading or writing a table failed.
    #[error("could not {action} table `{table}`")]
    Table {
        /// What was tried: `open`, `read`, `write`, …
        action: &'static str,
        /// The table.
        table: String,
        /// The cause, for the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The lake's own threads are gone, because the process is shutting down, or the work panicked, which the log tells.
    #[error("the lake stopped before it was done")]
    Closing,
}

impl LakeError {
    /// Returns what the caller should do.
    pub fn remedy(&self) -> Remedy {
        match self {
            LakeError::Folder { .. }
            | LakeError::ColumnTypeChanged { .. }
            | LakeError::ColumnName { .. }
            | LakeError::Engine(_) => Remedy::AskOperator,
            LakeError::Table { .. } | LakeError::Closing => Remedy::Retry,
        }
    }
}

/// An error and its causes in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a LakeError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
