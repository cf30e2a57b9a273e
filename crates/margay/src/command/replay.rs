//! `margay replay`: normalises a source's records anew by today's schema, then says what became of them.

use jiff::Timestamp;
use margay_lake::{Cell, Effect};
use margay_runtime::replay::{ReplayError, ReplaySettings, Replayed, ReplayedRecords, replay};
use margay_runtime::{Clock, Line, serve};
use margay_schema::{LogType, SourceId};
use margay_store::{IMPORT_CONNECTOR, Source, Store};
use serde_json::json;

use crate::cli::{Global, Replay};
use crate::command::source::find;
use crate::duration::parse_time;
use crate::entry::{Tried, of_source};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, agreeing, counted, line as say, note, print_object, spinner};
use crate::{open, signal};

pub(super) async fn run(global: &Global, arguments: Replay) -> Outcome {
    let stop = signal::stop_token();
    let now = Clock::system().now();
    let since = match &arguments.since {
        Some(text) => Some(parse_time("--since", text, now)?),
        None => None,
    };
    if since.is_some_and(|since| since > now) {
        return Err(Failure::new(
            Exit::Usage,
            "--since is in the future: there is nothing to replay\nhint: leave it out for all that is kept",
        ));
    }
    let settings = ReplaySettings {
        records: if arguments.failures_only {
            ReplayedRecords::Failed
        } else {
            ReplayedRecords::Journalled
        },
        since,
        effect: if arguments.dry_run {
            Effect::Count
        } else {
            Effect::Write
        },
        ..ReplaySettings::default()
    };
    let writable = open::for_writing(global, "margay replay").await?;
    let line = &writable.line;
    let source = replayable(&line.store, &arguments.source).await?;
    // How many records there are is not known before they are read, so the line counts instead of promising a share.
    let bar = spinner(arguments.quiet, "landing what waits in the journal");
    let mut report = |replayed: &Replayed| bar.set_message(told(replayed));
    let replayed = replay(line, &source, settings, &stop, &mut report).await;
    bar.finish_and_clear();
    let replayed = replayed.map_err(|error| {
        let exit = match error {
            ReplayError::NoSchema { .. } => Exit::Problems,
            ReplayError::Defect(_) => Exit::Failure,
            _ => Exit::Storage,
        };
        Failure::of(exit, error)
    });
    if settings.effect == Effect::Write {
        tell(line, &source, settings, &replayed).await;
    }
    let replayed = replayed?;
    if settings.effect == Effect::Write {
        serve::maintain(line).await;
    }
    summarise(&source, settings, &replayed, arguments.format)
}

/// Leaves the entry of the audit log. A dry run changes nothing and has none.
async fn tell(line: &Line, source: &Source, settings: ReplaySettings, replayed: &Outcome<Replayed>) {
    let mut told = json!({ "failuresOnly": settings.records == ReplayedRecords::Failed });
    if let Ok(replayed) = replayed {
        told["landed"] = json!(replayed.landed);
        told["replaced"] = json!(replayed.replaced);
        told["unchanged"] = json!(replayed.unchanged);
        told["failing"] = json!(replayed.failing);
        told["kept"] = json!(replayed.kept);
        told["isStopped"] = json!(replayed.is_stopped);
    }
    let tried = Tried {
        action: "replay_log_source",
        object: Some(of_source(source)),
        told,
    };
    tried.ended(&line.store, replayed.as_ref().err()).await;
}

/// Finds a source by its name or id; what was imported into no log source of its own has an id only.
async fn replayable(store: &Store, name: &str) -> Outcome<Source> {
    if let Ok(id) = name.parse()
        && let Ok(source) = store.journalled_source(id).await
        && source.connector == IMPORT_CONNECTOR
    {
        return Ok(source);
    }
    find(store, name).await
}

fn told(replayed: &Replayed) -> String {
    format!(
        "{} records read; {} landed, {} replaced, {} unchanged, {} failing, {} kept",
        replayed.read, replayed.landed, replayed.replaced, replayed.unchanged, replayed.failing, replayed.kept
    )
}

