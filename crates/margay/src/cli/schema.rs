//! `margay schema …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check schema files; every problem is shown with its line and column
    Check(Check),
    /// Normalise records by a schema and print the events
    Parse(Parse),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  margay schema check content/asana/schema.yml")]
pub(crate) struct Check {
    /// YAML files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema parse --schema content/asana/schema.yml events.ndjson
  cat events.ndjson | margay schema parse --schema content/asana/schema.yml -
")]
pub(crate) struct Parse {
    /// The schema file
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// A file with one JSON record a line; `-` reads standard input
    pub(crate) input: PathBuf,
}
