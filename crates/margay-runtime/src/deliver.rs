//! Deliver: brings what is in the outbox to its destinations, and tries again until it arrives.
//!
//! ```text
//! outbox ──take──▶ Delivery ──compose──▶ Message ──courier──▶ destination
//!    ▲                                                            │
//!    └───────────────── attempt kept: arrived │ later │ given up ─┘
//! ```
//! At least once: a try whose answer got lost is made again under the same key, which every destination is given. Deliveries of one
//! alert to one destination go in order; others wait for nobody.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use margay_detect::AlarmKind;
use margay_store::{
    Alert, AlertError, AlertId, AlertStatus, AlertText, Attempt, Delivery, DeliveryError, DeliveryId, DeliveryNotice,
    Destination, DestinationError, DestinationId, Followed, StorageFault,
};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error_chain::ErrorChain;
use crate::line::Line;
use crate::telemetry;
use crate::watch::SYSTEM_ERROR;

pub mod courier;
mod email;
pub mod guard;
pub mod message;
mod pagerduty;
mod redaction;
pub mod retry;
pub mod route;
pub mod settled;
mod slack;
mod teams;
mod webhook;

use courier::{Courier, NotSent, Sent};
use message::Message;
use retry::Failed;
use route::Route;
use settled::Settled;

/// So many deliveries are under way at once: a storm of alerts must not become one of calls.
const AT_ONCE_MAX: usize = 8;
/// And so many of these for one destination: one that hangs holds up its own alerts, and nobody else's.
const PER_DESTINATION_MAX: usize = 2;
/// The outbox is looked at this often without being woken: another process may have filled it.
const LOOK_INTERVAL: Duration = Duration::from_secs(15);

/// The kind of an alert that only tests a destination.
pub const TEST_KIND: &str = "TEST";
/// Its severity: nobody is woken.
pub const TEST_SEVERITY: &str = "INFO";

/// What delivering needs besides the line.
#[derive(Debug, Clone)]
pub struct Post {
    /// Who brings messages.
    pub courier: Courier,
    /// Where a person reads an alert: this URL, and the alert's id after it.
    pub alerts_url: String,
    /// Rung when something was put into the outbox.
    pub wake: Arc<Notify>,
}

