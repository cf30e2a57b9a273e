//! What can go wrong below every operation of the lake, and what the caller should do about it.

use std::io::ErrorKind;
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
    /// The storage refuses, and says why.
    #[error("could not {action} table `{table}`: {obstacle}\nhint: {}", obstacle.hint())]
    Storage {
        /// What was tried.
        action: &'static str,
        /// The table.
        table: String,
        /// Why it was refused.
        obstacle: Obstacle,
        /// The cause, for the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The folder of a table that was there a moment ago has no log any more.
    #[error(
        "table `{table}` is gone: there is no log in {} any more\n\
         hint: if the folder was moved, or its disk is not mounted, put it back; if it was deleted, restore it from a backup, or \
         start again without it: what the journal still has lands anew",
        folder.display()
    )]
    TableGone {
        /// The table.
        table: String,
        /// Its folder.
        folder: PathBuf,
    },
    /// A table's folder has data files, and no log that says which of them count.
    #[error(
        "{} has data files of table `{table}` and no log\n\
         hint: restore its `_delta_log` from a backup, or move the folder away to begin with an empty table",
        folder.display()
    )]
    LogMissing {
        /// The table.
        table: String,
        /// Its folder.
        folder: PathBuf,
    },
    /// A table's log is there and does not make sense.
    #[error(
        "the log of table `{table}` in {} cannot be read\n\
         hint: restore the table's folder from a backup; nothing in it was changed",
        folder.display()
    )]
    LogUnreadable {
        /// The table.
        table: String,
        /// Its folder.
        folder: PathBuf,
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
            LakeError::Storage { obstacle, .. } => obstacle.remedy(),
            LakeError::Folder { source, .. } => {
                Obstacle::of_kind(source.kind()).map_or(Remedy::AskOperator, Obstacle::remedy)
            }
            LakeError::ColumnTypeChanged { .. }
            | LakeError::ColumnName { .. }
            | LakeError::TableGone { .. }
            | LakeError::LogMissing { .. }
            | LakeError::LogUnreadable { .. }
            | LakeError::Engine(_) => Remedy::AskOperator,
            LakeError::Table { .. } | LakeError::Closing => Remedy::Retry,
        }
    }

    /// Returns the error of a table from what a library said.
    pub(crate) fn of_table(
        action: &'static str,
        table: &str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let table = table.to_owned();
        match Obstacle::of(&source) {
            Some(obstacle) => Self::Storage {
                action,
                table,
                obstacle,
                source: Box::new(source),
            },
            None => Self::Table {
                action,
                table,
                source: Box::new(source),
            },
        }
    }
}

/// Why storage refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// There is no space left, or no more is allowed.
    Full,
    /// It takes no writes.
    ReadOnly,
    /// This user may not.
    Forbidden,
}

impl Obstacle {
    /// Finds the operating system's word among the causes of an error.
    pub(crate) fn of(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        causes(error).find_map(|error| Self::of_kind(error.downcast_ref::<std::io::Error>()?.kind()))
    }

    fn of_kind(kind: ErrorKind) -> Option<Self> {
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Some(Self::Full),
            ErrorKind::ReadOnlyFilesystem => Some(Self::ReadOnly),
            ErrorKind::PermissionDenied => Some(Self::Forbidden),
            _ => None,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Full => "free some space; nothing is lost, and the next try goes on where this one ended",
            Self::ReadOnly => "mount it for writing; a disk that fails often becomes read-only",
            Self::Forbidden => "let the user that runs Margay read and write the lake's folder and everything in it",
        }
    }

    fn remedy(self) -> Remedy {
        match self {
            Self::Full => Remedy::Retry,
            Self::ReadOnly | Self::Forbidden => Remedy::AskOperator,
        }
    }
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "its disk is full",
            Self::ReadOnly => "its file system is read-only",
            Self::Forbidden => "permission was denied",
        })
    }
}

/// Returns the error and its causes, outermost first.
pub(crate) fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
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
