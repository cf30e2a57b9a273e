//! `/alerts`: what somebody was told, and what became of it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use margay_schema::SourceId;
use margay_store::{Alert, AlertEdit, AlertError, AlertEvent, AlertEventKind, AlertFilter, AlertId, AlertStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{AlertModify, AlertRead, Allowed};
use super::destination::{AlertType, Severity};
use super::extract::{Body, Id, Params, given, parse_id};
use super::once::{Asked, Created, Key, once};
use super::problem::{Code, Problem};
use super::{page, time};

pub(super) mod edit;

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Alert)]
pub(crate) struct AlertBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// What sort of alert it is.
    #[serde(rename = "type")]
    #[schema(example = "SYSTEM_ERROR")]
    alert_type: String,
    /// The alarm that raised it.
    #[schema(example = "SOURCE_NO_DATA")]
    alarm: String,
    /// How grave it is.
    #[schema(example = "CRITICAL")]
    severity: String,
    /// Where people have come with it.
    status: StatusName,
    /// The log source that it is about; it may be deleted by now.
    #[schema(format = Uuid)]
    source_id: Option<String>,
    /// That source's label when the alert was raised.
    source_label: Option<String>,
    /// What happened, in one line.
    title: String,
    /// Why there is an alert.
    cause: String,
    /// What that was concluded from.
    evidence: String,
    /// What nobody sees meanwhile.
    blind: String,
    /// What to do.
    remedy: String,
    /// Who looks after it.
    assignee: Option<String>,
    /// When it was raised.
    #[schema(format = DateTime)]
    created_at: String,
    /// When something last happened to it.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When what it tells of was over; null while it lasts.
    #[schema(format = DateTime)]
    recovered_at: Option<String>,
}

/// Where people have come with an alert.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = AlertStatus)]
pub(crate) enum StatusName {
    /// Nobody has looked yet.
    Open,
    /// Somebody has.
    Triaged,
    /// It was about something, and that is over.
    Resolved,
    /// It was about nothing.
    Closed,
}

/// A page of alerts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlertList {
    results: Vec<AlertBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
    /// How many alerts are open, whatever was asked for.
    open_count: u64,
}

/// Which alerts are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertQuery {
    /// Only with this status, or one of several with commas between them.
    #[param(
        pattern = "^(OPEN|TRIAGED|RESOLVED|CLOSED)(,(OPEN|TRIAGED|RESOLVED|CLOSED))*$",
        example = "OPEN,TRIAGED"
    )]
    status: Option<String>,
    /// Only with this severity, or one of several with commas between them.
    #[param(
        pattern = "^(INFO|LOW|MEDIUM|HIGH|CRITICAL)(,(INFO|LOW|MEDIUM|HIGH|CRITICAL))*$",
        example = "HIGH,CRITICAL"
    )]
    severity: Option<String>,
    /// Only of this type, or one of several with commas between them.
    #[serde(rename = "type")]
    #[param(pattern = "^(SYSTEM_ERROR|RULE)(,(SYSTEM_ERROR|RULE))*$", example = "SYSTEM_ERROR")]
    alert_type: Option<String>,
    /// Only about this log source.
    #[param(format = Uuid)]
    log_source: Option<String>,
    /// Only raised at or after this time.
    #[param(format = DateTime)]
    created_after: Option<String>,
    /// How many; 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// What is to change of an alert. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AlertChange {
    /// Its new status.
    status: Option<StatusName>,
    /// Who looks after it from now on; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    #[expect(clippy::option_option, reason = "left out, null and a value are three things")]
    assignee: Option<Option<String>>,
}

/// What happened to an alert, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Timeline {
    results: Vec<TimelineEvent>,
}

/// Something that happened to an alert.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineEvent {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What.
    #[schema(example = "comment")]
    kind: &'static str,
    /// Who did it: `margay` itself, or an API token by its name.
    actor: String,
    /// More about it; a comment's own text.
    text: String,
}

