//! `margay source rename`: gives a source another name.

use margay_store::SourceEdit;

use super::find;
use super::set::not_edited;
use crate::cli::Global;
use crate::exit::Outcome;
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, name: &str, new_name: &str) -> Outcome {
    let store = open::store_beside(global).await?;
    let source = find(&store, name).await?;
    let renamed = store
        .edit_source(source.id, SourceEdit::label(new_name))
        .await
        .map_err(not_edited)?;
    line(format_args!(
        "source `{}` is called `{}` now; events that have landed keep the name that it had",
        source.label, renamed.label
    ));
    Ok(())
}
