//! `/metrics-history`: what flowed through a log source over time.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use margay_runtime::measure::MeasureRange;
use margay_schema::SourceId;
use margay_store::Measures;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, SummaryRead};
use super::extract::{Params, parse_id};
use super::problem::{Code, Problem};
use super::time;

/// How far back it goes unless the client says otherwise.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How long a step is unless the client says otherwise, in minutes.
const INTERVAL_MINUTES_DEFAULT: u32 = 60;

/// Which measures are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MeasureQuery {
    /// The log source.
    #[param(format = Uuid)]
    source: String,
    /// From when on; a day ago unless given.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Until when, exclusive; now unless given.
    #[param(format = DateTime)]
    to: Option<String>,
    /// How long a step is, in minutes: a multiple of 5 for the last 15 days, of 60 before; 60 unless given.
    #[param(minimum = 5, maximum = 44_640, multiple_of = 5)]
    interval: Option<u32>,
}

/// What flowed through a log source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricsHistory {
    /// The log source.
    #[schema(format = Uuid)]
    source_id: String,
    /// The beginning of the first step.
    #[schema(format = DateTime)]
    from: String,
    /// The end of the last step, exclusive.
    #[schema(format = DateTime)]
    to: String,
    /// How long a step is, in minutes.
    interval_minutes: i64,
    /// The steps in which something flowed, in order.
    steps: Vec<Step>,
    /// All of it.
    total: Flow,
}

/// What flowed in one step.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Step {
    /// Its beginning.
    #[schema(format = DateTime)]
    at: String,
    /// What flowed.
    #[serde(flatten)]
    flow: Flow,
}

/// What flowed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Flow {
    /// Events that landed.
    events: u64,
    /// Bytes of their records, as the vendor sent them.
    bytes: u64,
    /// Records that no schema accepted.
    rejects: u64,
    /// Polls.
    polls: u64,
    /// Polls that failed.
    poll_errors: u64,
    /// From an event to its landing, in milliseconds, on average over the events from after the log source was added; null if none of
    /// these landed, or if it was before these were counted.
    lag_ms_average: Option<u64>,
    /// The longest of these; null if none of them landed.
    lag_ms_max: Option<u64>,
}

/// Shows what flowed through a log source over time.
#[utoipa::path(
    get, path = "/metrics-history", tag = "Metrics", operation_id = "show_metrics_history", params(MeasureQuery),
    responses(
        (status = 200, description = "What flowed", body = MetricsHistory),
        (status = 404, description = "There is no such log source", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("SummaryRead")))
)]
pub(crate) async fn show(
    _: Allowed<SummaryRead>,
    State(api): State<Api>,
    Params(query): Params<MeasureQuery>,
) -> Result<Json<MetricsHistory>, Problem> {
    let now = api.line.clock.now();
    let source = api.line.store.source(parse_id::<SourceId>(&query.source)?).await?;
    let range = wanted(&query, now)?;
    let steps = range.read(&api.line.store, source.id).await?;
    let mut total = Measures::default();
    for (_, measures) in &steps {
        total.add(measures);
    }
    let shown = |(at, measures): (Timestamp, Measures)| Step {
        at: time::written(at),
        flow: flow(measures),
    };
    Ok(Json(MetricsHistory {
        source_id: source.id.to_string(),
        from: time::written(range.from),
        to: time::written(range.to),
        interval_minutes: range.interval_minutes(),
        steps: steps.into_iter().map(shown).collect(),
        total: flow(total),
    }))
}

/// Reads what is wanted.
fn wanted(query: &MeasureQuery, now: Timestamp) -> Result<MeasureRange, Problem> {
    let read = |name: &str, text: &Option<String>| text.as_deref().map(|text| time::read(name, text)).transpose();
    let to = read("to", &query.to)?.unwrap_or(now);
    let from = read("from", &query.from)?.unwrap_or_else(|| to.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN));
    let minutes = query.interval.unwrap_or(INTERVAL_MINUTES_DEFAULT);
    let interval = Duration::from_secs(u64::from(minutes) * 60);
    MeasureRange::new(from, to, interval, now).map_err(|error| Problem::new(Code::InvalidRequest, error))
}

fn flow(measures: Measures) -> Flow {
    Flow {
        events: measures.events,
        bytes: measures.bytes,
        rejects: measures.rejects,
        polls: measures.polls,
        poll_errors: measures.poll_errors,
        lag_ms_average: measures.lag_ms_average(),
        lag_ms_max: measures.lag_ms_longest(),
    }
}
