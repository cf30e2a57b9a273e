//! What is known of a source and of this server when alarms are evaluated. Gathered by the shell; plain values.

use std::time::Duration;

use jiff::Timestamp;

/// What is known of one source.
///
/// - **Units**: all times are UTC. `read_through`, `newest_event_at` and `holes` are event time, by the vendor's clock; all others
///   are our clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its name.
    pub label: String,
    /// Its vendor's name, for sentences: "Asana".
    pub vendor: String,
    /// Since when it is watched: it was added or resumed.
    pub watched_since: Timestamp,
    /// Since when its silence is watched as it is now. Silence before counts for nothing: whoever switches the alarm on, or changes
    /// it, knows of it.
    pub silence_watched_since: Timestamp,
    /// Since when this server attends to it: it was started, or the source was added or resumed. What went wrong before may have mended
    /// meanwhile, which the first polls show.
    pub attended_since: Timestamp,
    /// Whether somebody has paused it: nothing is expected of it then.
    pub is_paused: bool,
    /// How its polls go.
    pub reading: Reading,
    /// Whether the last poll came to the end of the log.
    pub is_drained: bool,
    /// Up to where its log has been read to an end, whatever was in it.
    pub read_through: Option<Timestamp>,
    /// When the newest event that is kept happened.
    pub newest_event_at: Option<Timestamp>,
    /// How landing goes.
    pub landing: Landing,
    /// Records that no schema accepted.
    pub rejects: Rejects,
    /// What is not proven complete.
    pub holes: Holes,
    /// When the vendor deletes the oldest of what still waits to be read.
    pub deleted_at: Option<Timestamp>,
}

/// How the polls of a source go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It has not been polled yet.
    Unknown,
    /// The last poll worked.
    Works,
    /// Polls fail, and a later one may succeed.
    Fails(Trouble),
    /// The vendor refuses the credentials.
    Refused(Trouble),
    /// Polls fail until somebody changes something.
    NeedsPerson(Trouble),
}

impl Reading {
    /// Returns the row of failures, if polls fail.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Unknown | Self::Works => None,
            Self::Fails(trouble) | Self::Refused(trouble) | Self::NeedsPerson(trouble) => Some(trouble),
        }
    }
}

/// A row of polls that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// When the first of them failed.
    pub since: Timestamp,
    /// How many there were.
    pub polls: u64,
    /// What the last one met, for people.
    pub problem: String,
}

/// What waits between the journal and the lake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landing {
    /// When the oldest record that has not landed was journalled.
    pub waiting_since: Option<Timestamp>,
    /// What keeps it from landing, if that is known.
    pub problem: Option<String>,
}

/// Records that no schema accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejects {
    /// When the last one came.
    pub last_at: Option<Timestamp>,
    /// How many came in the time that the alarm looks back over.
    pub recent: u64,
    /// Why the last one was refused.
    pub reason: Option<String>,
}

/// Event time that is not proven complete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holes {
    /// Since when there has been one that is not filled.
    pub open_since: Option<Timestamp>,
    /// How much event time is in holes.
    pub open: Duration,
    /// When time was last found to be lost for good.
    pub lost_at: Option<Timestamp>,
    /// How much event time is lost for good.
    pub lost: Duration,
}

/// What is known of this server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// How deliveries go.
    pub delivery: DeliveryFacts,
    /// The file system of the data directory.
    pub disk: DiskFacts,
}

/// How deliveries of alerts go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFacts {
    /// When the oldest was made that has failed, with none to its destination that succeeded since.
    pub failing_since: Option<Timestamp>,
    /// The name of that destination.
    pub destination: Option<String>,
    /// What the last try there met.
    pub problem: Option<String>,
    /// When an alert was given up last.
    pub given_up_at: Option<Timestamp>,
}

/// Room on the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskFacts {
    /// Bytes that are free, if they could be asked for.
    pub free_bytes: Option<u64>,
    /// Bytes that there are.
    pub total_bytes: u64,
}
