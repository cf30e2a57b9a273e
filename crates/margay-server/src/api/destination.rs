//! `/destinations`: where alerts go. Secrets come in and never go out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use margay_runtime::deliver::route::Route;
use margay_runtime::deliver::{send, test_message};
use margay_store::{Destination, DestinationId, NewDestination};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, DestinationModify, DestinationRead};
use super::extract::{Body, Id, Params};
use super::log_source::PageQuery;
use super::once::{Asked, Created, Key, once};
use super::problem::Problem;
use super::{page, time};

/// A destination. Its secret is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Destination)]
pub(crate) struct DestinationBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name.
    name: String,
    /// How it is reached.
    #[schema(example = "webhook")]
    kind: String,
    /// What that needs, without secrets.
    #[schema(value_type = Object)]
    settings: Value,
    /// Whether it has a secret.
    has_secret: bool,
    /// Alerts of these severities go there; of all if there is none.
    severities: Vec<String>,
    /// Alerts of these types go there; of all if there is none.
    alert_types: Vec<String>,
    /// Whether anything goes there.
    enabled: bool,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of destinations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DestinationList {
    results: Vec<DestinationBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A destination to add, or what one is to become.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DestinationForm {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// How it is reached.
    kind: Kind,
    /// What that needs, without secrets; docs/reference/api.md has a table.
    #[schema(value_type = Object, example = json!({"url": "https://example.com/hook"}))]
    #[serde(default)]
    settings: Map<String, Value>,
    /// Its secret. It is stored encrypted and never shown. A change without it leaves the one that is there.
    #[schema(write_only, min_length = 1, max_length = 16_384)]
    secret: Option<String>,
    /// Alerts of these severities go there; of all if there is none.
    #[serde(default)]
    severities: Vec<Severity>,
    /// Alerts of these types go there; of all if there is none.
    #[serde(default)]
    alert_types: Vec<AlertType>,
    /// Whether anything goes there; true unless given.
    enabled: Option<bool>,
}

/// How a destination is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DestinationKind)]
pub(crate) enum Kind {
    Webhook,
    SlackWebhook,
    SlackBot,
    Pagerduty,
    Teams,
    Email,
    Stdout,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::SlackWebhook => "slack_webhook",
            Self::SlackBot => "slack_bot",
            Self::Pagerduty => "pagerduty",
            Self::Teams => "teams",
            Self::Email => "email",
            Self::Stdout => "stdout",
        }
    }
}

/// How grave an alert is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// What sort of alert it is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AlertType {
    /// Something is wrong with the log, or with this server.
    SystemError,
    /// A rule matched.
    Rule,
}

impl AlertType {
    const ALL: [Self; 2] = [Self::SystemError, Self::Rule];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SystemError => margay_runtime::watch::SYSTEM_ERROR,
            Self::Rule => "RULE",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alert_type| alert_type.name() == name)
    }
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tested {
    /// Whether the test message arrived.
    is_delivered: bool,
    /// What the destination answered with: an HTTP status, an SMTP code.
    status: Option<u16>,
    /// What came of it.
    outcome: String,
}

/// Lists destinations, the oldest first.
#[utoipa::path(
    get, path = "/destinations", tag = "Destinations", operation_id = "list_destinations", params(PageQuery),
    responses((status = 200, description = "A page of destinations", body = DestinationList)),
    extensions(("x-permission" = json!("DestinationRead")))
)]
pub(crate) async fn list(
    _: Allowed<DestinationRead>,
    State(api): State<Api>,
    Params(query): Params<PageQuery>,
) -> Result<Json<DestinationList>, Problem> {
    let wanted = query.wanted::<DestinationId>()?;
    let all = api.line.store.destinations().await?;
    let (destinations, next) = page::cut(all, |destination| destination.id, wanted);
    let results = destinations.into_iter().map(DestinationBody::from).collect();
    Ok(Json(DestinationList { results, next }))
}

/// Shows a destination.
#[utoipa::path(
    get, path = "/destinations/{id}", tag = "Destinations", operation_id = "show_destination",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The destination", body = DestinationBody)),
    extensions(("x-permission" = json!("DestinationRead")))
)]
pub(crate) async fn show(
    _: Allowed<DestinationRead>,
    State(api): State<Api>,
    Id(id): Id<DestinationId>,
) -> Result<Json<DestinationBody>, Problem> {
    Ok(Json(api.line.store.destination(id).await?.into()))
}

