//! `margay schema …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use margay_schema::LogType;

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check schema files; every problem is shown with its line and column
    Check(Check),
    /// Normalise records by a schema and print the events
    Parse(Parse),
    /// Propose a schema for the log that sample records come from
    Infer(Infer),
    /// Add custom schemas, or change them: all of the files, or none
    Add(Add),
    /// List the built-in and the custom schemas
    List(List),
    /// Show a schema's text
    Show(Show),
    /// Archive a custom schema that no log source uses; its events stay, and so does its name
    Archive(SetState),
    /// Take a custom schema out of the archive
    Restore(SetState),
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

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema add schemas/                       every schema file below the folder
  margay schema add login.yml --dry-run            only say what it would change; works beside a running server
  margay schema add login.yml --revision 3         only if nobody changed it since revision 3

A running server holds the data directory: stop it, add, start it again.
")]
pub(crate) struct Add {
    /// Schema files, and folders of them; files that end in `_tests.yml` are passed over
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Warn of keys that the language does not know, instead of refusing them
    #[arg(long)]
    pub(crate) lenient: bool,
    /// The revision that you have read, as `schema list` shows it; 0 for a schema that must not be there yet
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u64>,
    /// Change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Archived schemas too
    #[arg(long)]
    pub(crate) all: bool,
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema show Asana.Audit
  margay schema show Custom.Login --version 2 > login.yml
  margay schema show Custom.Login --format json
")]
pub(crate) struct Show {
    /// Its name
    pub(crate) name: String,
    /// An earlier version; the one in force unless given
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<u32>,
    /// The text itself, or one JSON object with the text and all that is known of it
    #[arg(long, default_value = "yaml")]
    pub(crate) format: ShowFormat,
}

/// The form in which a schema is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// The text, byte for byte
    Yaml,
    /// An object with the text and all that is known of it
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct SetState {
    /// Its name
    pub(crate) name: String,
    /// The revision that you have read, as `schema list` shows it
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u64>,
}
