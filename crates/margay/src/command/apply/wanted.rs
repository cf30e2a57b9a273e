//! What a file wants to be: everything checked that can be checked without the database, every secret at hand.
//!
//! Always holds: whoever has a [`Wanted`] has no invalid setting, and no label twice.

use std::collections::HashSet;

use clap::ValueEnum;
use jiff::Timestamp;
use margay_connector::asana::{
    API_URL_DEFAULT, PageRecords, REQUESTS_IN_FLIGHT_DEFAULT, REQUESTS_PER_MINUTE_DEFAULT, RequestLimits, Settings,
    check_token_text,
};
use margay_detect::AlarmKind;
use margay_runtime::alarm::AlarmForm;
use margay_runtime::source::ASANA;
use margay_store::{
    ALARM_SETTINGS_BYTES_MAX, DESTINATION_SETTINGS_BYTES_MAX, DESTINATIONS_MAX, PollInterval, fold_label, parse_label,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::file::{Declared, DeclaredAlarms, DeclaredDestination, DeclaredSource, Place, Problem, unknown};
use super::secret::{Secret, SecretRef};
use crate::cli::destination::{AlertType, Severity};
use crate::command::source::DEFAULT;
use crate::duration::{parse_duration, parse_time};

#[cfg(test)]
mod tests;

/// What a file wants to be, but for its schemas.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) sources: Vec<WantedSource>,
    pub(super) destinations: Vec<WantedDestination>,
    /// The server's own.
    pub(super) alarms: Vec<WantedAlarm>,
}

#[derive(Debug, Clone)]
pub(super) struct WantedSource {
    pub(super) place: Place,
    pub(super) label: String,
    pub(super) settings: Settings,
    /// As it is written: which schemas there are is not known yet.
    pub(super) log_type: Option<Spanned<String>>,
    /// Left out, the source keeps its own.
    pub(super) token: Option<Secret>,
    /// Counts when the source is added.
    pub(super) start_at: Option<Timestamp>,
    /// The server's, or one of its own; left out, it stays as it is.
    #[expect(
        clippy::option_option,
        reason = "left as it is, the server's, and one of its own are three things"
    )]
    pub(super) poll_interval: Option<Option<PollInterval>>,
    /// Left out, the source stays as it is.
    pub(super) is_paused: Option<bool>,
    pub(super) alarms: Vec<WantedAlarm>,
}

#[derive(Debug, Clone)]
pub(super) struct WantedDestination {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) settings: Map<String, Value>,
    /// Left out, the destination keeps its own.
    pub(super) secret: Option<Secret>,
    pub(super) severities: Vec<String>,
    pub(super) alert_types: Vec<String>,
    pub(super) is_enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedAlarm {
    pub(super) kind: AlarmKind,
    pub(super) form: AlarmForm,
}

/// How the secret that a reference names is had.
pub(super) type Resolve<'a> = dyn Fn(&SecretRef) -> Result<SecretString, String> + 'a;

/// Checks what a file declares.
///
/// # Errors
/// Everything that cannot be, in the order of the file.
pub(super) fn check(declared: Declared, resolve: &Resolve<'_>, now: Timestamp) -> Result<Wanted, Vec<Problem>> {
    let mut check = Check {
        resolve,
        now,
        problems: Vec::new(),
    };
    let mut wanted = Wanted::default();
    let mut labels = HashSet::new();
    for declared in declared.log_sources {
        check.is_new(&mut labels, &declared.label);
        wanted.sources.extend(check.source(declared));
    }
    let mut names = HashSet::new();
    for declared in declared.destinations {
        check.is_new(&mut names, &declared.name);
        wanted.destinations.extend(check.destination(declared));
    }
    if names.len() > DESTINATIONS_MAX {
        check.problems.push(Problem::of_file(format!(
            "there can be {DESTINATIONS_MAX} destinations, and this file has {}",
            names.len()
        )));
    }
    wanted.alarms = check.alarms(declared.alarms, Owner::Server);
    if check.problems.is_empty() {
        Ok(wanted)
    } else {
        Err(check.problems)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Source,
    Server,
}

struct Check<'a> {
    resolve: &'a Resolve<'a>,
    now: Timestamp,
    problems: Vec<Problem>,
}

