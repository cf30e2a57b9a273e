//! `margay source metrics`: what flowed through a source over time.

use jiff::{SignedDuration, Timestamp};
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_runtime::measure::MeasureRange;
use margay_store::Measures;

use super::find;
use crate::cli::Global;
use crate::duration::parse_duration;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::{Format, note, print_rows};

/// The columns of the answer.
const COLUMNS: [&str; 8] = [
    "at",
    "events",
    "bytes",
    "rejects",
    "lag_ms_average",
    "lag_ms_max",
    "polls",
    "poll_errors",
];

pub(super) async fn run(global: &Global, name: &str, last: &str, interval: &str, format: Format) -> Outcome {
    let now = Clock::system().now();
    let last = SignedDuration::try_from(parse_duration("--last", last)?).unwrap_or(SignedDuration::MAX);
    let from = now.saturating_sub(last).unwrap_or(Timestamp::MIN);
    let range = MeasureRange::new(from, now, parse_duration("--interval", interval)?, now).or_exit(Exit::Usage)?;
    let store = open::store_for_reading(global).await?;
    let source = find(&store, name).await?;
    let steps = range.read(&store, source.id).await.or_exit(Exit::Storage)?;
    if steps.is_empty() && format == Format::Table {
        note(format_args!(
            "nothing has flowed through `{}` since {from:.0}",
            source.label
        ));
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = steps.iter().map(|(at, measures)| row(*at, measures)).collect();
    print_rows(format, &COLUMNS, &rows)
}

fn row(at: Timestamp, measures: &Measures) -> Vec<Cell> {
    let lag = |value: Option<u64>| value.map_or(Cell::Null, Cell::Unsigned);
    vec![
        Cell::Time(at.as_microsecond()),
        Cell::Unsigned(measures.events),
        Cell::Unsigned(measures.bytes),
        Cell::Unsigned(measures.rejects),
        lag(measures.lag_ms_average()),
        lag(measures.lag_ms_longest()),
        Cell::Unsigned(measures.polls),
        Cell::Unsigned(measures.poll_errors),
    ]
}
