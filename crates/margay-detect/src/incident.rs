//! Incidents: many evaluations make one, and it is told of when it begins, now and then, and when it is over.
//!
//! ```text
//!          ALARM                    ALARM, time to remind           OK for RECOVER_AFTER
//!   quiet ───────▶ open (opened) ──────────────────────▶ (reminded) ──────────────────────▶ over (recovered)
//!                   ▲                                                      │
//!                   └───────── ALARM within REOPEN_WITHIN (reopened) ──────┘
//! ```
//! Insufficient data changes nothing: an incident is over when somebody knows it is. What comes and goes within minutes is one incident
//! that nobody is told the end of before it stays away.

use std::time::Duration;

use jiff::Timestamp;

use crate::alarm::{AlarmSettings, State, Verdict};
use crate::evaluate::since;

#[cfg(test)]
mod tests;

/// An alarm that sounds again so soon after it was over belongs to the same incident: it calls nobody anew for a thing that comes
/// and goes.
pub const REOPEN_WITHIN: Duration = Duration::from_secs(30 * 60);

/// An incident is over once its alarm has been OK for so long.
pub const RECOVER_AFTER: Duration = Duration::from_secs(5 * 60);

/// What is remembered of one alarm between evaluations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// How it stands.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// When its incident began, if there is one that is open or was lately.
    pub opened_at: Option<Timestamp>,
    /// Whether that incident is open.
    pub is_open: bool,
    /// When it was last told of, or was over.
    pub told_at: Option<Timestamp>,
}

/// What an evaluation changes for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// An incident begins: a new alert.
    Opened,
    /// The last one goes on: its alert is open again.
    Reopened,
    /// It still lasts, and a reminder is due.
    Reminded,
    /// It is over.
    Recovered,
    /// Nobody watches any more: the alarm was switched off or the source paused.
    Unwatched,
}

impl Status {
    /// What is remembered of an alarm that was never evaluated.
    pub fn new(now: Timestamp) -> Self {
        Self {
            state: State::InsufficientData,
            since: now,
            opened_at: None,
            is_open: false,
            told_at: None,
        }
    }

    /// Takes in a verdict, or that there is none since nobody watches, and says what changes.
    pub fn step(
        mut self,
        verdict: Option<&Verdict>,
        settings: &AlarmSettings,
        now: Timestamp,
    ) -> (Self, Option<Change>) {
        let state = verdict.map_or(State::InsufficientData, |verdict| verdict.state);
        if state != self.state {
            self.state = state;
            self.since = now;
        }
        let change = match (verdict.map(|verdict| verdict.state), self.is_open) {
            (None, true) => Some(Change::Unwatched),
            (Some(State::Ok), true) => (since(self.since, now) >= RECOVER_AFTER).then_some(Change::Recovered),
            (Some(State::Alarm), false) => Some(self.begins(now)),
            (Some(State::Alarm), true) => self.reminds(settings, now),
            _ => None,
        };
        match change {
            Some(Change::Opened) => {
                self.opened_at = Some(now);
                self.is_open = true;
            }
            Some(Change::Reopened) => self.is_open = true,
            Some(Change::Recovered | Change::Unwatched) => self.is_open = false,
            Some(Change::Reminded) | None => {}
        }
        if change.is_some() {
            self.told_at = Some(now);
        }
        (self, change)
    }

    fn begins(&self, now: Timestamp) -> Change {
        let is_recent = self.told_at.is_some_and(|told| since(told, now) < REOPEN_WITHIN);
        if self.opened_at.is_some() && is_recent {
            Change::Reopened
        } else {
            Change::Opened
        }
    }

    fn reminds(&self, settings: &AlarmSettings, now: Timestamp) -> Option<Change> {
        let every = settings.remind_every?;
        let told_at = self.told_at?;
        (since(told_at, now) >= every).then_some(Change::Reminded)
    }
}
