//! `margay schema archive` and `restore`: whether log sources may use a custom schema.

use margay_runtime::SchemaOrigin;
use margay_runtime::schema::set_state;
use margay_store::{ChangeSchemaError, Revision, SchemaState};

use super::find;
use crate::cli::Global;
use crate::cli::schema::SetState;
use crate::exit::{Exit, Failure, Outcome};
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, arguments: &SetState, state: SchemaState) -> Outcome {
    let purpose = match state {
        SchemaState::Archived => "margay schema archive",
        SchemaState::Active => "margay schema restore",
    };
    let writable = open::for_writing(global, purpose).await?;
    let content = &writable.line.content();
    let log_type = find(content, &arguments.name)?;
    let is_built_in = content
        .schema(&log_type)
        .is_some_and(|known| known.origin == SchemaOrigin::BuiltIn);
    if is_built_in {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "schema `{log_type}` comes with Margay: it is never archived\nhint: a schema that no log source uses costs nothing"
            ),
        ));
    }
    let now = writable.line.clock.now();
    let expected = arguments.revision.map(Revision::new);
    let schema = set_state(&writable.line.store, &log_type, expected, state, now)
        .await
        .map_err(|error| {
            let exit = match &error {
                ChangeSchemaError::Storage(_) => Exit::Storage,
                _ => Exit::Usage,
            };
            Failure::of(exit, error)
        })?;
    match state {
        SchemaState::Archived => line(format_args!(
            "archived `{log_type}` (revision {}); its events stay in the lake, and its name stays taken",
            schema.revision
        )),
        SchemaState::Active => line(format_args!(
            "restored `{log_type}` (revision {}); it is version {} still",
            schema.revision, schema.version
        )),
    }
    Ok(())
}
