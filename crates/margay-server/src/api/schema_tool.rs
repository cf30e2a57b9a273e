//! `/schemas/validate`, `/schemas/test`, `/schemas/infer`: what helps to write a schema. Texts and samples that are sent here are
//! stored nowhere and stand in no log.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use margay_runtime::content::read_schema;
use margay_runtime::sample::{self, Tried};
use margay_runtime::schema::{self as custom, Draft, PlanError, PlanStep};
use margay_schema::{LogType, Schema, StreamType};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::Body;
use super::problem::{Code, Problem, ProblemBody};
use super::schema::{SchemaField, fields_of, found, unknown_keys};

mod body;

use body::{SchemaChangeBody, SchemaSuggestion, SchemaTrialResult, change, of_whole};
pub(super) use body::{SchemaProblemBody, problems_of, problems_of_changes};

/// So much of it at once; each takes a core for up to ten seconds.
const WORKING_MAX: usize = 2;
/// Samples that are looked at: some thousands of records.
const SAMPLES_BYTES_MAX: usize = 1 << 20;

/// The slots for work that takes seconds of computing: on samples, and rehearsals.
#[derive(Debug, Clone)]
pub(crate) struct Bench(Arc<Semaphore>);

impl Default for Bench {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(WORKING_MAX)))
    }
}

impl Bench {
    /// Takes a slot, which is free again when it is dropped.
    pub(super) fn slot(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| {
            let text = "as much is being computed as may be\nhint: try again in a moment";
            Problem::new(Code::TooManyAtWork, text)
        })
    }

    /// Computes on a thread beside the others, if there is a slot.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let slot = self.slot()?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(slot);
            done
        });
        done.await.map_err(|died| Problem::internal(&died))
    }
}

/// A text to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SchemaText {
    /// The text, YAML.
    #[schema(max_length = 1_048_576)]
    yaml: String,
    /// Whether keys that the language does not know are passed over; false unless given.
    is_lenient: Option<bool>,
}

/// What was found in a text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaValidation {
    /// Whether it is a schema in order, and could be added or replace the one that is there.
    is_valid: bool,
    /// The name in it; null if it cannot be read.
    name: Option<String>,
    /// What is wrong, and what is probably not meant.
    problems: Vec<SchemaProblemBody>,
    /// What it would change of the schema that is there; none if there is none.
    changes: Vec<SchemaChangeBody>,
    /// The revision of the schema that is there; null if there is none.
    revision: Option<u64>,
    /// Its fields.
    fields: Vec<SchemaField>,
}

/// A schema to try, and samples to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SchemaTrial {
    /// A text, YAML; or `name`.
    #[schema(max_length = 1_048_576)]
    yaml: Option<String>,
    /// The name of a schema that is there.
    #[schema(max_length = 255)]
    name: Option<String>,
    /// The records, as a file would have them.
    #[schema(max_length = 1_048_576)]
    samples: String,
    /// How they are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray`, `JsonArray:path.to.array`, `Lines` or `CSV`; `Auto` unless given.
    #[schema(max_length = 1_100, example = "NDJSON")]
    stream_type: Option<String>,
    /// Whether keys of the text that the language does not know are passed over; false unless given.
    is_lenient: Option<bool>,
}

/// Samples to make a schema of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SchemaSamples {
    /// The name that the schema is to have.
    #[schema(max_length = 255, example = "Custom.Example")]
    name: String,
    /// The records, as a file would have them: JSON objects.
    #[schema(max_length = 1_048_576)]
    samples: String,
    /// How they are cut into records: `Auto`, `JSON`, `NDJSON`, `JsonArray` or `JsonArray:path.to.array`; `Auto` unless given.
    #[schema(max_length = 1_100, example = "NDJSON")]
    stream_type: Option<String>,
}

