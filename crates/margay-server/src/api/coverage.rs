//! `/log-sources/{id}/coverage`: what of a log is proven complete, by what, and what is missing.

use axum::Json;
use axum::extract::State;
use margay_connector::Window;
use margay_runtime::coverage::{Stretch, StretchState, stretches};
use margay_schema::SourceId;
use margay_store::{Evidence, WINDOWS_WAITING_MAX};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceRead};
use super::extract::Id;
use super::problem::Problem;
use super::time;

/// What of a log is proven complete.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Coverage {
    /// From when on it is to be complete; null if from its beginning.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Up to when something is proven; null if nothing is.
    #[schema(format = DateTime)]
    proven_through: Option<String>,
    /// What happened before cannot become visible late any more.
    #[schema(format = DateTime)]
    settled_through: Option<String>,
    /// Whether nothing is missing up to there.
    is_complete: bool,
    /// Event time in order.
    stretches: Vec<StretchBody>,
}

/// One stretch of event time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Stretch)]
pub(crate) struct StretchBody {
    /// Its first moment.
    #[schema(format = DateTime)]
    from: String,
    /// The first moment after it.
    #[schema(format = DateTime)]
    to: String,
    /// How it stands.
    state: StretchStateName,
    /// By what it is proven, or known to be lost; null if it is not.
    #[schema(example = "tail")]
    evidence: Option<&'static str>,
    /// When it was proven first.
    #[schema(format = DateTime)]
    first_proven_at: Option<String>,
    /// When it was proven last.
    #[schema(format = DateTime)]
    last_proven_at: Option<String>,
}

/// How a stretch of event time stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StretchState)]
pub(crate) enum StretchStateName {
    /// Everything of it is here.
    Complete,
    /// The vendor deleted it before it was read.
    Lost,
    /// It waits to be read.
    ToBeRead,
    /// Nothing is proven of it, and nothing waits: the next poll begins to fill it.
    Hole,
}

/// Shows what of a log is proven complete, and what is missing.
#[utoipa::path(
    get, path = "/log-sources/{id}/coverage", tag = "Log sources", operation_id = "show_coverage",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "Its coverage", body = Coverage)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<Coverage>, Problem> {
    let store = &api.line.store;
    let ledger = store.ledger(id).await?;
    let waiting: Vec<Window> = store
        .waiting_windows(id, WINDOWS_WAITING_MAX)
        .await?
        .iter()
        .filter_map(|window| Window::new(window.from, window.to))
        .collect();
    let stretches = stretches(&ledger, &waiting);
    Ok(Json(Coverage {
        since: ledger.since.map(time::written),
        proven_through: ledger.proven_through().map(time::written),
        settled_through: ledger.settled_through.map(time::written),
        is_complete: !stretches.is_empty() && stretches.iter().all(|stretch| stretch.state == StretchState::Complete),
        stretches: stretches.iter().map(body).collect(),
    }))
}

fn body(stretch: &Stretch) -> StretchBody {
    StretchBody {
        from: time::written(stretch.from),
        to: time::written(stretch.to),
        state: match stretch.state {
            StretchState::Complete => StretchStateName::Complete,
            StretchState::Lost => StretchStateName::Lost,
            StretchState::ToBeRead => StretchStateName::ToBeRead,
            StretchState::Hole => StretchStateName::Hole,
        },
        evidence: stretch.evidence.map(Evidence::as_str),
        first_proven_at: stretch.proven.map(|(first, _)| time::written(first)),
        last_proven_at: stretch.proven.map(|(_, last)| time::written(last)),
    }
}
