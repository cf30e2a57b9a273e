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
use margay_lake::Cell;
use margay_runtime::query::{
    QUERY_TIMEOUT_DEFAULT, QUERY_TIMEOUT_MAX, Queries, QueryId, QueryPage, QueryPurpose, QueryState,
};
use margay_runtime::row_text::{plain_text, write_csv, write_object};
use margay_store::{AuditObject, acting_now};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, DataAnalyticsRead};
use super::extract::{Body, Id, Params};
use super::problem::{Code, Problem, ProblemBody};

mod body;

pub(crate) use body::{ColumnBody, ColumnTypeName, QueryBody, QueryStateName};
use body::{columns, shown, state_name, value};

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
    /// What it is for; `search` unless given.
    purpose: Option<QueryPurposeName>,
}

/// What a query is for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QueryPurpose)]
pub(crate) enum QueryPurposeName {
    /// Somebody wants to see its rows. The last 50 are remembered.
    Search,
    /// A client asks it to show more of a search, such as counts: it is not listed unless asked for, and the last 10 are remembered beside
    /// the searches.
    Aid,
}

impl From<QueryPurposeName> for QueryPurpose {
    fn from(name: QueryPurposeName) -> Self {
        match name {
            QueryPurposeName::Search => Self::Search,
            QueryPurposeName::Aid => Self::Aid,
        }
    }
}

impl From<QueryPurpose> for QueryPurposeName {
    fn from(purpose: QueryPurpose) -> Self {
        match purpose {
            QueryPurpose::Search => Self::Search,
            QueryPurpose::Aid => Self::Aid,
        }
    }
}

/// Which queries are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueriesQuery {
    /// What is listed besides searches.
    #[param(inline)]
    include: Option<QueriesInclude>,
}

/// What is listed besides searches.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum QueriesInclude {
    /// Queries whose purpose is `aid`.
    Aids,
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
    let NewQuery {
        sql,
        timeout_seconds,
        purpose,
    } = body.value;
    let purpose = purpose.map_or(QueryPurpose::Search, QueryPurpose::from);
    let timeout = timeout_seconds.map_or(QUERY_TIMEOUT_DEFAULT, Duration::from_secs);
    if timeout.is_zero() || timeout > QUERY_TIMEOUT_MAX {
        let text = format!("`timeoutSeconds` is 1 to {}", QUERY_TIMEOUT_MAX.as_secs());
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let query = api.queries.begin(&actor.id(), &sql, purpose, timeout).await?;
    Ok((StatusCode::CREATED, Json(shown(&query, api.line.clock.now()))))
}

/// Lists the searches that this token began, the newest first, as far as the server remembers them: 50, and none after a restart.
#[utoipa::path(
    get, path = "/queries", tag = "Queries", operation_id = "list_queries", params(QueriesQuery),
    responses((status = 200, description = "Its queries", body = QueryList)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn list(
    Allowed(actor, _): Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Params(QueriesQuery { include }): Params<QueriesQuery>,
) -> Json<QueryList> {
    let now = api.line.clock.now();
    let queries = api.queries.list(&actor.id());
    let is_wanted = |purpose| match include {
        Some(QueriesInclude::Aids) => true,
        None => purpose == QueryPurpose::Search,
    };
    let wanted = queries.iter().filter(|query| is_wanted(query.purpose));
    Json(QueryList {
        results: wanted.map(|query| shown(query, now)).collect(),
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
    let query = api.queries.look(&actor.id(), id)?;
    Ok(Json(shown(&query, api.line.clock.now())))
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
    let query = api.queries.cancel(&actor.id(), id)?;
    Ok(Json(shown(&query, api.line.clock.now())))
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
    let asker = actor.id();
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
    let asker = actor.id();
    let query = api.queries.rows(&asker, id, 0, 0)?.query;
    if query.state == QueryState::Running {
        let text = "the query still runs\nhint: wait for its end, or cancel it";
        return Err(Problem::new(Code::Conflict, text));
    }
    if let Some(acting) = acting_now() {
        let object = AuditObject {
            kind: "query".to_owned(),
            id: id.to_string(),
            name: None,
        };
        acting.concerns(object, Some(json!({"sql": query.sql}).to_string()));
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
