//! `/saved-searches`: statements that are kept under a name, for everybody who may ask the lake.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use margay_store::{NewSavedSearch, SavedSearch, SavedSearchId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, DataAnalyticsModify, DataAnalyticsRead};
use super::extract::{Body, Id, Params};
use super::log_source::PageQuery;
use super::once::{Asked, Created, Key, once};
use super::problem::{Problem, ProblemBody};
use super::{page, time};

/// A saved search.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedSearch)]
pub(crate) struct SavedSearchBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name.
    #[schema(example = "Failed logins")]
    name: String,
    /// The statement.
    sql: String,
    /// How the console shows it: what follows `/search?` there.
    view: String,
    /// Who saved it first: a user by their address, or an API token by its name.
    created_by: String,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of saved searches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedSearchList {
    results: Vec<SavedSearchBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A search to save, or what a saved one is to become.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SavedSearchForm {
    /// Its name, which no other has, whatever the case of its letters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// The statement, 64 KiB at most. It is not looked at: a query of it says what is wrong with it.
    #[schema(min_length = 1, max_length = 65_536)]
    sql: String,
    /// How the console shows it, 8 KiB at most: what follows `/search?` there. It is not looked at.
    #[schema(max_length = 8_192)]
    view: String,
}

/// Lists saved searches, the oldest first.
#[utoipa::path(
    get, path = "/saved-searches", tag = "Queries", operation_id = "list_saved_searches", params(PageQuery),
    responses((status = 200, description = "A page of saved searches", body = SavedSearchList)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn list(
    _: Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Params(query): Params<PageQuery>,
) -> Result<Json<SavedSearchList>, Problem> {
    let wanted = query.wanted::<SavedSearchId>()?;
    let mut searches = api.line.store.saved_searches(wanted.after, wanted.limit + 1).await?;
    let next = page::next(&mut searches, |search| search.id, wanted.limit);
    let results = searches.into_iter().map(SavedSearchBody::from).collect();
    Ok(Json(SavedSearchList { results, next }))
}

/// Shows a saved search.
#[utoipa::path(
    get, path = "/saved-searches/{id}", tag = "Queries", operation_id = "show_saved_search",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The saved search", body = SavedSearchBody)),
    extensions(("x-permission" = json!("DataAnalyticsRead")))
)]
pub(crate) async fn show(
    _: Allowed<DataAnalyticsRead>,
    State(api): State<Api>,
    Id(id): Id<SavedSearchId>,
) -> Result<Json<SavedSearchBody>, Problem> {
    Ok(Json(api.line.store.saved_search(id).await?.into()))
}

/// Saves a search for everybody.
#[utoipa::path(
    post, path = "/saved-searches", tag = "Queries", operation_id = "create_saved_search", request_body = SavedSearchForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "Saved once, however often this is sent", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The saved search", body = SavedSearchBody),
        (status = 409, description = "There is a saved search with this name, there may not be more, or this key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<DataAnalyticsModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<SavedSearchForm>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /saved-searches",
        key,
        body: &body.bytes,
    };
    let (line, form, by) = (api.line.clone(), body.value, actor.name().to_owned());
    let work = async move {
        let saved = line
            .store
            .create_saved_search(&form.into(), &by, line.clock.now())
            .await?;
        Ok(Created::new(&SavedSearchBody::from(saved)))
    };
    once(&api, asked, work).await
}

/// Changes a saved search: all of it but who saved it first.
#[utoipa::path(
    put, path = "/saved-searches/{id}", tag = "Queries", operation_id = "replace_saved_search", request_body = SavedSearchForm,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The saved search", body = SavedSearchBody),
        (status = 409, description = "There is a saved search with this name", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DataAnalyticsModify")))
)]
pub(crate) async fn replace(
    _: Allowed<DataAnalyticsModify>,
    State(api): State<Api>,
    Id(id): Id<SavedSearchId>,
    body: Body<SavedSearchForm>,
) -> Result<Json<SavedSearchBody>, Problem> {
    let line = &api.line;
    let changed = line
        .store
        .change_saved_search(id, &body.value.into(), line.clock.now())
        .await?;
    Ok(Json(changed.into()))
}

/// Deletes a saved search.
#[utoipa::path(
    delete, path = "/saved-searches/{id}", tag = "Queries", operation_id = "delete_saved_search",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 204, description = "It is deleted")),
    extensions(("x-permission" = json!("DataAnalyticsModify")))
)]
pub(crate) async fn delete(
    _: Allowed<DataAnalyticsModify>,
    State(api): State<Api>,
    Id(id): Id<SavedSearchId>,
) -> Result<StatusCode, Problem> {
    api.line.store.delete_saved_search(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<SavedSearchForm> for NewSavedSearch {
    fn from(form: SavedSearchForm) -> Self {
        let SavedSearchForm { name, sql, view } = form;
        Self { name, sql, view }
    }
}

impl From<SavedSearch> for SavedSearchBody {
    fn from(search: SavedSearch) -> Self {
        Self {
            id: search.id.to_string(),
            name: search.name,
            sql: search.sql,
            view: search.view,
            created_by: search.created_by,
            created_at: time::written(search.created_at),
            updated_at: time::written(search.updated_at),
        }
    }
}
