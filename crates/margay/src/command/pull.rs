//! `margay pull`: polls, journals and lands in one process, then says what it did.

use std::time::{Duration, Instant};

use margay_runtime::own_log::{self, OwnLogError};
use margay_runtime::poll::{RoundReport, RoundResult};
use margay_runtime::pull::{PullProblem, Pulled, Until, pull};
use margay_runtime::{Line, serve};
use margay_store::Source;

use crate::cli::{Global, Pull};
use crate::command::source::find;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Drawing, counted, line as say, note, spinner};
use crate::{open, signal};

pub(super) async fn run(global: &Global, arguments: Pull) -> Outcome {
    let stop = signal::stop_token();
    let writable = open::for_writing(global, "margay pull").await?;
    let line = &writable.line;
    let sources = match &arguments.source {
        Some(name) => vec![find(&line.store, name).await?],
        None => line.store.sources().await.or_exit(Exit::Storage)?,
    };
    if sources.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "there is no log source to pull\nhint: add one with `margay source add asana --help`",
        ));
    }
    let sources = awake(sources);
    if sources.is_empty() {
        return Ok(());
    }
    let until = if arguments.until_drained {
        Until::Drained
    } else {
        Until::RoundEnd
    };
    let started = Instant::now();
    let drawing = (!arguments.quiet).then(|| draw(line.clone()));
    // What commands have done since lands with the rest; without a server nobody else sees to it.
    match own_log::journal(line).await {
        Err(OwnLogError::Lease(problem)) if problem.is_stand_by() => {}
        journalled => drop(journalled.or_exit(Exit::Storage)?),
    }
    let pulled = pull(line, sources, until, &stop).await;
    if let Some(drawing) = drawing {
        drawing.end().await;
    }
    let pulled = pulled.or_exit(Exit::Storage)?;
    serve::maintain(line).await;
    summarise(line, &pulled, started.elapsed())
}

/// Leaves out what somebody has paused, and says so.
fn awake(sources: Vec<Source>) -> Vec<Source> {
    let (paused, awake): (Vec<Source>, Vec<Source>) =
        sources.into_iter().partition(|source| source.paused_at.is_some());
    for source in paused {
        note(format_args!(
            "source `{}` is paused and was not pulled\nhint: `margay source resume` has it polled again",
            source.label
        ));
    }
    awake
}

/// The total is unknown until the vendor is drained, so the line counts instead of promising a share.
fn draw(line: Line) -> Drawing {
    Drawing::begin(spinner(false, "asking the vendor"), move |bar| {
        let totals = line.progress.totals();
        let newest = totals
            .newest_event_time
            .map(|time| format!(", at {}", time.strftime("%Y-%m-%d %H:%M")))
            .unwrap_or_default();
        bar.set_message(format!(
            "{} records pulled in {} pages{newest}; {} events landed",
            totals.records_new, totals.pages, totals.events_landed
        ));
    })
}

fn summarise(line: &Line, pulled: &[Pulled], elapsed: Duration) -> Outcome {
    let mut worst: Option<Failure> = None;
    for one in pulled {
        match &one.report {
            Ok(report) => {
                say(format_args!("{}: {}", one.source.label, told(report)));
                worst = worst.or_else(|| failure_of(&one.source, &report.result));
                worst = worst.or_else(|| failure_to_land(line, &one.source));
            }
            Err(problem) => worst = worst.or(Some(failure_of_ours(problem))),
        }
    }
    let totals = line.progress.totals();
    say(format_args!(
        "landed {} and {} in {}, {:.1} s",
        counted(totals.events_landed, "event"),
        counted(totals.rejects_landed, "classification failure"),
        counted(totals.commits, "commit"),
        elapsed.as_secs_f64()
    ));
    worst.map_or(Ok(()), Err)
}

fn told(report: &RoundReport) -> String {
    let end = match report.result {
        RoundResult::Drained => "drained",
        RoundResult::More => "more to come",
        RoundResult::Failed { .. } => "failed, see below",
        RoundResult::NeedsOperator { .. } | RoundResult::TokenRefused { .. } => "refused, see below",
        RoundResult::StandBy { .. } => "left to another server",
        RoundResult::Stopped => "stopped; the next pull goes on from here",
    };
    let known = match report.records_known {
        0 => String::new(),
        known => format!(", {known} already known"),
    };
    format!(
        "{} in {}{known}; {end}",
        counted(report.records_new, "new record"),
        counted(report.pages, "page")
    )
}

fn failure_of(source: &Source, result: &RoundResult) -> Option<Failure> {
    match result {
        RoundResult::Drained | RoundResult::More | RoundResult::Stopped | RoundResult::StandBy { .. } => None,
        RoundResult::Failed { problem, .. } => Some(Failure::new(
            Exit::Unavailable,
            format!(
                "source `{}` could not be pulled\n{problem}\nhint: what came in before is kept; try again, or use --until-drained",
                source.label
            ),
        )),
        RoundResult::NeedsOperator { diagnosis } | RoundResult::TokenRefused { diagnosis } => Some(Failure::new(
            Exit::Refused,
            format!("source `{}` could not be pulled\n{diagnosis}", source.label),
        )),
    }
}

/// What came in is kept, but nobody finds it in the lake.
fn failure_to_land(line: &Line, source: &Source) -> Option<Failure> {
    let problem = line.content().problem_of(&source.log_type)?;
    Some(Failure::new(
        Exit::Problems,
        format!(
            "the records of source `{}` wait in the journal\n{problem}\nhint: mend the schema with `margay schema add`; the next pull lands them",
            source.label
        ),
    ))
}

fn failure_of_ours(problem: &PullProblem) -> Failure {
    Failure::new(Exit::Storage, margay_runtime::ErrorChain(problem).to_string())
}
