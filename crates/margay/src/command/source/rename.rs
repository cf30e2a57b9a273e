//! `margay source rename`: gives a source another name.

use margay_store::RenameSourceError;

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, Failure, Outcome};
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, name: &str, new_name: &str) -> Outcome {
    let store = open::store_beside(global).await?;
    let source = find(&store, name).await?;
    let renamed = store.rename_source(source.id, new_name).await.map_err(|error| {
        let exit = match &error {
            RenameSourceError::Storage(_) => Exit::Storage,
            _ => Exit::Usage,
        };
        Failure::of(exit, error)
    })?;
    line(format_args!(
        "source `{}` is called `{}` now; events that have landed keep the name that it had",
        source.label, renamed.label
    ));
    Ok(())
}
