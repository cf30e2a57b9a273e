//! `margay source health`: what of a source works, and when that changed.

use jiff::Timestamp;
use margay_lake::Cell;
use margay_runtime::health::SourceState;
use margay_store::{HealthChange, HealthCheck, Source, Store};

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_rows};

pub(super) async fn run(global: &Global, name: &str, history: Option<usize>, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, name).await?;
    match history {
        Some(limit) => tell_history(&store, &source, limit, format).await,
        None => tell_checks(&store, &source, format).await,
    }
}

async fn tell_checks(store: &Store, source: &Source, format: Format) -> Outcome {
    let polls = store.poll_status(source.id).await.or_exit(Exit::Storage)?;
    let checks = store.health_checks(source.id).await.or_exit(Exit::Storage)?;
    if format == Format::Table {
        let state = SourceState::of(source, &polls, &checks);
        line(format_args!("{}: {}", source.label, state.as_str()));
        if checks.is_empty() {
            note("nothing has been looked at yet; the first poll does");
            return Ok(());
        }
        line("");
    }
    let rows: Vec<Vec<Cell>> = checks.iter().map(check_row).collect();
    let names = [
        "check",
        "is_healthy",
        "last_success_at",
        "last_failure_at",
        "message",
        "raw",
    ];
    print_rows(format, &names, &rows)
}

async fn tell_history(store: &Store, source: &Source, limit: usize, format: Format) -> Outcome {
    let mut changes = store
        .health_changes(source.id, None, limit)
        .await
        .or_exit(Exit::Storage)?;
    if changes.is_empty() && format == Format::Table {
        note("nothing has stopped working yet");
        return Ok(());
    }
    changes.reverse();
    let rows: Vec<Vec<Cell>> = changes.into_iter().map(change_row).collect();
    print_rows(format, &["at", "check", "is_healthy", "message", "raw"], &rows)
}

fn check_row(check: &HealthCheck) -> Vec<Cell> {
    let time = |time: Option<Timestamp>| time.map_or(Cell::Null, |time| Cell::Time(time.as_microsecond()));
    vec![
        Cell::Text(check.name.as_str().to_owned()),
        Cell::Boolean(check.is_healthy()),
        time(check.last_success_at),
        time(check.last_failure_at),
        Cell::Text(check.message.clone()),
        check.raw.clone().map_or(Cell::Null, Cell::Text),
    ]
}

fn change_row(change: HealthChange) -> Vec<Cell> {
    vec![
        Cell::Time(change.at.as_microsecond()),
        Cell::Text(change.name.as_str().to_owned()),
        Cell::Boolean(change.is_healthy),
        Cell::Text(change.message),
        change.raw.map_or(Cell::Null, Cell::Text),
    ]
}
