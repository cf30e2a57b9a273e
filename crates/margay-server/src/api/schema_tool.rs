//! `/schemas/validate`, `/schemas/test`, `/schemas/infer`: what helps to write a schema. Texts and samples that are sent here are
//! stored nowhere and stand in no log.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use margay_runtime::content::read_schema;
use margay_runtime::sample::{self, Suggested, Tried};
use margay_runtime::schema::{self as custom, Draft, PlanError, PlanStep};
use margay_schema::evolution::Change;
use margay_schema::{LogType, Reject, Schema, SchemaProblem, StreamType};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::Body;
use super::problem::{Code, Problem, ProblemBody};
use super::schema::{SchemaField, fields_of, found, unknown_keys};

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

/// Something in a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SchemaProblem)]
pub(crate) struct SchemaProblemBody {
    /// `error` or `warning`.
    severity: &'static str,
    /// The line, counted from 1; 0 is the text as a whole.
    line: usize,
    /// The column, counted from 1.
    column: usize,
    /// The key: names joined by dots.
    path: String,
    /// What is the matter.
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

/// A difference from the schema that is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaChangeBody {
    /// The field.
    path: String,
    /// `allowed`, `warning` or `refused`.
    #[schema(example = "refused")]
    verdict: &'static str,
    /// What would change.
    message: String,
    /// What to do about it.
    hint: Option<String>,
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

/// What a schema makes of samples.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaTrialResult {
    /// Records that fit.
    matched: u64,
    /// Records that do not.
    unmatched: u64,
    /// Records that fit and have something that no field takes.
    with_unmapped: u64,
    /// The first 100 that fit.
    events: Vec<SampleEvent>,
    /// The first 100 that do not.
    rejects: Vec<SampleReject>,
    /// Why the samples could not be read to their end.
    problem: Option<String>,
    /// Whether there were more than 20,000, or looking at them took too long: then the rest was not looked at.
    is_cut: bool,
}

/// A sample that fits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SampleEvent {
    /// The line that it begins in, counted from 1.
    line: u64,
    /// What it becomes.
    #[schema(value_type = Object)]
    event: Box<RawValue>,
}

/// A sample that does not fit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SampleReject {
    /// The line that it begins in, counted from 1.
    line: u64,
    /// Why.
    problems: Vec<RejectProblem>,
    /// How many more reasons there are.
    problems_omitted: usize,
}

/// Why a record does not fit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RejectProblem {
    /// Where; empty for the record as a whole.
    path: String,
    /// What the schema asks for.
    expected: String,
    /// What stands there; never the value.
    found: String,
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

/// A suggested schema.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaSuggestion {
    /// Its text.
    yaml: String,
    /// Records that it was made of.
    sample_count: u64,
    /// What was decided, and why.
    notes: Vec<SchemaNote>,
    /// Records that could not be used.
    refused: u64,
    /// The first 100 of these.
    refusals: Vec<SampleRefusal>,
    /// What it makes of the samples.
    trial: Option<SchemaTrialResult>,
    /// Whether there were more than 20,000, or looking at them took too long: then the rest was not looked at.
    is_cut: bool,
}

/// What was decided of a field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaNote {
    /// The field; empty for the schema as a whole.
    path: String,
    /// What, and why.
    text: String,
}

/// A sample that could not be used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SampleRefusal {
    /// The line that it begins in, counted from 1.
    line: u64,
    /// Why.
    problem: String,
}

/// Looks at a schema's text: whether it is in order, and whether it could be added or replace the schema of its name. Stores nothing.
#[utoipa::path(
    post, path = "/schemas/validate", tag = "Schemas", operation_id = "validate_schema", request_body = SchemaText,
    responses((status = 200, description = "What was found", body = SchemaValidation)),
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
        let (schema, version): (Arc<Schema>, u32) = match known {
            Some(known) => (known.schema, known.version),
            None => {
                let checked = read_schema(trial.yaml.as_deref().unwrap_or_default(), keys)?;
                (Arc::new(checked.schema), 1)
            }
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

/// What is wrong with a text, and what is probably not meant.
pub(super) fn problems_of(errors: &[SchemaProblem], warnings: &[SchemaProblem]) -> Vec<SchemaProblemBody> {
    let body = |severity| {
        move |problem: &SchemaProblem| SchemaProblemBody {
            severity,
            line: problem.line,
            column: problem.column,
            path: problem.path.clone(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    };
    let errors = errors.iter().map(body("error"));
    errors.chain(warnings.iter().map(body("warning"))).collect()
}

/// What changes are refused, as problems of a text.
pub(super) fn problems_of_changes(changes: &[Change]) -> Vec<SchemaProblemBody> {
    let body = |change: &Change| SchemaProblemBody {
        severity: "error",
        line: 0,
        column: 0,
        path: change.path.clone(),
        message: change.message.clone(),
        hint: change.hint.clone(),
    };
    changes.iter().map(body).collect()
}

fn of_whole(error: &PlanError) -> SchemaProblemBody {
    let text = error.to_string();
    let (message, hint) = match text.split_once("\nhint: ") {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (text, None),
    };
    SchemaProblemBody {
        severity: "error",
        line: 0,
        column: 0,
        path: String::new(),
        message,
        hint,
    }
}

fn change(change: &Change) -> SchemaChangeBody {
    SchemaChangeBody {
        path: change.path.clone(),
        verdict: change.verdict.name(),
        message: change.message.clone(),
        hint: change.hint.clone(),
    }
}

impl From<Tried> for SchemaTrialResult {
    fn from(tried: Tried) -> Self {
        let event = |(line, json): (u64, String)| {
            let event = RawValue::from_string(json).ok()?;
            Some(SampleEvent { line, event })
        };
        Self {
            matched: tried.events,
            unmatched: tried.rejects,
            with_unmapped: tried.unmapped,
            events: tried.first_events.into_iter().filter_map(event).collect(),
            rejects: tried.first_rejects.into_iter().map(reject).collect(),
            problem: tried.problem.map(|problem| problem.to_string()),
            is_cut: tried.is_cut,
        }
    }
}

fn reject((line, reject): (u64, Reject)) -> SampleReject {
    let body = |problem: margay_schema::Problem| RejectProblem {
        path: problem.path,
        expected: problem.expected,
        found: problem.found,
    };
    SampleReject {
        line,
        problems: reject.problems.into_iter().map(body).collect(),
        problems_omitted: reject.problems_omitted,
    }
}

impl From<Suggested> for SchemaSuggestion {
    fn from(suggested: Suggested) -> Self {
        let notes = suggested.inferred.notes.into_iter().map(|note| SchemaNote {
            path: note.path,
            text: note.text,
        });
        let refusals = suggested.first_refused.into_iter();
        Self {
            yaml: suggested.inferred.yaml,
            sample_count: suggested.inferred.sample_count,
            notes: notes.collect(),
            refused: suggested.refused,
            refusals: refusals
                .map(|(line, problem)| SampleRefusal { line, problem })
                .collect(),
            trial: suggested.tried.map(SchemaTrialResult::from),
            is_cut: suggested.is_cut,
        }
    }
}
