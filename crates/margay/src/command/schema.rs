//! `margay schema`: one file a subcommand; here they are chosen, and what several of them need.

mod check;
mod infer;
mod parse;
mod samples;

use std::path::Path;

use margay_schema::Schema;

use crate::cli;
use crate::exit::Outcome;

#[expect(
    clippy::unused_async,
    reason = "subcommands that need the data directory wait for it"
)]
pub(super) async fn run(_global: &cli::Global, arguments: cli::schema::Schema) -> Outcome {
    match arguments {
        cli::schema::Schema::Check(arguments) => check::run(&arguments),
        cli::schema::Schema::Parse(arguments) => parse::run(&arguments),
        cli::schema::Schema::Infer(arguments) => infer::run(&arguments),
    }
}

/// Every line of the message begins with the file, as compilers do, so that editors can jump there.
fn read_schema(file: &Path) -> Result<Schema, String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("{}: could not be read: {error}", file.display()))?;
    Schema::from_yaml(&text).map_err(|error| {
        let located = |text: &str| {
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                format!("{}:{text}", file.display())
            } else {
                text.to_owned()
            }
        };
        error.to_string().lines().map(located).collect::<Vec<_>>().join("\n")
    })
}
