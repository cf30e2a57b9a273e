//! `margay source backfill`: has a range of event time read again, window by window.

use jiff::Timestamp;
use margay_connector::Window;
use margay_connector::asana::RETENTION;
use margay_runtime::{Clock, backfill};

use super::find;
use crate::cli::Global;
use crate::duration::parse_time;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, note};

pub(super) async fn run(global: &Global, name: &str, from: &str, to: Option<&str>) -> Outcome {
    let now = Clock::system().now();
    let from = parse_time("--from", from, now)?;
    let to = match to {
        Some(text) => parse_time("--to", text, now)?,
        None => now,
    };
    if to > now {
        return Err(Failure::new(
            Exit::Usage,
            "--to is in the future: the live tail reads what comes",
        ));
    }
    let oldest_kept = now.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN);
    if from < oldest_kept {
        note(format_args!(
            "Asana has deleted what happened before {oldest_kept}; the backfill begins there"
        ));
    }
    let window = Window::new(from.max(oldest_kept), to).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "there is nothing between --from and --to that Asana still keeps",
        )
    })?;
    let store = open::store_beside(global).await?;
    let source = find(&store, name).await?;
    let count = backfill::ask(&store, &source, window, now)
        .await
        .or_exit(Exit::Storage)?;
    line(format_args!(
        "{count} windows of `{}` will be read again, from {} to {}",
        source.label,
        window.from(),
        window.to()
    ));
    line(
        "a running `margay serve` begins within a minute; `margay pull` does it now. `margay source coverage` tells how far it is",
    );
    Ok(())
}
