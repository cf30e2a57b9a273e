//! `/log-sources/{id}/backfills`: what is read beside the live tail.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use margay_connector::Window;
use margay_connector::asana::RETENTION;
use margay_runtime::backfill;
use margay_schema::SourceId;
use margay_store::Backfill;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Id};
use super::problem::{Code, Problem, ProblemBody};
use super::time;

/// The backfills of a log source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackfillList {
    results: Vec<BackfillBody>,
}

/// A backfill and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Backfill)]
pub(crate) struct BackfillBody {
    /// Its number.
    number: i64,
    /// Its first moment of event time.
    #[schema(format = DateTime)]
    from: String,
    /// The first moment after it.
    #[schema(format = DateTime)]
    to: String,
    /// Why it was begun: `initial`, `hole` or `asked`.
    #[schema(example = "asked")]
    reason: &'static str,
    /// When.
    #[schema(format = DateTime)]
    begun_at: String,
    /// When its last window was read; null while windows wait.
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// Its windows.
    windows_total: u64,
    /// Those that were read to their end.
    windows_done: u64,
    /// Pages that were read.
    pages: u64,
    /// Records that were new.
    records_new: u64,
    /// Records that were there before.
    records_known: u64,
}

/// Event time to read again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBackfill {
    /// From when on. The vendor has 90 days, and it begins there if this is earlier.
    #[schema(format = DateTime)]
    from: String,
    /// Until when, exclusive; now unless given.
    #[schema(format = DateTime)]
    to: Option<String>,
}

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackfillAsked {
    /// Its first moment of event time.
    #[schema(format = DateTime)]
    from: String,
    /// The first moment after it.
    #[schema(format = DateTime)]
    to: String,
    /// Windows that will be read.
    windows: usize,
}

/// Lists the backfills of a log source, the newest first.
#[utoipa::path(
    get, path = "/log-sources/{id}/backfills", tag = "Log sources", operation_id = "list_backfills",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "Its backfills", body = BackfillList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<BackfillList>, Problem> {
    let backfills = api.line.store.backfills(id).await?;
    Ok(Json(BackfillList {
        results: backfills.iter().map(body).collect(),
    }))
}

/// Has event time read again, window by window, beside the live tail. What is there already is not doubled.
#[utoipa::path(
    post, path = "/log-sources/{id}/backfills", tag = "Log sources", operation_id = "create_backfill", request_body = NewBackfill,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 201, description = "It begins within a minute", body = BackfillAsked),
        (status = 409, description = "As much waits as may wait", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn create(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    asked: Body<NewBackfill>,
) -> Result<(StatusCode, Json<BackfillAsked>), Problem> {
    let (store, now) = (&api.line.store, api.line.clock.now());
    let source = store.source(id).await?;
    let from = time::given("from", &asked.value.from)?;
    let to = asked.value.to.as_deref().map_or(Ok(now), |to| time::given("to", to))?;
    if to > now {
        let text = "`to` is in the future: the live tail reads what comes";
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let oldest_kept = now.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN);
    let window = Window::new(from.max(oldest_kept), to).ok_or_else(|| {
        let text = "there is nothing between `from` and `to` that the vendor still keeps";
        Problem::new(Code::InvalidValue, text)
    })?;
    let windows = backfill::ask(store, &source, window, now).await?;
    let asked = BackfillAsked {
        from: time::written(window.from()),
        to: time::written(window.to()),
        windows,
    };
    Ok((StatusCode::CREATED, Json(asked)))
}

fn body(backfill: &Backfill) -> BackfillBody {
    BackfillBody {
        number: backfill.id.get(),
        from: time::written(backfill.from),
        to: time::written(backfill.to),
        reason: backfill.reason.as_str(),
        begun_at: time::written(backfill.begun_at),
        finished_at: backfill.finished_at.map(time::written),
        windows_total: backfill.windows_total,
        windows_done: backfill.windows_done,
        pages: backfill.pages,
        records_new: backfill.records_new,
        records_known: backfill.records_known,
    }
}
