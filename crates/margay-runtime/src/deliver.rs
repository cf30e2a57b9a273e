//! Deliver: brings what is in the outbox to its destinations, and tries again until it arrives.
//!
//! ```text
//! outbox ──take──▶ Delivery ──compose──▶ Message ──courier──▶ destination
//!    ▲                                                            │
//!    └───────────────── attempt kept: arrived │ later │ given up ─┘
//! ```
//! At least once: a try whose answer got lost is made again under the same key, which every destination is given. Deliveries of one
//! alert to one destination go in order; others wait for nobody: what is due begins at once, whoever else hangs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use margay_detect::AlarmKind;
use margay_store::{
    Alert, AlertId, AlertStatus, AlertText, Attempt, Delivery, DeliveryError, DeliveryId, DeliveryNotice, Destination,
    DestinationError, DestinationId, Followed, StorageFault,
};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::{self, JoinError, JoinSet};
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

/// So many deliveries are under way at once: a storm of alerts must not become one of calls, and fifteen destinations that hang leave room
/// for others.
const AT_ONCE_MAX: usize = 32;
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
    /// The destination is gone, or its secret cannot be read.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// The delivery or its alert is gone.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

/// Delivers until `stop`. Failures of our own side are logged, and what they concern is tried again.
///
/// A stop ends waiting for answers at once. A try that has none by then is not written down: it is made again under its key once the
/// lock of its delivery has run out.
pub async fn keep(line: Line, post: Post, stop: CancellationToken) {
    let mut tries = Tries::default();
    while !stop.is_cancelled() {
        let wait = match tries.begin_due(&line, &post, &stop).await {
            Ok(next) => wait_until(line.clock.now(), next),
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "alerts could not be delivered; trying again");
                LOOK_INTERVAL
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = post.wake.notified() => {}
            Some(ended) = tries.running.join_next_with_id() => tries.end(ended),
            () = tokio::time::sleep(wait) => {}
        }
    }
    // Those that have an answer write it down.
    while tries.running.join_next().await.is_some() {}
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

/// The tries that are under way.
#[derive(Default)]
struct Tries {
    running: JoinSet<()>,
    destinations: HashMap<task::Id, DestinationId>,
}

impl Tries {
    /// Begins to try everything that is due and that there is room for; returns when the next delivery is due that has room.
    async fn begin_due(
        &mut self,
        line: &Line,
        post: &Post,
        stop: &CancellationToken,
    ) -> Result<Option<Timestamp>, DeliverError> {
        loop {
            if self.destinations.len() >= AT_ONCE_MAX {
                // Whichever ends first makes room, and is heard of.
                return Ok(None);
            }
            let busy = self.busy();
            // One at a time, so that no destination gets more than its share.
            let taken = line.store.take_deliveries(line.clock.now(), 1, &busy).await?;
            let Some(delivery) = taken.into_iter().next() else {
                return Ok(line.store.next_delivery_at(&busy).await?);
            };
            let destination = delivery.destination;
            let (line, post, stop) = (line.clone(), post.clone(), stop.clone());
            let attempt = self.running.spawn(async move {
                if let Err(error) = attempt(&line, &post, &delivery, &stop).await {
                    // Its lock runs out, and it is tried again; or what it was about is gone, and it with it.
                    tracing::warn!(delivery = %delivery.id, error = %ErrorChain(&error), "a delivery could not be tried");
                }
            });
            self.destinations.insert(attempt.id(), destination);
        }
    }

    /// The destinations that have their share.
    fn busy(&self) -> Vec<DestinationId> {
        let mut counts: HashMap<DestinationId, usize> = HashMap::new();
        for destination in self.destinations.values() {
            *counts.entry(*destination).or_default() += 1;
        }
        let busy = counts.into_iter().filter(|(_, count)| *count >= PER_DESTINATION_MAX);
        busy.map(|(destination, _)| destination).collect()
    }

    /// Makes room. One that died is tried again when its lock runs out.
    fn end(&mut self, ended: Result<(task::Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(died) => died.id(),
        };
        self.destinations.remove(&id);
    }
}

/// Tries one delivery and keeps what came of it; nothing if `stop` came first.
async fn attempt(line: &Line, post: &Post, delivery: &Delivery, stop: &CancellationToken) -> Result<(), DeliverError> {
    let destination = line.store.destination(delivery.destination).await?;
    let secret = match line.store.destination_secret(delivery.destination).await {
        // A try like any other that failed, so that somebody is told.
        Err(error @ DestinationError::SecretUnreadable) => Err(NotSent::of(error.to_string())),
        read => Ok(read?),
    };
    let alert = line.store.alert_as_told(delivery.id).await?;
    let at = line.clock.now();
    let message = Message {
        delivery: delivery.id,
        notice: delivery.notice,
        name: AlarmKind::of_name(&alert.kind).map_or_else(|| alert.kind.clone(), |kind| kind.title().to_owned()),
        link: Some(format!("{}{}", post.alerts_url, alert.id)),
        alert,
        resent_at: delivery.is_resent.then_some(delivery.created_at),
        sent_at: at,
        settled: delivery.settled.as_deref().map(Settled::from_json).unwrap_or_default(),
    };
    let result = match secret {
        Ok(secret) => tokio::select! {
            biased;
            result = send(post, &destination, secret.as_ref(), &message) => result,
            () = stop.cancelled() => return Ok(()),
        },
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
            let is_partly_taken = settled.as_ref().is_some_and(Settled::is_taken);
            if let Some(settled) = settled {
                // First: whoever dies in between tries those that are left, and not those that have it.
                line.store.keep_settled(delivery.id, &settled.to_json()).await?;
            }
            let failed = Failed {
                since: delivery.begun_at,
                attempts: delivery.attempts,
                is_partly_taken,
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

/// Returns a message that says of itself that it is a test. Nothing of it is stored. Its link leads to the list of alerts, if it
/// is known where that is.
pub fn test_message(destination: &Destination, alerts_url: Option<&str>, now: Timestamp) -> Message {
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
        link: alerts_url.map(str::to_owned),
        resent_at: None,
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
        Followed::Delivered => tracing::info!(destination = destination.name, outcome, "an alert was delivered"),
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
