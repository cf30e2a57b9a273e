//! `/log-source-alarms`: the alarms of a log source, in Panther's shape and with what it has not.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use margay_detect::{AlarmKind, AlarmSettings};
use margay_runtime::alarm::{AlarmForm, CalendarForm, HoursForm};
use margay_schema::SourceId;
use margay_store::{Alarm, AlarmState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Id, Segments, parse_id};
use super::problem::{Code, Problem};
use super::time;

pub(super) mod rehearsal;
pub(super) mod system;

/// An alarm of a log source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogSourceAlarm {
    /// The log source.
    #[schema(format = Uuid)]
    source_id: String,
    #[serde(flatten)]
    alarm: AlarmBody,
}

/// An alarm.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Alarm)]
pub(crate) struct AlarmBody {
    /// What it watches.
    #[serde(rename = "type")]
    #[schema(example = "SOURCE_NO_DATA")]
    alarm_type: &'static str,
    /// What people call it.
    title: &'static str,
    /// Whether it sounds at all.
    enabled: bool,
    /// Its threshold in minutes; null if it has none.
    minutes_threshold: Option<u64>,
    /// The lowest threshold that it can have.
    minutes_threshold_min: Option<u64>,
    /// The highest threshold that it can have.
    minutes_threshold_max: Option<u64>,
    /// How often it is reminded of, in minutes; null if never.
    remind_minutes: Option<u64>,
    /// Which silence counts; null if all of it.
    calendar: Option<CalendarBody>,
    /// Whether somebody has set it.
    is_set: bool,
    /// How it stands.
    state: StateName,
    /// Since when.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// One sentence about how it stood when it was written. It is written with each change of the state; while that stays, another sentence
    /// is written an hour later at the earliest.
    summary: String,
    /// When the state or the sentence was written last. It is looked at every 15 seconds, and what says the same is not written again.
    #[schema(format = DateTime)]
    evaluated_at: Option<String>,
    /// The alert of its last incident.
    #[schema(format = Uuid)]
    alert_id: Option<String>,
}

/// How an alarm stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = AlarmState)]
pub(crate) enum StateName {
    /// What it watches is as it should be.
    Ok,
    /// It is not.
    Alarm,
    /// Nobody can say.
    InsufficientData,
}

/// The alarms of a log source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogSourceAlarmList {
    results: Vec<LogSourceAlarm>,
}

/// What is set of an alarm. What is left out has its default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AlarmSettingsBody {
    /// Whether it sounds at all; true unless given.
    enabled: Option<bool>,
    /// Its threshold in minutes: 15 to 43200 for `SOURCE_NO_DATA`.
    #[schema(minimum = 1, maximum = 86_400)]
    minutes_threshold: Option<u64>,
    /// How often it is reminded of, in minutes, 15 at least; never unless given.
    #[schema(minimum = 15, maximum = 525_600)]
    remind_minutes: Option<u64>,
    /// Which silence counts, for `SOURCE_NO_DATA` only; all of it unless given.
    calendar: Option<CalendarBody>,
}

/// Hours of the week, without holidays.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Calendar)]
pub(crate) struct CalendarBody {
    /// Where its clock stands: an IANA name.
    #[schema(example = "Europe/Vienna", max_length = 64)]
    time_zone: String,
    /// The hours that count.
    hours: HoursBody,
    /// Days that do not count.
    #[serde(default)]
    #[schema(example = json!(["2026-12-25"]), max_items = 1000)]
    holidays: Vec<String>,
}

/// Hours of each weekday, such as `09:00-17:00`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Hours)]
pub(crate) struct HoursBody {
    #[serde(default)]
    monday: Vec<String>,
    #[serde(default)]
    tuesday: Vec<String>,
    #[serde(default)]
    wednesday: Vec<String>,
    #[serde(default)]
    thursday: Vec<String>,
    #[serde(default)]
    friday: Vec<String>,
    #[serde(default)]
    saturday: Vec<String>,
    #[serde(default)]
    sunday: Vec<String>,
}

