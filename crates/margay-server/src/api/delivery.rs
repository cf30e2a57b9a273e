//! `/alerts/{id}/deliveries` and `/deliveries`: how an alert went to its destinations.

use axum::Json;
use axum::extract::State;
use margay_store::{AlertId, Attempt, Delivery, DeliveryId, DeliveryNotice, DeliveryState, Store};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::auth::{AlertModify, AlertRead, Allowed};
use super::extract::Id;
use super::problem::Problem;
use super::time;

/// One notice of an alert for one destination.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub(crate) struct DeliveryBody {
    /// Its id, which every try carries as its idempotency key.
    #[schema(format = Uuid)]
    id: String,
    /// The alert.
    #[schema(format = Uuid)]
    alert_id: String,
    /// The destination.
    #[schema(format = Uuid)]
    destination_id: String,
    /// What it tells.
    notice: Notice,
    /// How it stands.
    state: StateName,
    /// The tries, the oldest first.
    attempts: Vec<AttemptBody>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it is tried next; null if it is not.
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    /// When it arrived or was given up.
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

/// What a delivery tells.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryNotice)]
pub(crate) enum Notice {
    /// There is an alert.
    Opened,
    /// It still lasts.
    Reminded,
    /// What it tells of is over.
    Recovered,
}

/// How a delivery stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryState)]
pub(crate) enum StateName {
    /// It waits for its next try.
    Waiting,
    /// It arrived.
    Delivered,
    /// It did not, and is not tried again.
    GivenUp,
}

/// A try of a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryAttempt)]
pub(crate) struct AttemptBody {
    /// When it began.
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// What the destination answered with: an HTTP status, an SMTP code.
    status: Option<u16>,
    /// What came of it.
    outcome: String,
}

/// The deliveries of an alert.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    results: Vec<DeliveryBody>,
}

/// Lists the deliveries of an alert, the oldest first.
#[utoipa::path(
    get, path = "/alerts/{id}/deliveries", tag = "Alerts", operation_id = "list_deliveries",
    params(("id" = uuid::Uuid, Path, description = "The alert")),
    responses((status = 200, description = "Its deliveries", body = DeliveryList)),
    extensions(("x-permission" = json!("AlertRead")))
)]
pub(crate) async fn list(
    _: Allowed<AlertRead>,
    State(api): State<Api>,
    Id(id): Id<AlertId>,
) -> Result<Json<DeliveryList>, Problem> {
    let store = &api.line.store;
    let mut results = Vec::new();
    for delivery in store.deliveries_of_alert(id).await? {
        results.push(shown(store, delivery).await?);
    }
    Ok(Json(DeliveryList { results }))
}

/// Has a delivery that was given up sent again; one that waits is tried now. One that has arrived stays as it is.
///
/// What was given up is sent again as a delivery of its own, which is returned: it says that it is sent again, and how the alert stands
/// by then.
#[utoipa::path(
    post, path = "/deliveries/{id}/resend", tag = "Alerts", operation_id = "resend_delivery",
    params(("id" = uuid::Uuid, Path, description = "The delivery")),
    responses((status = 200, description = "The delivery", body = DeliveryBody)),
    extensions(("x-permission" = json!("AlertModify")))
)]
pub(crate) async fn resend(
    Allowed(actor, _): Allowed<AlertModify>,
    State(api): State<Api>,
    Id(id): Id<DeliveryId>,
) -> Result<Json<DeliveryBody>, Problem> {
    let store = &api.line.store;
    let delivery = store.resend(id, actor.name(), api.line.clock.now()).await?;
    api.line.outbox.notify_one();
    Ok(Json(shown(store, delivery).await?))
}

async fn shown(store: &Store, delivery: Delivery) -> Result<DeliveryBody, Problem> {
    let attempts = store.attempts(delivery.id).await?;
    let waits = delivery.state == DeliveryState::Waiting;
    Ok(DeliveryBody {
        id: delivery.id.to_string(),
        alert_id: delivery.alert.to_string(),
        destination_id: delivery.destination.to_string(),
        notice: match delivery.notice {
            DeliveryNotice::Opened => Notice::Opened,
            DeliveryNotice::Reminded => Notice::Reminded,
            DeliveryNotice::Recovered => Notice::Recovered,
        },
        state: match delivery.state {
            DeliveryState::Waiting => StateName::Waiting,
            DeliveryState::Delivered => StateName::Delivered,
            DeliveryState::GivenUp => StateName::GivenUp,
        },
        attempts: attempts.into_iter().map(AttemptBody::from).collect(),
        created_at: time::written(delivery.created_at),
        next_attempt_at: waits.then(|| time::written(delivery.not_before)),
        finished_at: delivery.finished_at.map(time::written),
    })
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        Self {
            at: time::written(attempt.at),
            took_ms: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
            status: attempt.status,
            outcome: attempt.outcome,
        }
    }
}
