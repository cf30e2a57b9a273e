//! Rehearse: what the silence alarm of a source would have done in the last two weeks, told from the lake.
//!
//! As the alarm itself it ends where reading ended, and begins no earlier than the source is to be complete. A pause with time in it
//! that nothing proves is left out: what nobody has read is no silence.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_detect::{AlarmSettings, rehearse as count, suggest};
use margay_lake::{Cell, Lake, QueryContext, QueryError};
use margay_store::{Ledger, Source};

/// How far back it looks.
pub const LOOK_BACK: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// A pause of this length or less is none: no threshold is that short. So there are at most two thousand.
const PAUSE_MIN: Duration = Duration::from_secs(10 * 60);

/// What the silence alarm would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsed {
    /// From when on the log was looked at.
    pub from: Timestamp,
    /// Until when, exclusive.
    pub to: Timestamp,
    /// How often it would have sounded.
    pub alarms: usize,
    /// The longest silence that counts.
    pub longest: Duration,
    /// The threshold that leaves half as much room again, rounded up.
    pub suggested: Duration,
    /// Whether all of that time has been read, but for what is lost for good.
    pub is_complete: bool,
}

/// Says what the silence alarm would have done with these settings in the last [`LOOK_BACK`]. Nothing if no such time has been read.
///
/// # Errors
/// When the lake cannot be read.
pub async fn rehearse(
    lake: &Lake,
    source: &Source,
    ledger: &Ledger,
    settings: &AlarmSettings,
    now: Timestamp,
) -> Result<Option<Rehearsed>, QueryError> {
    let look_back = SignedDuration::try_from(LOOK_BACK).unwrap_or(SignedDuration::MAX);
    let earliest = now.saturating_sub(look_back).unwrap_or(Timestamp::MIN);
    let from = ledger.since.map_or(earliest, |since| since.max(earliest));
    let to = ledger.tail_through.unwrap_or(from).min(now);
    if from >= to {
        return Ok(None);
    }
    let mut pauses = pauses(lake, source, from, to, now).await?;
    let holes = ledger.holes(to);
    let is_complete = holes.iter().all(|(_, end)| *end <= from);
    let unread = [holes, ledger.lost()].concat();
    pauses.retain(|(begin, end)| !unread.iter().any(|(from, to)| from < end && begin < to));
    let rehearsal = count(&pauses, settings.threshold, &settings.calendar, from, to);
    Ok(Some(Rehearsed {
        from,
        to,
        alarms: rehearsal.alarms,
        longest: rehearsal.longest,
        suggested: suggest(rehearsal.longest),
        is_complete,
    }))
}

/// Returns the pauses between the events of a source in `[from, to)` that are longer than [`PAUSE_MIN`], in order, those at both
/// ends included.
async fn pauses(
    lake: &Lake,
    source: &Source,
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>, QueryError> {
    let time = |time: Timestamp| {
        let micros = time.as_microsecond();
        format!("arrow_cast({micros}, 'Timestamp(Microsecond, Some(\"UTC\"))')")
    };
    let (from, to) = (time(from), time(to));
    let table = source.log_type.table_name();
    let id = source.id;
    let seconds = PAUSE_MIN.as_secs();
    let sql = format!(
        "with moments as (select p_event_time as at from {table} where p_source_id = '{id}' and p_event_time >= {from} \
         and p_event_time < {to} union all select {from} union all select {to}), \
         pauses as (select lag(at) over (order by at) as begins, at as ends from moments) \
         select begins, ends from pauses where ends - begins > interval '{seconds} seconds' order by begins"
    );
    let rows = lake.query(&sql, QueryContext::at(now)).await?.collect().await?;
    let moment = |cell: &Cell| match cell {
        Cell::Time(micros) => Timestamp::from_microsecond(*micros).ok(),
        _ => None,
    };
    let pause = |row: &Vec<Cell>| Some((moment(row.first()?)?, moment(row.get(1)?)?));
    Ok(rows.iter().filter_map(pause).collect())
}
