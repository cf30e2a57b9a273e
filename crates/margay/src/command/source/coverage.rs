//! `margay source coverage`: what of a log is proven complete, by what, and what is missing.

use jiff::{SignedDuration, Timestamp, Unit};
use margay_connector::Window;
use margay_connector::asana::{RETENTION, Settings};
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_runtime::coverage::{Stretch, StretchState, stretches};
use margay_runtime::late::Lateness;
use margay_runtime::story::{ago, rough};
use margay_store::{Backfill, Ledger, Source, Store, WINDOWS_WAITING_MAX};

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, print_rows};

/// The columns of the answer.
const COLUMNS: [&str; 6] = ["from", "to", "state", "evidence", "first_proven_at", "last_proven_at"];

pub(super) async fn run(global: &Global, name: &str, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, name).await?;
    let ledger = store.ledger(source.id).await.or_exit(Exit::Storage)?;
    let waiting = store
        .waiting_windows(source.id, WINDOWS_WAITING_MAX)
        .await
        .or_exit(Exit::Storage)?;
    let waiting: Vec<Window> = waiting
        .iter()
        .filter_map(|window| Window::new(window.from, window.to))
        .collect();
    let stretches = stretches(&ledger, &waiting);
    if format != Format::Table {
        return print_rows(format, &COLUMNS, &rows(&stretches));
    }
    let now = Clock::system().now();
    line(summary(&source, &ledger, &stretches, now));
    line("");
    print_rows(format, &COLUMNS, &rows(&stretches))?;
    tell_backfills(&store, &source, &waiting).await?;
    let lateness = Lateness::from_buckets(store.lateness(source.id).await.or_exit(Exit::Storage)?);
    line(format_args!("\n{}", late_text(&lateness, &ledger)));
    let audits = store.audits(source.id, 1).await.or_exit(Exit::Storage)?;
    line(audits.first().map_or_else(
        || "no audit has compared it with the vendor yet; `margay source audit` does".to_owned(),
        |audit| format!("last audit, {}: {}", ago(audit.finished_at, now), audit.outcome),
    ));
    Ok(())
}

fn summary(source: &Source, ledger: &Ledger, stretches: &[Stretch], now: Timestamp) -> String {
    let Some(through) = ledger.proven_through() else {
        return format!(
            "{}: nothing is proven yet; the first poll that reads to the end proves something",
            source.label
        );
    };
    let since = ledger.since.map_or_else(|| "its beginning".to_owned(), short);
    let total = |state: StretchState| -> SignedDuration {
        let of_state = stretches.iter().filter(|stretch| stretch.state == state);
        of_state.fold(SignedDuration::ZERO, |sum, stretch| {
            sum.saturating_add(stretch.to.duration_since(stretch.from))
        })
    };
    let mut but = Vec::new();
    for (state, text) in [
        (StretchState::ToBeRead, "waits to be read"),
        (StretchState::Hole, "is a hole, which the next poll begins to fill"),
        (
            StretchState::Lost,
            "was deleted by the vendor before it was read, and is lost",
        ),
    ] {
        let time = total(state);
        if time.is_positive() {
            but.push(format!("{} {text}", rough(time.unsigned_abs())));
        }
    }
    let but = if but.is_empty() {
        "without a hole".to_owned()
    } else {
        format!("but {}", but.join(", "))
    };
    format!(
        "{}: complete from {since} to {} ({}), {but}",
        source.label,
        short(through),
        ago(through, now)
    )
}

async fn tell_backfills(store: &Store, source: &Source, waiting: &[Window]) -> Outcome {
    let settings = Settings::from_json(&source.settings).or_exit(Exit::Storage)?;
    let a_minute = settings.requests.budget().requests_per_minute.get();
    let backfills = store.backfills(source.id).await.or_exit(Exit::Storage)?;
    for backfill in backfills.iter().filter(|backfill| backfill.finished_at.is_none()) {
        line(format_args!("\n{}", backfill_text(backfill, a_minute)));
    }
    if let Some(oldest) = waiting.iter().map(Window::from).min()
        && let Ok(deadline) = oldest.checked_add(RETENTION)
    {
        line(format_args!(
            "Asana deletes the oldest of what waits on {}",
            short(deadline)
        ));
    }
    Ok(())
}

/// The estimate counts requests, not hours: how long they take depends on the vendor and on pauses in between.
fn backfill_text(backfill: &Backfill, requests_per_minute: u32) -> String {
    let whole = backfill.to.duration_since(backfill.from).unsigned_abs();
    let left = whole.saturating_sub(backfill.covered);
    let estimate = if backfill.covered.is_zero() {
        "nothing is done yet, so there is no estimate".to_owned()
    } else {
        let share = left.as_secs_f64() / backfill.covered.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an estimate, shown in whole requests"
        )]
        let requests = (backfill.pages as f64 * share).ceil() as u64;
        let minutes = requests.div_ceil(u64::from(requests_per_minute));
        format!(
            "about {requests} more requests, {minutes} min at {requests_per_minute} a minute, if what is left is like what is read"
        )
    };
    format!(
        "backfill of {} to {}: {} of {} windows, {} new records; {estimate}",
        short(backfill.from),
        short(backfill.to),
        backfill.windows_done,
        backfill.windows_total,
        backfill.records_new,
    )
}

fn late_text(lateness: &Lateness, ledger: &Ledger) -> String {
    let seen = match (lateness.late_count(), lateness.p999()) {
        (0, _) => "no event has become visible late so far".to_owned(),
        (count, p999) if p999.is_zero() => format!("{count} events became visible late, fewer than one in a thousand"),
        (count, p999) => format!(
            "{count} events became visible late; 99.9 % of all came within {}",
            rough(p999)
        ),
    };
    let settled = ledger
        .settled_through
        .map(|time| format!("; what happened before {} is settled", short(time)))
        .unwrap_or_default();
    format!(
        "{seen}. The last {} are read again every {}{settled}",
        rough(lateness.trailing()),
        rough(lateness.interval())
    )
}

fn short(time: Timestamp) -> String {
    let time = time.round(Unit::Second).unwrap_or(time);
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn rows(stretches: &[Stretch]) -> Vec<Vec<Cell>> {
    let time = |time: Timestamp| Cell::Time(time.as_microsecond());
    let row = |stretch: &Stretch| {
        vec![
            time(stretch.from),
            time(stretch.to),
            Cell::Text(stretch.state.as_str().to_owned()),
            stretch
                .evidence
                .map_or(Cell::Null, |evidence| Cell::Text(evidence.as_str().to_owned())),
            stretch.proven.map_or(Cell::Null, |(first, _)| time(first)),
            stretch.proven.map_or(Cell::Null, |(_, last)| time(last)),
        ]
    };
    stretches.iter().map(row).collect()
}
