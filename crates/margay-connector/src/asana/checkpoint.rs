//! Where to go on: what is stored with every journalled page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::endpoint::OFFSET_BYTES_MAX;
use crate::remedy::Remedy;

/// Version of the stored form that this crate writes.
pub const CHECKPOINT_VERSION: u64 = 1;

/// The place up to which everything is journalled.
///
/// - **Shape**: `{"version":1,"window_start":…,"offset":…,"newest_event_time":…}`.
/// - **Invariant**: `offset`, if any, was given for the window that begins at `window_start` (inclusive); the two are
///   always sent together. `newest_event_time` never goes back; it is only used when the vendor refuses the offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) window_start: Timestamp,
    pub(crate) offset: Option<String>,
    pub(crate) newest_event_time: Option<Timestamp>,
}

/// Why a stored checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Written by a newer version.
    #[error("this checkpoint has version {found}, and this Margay knows versions up to {CHECKPOINT_VERSION}")]
    UnknownVersion {
        /// The version that it names.
        found: u64,
    },
    /// Not the JSON that we write.
    #[error("this is not a checkpoint of an Asana log source")]
    Malformed(#[source] serde_json::Error),
    /// The offset is empty or longer than any that we store.
    #[error("the offset in this checkpoint is {bytes} bytes long; 1 to {OFFSET_BYTES_MAX} are possible")]
    OffsetLength {
        /// How long it is.
        bytes: usize,
    },
}

impl CheckpointError {
    /// Returns what the error asks for: a stored text does not mend itself.
    pub fn remedy(&self) -> Remedy {
        Remedy::AskOperator
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

/// The stored form. A promise: `fixtures/formats/checkpoint` is read for ever.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointV1 {
    version: u64,
    window_start: String,
    offset: Option<String>,
    newest_event_time: Option<String>,
}

impl Checkpoint {
    /// Returns the checkpoint of a source that has read nothing yet and begins at `time`, inclusive.
    pub fn start_at(time: Timestamp) -> Self {
        Self {
            window_start: time,
            offset: None,
            newest_event_time: None,
        }
    }

    /// Returns where the window that is being read begins, inclusive.
    pub fn window_start(&self) -> Timestamp {
        self.window_start
    }

    /// Returns the vendor's place marker, if it gave one.
    pub fn offset(&self) -> Option<&str> {
        self.offset.as_deref()
    }

    /// Returns the time of the newest event read so far.
    pub fn newest_event_time(&self) -> Option<Timestamp> {
        self.newest_event_time
    }

    /// Returns the checkpoint as stored.
    ///
    /// # Panics
    /// Never: strings and numbers always make JSON.
    pub fn to_json(&self) -> String {
        let stored = CheckpointV1 {
            version: CHECKPOINT_VERSION,
            window_start: self.window_start.to_string(),
            offset: self.offset.clone(),
            newest_event_time: self.newest_event_time.map(|time| time.to_string()),
        };
        serde_json::to_string(&stored).expect("strings and numbers always make JSON")
    }

    /// Reads a stored checkpoint.
    pub fn from_json(json: &str) -> Result<Self, CheckpointError> {
        let version = serde_json::from_str::<VersionOnly>(json)
            .map_err(CheckpointError::Malformed)?
            .version;
        if version != CHECKPOINT_VERSION {
            return Err(CheckpointError::UnknownVersion { found: version });
        }
        let stored: CheckpointV1 = serde_json::from_str(json).map_err(CheckpointError::Malformed)?;
        if let Some(offset) = stored
            .offset
            .as_ref()
            .filter(|offset| !(1..=OFFSET_BYTES_MAX).contains(&offset.len()))
        {
            return Err(CheckpointError::OffsetLength { bytes: offset.len() });
        }
        Ok(Self {
            window_start: time(&stored.window_start)?,
            offset: stored.offset,
            newest_event_time: stored.newest_event_time.as_deref().map(time).transpose()?,
        })
    }
}

fn time(text: &str) -> Result<Timestamp, CheckpointError> {
    text.parse().map_err(|error: jiff::Error| {
        CheckpointError::Malformed(<serde_json::Error as serde::de::Error>::custom(error))
    })
}

#[cfg(test)]
mod tests;
