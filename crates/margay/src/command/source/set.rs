//! `margay source set`: changes how a source is read.

use margay_store::{EditSourceError, PollInterval, SourceEdit};

use super::find;
use crate::cli::Global;
use crate::duration::parse_duration;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::line;

/// What stands for the server's interval.
pub(in crate::command) const DEFAULT: &str = "default";

pub(super) async fn run(global: &Global, name: &str, interval: &str) -> Outcome {
    let interval = match interval.trim() {
        DEFAULT => None,
        text => Some(poll_interval(text)?),
    };
    let store = open::store_beside(global).await?;
    let source = find(&store, name).await?;
    let edited = store
        .edit_source(source.id, SourceEdit::poll_interval(interval))
        .await
        .map_err(not_edited)?;
    let label = &edited.label;
    match edited.poll_interval {
        Some(interval) => line(format_args!(
            "source `{label}` is polled every {interval}; a running server begins within seconds"
        )),
        None => line(format_args!(
            "source `{label}` is polled as often as the server says; a running server begins within seconds"
        )),
    }
    Ok(())
}

/// Returns an interval as people write it; [`DEFAULT`] for the server's.
pub(in crate::command) fn interval_text(interval: Option<PollInterval>) -> String {
    interval.map_or_else(|| DEFAULT.to_owned(), |interval| interval.to_string())
}

/// Reads the value of `--poll-interval` for a source.
pub(super) fn poll_interval(text: &str) -> Outcome<PollInterval> {
    let span = parse_duration("--poll-interval", text)?;
    PollInterval::new(span).or_exit(Exit::Usage)
}

/// Why a source is as it was.
pub(in crate::command) fn not_edited(error: EditSourceError) -> Failure {
    let exit = match &error {
        EditSourceError::Storage(_) => Exit::Storage,
        _ => Exit::Usage,
    };
    Failure::of(exit, error)
}
