//! `live`: from the moment at which the vendor shows an event to the moment at which SQL finds it.
//!
//! ```text
//! t0  the simulator shows the event: its `created_at`, on this machine's clock
//! t1  a poll asks, at most one interval later
//! t2  the record is journalled and landed
//! t3  a query has the row; the answer's arrival counts, so the query's own time is in the figure
//! ```

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use crate::bench::Bench;
use crate::bench::api::Api;
use crate::bench::patience::let_pass;
use crate::bench::results::{Section, Table};
use crate::bench::simulator::Simulator;
use crate::bench::spread::percentile;
use crate::step::say;

const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Two a second: many polls bring several, some bring none.
const EVENTS_PER_MINUTE: u32 = 120;
/// Enough for a 99th percentile, in a minute and a half.
const EVENTS: usize = 200;
/// The log that the source has before.
const HISTORY: u64 = 2_000;
/// How often the table is asked. It adds at most this to a figure.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// The longest that an event may take before the measurement is given up.
const LATENESS_MAX: Duration = Duration::from_secs(120);
/// After the last event, an earlier one that is still missing has this long to appear.
const STRAGGLERS: Duration = Duration::from_secs(10);

const SQL: &str = "select gid, cast(round(date_part('epoch', p_event_time) * 1000) as bigint) as ms from asana_audit \
                   where p_occurs_since('10 m')";

/// Measures.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let simulator = Simulator::start(&bench.margay, folder.path(), HISTORY, EVENTS_PER_MINUTE)?;
    let data = folder.path().join("data");
    bench.margay.add_source(&data, "live", &simulator)?;
    let interval = format!("{}s", POLL_INTERVAL.as_secs());
    let server = bench.margay.serve(&data, &["--poll-interval", &interval])?;
    let api = Api::of(&bench.margay, &data, &server)?;
    wait_for_history(&api)?;
    say(&format!("{EVENTS} live events, polled each {interval}"));
    let seconds = watch(&api)?;
    let interval_s = POLL_INTERVAL.as_secs_f64();
    let of = |percent: usize| percentile(&seconds, percent).context("no event was seen");
    let (p50, p99, most) = (of(50)?, of(99)?, of(100)?);
    let mut section = Section::new("Live", &bench.stamp);
    section.note(format!(
        "{} live events at {EVENTS_PER_MINUTE} a minute, polled each {interval}: from when the vendor shows an event until a query that is asked \
         each {} ms has its row.",
        seconds.len(),
        LOOK_INTERVAL.as_millis()
    ));
    let row = |name: &str, less: f64| {
        let mut cells = vec![name.to_owned()];
        cells.extend([p50, p99, most].map(|value| format!("{:.2}", value - less)));
        cells
    };
    section.tables.push(Table {
        title: String::new(),
        head: ["", "p50 s", "p99 s", "most s"].map(str::to_owned).to_vec(),
        rows: vec![row("visible to row", 0.0), row("without the poll interval", interval_s)],
    });
    section.fact("live_p99_s", p99 - interval_s);
    Ok(section)
}

/// The table is there once the history has landed.
fn wait_for_history(api: &Api) -> Result<()> {
    let begun = Instant::now();
    loop {
        let counted = api.query("select count(*) from asana_audit");
        let is_landed = counted.is_ok_and(|answer| {
            let count = answer
                .rows
                .first()
                .and_then(|row| row.first()?.as_str()?.parse::<u64>().ok());
            count.is_some_and(|count| count >= HISTORY)
        });
        if is_landed {
            return Ok(());
        }
        ensure!(begun.elapsed() < LATENESS_MAX, "the history did not land");
        let_pass(LOOK_INTERVAL);
    }
}

/// Returns how long each event took. Events that were there before are none.
fn watch(api: &Api) -> Result<Vec<f64>> {
    let begun_ms = now_ms()?;
    let mut seen: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut newest_at = Instant::now();
    let mut full_at: Option<Instant> = None;
    loop {
        let answer = api.query(SQL)?;
        let at_ms = now_ms()?;
        for row in &answer.rows {
            let gid = row
                .first()
                .and_then(|gid| gid.as_str())
                .context("an event without an id")?;
            let created = row.get(1).and_then(|ms| ms.as_str()?.parse::<i64>().ok());
            let created_ms = created.context("an event without a time")?;
            if created_ms >= begun_ms && !seen.contains_key(gid) {
                seen.insert(gid.to_owned(), (created_ms, at_ms));
                newest_at = Instant::now();
            }
        }
        if seen.len() >= EVENTS && full_at.is_none() {
            full_at = Some(Instant::now());
        }
        if full_at.is_some_and(|full_at| full_at.elapsed() > STRAGGLERS) {
            return Ok(seconds_of(seen.into_values().collect()));
        }
        ensure!(
            newest_at.elapsed() < LATENESS_MAX,
            "no more events appear; {} did",
            seen.len()
        );
        let_pass(LOOK_INTERVAL);
    }
}

/// The first events by their creation: those that were late are among them, those that came while waiting for them are not.
fn seconds_of(mut moments: Vec<(i64, i64)>) -> Vec<f64> {
    moments.sort_unstable();
    moments.truncate(EVENTS);
    moments
        .into_iter()
        .filter_map(|(created_ms, seen_ms)| u32::try_from(seen_ms - created_ms).ok())
        .map(|late_ms| f64::from(late_ms) / 1_000.0)
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "compared with the clock of the simulator, which is another process on this machine"
)]
fn now_ms() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_millis())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straggler_counts_and_what_came_after_the_last_does_not() {
        let count = i64::try_from(EVENTS).unwrap();
        let mut moments: Vec<(i64, i64)> = (0..count + 5).map(|number| (number, number + 1_500)).collect();
        moments[3].1 = 9_003;
        let seconds = seconds_of(moments);
        assert_eq!(seconds.len(), EVENTS);
        assert_eq!(percentile(&seconds, 100), Some(9.0));
        assert_eq!(percentile(&seconds, 50), Some(1.5));
    }
}
