//! A schema that the command line names: a file, or a built-in or stored schema by its name.

use std::path::Path;

use margay_runtime::content::{built_in_text, read_schema};
use margay_schema::{Schema, UnknownKeys};

use super::{files, find, known, located};
use crate::cli::Global;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::note;

/// What parts a name from the number of a version.
const VERSION_MARK: char = '@';

/// The version of a schema that comes from a file.
const VERSION_OF_FILE: u32 = 0;

/// Finds a schema and reads it, and says its version. What is wrong with a file is the failure; warnings are shown.
///
/// # Errors
/// There is none of that name, or it is not in order.
pub(super) async fn schema(global: &Global, named: &str, unknown_keys: UnknownKeys) -> Outcome<(Schema, u32)> {
    let file = Path::new(named);
    let is_file = file.exists();
    let (text, version) = if is_file {
        let text = files::read(file).map_err(|problem| Failure::new(Exit::Usage, format!("{named}: {problem}")))?;
        (text, VERSION_OF_FILE)
    } else {
        stored(global, named).await?
    };
    // What is stored was accepted once.
    let unknown_keys = if is_file { unknown_keys } else { UnknownKeys::Warn };
    match read_schema(&text, unknown_keys) {
        Ok(checked) => {
            if is_file {
                for warning in &checked.warnings {
                    note(format_args!("warning: {}", located(file, warning)));
                }
            }
            Ok((checked.schema, version))
        }
        Err(error) => Err(Failure::new(Exit::Problems, located(file, &error))),
    }
}

/// Returns the text of a built-in or stored schema: `Custom.Login`, or `Custom.Login@2` for an earlier version.
async fn stored(global: &Global, named: &str) -> Outcome<(String, u32)> {
    let (name, version) = match named.split_once(VERSION_MARK) {
        None => (named, None),
        Some((name, version)) => {
            let version: u32 = version.parse().map_err(|_| {
                let message = format!("`{version}` is no number of a version\nhint: for example `{name}@2`");
                Failure::new(Exit::Usage, message)
            })?;
            (name, Some(version))
        }
    };
    if name.contains(['/', '\\'])
        || Path::new(name)
            .extension()
            .is_some_and(|it| it == "yml" || it == "yaml")
    {
        return Err(Failure::new(Exit::Usage, format!("there is no file {named}")));
    }
    let (content, store) = known(global).await?;
    let log_type = find(&content, name)?;
    let stored = match &store {
        Some(store) => store.schema(&log_type).await.or_exit(Exit::Storage)?,
        None => None,
    };
    let (Some(store), Some(stored)) = (store, stored) else {
        let (Some(text), Some(built_in)) = (built_in_text(&log_type), content.schema(&log_type)) else {
            return Err(Failure::new(
                Exit::Failure,
                format!("the text of `{log_type}` is missing"),
            ));
        };
        if let Some(version) = version.filter(|&version| version != built_in.version) {
            let message = format!(
                "`{log_type}` is built in: this binary has version {}, not {version}",
                built_in.version
            );
            return Err(Failure::new(Exit::Usage, message));
        }
        return Ok((text.to_owned(), built_in.version));
    };
    let version = version.unwrap_or(stored.version);
    let text = store.schema_text(&log_type, version).await.or_exit(Exit::Storage)?;
    text.map(|text| (text, version)).ok_or_else(|| {
        let message = format!(
            "schema `{log_type}` has no version {version}\nhint: there are the versions 1 to {}",
            stored.version
        );
        Failure::new(Exit::Usage, message)
    })
}
