//! Routes: how a destination is reached, read from what is stored of it.
//!
//! | kind | settings | secret |
//! |---|---|---|
//! | `webhook` | `url` | the signing key, optional |
//! | `slack_webhook` | none | the webhook's URL |
//! | `slack_bot` | `channel`; `api_url` if it is not Slack's own | the bot's token |
//! | `pagerduty` | `events_url` if it is another region's | the integration key |
//! | `teams` | none | the workflow's URL |
//! | `email` | `host`, `port`, `security`, `from`, `to`; `username` | the password, if there is a user name |
//! | `stdout` | none | none |

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::pagerduty;

#[cfg(test)]
mod tests;

/// Where Slack's methods are.
const SLACK_API_URL: &str = "https://slack.com/api/";
/// The most addresses that one e-mail goes to.
pub const EMAIL_RECIPIENTS_MAX: usize = 50;
/// The port of SMTP with TLS from the beginning (RFC 8314), and with STARTTLS (RFC 6409).
const SMTP_TLS_PORT: u16 = 465;
const SMTP_SUBMISSION_PORT: u16 = 587;

/// How a destination is reached.
#[derive(Debug, Clone)]
pub enum Route {
    /// An HTTP endpoint of the user's own.
    Webhook(Url),
    /// A Slack channel, by an incoming webhook.
    SlackWebhook,
    /// A Slack channel, by a bot.
    SlackBot {
        /// The channel's name or id.
        channel: String,
        /// The method that posts.
        url: Url,
    },
    /// A PagerDuty service.
    PagerDuty(Url),
    /// A Microsoft Teams channel, by a workflow.
    Teams,
    /// Mailboxes.
    Email(EmailRoute),
    /// The server's own standard output, a JSON line each: for tests and for pipes.
    Stdout,
}

/// How mailboxes are reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailRoute {
    /// The mail server.
    pub host: String,
    /// Its port; the usual one unless given.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub security: SmtpSecurity,
    /// Who signs in, if somebody does.
    #[serde(default)]
    pub username: Option<String>,
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: Vec<String>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the beginning.
    #[default]
    Tls,
    /// TLS after the server's greeting; without it nothing is sent.
    Starttls,
    /// None: only to addresses that the operator allows.
    None,
}