/// A comment to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewComment {
    /// Its text.
    #[schema(min_length = 1, max_length = 10_240)]
    text: String,
}

/// Lists alerts, the newest first.
#[utoipa::path(
    get, path = "/alerts", tag = "Alerts", operation_id = "list_alerts", params(AlertQuery),
    responses((status = 200, description = "A page of alerts", body = AlertList)),
    extensions(("x-permission" = json!("AlertRead")))
)]
pub(crate) async fn list(
    _: Allowed<AlertRead>,
    State(api): State<Api>,
    Params(query): Params<AlertQuery>,
) -> Result<Json<AlertList>, Problem> {
    let wanted = page::wanted::<AlertId>(query.limit, query.cursor.as_deref())?;
    let store = &api.line.store;
    if let Some(before) = wanted.after {
        let known = store.alert(before).await;
        known.map_err(|error| match error {
            AlertError::Unknown(_) => {
                let text = "`cursor` is none that this list gave\nhint: begin without it";
                Problem::new(Code::InvalidRequest, text)
            }
            error => error.into(),
        })?;
    }
    let filter = AlertFilter {
        statuses: listed(
            query.status.as_deref(),
            AlertStatus::of_name,
            "`status` is none\nhint: it is OPEN, TRIAGED, RESOLVED or CLOSED, or several with commas between them",
        )?,
        severities: listed(
            query.severity.as_deref(),
            |name| Severity::of_name(name).map(|severity| severity.name().to_owned()),
            "`severity` is none\nhint: it is INFO, LOW, MEDIUM, HIGH or CRITICAL, or several with commas between them",
        )?,
        alert_types: listed(
            query.alert_type.as_deref(),
            |name| AlertType::of_name(name).map(|alert_type| alert_type.name().to_owned()),
            "`type` is none\nhint: it is SYSTEM_ERROR or RULE, or both with a comma between them",
        )?,
        source_id: query.log_source.as_deref().map(parse_id::<SourceId>).transpose()?,
        before: wanted.after,
        since: query
            .created_after
            .as_deref()
            .map(|text| time::read("created-after", text))
            .transpose()?,
    };
    // One more tells whether there is another page.
    let mut alerts = store.alerts(&filter, wanted.limit + 1).await?;
    let next = page::next(&mut alerts, |alert| alert.id, wanted.limit);
    let results = alerts.into_iter().map(AlertBody::from).collect();
    Ok(Json(AlertList {
        results,
        next,
        open_count: store.open_alert_count().await?,
    }))
}

/// Reads names with commas between them.
fn listed<T>(text: Option<&str>, of_name: impl Fn(&str) -> Option<T>, refusal: &str) -> Result<Vec<T>, Problem> {
    let one = |name: &str| of_name(name.trim()).ok_or_else(|| Problem::new(Code::InvalidRequest, refusal));
    text.map_or(Ok(Vec::new()), |text| text.split(',').map(one).collect())
}

/// Shows an alert.
#[utoipa::path(
    get, path = "/alerts/{id}", tag = "Alerts", operation_id = "show_alert",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The alert", body = AlertBody)),
    extensions(("x-permission" = json!("AlertRead")))
)]
pub(crate) async fn show(
    _: Allowed<AlertRead>,
    State(api): State<Api>,
    Id(id): Id<AlertId>,
) -> Result<Json<AlertBody>, Problem> {
    Ok(Json(api.line.store.alert(id).await?.into()))
}

/// Changes the status of an alert, or who looks after it.
#[utoipa::path(
    patch, path = "/alerts/{id}", tag = "Alerts", operation_id = "change_alert", request_body = AlertChange,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The alert", body = AlertBody)),
    extensions(("x-permission" = json!("AlertModify")))
)]
pub(crate) async fn change(
    Allowed(actor, _): Allowed<AlertModify>,
    State(api): State<Api>,
    Id(id): Id<AlertId>,
    body: Body<AlertChange>,
) -> Result<Json<AlertBody>, Problem> {
    let (store, now) = (&api.line.store, api.line.clock.now());
    let edit = AlertEdit {
        status: body.value.status.map(AlertStatus::from),
        assignee: body.value.assignee.as_ref().map(Option::as_deref),
    };
    Ok(Json(store.edit_alert(id, edit, actor.name(), now).await?.into()))
}

