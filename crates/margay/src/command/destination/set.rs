//! `margay destination set`: changes what was given, and leaves the rest.

use margay_runtime::Clock;
use margay_store::NewDestination;
use serde_json::{Map, Value};

use super::{check, exit_of, find, lists, read_secret};
use crate::cli::Global;
use crate::cli::destination::{Set, Settings};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::line;

pub(super) async fn run(global: &Global, arguments: Set) -> Outcome {
    let changes = changes(arguments.settings);
    let (severities, alert_types) = lists(&arguments.filter);
    let is_flagged = [
        arguments.any_severity,
        arguments.any_alert_type,
        arguments.enable,
        arguments.disable,
    ];
    let has_text = arguments.rename.is_some() || arguments.secret_file.is_some();
    let has_list = ![changes.len(), severities.len(), alert_types.len()]
        .iter()
        .all(|len| *len == 0);
    let is_given = has_list || has_text || is_flagged.contains(&true);
    if !is_given {
        return Err(Failure::new(
            Exit::Usage,
            "nothing to change\nhint: `margay destination set --help` tells what can be",
        ));
    }
    let secret = arguments.secret_file.map(|file| read_secret(&file, "new secret"));
    let secret = secret.transpose()?;
    let store = open::store_beside(global).await?;
    let old = find(&store, &arguments.name).await?;
    let mut settings: Map<String, Value> = serde_json::from_str(&old.settings).or_exit(Exit::Storage)?;
    settings.extend(changes);
    let new = NewDestination {
        name: arguments.rename.unwrap_or(old.name),
        kind: old.kind,
        settings: Value::Object(settings).to_string(),
        secret,
        severities: replaced(old.severities, severities, arguments.any_severity),
        alert_types: replaced(old.alert_types, alert_types, arguments.any_alert_type),
        is_enabled: (old.is_enabled || arguments.enable) && !arguments.disable,
        now: Clock::system().now(),
    };
    check(&new, old.has_secret || new.secret.is_some())?;
    let destination = store.change_destination(old.id, new).await.map_err(exit_of)?;
    line(format_args!(
        "changed destination `{}`; what waits to be delivered there is delivered as it is now",
        destination.name
    ));
    Ok(())
}

fn replaced(old: Vec<String>, new: Vec<String>, is_cleared: bool) -> Vec<String> {
    if is_cleared || !new.is_empty() { new } else { old }
}

fn changes(given: Settings) -> Map<String, Value> {
    let text = |value: Option<String>| value.map(Value::String);
    let to = (!given.to.is_empty()).then(|| Value::from(given.to));
    [
        ("url", text(given.url)),
        ("channel", text(given.channel)),
        ("api_url", text(given.api_url)),
        ("events_url", text(given.events_url)),
        ("host", text(given.host)),
        ("port", given.port.map(Value::from)),
        (
            "security",
            given.security.map(|security| Value::from(security.as_str())),
        ),
        ("from", text(given.from)),
        ("to", to),
        ("username", text(given.username)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
