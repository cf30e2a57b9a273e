//! Alarms as they are set: the form in which settings are stored, shown and declared, and what they mean.
//!
//! ```json
//! {
//!   "enabled": true,
//!   "minutesThreshold": 1440,
//!   "remindMinutes": 240,
//!   "calendar": {
//!     "timeZone": "Europe/Vienna",
//!     "hours": { "monday": ["09:00-17:00"], "tuesday": ["09:00-12:00", "13:00-17:00"] },
//!     "holidays": ["2026-12-25"]
//!   }
//! }
//! ```

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use margay_detect::{AlarmKind, AlarmSettings, Calendar, CalendarProblem, Hours, SettingsProblem, Span};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

const SECONDS_PER_MINUTE: u64 = 60;

/// What is set of an alarm. What is left out has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlarmForm {
    /// Whether it sounds at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Its threshold, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_threshold: Option<u64>,
    /// How often it is reminded of, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_minutes: Option<u64>,
    /// Which silence counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarForm>,
}

/// A calendar as it is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarForm {
    /// Where its clock stands: an IANA name such as `Europe/Vienna`.
    pub time_zone: String,
    /// The hours that count.
    pub hours: HoursForm,
    /// Days that do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
}

/// Hours of each weekday, such as `09:00-17:00`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "weekdays")]
pub struct HoursForm {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuesday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wednesday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thursday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub friday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saturday: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sunday: Vec<String>,
}

/// Why something is no setting of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlarmFormProblem {
    /// Not the form that is on top of this module.
    #[error("the settings of the alarm cannot be read: {0}")]
    Malformed(String),
    /// A threshold or reminder out of bounds.
    #[error(transparent)]
    Settings(#[from] SettingsProblem),
    /// A threshold where there is none.
    #[error("{0} has no threshold")]
    NoThreshold(&'static str),
    /// Something about the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarProblem),
    /// A time zone that this machine does not know.
    #[error("there is no time zone `{0}`\nhint: use a name such as Europe/Vienna or UTC")]
    TimeZone(String),
    /// A day that is none.
    #[error("`{0}` is no day\nhint: write it as 2026-12-25")]
    Holiday(String),
}

impl AlarmForm {
    /// Reads what is stored.
    ///
    /// # Errors
    /// When it is not this form.
    pub fn from_json(json: &str) -> Result<Self, AlarmFormProblem> {
        serde_json::from_str(json).map_err(|error| AlarmFormProblem::Malformed(error.to_string()))
    }

    /// Returns what is stored.
    ///
    /// # Panics
    /// Never: names and numbers are JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are JSON")
    }

    /// Returns what it means for an alarm of that kind.
    ///
    /// # Errors
    /// When something in it cannot be.
    pub fn settings(&self, kind: AlarmKind) -> Result<AlarmSettings, AlarmFormProblem> {
        let mut settings = AlarmSettings::default_of(kind);
        if let Some(enabled) = self.enabled {
            settings.is_enabled = enabled;
        }
        if let Some(minutes) = self.minutes_threshold {
            if kind.thresholds().is_none() {
                return Err(AlarmFormProblem::NoThreshold(kind.as_str()));
            }
            settings.threshold = of_minutes(minutes);
        }
        settings.remind_every = self.remind_minutes.map(of_minutes);
        if let Some(calendar) = &self.calendar {
            settings.calendar = Calendar::Hours(calendar.hours()?);
        }
        settings.check(kind)?;
        Ok(settings)
    }
}

impl CalendarForm {
    /// Reads a file that holds one, in YAML or JSON, which is YAML as well. Unknown keys are refused.
    ///
    /// # Errors
    /// What does not fit is named with line and column.
    pub fn from_yaml(text: &str) -> Result<Self, AlarmFormProblem> {
        serde_saphyr::from_str(text).map_err(|error| AlarmFormProblem::Malformed(error.to_string()))
    }

    fn hours(&self) -> Result<Hours, AlarmFormProblem> {
        let zone = TimeZone::get(&self.time_zone)
            .map_err(|_| AlarmFormProblem::TimeZone(self.time_zone.chars().take(60).collect()))?;
        let HoursForm {
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        } = &self.hours;
        let mut weekly: [Vec<Span>; 7] = Default::default();
        for (spans, texts) in weekly
            .iter_mut()
            .zip([monday, tuesday, wednesday, thursday, friday, saturday, sunday])
        {
            *spans = texts.iter().map(|text| Span::parse(text)).collect::<Result<_, _>>()?;
        }
        let day = |text: &String| -> Result<Date, AlarmFormProblem> {
            text.parse()
                .map_err(|_| AlarmFormProblem::Holiday(text.chars().take(40).collect()))
        };
        let holidays: BTreeSet<Date> = self.holidays.iter().map(day).collect::<Result<_, _>>()?;
        Ok(Hours::new(zone, weekly, holidays)?)
    }
}

fn of_minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes.saturating_mul(SECONDS_PER_MINUTE))
}
