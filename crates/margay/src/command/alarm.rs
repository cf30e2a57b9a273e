//! `margay alarm`: lists alarms, sets them, and says what the silence alarm would have done, beside a server that may be running.

mod rehearse;

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use margay_detect::{AlarmKind, AlarmSettings, Calendar};
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_runtime::alarm::{AlarmForm, CalendarForm};
use margay_store::{ALARM_SETTINGS_BYTES_MAX, Alarm, AlarmState, Source, Store};

use crate::cli::Global;
use crate::cli::alarm::{self as cli, Chosen, List, Set};
use crate::command::source::find;
use crate::duration::{parse_duration, span_text};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, print_rows};

pub(super) async fn run(global: &Global, arguments: cli::Alarm) -> Outcome {
    match arguments {
        cli::Alarm::List(arguments) => list(global, &arguments).await,
        cli::Alarm::Set(arguments) => set(global, &arguments).await,
        cli::Alarm::Reset(chosen) => reset(global, &chosen).await,
        cli::Alarm::Rehearse(arguments) => rehearse::run(global, &arguments).await,
    }
}

async fn list(global: &Global, arguments: &List) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let sources = match &arguments.source {
        Some(name) => vec![find(&store, name).await?],
        None => store.sources().await.or_exit(Exit::Storage)?,
    };
    let mut rows = Vec::new();
    for source in &sources {
        let kept = store.alarms(Some(source.id)).await.or_exit(Exit::Storage)?;
        let kinds = AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source());
        rows.extend(kinds.map(|kind| row(Some(source), kind, &kept)));
    }
    if arguments.source.is_none() {
        let kept = store.alarms(None).await.or_exit(Exit::Storage)?;
        let kinds = AlarmKind::ALL.into_iter().filter(|kind| !kind.is_of_source());
        rows.extend(kinds.map(|kind| row(None, kind, &kept)));
    }
    let names = [
        "source",
        "kind",
        "state",
        "since",
        "enabled",
        "threshold",
        "remind",
        "calendar",
        "summary",
        "alert",
    ];
    print_rows(arguments.format, &names, &rows)
}

