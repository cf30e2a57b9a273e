//! Why a custom schema was not added or changed.

use margay_schema::LogType;
use margay_schema::limits::SCHEMA_BYTES_MAX;

use super::{CUSTOM_SCHEMAS_MAX, Revision, SCHEMA_VERSIONS_MAX};
use crate::fault::{Remedy, StorageFault};

/// Sources that an error names; more would not be read.
const SOURCES_NAMED_MAX: usize = 10;

/// Why a schema was not added.
#[derive(Debug, thiserror::Error)]
pub enum CreateSchemaError {
    /// Another schema has the name, perhaps in other letters' case, perhaps archived.
    #[error("there is already a custom schema `{name}`\nhint: change that one; an archived one is restored first")]
    NameTaken {
        /// The name as it is written there.
        name: LogType,
    },
    /// The text is longer than [`SCHEMA_BYTES_MAX`].
    #[error("the schema has {bytes} bytes; {SCHEMA_BYTES_MAX} are allowed")]
    TextTooLong {
        /// Its length.
        bytes: usize,
    },
    /// There are [`CUSTOM_SCHEMAS_MAX`] already.
    #[error(
        "there are {CUSTOM_SCHEMAS_MAX} custom schemas, archived ones included: that is as many as there may be\nhint: restore an archived one and change it"
    )]
    TooMany,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl CreateSchemaError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            CreateSchemaError::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

/// Why a schema was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeSchemaError {
    /// There is no custom schema with the name.
    #[error("there is no custom schema `{0}`")]
    Unknown(LogType),
    /// Somebody changed it after the caller had read it.
    #[error(
        "schema `{name}` was changed in between: this change is for revision {expected}, and it is at revision {found}\nhint: look at it as it is now, then name revision {found}"
    )]
    RevisionChanged {
        /// The schema.
        name: LogType,
        /// The revision that the caller has read.
        expected: Revision,
        /// The revision that it is at.
        found: Revision,
    },
    /// It is archived, and was to get a new text.
    #[error("schema `{0}` is archived\nhint: restore it first")]
    Archived(LogType),
    /// It was to be archived, and sources use it.
    #[error(
        "schema `{name}` is used by {}\nhint: a schema can be archived once no log source uses it",
        said(sources)
    )]
    InUse {
        /// The schema.
        name: LogType,
        /// The labels of the sources, sorted.
        sources: Vec<String>,
    },
    /// The text is longer than [`SCHEMA_BYTES_MAX`].
    #[error("the schema has {bytes} bytes; {SCHEMA_BYTES_MAX} are allowed")]
    TextTooLong {
        /// Its length.
        bytes: usize,
    },
    /// It has had [`SCHEMA_VERSIONS_MAX`] texts.
    #[error(
        "schema `{0}` was changed {SCHEMA_VERSIONS_MAX} times: that is as often as it may be\nhint: go on with a schema of another name"
    )]
    TooManyVersions(LogType),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl ChangeSchemaError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            ChangeSchemaError::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

fn said(sources: &[String]) -> String {
    let named: Vec<String> = sources
        .iter()
        .take(SOURCES_NAMED_MAX)
        .map(|label| format!("`{label}`"))
        .collect();
    let noun = if sources.len() == 1 {
        "the log source"
    } else {
        "the log sources"
    };
    let more = match sources.len().saturating_sub(SOURCES_NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{noun} {}{more}", named.join(", "))
}
