//! `margay alert …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use clap::{Args, Subcommand, ValueEnum};

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Alert {
    /// List alerts, the newest first
    #[command(after_help = "\
Examples:
  margay alert list --status open --status triaged
  margay alert list --source 'My Asana logs' --last 10 --format json
")]
    List(List),
    /// Show one alert: what it says, what happened to it, and whether it arrived
    Show {
        /// Its id
        id: String,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Say where you have come with an alert
    Status {
        /// Its id
        id: String,
        /// Where
        #[arg(ignore_case = true)]
        status: Status,
    },
    /// Give an alert to somebody
    #[command(after_help = "Examples:\n  margay alert assign 019ab… 'Jane Doe'\n  margay alert assign 019ab… --nobody")]
    Assign {
        /// Its id
        id: String,
        /// Who looks after it
        #[arg(required_unless_present = "nobody", conflicts_with = "nobody")]
        name: Option<String>,
        /// Take it from whoever has it
        #[arg(long)]
        nobody: bool,
    },
    /// Add a comment to an alert
    Comment {
        /// Its id
        id: String,
        /// What to say
        text: String,
    },
    /// Have a delivery that waits or was given up tried again now
    Resend {
        /// Its id, as `margay alert show` has it
        delivery: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only with this status; repeat for more
    #[arg(long = "status", value_name = "STATUS", ignore_case = true)]
    pub(crate) statuses: Vec<Status>,
    /// Only about this source, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// How many of the latest
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) last: usize,
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
}

/// Where people have come with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    /// Nobody has looked yet
    Open,
    /// Somebody has
    Triaged,
    /// It was about something, and that is over
    Resolved,
    /// It was about nothing
    Closed,
}
