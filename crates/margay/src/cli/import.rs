//! What may be typed after `margay import`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Records that are known are passed over, so the same file may be imported again, and after an import that broke off.

Examples:
  margay import --log-type Asana.Audit export.ndjson.gz              into the table asana_audit
  margay import --log-type Asana.Audit --into 'My Asana logs' *.json  as if that log source had read them
  zcat big.gz | margay import --log-type Asana.Audit --no-journal -   millions of records, quickly
  margay import --log-type Custom.App --id request.id app.ndjson      records whose id is not a hash of them
")]
pub(crate) struct Import {
    /// Which log type the records are
    #[arg(long, value_name = "TYPE")]
    pub(crate) log_type: String,
    /// Add them to this log source, by name or id, as if it had read them: what it knows is passed over. A log source of their own unless given
    #[arg(long, value_name = "NAME")]
    pub(crate) into: Option<String>,
    /// How files are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray` or `JsonArray:PATH`, `Lines`, `CSV`
    #[arg(long, value_name = "STREAM", default_value = "Auto")]
    pub(crate) stream_type: String,
    /// Where a record has its id, such as `event.id`. Unless given where the vendor puts it, or a hash of the record
    #[arg(long, value_name = "PATH")]
    pub(crate) id: Option<String>,
    /// Keep no copy of the records but their events: faster, without the raw record of an event and without replays
    #[arg(long)]
    pub(crate) no_journal: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// The files, plain, gzip or zstd; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
