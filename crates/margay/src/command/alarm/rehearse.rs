//! `margay alarm rehearse`: what the silence alarm would have done lately.

use margay_detect::AlarmKind;
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_runtime::rehearse::{Rehearsed, rehearse};

use super::{form_of, minutes};
use crate::cli::Global;
use crate::cli::alarm::Rehearse;
use crate::command::source::find;
use crate::duration::span_text;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_object};

pub(super) async fn run(global: &Global, arguments: &Rehearse) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, &arguments.source).await?;
    let mut form = form_of(&store, Some(&source), AlarmKind::DropOff).await?;
    if let Some(text) = &arguments.threshold {
        form.minutes_threshold = Some(minutes("--threshold", text)?);
    }
    let settings = form.settings(AlarmKind::DropOff).or_exit(Exit::Usage)?;
    let ledger = store.ledger(source.id).await.or_exit(Exit::Storage)?;
    let lake = open::lake_for_reading(global).await?;
    let rehearsed = rehearse(&lake, &source, &ledger, &settings, Clock::system().now())
        .await
        .or_exit(Exit::Storage)?;
    let Some(rehearsed) = rehearsed else {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "nothing of `{}` has been read of the last 14 days\nhint: try again after a pull",
                source.label
            ),
        ));
    };
    let threshold = span_text(settings.threshold);
    if arguments.format == Format::Table {
        tell(&rehearsed, &threshold);
        return Ok(());
    }
    let zone = form.calendar.map(|calendar| calendar.time_zone);
    let fields = [
        ("source", Cell::Text(source.label)),
        ("from", Cell::Time(rehearsed.from.as_microsecond())),
        ("to", Cell::Time(rehearsed.to.as_microsecond())),
        ("threshold", Cell::Text(threshold)),
        ("calendar", zone.map_or(Cell::Null, Cell::Text)),
        ("alarms", Cell::Unsigned(rehearsed.alarms as u64)),
        ("longest_silence", Cell::Text(span_text(rehearsed.longest))),
        ("suggested_threshold", Cell::Text(span_text(rehearsed.suggested))),
        ("is_complete", Cell::Boolean(rehearsed.is_complete)),
    ];
    print_object(arguments.format, &fields)
}

fn tell(rehearsed: &Rehearsed, threshold: &str) {
    let times = match rehearsed.alarms {
        0 => "not once".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    line(format_args!(
        "with a threshold of {threshold} it would have sounded {times} from {:.0} to {:.0}",
        rehearsed.from, rehearsed.to
    ));
    if !rehearsed.is_complete {
        note("part of that time is still being read: a threshold is suggested when that is done");
        return;
    }
    line(format_args!(
        "the longest silence that counts was {}; suggested threshold: {}",
        span_text(rehearsed.longest),
        span_text(rehearsed.suggested)
    ));
    note("hint: set it with `margay alarm set SOURCE_NO_DATA --source NAME --threshold …`");
}
