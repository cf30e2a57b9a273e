//! `margay schema …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use margay_schema::LogType;

#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check schema files; every problem is shown with its line and column
    Check(Check),
    /// Normalise records by a schema and print the events
    Parse(Parse),
    /// Propose a schema for the log that sample records come from
    Infer(Infer),
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

#[derive(Debug, Args)]
#[command(after_help = "\
Samples are JSON records, one a line or one after another. Why each decision was made stands in the schema as
a comment, and on standard error. The schema is tried on the samples before the command ends.

Examples:
  margay schema infer --name Custom.MyLog samples.ndjson > my_log.yml
  margay schema infer --name Custom.MyLog --output my_log.yml samples/
  my-app --dump-events | margay schema infer --name Custom.MyApp -
")]
pub(crate) struct Infer {
    /// The name of the schema: `Custom` and one to six more words with capitals
    #[arg(long, value_name = "NAME", default_value = "Custom.Inferred")]
    pub(crate) name: LogType,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, default_value = "yaml")]
    pub(crate) format: InferFormat,
    /// Files of samples, or folders of `.json`, `.jsonl`, `.ndjson` and `.log` files; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
}

/// The form in which a proposed schema is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InferFormat {
    /// The schema file
    Yaml,
    /// An object with the schema file as text, the counts and the notes
    Json,
}
