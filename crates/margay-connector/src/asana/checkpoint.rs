//! Where to go on: what is stored with every journalled page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::endpoint::OFFSET_BYTES_MAX;
use crate::remedy::Remedy;
use crate::window::Window;

/// Version of the stored form that this crate writes.
pub const CHECKPOINT_VERSION: u64 = 2;

/// The place up to which everything is journalled.
///
/// - **Shape**: `{"version":2,"window_start":…,"window_end":…,"offset":…,"newest_event_time":…}`. Version 1 had no
///   `window_end`.
/// - **Invariant**: `offset`, if any, was given for the window from `window_start` (inclusive) to `window_end` (exclusive;
///   none for the live tail); they are always sent together. `newest_event_time` never goes back; it is only used when the
///   vendor refuses the offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) window_start: Timestamp,
    pub(crate) window_end: Option<Timestamp>,
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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointV1 {
    #[serde(rename = "version")]
    _version: u64,
    window_start: String,
    offset: Option<String>,
    newest_event_time: Option<String>,
}

/// The stored form since the live tail has windows beside it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointV2 {
    version: u64,
    window_start: String,
    window_end: Option<String>,
    offset: Option<String>,
    newest_event_time: Option<String>,
}

impl Checkpoint {
    /// Returns the checkpoint of a source that has read nothing yet and begins at `time`, inclusive.
    pub fn start_at(time: Timestamp) -> Self {
        Self {
            window_start: time,
            window_end: None,
            offset: None,
            newest_event_time: None,
        }
    }

    /// Returns the checkpoint of a window of which nothing is read yet.
    pub fn of_window(window: Window) -> Self {
        Self {
            window_end: Some(window.to()),
            ..Self::start_at(window.from())
        }
    }

    /// Returns where the window that is being read begins, inclusive.
    pub fn window_start(&self) -> Timestamp {
        self.window_start
    }

    /// Returns where the window ends, exclusive; nothing for the live tail, which has no end.
    pub fn window_end(&self) -> Option<Timestamp> {
        self.window_end
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
        let stored = CheckpointV2 {
            version: CHECKPOINT_VERSION,
            window_start: self.window_start.to_string(),
            window_end: self.window_end.map(|time| time.to_string()),
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
        let stored = match version {
            1 => {
                let stored: CheckpointV1 = serde_json::from_str(json).map_err(CheckpointError::Malformed)?;
                CheckpointV2 {
                    version: CHECKPOINT_VERSION,
                    window_start: stored.window_start,
                    window_end: None,
                    offset: stored.offset,
                    newest_event_time: stored.newest_event_time,
                }
            }
            CHECKPOINT_VERSION => serde_json::from_str(json).map_err(CheckpointError::Malformed)?,
            found => return Err(CheckpointError::UnknownVersion { found }),
        };
        if let Some(offset) = stored
            .offset
            .as_ref()
            .filter(|offset| !(1..=OFFSET_BYTES_MAX).contains(&offset.len()))
        {
            return Err(CheckpointError::OffsetLength { bytes: offset.len() });
        }
        Ok(Self {
            window_start: time(&stored.window_start)?,
            window_end: stored.window_end.as_deref().map(time).transpose()?,
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
