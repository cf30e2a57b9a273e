//! `margay source delete`: a source with its credentials and journal, and with its events if they are to go.

use std::io::{self, BufRead, IsTerminal};

use margay_runtime::remove::{self, Events};
use margay_runtime::{Clock, Line, land};
use margay_store::Source;

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, note};

pub(super) async fn run(global: &Global, name: &str, events: Events, yes: bool) -> Outcome {
    let writable = open::for_writing(global, "margay source delete").await?;
    let source = find(&writable.line.store, name).await?;
    if !yes && !confirm(&source, events)? {
        return Err(Failure::new(Exit::Usage, "nothing was deleted"));
    }
    match events {
        Events::Keep => keeping(&writable.line, &source).await,
        Events::Erase => erasing(&writable.line, &source).await,
    }
}

async fn keeping(writable: &Line, source: &Source) -> Outcome {
    // What is journalled and not landed would be lost with the journal.
    if let Err(error) = land::everything(writable).await {
        let waiting = land::backlog(writable, source).await;
        if !matches!(waiting, Ok(0)) {
            return Err(Failure::of(Exit::Storage, error));
        }
    }
    refuse_waiting(writable, source).await?;
    writable
        .store
        .delete_source(source.id, Clock::system().now())
        .await
        .or_exit(Exit::Storage)?;
    line(format_args!(
        "deleted source `{}`; its events stay in the lake",
        source.label
    ));
    Ok(())
}

/// Nobody else lands: this process holds the data directory.
async fn erasing(writable: &Line, source: &Source) -> Outcome {
    writable
        .store
        .delete_source_and_events(source.id, Clock::system().now())
        .await
        .or_exit(Exit::Storage)?;
    if remove::erase(writable).await {
        line(format_args!(
            "deleted source `{}` with its events; their files go from the disk within days, as soon as no reader can need them",
            source.label
        ));
        return Ok(());
    }
    Err(Failure::new(
        Exit::Storage,
        format!(
            "deleted source `{}`, but its events could not be deleted from the lake\nhint: the next `margay serve` or `margay pull` goes on with that",
            source.label
        ),
    ))
}

/// Refuses to delete a source whose records wait in the journal because its schema cannot be used: they are nowhere else.
async fn refuse_waiting(line: &Line, source: &Source) -> Outcome {
    let Some(problem) = line.content().problem_of(&source.log_type) else {
        return Ok(());
    };
    let waiting = land::backlog(line, source).await;
    if matches!(waiting, Ok(0)) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Problems,
        format!(
            "nothing was deleted: records of `{}` wait in the journal and are not in the lake\n{problem}\nhint: mend the schema with `margay schema add`, then delete the source",
            source.label
        ),
    ))
}

fn confirm(source: &Source, events: Events) -> Outcome<bool> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::Usage,
            "will not delete without being asked to\nhint: add --yes",
        ));
    }
    let with_events = match events {
        Events::Keep => "",
        Events::Erase => ", and all its events from the lake",
    };
    note(format_args!(
        "this deletes `{}` with its credentials, checkpoint and journal{with_events}. Type its name to go on:",
        source.label
    ));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).or_exit(Exit::Usage)?;
    Ok(answer.trim() == source.label)
}
