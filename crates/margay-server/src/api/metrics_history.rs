//! `/metrics-history`: what flowed through a log source over time.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use margay_schema::SourceId;
use margay_store::{FINE_KEPT, MeasureStep, Measures};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, SummaryRead};
use super::extract::{Params, parse_id};
use super::problem::{Code, Problem};
use super::time;

/// The most steps of an answer: two points for each pixel of a chart.
const STEPS_MAX: i64 = 5_000;
/// How far back it goes unless the client says otherwise.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
const SECONDS_PER_MINUTE: i64 = 60;

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
    /// From an event to its landing, on average, in milliseconds; null if none landed.
    lag_ms_average: Option<u64>,
    /// The longest of these; null if none landed.
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
    let wanted = Wanted::of(&query, now)?;
    let measured = api
        .line
        .store
        .measures(source.id, wanted.step, wanted.from, wanted.to)
        .await?;
    let mut steps: Vec<(Timestamp, Measures)> = Vec::new();
    let mut total = Measures::default();
    for (at, measures) in measured {
        let begin = floor(at, wanted.interval);
        total.add(&measures);
        match steps.last_mut().filter(|(last, _)| *last == begin) {
            Some((_, sum)) => sum.add(&measures),
            None => steps.push((begin, measures)),
        }
    }
    let shown = |(at, measures): (Timestamp, Measures)| Step {
        at: time::written(at),
        flow: flow(measures),
    };
    Ok(Json(MetricsHistory {
        source_id: source.id.to_string(),
        from: time::written(wanted.from),
        to: time::written(wanted.to),
        interval_minutes: wanted.interval / SECONDS_PER_MINUTE,
        steps: steps.into_iter().map(shown).collect(),
        total: flow(total),
    }))
}

/// What is wanted, on the edges of steps.
struct Wanted {
    from: Timestamp,
    to: Timestamp,
    /// In seconds.
    interval: i64,
    step: MeasureStep,
}

impl Wanted {
    fn of(query: &MeasureQuery, now: Timestamp) -> Result<Self, Problem> {
        let refused = |text: String| Err(Problem::new(Code::InvalidRequest, text));
        let read = |name: &str, text: &Option<String>| text.as_deref().map(|text| time::read(name, text)).transpose();
        let to = read("to", &query.to)?.unwrap_or(now);
        let from = read("from", &query.from)?.unwrap_or_else(|| to.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN));
        if from >= to {
            return refused("`from` is not before `to`".to_owned());
        }
        let minutes = i64::from(query.interval.unwrap_or(60));
        let coarse = seconds(MeasureStep::Coarse.duration());
        let interval = minutes * SECONDS_PER_MINUTE;
        if !(5..=44_640).contains(&minutes) || interval % seconds(MeasureStep::Fine.duration()) != 0 {
            return refused("`interval` is a multiple of 5 minutes, 44640 at most".to_owned());
        }
        let step = if interval % coarse == 0 {
            MeasureStep::Coarse
        } else {
            MeasureStep::Fine
        };
        let fine_since = now.as_second() - seconds(FINE_KEPT);
        if step == MeasureStep::Fine && from.as_second() < fine_since {
            return refused(
                "that long ago is only known by the hour\nhint: choose an `interval` that is a multiple of 60"
                    .to_owned(),
            );
        }
        // Whole steps: what is shown at a time is all that flowed in its step.
        let (from, to) = (floor(from, interval), ceiling(to, interval));
        let count = (to.as_second() - from.as_second()) / interval;
        if count > STEPS_MAX {
            return refused(format!(
                "that would be {count} steps, and {STEPS_MAX} are the most\nhint: choose a longer `interval`"
            ));
        }
        Ok(Self {
            from,
            to,
            interval,
            step,
        })
    }
}

fn floor(time: Timestamp, interval: i64) -> Timestamp {
    let second = time.as_second().div_euclid(interval) * interval;
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

fn ceiling(time: Timestamp, interval: i64) -> Timestamp {
    let begin = floor(time, interval);
    if begin == time {
        return time;
    }
    Timestamp::from_second(begin.as_second().saturating_add(interval)).unwrap_or(Timestamp::MAX)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn flow(measures: Measures) -> Flow {
    Flow {
        events: measures.events,
        bytes: measures.bytes,
        rejects: measures.rejects,
        polls: measures.polls,
        poll_errors: measures.poll_errors,
        lag_ms_average: measures.lag_ms_total.checked_div(measures.events),
        lag_ms_max: (measures.events > 0).then_some(measures.lag_ms_max),
    }
}
