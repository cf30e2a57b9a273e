//! `/log-sources/{id}/health/history` and `/log-sources/{id}/history`: what worked and when it did not, and the story of a source.

use axum::Json;
use axum::extract::State;
use margay_schema::SourceId;
use margay_store::{HealthChange, Note};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceRead};
use super::extract::{Id, Params};
use super::page;
use super::problem::{Code, Problem};
use super::time;

/// So many notes are shown unless the client says otherwise.
const NOTES_DEFAULT: u16 = 100;
/// The most notes that are shown: all that are kept.
const NOTES_MAX: u16 = 1_000;

/// A page of changes of a log source's health.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthHistory {
    results: Vec<HealthChangeBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// When a look at a thing found otherwise than the look before.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HealthChange)]
pub(crate) struct HealthChangeBody {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What was looked at.
    #[schema(example = "token")]
    name: &'static str,
    /// Whether it worked from then on.
    is_healthy: bool,
    /// What was found.
    message: String,
    /// What the vendor said, as it said it.
    raw: Option<String>,
}

/// Which changes are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesQuery {
    /// How many, 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 20)]
    cursor: Option<String>,
}

/// The story of a log source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    results: Vec<NoteBody>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Note)]
pub(crate) struct NoteBody {
    /// When it happened first.
    #[schema(format = DateTime)]
    first_at: String,
    /// When it happened last, without anything else between.
    #[schema(format = DateTime)]
    last_at: String,
    /// How many times.
    count: u64,
    /// What it is about.
    #[schema(example = "token_refused")]
    kind: &'static str,
    /// What happened.
    text: String,
}

/// How many notes are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotesQuery {
    /// How many, 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

/// Lists when what works of a log source changed, the newest first. The last 2,000 changes are kept.
#[utoipa::path(
    get, path = "/log-sources/{id}/health/history", tag = "Log sources", operation_id = "list_health_history",
    params(("id" = uuid::Uuid, Path, description = "Its id"), ChangesQuery),
    responses((status = 200, description = "A page of changes", body = HealthHistory)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn health(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    Params(query): Params<ChangesQuery>,
) -> Result<Json<HealthHistory>, Problem> {
    let wanted = page::wanted::<u64>(query.limit, query.cursor.as_deref())?;
    let mut changes = api
        .line
        .store
        .health_changes(id, wanted.after, wanted.limit + 1)
        .await?;
    let next = page::next(&mut changes, |change| change.number, wanted.limit);
    Ok(Json(HealthHistory {
        results: changes.into_iter().map(change).collect(),
        next,
    }))
}

/// Tells the story of a log source, the newest first. The last 1,000 notes are kept.
#[utoipa::path(
    get, path = "/log-sources/{id}/history", tag = "Log sources", operation_id = "list_history",
    params(("id" = uuid::Uuid, Path, description = "Its id"), NotesQuery),
    responses((status = 200, description = "What happened", body = History)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn notes(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    Params(query): Params<NotesQuery>,
) -> Result<Json<History>, Problem> {
    let limit = query.limit.unwrap_or(NOTES_DEFAULT);
    if !(1..=NOTES_MAX).contains(&limit) {
        let text = format!("`limit` is 1 to {NOTES_MAX}, not {limit}");
        return Err(Problem::new(Code::InvalidRequest, text));
    }
    let notes = api.line.store.history(id, usize::from(limit)).await?;
    Ok(Json(History {
        results: notes.into_iter().map(note).collect(),
    }))
}

fn change(change: HealthChange) -> HealthChangeBody {
    HealthChangeBody {
        at: time::written(change.at),
        name: change.name.as_str(),
        is_healthy: change.is_healthy,
        message: change.message,
        raw: change.raw,
    }
}

fn note(note: Note) -> NoteBody {
    NoteBody {
        first_at: time::written(note.first_at),
        last_at: time::written(note.last_at),
        count: note.count,
        kind: note.kind.as_str(),
        text: note.text,
    }
}
