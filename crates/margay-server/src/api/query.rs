//! `/queries`: SQL over the lake, begun, watched, cancelled, and its rows read.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body as AnswerBody, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::stream;
use jiff::Timestamp;
use margay_lake::{Cell, Column};
use margay_runtime::query::{
    Cut, QUERY_TIMEOUT_DEFAULT, QUERY_TIMEOUT_MAX, Queries, Query, QueryId, QueryPage, QueryState,
};
use margay_runtime::row_text::{plain_text, rfc_3339, write_csv, write_object};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, DataAnalyticsRead};
use super::extract::{Body, Id, Params};
use super::problem::{Code, Problem, ProblemBody, code_of};
use super::time;

/// Rows of a page unless the client says otherwise.
const ROWS_DEFAULT: u16 = 100;
/// The most rows of a page.
const ROWS_MAX: u16 = 1_000;
/// Rows of an export that are written at once.
const EXPORT_ROWS_AT_ONCE: usize = 500;

/// A query to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewQuery {
    /// One statement that reads.
    #[schema(
        max_length = 65_536,
        example = "select event_type, count(*) from asana_audit where p_occurs_since('1 d') group by 1"
    )]
    sql: String,
    /// How long it may run, in seconds; 60 unless given.
    #[schema(minimum = 1, maximum = 600)]
    timeout_seconds: Option<u64>,
}

/// A query and how it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Query)]
pub(crate) struct QueryBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The statement.
    sql: String,
    /// How it stands.
    state: QueryStateName,
    /// The columns of its rows; null until it is planned.
    columns: Option<Vec<ColumnBody>>,
    /// Rows that have come so far.
    row_count: usize,
    /// About how many bytes of memory these take.
    bytes: usize,
    /// Which limit cut the rows: `rows` (50,000) or `bytes` (32 MiB); null if they are all.
    cut_by: Option<&'static str>,
    /// How long it may run.
    timeout_seconds: u64,
    /// When it was begun.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// How long its plan took, in milliseconds.
    planning_ms: Option<u64>,
    /// How long it took, or has been at work, in milliseconds.
    duration_ms: u64,
    /// Until when its rows can be read; null while it runs, and once they are forgotten.
    #[schema(format = DateTime)]
    results_until: Option<String>,
    /// What it failed on.
    problem: Option<QueryProblem>,
}

/// How a query stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QueryState)]
pub(crate) enum QueryStateName {
    /// It is at work.
    Running,
    /// It has come to its end, or to a limit.
    Succeeded,
    /// It has not; the rows that came before can be read.
    Failed,
    /// It was cancelled; the rows that came before can be read.
    Cancelled,
}

/// A column of an answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QueryColumn)]
pub(crate) struct ColumnBody {
    /// Its name.
    name: String,
    /// What its values are. `integer` and `decimal` are strings of digits, so that no client rounds them; `float` is a number, or one of
    /// the strings `NaN`, `inf`, `-inf`; `timestamp` is RFC 3339, UTC; `json` is a string that holds JSON.
    #[serde(rename = "type")]
    column_type: ColumnTypeName,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ColumnType)]
pub(crate) enum ColumnTypeName {
    /// Nothing but null.
    Null,
    /// True or false.
    Boolean,
    /// A whole number, as a string.
    Integer,
    /// A number, or one of the strings `NaN`, `inf`, `-inf`.
    Float,
    /// A number whose digits all count, as a string.
    Decimal,
    /// Text.
    Text,
    /// RFC 3339, UTC.
    Timestamp,
    /// A string that holds JSON.
    Json,
}

impl From<margay_lake::ColumnType> for ColumnTypeName {
    fn from(column_type: margay_lake::ColumnType) -> Self {
        match column_type {
            margay_lake::ColumnType::Null => Self::Null,
            margay_lake::ColumnType::Boolean => Self::Boolean,
            margay_lake::ColumnType::Integer => Self::Integer,
            margay_lake::ColumnType::Float => Self::Float,
            margay_lake::ColumnType::Decimal => Self::Decimal,
            margay_lake::ColumnType::Text => Self::Text,
            margay_lake::ColumnType::Timestamp => Self::Timestamp,
            margay_lake::ColumnType::Json => Self::Json,
        }
    }
}

/// What a query failed on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryProblem {
    /// What kind of failure it is, for programs.
    #[schema(example = "timed_out")]
    code: &'static str,
    /// What happened.
    detail: String,
    /// What to do about it.
    hint: Option<String>,
    /// The line of the statement, counted from 1, if it is known.
    line: Option<u64>,
    /// The column in that line.
    column: Option<u64>,
}

/// Queries of one token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryList {
    results: Vec<QueryBody>,
}

/// Rows of a query.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryResults {
    /// How the query stands.
    state: QueryStateName,
    /// The columns; none until it is planned.
    columns: Vec<ColumnBody>,
    /// The rows, each with a value for each column.
    rows: Vec<Vec<Value>>,
    /// The cursor of the next rows; null after the last. While the query runs there may be none yet: ask again.
    next: Option<String>,
}

