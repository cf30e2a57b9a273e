//! `/schemas`: the log schemas, built-in and custom. A custom one that is added or changed is in force at once.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use margay_runtime::Content;
use margay_runtime::content::built_in_text;
use margay_runtime::schema::{self as custom, Applied, Draft, PlanError, PutError};
use margay_schema::{LogType, UnknownKeys};
use margay_store::{Revision, SchemaState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Params, Segments};
use super::once::{Asked, Created, Key, once, to_the_end};
use super::page;
use super::problem::{Code, Problem, ProblemBody};

mod body;

pub(super) use body::fields_of;
use body::{Known, shown};
pub(crate) use body::{SchemaBody, SchemaField, SchemaStateName, SchemaSummary};

/// A page of schemas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchemaList {
    results: Vec<SchemaSummary>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A schema to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewSchema {
    /// Its text, YAML. Its name begins with `Custom.`.
    #[schema(
        max_length = 1_048_576,
        example = "schema: Custom.Example\nfields:\n  - name: id\n    type: string\n    required: true\n"
    )]
    yaml: String,
    /// Whether keys that the language does not know are passed over; false unless given.
    is_lenient: Option<bool>,
}

/// A text that replaces a schema's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SchemaChange {
    /// The text, YAML, of the same name.
    #[schema(max_length = 1_048_576)]
    yaml: String,
    /// The revision that its author has read. The change is refused if there is another by now.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    revision: u64,
    /// Whether keys that the language does not know are passed over; false unless given.
    is_lenient: Option<bool>,
}

/// Which schemas are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SchemaQuery {
    /// Archived ones too; false unless given.
    #[serde(rename = "includeArchived")]
    #[param(rename = "includeArchived")]
    include_archived: Option<bool>,
    /// How many, 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 255)]
    cursor: Option<String>,
}

/// Which text is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// The version; the one in force unless given.
    #[param(minimum = 1, maximum = 4_294_967_295_i64)]
    version: Option<u32>,
}

/// What a change of state is for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StateQuery {
    /// The revision that was read; whatever it is unless given.
    #[param(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    revision: Option<u64>,
}

