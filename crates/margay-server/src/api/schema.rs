//! `/schemas`: the log schemas, built-in and custom. A custom one that is added or changed is in force at once.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use margay_lake::ColumnType;
use margay_runtime::content::{built_in_text, read_schema};
use margay_runtime::schema::{self as custom, Applied, Draft, PlanError, PutError};
use margay_runtime::{Content, SchemaOrigin};
use margay_schema::{Field, LogType, Schema, UnknownKeys, ValueType};
use margay_store::{CustomSchema, Revision, SchemaState, SchemaVersion, Source, Store};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Params, Segments};
use super::once::{Asked, Created, Key, once, to_the_end};
use super::page;
use super::problem::{Code, Problem, ProblemBody};
use super::query::ColumnTypeName;
use super::time;

/// A log schema, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaSummary {
    /// Its name: the log type.
    #[schema(example = "Asana.Audit")]
    name: String,
    /// Where it comes from.
    kind: SchemaKind,
    /// Whether log sources can use it.
    state: SchemaStateName,
    /// The number of the text that is in force: what events carry as `p_schema_version`.
    version: u32,
    /// Counts every change; null if it is built in.
    revision: Option<u64>,
    /// What it is of.
    description: Option<String>,
    /// Its fields, without those within them; null if it is broken.
    field_count: Option<usize>,
    /// The table that its events are in.
    #[schema(example = "asana_audit")]
    table: String,
    /// Log sources that use it.
    source_count: usize,
    /// When it was changed last; null if it is built in.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
    /// Why it is broken.
    problem: Option<String>,
}

/// Where a schema comes from.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SchemaKind {
    /// It comes with Margay.
    BuiltIn,
    /// Somebody added it.
    Custom,
}

/// Whether log sources can use a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SchemaState)]
pub(crate) enum SchemaStateName {
    /// They can.
    Active,
    /// They cannot, and none does. Its events stay in the lake.
    Archived,
    /// They cannot until it is mended; records wait in the journal.
    Broken,
}

/// A page of schemas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchemaList {
    results: Vec<SchemaSummary>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A log schema with its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Schema)]
pub(crate) struct SchemaBody {
    #[serde(flatten)]
    summary: SchemaSummary,
    /// The version that is shown.
    shown_version: u32,
    /// Its text, YAML.
    yaml: String,
    /// Where the vendor describes it.
    reference_url: Option<String>,
    /// Its fields in order, each followed by the fields within it; none if the text cannot be read.
    fields: Vec<SchemaField>,
    /// Its texts, the newest first; none if it is built in.
    versions: Vec<SchemaVersionBody>,
    /// Labels of the log sources that use it.
    sources: Vec<String>,
    /// When it was added; null if it is built in.
    #[schema(format = DateTime)]
    created_at: Option<String>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaField {
    /// Names joined by dots; `[]` is an array's element.
    #[schema(example = "actor.email")]
    path: String,
    /// Its type, as the schema says it.
    #[serde(rename = "type")]
    #[schema(example = "string")]
    field_type: &'static str,
    /// What its column holds.
    column_type: ColumnTypeName,
    /// Whether a record without it is rejected.
    is_required: bool,
    /// What it means.
    description: Option<String>,
    /// The scanners that look for indicators in it.
    #[schema(example = json!(["email"]))]
    indicators: Vec<&'static str>,
    /// Whether it may become the event's time.
    is_event_time: bool,
}

/// A text that a schema has or had.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaVersionBody {
    /// Its number.
    version: u32,
    /// When it came into force.
    #[schema(format = DateTime)]
    saved_at: String,
    /// How long it is.
    bytes: u64,
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

/// All that is known of schemas, read once for an answer.
struct Known {
    content: std::sync::Arc<Content>,
    stored: Vec<CustomSchema>,
    sources: Vec<Source>,
}

impl Known {
    async fn read(api: &Api) -> Result<Self, Problem> {
        Ok(Self {
            stored: api.line.store.schemas().await?,
            sources: api.line.store.sources().await?,
            content: api.line.content(),
        })
    }

    fn summaries(&self) -> Vec<SchemaSummary> {
        let is_built_in = |origin| matches!(origin, SchemaOrigin::BuiltIn);
        let built_in = self.content.schemas().iter().filter(|known| is_built_in(known.origin));
        let built_in = built_in.map(|known| self.built_in(&known.schema, known.version));
        built_in
            .chain(self.stored.iter().map(|stored| self.custom(stored)))
            .collect()
    }

    fn summary(&self, name: &LogType) -> Option<SchemaSummary> {
        match self.stored.iter().find(|stored| stored.name == *name) {
            Some(stored) => Some(self.custom(stored)),
            None => {
                let known = self.content.schema(name)?;
                Some(self.built_in(&known.schema, known.version))
            }
        }
    }

    fn sources_of<'a>(&'a self, name: &'a LogType) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| source.log_type == *name)
    }

    fn built_in(&self, schema: &Schema, version: u32) -> SchemaSummary {
        SchemaSummary {
            name: schema.log_type().to_string(),
            kind: SchemaKind::BuiltIn,
            state: SchemaStateName::Active,
            version,
            revision: None,
            description: schema.description().map(str::to_owned),
            field_count: Some(schema.fields().len()),
            table: schema.log_type().table_name(),
            source_count: self.sources_of(schema.log_type()).count(),
            updated_at: None,
            problem: None,
        }
    }

