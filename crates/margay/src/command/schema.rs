//! `margay schema`: one file a subcommand; here they are chosen, and what several of them need.

pub(super) mod add;
mod archive;
mod check;
mod chosen;
mod diff;
mod export;
pub(super) mod files;
mod folder;
mod infer;
mod list;
mod parse;
mod samples;
mod show;
mod test;

use std::fmt;
use std::path::Path;

use margay_runtime::source::LogTypeRefused;
use margay_runtime::{Content, ContentError, DataDir};
use margay_schema::LogType;
use margay_store::{CustomSchema, SchemaState, Store};

use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::{cli, open};

pub(super) async fn run(global: &cli::Global, arguments: cli::schema::Schema) -> Outcome {
    match arguments {
        cli::schema::Schema::Check(arguments) => check::run(&arguments),
        cli::schema::Schema::Parse(arguments) => parse::run(global, &arguments).await,
        cli::schema::Schema::Test(arguments) => test::run(&arguments),
        cli::schema::Schema::Infer(arguments) => infer::run(&arguments),
        cli::schema::Schema::Diff(arguments) => diff::run(global, &arguments).await,
        cli::schema::Schema::Export(arguments) => export::run(global, &arguments).await,
        cli::schema::Schema::Add(arguments) => add::run(global, &arguments).await,
        cli::schema::Schema::List(arguments) => list::run(global, &arguments).await,
        cli::schema::Schema::Show(arguments) => show::run(global, &arguments).await,
        cli::schema::Schema::Archive(arguments) => archive::run(global, &arguments, SchemaState::Archived).await,
        cli::schema::Schema::Restore(arguments) => archive::run(global, &arguments, SchemaState::Active).await,
    }
}

/// The schemas that a command that only looks knows: the built-in ones and, if there is a data directory, the custom ones as
/// they are stored.
async fn known(global: &cli::Global) -> Outcome<(Content, Option<Store>)> {
    if DataDir::new(&global.data_dir).require().is_err() {
        return Ok((Content::built_in().or_exit(Exit::Failure)?, None));
    }
    let store = open::store_for_reading(global).await?;
    let content = Content::load(&store).await.map_err(|error| {
        let exit = match &error {
            ContentError::BuiltIn(_) => Exit::Failure,
            ContentError::Storage(_) => Exit::Storage,
        };
        Failure::of(exit, error)
    })?;
    Ok((content, Some(store)))
}

/// Finds a schema by its name, in any case.
fn find(content: &Content, name: &str) -> Outcome<LogType> {
    content.find(name).cloned().map_err(|hint| {
        let error = LogTypeRefused::Unknown {
            name: name.to_owned(),
            hint,
        };
        Failure::of(Exit::Usage, error)
    })
}

/// The word for what a custom schema can be used for.
fn state_of(content: &Content, schema: &CustomSchema) -> &'static str {
    match schema.state {
        SchemaState::Archived => "archived",
        SchemaState::Active if content.broken_schema(&schema.name).is_some() => "broken",
        SchemaState::Active => "active",
    }
}

/// Puts the file before every line of a message, as compilers do, so that editors can jump to the place that a line begins
/// with; a hint belongs to the line before it.
pub(super) fn located(file: &Path, message: &impl fmt::Display) -> String {
    let located = |text: &str| {
        if text.starts_with(' ') {
            text.to_owned()
        } else if text.starts_with(|c: char| c.is_ascii_digit()) {
            format!("{}:{text}", file.display())
        } else {
            format!("{}: {text}", file.display())
        }
    };
    let message = message.to_string();
    message.lines().map(located).collect::<Vec<_>>().join("\n")
}