fn row(source: Option<&Source>, kind: AlarmKind, kept: &[Alarm]) -> Vec<Cell> {
    let alarm = kept.iter().find(|alarm| alarm.kind == kind.as_str());
    let status = alarm.and_then(|alarm| alarm.status);
    let form = alarm
        .and_then(|alarm| alarm.settings.as_deref())
        .map(AlarmForm::from_json);
    let form = form.and_then(Result::ok).unwrap_or_default();
    // The server takes settings that cannot be used as the defaults, and says so in its log.
    let settings = form.settings(kind).unwrap_or_else(|_| AlarmSettings::default_of(kind));
    let is_asleep = source.is_some_and(|source| source.paused_at.is_some());
    let summary = match alarm {
        _ if !settings.is_enabled => "switched off",
        _ if is_asleep => "its source is paused",
        Some(alarm) if status.is_some() => &alarm.summary,
        _ => "not evaluated yet: a server does that",
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let span = |duration: Duration| Cell::Text(span_text(duration));
    vec![
        source.map_or(Cell::Null, |source| text(&source.label)),
        text(kind.as_str()),
        text(
            status
                .map_or(AlarmState::InsufficientData, |status| status.state)
                .as_str(),
        ),
        status.map_or(Cell::Null, |status| Cell::Time(status.since.as_microsecond())),
        Cell::Boolean(settings.is_enabled),
        kind.thresholds().map_or(Cell::Null, |_| span(settings.threshold)),
        settings.remind_every.map_or(Cell::Null, span),
        form.calendar
            .map_or(Cell::Null, |calendar| Cell::Text(calendar.time_zone)),
        text(summary),
        alarm
            .and_then(|alarm| alarm.alert)
            .map_or(Cell::Null, |alert| Cell::Text(alert.to_string())),
    ]
}

async fn set(global: &Global, arguments: &Set) -> Outcome {
    let is_given = arguments.threshold.is_some()
        || arguments.remind.is_some()
        || arguments.calendar.is_some()
        || [arguments.no_remind, arguments.no_calendar, arguments.on, arguments.off].contains(&true);
    if !is_given {
        return Err(Failure::new(
            Exit::Usage,
            "nothing to set\nhint: `margay alarm set --help` tells what can be",
        ));
    }
    let calendar = arguments.calendar.as_deref().map(read_calendar).transpose()?;
    let kind = arguments.chosen.kind;
    let store = open::store_beside(global).await?;
    let source = owner(&store, &arguments.chosen).await?;
    let mut form = form_of(&store, source.as_ref(), kind).await?;
    if let Some(text) = &arguments.threshold {
        form.minutes_threshold = Some(minutes("--threshold", text)?);
    }
    if let Some(text) = &arguments.remind {
        form.remind_minutes = Some(minutes("--remind", text)?);
    }
    if arguments.no_remind {
        form.remind_minutes = None;
    }
    if arguments.no_calendar {
        form.calendar = None;
    }
    form.calendar = calendar.or(form.calendar);
    if arguments.on || arguments.off {
        form.enabled = Some(arguments.on);
    }
    let settings = form.settings(kind).or_exit(Exit::Usage)?;
    keep(&store, source.as_ref(), kind, Some(&form)).await?;
    say(source.as_ref(), kind, &settings);
    Ok(())
}

async fn reset(global: &Global, chosen: &Chosen) -> Outcome {
    let store = open::store_beside(global).await?;
    let source = owner(&store, chosen).await?;
    keep(&store, source.as_ref(), chosen.kind, None).await?;
    say(source.as_ref(), chosen.kind, &AlarmSettings::default_of(chosen.kind));
    Ok(())
}

pub(super) async fn keep(store: &Store, source: Option<&Source>, kind: AlarmKind, form: Option<&AlarmForm>) -> Outcome {
    let settings = form.map(AlarmForm::to_json);
    let id = source.map(|source| source.id);
    store
        .set_alarm(id, kind.as_str(), settings.as_deref(), Clock::system().now())
        .await
        .or_exit(Exit::Storage)
}

/// What is set of an alarm. What cannot be read any more counts for nothing, as it does for a server.
async fn form_of(store: &Store, source: Option<&Source>, kind: AlarmKind) -> Outcome<AlarmForm> {
    let kept = store
        .alarms(source.map(|source| source.id))
        .await
        .or_exit(Exit::Storage)?;
    let alarm = kept.into_iter().find(|alarm| alarm.kind == kind.as_str());
    let settings = alarm.and_then(|alarm| alarm.settings);
    Ok(settings
        .and_then(|json| AlarmForm::from_json(&json).ok())
        .unwrap_or_default())
}

/// The source that an alarm belongs to; none if it is the server's.
async fn owner(store: &Store, chosen: &Chosen) -> Outcome<Option<Source>> {
    let kind = chosen.kind.as_str();
    match (&chosen.source, chosen.kind.is_of_source()) {
        (Some(name), true) => find(store, name).await.map(Some),
        (None, false) => Ok(None),
        (None, true) => Err(Failure::new(
            Exit::Usage,
            format!("each log source has its own {kind}\nhint: name the source with --source"),
        )),
        (Some(_), false) => Err(Failure::new(
            Exit::Usage,
            format!("{kind} is an alarm of the server, not of a source\nhint: leave out --source"),
        )),
    }
}

/// Says what is in force.
fn say(source: Option<&Source>, kind: AlarmKind, settings: &AlarmSettings) {
    let of = source.map_or_else(String::new, |source| format!(" of `{}`", source.label));
    let mut parts = vec![if settings.is_enabled { "on" } else { "off" }.to_owned()];
    if kind.thresholds().is_some() {
        parts.push(format!("threshold {}", span_text(settings.threshold)));
    }
    if let Some(every) = settings.remind_every {
        parts.push(format!("reminders every {}", span_text(every)));
    }
    if let Calendar::Hours(hours) = &settings.calendar {
        let zone = hours.zone().iana_name().unwrap_or("an unnamed zone");
        parts.push(format!("by a calendar of {zone}"));
    }
    line(format_args!("{}{of}: {}", kind.as_str(), parts.join(", ")));
    line("a running server goes by it within seconds");
}

fn minutes(name: &str, text: &str) -> Outcome<u64> {
    const SECONDS_PER_MINUTE: u64 = 60;
    let duration = parse_duration(name, text)?;
    if duration.subsec_nanos() != 0 || duration.as_secs() % SECONDS_PER_MINUTE != 0 {
        return Err(Failure::new(
            Exit::Usage,
            format!("{name} is a number of whole minutes, and `{text}` is none\nhint: write it like 15m, 24h or 7d"),
        ));
    }
    Ok(duration.as_secs() / SECONDS_PER_MINUTE)
}

fn read_calendar(file: &Path) -> Outcome<CalendarForm> {
    let mut text = String::new();
    let limit = ALARM_SETTINGS_BYTES_MAX as u64 + 1;
    let read = std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text));
    let problem = |what: &dyn std::fmt::Display| Failure::new(Exit::Usage, format!("{}: {what}", file.display()));
    read.map_err(|error| problem(&error))?;
    if text.len() > ALARM_SETTINGS_BYTES_MAX {
        return Err(problem(&format!(
            "a calendar has at most {ALARM_SETTINGS_BYTES_MAX} bytes"
        )));
    }
    CalendarForm::from_yaml(&text).map_err(|error| problem(&error))
}