    fn custom(&self, stored: &CustomSchema) -> SchemaSummary {
        let broken = self.content.broken_schema(&stored.name);
        let usable = self.content.schema(&stored.name).filter(|_| broken.is_none());
        SchemaSummary {
            name: stored.name.to_string(),
            kind: SchemaKind::Custom,
            state: match stored.state {
                SchemaState::Archived => SchemaStateName::Archived,
                SchemaState::Active if broken.is_some() => SchemaStateName::Broken,
                SchemaState::Active => SchemaStateName::Active,
            },
            version: stored.version,
            revision: Some(stored.revision.get()),
            description: usable.and_then(|known| known.schema.description().map(str::to_owned)),
            field_count: usable.map(|known| known.schema.fields().len()),
            table: stored.name.table_name(),
            source_count: self.sources_of(&stored.name).count(),
            updated_at: Some(time::written(stored.updated_at)),
            problem: broken.map(|broken| broken.reason.clone()),
        }
    }
}

async fn shown(api: &Api, name: &LogType, version: Option<u32>) -> Result<SchemaBody, Problem> {
    let known = Known::read(api).await?;
    let unknown = || Problem::new(Code::NotFound, format!("there is no schema `{name}`"));
    let summary = known.summary(name).ok_or_else(unknown)?;
    let shown_version = version.unwrap_or(summary.version);
    let store = &api.line.store;
    let (yaml, versions) = match built_in_text(name) {
        Some(yaml) => ((shown_version == summary.version).then(|| yaml.to_owned()), Vec::new()),
        None => (
            store.schema_text(name, shown_version).await?,
            versions(store, name).await?,
        ),
    };
    let yaml = yaml.ok_or_else(|| {
        Problem::new(
            Code::NotFound,
            format!("schema `{name}` has no version {shown_version}"),
        )
    })?;
    let created_at = known.stored.iter().find(|stored| stored.name == *name);
    let created_at = created_at.map(|stored| time::written(stored.created_at));
    let sources = known.sources_of(name).map(|source| source.label.clone()).collect();
    // What is said beside the text is of this text, which need not be the one in force.
    let text = yaml.clone();
    let (reference_url, fields) = to_the_end(async move {
        let read = tokio::task::spawn_blocking(move || {
            let checked = read_schema(&text, UnknownKeys::Warn).ok()?;
            let schema = checked.schema;
            Some((schema.reference_url().map(str::to_owned), fields_of(&schema)))
        });
        read.await.map_err(|died| Problem::internal(&died))
    })
    .await?
    .unwrap_or_default();
    Ok(SchemaBody {
        summary,
        shown_version,
        yaml,
        reference_url,
        fields,
        versions,
        sources,
        created_at,
    })
}

async fn versions(store: &Store, name: &LogType) -> Result<Vec<SchemaVersionBody>, Problem> {
    let body = |version: SchemaVersion| SchemaVersionBody {
        version: version.version,
        saved_at: time::written(version.saved_at),
        bytes: version.bytes,
    };
    Ok(store.schema_versions(name).await?.into_iter().map(body).collect())
}

/// The fields of a schema, each followed by those within it.
pub(super) fn fields_of(schema: &Schema) -> Vec<SchemaField> {
    let mut fields = Vec::new();
    add_fields(&mut fields, "", schema.fields());
    fields
}

fn add_fields(fields: &mut Vec<SchemaField>, before: &str, more: &[Field]) {
    for field in more {
        let path = format!("{before}{}", field.name);
        let held = field.value.held();
        fields.push(SchemaField {
            path: path.clone(),
            field_type: field.value.name(),
            column_type: column_type(held).into(),
            is_required: field.required,
            description: field.description.clone(),
            indicators: indicators(held),
            is_event_time: matches!(
                held,
                ValueType::Timestamp {
                    is_event_time: true,
                    ..
                }
            ),
        });
        add_within(fields, &path, held);
    }
}

fn add_within(fields: &mut Vec<SchemaField>, path: &str, value: &ValueType) {
    match value.held() {
        ValueType::Object(within) => add_fields(fields, &format!("{path}."), within),
        ValueType::Array(element) => add_within(fields, &format!("{path}[]"), element),
        _ => {}
    }
}

/// The scanners of a text, or of the texts of an array.
fn indicators(value: &ValueType) -> Vec<&'static str> {
    match value.held() {
        ValueType::String { indicators, .. } => indicators.iter().map(|indicator| indicator.name()).collect(),
        ValueType::Array(element) => indicators(element),
        _ => Vec::new(),
    }
}

fn column_type(value: &ValueType) -> ColumnType {
    match value.held() {
        ValueType::SmallInt | ValueType::Int | ValueType::BigInt => ColumnType::Integer,
        ValueType::Float => ColumnType::Float,
        ValueType::Boolean => ColumnType::Boolean,
        ValueType::Timestamp { .. } => ColumnType::Timestamp,
        ValueType::Array(_) | ValueType::Object(_) => ColumnType::Json,
        ValueType::String { .. } | ValueType::Json | ValueType::Embedded(_) => ColumnType::Text,
    }
}