/// Adds a destination.
#[utoipa::path(
    post, path = "/destinations", tag = "Destinations", operation_id = "create_destination", request_body = DestinationForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "Added once, however often this is sent", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The destination", body = DestinationBody),
        (status = 409, description = "There is a destination with this name, there may not be more, or this key is being worked on", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DestinationModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<DestinationModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<DestinationForm>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /destinations",
        key,
        body: &body.bytes,
    };
    let (line, form) = (api.line.clone(), body.value);
    let work = async move {
        let new = form.checked(None, line.clock.now())?;
        let destination = line.store.create_destination(new).await?;
        Ok(Created::new(&DestinationBody::from(destination)))
    };
    once(&api, asked, work).await
}

/// Changes a destination: all of it but the secret, which stays unless another is given.
///
/// Where a secret goes is not changed without giving it again: who may change destinations is not to get at secrets by it.
#[utoipa::path(
    put, path = "/destinations/{id}", tag = "Destinations", operation_id = "replace_destination", request_body = DestinationForm,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The destination", body = DestinationBody),
        (status = 409, description = "There is a destination with this name", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DestinationModify")))
)]
pub(crate) async fn replace(
    _: Allowed<DestinationModify>,
    State(api): State<Api>,
    Id(id): Id<DestinationId>,
    body: Body<DestinationForm>,
) -> Result<Json<DestinationBody>, Problem> {
    let store = &api.line.store;
    let old = store.destination(id).await?;
    let new = body.value.checked(Some(&old), api.line.clock.now())?;
    Ok(Json(store.change_destination(id, new).await?.into()))
}

/// Deletes a destination with its secret and deliveries.
#[utoipa::path(
    delete, path = "/destinations/{id}", tag = "Destinations", operation_id = "delete_destination",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 204, description = "It is deleted")),
    extensions(("x-permission" = json!("DestinationModify")))
)]
pub(crate) async fn delete(
    _: Allowed<DestinationModify>,
    State(api): State<Api>,
    Id(id): Id<DestinationId>,
) -> Result<StatusCode, Problem> {
    api.line.store.delete_destination(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message to a destination, once and at once, even if it is switched off.
#[utoipa::path(
    post, path = "/destinations/{id}/test", tag = "Destinations", operation_id = "test_destination",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "What came of it, whether or not it arrived", body = Tested),
        (status = 409, description = "Its secret cannot be read", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("DestinationModify")))
)]
pub(crate) async fn test(
    _: Allowed<DestinationModify>,
    State(api): State<Api>,
    Id(id): Id<DestinationId>,
) -> Result<Json<Tested>, Problem> {
    let destination = api.line.store.destination(id).await?;
    let secret = api.line.store.destination_secret(id).await?;
    let message = test_message(&destination, Some(&api.post.alerts_url), api.line.clock.now());
    let tested = match send(&api.post, &destination, secret.as_ref(), &message).await {
        Ok(sent) => {
            api.line.store.destination_works(id).await?;
            Tested {
                is_delivered: true,
                status: sent.status,
                outcome: sent.outcome,
            }
        }
        Err(not_sent) => Tested {
            is_delivered: false,
            status: not_sent.status,
            outcome: not_sent.outcome,
        },
    };
    Ok(Json(tested))
}

impl DestinationForm {
    /// Refuses what could never be reached, before it is stored.
    fn checked(self, old: Option<&Destination>, now: Timestamp) -> Result<NewDestination, Problem> {
        let kind = self.kind.as_str();
        let settings = Value::Object(self.settings);
        let has_secret = old.is_some_and(|old| old.has_secret);
        let new = NewDestination {
            name: self.name,
            kind: kind.to_owned(),
            settings: settings.to_string(),
            secret: self.secret.map(SecretString::from),
            severities: self
                .severities
                .into_iter()
                .map(Severity::name)
                .map(str::to_owned)
                .collect(),
            alert_types: self
                .alert_types
                .into_iter()
                .map(AlertType::name)
                .map(str::to_owned)
                .collect(),
            is_enabled: self.enabled.unwrap_or(true),
            now,
        };
        let route = Route::parse(kind, &new.settings, has_secret || new.secret.is_some())?;
        if let Some(secret) = &new.secret {
            route.check_secret(secret)?;
        }
        Ok(new)
    }
}

impl From<Destination> for DestinationBody {
    fn from(destination: Destination) -> Self {
        Self {
            id: destination.id.to_string(),
            name: destination.name,
            kind: destination.kind,
            settings: serde_json::from_str(&destination.settings).unwrap_or_default(),
            has_secret: destination.has_secret,
            severities: destination.severities,
            alert_types: destination.alert_types,
            enabled: destination.is_enabled,
            created_at: time::written(destination.created_at),
            updated_at: time::written(destination.updated_at),
        }
    }
}
