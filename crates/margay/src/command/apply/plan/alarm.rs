//! Alarms: each is there already, with its defaults if nobody has set it. The file says all of one, and what it leaves out has its default.

use margay_detect::AlarmKind;
use margay_runtime::alarm::AlarmForm;
use margay_store::Alarm;

use super::{Action, Planner, changed};
use crate::command::apply::wanted::WantedAlarm;

impl Planner<'_> {
    pub(super) fn alarm(&mut self, source: Option<String>, wanted: WantedAlarm, kept: &[Alarm]) {
        let kind = wanted.kind;
        let stored = kept
            .iter()
            .find(|alarm| alarm.kind == kind.as_str())
            .and_then(|alarm| alarm.settings.as_deref())
            .map(AlarmForm::from_json);
        let mut changes = Vec::new();
        if let Some(Err(_)) = stored {
            changes.extend(changed("settings", "what cannot be read any more", "as follows"));
        }
        let before = stored.and_then(Result::ok).unwrap_or_default();
        for (name, before, after) in members(kind, &before)
            .into_iter()
            .zip(members(kind, &wanted.form))
            .map(|((name, before), (_, after))| (name, before, after))
        {
            changes.extend(changed(name, before, after));
        }
        let of = source
            .as_ref()
            .map_or_else(String::new, |label| format!(" of `{label}`"));
        let action = Action::SetAlarm { source, wanted };
        self.step(format!("alarm {}{of}", kind.as_str()), changes, action);
    }
}

/// The alarms that somebody has set and that the file does not name.
pub(super) fn left_alarms(wanted: &[WantedAlarm], kept: &[Alarm], source: Option<&str>) -> Vec<String> {
    let of = source.map_or_else(String::new, |label| format!(" of `{label}`"));
    kept.iter()
        .filter(|alarm| alarm.settings.is_some() && wanted.iter().all(|wanted| wanted.kind.as_str() != alarm.kind))
        .map(|alarm| format!("alarm {}{of}", alarm.kind))
        .collect()
}

/// The members of an alarm, with the defaults of those that are not set.
fn members(kind: AlarmKind, form: &AlarmForm) -> [(&'static str, String); 4] {
    const SECONDS_PER_MINUTE: u64 = 60;
    let threshold = form
        .minutes_threshold
        .or_else(|| Some(kind.thresholds()?.default.as_secs() / SECONDS_PER_MINUTE));
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    let calendar = form.calendar.as_ref();
    [
        ("enabled", form.enabled.unwrap_or(true).to_string()),
        (
            "minutesThreshold",
            or_none(threshold.map(|minutes| minutes.to_string())),
        ),
        (
            "remindMinutes",
            or_none(form.remind_minutes.map(|minutes| minutes.to_string())),
        ),
        (
            "calendar",
            or_none(calendar.and_then(|calendar| serde_json::to_string(calendar).ok())),
        ),
    ]
}