/// Lists the alarms of a log source, those with their defaults among them.
#[utoipa::path(
    get, path = "/log-source-alarms/{sourceId}", tag = "Log source alarms", operation_id = "list_alarms",
    params(("sourceId" = uuid::Uuid, Path, description = "The log source")),
    responses((status = 200, description = "Its alarms", body = LogSourceAlarmList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<LogSourceAlarmList>, Problem> {
    let kept = api.line.store.alarms(Some(id)).await?;
    let kinds = AlarmKind::ALL.into_iter().filter(|kind| kind.is_of_source());
    let results = kinds.map(|kind| of_source(id, kind, &kept)).collect();
    Ok(Json(LogSourceAlarmList { results }))
}

/// Shows an alarm.
#[utoipa::path(
    get, path = "/log-source-alarms/{sourceId}/{type}", tag = "Log source alarms", operation_id = "show_alarm",
    params(
        ("sourceId" = uuid::Uuid, Path, description = "The log source"),
        ("type" = String, Path, description = "What it watches, such as `SOURCE_NO_DATA`"),
    ),
    responses((status = 200, description = "The alarm", body = LogSourceAlarm)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Segments((source, kind)): Segments<(String, String)>,
) -> Result<Json<LogSourceAlarm>, Problem> {
    let (id, kind) = named(&source, &kind)?;
    let kept = api.line.store.alarms(Some(id)).await?;
    Ok(Json(of_source(id, kind, &kept)))
}

/// Sets an alarm: all of it, what is left out has its default.
#[utoipa::path(
    put, path = "/log-source-alarms/{sourceId}/{type}", tag = "Log source alarms", operation_id = "set_alarm",
    params(
        ("sourceId" = uuid::Uuid, Path, description = "The log source"),
        ("type" = String, Path, description = "What it watches, such as `SOURCE_NO_DATA`"),
    ),
    request_body = AlarmSettingsBody,
    responses((status = 200, description = "The alarm", body = LogSourceAlarm)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn set(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments((source, kind)): Segments<(String, String)>,
    body: Body<AlarmSettingsBody>,
) -> Result<Json<LogSourceAlarm>, Problem> {
    let (id, kind) = named(&source, &kind)?;
    let form = AlarmForm::from(body.value);
    form.settings(kind)?;
    let (store, now) = (&api.line.store, api.line.clock.now());
    store
        .set_alarm(Some(id), kind.as_str(), Some(&form.to_json()), now)
        .await?;
    Ok(Json(of_source(id, kind, &store.alarms(Some(id)).await?)))
}

/// Gives an alarm its defaults again. It stays on: `enabled` switches it off.
#[utoipa::path(
    delete, path = "/log-source-alarms/{sourceId}/{type}", tag = "Log source alarms", operation_id = "reset_alarm",
    params(
        ("sourceId" = uuid::Uuid, Path, description = "The log source"),
        ("type" = String, Path, description = "What it watches, such as `SOURCE_NO_DATA`"),
    ),
    responses((status = 204, description = "It has its defaults")),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn reset(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments((source, kind)): Segments<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (id, kind) = named(&source, &kind)?;
    let (store, now) = (&api.line.store, api.line.clock.now());
    store.set_alarm(Some(id), kind.as_str(), None, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(source: &str, kind: &str) -> Result<(SourceId, AlarmKind), Problem> {
    let id = parse_id(source)?;
    let known = AlarmKind::of_name(kind).filter(|kind| kind.is_of_source());
    let kind = known.ok_or_else(|| {
        let names: Vec<&str> = AlarmKind::ALL
            .into_iter()
            .filter(|kind| kind.is_of_source())
            .map(AlarmKind::as_str)
            .collect();
        Problem::new(
            Code::NotFound,
            format!("a log source has no such alarm\nhint: it has {}", names.join(", ")),
        )
    })?;
    Ok((id, kind))
}

fn of_source(source_id: SourceId, kind: AlarmKind, kept: &[Alarm]) -> LogSourceAlarm {
    LogSourceAlarm {
        source_id: source_id.to_string(),
        alarm: shown(kind, kept),
    }
}

/// Settings that cannot be read any more count as the defaults, as they do when alarms are evaluated.
fn shown(kind: AlarmKind, kept: &[Alarm]) -> AlarmBody {
    let alarm = kept.iter().find(|alarm| alarm.kind == kind.as_str());
    let form = alarm
        .and_then(|alarm| alarm.settings.as_deref())
        .and_then(|json| AlarmForm::from_json(json).ok());
    let usable = form.and_then(|form| form.settings(kind).ok().map(|settings| (form, settings)));
    let is_set = usable.is_some();
    let (form, settings) = usable.unwrap_or_else(|| (AlarmForm::default(), AlarmSettings::default_of(kind)));
    let thresholds = kind.thresholds();
    let status = alarm.and_then(|alarm| alarm.status);
    AlarmBody {
        alarm_type: kind.as_str(),
        title: kind.title(),
        enabled: settings.is_enabled,
        minutes_threshold: thresholds.map(|_| settings.threshold.as_secs() / 60),
        minutes_threshold_min: thresholds.map(|thresholds| thresholds.min.as_secs() / 60),
        minutes_threshold_max: thresholds.map(|thresholds| thresholds.max.as_secs() / 60),
        remind_minutes: form.remind_minutes,
        calendar: form.calendar.map(CalendarBody::from),
        is_set,
        state: match status.map(|status| status.state) {
            Some(AlarmState::Ok) => StateName::Ok,
            Some(AlarmState::Alarm) => StateName::Alarm,
            Some(AlarmState::InsufficientData) | None => StateName::InsufficientData,
        },
        since: status.map(|status| time::written(status.since)),
        summary: alarm.map(|alarm| alarm.summary.clone()).unwrap_or_default(),
        evaluated_at: alarm.and_then(|alarm| alarm.evaluated_at).map(time::written),
        alert_id: alarm.and_then(|alarm| alarm.alert).map(|id| id.to_string()),
    }
}

impl From<AlarmSettingsBody> for AlarmForm {
    fn from(body: AlarmSettingsBody) -> Self {
        Self {
            enabled: body.enabled,
            minutes_threshold: body.minutes_threshold,
            remind_minutes: body.remind_minutes,
            calendar: body.calendar.map(CalendarForm::from),
        }
    }
}

impl From<CalendarBody> for CalendarForm {
    fn from(body: CalendarBody) -> Self {
        let HoursBody {
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        } = body.hours;
        Self {
            time_zone: body.time_zone,
            hours: HoursForm {
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
            },
            holidays: body.holidays,
        }
    }
}

impl From<CalendarForm> for CalendarBody {
    fn from(form: CalendarForm) -> Self {
        let HoursForm {
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        } = form.hours;
        Self {
            time_zone: form.time_zone,
            hours: HoursBody {
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
            },
            holidays: form.holidays,
        }
    }
}
