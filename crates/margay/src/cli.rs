//! The command line: what may be typed, with help and examples. Holds no behaviour.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::env_vars;
use crate::output::Format;

pub(crate) mod alarm;
pub(crate) mod alert;
pub(crate) mod apply;
pub(crate) mod destination;
pub(crate) mod import;
pub(crate) mod schema;
pub(crate) mod token;
pub(crate) mod user;

/// Exit codes, shown under `margay --help`; `exit.rs` has them as a type.
const EXIT_CODES: &str = "\
Exit codes:
  0 done                     5 the data directory is in use by another process
  1 unexpected failure       6 the database or the lake cannot be read or written
  2 wrong usage or input     7 the SQL is wrong, refused or too slow
  3 the vendor refuses       8 a schema, a file, records, the data directory or the copy have problems
  4 the vendor is unreachable

Start here:
  margay demo                                    see everything with a simulated organization
  margay source add asana --help                 connect your own
";

/// Pulls SaaS audit logs, keeps them for good in open Delta tables, and answers SQL about them.
#[derive(Debug, Parser)]
#[command(name = "margay", version, after_help = EXIT_CODES, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The folder that holds the database, the master key and the lake
    #[arg(long, global = true, env = env_vars::DATA_DIR, value_name = "DIR", default_value = "./margay-data")]
    pub(crate) data_dir: PathBuf,
    /// Trust the certificate authorities in this PEM file too, for networks that inspect TLS
    #[arg(long, global = true, env = env_vars::CA_FILE, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Give up on a request to a vendor after this long, answer included; never longer than its connector allows
    #[arg(long, global = true, env = env_vars::REQUEST_TIMEOUT, value_name = "TIME")]
    pub(crate) request_timeout: Option<String>,
    /// Which log messages go to standard error, such as `info` or `margay_runtime=debug`
    #[arg(long, global = true, env = env_vars::LOG, value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// Send traces of `serve` and `pull` to this OpenTelemetry collector, by OTLP over HTTP, such as `http://127.0.0.1:4318`
    #[arg(long, global = true, env = env_vars::OTLP_ENDPOINT, value_name = "URL", hide_env_values = true)]
    pub(crate) otlp_endpoint: Option<String>,
    /// The form of log messages
    #[arg(long, global = true, env = env_vars::LOG_FORMAT, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole line at work on a simulated organization, in a fresh temporary folder
    Demo(Demo),
    /// Add, look at, check and delete log sources
    #[command(subcommand)]
    Source(Source),
    /// Say what deserves somebody's attention: silence, failures, a full disk
    #[command(subcommand)]
    Alarm(alarm::Alarm),
    /// Look at alerts, and say what became of them
    #[command(subcommand)]
    Alert(alert::Alert),
    /// Bring log sources, destinations, alarms and schemas to what a file says
    Apply(apply::Apply),
    /// Make and delete tokens for the HTTP API
    #[command(subcommand)]
    Token(token::Token),
    /// Say who may sign in
    #[command(subcommand)]
    User(user::User),
    /// Say where alerts go
    #[command(subcommand)]
    Destination(destination::Destination),
    /// Pull once: poll, journal and land, then exit
    Pull(Pull),
    /// Take in records from files, such as an export from before Margay
    Import(import::Import),
    /// Normalise a source's records anew by today's schema
    Replay(Replay),
    /// Run for good: poll every source each minute and land within seconds
    Serve(Serve),
    /// Answer SQL from the lake
    Query(Query),
    /// Look whether database, lake and ledger are whole and agree, and mend what can be mended safely
    Doctor(Doctor),
    /// Copy the data directory, beside a server that may be running
    Backup(Backup),
    /// Work with log schemas
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Simulate a vendor on a local port
    #[command(subcommand)]
    Sim(Sim),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay demo                       90 days of 20,000 events, then live ones until Ctrl-C
  margay demo --events 200000       a larger organization
  margay demo --exit-when-landed    stop when the 90 days are in the lake, keep the folder
