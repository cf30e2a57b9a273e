//! `/log-sources/{id}/health`: what of a log source works.

use axum::Json;
use axum::extract::State;
use margay_runtime::health::SourceState;
use margay_schema::SourceId;
use margay_store::{Consumer, HealthCheck, Round};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceRead};
use super::extract::Id;
use super::log_source::SourceStateName;
use super::problem::Problem;
use super::time;

/// So many polls that failed are shown, the newest ones.
const PROBLEMS_SHOWN_MAX: usize = 10;

/// How a log source is, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// In one word.
    state: SourceStateName,
    /// What was looked at.
    checks: Vec<Check>,
    /// How polls go.
    polls: Polls,
    /// How records reach the lake.
    landing: Landing,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HealthCheck)]
pub(crate) struct Check {
    /// What it is.
    #[schema(example = "token")]
    name: &'static str,
    /// Whether it worked when it was looked at last.
    is_healthy: bool,
    /// When it last worked.
    #[schema(format = DateTime)]
    last_success_at: Option<String>,
    /// When it last did not.
    #[schema(format = DateTime)]
    last_failure_at: Option<String>,
    /// What the last look found.
    message: String,
    /// What the vendor said then.
    raw: Option<String>,
}

/// How polls go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Polls {
    /// The last one.
    last: Option<Poll>,
    /// When one last ended well.
    #[schema(format = DateTime)]
    last_success_at: Option<String>,
    /// How many have failed since.
    consecutive_failures: u64,
    /// When the first of these failed.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// Until when the vendor is left alone.
    #[schema(format = DateTime)]
    waiting_until: Option<String>,
    /// The newest ones that failed.
    problems: Vec<Poll>,
}

/// A poll.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Poll {
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    finished_at: String,
    /// How it ended.
    #[schema(example = "drained")]
    outcome: &'static str,
    /// What went wrong.
    problem: Option<String>,
    /// Pages that were read.
    pages: u64,
    /// Records that were new.
    records_new: u64,
}

/// How records reach the lake.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Landing {
    /// Since when the oldest record waits that has not landed; null if none waits.
    #[schema(format = DateTime)]
    waiting_since: Option<String>,
    /// The last record that no schema accepted: when.
    #[schema(format = DateTime)]
    last_reject_at: Option<String>,
    /// And why.
    last_reject_reason: Option<String>,
}

/// Shows what of a log source works.
#[utoipa::path(
    get, path = "/log-sources/{id}/health", tag = "Log sources", operation_id = "show_health",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "Its health", body = Health)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<Health>, Problem> {
    let store = &api.line.store;
    let source = store.source(id).await?;
    let polls = store.poll_status(id).await?;
    let checks = store.health_checks(id).await?;
    let state = SourceState::of(&source, &polls, &checks).into();
    let problems = store.round_problems(id).await?;
    let reject = store.last_reject(id).await?;
    let waiting_since = store.waiting_since(Consumer::Landing, id).await?;
    let waiting_until = polls.paused_until(api.line.clock.now());
    Ok(Json(Health {
        state,
        checks: checks.into_iter().map(check).collect(),
        polls: Polls {
            last: polls.last_round.map(poll),
            last_success_at: polls.last_success_at.map(time::written),
            consecutive_failures: polls.consecutive_failures,
            failing_since: polls.failing_since.map(time::written),
            waiting_until: waiting_until.map(time::written),
            problems: problems.into_iter().take(PROBLEMS_SHOWN_MAX).map(poll).collect(),
        },
        landing: Landing {
            waiting_since: waiting_since.map(time::written),
            last_reject_at: reject.as_ref().map(|reject| time::written(reject.at)),
            last_reject_reason: reject.map(|reject| reject.reason),
        },
    }))
}

fn check(check: HealthCheck) -> Check {
    Check {
        name: check.name.as_str(),
        is_healthy: check.is_healthy(),
        last_success_at: check.last_success_at.map(time::written),
        last_failure_at: check.last_failure_at.map(time::written),
        message: check.message,
        raw: check.raw,
    }
}

fn poll(round: Round) -> Poll {
    Poll {
        started_at: time::written(round.started_at),
        finished_at: time::written(round.finished_at),
        outcome: round.kind.as_str(),
        problem: round.problem,
        pages: round.pages,
        records_new: round.records_new,
    }
}
