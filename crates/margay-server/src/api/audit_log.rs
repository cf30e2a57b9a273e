//! `/audit-log`: what was done to this server, by whom.

use axum::Json;
use axum::extract::State;
use margay_store::{ActorKind, AuditEntry, AuditEntryId, AuditFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, AuditLogRead};
use super::extract::{Id, Params};
use super::page;
use super::problem::{Code, Problem};
use super::time;

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLog {
    results: Vec<EntryBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// Something that was done, or refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub(crate) struct EntryBody {
    /// Its id, which its row in the table `margay_audit` has too.
    #[schema(format = Uuid)]
    id: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who.
    actor: AuditActorBody,
    /// From where; null for the command line, or when the proxy does not tell.
    address: Option<String>,
    /// What: the name of the operation in the API's document.
    #[schema(example = "pause_log_source")]
    action: String,
    /// To what; null if it is about nothing in particular.
    object: Option<AuditObjectBody>,
    /// Whether it was done.
    outcome: AuditOutcome,
    /// The HTTP status of the answer; null for a change, which was done before there was one, and for commands.
    status: Option<u16>,
    /// The code of the problem, if it was refused.
    #[schema(example = "permission_missing")]
    problem: Option<String>,
    /// The object before, without secrets; null if there was none.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The object afterwards, without secrets; null if there is none any more.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The id of the request, as its answer and the server's log have it.
    request_id: Option<String>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub(crate) struct AuditActorBody {
    kind: AuditActorKind,
    /// The id of the user or token.
    id: Option<String>,
    /// The user's address, the token's name, or what the operating system calls who ran the command. Empty for nobody.
    name: String,
}

/// What somebody is who does something: nobody is a sign-in that failed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditActorKind {
    User,
    ApiToken,
    CommandLine,
    Nobody,
}

/// What it was done to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditObject)]
pub(crate) struct AuditObjectBody {
    /// What it is.
    #[schema(example = "log_source")]
    kind: String,
    /// Its id, or its name if it has none.
    id: String,
    /// What it was called then.
    name: Option<String>,
}

/// Whether something was done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditOutcome {
    Succeeded,
    Failed,
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditLogQuery {
    /// How many, 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 20)]
    cursor: Option<String>,
    /// The name or id of who did it.
    #[param(max_length = 320)]
    actor: Option<String>,
    /// What was done.
    #[param(max_length = 64)]
    action: Option<String>,
    /// What it was done to: its kind, or its kind, a colon and its id.
    #[param(max_length = 320, example = "log_source:0198a1c2-0000-7000-8000-000000000001")]
    object: Option<String>,
    /// Whether it was done.
    outcome: Option<AuditOutcome>,
    /// Not before.
    #[param(format = DateTime, max_length = 64)]
    since: Option<String>,
    /// Before.
    #[param(format = DateTime, max_length = 64)]
    until: Option<String>,
}

/// Lists what was done, the newest first. The newest 100,000 entries are here, and all of them are in the table `margay_audit`.
#[utoipa::path(
    get, path = "/audit-log", tag = "Audit log", operation_id = "list_audit_log", params(AuditLogQuery),
    responses((status = 200, description = "A page of entries", body = AuditLog)),
    extensions(("x-permission" = json!("AuditLogRead")))
)]
pub(crate) async fn list(
    _: Allowed<AuditLogRead>,
    State(api): State<Api>,
    Params(query): Params<AuditLogQuery>,
) -> Result<Json<AuditLog>, Problem> {
    let wanted = page::wanted::<u64>(query.limit, query.cursor.as_deref())?;
    let (object_kind, object_id) = match query.object {
        None => (None, None),
        Some(object) => match object.split_once(':') {
            None => (Some(object), None),
            Some((kind, id)) => (Some(kind.to_owned()), Some(id.to_owned())),
        },
    };
    let read = |name, text: Option<String>| text.map(|text| time::read(name, &text)).transpose();
    let filter = AuditFilter {
        actor: query.actor,
        action: query.action,
        object_kind,
        object_id,
        is_done: query.outcome.map(|outcome| matches!(outcome, AuditOutcome::Succeeded)),
        since: read("since", query.since)?,
        until: read("until", query.until)?,
    };
    let mut entries = api
        .line
        .store
        .audit_log(&filter, wanted.after, wanted.limit + 1)
        .await?;
    let next = page::next(&mut entries, |entry| entry.number, wanted.limit);
    Ok(Json(AuditLog {
        results: entries.into_iter().map(body).collect(),
        next,
    }))
}

/// Shows one entry of the audit log.
#[utoipa::path(
    get, path = "/audit-log/{id}", tag = "Audit log", operation_id = "show_audit_entry",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The entry", body = EntryBody)),
    extensions(("x-permission" = json!("AuditLogRead")))
)]
pub(crate) async fn show(
    _: Allowed<AuditLogRead>,
    State(api): State<Api>,
    Id(id): Id<AuditEntryId>,
) -> Result<Json<EntryBody>, Problem> {
    let gone = "there is no such entry in the database\nhint: older ones are in the table margay_audit";
    match api.line.store.audit_entry(id).await? {
        Some(entry) => Ok(Json(body(entry))),
        None => Err(Problem::new(Code::NotFound, gone)),
    }
}

fn body(entry: AuditEntry) -> EntryBody {
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    EntryBody {
        id: entry.id.to_string(),
        at: time::written(entry.at),
        actor: AuditActorBody {
            kind: match entry.actor.kind {
                ActorKind::User => AuditActorKind::User,
                ActorKind::ApiToken => AuditActorKind::ApiToken,
                ActorKind::CommandLine => AuditActorKind::CommandLine,
                ActorKind::Nobody => AuditActorKind::Nobody,
            },
            id: entry.actor.id,
            name: entry.actor.name,
        },
        address: entry.address,
        action: entry.action,
        object: entry.object.map(|object| AuditObjectBody {
            kind: object.kind,
            id: object.id,
            name: object.name,
        }),
        outcome: match entry.problem {
            None => AuditOutcome::Succeeded,
            Some(_) => AuditOutcome::Failed,
        },
        status: entry.status,
        problem: entry.problem,
        before: json(entry.before),
        after: json(entry.after),
        request_id: entry.request_id,
    }
}
