//! `margay apply …`: what may be typed.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
The plan is printed, then done: schemas, log sources, destinations, alarms. What is not in the file
is left alone. A second run changes nothing. Secrets stand in the file only as references,
`{env: NAME}` or `{file: PATH}`.

It works beside a running server, which goes by it within seconds; only schemas need the server to
be stopped. docs/reference/apply.md describes every key.

Examples:
  margay apply --example > margay.yml             a file to begin with
  margay apply -f margay.yml --dry-run            what would change, changing nothing
  margay apply -f margay.yml
  margay apply --print > margay.yml               the file for what there is
")]
#[expect(clippy::struct_excessive_bools, reason = "flags, each of which may be typed")]
pub(crate) struct Apply {
    /// The file; `-` reads standard input
    #[arg(long, short, value_name = "FILE", required_unless_present_any = ["example", "print"])]
    pub(crate) file: Option<PathBuf>,
    /// Print the plan, and change nothing
    #[arg(long, requires = "file")]
    pub(crate) dry_run: bool,
    /// Store new credentials without asking the vendor whether they work
    #[arg(long, requires = "file")]
    pub(crate) no_check: bool,
    /// Print an example of a file
    #[arg(long, conflicts_with_all = ["file", "dry_run", "no_check", "print"])]
    pub(crate) example: bool,
    /// Print the file for what there is, with references in place of secrets
    #[arg(long, conflicts_with_all = ["file", "dry_run", "no_check"])]
    pub(crate) print: bool,
}