/// Shows what happened to an alert: the last thousand events.
#[utoipa::path(
    get, path = "/alerts/{id}/timeline", tag = "Alerts", operation_id = "show_timeline",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "What happened, the oldest first", body = Timeline)),
    extensions(("x-permission" = json!("AlertRead")))
)]
pub(crate) async fn timeline(
    _: Allowed<AlertRead>,
    State(api): State<Api>,
    Id(id): Id<AlertId>,
) -> Result<Json<Timeline>, Problem> {
    let events = api.line.store.alert_timeline(id).await?;
    let results = events.into_iter().map(TimelineEvent::from).collect();
    Ok(Json(Timeline { results }))
}

/// Adds a comment to an alert.
#[utoipa::path(
    post, path = "/alerts/{id}/comments", tag = "Alerts", operation_id = "comment_alert", request_body = NewComment,
    params(
        ("id" = uuid::Uuid, Path, description = "Its id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Added once, however often this is sent", min_length = 1, max_length = 255),
    ),
    responses(
        (status = 201, description = "The comment", body = TimelineEvent),
        (status = 409, description = "This key is being worked on", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("AlertModify")))
)]
pub(crate) async fn comment(
    Allowed(actor, _): Allowed<AlertModify>,
    State(api): State<Api>,
    Id(id): Id<AlertId>,
    key: Key,
    body: Body<NewComment>,
) -> Result<Response, Problem> {
    let route = format!("POST /alerts/{id}/comments");
    let asked = Asked {
        actor: &actor,
        route: &route,
        key,
        body: &body.bytes,
    };
    let (line, author, text) = (api.line.clone(), actor.name().to_owned(), body.value.text);
    let work = async move {
        let now = line.clock.now();
        line.store.comment_alert(id, &text, &author, now).await?;
        Ok(Created::new(&TimelineEvent {
            at: time::written(now),
            kind: AlertEventKind::Comment.as_str(),
            actor: author,
            text: text.trim().to_owned(),
        }))
    };
    once(&api, asked, work).await
}

impl From<Alert> for AlertBody {
    fn from(alert: Alert) -> Self {
        Self {
            id: alert.id.to_string(),
            alert_type: alert.alert_type,
            alarm: alert.kind,
            severity: alert.severity,
            status: alert.status.into(),
            source_id: alert.source_id.map(|id| id.to_string()),
            source_label: alert.source_label,
            title: alert.text.title,
            cause: alert.text.cause,
            evidence: alert.text.evidence,
            blind: alert.text.blind,
            remedy: alert.text.remedy,
            assignee: alert.assignee,
            created_at: time::written(alert.opened_at),
            updated_at: time::written(alert.updated_at),
            recovered_at: alert.recovered_at.map(time::written),
        }
    }
}

impl From<AlertEvent> for TimelineEvent {
    fn from(event: AlertEvent) -> Self {
        Self {
            at: time::written(event.at),
            kind: event.kind.as_str(),
            actor: event.actor,
            text: event.text,
        }
    }
}

impl From<StatusName> for AlertStatus {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Open => Self::Open,
            StatusName::Triaged => Self::Triaged,
            StatusName::Resolved => Self::Resolved,
            StatusName::Closed => Self::Closed,
        }
    }
}

impl From<AlertStatus> for StatusName {
    fn from(status: AlertStatus) -> Self {
        match status {
            AlertStatus::Open => Self::Open,
            AlertStatus::Triaged => Self::Triaged,
            AlertStatus::Resolved => Self::Resolved,
            AlertStatus::Closed => Self::Closed,
        }
    }
}
