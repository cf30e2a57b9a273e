//! `/system-alarms`: the alarms of the server itself, which are no log source's.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use margay_detect::AlarmKind;
use margay_runtime::alarm::AlarmForm;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AlarmBody, AlarmSettingsBody, shown};
use crate::api::Api;
use crate::api::auth::{Allowed, LogSourceModify, LogSourceRead};
use crate::api::extract::{Body, Segments};
use crate::api::problem::{Code, Problem};

/// The alarms of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemAlarmList {
    results: Vec<AlarmBody>,
}

/// Lists the alarms of the server itself, those with their defaults among them.
#[utoipa::path(
    get, path = "/system-alarms", tag = "System alarms", operation_id = "list_system_alarms",
    responses((status = 200, description = "Its alarms", body = SystemAlarmList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(_: Allowed<LogSourceRead>, State(api): State<Api>) -> Result<Json<SystemAlarmList>, Problem> {
    let kept = api.line.store.alarms(None).await?;
    let results = kinds().map(|kind| shown(kind, &kept)).collect();
    Ok(Json(SystemAlarmList { results }))
}

/// Shows an alarm of the server.
#[utoipa::path(
    get, path = "/system-alarms/{type}", tag = "System alarms", operation_id = "show_system_alarm",
    params(("type" = String, Path, description = "What it watches, such as `SERVER_DISK`")),
    responses((status = 200, description = "The alarm", body = AlarmBody)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Segments(kind): Segments<String>,
) -> Result<Json<AlarmBody>, Problem> {
    let kind = named(&kind)?;
    Ok(Json(shown(kind, &api.line.store.alarms(None).await?)))
}

/// Sets an alarm of the server: all of it, what is left out has its default.
#[utoipa::path(
    put, path = "/system-alarms/{type}", tag = "System alarms", operation_id = "set_system_alarm",
    params(("type" = String, Path, description = "What it watches, such as `SERVER_DISK`")),
    request_body = AlarmSettingsBody,
    responses((status = 200, description = "The alarm", body = AlarmBody)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn set(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments(kind): Segments<String>,
    body: Body<AlarmSettingsBody>,
) -> Result<Json<AlarmBody>, Problem> {
    let kind = named(&kind)?;
    let form = AlarmForm::from(body.value);
    form.settings(kind)?;
    let (store, now) = (&api.line.store, api.line.clock.now());
    store.set_alarm(None, kind.as_str(), Some(&form.to_json()), now).await?;
    Ok(Json(shown(kind, &store.alarms(None).await?)))
}

/// Gives an alarm of the server its defaults again. It stays on: `enabled` switches it off.
#[utoipa::path(
    delete, path = "/system-alarms/{type}", tag = "System alarms", operation_id = "reset_system_alarm",
    params(("type" = String, Path, description = "What it watches, such as `SERVER_DISK`")),
    responses((status = 204, description = "It has its defaults")),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn reset(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments(kind): Segments<String>,
) -> Result<StatusCode, Problem> {
    let kind = named(&kind)?;
    let (store, now) = (&api.line.store, api.line.clock.now());
    store.set_alarm(None, kind.as_str(), None, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn kinds() -> impl Iterator<Item = AlarmKind> {
    AlarmKind::ALL.into_iter().filter(|kind| !kind.is_of_source())
}

fn named(kind: &str) -> Result<AlarmKind, Problem> {
    let known = AlarmKind::of_name(kind).filter(|kind| !kind.is_of_source());
    known.ok_or_else(|| {
        let names: Vec<&str> = kinds().map(AlarmKind::as_str).collect();
        Problem::new(
            Code::NotFound,
            format!("the server has no such alarm\nhint: it has {}", names.join(", ")),
        )
    })
}
