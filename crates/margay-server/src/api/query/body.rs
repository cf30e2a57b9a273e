//! A query, its columns and its values as they are sent.

use jiff::Timestamp;
use margay_lake::{Cell, Column};
use margay_runtime::query::{Cut, Query, QueryState};
use margay_runtime::row_text::rfc_3339;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::QueryPurposeName;
use crate::api::problem::code_of;
use crate::api::time;

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
    /// What it is for.
    purpose: QueryPurposeName,
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

pub(super) fn shown(query: &Query, now: Timestamp) -> QueryBody {
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
        purpose: query.purpose.into(),
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

pub(super) fn state_name(state: &QueryState) -> QueryStateName {
    match state {
        QueryState::Running => QueryStateName::Running,
        QueryState::Succeeded => QueryStateName::Succeeded,
        QueryState::Failed(_) => QueryStateName::Failed,
        QueryState::Cancelled => QueryStateName::Cancelled,
    }
}

pub(super) fn columns(columns: &[Column]) -> Vec<ColumnBody> {
    let body = |column: &Column| ColumnBody {
        name: column.name.clone(),
        column_type: column.column_type.into(),
    };
    columns.iter().map(body).collect()
}

/// A cell as it is sent: numbers that a client may round are strings.
pub(super) fn value(cell: &Cell) -> Value {
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
