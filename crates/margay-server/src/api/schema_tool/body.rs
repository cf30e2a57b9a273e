//! What was found in texts and samples, as it is sent.

use margay_runtime::sample::{Suggested, Tried};
use margay_runtime::schema::PlanError;
use margay_schema::evolution::Change;
use margay_schema::{Reject, SchemaProblem};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

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

/// What is wrong with a text, and what is probably not meant.
pub(in crate::api) fn problems_of(errors: &[SchemaProblem], warnings: &[SchemaProblem]) -> Vec<SchemaProblemBody> {
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
pub(in crate::api) fn problems_of_changes(changes: &[Change]) -> Vec<SchemaProblemBody> {
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

pub(super) fn of_whole(error: &PlanError) -> SchemaProblemBody {
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

pub(super) fn change(change: &Change) -> SchemaChangeBody {
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
