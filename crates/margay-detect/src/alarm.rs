//! The kinds of alarms, what can be set of each, and how each stands.
//!
//! | kind | sounds when | default |
//! |---|---|---|
//! | [`DropOff`](AlarmKind::DropOff) | the log was read and had no event for that long | 24 h |
//! | [`CannotPoll`](AlarmKind::CannotPoll) | polls have failed for that long | 15 min |
//! | [`CredentialsRefused`](AlarmKind::CredentialsRefused) | the vendor refused the credentials in [`REFUSED_POLLS_MIN`] polls in a row | – |
//! | [`Lag`](AlarmKind::Lag) | polls work, and the log is read only up to that long ago | 15 min |
//! | [`ClassificationFailures`](AlarmKind::ClassificationFailures) | a record fitted no schema; over when none did not for that long | 24 h |
//! | [`LandingStuck`](AlarmKind::LandingStuck) | a record has waited for the lake for that long | 5 min |
//! | [`CoverageHole`](AlarmKind::CoverageHole) | time has been unproven for that long, or was lost for good within that long | 1 h |
//! | [`RetentionDeadline`](AlarmKind::RetentionDeadline) | the vendor deletes something unread within that long | 7 d |
//! | [`DeliveryFailing`](AlarmKind::DeliveryFailing) | an alert has not reached a destination for that long | 15 min |
//! | [`Disk`](AlarmKind::Disk) | less than [`DISK_FREE_BYTES_MIN`] is free | – |

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
use crate::drop_off;
use crate::facts::{DeliveryFacts, DiskFacts, Reading, ServerFacts, SourceFacts, Trouble};
use crate::text::{first_line, rough, short};

#[cfg(test)]
mod tests;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Polls in a row whose credentials are refused before somebody is called: a vendor that errs once calls nobody.
pub const REFUSED_POLLS_MIN: u64 = 2;
/// Free bytes below which the disk alarm sounds: a landing and its compaction of a busy day fit into it several times.
pub const DISK_FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
/// So long after it began to attend to a source a server waits before it calls anybody: its first polls and landings show what of the
/// trouble before is over.
pub const GRACE: Duration = MINUTE.saturating_mul(3);
/// An alert that was given up is spoken of for so long.
const GIVEN_UP_SHOWN: Duration = DAY;
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

