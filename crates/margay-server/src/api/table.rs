//! `/tables`: what a statement can name.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, DataAnalyticsRead};
use super::problem::Problem;
use super::query::ColumnTypeName;

/// A table of the lake.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Table {
    /// The database that it is in.
    #[schema(example = "margay_logs")]
    database: &'static str,
    /// Its name there.
    #[schema(example = "asana_audit")]
    name: String,
    /// The log type whose events it has; null if it is no log type's, or of a schema that is not known any more.
    #[serde(rename = "logType")]
    log_type: Option<String>,
    /// Its columns in order, each followed by the fields within it.
    columns: Vec<TableColumn>,
}

/// A column, or a field within one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TableColumn {
    /// As a statement writes it. Names with capital letters need double quotes there.
    #[schema(example = "actor.email")]
    name: String,
    /// What its values are.
    #[serde(rename = "type")]
    column_type: ColumnTypeName,
}

/// The tables.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TableList {
    results: Vec<Table>,
}

/// Lists the tables with their columns. They have Panther's names too: `panther_logs.public.asana_audit`.
#[utoipa::path(
    get, path = "/tables", tag = "Queries", operation_id = "list_tables",
    responses((status = 200, description = "The tables", body = TableList)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn list(_: Allowed<DataAnalyticsRead>, State(api): State<Api>) -> Result<Json<TableList>, Problem> {
    let content = api.line.content();
    let described = api.line.lake.describe()?;
    let results = described.into_iter().map(|table| Table {
        database: table.database,
        log_type: content
            .schemas()
            .iter()
            .map(|known| known.schema.log_type())
            .find(|log_type| table.database == "margay_logs" && log_type.table_name() == table.name)
            .map(ToString::to_string),
        name: table.name,
        columns: table
            .columns
            .into_iter()
            .map(|column| TableColumn {
                name: column.path,
                column_type: column.column_type.into(),
            })
            .collect(),
    });
    Ok(Json(TableList {
        results: results.collect(),
    }))
}
