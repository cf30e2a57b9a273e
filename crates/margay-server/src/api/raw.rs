//! `/tables/{table}/rows/{rowId}/raw`: what the vendor sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use margay_runtime::raw::{RawError, RowPlace, record_of};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::auth::{Allowed, DataAnalyticsRead};
use super::extract::{Params, Segments, parse_id};
use super::once::to_the_end;
use super::problem::{Code, Problem, ProblemBody};
use super::{Api, time};

/// Rows that are looked for at once: each may read a column of a whole table, and unpack an entry of the journal.
const LOOKS_MAX: usize = 2;

/// Places for looking.
#[derive(Debug, Clone)]
pub(crate) struct Looks(Arc<Semaphore>);

impl Default for Looks {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LOOKS_MAX)))
    }
}

/// What is known of the row besides its id.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowQuery {
    /// Its `p_event_time`. With it only the files of that day are read; without it, in a large table, it may take many seconds.
    #[param(format = DateTime)]
    event_time: Option<String>,
}

/// A record as the vendor sent it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RawRecord)]
pub(crate) struct RawBody {
    /// Its text, unchanged.
    raw: String,
    /// When it was read from the vendor.
    #[schema(format = DateTime)]
    read_at: String,
}

/// Shows the record that became a row, as the vendor sent it. Records are kept for 30 days after they landed; those that fitted no schema, for
/// good.
#[utoipa::path(
    get, path = "/tables/{table}/rows/{rowId}/raw", tag = "Queries", operation_id = "show_raw_record",
    params(
        ("table" = String, Path, description = "The table, such as `asana_audit`"),
        ("rowId" = uuid::Uuid, Path, description = "The row's `p_row_id`"),
        RowQuery,
    ),
    responses(
        (status = 200, description = "The record", body = RawBody),
        (status = 404, description = "There is no such row, or its record is not kept any more", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "As many rows are looked for as may be", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn show(
    _: Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Segments((table, row_id)): Segments<(String, String)>,
    Params(query): Params<RowQuery>,
) -> Result<Json<RawBody>, Problem> {
    let event_time = query
        .event_time
        .as_deref()
        .map(|text| time::read("eventTime", text))
        .transpose()?;
    let row_id = parse_id(&row_id)?;
    let Ok(look) = Arc::clone(&api.looks.0).try_acquire_owned() else {
        let text = format!("{LOOKS_MAX} rows are being looked for, and no more can be\nhint: try again in a moment");
        return Err(Problem::new(Code::TooManyAtWork, text));
    };
    // A client that goes away frees no place that the engine has not left.
    let record = to_the_end(async move {
        let place = RowPlace {
            table: &table,
            row_id,
            event_date: event_time.map(|time| time.to_zoned_datetime(TimeZone::UTC).date()),
        };
        let record = record_of(&api.line, place).await;
        drop(look);
        record.map_err(problem_of)
    })
    .await?;
    Ok(Json(RawBody {
        raw: record.text,
        read_at: time::written(record.read_at),
    }))
}

fn problem_of(error: RawError) -> Problem {
    match error {
        RawError::NoTable(_) | RawError::NoRow(_) | RawError::NotKept { .. } => Problem::new(Code::NotFound, error),
        RawError::Lake(error) => error.into(),
        RawError::Query(error) => error.into(),
        error => Problem::internal(&error),
    }
}
