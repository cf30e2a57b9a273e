//! What has to be done so that what is there becomes what a file wants: pure, from both sides of the comparison.
//!
//! Always holds: a plan that is carried out leaves nothing to do; what the file does not name is in no step; no text of a plan has a
//! secret in it.

use std::fmt;

use jiff::Timestamp;
use margay_connector::asana::Settings;
use margay_schema::LogType;
use margay_store::{DESTINATIONS_MAX, DestinationId, NewDestination, Pause, PollInterval, Source, fold_label};
use secrecy::SecretString;

use self::alarm::left_alarms;
use super::current::{Current, CurrentDestination, CurrentSource};
use super::file::Problem;
use super::secret::{Secret, is_same};
use super::wanted::{Wanted, WantedAlarm, WantedSource};

mod alarm;
mod destination;
mod source;

#[cfg(test)]
mod tests;

/// What is to be done, in an order that works.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many things of the file are as it wants them.
    pub(super) unchanged: usize,
    /// What is there, is not in the file, and stays.
    pub(super) left: Vec<String>,
}

/// One thing to add or to change, in one transaction.
#[derive(Debug)]
pub(super) struct Step {
    /// What it is about, for people.
    pub(super) what: String,
    pub(super) changes: Vec<Change>,
    pub(super) action: Action,
}

/// One member of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// What a new thing has.
    Set { name: String, to: String },
    /// What becomes of one that is there.
    Changed { name: String, from: String, to: String },
    /// A secret is replaced.
    Secret { name: &'static str },
}

#[derive(Debug)]
pub(super) enum Action {
    AddSource {
        wanted: Box<WantedSource>,
        token: SecretString,
        log_type: LogType,
    },
    ChangeSource {
        source: Box<Source>,
        /// Present if they change.
        settings: Option<Settings>,
        /// Present if it changes, or the settings lead it elsewhere.
        token: Option<SecretString>,
        pause: Option<Pause>,
        /// Present if it changes.
        #[expect(
            clippy::option_option,
            reason = "left as it is, the server's, and one of its own are three things"
        )]
        poll_interval: Option<Option<PollInterval>>,
    },
    AddDestination(NewDestination),
    ChangeDestination(DestinationId, NewDestination),
    SetAlarm {
        /// The label of its source; nothing for the server's own.
        source: Option<String>,
        wanted: WantedAlarm,
    },
}

impl Action {
    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::AddSource { .. } | Self::AddDestination(_))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set { name, to } => write!(formatter, "{name}: {to}"),
            Self::Changed { name, from, to } => write!(formatter, "{name}: {from} -> {to}"),
            Self::Secret { name } => write!(formatter, "{name}: changes"),
        }
    }
}

/// Finds the log type of a new source by the name that somebody wrote.
pub(super) type FindLogType<'a> = dyn Fn(&str) -> Result<LogType, String> + 'a;

/// Compares.
///
/// # Errors
/// Everything that cannot be done.
pub(super) fn plan(
    wanted: Wanted,
    current: &Current,
    log_type: &FindLogType<'_>,
    now: Timestamp,
) -> Result<Plan, Vec<Problem>> {
    let mut planner = Planner {
        log_type,
        now,
        plan: Plan::default(),
        problems: Vec::new(),
    };
    planner.leave(&wanted, current);
    let mut alarms = Vec::new();
    for mut source in wanted.sources {
        let found = found_source(current, &source.label);
        let label = found.map_or_else(|| source.label.clone(), |found| found.source.label.clone());
        let kept = found.map_or(&[][..], |found| &found.alarms);
        for alarm in std::mem::take(&mut source.alarms) {
            alarms.push((Some(label.clone()), alarm, kept));
        }
        match found {
            Some(found) => planner.change_source(source, found),
            None => planner.add_source(source),
        }
    }
    let mut count = current.destinations.len();
    for destination in wanted.destinations {
        let found = found_destination(current, &destination.name);
        count += usize::from(found.is_none());
        match found {
            Some(found) => planner.change_destination(destination, found),
            None => planner.add_destination(destination),
        }
    }
    if count > DESTINATIONS_MAX {
        planner.problems.push(Problem::of_file(format!(
            "there would be {count} destinations, and there can be {DESTINATIONS_MAX}"
        )));
    }
    alarms.extend(
        wanted
            .alarms
            .into_iter()
            .map(|alarm| (None, alarm, &current.alarms[..])),
    );
    for (source, alarm, kept) in alarms {
        planner.alarm(source, alarm, kept);
    }
    if planner.problems.is_empty() {
        Ok(planner.plan)
    } else {
        Err(planner.problems)
    }
}

fn found_source<'a>(current: &'a Current, label: &str) -> Option<&'a CurrentSource> {
    let key = fold_label(label);
    current.sources.iter().find(|one| fold_label(&one.source.label) == key)
}

fn found_destination<'a>(current: &'a Current, name: &str) -> Option<&'a CurrentDestination> {
    let key = fold_label(name);
    current
        .destinations
        .iter()
        .find(|one| fold_label(&one.destination.name) == key)
}

struct Planner<'a> {
    log_type: &'a FindLogType<'a>,
    now: Timestamp,
    plan: Plan,
    problems: Vec<Problem>,
}

impl Planner<'_> {
    /// Notes what is there and not in the file.
    fn leave(&mut self, wanted: &Wanted, current: &Current) {
        let left = &mut self.plan.left;
        for one in &current.sources {
            let key = fold_label(&one.source.label);
            match wanted.sources.iter().find(|wanted| fold_label(&wanted.label) == key) {
                Some(wanted) => left.extend(left_alarms(&wanted.alarms, &one.alarms, Some(&one.source.label))),
                None => left.push(format!("log source `{}`", one.source.label)),
            }
        }
        for CurrentDestination { destination, .. } in &current.destinations {
            let key = fold_label(&destination.name);
            if wanted.destinations.iter().all(|wanted| fold_label(&wanted.name) != key) {
                left.push(format!("destination `{}`", destination.name));
            }
        }
        left.extend(left_alarms(&wanted.alarms, &current.alarms, None));
    }

    fn step(&mut self, what: String, changes: Vec<Change>, action: Action) {
        if changes.is_empty() {
            self.plan.unchanged += 1;
        } else {
            self.plan.steps.push(Step { what, changes, action });
        }
    }
}

/// Whether a file names another secret than the one that is stored. One that cannot be opened any more is another one.
fn is_other(wanted: Option<&Secret>, stored: Option<&SecretString>) -> bool {
    wanted.is_some_and(|wanted| stored.is_none_or(|stored| !is_same(&wanted.value, stored)))
}

fn set(name: &str, to: impl fmt::Display) -> Change {
    Change::Set {
        name: name.to_owned(),
        to: to.to_string(),
    }
}

fn changed(name: &str, from: impl fmt::Display, to: impl fmt::Display) -> Option<Change> {
    let (from, to) = (from.to_string(), to.to_string());
    (from != to).then(|| Change::Changed {
        name: name.to_owned(),
        from,
        to,
    })
}
