//! `margay schema …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use margay_schema::{LogType, StreamType, UnknownKeys};

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Check schema files; every problem is shown with its line and column
    Check(Check),
    /// Normalise records by a schema and print the events
    Parse(Parse),
    /// Run files of tests on their schemas
    Test(Test),
    /// Propose a schema for the log that sample records come from
    Infer(Infer),
    /// Say what changes from one schema to another, and whether it may
    Diff(Diff),
    /// Write schemas' texts to standard output or to files
    Export(Export),
    /// Add custom schemas, or change them; all of the files are checked before the first is stored
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

/// How schema files are read.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Strictness {
    /// Warn of keys that the language does not know, instead of refusing them
    #[arg(long)]
    lenient: bool,
}

impl Strictness {
    /// What a key is that the language does not know.
    pub(crate) fn unknown_keys(self) -> UnknownKeys {
        if self.lenient {
            UnknownKeys::Warn
        } else {
            UnknownKeys::Refuse
        }
    }
}

/// How a report is given.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Report {
    /// The form of the report
    #[arg(long = "format", value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// For machines: one JSON value
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema check content/asana/schema.yml
  margay schema check schemas/ --lenient
  margay schema check schemas/ --format json
")]
pub(crate) struct Check {
    /// Schema files, and folders of them; files that end in `_tests.yml` are passed over
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    #[command(flatten)]
    pub(crate) report: Report,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Tests are in files that end in `_tests.yml`: documents with `name`, `logType`, `input`, and `result` or `results`.
The built-in schemas are known beside those that are named.

Examples:
  margay schema test content/
  margay schema test login.yml login_tests.yml
  margay schema test schemas/ --format json
")]
pub(crate) struct Test {
    /// Schema files, files of tests, and folders of both; tests that are named run alone
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    #[command(flatten)]
    pub(crate) report: Report,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema parse --schema content/asana/schema.yml events.ndjson
  margay schema parse --schema Asana.Audit events.json.gz
  margay schema parse --schema login.yml --stream-type JsonArray:Records logs/
  zcat access.log.gz | margay schema parse --schema access.yml -
")]
pub(crate) struct Parse {
    /// A schema file, or the name of a built-in or stored schema; of several the first that takes a record has it
    #[arg(long = "schema", value_name = "FILE|NAME", required = true)]
    pub(crate) schemas: Vec<String>,
    /// How files are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray`, `JsonArray:path.to.array`, `Lines` or `CSV`
    #[arg(long, value_name = "TYPE", default_value = "Auto")]
    pub(crate) stream_type: StreamType,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    /// The form of the answer
    #[arg(long, default_value = "ndjson")]
    pub(crate) format: ParseFormat,
    /// Files of records, plain, gzip or zstd, or folders of them; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
}

/// The form in which events are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ParseFormat {
    /// One event a line; what was rejected is told on standard error
    Ndjson,
    /// One event a line, and among them `{"rejected": …}` for what was rejected
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema diff old.yml new.yml
  margay schema diff Custom.Login login.yml
  margay schema diff Custom.Login@1 Custom.Login@2 --format json
")]
pub(crate) struct Diff {
    /// The schema that is replaced: a file, or a name, or `NAME@VERSION`
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The schema that replaces it
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    #[command(flatten)]
    pub(crate) report: Report,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay schema export                          the built-in schemas, one after another
  margay schema export Asana.Audit > asana.yml
  margay schema export --all --output schemas/  one file each
")]
pub(crate) struct Export {
    /// Their names; the built-in schemas unless given
    #[arg(value_name = "NAME", conflicts_with = "all")]
    pub(crate) names: Vec<String>,
    /// The stored schemas too, archived ones among them
    #[arg(long)]
    pub(crate) all: bool,
    /// Write one file each into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Replace files that are there and say something else
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Samples are JSON records, plain, gzip or zstd. Why each decision was made stands in the schema as
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
    /// How files are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray` or `JsonArray:path.to.array`
    #[arg(long, value_name = "TYPE", default_value = "Auto")]
    pub(crate) stream_type: StreamType,
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
    #[command(flatten)]
    pub(crate) strictness: Strictness,
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
