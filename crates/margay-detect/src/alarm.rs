//! The kinds of alarms, what can be set of each, and what an evaluation says.
//!
//! | kind | sounds when | default |
//! |---|---|---|
//! | [`DropOff`](AlarmKind::DropOff) | the log was read and had no event for that long | 24 h |
//! | [`CannotPoll`](AlarmKind::CannotPoll) | polls have failed for that long | 15 min |
//! | [`CredentialsRefused`](AlarmKind::CredentialsRefused) | the vendor refused the credentials in [`REFUSED_POLLS_MIN`](crate::REFUSED_POLLS_MIN) polls in a row | – |
//! | [`Lag`](AlarmKind::Lag) | polls work, and the log is read only up to that long ago | 15 min |
//! | [`ClassificationFailures`](AlarmKind::ClassificationFailures) | a record fitted no schema; over when none did not for that long | 24 h |
//! | [`LandingStuck`](AlarmKind::LandingStuck) | a record has waited for the lake for that long | 5 min |
//! | [`CoverageHole`](AlarmKind::CoverageHole) | time has been unproven for that long, or was lost for good within that long | 1 h |
//! | [`RetentionDeadline`](AlarmKind::RetentionDeadline) | the vendor deletes something unread within that long | 7 d |
//! | [`DeliveryFailing`](AlarmKind::DeliveryFailing) | an alert has not reached a destination for that long | 15 min |
//! | [`Disk`](AlarmKind::Disk) | less than [`DISK_FREE_BYTES_MIN`](crate::DISK_FREE_BYTES_MIN) is free | – |

use std::time::Duration;

use crate::calendar::Calendar;
use crate::drop_off;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The shortest time between two reminders.
pub const REMIND_EVERY_MIN: Duration = MINUTE.saturating_mul(15);

/// What an alarm watches. Its name is stored and stands in the API, so it never changes. Where Panther has a system error of that
/// meaning the name is the same ("System Errors" in its documentation and the `SystemErrorType` of its GraphQL schema, read
/// 2026-11-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmKind {
    /// No events come, though the log is read.
    DropOff,
    /// The log cannot be read.
    CannotPoll,
    /// The vendor refuses the credentials.
    CredentialsRefused,
    /// The log is read, and slower than it grows.
    Lag,
    /// Records fit no schema.
    ClassificationFailures,
    /// Records do not reach the lake.
    LandingStuck,
    /// Some time is not proven complete.
    CoverageHole,
    /// The vendor is about to delete what was not read.
    RetentionDeadline,
    /// Alerts do not arrive.
    DeliveryFailing,
    /// The disk is nearly full.
    Disk,
}

/// What may be set of one alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmSettings {
    /// Whether it sounds at all.
    pub is_enabled: bool,
    /// What the table on top calls "that long"; within [`AlarmKind::thresholds`].
    pub threshold: Duration,
    /// How often it is reminded of while it lasts; never if there is nothing.
    pub remind_every: Option<Duration>,
    /// Which silence counts. Only the drop-off alarm looks at it.
    pub calendar: Calendar,
}

/// The thresholds that a kind allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// The shortest.
    pub min: Duration,
    /// What it is unless somebody sets it.
    pub default: Duration,
    /// The longest.
    pub max: Duration,
}

/// Why settings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsProblem {
    /// Outside [`Thresholds`].
    #[error("the threshold is {} to {} minutes for this alarm", min.as_secs() / 60, max.as_secs() / 60)]
    Threshold {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// Shorter than [`REMIND_EVERY_MIN`].
    #[error("reminders come at least {} minutes apart", REMIND_EVERY_MIN.as_secs() / 60)]
    RemindEvery,
    /// A calendar on an alarm that does not look at one.
    #[error("only the drop-off alarm (SOURCE_NO_DATA) has a calendar: what breaks at night is broken")]
    Calendar,
}

/// How an alarm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// What it watches is as it should be.
    Ok,
    /// It is not.
    Alarm,
    /// Nobody can say now.
    InsufficientData,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How the alarm stands.
    pub state: State,
    /// One sentence for people, whatever the state.
    pub summary: String,
    /// What somebody who is called reads. There is one exactly if the state is [`State::Alarm`].
    pub explanation: Option<Explanation>,
}

/// What somebody who is called reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, to what: one line.
    pub title: String,
    /// Why it sounds.
    pub cause: String,
    /// What that was concluded from: times, counts, the vendor's words.
    pub evidence: String,
    /// What nobody sees while it lasts.
    pub blind: String,
    /// What to do.
    pub remedy: String,
}