/// Looks at a schema's text: whether it is in order, and whether it could be added or replace the schema of its name. Stores nothing.
#[utoipa::path(
    post, path = "/schemas/validate", tag = "Schemas", operation_id = "validate_schema", request_body = SchemaText,
    responses(
        (status = 200, description = "What was found", body = SchemaValidation),
        (status = 429, description = "Other texts and samples are being looked at", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn validate(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    body: Body<SchemaText>,
) -> Result<Json<SchemaValidation>, Problem> {
    let SchemaText { yaml, is_lenient } = body.value;
    let mut found = SchemaValidation {
        is_valid: false,
        name: None,
        problems: Vec::new(),
        changes: Vec::new(),
        revision: None,
        fields: Vec::new(),
    };
    let keys = unknown_keys(is_lenient);
    let text = yaml.clone();
    match api.bench.work(move || read_schema(&text, keys)).await? {
        Err(error) => found.problems = problems_of(&error.problems, &error.warnings),
        Ok(checked) => {
            found.name = Some(checked.schema.log_type().to_string());
            found.fields = fields_of(&checked.schema);
            found.problems = problems_of(&[], &checked.warnings);
            let draft = Draft {
                yaml: &yaml,
                unknown_keys: keys,
                expected: None,
            };
            let stored = api.line.store.schema(checked.schema.log_type()).await?;
            found.revision = stored.map(|stored| stored.revision.get());
            match custom::plan(&api.line.store, &api.line.lake, draft).await {
                Ok(plan) => {
                    found.is_valid = true;
                    if let PlanStep::Replace { changes, .. } = &plan.step {
                        found.changes = changes.iter().map(change).collect();
                    }
                }
                Err(PlanError::NotAllowed { refused, .. }) => found.changes = refused.iter().map(change).collect(),
                Err(error @ (PlanError::Lake(_) | PlanError::Storage(_))) => return Err(error.into()),
                Err(error) => found.problems.push(of_whole(&error)),
            }
        }
    }
    Ok(Json(found))
}

/// Tries a schema on samples. Stores nothing.
#[utoipa::path(
    post, path = "/schemas/test", tag = "Schemas", operation_id = "test_schema", request_body = SchemaTrial,
    responses(
        (status = 200, description = "What it makes of them", body = SchemaTrialResult),
        (status = 404, description = "There is no schema with that name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Other samples are being looked at", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn test(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    body: Body<SchemaTrial>,
) -> Result<Json<SchemaTrialResult>, Problem> {
    let trial = body.value;
    bounded(&trial.samples)?;
    let stream_type = stream_type(trial.stream_type.as_deref())?;
    let keys = unknown_keys(trial.is_lenient);
    let known = match (&trial.yaml, &trial.name) {
        (Some(_), None) => None,
        (None, Some(name)) => {
            let content = api.line.content();
            let name = found(&content, name)?;
            let known = content.schema(&name).cloned();
            let broken = || Problem::new(Code::Conflict, content.problem_of(&name).unwrap_or_default());
            Some(known.ok_or_else(broken)?)
        }
        _ => {
            let text = "give either `yaml` or `name`";
            return Err(Problem::new(Code::InvalidValue, text));
        }
    };
    let now = api.line.clock.now();
    let tried = api.bench.work(move || {
        let (schema, version): (Arc<Schema>, u32) = if let Some(known) = known {
            (known.schema, known.version)
        } else {
            let checked = read_schema(trial.yaml.as_deref().unwrap_or_default(), keys)?;
            (Arc::new(checked.schema), 1)
        };
        Ok(sample::try_on(
            &schema,
            version,
            trial.samples.as_bytes(),
            &stream_type,
            now,
        ))
    });
    let tried: Result<Tried, PlanError> = tried.await?;
    Ok(Json(tried?.into()))
}

/// Suggests a schema for samples, and tries it on them. Stores nothing.
#[utoipa::path(
    post, path = "/schemas/infer", tag = "Schemas", operation_id = "infer_schema", request_body = SchemaSamples,
    responses(
        (status = 200, description = "The suggestion", body = SchemaSuggestion),
        (status = 429, description = "Other samples are being looked at", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn infer(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    body: Body<SchemaSamples>,
) -> Result<Json<SchemaSuggestion>, Problem> {
    let SchemaSamples {
        name,
        samples,
        stream_type: cut_as,
    } = body.value;
    bounded(&samples)?;
    let name: LogType = name.parse().map_err(|error| Problem::new(Code::InvalidValue, error))?;
    let stream_type = stream_type(cut_as.as_deref())?;
    let now = api.line.clock.now();
    let suggested = api
        .bench
        .work(move || sample::suggest(&name, samples.as_bytes(), &stream_type, now));
    let suggested = suggested
        .await?
        .map_err(|error| Problem::new(Code::InvalidValue, error))?;
    Ok(Json(suggested.into()))
}

fn bounded(samples: &str) -> Result<(), Problem> {
    if samples.len() <= SAMPLES_BYTES_MAX {
        return Ok(());
    }
    let text = format!(
        "the samples have {} bytes; {SAMPLES_BYTES_MAX} are allowed",
        samples.len()
    );
    Err(Problem::new(Code::InvalidValue, text))
}

fn stream_type(name: Option<&str>) -> Result<StreamType, Problem> {
    let read = |name: &str| name.parse().map_err(|error| Problem::new(Code::InvalidValue, error));
    name.map_or(Ok(StreamType::Auto), read)
}
