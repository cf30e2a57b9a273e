//! A schema and its fields as they are sent.

use std::sync::Arc;

use margay_lake::ColumnType;
use margay_runtime::content::{built_in_text, read_schema};
use margay_runtime::{Content, SchemaOrigin};
use margay_schema::{Field, LogType, Schema, UnknownKeys, ValueType};
use margay_store::{CustomSchema, SchemaState, SchemaVersion, Source, Store};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::api::once::to_the_end;
use crate::api::problem::{Code, Problem};
use crate::api::query::ColumnTypeName;
use crate::api::time;

/// A log schema, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaSummary {
    /// Its name: the log type.
    #[schema(example = "Asana.Audit")]
    pub(super) name: String,
    /// Where it comes from.
    kind: SchemaKind,
    /// Whether log sources can use it.
    pub(super) state: SchemaStateName,
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

/// All that is known of schemas, read once for an answer.
pub(super) struct Known {
    content: Arc<Content>,
    stored: Vec<CustomSchema>,
    sources: Vec<Source>,
}

impl Known {
    pub(super) async fn read(api: &Api) -> Result<Self, Problem> {
        Ok(Self {
            stored: api.line.store.schemas().await?,
            sources: api.line.store.sources().await?,
            content: api.line.content(),
        })
    }

    pub(super) fn summaries(&self) -> Vec<SchemaSummary> {
        let is_built_in = |origin| matches!(origin, SchemaOrigin::BuiltIn);
        let built_in = self.content.schemas().iter().filter(|known| is_built_in(known.origin));
        let built_in = built_in.map(|known| self.built_in(&known.schema, known.version));
        built_in
            .chain(self.stored.iter().map(|stored| self.custom(stored)))
            .collect()
    }

    fn summary(&self, name: &LogType) -> Option<SchemaSummary> {
        if let Some(stored) = self.stored.iter().find(|stored| stored.name == *name) {
            return Some(self.custom(stored));
        }
        let known = self.content.schema(name)?;
        Some(self.built_in(&known.schema, known.version))
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

pub(super) async fn shown(api: &Api, name: &LogType, version: Option<u32>) -> Result<SchemaBody, Problem> {
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
pub(in crate::api) fn fields_of(schema: &Schema) -> Vec<SchemaField> {
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
