//! How each alarm stands: a verdict from facts, settings and a time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::alarm::{AlarmKind, AlarmSettings, Explanation, Verdict};
use crate::drop_off;
use crate::facts::{DeliveryFacts, DiskFacts, Reading, ServerFacts, SourceFacts, Trouble};
use crate::text::{first_line, rough, short};

#[cfg(test)]
mod tests;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Polls in a row whose credentials are refused before somebody is called: a vendor that errs once calls nobody.
pub const REFUSED_POLLS_MIN: u64 = 2;
/// Free bytes below which the disk alarm sounds: a landing and its compaction of a busy day fit into it several times.
pub const DISK_FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
/// So long after it began to attend to a source a server waits before it calls anybody: its first polls and landings show what of the
/// trouble before is over.
pub const GRACE: Duration = Duration::from_secs(3 * 60);
/// An alert that was given up is spoken of for so long.
const GIVEN_UP_SHOWN: Duration = DAY;

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
        remedy: "Make a new token for the service account, with the scope Audit logs, and store it in the console: Integrations > Log Sources > the source > Configuration > Replace token…. Or stop the server and use `margay source set-token`. Reading goes on where it stopped; nothing is lost as long as the vendor keeps it.".to_owned(),
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
        remedy: "Look at margay_monitor.classification_failures and mend the schema in the console: Data > Schemas. Then stop the server and land them: `margay replay --failures-only`.".to_owned(),
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