")]
pub(crate) struct Demo {
    /// How many events the simulated organization has in its 90 days
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) events: u64,
    /// Live events a minute, after the 90 days
    #[arg(long, default_value_t = 30.0, value_name = "RATE")]
    pub(crate) live_per_minute: f64,
    /// Which organization: the same seed gives the same events
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where `/healthz`, `/readyz` and `/metrics` answer; a free port unless given
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Exit once the 90 days are landed, instead of going on with live events
    #[arg(long)]
    pub(crate) exit_when_landed: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Source {
    /// Add a log source, after checking its credentials
    #[command(subcommand)]
    Add(SourceAdd),
    /// List all log sources
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Show one log source: settings, checkpoint, journal, last poll
    Show {
        /// Its name or id
        name: String,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Show which time is proven complete, by what, and what is missing
    #[command(after_help = "\
Evidence:
  page_chain   the live tail read page after page up to an empty one
  window_read  this very window was read to its end, and again when late events had had time to appear
  audit        an audit compared it with the vendor
  lost         Asana deleted it before it was read; nothing can fill it

Example:
  margay source coverage 'My Asana logs'")]
    Coverage {
        /// Its name or id
        name: String,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Tell what happened to a log source: outages, refused tokens, holes, late events
    History {
        /// Its name or id
        name: String,
        /// How many of the latest entries
        #[arg(long, default_value_t = 50, value_name = "N")]
        last: usize,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Show what of a log source works, or when that changed
    #[command(
        after_help = "Examples:\n  margay source health 'My Asana logs'\n  margay source health 'My Asana logs' --history 20"
    )]
    Health {
        /// Its name or id
        name: String,
        /// Show the last N changes instead, oldest first
        #[arg(long, value_name = "N")]
        history: Option<usize>,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Show what flowed through a log source over time
    #[command(
        after_help = "Fine steps (a multiple of 5 minutes) are kept for 15 days, hours for longer.\n\nExample:\n  margay source metrics 'My Asana logs' --last 24h --interval 1h"
    )]
    Metrics {
        /// Its name or id
        name: String,
        /// How far back
        #[arg(long, default_value = "24h", value_name = "SPAN")]
        last: String,
        /// How long a step is
        #[arg(long, default_value = "1h", value_name = "SPAN")]
        interval: String,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Give a log source another name; events that have landed keep the one that it had
    Rename {
        /// Its name or id
        name: String,
        /// Its new name
        new_name: String,
    },
    /// Change how a log source is read, also beside a running server, which goes by it within seconds
    #[command(
        after_help = "Examples:\n  margay source set 'My Asana logs' --poll-interval 30s\n  margay source set 'My Asana logs' --poll-interval default"
    )]
    Set {
        /// Its name or id
        name: String,
        /// How long to wait between its polls, 1s to 24h; `default` polls it as often as the server's other sources
        #[arg(long, value_name = "TIME")]
        poll_interval: String,
    },
    /// Have a range of time read again, beside the live tail
    #[command(
        after_help = "Examples:\n  margay source backfill 'My Asana logs' --from 7d\n  margay source backfill 'My Asana logs' --from 2026-10-01 --to 2026-10-15"
    )]
    Backfill {
        /// Its name or id
        name: String,
        /// From when on: a time, a date, or an age such as `7d`
        #[arg(long, value_name = "TIME")]
        from: String,
        /// Until when, exclusive; now unless given
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
    },
    /// Read windows again from the vendor and compare them with the lake: is the copy complete?
    Audit(Audit),
    /// Check a log source's credentials against the vendor
    Check {
        /// Its name or id
        name: String,
    },
    /// Give a log source a new token; it goes on where it stopped
    #[command(after_help = "Example:\n  margay source set-token 'My Asana logs' --token-file new-token.txt")]
    SetToken {
        /// Its name or id
        name: String,
        /// The file that holds the new Service Account Token; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        token_file: PathBuf,
        /// Store it without asking Asana whether it works
        #[arg(long)]
        no_check: bool,
    },
    /// Poll a log source no more; its alarms are silent meanwhile
    Pause {
        /// Its name or id
        name: String,
    },
    /// Poll a log source again, from where it stopped
    Resume {
        /// Its name or id
        name: String,
    },
    /// Delete a log source, its credentials and its journal; its events stay in the lake unless they are to go too
    Delete {
        /// Its name or id
        name: String,
        /// Delete its events too, from all tables of the lake
        #[arg(long)]
        with_data: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
A sample of the hours is read again and compared, event by event. Missing events are fetched and landed; what is extra or
different is shown and left alone. Beside a running server, the server is asked to read again what is missing.

It exits with 8 if something is missing and was not repaired, extra or different.

Examples:
  margay source audit 'My Asana logs'                              5 % of all that Asana keeps
  margay source audit 'My Asana logs' --from 7d --sample 100%      the last seven days, all of them
  margay source audit 'My Asana logs' --last                       what earlier audits found
")]
pub(crate) struct Audit {
    /// Its name or id
    pub(crate) name: String,
    /// From when on: a time, a date, or an age such as `7d`; all that Asana still has unless given
    #[arg(long, value_name = "TIME", conflicts_with = "last")]
    pub(crate) from: Option<String>,
    /// Until when, exclusive; up to where no late event is expected any more unless given
    #[arg(long, value_name = "TIME", conflicts_with = "last")]
    pub(crate) to: Option<String>,
    /// How much of that time to read, 0.1% to 100%
    #[arg(long, value_name = "PERCENT", default_value = "5%", conflicts_with = "last")]
    pub(crate) sample: String,
    /// How many requests to make at most
    #[arg(long, value_name = "N", default_value_t = margay_runtime::audit::REQUESTS_DEFAULT, conflicts_with = "last")]
    pub(crate) requests: u64,
    /// Draw the sample that this number drew before; a new one unless given
    #[arg(long, value_name = "N", conflicts_with = "last")]
    pub(crate) seed: Option<u64>,
    /// Make no audit; show what earlier ones found
    #[arg(long)]
    pub(crate) last: bool,
    /// The form of the answer
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceAdd {
    /// Asana's audit log
    Asana(AddAsana),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Where to find these:
  Organization Id         Asana > profile picture > Admin console > Settings: the Domain ID, at the bottom
  Service Account Token   Admin console > Apps > Service accounts > Add service account;
                          choose scoped permissions and tick `Audit logs`; copy the token, then save

Examples:
  margay source add asana --name 'My Asana logs' --organization-id 1201234567890123 --token-file token.txt
  pass show asana | margay source add asana --name prod --organization-id 1201234567890123 --token-file -
  margay source add asana --name prod --organization-id 1201234567890123 --token-file - --start-at 30d
")]
pub(crate) struct AddAsana {
    /// What to call it; every event carries it as `p_source_label`
    #[arg(long)]
    pub(crate) name: String,
    /// The Organization Id: what Asana calls the Domain ID
    #[arg(long, value_name = "ID")]
    pub(crate) organization_id: String,
    /// The file that holds the Service Account Token; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// Where Asana's API is; change it for a simulator or a proxy
    #[arg(long, value_name = "URL", default_value = margay_connector::asana::API_URL_DEFAULT)]
    pub(crate) api_url: String,
    /// Which schema its records belong to: `Asana.Audit`, or a custom one that `margay schema add` added
    #[arg(long, value_name = "LOG_TYPE", default_value = margay_runtime::source::ASANA_LOG_TYPE)]
    pub(crate) log_type: String,
    /// From when on to pull: a time, a date, or an age such as `30d`; all that Asana still has (90 days) unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) start_at: Option<String>,
    /// Requests a minute to keep to, all readings together; Asana allows a paying organization 1500 per token
    #[arg(long, value_name = "N", default_value_t = margay_connector::asana::REQUESTS_PER_MINUTE_DEFAULT)]
    pub(crate) requests_per_minute: u32,
    /// Requests that may be under way at once
    #[arg(long, value_name = "N", default_value_t = margay_connector::asana::REQUESTS_IN_FLIGHT_DEFAULT)]
    pub(crate) requests_in_flight: u32,
    /// How long to wait between its polls, 1s to 24h; as the server does (60s, unless it was told otherwise) unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) poll_interval: Option<String>,
    /// Add it without asking Asana whether the credentials work
    #[arg(long)]
    pub(crate) no_check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay pull                       one round of every source
  margay pull --until-drained       until the vendor has nothing more, trying again through its outages
  margay pull --source 'My Asana logs' --until-drained
")]
pub(crate) struct Pull {
    /// Only this source, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Go on through temporary failures until the vendor has nothing more
    #[arg(long)]
    pub(crate) until_drained: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Records that failed and fit today's schema become events, and rows that say something else now are replaced. Records that do
not fit stay as they are: a failure with today's reasons, or the row that they have. Running it twice is harmless.

Counts: landed (had no row), replaced, unchanged, failing (no row, does not fit), kept (has a row, does not fit any more)

Examples:
  margay replay --source 'My Asana logs' --dry-run          what would change, changing nothing
  margay replay --source 'My Asana logs'                    all that the journal has: the last 30 days
  margay replay --source 'My Asana logs' --failures-only    only what failed, however long ago
  margay replay --source 'My Asana logs' --since 7d         only what was pulled in the last seven days
")]
pub(crate) struct Replay {
    /// Whose records, by name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// Only what was pulled from then on: a time, a date, or an age such as `7d`; all that is kept unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only records that are classification failures; these are kept for good
    #[arg(long)]
    pub(crate) failures_only: bool,
    /// Count what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The form of the summary
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without --repair it only reads, and works beside a running server. It exits with 8 if something is broken and was not repaired;
a notice is not broken. A repair never deletes what may be the only copy of something.

Examples:
  margay doctor                     what is wrong, and what to do about it
  margay doctor --repair            mend what can be mended safely; stop the server first
")]
pub(crate) struct Doctor {
    /// Mend what can be mended safely
    #[arg(long)]
    pub(crate) repair: bool,
    /// With --repair: a lake that has nothing is not only unmounted or moved. What the journal no longer keeps is then asked for
    /// again; if the old lake came back after that, its events would be there twice
    #[arg(long, requires = "repair")]
    pub(crate) lake_is_gone: bool,
    /// The form of the findings
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The copy has the database and the lake. Without the master key nobody can use the credentials in it: keep `master.key` apart, or
copy it along with --with-master-key.

Restore: stop Margay, move the copy to where the data directory was, put master.key back, run `margay doctor`, start.

Examples:
  margay backup /backups/margay-2026-11-25
  margay backup /backups/margay-2026-11-25 --with-master-key
")]
pub(crate) struct Backup {
    /// The new folder for the copy
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Copy the key too that decrypts the credentials: whoever has the copy can use them
    #[arg(long)]
    pub(crate) with_master_key: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay serve
  margay serve --listen 127.0.0.1:9000 --poll-interval 30s
  margay serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem --public-url https://margay.example.com:8443
  curl -s http://127.0.0.1:8470/readyz
")]
pub(crate) struct Serve {
    /// Where the console, the API, `/healthz`, `/readyz` and `/metrics` answer; loopback only, unless there is TLS
    #[arg(long, default_value = "127.0.0.1:8470", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// A PEM file with the certificate to speak TLS with, and those that signed it; it is read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// A PEM file with the key of the certificate, not encrypted
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Listen beyond loopback without TLS: whoever listens in on the network reads passwords, sessions and tokens
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) insecure_listen: bool,
    /// How long to wait between the polls of a source that has no interval of its own, 100ms to 24h
    #[arg(long, default_value = "60s", value_name = "TIME")]
    pub(crate) poll_interval: String,
    /// An address, or a network such as 10.0.0.0/8, that alerts may be sent to though it is not public; repeat for more
    #[arg(long = "allow-address", value_name = "NETWORK")]
    pub(crate) allow_addresses: Vec<String>,
    /// An address, or a network, that the API may be told as the address of a vendor's API, such as that of a simulator: whoever may add
    /// log sources can then have it called; repeat for more
    #[arg(long = "allow-api-address", value_name = "NETWORK")]
    pub(crate) allow_api_addresses: Vec<String>,
    /// Where people reach this server: links in alerts begin with it, and its host is answered to. Without --tls-cert a proxy on this
    /// machine is in front, and its X-Forwarded-For tells who asks
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Tables: asana_audit (also panther_logs.public.asana_audit), margay_views.all_logs (also panther_views.public.all_logs),
        margay_monitor.classification_failures

Examples:
  margay query 'select event_type, count(*) from asana_audit group by 1 order by 2 desc limit 10'
  margay query \"select p_event_time, actor.email, event_type from asana_audit where p_occurs_since('1 d')\"
  margay query \"select * from asana_audit where array_has(p_any_ip_addresses, '203.0.113.7')\" --format ndjson
")]
pub(crate) struct Query {
    /// One SQL statement that reads; `-` reads it from standard input
    pub(crate) sql: String,
    /// The form of the answer
    #[arg(long, default_value = "table")]
    pub(crate) format: Format,
    /// Cut the answer after this many rows; 1000 for `table`, no limit for the others unless given
    #[arg(long, value_name = "N")]
    pub(crate) rows_max: Option<usize>,
    /// Give up after this long
    #[arg(long, default_value = "5m", value_name = "TIME")]
    pub(crate) timeout: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sim {
    /// Asana's audit log API with a simulated organization
    #[command(after_help = "\
Example:
  margay sim asana --listen 127.0.0.1:8471 --events 50000 --token-file token.txt

It prints the `margay source add` command that connects to it, and runs until Ctrl-C.
")]
    Asana(SimAsana),
}

#[derive(Debug, Args)]
pub(crate) struct SimAsana {
    /// Where to listen; loopback only
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// How many events its 90 days have
    #[arg(long, default_value_t = 5_000, value_name = "N")]
    pub(crate) events: u64,
    /// Which organization: the same seed gives the same one
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Live events a minute
    #[arg(long, default_value_t = 0.0, value_name = "RATE")]
    pub(crate) live_per_minute: f64,
    /// Requests a minute that a token may make; 0 for no limit
    #[arg(long, default_value_t = 1_500, value_name = "N")]
    pub(crate) requests_per_minute: u32,
    /// Write the service account's token into this file (mode 0600) instead of printing it
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// What goes wrong: a YAML file (docs/reference/scenarios.md)
    #[arg(long, value_name = "FILE", conflicts_with = "swarm")]
    pub(crate) scenario: Option<PathBuf>,
    /// A random scenario: the same seed gives the same one
    #[arg(long, value_name = "SEED")]
    pub(crate) swarm: Option<u64>,
}