impl Check<'_> {
    /// Keeps a result, or its problem.
    fn take<T, E: std::fmt::Display, W>(&mut self, at: &Spanned<W>, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.problems.push(Problem::new(at, error))).ok()
    }

    fn is_new(&mut self, seen: &mut HashSet<String>, label: &Spanned<String>) {
        if !seen.insert(fold_label(label.value.trim())) {
            let message = "this name is in the file twice; the case of its letters does not count";
            self.problems.push(Problem::new(label, message));
        }
    }

    fn source(&mut self, declared: DeclaredSource) -> Option<WantedSource> {
        let label = self.label(&declared.label);
        if let Some(connector) = declared.connector.as_ref().filter(|name| name.value != ASANA) {
            let message = unknown("there is no such connector", &connector.value, &[ASANA]);
            self.problems.push(Problem::new(connector, message));
        }
        let settings = self.settings(&declared);
        let token = declared.token.as_ref().and_then(|token| self.secret(token));
        let token = match (token, &settings, &declared.token) {
            (Some(secret), Some(settings), Some(at)) => {
                let text = check_token_text(secret.value.expose_secret(), &settings.organization_id);
                let of = |error| format!("{}: {error}", secret.reference);
                self.take(at, text.map_err(of)).map(|text| Secret {
                    value: text.into(),
                    reference: secret.reference.clone(),
                })
            }
            _ => None,
        };
        let start_at = declared.start_at.as_ref().and_then(|text| self.start_at(text));
        let poll_interval = declared.poll_interval.as_ref();
        let poll_interval = poll_interval.and_then(|text| self.poll_interval(text));
        let alarms = self.alarms(declared.alarms, Owner::Source);
        Some(WantedSource {
            place: Place::of_value(&declared.label),
            label: label?,
            settings: settings?,
            log_type: declared.log_type,
            token,
            start_at,
            poll_interval,
            is_paused: declared.paused,
            alarms,
        })
    }

    fn settings(&mut self, declared: &DeclaredSource) -> Option<Settings> {
        let organization_id = self.take(&declared.organization_id, declared.organization_id.value.parse());
        let api_url = match &declared.api_url {
            Some(text) => self.take(text, text.value.parse()),
            None => API_URL_DEFAULT.parse().ok(),
        };
        let (per_minute, in_flight) = (&declared.requests_per_minute, &declared.requests_in_flight);
        let number = |given: &Option<Spanned<u32>>, default| given.as_ref().map_or(default, |given| given.value);
        let limits = RequestLimits::new(
            number(per_minute, REQUESTS_PER_MINUTE_DEFAULT),
            number(in_flight, REQUESTS_IN_FLIGHT_DEFAULT),
        );
        let requests = match per_minute.as_ref().or(in_flight.as_ref()) {
            Some(at) => self.take(at, limits),
            None => limits.ok(),
        };
        Some(Settings {
            api_url: api_url?,
            organization_id: organization_id?,
            page_records: PageRecords::default(),
            requests: requests?,
        })
    }

    fn start_at(&mut self, text: &Spanned<String>) -> Option<Timestamp> {
        let time = parse_time("startAt", &text.value, self.now).map_err(|failure| failure.to_string());
        let time = self.take(text, time)?;
        if time > self.now {
            let message = "`startAt` is in the future: nothing would be pulled until then\nhint: leave it out for all that Asana still has";
            self.problems.push(Problem::new(text, message));
        }
        Some(time)
    }

    #[expect(
        clippy::option_option,
        reason = "left as it is, the server's, and one of its own are three things"
    )]
    fn poll_interval(&mut self, text: &Spanned<String>) -> Option<Option<PollInterval>> {
        if text.value.trim() == DEFAULT {
            return Some(None);
        }
        let span = parse_duration("pollInterval", &text.value).map_err(|failure| failure.to_string());
        let span = self.take(text, span)?;
        let interval = PollInterval::new(span).map_err(|problem| format!("`pollInterval`: {problem}"));
        self.take(text, interval).map(Some)
    }

    fn destination(&mut self, declared: DeclaredDestination) -> Option<WantedDestination> {
        let name = self.label(&declared.name);
        // What is not given is not stored: its default may change.
        let mut settings = declared.settings.unwrap_or_default();
        settings.retain(|_, value| !value.is_null());
        if Value::Object(settings.clone()).to_string().len() > DESTINATION_SETTINGS_BYTES_MAX {
            let message = format!("the settings of a destination have at most {DESTINATION_SETTINGS_BYTES_MAX} bytes");
            self.problems.push(Problem::new(&declared.name, message));
        }
        Some(WantedDestination {
            place: Place::of_value(&declared.kind),
            name: name?,
            kind: declared.kind.value,
            settings,
            secret: declared.secret.as_ref().and_then(|secret| self.secret(secret)),
            severities: self.words::<Severity>(&declared.severities, "severity"),
            alert_types: self.words::<AlertType>(&declared.alert_types, "type of alert"),
            is_enabled: declared.enabled.unwrap_or(true),
        })
    }

    /// Words that the command line knows too, as they are stored.
    fn words<W: ValueEnum>(&mut self, texts: &[Spanned<String>], what: &str) -> Vec<String> {
        let name = |word: &W| {
            word.to_possible_value()
                .map(|value| value.get_name().to_owned())
                .unwrap_or_default()
        };
        let known: Vec<String> = W::value_variants().iter().map(name).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let mut words: Vec<String> = Vec::new();
        for text in texts {
            match W::from_str(&text.value, true) {
                Ok(word) if words.contains(&name(&word)) => {}
                Ok(word) => words.push(name(&word)),
                Err(_) => {
                    let message = unknown(&format!("there is no such {what}"), &text.value, &known);
                    self.problems.push(Problem::new(text, message));
                }
            }
        }
        words
    }

    fn alarms(&mut self, declared: DeclaredAlarms, owner: Owner) -> Vec<WantedAlarm> {
        let mut wanted = Vec::new();
        for (kind, form) in declared.0 {
            let name = kind.as_str();
            match (kind.is_of_source(), owner) {
                (true, Owner::Server) => {
                    let message = format!(
                        "{name} is an alarm of a log source\nhint: write it under `alarms` of each source that it is for"
                    );
                    self.problems.push(Problem::new(&form, message));
                }
                (false, Owner::Source) => {
                    let message = format!(
                        "{name} is an alarm of the server, not of a source\nhint: write it under `alarms` at the top of the file"
                    );
                    self.problems.push(Problem::new(&form, message));
                }
                _ => {}
            }
            let settings = form.value.settings(kind).map_err(|problem| {
                let problem = problem.to_string();
                if problem.contains(name) {
                    problem
                } else {
                    format!("{name}: {problem}")
                }
            });
            self.take(&form, settings);
            if form.value.to_json().len() > ALARM_SETTINGS_BYTES_MAX {
                let message = format!("{name}: the settings have more than {ALARM_SETTINGS_BYTES_MAX} bytes");
                self.problems.push(Problem::new(&form, message));
            }
            wanted.push(WantedAlarm { kind, form: form.value });
        }
        wanted
    }

    fn label(&mut self, label: &Spanned<String>) -> Option<String> {
        let checked = parse_label(&label.value).map(str::to_owned);
        self.take(
            label,
            checked.map_err(|problem| format!("this name cannot be used: {problem}")),
        )
    }

    fn secret(&mut self, reference: &Spanned<SecretRef>) -> Option<Secret> {
        let value = (self.resolve)(&reference.value);
        self.take(reference, value).map(|value| Secret {
            value,
            reference: reference.value.clone(),
        })
    }
}
