//! Destinations: what has to be done about one, if it could be reached so.

use jiff::Timestamp;
use margay_runtime::deliver::route::{Route, RouteProblem};
use margay_store::{Destination, NewDestination};
use serde_json::{Map, Value};

use super::{Action, Change, Planner, changed, is_other, set};
use crate::command::apply::current::CurrentDestination;
use crate::command::apply::file::Problem;
use crate::command::apply::wanted::WantedDestination;

impl Planner<'_> {
    pub(super) fn add_destination(&mut self, wanted: WantedDestination) {
        let settings = Value::Object(wanted.settings.clone()).to_string();
        if !self.is_reachable(&wanted, &settings, wanted.secret.is_some()) {
            return;
        }
        let mut changes = vec![set("kind", &wanted.kind)];
        changes.extend(
            wanted
                .settings
                .iter()
                .map(|(name, value)| set(&format!("settings.{name}"), text(value))),
        );
        changes.push(set("severities", list(&wanted.severities)));
        changes.push(set("alertTypes", list(&wanted.alert_types)));
        changes.push(set("enabled", wanted.is_enabled));
        changes.extend(wanted.secret.as_ref().map(|secret| set("secret", &secret.reference)));
        let what = format!("destination `{}`", wanted.name);
        let new = new_destination(wanted, None, settings, self.now);
        self.step(what, changes, Action::AddDestination(new));
    }

    pub(super) fn change_destination(&mut self, wanted: WantedDestination, found: &CurrentDestination) {
        let old = &found.destination;
        let before: Map<String, Value> = serde_json::from_str(&old.settings).unwrap_or_default();
        let are_same = comparable(&old.kind, &before) == comparable(&wanted.kind, &wanted.settings);
        // The same settings may be written in several ways. One that is as good leads nowhere else.
        let settings = if are_same {
            old.settings.clone()
        } else {
            Value::Object(wanted.settings.clone()).to_string()
        };
        let has_secret = old.has_secret || wanted.secret.is_some();
        if !self.is_reachable(&wanted, &settings, has_secret) {
            return;
        }
        let leads_elsewhere = !are_same || old.kind != wanted.kind;
        if leads_elsewhere && old.has_secret && wanted.secret.is_none() {
            let message = format!(
                "destination `{}` would lead elsewhere, so it needs `secret` too\nhint: a secret is never sent to another place than the one it was entered for",
                old.name
            );
            self.problems.push(Problem::at(wanted.place, message));
            return;
        }
        let mut changes = Vec::new();
        changes.extend(changed("kind", &old.kind, &wanted.kind));
        if !are_same {
            changes.extend(changed_settings(&before, &wanted.settings));
        }
        for (name, before, after) in [
            ("severities", &old.severities, &wanted.severities),
            ("alertTypes", &old.alert_types, &wanted.alert_types),
        ] {
            changes.extend(changed(name, list(before), list(after)));
        }
        changes.extend(changed("enabled", old.is_enabled, wanted.is_enabled));
        if is_other(wanted.secret.as_ref(), found.secret.as_ref()) {
            changes.push(Change::Secret { name: "secret" });
        }
        let new = new_destination(wanted, Some(old), settings, self.now);
        let action = Action::ChangeDestination(old.id, new);
        self.step(format!("destination `{}`", old.name), changes, action);
    }

    /// Whether a destination could be reached; if not, why is noted.
    fn is_reachable(&mut self, wanted: &WantedDestination, settings: &str, has_secret: bool) -> bool {
        let route = Route::parse(&wanted.kind, settings, has_secret);
        let checked = route.and_then(|route| match &wanted.secret {
            Some(secret) => route.check_secret(&secret.value),
            None => Ok(()),
        });
        checked
            .map_err(|problem| {
                let message = format!("destination `{}`: {}", wanted.name, reason(&problem));
                self.problems.push(Problem::at(wanted.place, message));
            })
            .is_ok()
    }
}

/// Why a destination could not be reached, without what stands in the settings and without a place in their JSON, which nobody wrote.
fn reason(problem: &RouteProblem) -> String {
    let RouteProblem::Settings { kind, cause } = problem else {
        return problem.to_string();
    };
    let cause = cause.split(" at line ").next().unwrap_or_default();
    let cause = match cause.split_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid") => format!("expected {expected}"),
        _ => cause.to_owned(),
    };
    format!("the settings do not fit the kind `{kind}`: {cause}")
}

fn new_destination(
    wanted: WantedDestination,
    old: Option<&Destination>,
    settings: String,
    now: Timestamp,
) -> NewDestination {
    NewDestination {
        name: old.map_or(wanted.name, |old| old.name.clone()),
        kind: wanted.kind,
        settings,
        secret: wanted.secret.map(|secret| secret.value),
        severities: wanted.severities,
        alert_types: wanted.alert_types,
        is_enabled: wanted.is_enabled,
        now,
    }
}

/// Settings with what is the default taken out.
fn comparable(kind: &str, settings: &Map<String, Value>) -> Map<String, Value> {
    let mut settings = settings.clone();
    settings.retain(|name, value| !(value.is_null() || kind == "email" && name == "security" && *value == "tls"));
    settings
}

fn changed_settings(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Change> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let text = |settings: &Map<String, Value>, name| settings.get(name).map_or_else(|| "none".to_owned(), text);
    names
        .into_iter()
        .filter_map(|name| changed(&format!("settings.{name}"), text(before, name), text(after, name)))
        .collect()
}

/// A list in one order, whatever the order that somebody wrote: it is a set.
fn list(names: &[String]) -> String {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    if names.is_empty() {
        "all".to_owned()
    } else {
        names.join(", ")
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