fn summarise(source: &Source, settings: ReplaySettings, replayed: &Replayed, format: Format) -> Outcome {
    print(source, settings, replayed, format)?;
    let journal = settings.records == ReplayedRecords::Journalled;
    if journal {
        note(reach(replayed.journal_since, settings.since));
    }
    tell_kept(replayed);
    verdict(source.id, &source.log_type, replayed)
}

/// How the command ends. That it was stopped comes first: what was counted is not all.
fn verdict(source_id: SourceId, log_type: &LogType, replayed: &Replayed) -> Outcome {
    if replayed.is_stopped {
        return Err(Failure::new(
            Exit::Failure,
            "the replay was stopped before its end\n\
             hint: run it again to finish it; what is done is found unchanged",
        ));
    }
    if replayed.failing + replayed.kept == 0 {
        return Ok(());
    }
    // Those that are kept have no row among the failures.
    let hint = if replayed.failing > 0 {
        format!("\nhint: {}", why_failures(source_id))
    } else {
        String::new()
    };
    let (failing, kept) = (replayed.failing, replayed.kept);
    let message = format!(
        "{} {} not fit `{log_type}`: {failing} {} no row, {kept} {} the row that they have{hint}",
        counted(failing + kept, "record"),
        agreeing(failing + kept, "does", "do"),
        agreeing(failing, "has", "have"),
        agreeing(kept, "keeps", "keep")
    );
    Err(Failure::new(Exit::Problems, message))
}

/// What tells why records of a source do not fit, to be pasted.
pub(super) fn why_failures(source_id: SourceId) -> String {
    format!(
        "`margay query \"select error, count(*) from margay_monitor.classification_failures \
         where p_source_id = '{source_id}' group by 1\"` tells why"
    )
}

/// Says why records are kept: it is written nowhere else.
fn tell_kept(replayed: &Replayed) {
    for kept in &replayed.kept_reasons {
        note(format_args!(
            "{} kept, such as row {}: {}",
            kept.count, kept.row_id, kept.reason
        ));
    }
    let told: u64 = replayed.kept_reasons.iter().map(|kept| kept.count).sum();
    if told < replayed.kept {
        note(format_args!("{} kept, for other reasons", replayed.kept - told));
    }
}

/// What the journal no longer has cannot be replayed from it, and nobody should believe that it was.
fn reach(journal_since: Option<Timestamp>, since: Option<Timestamp>) -> String {
    let Some(oldest) = journal_since else {
        return "the journal has no records of this source any more; --failures-only replays those that failed"
            .to_owned();
    };
    let oldest_day = oldest.strftime("%Y-%m-%d %H:%M:%S");
    match since {
        Some(since) if since >= oldest => format!("the journal reaches back to {oldest_day}, beyond --since"),
        _ => format!(
            "the journal reaches back to {oldest_day}; what was pulled before keeps its rows as they are, \
             and --failures-only replays what failed at any time"
        ),
    }
}

fn print(source: &Source, settings: ReplaySettings, replayed: &Replayed, format: Format) -> Outcome {
    let time = |time: Option<Timestamp>| time.map_or(Cell::Null, |time| Cell::Time(time.as_microsecond()));
    let fields = [
        ("source", Cell::Text(source.label.clone())),
        ("log_type", Cell::Text(source.log_type.to_string())),
        ("dry_run", Cell::Boolean(settings.effect == Effect::Count)),
        (
            "failures_only",
            Cell::Boolean(settings.records == ReplayedRecords::Failed),
        ),
        ("since", time(settings.since)),
        ("journal_since", time(replayed.journal_since)),
        ("read", Cell::Unsigned(replayed.read)),
        ("landed", Cell::Unsigned(replayed.landed)),
        ("replaced", Cell::Unsigned(replayed.replaced)),
        ("unchanged", Cell::Unsigned(replayed.unchanged)),
        ("failing", Cell::Unsigned(replayed.failing)),
        ("kept", Cell::Unsigned(replayed.kept)),
        ("stopped", Cell::Boolean(replayed.is_stopped)),
    ];
    if format == Format::Table && settings.effect == Effect::Count {
        say("a dry run: nothing has been changed");
    }
    print_object(format, &fields)
}

#[cfg(test)]
mod tests;