impl AlarmKind {
    /// All kinds, those of a source first.
    pub const ALL: [AlarmKind; 10] = [
        AlarmKind::DropOff,
        AlarmKind::CannotPoll,
        AlarmKind::CredentialsRefused,
        AlarmKind::Lag,
        AlarmKind::ClassificationFailures,
        AlarmKind::LandingStuck,
        AlarmKind::CoverageHole,
        AlarmKind::RetentionDeadline,
        AlarmKind::DeliveryFailing,
        AlarmKind::Disk,
    ];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DropOff => "SOURCE_NO_DATA",
            Self::CannotPoll => "SOURCE_CANNOT_POLL",
            Self::CredentialsRefused => "SOURCE_PERMISSIONS_CHECKS",
            Self::Lag => "SOURCE_LAG",
            Self::ClassificationFailures => "SOURCE_CLASSIFICATION_FAILURES",
            Self::LandingStuck => "SOURCE_LOG_PROCESSING_ERRORS",
            Self::CoverageHole => "SOURCE_COVERAGE_HOLE",
            Self::RetentionDeadline => "SOURCE_RETENTION_DEADLINE",
            Self::DeliveryFailing => "ALERT_DELIVERY",
            Self::Disk => "SERVER_DISK",
        }
    }

    /// Returns what people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::DropOff => "No events",
            Self::CannotPoll => "Cannot poll",
            Self::CredentialsRefused => "Credentials refused",
            Self::Lag => "Reading is behind",
            Self::ClassificationFailures => "Classification failures",
            Self::LandingStuck => "Landing is stuck",
            Self::CoverageHole => "Hole in coverage",
            Self::RetentionDeadline => "Retention deadline",
            Self::DeliveryFailing => "Alerts do not arrive",
            Self::Disk => "Disk nearly full",
        }
    }

    /// Returns the kind of that name, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether each source has one; the others are the server's.
    pub fn is_of_source(self) -> bool {
        !matches!(self, Self::DeliveryFailing | Self::Disk)
    }

    /// Returns the thresholds that it allows; nothing if it has none.
    pub fn thresholds(self) -> Option<Thresholds> {
        let (min, default, max) = match self {
            Self::DropOff => (drop_off::SILENCE_MIN, DAY, drop_off::SILENCE_MAX),
            Self::CannotPoll | Self::Lag | Self::DeliveryFailing => (MINUTE, MINUTE * 15, DAY),
            Self::LandingStuck => (MINUTE, MINUTE * 5, DAY),
            Self::ClassificationFailures => (HOUR, DAY, DAY * 30),
            Self::CoverageHole => (MINUTE * 5, HOUR, DAY * 30),
            Self::RetentionDeadline => (HOUR, DAY * 7, DAY * 60),
            Self::CredentialsRefused | Self::Disk => return None,
        };
        Some(Thresholds { min, default, max })
    }
}

impl AlarmSettings {
    /// Returns what an alarm of that kind is unless somebody sets it: on.
    pub fn default_of(kind: AlarmKind) -> Self {
        Self {
            is_enabled: true,
            threshold: kind
                .thresholds()
                .map_or(Duration::ZERO, |thresholds| thresholds.default),
            remind_every: None,
            calendar: Calendar::Always,
        }
    }

    /// Checks what is set for an alarm of that kind.
    pub fn check(&self, kind: AlarmKind) -> Result<(), SettingsProblem> {
        if let Some(Thresholds { min, max, .. }) = kind.thresholds()
            && !(min..=max).contains(&self.threshold)
        {
            return Err(SettingsProblem::Threshold { min, max });
        }
        if self.remind_every.is_some_and(|every| every < REMIND_EVERY_MIN) {
            return Err(SettingsProblem::RemindEvery);
        }
        if kind != AlarmKind::DropOff && self.calendar != Calendar::Always {
            return Err(SettingsProblem::Calendar);
        }
        Ok(())
    }
}

impl State {
    /// Returns its name, as Panther has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// Returns the state of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

impl Verdict {
    pub(crate) fn ok(summary: impl Into<String>) -> Self {
        Self {
            state: State::Ok,
            summary: summary.into(),
            explanation: None,
        }
    }

    pub(crate) fn unknown(summary: impl Into<String>) -> Self {
        Self {
            state: State::InsufficientData,
            ..Self::ok(summary)
        }
    }

    pub(crate) fn alarm(explanation: Explanation) -> Self {
        Self {
            state: State::Alarm,
            summary: explanation.title.clone(),
            explanation: Some(explanation),
        }
    }
}
