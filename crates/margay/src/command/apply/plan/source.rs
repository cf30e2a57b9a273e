//! Log sources: what has to be done about one, and what cannot be done to one that is there.

use margay_connector::asana::{RequestLimits, Settings};
use margay_runtime::source::ASANA_LOG_TYPE;
use margay_store::Pause;

use super::{Action, Change, Planner, changed, is_other, set};
use crate::command::apply::current::CurrentSource;
use crate::command::apply::file::Problem;
use crate::command::apply::wanted::WantedSource;
use crate::command::source::interval_text;

impl Planner<'_> {
    pub(super) fn add_source(&mut self, wanted: WantedSource) {
        let name = wanted
            .log_type
            .as_ref()
            .map_or(ASANA_LOG_TYPE, |name| name.value.as_str());
        let log_type = (self.log_type)(name).map_err(|message| match &wanted.log_type {
            Some(at) => Problem::new(at, message),
            None => Problem::at(wanted.place, message),
        });
        let token = wanted.token.clone().ok_or_else(|| {
            let message = format!(
                "a new log source needs `token`, and `{}` has none\nhint: write token: {{env: NAME}} or {{file: PATH}}",
                wanted.label
            );
            Problem::at(wanted.place, message)
        });
        let (log_type, token) = match (log_type, token) {
            (Ok(log_type), Ok(token)) => (log_type, token),
            (log_type, token) => {
                self.problems.extend(log_type.err().into_iter().chain(token.err()));
                return;
            }
        };
        let Settings {
            api_url,
            organization_id,
            requests,
            ..
        } = &wanted.settings;
        let (per_minute, in_flight) = numbers(*requests);
        let mut changes = vec![
            set("organizationId", organization_id),
            set("apiUrl", api_url),
            set("logType", &log_type),
            set("requestsPerMinute", per_minute),
            set("requestsInFlight", in_flight),
        ];
        changes.extend(wanted.start_at.map(|time| set("startAt", time)));
        let interval = wanted.poll_interval.flatten();
        changes.extend(interval.map(|interval| set("pollInterval", interval)));
        changes.extend(
            wanted
                .is_paused
                .filter(|paused| *paused)
                .map(|paused| set("paused", paused)),
        );
        changes.push(set("token", &token.reference));
        let what = format!("log source `{}`", wanted.label);
        let action = Action::AddSource {
            wanted: Box::new(wanted),
            token: token.value,
            log_type,
        };
        self.step(what, changes, action);
    }

    pub(super) fn change_source(&mut self, wanted: WantedSource, found: &CurrentSource) {
        let source = &found.source;
        let problem = |message: String| Problem::at(wanted.place, message);
        let Some(before) = &found.settings else {
            self.problems.push(problem(format!(
                "the settings of log source `{}` cannot be understood\nhint: was it added by a newer Margay?",
                source.label
            )));
            return;
        };
        let after = Settings {
            page_records: before.page_records,
            ..wanted.settings
        };
        let known = self.problems.len();
        if before.organization_id != after.organization_id {
            self.problems.push(problem(format!(
                "log source `{}` reads the organization {}, and cannot go over to another\nhint: give the other organization a log source of its own, under another label",
                source.label, before.organization_id
            )));
        }
        if let Some(name) = &wanted.log_type
            && !name.value.eq_ignore_ascii_case(source.log_type.as_str())
        {
            let message = format!(
                "log source `{}` has the log type {}, and its events are in that table; it cannot change\nhint: add a log source with another label",
                source.label, source.log_type
            );
            self.problems.push(Problem::new(name, message));
        }
        let leads_elsewhere = before.api_url != after.api_url;
        if leads_elsewhere && wanted.token.is_none() {
            self.problems.push(problem(format!(
                "`apiUrl` of log source `{}` changes, so it needs `token` too\nhint: a secret is never sent to another place than the one it was entered for",
                source.label
            )));
        }
        if self.problems.len() > known {
            return;
        }
        let (old, new) = (numbers(before.requests), numbers(after.requests));
        let mut changes = Vec::new();
        changes.extend(changed("apiUrl", &before.api_url, &after.api_url));
        changes.extend(changed("requestsPerMinute", old.0, new.0));
        changes.extend(changed("requestsInFlight", old.1, new.1));
        let poll_interval = wanted.poll_interval.filter(|wanted| *wanted != source.poll_interval);
        changes.extend(poll_interval.and_then(|interval| {
            let (old, new) = (interval_text(source.poll_interval), interval_text(interval));
            changed("pollInterval", old, new)
        }));
        let is_paused = source.paused_at.is_some();
        let pause = wanted.is_paused.filter(|wanted| *wanted != is_paused);
        changes.extend(pause.and_then(|pause| changed("paused", is_paused, pause)));
        let has_new_token = is_other(wanted.token.as_ref(), found.token.as_ref());
        if has_new_token {
            changes.push(Change::Secret { name: "token" });
        }
        let action = Action::ChangeSource {
            source: Box::new(source.clone()),
            settings: (*before != after).then_some(after),
            token: wanted
                .token
                .filter(|_| has_new_token || leads_elsewhere)
                .map(|token| token.value),
            poll_interval,
            pause: pause.map(|pause| if pause { Pause::Begin } else { Pause::End }),
        };
        self.step(format!("log source `{}`", source.label), changes, action);
    }
}

fn numbers(limits: RequestLimits) -> (u32, u32) {
    let budget = limits.budget();
    (budget.requests_per_minute.get(), budget.in_flight_max.get())
}