/// Which rows are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowsQuery {
    /// How many, 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Where to go on: `next` of the rows before.
    #[param(max_length = 20)]
    cursor: Option<String>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    /// RFC 4180, with a line of names.
    Csv,
    /// One JSON object a line. Numbers have all their digits, nested values are JSON.
    Ndjson,
}

/// How rows are exported.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// The form.
    #[param(inline)]
    format: ExportFormat,
}

/// Begins a query. A statement that cannot be planned is refused with the place of what is wrong; everything else is told by the query.
#[utoipa::path(
    post, path = "/queries", tag = "Queries", operation_id = "create_query", request_body = NewQuery,
    responses(
        (status = 201, description = "The query, which runs", body = QueryBody),
        (status = 429, description = "As many queries are at work as there may be", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    body: Body<NewQuery>,
) -> Result<(StatusCode, Json<QueryBody>), Problem> {
    let NewQuery { sql, timeout_seconds } = body.value;
    let timeout = timeout_seconds.map_or(QUERY_TIMEOUT_DEFAULT, Duration::from_secs);
    if timeout.is_zero() || timeout > QUERY_TIMEOUT_MAX {
        let text = format!("`timeoutSeconds` is 1 to {}", QUERY_TIMEOUT_MAX.as_secs());
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let query = api.queries.begin(&actor.0.id.to_string(), &sql, timeout).await?;
    Ok((StatusCode::CREATED, Json(shown(query, api.line.clock.now()))))
}

/// Lists the queries that this token began, the newest first, as far as the server remembers them: 50, and none after a restart.
#[utoipa::path(
    get, path = "/queries", tag = "Queries", operation_id = "list_queries",
    responses((status = 200, description = "Its queries", body = QueryList)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn list(Allowed(actor, _): Allowed<DataAnalyticsRead>, State(api): State<Api>) -> Json<QueryList> {
    let now = api.line.clock.now();
    let queries = api.queries.list(&actor.0.id.to_string());
    Json(QueryList {
        results: queries.into_iter().map(|query| shown(query, now)).collect(),
    })
}

/// Shows how a query stands.
#[utoipa::path(
    get, path = "/queries/{id}", tag = "Queries", operation_id = "show_query",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The query", body = QueryBody)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn show(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Id(id): Id<QueryId>,
) -> Result<Json<QueryBody>, Problem> {
    let query = api.queries.look(&actor.0.id.to_string(), id)?;
    Ok(Json(shown(query, api.line.clock.now())))
}

/// Stops a query. One that has ended stays as it is.
#[utoipa::path(
    post, path = "/queries/{id}/cancel", tag = "Queries", operation_id = "cancel_query",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The query", body = QueryBody)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn cancel(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Id(id): Id<QueryId>,
) -> Result<Json<QueryBody>, Problem> {
    let query = api.queries.cancel(&actor.0.id.to_string(), id)?;
    Ok(Json(shown(query, api.line.clock.now())))
}

/// Reads rows of a query, also while it runs.
#[utoipa::path(
    get, path = "/queries/{id}/results", tag = "Queries", operation_id = "read_query_results",
    params(("id" = uuid::Uuid, Path, description = "The query"), RowsQuery),
    responses(
        (status = 200, description = "Rows", body = QueryResults),
        (status = 410, description = "The rows are forgotten, ten minutes after the query's end", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn results(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Id(id): Id<QueryId>,
    Params(wanted): Params<RowsQuery>,
) -> Result<Json<QueryResults>, Problem> {
    let limit = wanted.limit.unwrap_or(ROWS_DEFAULT);
    if !(1..=ROWS_MAX).contains(&limit) {
        let text = format!("`limit` is 1 to {ROWS_MAX}, not {limit}");
        return Err(Problem::new(Code::InvalidRequest, text));
    }
    let unknown = |_| {
        Problem::new(
            Code::InvalidRequest,
            "`cursor` is none that these rows gave\nhint: begin without it",
        )
    };
    let from: u32 = wanted.cursor.map_or(Ok(0), |cursor| cursor.parse()).map_err(unknown)?;
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let asker = actor.0.id.to_string();
    let QueryPage { query, rows } = api.queries.rows(&asker, id, from, usize::from(limit))?;
    let end = from.saturating_add(rows.len());
    let has_more = query.state == QueryState::Running || end < query.row_count;
    Ok(Json(QueryResults {
        state: state_name(&query.state),
        columns: query.columns.as_deref().map(columns).unwrap_or_default(),
        rows: rows.iter().map(|row| row.iter().map(value).collect()).collect(),
        next: has_more.then(|| end.to_string()),
    }))
}

/// Writes all rows of a query that has ended, as a file.
#[utoipa::path(
    get, path = "/queries/{id}/export", tag = "Queries", operation_id = "export_query",
    params(("id" = uuid::Uuid, Path, description = "The query"), ExportQuery),
    responses(
        (status = 200, description = "The rows", content((String = "text/csv"), (String = "application/x-ndjson"))),
        (status = 409, description = "The query still runs", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "The rows are forgotten, ten minutes after the query's end", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn export(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Id(id): Id<QueryId>,
    Params(ExportQuery { format }): Params<ExportQuery>,
) -> Result<Response, Problem> {
    let asker = actor.0.id.to_string();
    let query = api.queries.rows(&asker, id, 0, 0)?.query;
    if query.state == QueryState::Running {
        let text = "the query still runs\nhint: wait for its end, or cancel it";
        return Err(Problem::new(Code::Conflict, text));
    }
    let (media_type, extension) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        ExportFormat::Ndjson => ("application/x-ndjson", "ndjson"),
    };
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"query-{id}.{extension}\""),
        ),
    ];
    let export = Export {
        queries: api.queries.clone(),
        asker,
        id,
        format,
        names: query
            .columns
            .iter()
            .flat_map(|columns| columns.iter())
            .map(|column| column.name.clone())
            .collect(),
        next: None,
    };
    // Rows are looked up piece by piece: a client that reads slowly does not keep what is forgotten meanwhile.
    let pieces = stream::unfold(Some(export), |export| async {
        let mut export = export?;
        match export.piece() {
            Ok(Some(piece)) => Some((Ok(piece), Some(export))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok((headers, AnswerBody::from_stream(pieces)).into_response())
}

/// An export that is under way.
struct Export {
    queries: Queries,
    asker: String,
    id: QueryId,
    format: ExportFormat,
    names: Vec<String>,
    /// The next row; none before the names are written.
    next: Option<usize>,
}

impl Export {
    /// Returns the next piece of the file. An error ends the connection, so that the client knows that the file is not whole.
    fn piece(&mut self) -> io::Result<Option<Bytes>> {
        let mut out = Vec::new();
        let Some(from) = self.next else {
            self.next = Some(0);
            if let ExportFormat::Csv = self.format {
                write_csv(&mut out, &self.names)?;
            }
            return Ok(Some(out.into()));
        };
        let page = self.queries.rows(&self.asker, self.id, from, EXPORT_ROWS_AT_ONCE);
        let rows = page.map_err(io::Error::other)?.rows;
        if rows.is_empty() {
            return Ok(None);
        }
        self.next = Some(from + rows.len());
        for row in &rows {
            self.write(&mut out, row)?;
        }
        Ok(Some(out.into()))
    }

    fn write(&self, out: &mut Vec<u8>, row: &Arc<[Cell]>) -> io::Result<()> {
        match self.format {
            ExportFormat::Csv => write_csv(out, &row.iter().map(plain_text).collect::<Vec<_>>()),
            ExportFormat::Ndjson => {
                write_object(out, &self.names, row)?;
                out.push(b'\n');
                Ok(())
            }
        }
    }
}

fn shown(query: Query, now: Timestamp) -> QueryBody {
    let since = |end: Timestamp| {
        let milliseconds = end.duration_since(query.began_at).as_millis();
        u64::try_from(milliseconds).unwrap_or_default()
    };
    let problem = match &query.state {
        QueryState::Failed(error) => Some(QueryProblem {
            code: code_of(error.kind).name(),
            detail: error.message.clone(),
            hint: error.hint.clone(),
            line: error.place.map(|place| place.line),
            column: error.place.map(|place| place.column),
        }),
        _ => None,
    };
    QueryBody {
        id: query.id.to_string(),
        sql: query.sql.to_string(),
        state: state_name(&query.state),
        columns: query.columns.as_deref().map(columns),
        row_count: query.row_count,
        bytes: query.bytes,
        cut_by: query.cut.map(|cut| match cut {
            Cut::Rows => "rows",
            Cut::Bytes => "bytes",
        }),
        timeout_seconds: query.timeout.as_secs(),
        started_at: time::written(query.began_at),
        ended_at: query.ended_at.map(time::written),
        planning_ms: query.planned_at.map(since),
        duration_ms: since(query.ended_at.unwrap_or(now)),
        results_until: query.results_until.map(time::written),
        problem,
    }
}

fn state_name(state: &QueryState) -> QueryStateName {
    match state {
        QueryState::Running => QueryStateName::Running,
        QueryState::Succeeded => QueryStateName::Succeeded,
        QueryState::Failed(_) => QueryStateName::Failed,
        QueryState::Cancelled => QueryStateName::Cancelled,
    }
}

fn columns(columns: &[Column]) -> Vec<ColumnBody> {
    let body = |column: &Column| ColumnBody {
        name: column.name.clone(),
        column_type: column.column_type.into(),
    };
    columns.iter().map(body).collect()
}

/// A cell as it is sent: numbers that a client may round are strings.
fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(value) => Value::Bool(*value),
        Cell::Integer(value) => Value::String(value.to_string()),
        Cell::Unsigned(value) => Value::String(value.to_string()),
        Cell::Float(value) => {
            serde_json::Number::from_f64(*value).map_or_else(|| Value::String(value.to_string()), Value::Number)
        }
        Cell::Text(value) | Cell::Json(value) => Value::String(value.clone()),
        Cell::Time(microseconds) => Value::String(rfc_3339(*microseconds)),
    }
}
