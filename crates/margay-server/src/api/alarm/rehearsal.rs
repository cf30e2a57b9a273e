//! `/log-source-alarms/{sourceId}/{type}/rehearsal`: what an alarm would have done lately, by settings that are not kept.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use margay_detect::AlarmKind;
use margay_runtime::alarm::AlarmForm;
use margay_runtime::rehearse::{Rehearsed, rehearse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AlarmSettingsBody, named};
use crate::api::Api;
use crate::api::auth::{Allowed, LogSourceRead};
use crate::api::extract::{Body, Segments};
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::time;

/// What an alarm would have done in the last 14 days, or in as much of them as was read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rehearsal {
    /// From when on the log was looked at.
    #[schema(format = DateTime)]
    from: String,
    /// Until when, exclusive.
    #[schema(format = DateTime)]
    to: String,
    /// The threshold that was tried.
    minutes_threshold: u64,
    /// How often it would have sounded.
    alarms: usize,
    /// The longest silence that counts, in minutes.
    longest_silence_minutes: u64,
    /// The threshold that leaves half as much room again, rounded up to what people say, in minutes.
    minutes_threshold_suggested: u64,
    /// Whether all of that time has been read, but for what is lost for good. Until then there may be events that are not here yet, and the
    /// longest silence and the suggestion say little.
    is_complete: bool,
}

/// Says how often the silence alarm would have sounded in the last 14 days with these settings, and suggests a threshold. Keeps nothing.
#[utoipa::path(
    post, path = "/log-source-alarms/{sourceId}/{type}/rehearsal", tag = "Log source alarms", operation_id = "rehearse_alarm",
    params(
        ("sourceId" = uuid::Uuid, Path, description = "The log source"),
        ("type" = String, Path, description = "What it watches: `SOURCE_NO_DATA`, as nothing else can be rehearsed"),
    ),
    request_body = AlarmSettingsBody,
    responses(
        (status = 200, description = "What it would have done", body = Rehearsal),
        (status = 409, description = "Nothing of the last 14 days has been read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Others are being rehearsed", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn make(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Segments((source, kind)): Segments<(String, String)>,
    body: Body<AlarmSettingsBody>,
) -> Result<Json<Rehearsal>, Problem> {
    let (id, kind) = named(&source, &kind)?;
    if kind != AlarmKind::DropOff {
        let text = "only SOURCE_NO_DATA can be rehearsed: the others are about what is not kept";
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let settings = AlarmForm::from(body.value).settings(kind)?;
    let (store, lake) = (&api.line.store, &api.line.lake);
    let source = store.source(id).await?;
    let ledger = store.ledger(id).await?;
    let slot = api.bench.slot()?;
    let rehearsed = rehearse(lake, &source, &ledger, &settings, api.line.clock.now()).await?;
    drop(slot);
    let Some(rehearsed) = rehearsed else {
        let text = "nothing of the last 14 days has been read\nhint: try again after a poll";
        return Err(Problem::new(Code::Conflict, text));
    };
    Ok(Json(body_of(rehearsed, settings.threshold)))
}

fn body_of(rehearsed: Rehearsed, threshold: Duration) -> Rehearsal {
    let minutes = |duration: Duration| duration.as_secs() / 60;
    Rehearsal {
        from: time::written(rehearsed.from),
        to: time::written(rehearsed.to),
        minutes_threshold: minutes(threshold),
        alarms: rehearsed.alarms,
        longest_silence_minutes: minutes(rehearsed.longest),
        minutes_threshold_suggested: minutes(rehearsed.suggested),
        is_complete: rehearsed.is_complete,
    }
}
