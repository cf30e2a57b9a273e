//! `/log-sources/{id}/audits`: comparing a log with the vendor.
//!
//! An audit takes minutes, so it is begun and looked at later. It goes on beside the loops of this server, as `margay source audit` does
//! beside one, and asks them to read again what is missing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use margay_runtime::ErrorChain;
use margay_runtime::audit::{AuditError, AuditSettings, REQUESTS_DEFAULT, Sample, audit_beside};
use margay_schema::SourceId;
use margay_store::{AUDITS_KEPT_MAX, AuditRecord, Source};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Id};
use super::problem::{Code, Problem, ProblemBody};
use super::time;

/// Audits that are under way at once, of all sources.
const RUNNING_MAX: usize = 2;
/// The most requests that one may make: half an hour of what Asana allows a token.
const REQUESTS_MAX: u64 = 5_000;
/// Sources of which the last failure is remembered.
const FAILURES_MAX: usize = 100;

/// The audits that were begun here and are under way, and how the last ones failed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Audits(Arc<Mutex<Desk>>);

#[derive(Debug, Default)]
struct Desk {
    running: HashMap<SourceId, Running>,
    failed: HashMap<SourceId, Failed>,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    begun_at: Timestamp,
    done: u64,
    of: u64,
}

#[derive(Debug, Clone)]
struct Failed {
    at: Timestamp,
    problem: String,
}

impl Audits {
    fn with<T>(&self, act: impl FnOnce(&mut Desk) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, id: SourceId, now: Timestamp) -> Result<(), Problem> {
        self.with(|state| {
            if state.running.contains_key(&id) {
                let text =
                    "an audit of this log source is under way\nhint: look at it, and begin another when it has ended";
                return Err(Problem::new(Code::Conflict, text));
            }
            if state.running.len() >= RUNNING_MAX {
                let text = format!("{RUNNING_MAX} audits are under way, and no more can be\nhint: try again later");
                return Err(Problem::new(Code::TooManyAtWork, text));
            }
            let running = Running {
                begun_at: now,
                done: 0,
                of: 0,
            };
            state.running.insert(id, running);
            Ok(())
        })
    }

    fn ended(&self, id: SourceId, failed: Option<Failed>) {
        self.with(|state| {
            state.running.remove(&id);
            state.failed.remove(&id);
            if let Some(failed) = failed.filter(|_| state.failed.len() < FAILURES_MAX) {
                state.failed.insert(id, failed);
            }
        });
    }
}

/// The audits of a log source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditList {
    /// The one that is under way, if one was begun over the API.
    running: Option<RunningAudit>,
    /// Why the last one that was begun over the API did not end; null if it did.
    problem: Option<AuditProblem>,
    /// Those that ended, the newest first; the last 100 are kept.
    results: Vec<AuditBody>,
}

/// An audit that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunningAudit {
    /// When it was begun.
    #[schema(format = DateTime)]
    started_at: String,
    /// Windows that were compared.
    windows_done: u64,
    /// Windows that are to be; 0 until they are drawn.
    windows_total: u64,
}

/// Why an audit did not end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditProblem {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Why.
    detail: String,
}

/// An audit that ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Audit)]
pub(crate) struct AuditBody {
    /// When it was begun.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    finished_at: String,
    /// The first moment of event time that it was about.
    #[schema(format = DateTime)]
    from: String,
    /// The first moment after it.
    #[schema(format = DateTime)]
    to: String,
    /// How much of it was to be read, in percent.
    sample_percent: f64,
    /// Windows that were read.
    windows: u64,
    /// Windows of which they were drawn.
    windows_total: u64,
    /// Requests that were made.
    requests: u64,
    /// Events that were compared.
    events_checked: u64,
    /// Events that the vendor has and we had not.
    missing: u64,
    /// Events that we have and the vendor has not.
    extra: u64,
    /// Events that both have, with other content.
    different: u64,
    /// Missing events that were repaired then.
    repaired: u64,
    /// How it ended, in a few words.
    outcome: String,
}

/// An audit to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewAudit {
    /// From when on; from the beginning of what can be compared unless given.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Until when, exclusive; up to what is settled unless given.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// How much of it, in percent; 5 unless given.
    #[schema(minimum = 0.1, maximum = 100)]
    sample_percent: Option<f64>,
    /// How many requests it may make; 500 unless given.
    #[schema(minimum = 1, maximum = 5000)]
    requests_max: Option<u64>,
}

