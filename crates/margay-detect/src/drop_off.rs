//! The silence alarm: the log is read, and nothing happens in it.
//!
//! ```text
//!   newest event, or when
//!   watching began        proven silence          read_through     now
//!   ─────┼───────────────────────────────────────────┼──────────────┼──▶
//!        [   what counts of it by the calendar       )  not looked at: it has not been read to its end
//! ```
//! Panther's counts events that were processed, so a puller that died and a quiet organization sound the same. Here silence ends
//! where reading ended: while a source cannot be read, or catches up, `read_through` stands still, and silence does not grow.

use std::time::Duration;

use jiff::Timestamp;

use crate::alarm::{AlarmSettings, Explanation, Verdict};
use crate::calendar::Calendar;
use crate::facts::{Reading, SourceFacts};
use crate::text::{rough, short};

#[cfg(test)]
mod tests;

/// The shortest silence that can be asked about (Panther's API reference, "Log Source Alarms", read 2026-11-23: 15 to 43,200
/// minutes).
pub const SILENCE_MIN: Duration = Duration::from_secs(15 * 60);
/// The longest.
pub const SILENCE_MAX: Duration = Duration::from_secs(43_200 * 60);
/// What is suggested leaves so much more room than the longest silence seen: half of it.
const ROOM_NUMERATOR: u32 = 3;
const ROOM_DENOMINATOR: u32 = 2;

pub(crate) fn evaluate(settings: &AlarmSettings, facts: &SourceFacts) -> Verdict {
    let Some(read_through) = facts.read_through else {
        return Verdict::unknown("the log has not been read to its end yet");
    };
    let watched_since = facts.silence_watched_since;
    let last = facts
        .newest_event_at
        .map_or(watched_since, |newest| newest.max(watched_since));
    let silent = settings.calendar.counted(last, read_through);
    if silent >= settings.threshold {
        return Verdict::alarm(explain(settings, facts, last, read_through));
    }
    match &facts.reading {
        Reading::Works => Verdict::ok(match facts.newest_event_at {
            Some(newest) => format!("the newest event is of {}", short(newest)),
            None => "there has been no event yet".to_owned(),
        }),
        Reading::Unknown => Verdict::unknown("it has not been polled yet"),
        Reading::Fails(_) | Reading::Refused(_) | Reading::NeedsPerson(_) => {
            Verdict::unknown("the log cannot be read, so nobody knows whether it is silent")
        }
    }
}

fn explain(settings: &AlarmSettings, facts: &SourceFacts, last: Timestamp, read_through: Timestamp) -> Explanation {
    let wanted = rough(settings.threshold);
    let counted = match settings.calendar {
        Calendar::Always => String::new(),
        Calendar::Hours(_) => " of the hours that count".to_owned(),
    };
    let newest = match facts.newest_event_at {
        Some(newest) => format!("The newest event is of {}", short(newest)),
        None => format!("There has been none since {}", short(last)),
    };
    Explanation {
        title: format!("{}: no events for {wanted}", facts.label),
        cause: format!(
            "{} answers, and has had no event for {wanted}{counted}.",
            facts.vendor
        ),
        evidence: format!("{newest}; the log has been read up to {}.", short(read_through)),
        blind: "Nothing is missing that the vendor has shown. If its log stopped at the vendor, whatever happens there is not seen.".to_owned(),
        remedy: "If nobody worked, nothing. Otherwise do something there that it logs, a login for instance, and see whether it arrives within minutes; if not, ask the vendor about its audit log.".to_owned(),
    }
}

/// What an alarm would have done in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// How many times it would have sounded.
    pub alarms: usize,
    /// The longest silence that counts.
    pub longest: Duration,
}

/// Says what the silence alarm would have done in `[from, to)`.
///
/// `pauses` are the times between two events, `(event, next event)`, in order; only those long enough to matter need be given.
/// What lies between `from` and the first event, and after the last one, is a pause as well if the caller gives it.
pub fn rehearse(
    pauses: &[(Timestamp, Timestamp)],
    threshold: Duration,
    calendar: &Calendar,
    from: Timestamp,
    to: Timestamp,
) -> Rehearsal {
    let mut rehearsal = Rehearsal {
        alarms: 0,
        longest: Duration::ZERO,
    };
    for (begin, end) in pauses {
        let silent = calendar.counted((*begin).max(from), (*end).min(to));
        rehearsal.longest = rehearsal.longest.max(silent);
        rehearsal.alarms += usize::from(silent >= threshold);
    }
    rehearsal
}

/// Suggests a threshold from the longest silence of the past: half as long again, rounded up to what people say.
pub fn suggest(longest: Duration) -> Duration {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let wanted = (longest * ROOM_NUMERATOR / ROOM_DENOMINATOR).as_secs();
    let step = match wanted {
        0..HOUR => 15 * MINUTE,
        HOUR..DAY => HOUR,
        _ => DAY,
    };
    Duration::from_secs(wanted.div_ceil(step) * step).clamp(SILENCE_MIN, SILENCE_MAX)
}
