//! `margay destination …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum Destination {
    /// Add a destination
    #[command(subcommand)]
    Add(Add),
    /// List all destinations, and how the last delivery to each went
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Show one destination; its secret is never shown
    Show {
        /// Its name or id
        name: String,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Send a message that says that it is a test, and tell what was answered
    Test(Test),
    /// Change a destination; what is not given stays as it is
    Set(Set),
    /// Delete a destination; what waits to be delivered there is dropped
    Delete {
        /// Its name or id
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Add {
    /// An HTTP endpoint of your own, called with a signed JSON body
    Webhook(AddWebhook),
    /// A Slack channel, by an incoming webhook
    SlackWebhook(AddSlackWebhook),
    /// A Slack channel, by a bot
    SlackBot(AddSlackBot),
    /// A PagerDuty service, by its Events API v2 integration
    Pagerduty(AddPagerDuty),
    /// A Microsoft Teams channel, by a workflow
    Teams(AddTeams),
    /// Mailboxes, by a mail server
    Email(AddEmail),
    /// The server's own standard output, a JSON line each
    Stdout(AddStdout),
}

/// What every destination has.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// What to call it
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Add it switched off
    #[arg(long)]
    pub(crate) disabled: bool,
}

/// Which alerts go there.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// Only alerts of this severity; repeat for more. System errors go to each destination that takes system errors
    #[arg(long = "severity", value_name = "SEVERITY", ignore_case = true)]
    pub(crate) severities: Vec<Severity>,
    /// Only alerts of this type; repeat for more. All types unless given
    #[arg(long = "alert-type", value_name = "TYPE", ignore_case = true)]
    pub(crate) alert_types: Vec<AlertType>,
}

/// How grave an alert is; the words are Panther's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// What sort of alert it is; the words are Panther's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AlertType {
    /// Raised by an alarm
    SystemError,
    /// Raised by a rule
    Rule,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without a secret the calls are not signed. docs/operations.md shows how a receiver checks the signature.

Examples:
  margay destination add webhook 'on call' --url https://example.com/hooks/margay --secret-file secret.txt
  printf 'whsec_%s' \"$(openssl rand -base64 32)\" > secret.txt      a new secret
")]
pub(crate) struct AddWebhook {
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is called
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,
    /// The file that holds the key to sign with; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Where to find it: api.slack.com > Your apps > Incoming Webhooks > Add New Webhook to Workspace. The URL is a secret.

Example:
  margay destination add slack-webhook '#security' --url-file url.txt
")]
pub(crate) struct AddSlackWebhook {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The file that holds the webhook's URL; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) url_file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The bot needs the scope chat:write, and has to be in the channel.

Example:
  margay destination add slack-bot security --channel '#security' --token-file token.txt
")]
pub(crate) struct AddSlackBot {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The channel's name or id
    #[arg(long, value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The file that holds the bot's token, which begins with xoxb-; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// Where Slack's methods are, if it is not slack.com
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Where to find it: the service > Integrations > Add integration > Events API V2 > Integration Key.

Example:
  margay destination add pagerduty 'on call' --key-file key.txt
")]
pub(crate) struct AddPagerDuty {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The file that holds the integration key; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    /// Where events go, if your account is in another region, such as `https://events.eu.pagerduty.com/v2/enqueue`
    #[arg(long, value_name = "URL")]
    pub(crate) events_url: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Where to find it: the channel > Workflows > Post to a channel when a webhook request is received. The URL is a secret.

Example:
  margay destination add teams security --url-file url.txt
")]
pub(crate) struct AddTeams {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The file that holds the workflow's URL; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) url_file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  margay destination add email soc --host mail.example.com --from margay@example.com --to soc@example.com \\
      --username margay --password-file password.txt
")]
pub(crate) struct AddEmail {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The mail server
    #[arg(long, value_name = "HOST")]
    pub(crate) host: String,
    /// Its port; 465 for `tls`, else 587, unless given
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// How the connection is protected
    #[arg(long, value_name = "HOW", default_value = "tls")]
    pub(crate) security: Security,
    /// Who sends
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: String,
    /// Who receives; repeat for more
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub(crate) to: Vec<String>,
    /// Who signs in, if the mail server wants it
    #[arg(long, value_name = "NAME", requires = "password_file")]
    pub(crate) username: Option<String>,
    /// The file that holds the password; `-` reads standard input
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Security {
    /// TLS from the beginning
    Tls,
    /// TLS after the server's greeting; without it nothing is sent
    Starttls,
    /// None: only to addresses that --allow-address names
    None,
}

impl Security {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct AddStdout {
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The message takes the way that alerts take: the same guard, the same form. In PagerDuty it opens an incident; resolve it there.
It exits with 3 if the destination answered and did not take it, with 4 if it could not be reached.

Examples:
  margay destination test 'on call'
  margay destination test local --allow-address 127.0.0.1
")]
pub(crate) struct Test {
    /// Its name or id
    pub(crate) name: String,
    /// As in `margay serve`: an address or a network that may be called though it is not public; repeat for more
    #[arg(long = "allow-address", value_name = "NETWORK")]
    pub(crate) allow_addresses: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  margay destination set 'on call' --disable
  margay destination set 'on call' --secret-file new.txt
  margay destination set soc --to soc@example.com --to lead@example.com
")]
#[expect(clippy::struct_excessive_bools, reason = "flags, each of which may be typed")]
pub(crate) struct Set {
    /// Its name or id
    pub(crate) name: String,
    /// What to call it from now on
    #[arg(long, value_name = "NEW NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Alerts of all severities again
    #[arg(long, conflicts_with = "severities")]
    pub(crate) any_severity: bool,
    /// Alerts of all types again
    #[arg(long, conflicts_with = "alert_types")]
    pub(crate) any_alert_type: bool,
    /// Switch it on
    #[arg(long, conflicts_with = "disable")]
    pub(crate) enable: bool,
    /// Switch it off: nothing goes there
    #[arg(long)]
    pub(crate) disable: bool,
    /// The file that holds the new secret, whatever it is of this kind: key, token, password or URL; `-` reads standard input
    #[arg(
        long,
        value_name = "FILE",
        aliases = ["token-file", "url-file", "key-file", "password-file"]
    )]
    pub(crate) secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// The settings of all kinds; which of them a kind has is seen when they are read.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What its kind has")]
pub(crate) struct Settings {
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    #[arg(long, value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    #[arg(long, value_name = "URL")]
    pub(crate) events_url: Option<String>,
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    #[arg(long, value_name = "HOW")]
    pub(crate) security: Option<Security>,
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Vec<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
}