/// Lists the audits of a log source, and the one that is under way.
#[utoipa::path(
    get, path = "/log-sources/{id}/audits", tag = "Log sources", operation_id = "list_audits",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "Its audits", body = AuditList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<AuditList>, Problem> {
    // Looked at before what is kept: one that ends in between is in one of the two.
    let (running, failed) = api
        .audits
        .with(|state| (state.running.get(&id).copied(), state.failed.get(&id).cloned()));
    let audits = api.line.store.audits(id, AUDITS_KEPT_MAX).await?;
    Ok(Json(AuditList {
        running: running.map(running_body),
        problem: failed.map(|failed| AuditProblem {
            at: time::written(failed.at),
            detail: failed.problem,
        }),
        results: audits.into_iter().map(body).collect(),
    }))
}

/// Begins an audit: hours of the log are read again and compared with the lake. What is missing is read again.
#[utoipa::path(
    post, path = "/log-sources/{id}/audits", tag = "Log sources", operation_id = "create_audit", request_body = NewAudit,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 202, description = "It is under way", body = RunningAudit),
        (status = 409, description = "One is under way", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "As many are under way as may be", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn create(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    asked: Body<NewAudit>,
) -> Result<(StatusCode, Json<RunningAudit>), Problem> {
    let now = api.line.clock.now();
    let source = api.line.store.source(id).await?;
    let settings = settings(&asked.value)?;
    api.audits.take(id, now)?;
    tokio::spawn(made(api, source, settings));
    let begun = Running {
        begun_at: now,
        done: 0,
        of: 0,
    };
    Ok((StatusCode::ACCEPTED, Json(running_body(begun))))
}

fn settings(asked: &NewAudit) -> Result<AuditSettings, Problem> {
    let refused = |text: &str| Err(Problem::new(Code::InvalidValue, text));
    let read = |name: &str, text: &Option<String>| text.as_deref().map(|text| time::given(name, text)).transpose();
    let (from, to) = (read("from", &asked.from)?, read("to", &asked.to)?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return refused("`from` is not before `to`");
    }
    let requests_max = asked.requests_max.unwrap_or(REQUESTS_DEFAULT);
    if !(1..=REQUESTS_MAX).contains(&requests_max) {
        return refused(&format!("`requestsMax` is 1 to {REQUESTS_MAX}"));
    }
    let default = AuditSettings::default();
    let sample = match asked.sample_percent {
        None => default.sample,
        Some(percent) => match permille(percent).and_then(Sample::permille) {
            Some(sample) => sample,
            None => return refused("`samplePercent` is 0.1 to 100, tenths at the finest"),
        },
    };
    Ok(AuditSettings {
        from,
        to,
        sample,
        requests_max,
        ..default
    })
}

fn permille(percent: f64) -> Option<u16> {
    let permille = (percent * 10.0).round();
    if !(1.0..=1_000.0).contains(&permille) || (percent * 10.0 - permille).abs() > 1e-6 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of 1 to 1,000"
    )]
    let permille = permille as u16;
    Some(permille)
}

async fn made(api: Api, source: Source, settings: AuditSettings) {
    let id = source.id;
    let audits = api.audits.clone();
    let heard = |done: u64, of: u64| {
        audits.with(|state| {
            if let Some(running) = state.running.get_mut(&id) {
                (running.done, running.of) = (done, of);
            }
        });
    };
    // Nothing stops it but the end of the process: it only reads, and leaves wishes.
    let stop = CancellationToken::new();
    let made = Box::pin(audit_beside(&api.line, &source, settings, &heard, &stop)).await;
    let failed = made.err().map(|error| {
        if !matches!(error, AuditError::NothingToAudit { .. } | AuditError::NoSchema { .. }) {
            tracing::warn!(source = source.label, error = %ErrorChain(&error), "an audit did not end");
        }
        Failed {
            at: api.line.clock.now(),
            problem: error.to_string(),
        }
    });
    audits.ended(id, failed);
}

fn running_body(running: Running) -> RunningAudit {
    RunningAudit {
        started_at: time::written(running.begun_at),
        windows_done: running.done,
        windows_total: running.of,
    }
}

fn body(audit: AuditRecord) -> AuditBody {
    AuditBody {
        started_at: time::written(audit.started_at),
        finished_at: time::written(audit.finished_at),
        from: time::written(audit.from),
        to: time::written(audit.to),
        sample_percent: f64::from(audit.sample_permille) / 10.0,
        windows: audit.windows,
        windows_total: audit.windows_total,
        requests: audit.requests,
        events_checked: audit.events_checked,
        missing: audit.missing,
        extra: audit.extra,
        different: audit.different,
        repaired: audit.repaired,
        outcome: audit.outcome,
    }
}