/// Why a delivery could not be tried: our own side.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The outbox could not be read or written.
    #[error(transparent)]
    Storage(#[from] StorageFault),
    /// The alert is gone.
    #[error(transparent)]
    Alert(#[from] AlertError),
    /// The destination is gone, or its secret cannot be read.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// The delivery is gone.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

/// Delivers until `stop`. Failures of our own side are logged, and what they concern is tried again.
pub async fn keep(line: Line, post: Post, stop: CancellationToken) {
    loop {
        let wait = match due(&line, &post).await {
            Ok(next) => wait_until(line.clock.now(), next),
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "alerts could not be delivered; trying again");
                LOOK_INTERVAL
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = post.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn wait_until(now: Timestamp, next: Option<Timestamp>) -> Duration {
    next.map_or(LOOK_INTERVAL, |next| {
        let wait = next.duration_since(now);
        if wait.is_negative() {
            Duration::ZERO
        } else {
            wait.unsigned_abs().min(LOOK_INTERVAL)
        }
    })
}

/// Tries everything that is due once; returns when the next delivery is due.
///
/// # Errors
/// When the outbox cannot be read. What a single delivery met is kept with it.
pub async fn due(line: &Line, post: &Post) -> Result<Option<Timestamp>, DeliverError> {
    let mut tries: JoinSet<DestinationId> = JoinSet::new();
    let mut under_way: HashMap<DestinationId, usize> = HashMap::new();
    loop {
        let busy: Vec<DestinationId> = under_way
            .iter()
            .filter(|(_, count)| **count >= PER_DESTINATION_MAX)
            .map(|(id, _)| *id)
            .collect();
        let room = AT_ONCE_MAX.saturating_sub(tries.len());
        // One at a time, so that no destination gets more than its share.
        let taken = match room {
            0 => Vec::new(),
            _ => line.store.take_deliveries(line.clock.now(), 1, &busy).await?,
        };
        if let Some(delivery) = taken.into_iter().next() {
            let destination = delivery.destination;
            *under_way.entry(destination).or_default() += 1;
            let (line, post) = (line.clone(), post.clone());
            tries.spawn(async move {
                if let Err(error) = attempt(&line, &post, &delivery).await {
                    // Its lock runs out, and it is tried again; or what it was about is gone, and it with it.
                    tracing::warn!(delivery = %delivery.id, error = %ErrorChain(&error), "a delivery could not be tried");
                }
                destination
            });
            continue;
        }
        match tries.join_next().await {
            Some(Ok(destination)) => {
                if let Some(count) = under_way.get_mut(&destination) {
                    *count = count.saturating_sub(1);
                }
            }
            // One that died is tried again when its lock runs out.
            Some(Err(_)) => under_way.clear(),
            None => return Ok(line.store.next_delivery_at().await?),
        }
    }
}

/// Tries one delivery and keeps what came of it.
async fn attempt(line: &Line, post: &Post, delivery: &Delivery) -> Result<(), DeliverError> {
    let destination = line.store.destination(delivery.destination).await?;
    let secret = match line.store.destination_secret(delivery.destination).await {
        // A try like any other that failed, so that somebody is told.
        Err(error @ DestinationError::SecretUnreadable) => Err(NotSent::of(error.to_string())),
        read => Ok(read?),
    };
    let alert = line.store.alert(delivery.alert).await?;
    let at = line.clock.now();
    let message = Message {
        delivery: delivery.id,
        notice: delivery.notice,
        name: AlarmKind::of_name(&alert.kind).map_or_else(|| alert.kind.clone(), |kind| kind.title().to_owned()),
        link: format!("{}{}", post.alerts_url, alert.id),
        alert,
        sent_at: at,
        settled: delivery.settled.as_deref().map(Settled::from_json).unwrap_or_default(),
    };
    let result = match secret {
        Ok(secret) => send(post, &destination, secret.as_ref(), &message).await,
        Err(unreadable) => Err(unreadable),
    };
    let now = line.clock.now();
    let (status, outcome, followed) = match result {
        Ok(Sent { status, outcome }) => (status, outcome, Followed::Delivered),
        Err(NotSent {
            status,
            outcome,
            retry_not_before,
            settled,
        }) => {
            if let Some(settled) = settled {
                // First: whoever dies in between tries those that are left, and not those that have it.
                line.store.keep_settled(delivery.id, &settled.to_json()).await?;
            }
            let failed = Failed {
                since: delivery.begun_at,
                attempts: delivery.attempts,
                retry_not_before,
                seed: delivery.created_at.as_microsecond().unsigned_abs(),
            };
            (status, outcome, retry::follow(failed, now))
        }
    };
    tell(&destination, &outcome, followed);
    let took = now.duration_since(at);
    let attempt = Attempt {
        at,
        took: if took.is_negative() {
            Duration::ZERO
        } else {
            took.unsigned_abs()
        },
        status,
        outcome,
    };
    line.store.keep_attempt(delivery.id, attempt, followed, now).await?;
    Ok(())
}

/// Returns a message that says of itself that it is a test. Nothing of it is stored; its link leads to the list of alerts.
pub fn test_message(destination: &Destination, alerts_url: &str, now: Timestamp) -> Message {
    let alert = Alert {
        id: AlertId::new(now),
        kind: TEST_KIND.to_owned(),
        alert_type: SYSTEM_ERROR.to_owned(),
        severity: TEST_SEVERITY.to_owned(),
        source_id: None,
        source_label: None,
        text: AlertText {
            title: format!("Test: alerts reach {}", destination.name),
            cause: "Somebody tests this destination. Nothing has happened.".to_owned(),
            evidence: "It came by the way that alerts take.".to_owned(),
            blind: "Nothing.".to_owned(),
            remedy: "Nothing. Close it, if it opened something here.".to_owned(),
        },
        status: AlertStatus::Open,
        assignee: None,
        opened_at: now,
        updated_at: now,
        recovered_at: None,
    };
    Message {
        delivery: DeliveryId::new(now),
        notice: DeliveryNotice::Opened,
        alert,
        name: "Test".to_owned(),
        link: alerts_url.to_owned(),
        sent_at: now,
        settled: Settled::default(),
    }
}

/// Tries once to bring a message to a destination.
///
/// # Errors
/// When it did not arrive.
pub async fn send(
    post: &Post,
    destination: &Destination,
    secret: Option<&SecretString>,
    message: &Message,
) -> Result<Sent, NotSent> {
    let route = Route::parse(&destination.kind, &destination.settings, secret.is_some())?;
    post.courier.send(&route, secret, message).await
}

fn tell(destination: &Destination, outcome: &str, followed: Followed) {
    let word = match followed {
        Followed::Delivered => "delivered",
        Followed::Again(_) => "failed",
        Followed::GivenUp => "given_up",
    };
    telemetry::delivery_tried(&destination.kind, word);
    match followed {
        Followed::Delivered => tracing::info!(destination = destination.name, "an alert was delivered"),
        Followed::Again(again) => {
            tracing::warn!(destination = destination.name, outcome, %again, "an alert did not arrive; it is tried again");
        }
        Followed::GivenUp => {
            tracing::error!(
                destination = destination.name,
                outcome,
                "an alert did not arrive; it is given up"
            );
        }
    }
}