/// Says how an alarm of a source stands at `now`. Nothing if nobody is to be told: it is switched off, or the source is paused.
///
/// # Panics
/// If `kind` is not one of a source: the caller erred.
pub fn evaluate(kind: AlarmKind, settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Option<Verdict> {
    assert!(kind.is_of_source(), "{kind:?} is not an alarm of a source");
    if !settings.is_enabled || facts.is_paused {
        return None;
    }
    // Silence is concluded from what was read, and has no need to wait.
    if kind != AlarmKind::DropOff && since(facts.attended_since, now) < GRACE {
        return Some(Verdict::unknown("this server has just begun to attend to it"));
    }
    Some(match kind {
        AlarmKind::DropOff => drop_off::evaluate(settings, facts),
        AlarmKind::CannotPoll => cannot_poll(settings, facts, now),
        AlarmKind::CredentialsRefused => credentials_refused(facts),
        AlarmKind::Lag => lag(settings, facts, now),
        AlarmKind::ClassificationFailures => classification_failures(settings, facts, now),
        AlarmKind::LandingStuck => landing_stuck(settings, facts, now),
        AlarmKind::CoverageHole => coverage_hole(settings, facts, now),
        AlarmKind::RetentionDeadline => retention_deadline(settings, facts, now),
        AlarmKind::DeliveryFailing | AlarmKind::Disk => unreachable!("asserted above"),
    })
}

/// Says how an alarm of this server stands at `now`. Nothing if it is switched off.
///
/// # Panics
/// If `kind` is one of a source: the caller erred.
pub fn evaluate_server(
    kind: AlarmKind,
    settings: &AlarmSettings,
    facts: &ServerFacts,
    now: Timestamp,
) -> Option<Verdict> {
    assert!(!kind.is_of_source(), "{kind:?} is an alarm of a source");
    if !settings.is_enabled {
        return None;
    }
    Some(match kind {
        AlarmKind::Disk => disk(facts.disk),
        _ => delivery_failing(settings, facts, now),
    })
}

fn cannot_poll(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    let (trouble, remedy) = match &facts.reading {
        Reading::Fails(trouble) => (
            trouble,
            "Nothing, if the vendor is down: polls are tried again, and reading goes on where it stopped. Otherwise look at the network between here and the vendor: `margay source check` tells where it ends.",
        ),
        Reading::NeedsPerson(trouble) => (
            trouble,
            "Somebody has to change what the message names; `margay source check` tells whether it worked. Reading goes on where it stopped.",
        ),
        Reading::Refused(_) => {
            return Verdict::unknown("the vendor answers; it refuses the credentials, which is another alarm");
        }
        Reading::Unknown if since(facts.watched_since, now) >= settings.threshold => return never_polled(facts),
        Reading::Unknown => return Verdict::unknown("it has not been polled yet"),
        Reading::Works => return Verdict::ok("the last poll worked"),
    };
    let passed = since(trouble.since, now);
    if passed < settings.threshold {
        return Verdict::unknown(format!("polls have failed for {}, which may pass", rough(passed)));
    }
    Verdict::alarm(Explanation {
        title: format!("{}: the log cannot be read since {}", facts.label, short(trouble.since)),
        cause: format!("{} polls of {} in a row have failed.", trouble.polls, facts.vendor),
        evidence: last_answer(trouble),
        blind: blind_since(facts),
        remedy: remedy.to_owned(),
    })
}

fn never_polled(facts: &SourceFacts) -> Verdict {
    Verdict::alarm(Explanation {
        title: format!("{}: it has never been polled", facts.label),
        cause: "It was added, and no poll of it has come to an end.".to_owned(),
        evidence: format!("It was added or resumed at {}.", short(facts.watched_since)),
        blind: "Nothing of this log has been seen.".to_owned(),
        remedy: "See the server's log for this source, and `margay doctor`.".to_owned(),
    })
}

fn credentials_refused(facts: &SourceFacts) -> Verdict {
    let trouble = match &facts.reading {
        Reading::Refused(trouble) => trouble,
        Reading::Unknown => return Verdict::unknown("it has not been polled yet"),
        Reading::Works => return Verdict::ok("the credentials work"),
        Reading::Fails(_) | Reading::NeedsPerson(_) => {
            return Verdict::unknown("the vendor cannot be asked whether the credentials work");
        }
    };
    if trouble.polls < REFUSED_POLLS_MIN {
        return Verdict::unknown("the credentials were refused once, and are tried again");
    }
    Verdict::alarm(Explanation {
        title: format!("{}: {} refuses the credentials", facts.label, facts.vendor),
        cause: format!(
            "{} polls in a row were refused, the first at {}: the token was revoked, has expired or lost its permission.",
            trouble.polls,
            short(trouble.since)
        ),
        evidence: last_answer(trouble),
        blind: blind_since(facts),
        remedy: "Make a new token for the service account, with the scope Audit logs, and store it: `margay source set-token`. Reading goes on where it stopped; nothing is lost as long as the vendor keeps it.".to_owned(),
    })
}

fn lag(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    if facts.reading != Reading::Works {
        return Verdict::unknown("polls do not work now");
    }
    let through = facts.read_through.unwrap_or(facts.watched_since);
    let behind = since(through, now);
    // One that came to the end is not behind, however long ago that end is by another clock.
    if facts.is_drained || behind < settings.threshold {
        return Verdict::ok(format!("the log is read up to {}", short(through)));
    }
    Verdict::alarm(Explanation {
        title: format!("{}: reading is {} behind", facts.label, rough(behind)),
        cause: "Polls work, and none has come to the end of the log for that long: it grows faster than it is read, or the vendor is slow.".to_owned(),
        evidence: format!("The log is read up to {}.", short(through)),
        blind: format!("Events since {} are not searchable and raise no alerts yet.", short(through)),
        remedy: "Look at the requests a minute that the source may make, and at the vendor's answers in `margay source history`.".to_owned(),
    })
}

fn classification_failures(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    let Some(last_at) = facts.rejects.last_at else {
        return Verdict::ok("every record has fitted its schema");
    };
    if since(last_at, now) >= settings.threshold {
        return Verdict::ok(format!(
            "the last record that fitted no schema came at {}",
            short(last_at)
        ));
    }
    let reason = facts.rejects.reason.as_deref().unwrap_or("the table has the reasons");
    Verdict::alarm(Explanation {
        title: format!("{}: records fit no schema", facts.label),
        cause: format!(
            "{} in the last {}; the vendor may have changed its log.",
            records(facts.rejects.recent),
            rough(settings.threshold)
        ),
        evidence: format!("The last at {}: {}", short(last_at), first_line(reason)),
        blind: "These records are kept, and are in no event table: searches and alerts do not see them.".to_owned(),
        remedy: "Look at margay_monitor.classification_failures, mend the schema (`margay schema add`), and land them: `margay replay --failures-only`.".to_owned(),
    })
}

fn landing_stuck(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    let Some(waiting_since) = facts.landing.waiting_since else {
        return Verdict::ok("everything that was read is in the lake");
    };
    let waited = since(waiting_since, now);
    if waited < settings.threshold {
        return Verdict::ok("what was read is landing");
    }
    let problem = facts
        .landing
        .problem
        .as_deref()
        .unwrap_or("landing has said nothing; it is slow or does not run");
    Verdict::alarm(Explanation {
        title: format!("{}: what is read does not reach the lake", facts.label),
        cause: format!("The oldest record that waits was read {} ago.", rough(waited)),
        evidence: first_line(problem).to_owned(),
        blind: format!("Events read since {} are safe in the journal and not searchable.", short(waiting_since)),
        remedy: "See that the disk of the data directory has room and can be written, then `margay doctor`. Landing goes on by itself.".to_owned(),
    })
}

fn coverage_hole(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    let holes = &facts.holes;
    let vendor = &facts.vendor;
    if let Some(lost_at) = holes.lost_at.filter(|at| since(*at, now) < settings.threshold.max(DAY)) {
        return Verdict::alarm(Explanation {
            title: format!("{}: part of the log is lost for good", facts.label),
            cause: format!("{vendor} deleted it before it could be read."),
            evidence: format!("{} of event time in all; found at {}.", rough(holes.lost), short(lost_at)),
            blind: "What happened then is known from nowhere. `margay source coverage` names the ranges.".to_owned(),
            remedy: "Look for another copy, an export of the vendor's for instance; note the gap where it matters. Nothing here can fill it.".to_owned(),
        });
    }
    match holes.open_since.map(|at| (at, since(at, now))) {
        Some((open_since, open_for)) if open_for >= settings.threshold => Verdict::alarm(Explanation {
            title: format!("{}: part of the log is not proven complete", facts.label),
            cause: format!("{} of event time is being read again, and is not done after {}.", rough(holes.open), rough(open_for)),
            evidence: format!("There has been a hole since {}.", short(open_since)),
            blind: "Events of that time may be missing from searches.".to_owned(),
            remedy: "See `margay source coverage` and `margay source history`: a backfill fills holes by itself once the vendor lets it.".to_owned(),
        }),
        Some(_) => Verdict::ok("a hole is being filled"),
        None => Verdict::ok("there is no hole"),
    }
}

fn retention_deadline(settings: &AlarmSettings, facts: &SourceFacts, now: Timestamp) -> Verdict {
    let Some(deleted_at) = facts.deleted_at else {
        return Verdict::ok("nothing waits to be read");
    };
    let left = deleted_at.duration_since(now).max(SignedDuration::ZERO).unsigned_abs();
    if left >= settings.threshold {
        return Verdict::ok(format!("what waits is kept until {}", short(deleted_at)));
    }
    // A new source always has what is deleted within the hour. It is only called for if reading has stood still for a while.
    let patience = AlarmSettings::default_of(AlarmKind::CannotPoll).threshold;
    let stands_still = facts
        .reading
        .trouble()
        .is_some_and(|trouble| since(trouble.since, now) >= patience);
    if !stands_still {
        return Verdict::ok("what is deleted soon is being read");
    }
    let vendor = &facts.vendor;
    Verdict::alarm(Explanation {
        title: format!("{}: {vendor} deletes unread events in {}", facts.label, rough(left)),
        cause: format!("{vendor} keeps its log for a limited time, and what is oldest has not been read."),
        evidence: format!("The oldest of what waits is deleted at {}.", short(deleted_at)),
        blind: blind_since(facts),
        remedy: "Let the source be read before then: another alarm says what keeps it.".to_owned(),
    })
}

fn delivery_failing(settings: &AlarmSettings, facts: &ServerFacts, now: Timestamp) -> Verdict {
    let delivery = &facts.delivery;
    if let Some(at) = delivery.given_up_at.filter(|at| since(*at, now) < GIVEN_UP_SHOWN) {
        return given_up(delivery, at);
    }
    let Some(failing_since) = delivery.failing_since else {
        return Verdict::ok("every alert has arrived");
    };
    let failing_for = since(failing_since, now);
    if failing_for < settings.threshold {
        return Verdict::ok("an alert is tried again");
    }
    let destination = delivery.destination.as_deref().unwrap_or("a destination");
    Verdict::alarm(Explanation {
        title: format!("Alerts do not reach `{destination}`"),
        cause: format!("An alert has not arrived there for {}.", rough(failing_for)),
        evidence: format!("The last try: {}", first_line(delivery.problem.as_deref().unwrap_or("no answer"))),
        blind: "Whoever relies on that destination alone is told nothing.".to_owned(),
        remedy: "Test the destination and mend it: `margay destination test`. What waits is sent then; what was given up is sent again by `margay alert resend`.".to_owned(),
    })
}

fn given_up(delivery: &DeliveryFacts, at: Timestamp) -> Verdict {
    let destination = delivery.destination.as_deref().unwrap_or("a destination");
    Verdict::alarm(Explanation {
        title: format!("An alert for `{destination}` was given up"),
        cause: format!("All its tries failed; the last was at {}.", short(at)),
        evidence: first_line(delivery.problem.as_deref().unwrap_or("no answer")).to_owned(),
        blind: "Whoever relies on that destination alone was not told of it.".to_owned(),
        remedy: "See `margay alert list` and `margay alert show`, mend the destination, and send it again: `margay alert resend`.".to_owned(),
    })
}

fn disk(facts: DiskFacts) -> Verdict {
    let Some(free) = facts.free_bytes else {
        return Verdict::unknown("the room on the disk could not be asked for");
    };
    let free_text = format!("{} MiB of {} MiB free", mebibytes(free), mebibytes(facts.total_bytes));
    if free >= DISK_FREE_BYTES_MIN {
        return Verdict::ok(free_text);
    }
    Verdict::alarm(Explanation {
        title: "The disk of the data directory is nearly full".to_owned(),
        cause: format!("Less than {} MiB is free.", mebibytes(DISK_FREE_BYTES_MIN)),
        evidence: format!("{free_text}."),
        blind: "Nothing yet. When it is full, reading and landing stop; nothing that was read is lost.".to_owned(),
        remedy: "Make room or move the data directory to a larger disk.".to_owned(),
    })
}

fn mebibytes(bytes: u64) -> u64 {
    bytes / (1024 * 1024)
}

fn records(count: u64) -> String {
    if count == 1 {
        "1 record".to_owned()
    } else {
        format!("{count} records")
    }
}

fn last_answer(trouble: &Trouble) -> String {
    format!("The last one: {}", first_line(&trouble.problem))
}

fn blind_since(facts: &SourceFacts) -> String {
    match facts.read_through {
        Some(through) => format!("What happened since {} has not been seen.", short(through)),
        None => "Nothing of this log has been seen.".to_owned(),
    }
}

/// A clock that was set back makes nothing negative.
pub(crate) fn since(time: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(time).max(SignedDuration::ZERO).unsigned_abs()
}