/// Lists the schemas by name.
#[utoipa::path(
    get, path = "/schemas", tag = "Schemas", operation_id = "list_schemas", params(SchemaQuery),
    responses((status = 200, description = "A page of schemas", body = SchemaList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Params(query): Params<SchemaQuery>,
) -> Result<Json<SchemaList>, Problem> {
    let wanted = page::wanted::<String>(query.limit, query.cursor.as_deref())?;
    let known = Known::read(&api).await?;
    let mut all = known.summaries();
    if !query.include_archived.unwrap_or(false) {
        all.retain(|schema| schema.state != SchemaStateName::Archived);
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(after) = wanted.after {
        all.retain(|schema| schema.name > after);
    }
    let next = page::next(&mut all, |schema| schema.name.clone(), wanted.limit);
    Ok(Json(SchemaList { results: all, next }))
}

/// Shows a schema with its text.
#[utoipa::path(
    get, path = "/schemas/{name}", tag = "Schemas", operation_id = "show_schema",
    params(("name" = String, Path, description = "Its name, such as `Asana.Audit`; the case of its letters does not matter"), VersionQuery),
    responses((status = 200, description = "The schema", body = SchemaBody)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Segments(name): Segments<String>,
    Params(query): Params<VersionQuery>,
) -> Result<Json<SchemaBody>, Problem> {
    let name = found(&api.line.content(), &name)?;
    Ok(Json(shown(&api, &name, query.version).await?))
}

/// Adds a custom schema. Log sources can use it at once.
#[utoipa::path(
    post, path = "/schemas", tag = "Schemas", operation_id = "create_schema", request_body = NewSchema,
    params(("Idempotency-Key" = Option<String>, Header, description = "Added once, however often this is sent", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The schema", body = SchemaBody),
        (status = 409, description = "There is a schema with this name, there may not be more, or this key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<LogSourceModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<NewSchema>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /schemas",
        key,
        body: &body.bytes,
    };
    let (own, new) = (api.clone(), body.value);
    let work = async move {
        let draft = Draft {
            yaml: &new.yaml,
            unknown_keys: unknown_keys(new.is_lenient),
            // Only one that is not there yet.
            expected: Some(Revision::new(0)),
        };
        let (plan, _) = custom::put(&own.line, None, draft).await.map_err(|error| match error {
            PutError::Plan(PlanError::RevisionChanged { name, .. }) => Problem::new(
                Code::Conflict,
                format!("there is already a schema `{name}`\nhint: change that one; an archived one is restored first"),
            ),
            error => error.into(),
        })?;
        Ok(Created::new(&shown(&own, plan.schema.log_type(), None).await?))
    };
    once(&api, asked, work).await
}

/// Gives a custom schema another text, which is in force at once. Rows that are there stay as they are; `margay replay` makes them anew.
/// A field is neither renamed nor deleted, nor does it change its type.
#[utoipa::path(
    put, path = "/schemas/{name}", tag = "Schemas", operation_id = "replace_schema", request_body = SchemaChange,
    params(("name" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The schema", body = SchemaBody),
        (status = 409, description = "It has another revision by now, is archived, or has had as many versions as there may be", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn replace(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments(name): Segments<String>,
    body: Body<SchemaChange>,
) -> Result<Json<SchemaBody>, Problem> {
    let name = found_custom(&api.line.content(), &name)?;
    let work = async move {
        let change = body.value;
        if change.revision == 0 {
            return Err(Problem::new(Code::InvalidValue, "`revision` counts from 1"));
        }
        let draft = Draft {
            yaml: &change.yaml,
            unknown_keys: unknown_keys(change.is_lenient),
            expected: Some(Revision::new(change.revision)),
        };
        let (_, applied) = custom::put(&api.line, Some(&name), draft).await?;
        if let Applied::Stored(stored) = applied {
            tracing::info!(log_type = %stored.name, version = stored.version, "a schema has another text");
        }
        shown(&api, &name, None).await
    };
    to_the_end(work).await.map(Json)
}

/// Archives a custom schema that no log source uses. Its events stay in the lake, its name stays taken.
#[utoipa::path(
    post, path = "/schemas/{name}/archive", tag = "Schemas", operation_id = "archive_schema",
    params(("name" = String, Path, description = "Its name"), StateQuery),
    responses(
        (status = 200, description = "The schema", body = SchemaBody),
        (status = 409, description = "Log sources use it, it is built in, or it has another revision by now", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn archive(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments(name): Segments<String>,
    Params(query): Params<StateQuery>,
) -> Result<Json<SchemaBody>, Problem> {
    to_the_end(set_state(api, name, query, SchemaState::Archived)).await
}

/// Takes a custom schema out of the archive.
#[utoipa::path(
    post, path = "/schemas/{name}/restore", tag = "Schemas", operation_id = "restore_schema",
    params(("name" = String, Path, description = "Its name"), StateQuery),
    responses(
        (status = 200, description = "The schema", body = SchemaBody),
        (status = 409, description = "It is built in, or has another revision by now", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn restore(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Segments(name): Segments<String>,
    Params(query): Params<StateQuery>,
) -> Result<Json<SchemaBody>, Problem> {
    to_the_end(set_state(api, name, query, SchemaState::Active)).await
}

async fn set_state(api: Api, name: String, query: StateQuery, state: SchemaState) -> Result<Json<SchemaBody>, Problem> {
    let name = found_custom(&api.line.content(), &name)?;
    let expected = query.revision.map(Revision::new);
    custom::put_state(&api.line, &name, expected, state).await?;
    Ok(Json(shown(&api, &name, None).await?))
}

/// Says how unknown keys are read.
pub(super) fn unknown_keys(is_lenient: Option<bool>) -> UnknownKeys {
    if is_lenient.unwrap_or(false) {
        UnknownKeys::Warn
    } else {
        UnknownKeys::Refuse
    }
}

/// Finds a schema by its name, in any case.
pub(super) fn found(content: &Content, name: &str) -> Result<LogType, Problem> {
    content.find(name).cloned().map_err(|hint| {
        let name: String = name.chars().take(60).collect();
        Problem::new(
            Code::NotFound,
            format!("there is no schema `{}`\nhint: {hint}", name.escape_debug()),
        )
    })
}

fn found_custom(content: &Content, name: &str) -> Result<LogType, Problem> {
    let name = found(content, name)?;
    if built_in_text(&name).is_some() {
        let text = format!("schema `{name}` comes with Margay: it is never changed nor archived");
        return Err(Problem::new(Code::Conflict, text));
    }
    Ok(name)
}