/// Why a destination cannot be reached as it is set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteProblem {
    /// There is no such kind.
    #[error(
        "`{0}` is no kind of destination\nhint: the kinds are webhook, slack_webhook, slack_bot, pagerduty, teams, email and stdout"
    )]
    Kind(String),
    /// A setting is missing, unknown or of the wrong type.
    #[error("the settings do not fit a destination of the kind `{kind}`: {cause}")]
    Settings {
        /// The kind.
        kind: String,
        /// What does not fit.
        cause: String,
    },
    /// A URL that is none, or not one of HTTP.
    #[error("`{0}` is no URL that can be called\nhint: it begins with https://")]
    Url(&'static str),
    /// A URL with a password in it, which would be kept and shown.
    #[error("`{0}` has a user name or a password in it\nhint: what is secret belongs into the destination's secret")]
    UserInfo(&'static str),
    /// The secret is missing.
    #[error("a destination of the kind `{kind}` needs a secret: {what}")]
    SecretMissing {
        /// The kind.
        kind: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// A secret where there is none.
    #[error("a destination of the kind `{0}` has no secret")]
    SecretUnwanted(&'static str),
    /// Something about the mailboxes.
    #[error("{0}")]
    Email(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookSettings {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlackBotSettings {
    channel: String,
    #[serde(default)]
    api_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PagerDutySettings {
    #[serde(default)]
    events_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoSettings {}

impl Route {
    /// Reads what is stored of a destination. `has_secret` says whether one is stored with it.
    ///
    /// # Errors
    /// When it could never be reached so; what the other side says is seen only when it is.
    pub fn parse(kind: &str, settings: &str, has_secret: bool) -> Result<Self, RouteProblem> {
        let needs = |kind: &'static str, what: &'static str| {
            if has_secret {
                Ok(())
            } else {
                Err(RouteProblem::SecretMissing { kind, what })
            }
        };
        match kind {
            "webhook" => {
                let WebhookSettings { url } = read(kind, settings)?;
                Ok(Self::Webhook(called(&url, "url")?))
            }
            "slack_webhook" => {
                let NoSettings {} = read(kind, settings)?;
                needs("slack_webhook", "the URL of the incoming webhook")?;
                Ok(Self::SlackWebhook)
            }
            "slack_bot" => {
                let SlackBotSettings { channel, api_url } = read(kind, settings)?;
                needs("slack_bot", "the bot's token, which begins with xoxb-")?;
                let base = called(api_url.as_deref().unwrap_or(SLACK_API_URL), "api_url")?;
                let url = base
                    .join("chat.postMessage")
                    .map_err(|_| RouteProblem::Url("api_url"))?;
                Ok(Self::SlackBot { channel, url })
            }
            "pagerduty" => {
                let PagerDutySettings { events_url } = read(kind, settings)?;
                needs("pagerduty", "the integration key of an Events API v2 integration")?;
                let url = called(events_url.as_deref().unwrap_or(pagerduty::EVENTS_URL), "events_url")?;
                Ok(Self::PagerDuty(url))
            }
            "teams" => {
                let NoSettings {} = read(kind, settings)?;
                needs("teams", "the URL of the workflow")?;
                Ok(Self::Teams)
            }
            "email" => {
                let email: EmailRoute = read(kind, settings)?;
                email.check(has_secret)?;
                Ok(Self::Email(email))
            }
            "stdout" => {
                let NoSettings {} = read(kind, settings)?;
                if has_secret {
                    Err(RouteProblem::SecretUnwanted("stdout"))
                } else {
                    Ok(Self::Stdout)
                }
            }
            other => Err(RouteProblem::Kind(other.chars().take(40).collect())),
        }
    }
}

impl Route {
    /// Checks a secret as far as its form tells: one that is a URL has to be one.
    ///
    /// # Errors
    /// When it could never be used. The error does not repeat it.
    pub fn check_secret(&self, secret: &SecretString) -> Result<(), RouteProblem> {
        match self {
            Self::SlackWebhook | Self::Teams => secret_url(secret).map(drop),
            _ => Ok(()),
        }
    }
}

impl EmailRoute {
    /// Returns the port: its own, or the usual one of its protection.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            SmtpSecurity::Tls => SMTP_TLS_PORT,
            SmtpSecurity::Starttls | SmtpSecurity::None => SMTP_SUBMISSION_PORT,
        })
    }

    fn check(&self, has_secret: bool) -> Result<(), RouteProblem> {
        let problem = |text: &str| Err(RouteProblem::Email(text.to_owned()));
        if self.to.is_empty() || self.to.len() > EMAIL_RECIPIENTS_MAX {
            return Err(RouteProblem::Email(format!(
                "an e-mail goes to 1 to {EMAIL_RECIPIENTS_MAX} addresses, and `to` has {}",
                self.to.len()
            )));
        }
        for address in self.to.iter().chain([&self.from]) {
            if address.parse::<lettre::message::Mailbox>().is_err() {
                return Err(RouteProblem::Email(format!(
                    "`{}` is no e-mail address",
                    address.chars().take(80).collect::<String>().escape_debug()
                )));
            }
        }
        match (&self.username, has_secret) {
            (Some(_), false) => problem("a user name needs a password: the secret of the destination"),
            (None, true) => problem("a password needs a user name: the setting `username`"),
            (Some(_), true) if self.security == SmtpSecurity::None => {
                problem("a password is not sent without TLS: set `security` to tls or starttls")
            }
            _ => Ok(()),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(kind: &str, settings: &'a str) -> Result<T, RouteProblem> {
    serde_json::from_str(settings).map_err(|error| RouteProblem::Settings {
        kind: kind.to_owned(),
        cause: error.to_string(),
    })
}

fn called(text: &str, name: &'static str) -> Result<Url, RouteProblem> {
    let url: Url = text.parse().map_err(|_| RouteProblem::Url(name))?;
    let is_called = matches!(url.scheme(), "https" | "http") && url.has_host();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RouteProblem::UserInfo(name));
    }
    if is_called {
        Ok(url)
    } else {
        Err(RouteProblem::Url(name))
    }
}

/// Reads a secret that is a URL. The error does not repeat it.
pub(crate) fn secret_url(secret: &SecretString) -> Result<Url, RouteProblem> {
    called(secret.expose_secret().trim(), "the secret")
}
