//! `margay alarm …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use margay_detect::AlarmKind;

use crate::output::Format;

/// What may stand for KIND, shown under the help of those that take one.
const KINDS: &str = "\
Kinds:
  SOURCE_NO_DATA                   the log was read and had no event for --threshold (15m to 30d)
  SOURCE_CANNOT_POLL               polls have failed for --threshold
  SOURCE_PERMISSIONS_CHECKS        the vendor refused the credentials twice in a row
  SOURCE_LAG                       the log is read only up to --threshold ago
  SOURCE_CLASSIFICATION_FAILURES   a record fitted no schema; over when none did not for --threshold
  SOURCE_LOG_PROCESSING_ERRORS     a record has waited for the lake for --threshold
  SOURCE_COVERAGE_HOLE             time has been unproven for --threshold, or was lost
  SOURCE_RETENTION_DEADLINE        the vendor deletes something unread within --threshold
  ALERT_DELIVERY                   an alert has not reached a destination for --threshold; without --source
  SERVER_DISK                      less than 1 GiB is free; without --source
";

#[derive(Debug, Subcommand)]
pub(crate) enum Alarm {
    /// List the alarms: how each stands, since when, and what is set of it
    List(List),
    /// Set an alarm; what is not given stays as it is
    #[command(after_help = format!("\
{KINDS}
Examples:
  margay alarm set SOURCE_NO_DATA --source 'My Asana logs' --threshold 4h --remind 24h
  margay alarm set SOURCE_NO_DATA --source 'My Asana logs' --calendar office.yaml
  margay alarm set SERVER_DISK --off

A calendar says which silence counts:
  timeZone: Europe/Vienna
  hours: {{ monday: [09:00-17:00], tuesday: [09:00-17:00], wednesday: [09:00-17:00], thursday: [09:00-17:00],
           friday: [09:00-12:00, 13:00-15:00] }}
  holidays: [2026-12-25]
"))]
    Set(Set),
    /// Give an alarm its defaults again
    #[command(after_help = KINDS)]
    Reset(Chosen),
    /// Say how often the silence alarm would have sounded in the last 14 days, and suggest a threshold
    #[command(after_help = "\
It tries what is set, or --threshold, on the events in the lake, and changes nothing.

Example:
  margay alarm rehearse --source 'My Asana logs' --threshold 4h
")]
    Rehearse(Rehearse),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those of this source, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
}

/// One alarm.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Which alarm; see below
    #[arg(value_parser = kind)]
    pub(crate) kind: AlarmKind,
    /// Of which source, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags, each of which may be typed")]
pub(crate) struct Set {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// How long something has to last
    #[arg(long, value_name = "TIME")]
    pub(crate) threshold: Option<String>,
    /// Tell of it again this often while it lasts; at least 15m
    #[arg(long, value_name = "TIME")]
    pub(crate) remind: Option<String>,
    /// Tell of it once only
    #[arg(long, conflicts_with = "remind")]
    pub(crate) no_remind: bool,
    /// Which silence counts: a YAML or JSON file
    #[arg(long, value_name = "FILE")]
    pub(crate) calendar: Option<PathBuf>,
    /// All silence counts
    #[arg(long, conflicts_with = "calendar")]
    pub(crate) no_calendar: bool,
    /// Switch it on
    #[arg(long, conflicts_with = "off")]
    pub(crate) on: bool,
    /// Switch it off: it never sounds
    #[arg(long)]
    pub(crate) off: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// Of which source, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// The threshold to try; the one that is set unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) threshold: Option<String>,
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
}

fn kind(text: &str) -> Result<AlarmKind, String> {
    AlarmKind::of_name(text).ok_or_else(|| {
        let names = AlarmKind::ALL.map(AlarmKind::as_str);
        format!("there is no such alarm; the kinds are {}", names.join(", "))
    })
}
