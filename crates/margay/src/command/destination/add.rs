//! `margay destination add`: what was typed becomes a destination, if it could be reached so.

use margay_runtime::Clock;
use margay_store::NewDestination;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{check, exit_of, lists, read_secret};
use crate::cli::Global;
use crate::cli::destination::{Add, AddEmail, Common};
use crate::exit::Outcome;
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, arguments: Add) -> Outcome {
    let new = draft(arguments)?;
    check(&new, new.secret.is_some())?;
    let store = open::store_beside(global).await?;
    let destination = store.create_destination(new).await.map_err(exit_of)?;
    line(format_args!(
        "added destination `{}` ({})",
        destination.name, destination.id
    ));
    line("next: `margay destination test` sends a message there; a running server needs no restart");
    Ok(())
}

fn draft(arguments: Add) -> Outcome<NewDestination> {
    Ok(match arguments {
        Add::Webhook(given) => {
            let secret = given.secret_file.map(|file| read_secret(&file, "signing key"));
            new(
                "webhook",
                given.common,
                json!({ "url": given.url }),
                secret.transpose()?,
            )
        }
        Add::SlackWebhook(given) => {
            let secret = read_secret(&given.url_file, "URL of the incoming webhook")?;
            new("slack_webhook", given.common, json!({}), Some(secret))
        }
        Add::SlackBot(given) => {
            let secret = read_secret(&given.token_file, "bot's token")?;
            let settings = json!({ "channel": given.channel, "api_url": given.api_url });
            new("slack_bot", given.common, settings, Some(secret))
        }
        Add::Pagerduty(given) => {
            let secret = read_secret(&given.key_file, "integration key")?;
            let settings = json!({ "events_url": given.events_url });
            new("pagerduty", given.common, settings, Some(secret))
        }
        Add::Teams(given) => {
            let secret = read_secret(&given.url_file, "URL of the workflow")?;
            new("teams", given.common, json!({}), Some(secret))
        }
        Add::Email(given) => email(given)?,
        Add::Stdout(given) => new("stdout", given.common, json!({}), None),
    })
}

fn email(given: AddEmail) -> Outcome<NewDestination> {
    let secret = given.password_file.map(|file| read_secret(&file, "password"));
    let settings = json!({
        "host": given.host,
        "port": given.port,
        "security": given.security.as_str(),
        "from": given.from,
        "to": given.to,
        "username": given.username,
    });
    Ok(new("email", given.common, settings, secret.transpose()?))
}

fn new(kind: &str, common: Common, settings: Value, secret: Option<SecretString>) -> NewDestination {
    let (severities, alert_types) = lists(&common.filter);
    NewDestination {
        name: common.name,
        kind: kind.to_owned(),
        settings: without_nulls(settings).to_string(),
        secret,
        severities,
        alert_types,
        is_enabled: !common.disabled,
        now: Clock::system().now(),
    }
}

/// What was not given is not stored: its default may change.
fn without_nulls(settings: Value) -> Value {
    let Value::Object(fields) = settings else {
        return settings;
    };
    let given: Map<String, Value> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    Value::Object(given)
}
