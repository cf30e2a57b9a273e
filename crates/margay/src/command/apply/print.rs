//! What there is, as a file: applying it finds nothing to change. Each secret is a reference to a variable that nobody has set yet.

use std::collections::HashSet;
use std::fmt::Write as _;

use margay_connector::asana::{API_URL_DEFAULT, Settings};
use margay_runtime::alarm::AlarmForm;
use margay_store::Alarm;
use serde_json::Value;

use super::current::{Current, CurrentDestination, CurrentSource};

const HEAD: &str = "\
# What there is, as `margay apply --print` found it. Applying it changes nothing, once the variables that it names hold the secrets.
# Custom schemas are not in it: `margay schema export` writes them, and `schemas` names the files.
version: 1
";

/// Writes the file. JSON is YAML too, so that no text needs quoting of its own.
pub(super) fn file_of(current: &Current) -> String {
    let mut file = HEAD.to_owned();
    let mut variables = HashSet::new();
    if !current.sources.is_empty() {
        file += "\nlog_sources:\n";
    }
    for source in &current.sources {
        match &source.settings {
            Some(settings) => add_source(&mut file, source, settings, &mut variables),
            None => add(
                &mut file,
                &format!(
                    "  # The settings of {} cannot be understood",
                    quoted(&source.source.label)
                ),
            ),
        }
    }
    if !current.destinations.is_empty() {
        file += "\ndestinations:\n";
    }
    for destination in &current.destinations {
        add_destination(&mut file, destination, &mut variables);
    }
    add_alarms(&mut file, "", &current.alarms);
    file
}

fn add_source(file: &mut String, found: &CurrentSource, settings: &Settings, variables: &mut HashSet<String>) {
    let source = &found.source;
    add(file, &format!("  - label: {}", quoted(&source.label)));
    add(file, &format!("    organizationId: \"{}\"", settings.organization_id));
    if settings.api_url.to_string() != API_URL_DEFAULT {
        add(file, &format!("    apiUrl: {}", quoted(&settings.api_url.to_string())));
    }
    add(file, &format!("    logType: {}", source.log_type));
    let budget = settings.requests.budget();
    add(file, &format!("    requestsPerMinute: {}", budget.requests_per_minute));
    add(file, &format!("    requestsInFlight: {}", budget.in_flight_max));
    if let Some(interval) = source.poll_interval {
        add(file, &format!("    pollInterval: {interval}"));
    }
    if source.paused_at.is_some() {
        add(file, "    paused: true");
    }
    let variable = variable(&source.label, "TOKEN", variables);
    add(file, &format!("    token: {{env: {variable}}}"));
    add_alarms(file, "    ", &found.alarms);
}

fn add_destination(file: &mut String, found: &CurrentDestination, variables: &mut HashSet<String>) {
    let destination = &found.destination;
    add(file, &format!("  - name: {}", quoted(&destination.name)));
    add(file, &format!("    kind: {}", destination.kind));
    add(file, &format!("    settings: {}", destination.settings));
    let list = |names: &Vec<String>| Value::from(names.clone());
    add(file, &format!("    severities: {}", list(&destination.severities)));
    add(file, &format!("    alertTypes: {}", list(&destination.alert_types)));
    add(file, &format!("    enabled: {}", destination.is_enabled));
    if destination.has_secret {
        let variable = variable(&destination.name, "SECRET", variables);
        add(file, &format!("    secret: {{env: {variable}}}"));
    }
}

/// The alarms that somebody has set, as far as they can be read.
fn add_alarms(file: &mut String, indent: &str, alarms: &[Alarm]) {
    let form = |alarm: &Alarm| AlarmForm::from_json(alarm.settings.as_deref()?).ok();
    let set: Vec<_> = alarms.iter().filter_map(|alarm| Some((alarm, form(alarm)?))).collect();
    if set.is_empty() {
        return;
    }
    add(
        file,
        &format!("{}{indent}alarms:", if indent.is_empty() { "\n" } else { "" }),
    );
    for (alarm, form) in set {
        add(file, &format!("{indent}  {}: {}", alarm.kind, form.to_json()));
    }
}

fn add(file: &mut String, line: &str) {
    writeln!(file, "{line}").ok();
}

fn quoted(text: &str) -> Value {
    Value::from(text)
}

/// A name for the variable of a secret that no other has.
fn variable(label: &str, suffix: &str, taken: &mut HashSet<String>) -> String {
    let letter = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_ascii_uppercase(),
        _ => '_',
    };
    let mut name: String = label.chars().map(letter).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name = format!("{name}_{suffix}");
    let (base, mut number) = (name.clone(), 1);
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}
