//! `margay source pause` and `resume`: whether a source is polled at all.

use margay_runtime::Clock;
use margay_store::Pause;

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, name: &str, pause: Pause) -> Outcome {
    let store = open::store_beside(global).await?;
    let source = find(&store, name).await?;
    let was_paused = source.paused_at.is_some();
    let source = store
        .pause_source(source.id, pause, Clock::system().now())
        .await
        .or_exit(Exit::Storage)?;
    let label = &source.label;
    match (pause, was_paused) {
        (Pause::Begin, true) => line(format_args!("source `{label}` was paused already")),
        (Pause::Begin, false) => line(format_args!(
            "source `{label}` is paused: it is not polled, and its alarms are silent. Asana deletes after 90 days what nobody has read\nnext: `margay source resume` goes on where it stopped"
        )),
        (Pause::End, false) => line(format_args!("source `{label}` was not paused")),
        (Pause::End, true) => line(format_args!(
            "source `{label}` is polled again, from where it stopped; a running server begins within seconds"
        )),
    }
    Ok(())
}
