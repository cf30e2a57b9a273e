//! Deliveries: the outbox. One notice of an alert for one destination, tried until it succeeds or is given up.
//!
//! ```text
//! waiting ──take──▶ (out for DELIVERY_LOCK) ──succeeded──▶ delivered
//!    ▲                     │
//!    └──── failed, later ──┴── failed, no more ──▶ given up ──resend──▶ another delivery
//! ```
//! At least once: whoever takes a delivery and dies has it taken again by somebody after [`DELIVERY_LOCK`]. Its id is the same in
//! every try, so that the receiver can tell, and so is what it tells: it is kept when the delivery is made. What is sent again after it
//! was given up tells how the alert stands by then, so it is a delivery of its own.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::alert::{AlertEventKind, AlertId, SYSTEM_ACTOR, happens, number_of_alert};
use crate::destination::DestinationId;
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::round::shortened;
use crate::row::row;
use crate::store::{OrFault, Store};
use crate::time::{after, count_from_sql, count_to_sql, from_micros, to_micros};

mod resend;
mod told;

/// How long a delivery that was taken is left alone: longer than any try takes.
pub const DELIVERY_LOCK: Duration = Duration::from_secs(120);
/// No delivery waits longer than this: a receiver may ask for a day. One that is to wait longer was made under a clock that has been set
/// back since, and is due.
pub const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(25 * 60 * 60);
/// The most deliveries that one listing returns.
pub const DELIVERIES_PER_LIST_MAX: usize = 1_000;

/// The columns of a delivery joined with its alert and destination, in the order of its row.
macro_rules! delivery_columns {
    () => {
        "delivery.id, alert.id AS alert, destination.id AS destination, delivery.notice, delivery.state, delivery.attempts, \
         delivery.created_at, delivery.begun_at, delivery.not_before, delivery.finished_at, delivery.settled, \
         delivery.is_resent"
    };
}

/// What changes of an alert in its life, as a delivery keeps it.
macro_rules! told {
    () => {
        "json_object('title', title, 'cause', cause, 'evidence', evidence, 'blind', blind, 'remedy', remedy, \
         'status', alert.status, 'recovered_at', recovered_at)"
    };
}

/// The condition for a delivery that waits, whose destination is switched on, and for which no earlier one of the same alert and
/// destination waits: what is over is never told before what began.
macro_rules! is_next {
    () => {
        "delivery.finished_at IS NULL AND NOT EXISTS (SELECT 1 FROM delivery AS earlier WHERE earlier.alert = delivery.alert \
         AND earlier.destination = delivery.destination AND earlier.number < delivery.number AND earlier.finished_at IS NULL) \
         AND (SELECT is_enabled FROM destination AS place WHERE place.number = delivery.destination) = 1"
    };
}

ids! {
    /// The key of a delivery, and the idempotency key of its tries.
    DeliveryId
}

impl DeliveryId {
    /// Makes a new key. Those of deliveries that are kept are made with them; this is for one that is only sent, to try a
    /// destination.
    pub fn new(now: Timestamp) -> Self {
        Self(new_uuid(now))
    }
}

/// What a delivery tells. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryNotice {
    /// There is an alert.
    Opened,
    /// It still lasts.
    Reminded,
    /// What it tells of is over.
    Recovered,
}

impl DeliveryNotice {
    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reminded => "reminded",
            Self::Recovered => "recovered",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [Self::Opened, Self::Reminded, Self::Recovered]
            .into_iter()
            .find(|notice| notice.as_str() == name)
    }
}

/// How a delivery stands. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits for its next try.
    Waiting,
    /// It arrived.
    Delivered,
    /// It did not, and is not tried again.
    GivenUp,
}

impl DeliveryState {
    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::GivenUp]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its key.
    pub id: DeliveryId,
    /// What it tells of.
    pub alert: AlertId,
    /// Where it goes.
    pub destination: DestinationId,
    /// What it tells.
    pub notice: DeliveryNotice,
    /// How it stands.
    pub state: DeliveryState,
    /// How many tries there were.
    pub attempts: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was made, or when somebody had it sent again.
    pub begun_at: Timestamp,
    /// It is not tried before this time.
    pub not_before: Timestamp,
    /// When it arrived or was given up.
    pub finished_at: Option<Timestamp>,
    /// Whether it is one that was given up, sent again by somebody: it tells how the alert stood then.
    pub is_resent: bool,
    /// Which of several receivers need no further try, as whoever tries has written it; see [`Store::keep_settled`].
    pub settled: Option<String>,
}

/// A try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// What the destination's protocol answered with: an HTTP status, an SMTP code.
    pub status: Option<u16>,
    /// What came of it, for people; never a secret. Cut at [`PROBLEM_BYTES_MAX`](crate::PROBLEM_BYTES_MAX).
    pub outcome: String,
}

/// What follows a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It arrived.
    Delivered,
    /// It is tried again, not before this time.
    Again(Timestamp),
    /// It is given up.
    GivenUp,
}

/// Why a delivery was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is none: its alert or destination was removed.
    #[error("there is no delivery with the id {0}")]
    Unknown(DeliveryId),
    /// There is no such alert.
    #[error("there is no alert with the id {0}")]
    AlertUnknown(AlertId),
    /// There is no such destination.
    #[error("there is no destination with the id {0}")]
    DestinationUnknown(DestinationId),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl DeliveryError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::StandDown,
        }
    }
}

/// Makes a delivery of a notice for each destination that wants to know of the alert.
///
/// A system error goes to every destination that takes system errors, whatever severities it takes (Panther's documentation,
/// "System Health Notifications", read 2026-11-23).
pub(crate) async fn enqueue(
    connection: &mut SqliteConnection,
    alert: i64,
    notice: DeliveryNotice,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let wanting: Vec<i64> = sqlx::query_scalar(
        "SELECT destination.number FROM destination JOIN alert ON alert.number = ?1 WHERE is_enabled = 1 \
         AND (alert_types = '[]' OR alert.alert_type IN (SELECT value FROM json_each(alert_types))) \
         AND (alert.alert_type = 'SYSTEM_ERROR' OR severities = '[]' \
         OR alert.severity IN (SELECT value FROM json_each(severities))) ORDER BY destination.number",
    )
    .bind(alert)
    .fetch_all(&mut *connection)
    .await?;
    for destination in &wanting {
        insert(connection, alert, *destination, notice, Occasion::Change, now).await?;
    }
    Ok(wanting.len() as u64)
}

/// Why a delivery is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// Something happened to its alert.
    Change,
    /// Somebody wants one sent again that was given up.
    Resend,
}

async fn insert(
    connection: &mut SqliteConnection,
    alert: i64,
    destination: i64,
    notice: DeliveryNotice,
    occasion: Occasion,
    now: Timestamp,
) -> Result<DeliveryId, sqlx::Error> {
    let id = DeliveryId::new(now);
    sqlx::query(concat!(
        "INSERT INTO delivery (id, alert, destination, notice, state, created_at, begun_at, not_before, is_resent, told) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7, ",
        told!(),
        " FROM alert WHERE number = ?2"
    ))
    .bind(id.to_string())
    .bind(alert)
    .bind(destination)
    .bind(notice.as_str())
    .bind(DeliveryState::Waiting.as_str())
    .bind(to_micros(now))
    .bind(occasion == Occasion::Resend)
    .execute(connection)
    .await?;
    Ok(id)
}

/// A list of destinations, for a query.
fn names(destinations: &[DestinationId]) -> String {
    let names: Vec<String> = destinations.iter().map(ToString::to_string).collect();
    serde_json::to_string(&names).expect("names are JSON")
}

impl Store {
    /// Takes the deliveries that are due, the oldest first, at most `limit`: nobody else takes them before [`DELIVERY_LOCK`] is
    /// over. Of those of one alert for one destination only the first that waits is due.
    ///
    /// Those that were never tried come first, and none for the destinations in `busy`.
    ///
    /// # Panics
    /// Never: a list of names is JSON.
    pub async fn take_deliveries(
        &self,
        now: Timestamp,
        limit: usize,
        busy: &[DestinationId],
    ) -> Result<Vec<Delivery>, StorageFault> {
        // Seen on a reader first: an outbox in which nothing is due costs no transaction.
        let is_due = |next: Timestamp| next <= now || next > after(now, DELIVERY_WAIT_MAX);
        if !self.next_delivery_at(busy).await?.is_some_and(is_due) {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin_write().await?;
        let rows: Vec<DeliveryRow> = sqlx::query_as(concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM delivery JOIN alert ON alert.number = delivery.alert \
             JOIN destination ON destination.number = delivery.destination \
             WHERE (delivery.not_before <= ?1 OR delivery.not_before > ?3) AND ",
            is_next!(),
            " AND destination.id NOT IN (SELECT value FROM json_each(?4)) \
             ORDER BY delivery.attempts > 0, delivery.not_before, delivery.number LIMIT ?2"
        ))
        .bind(to_micros(now))
        .bind(count_to_sql(limit))
        .bind(to_micros(after(now, DELIVERY_WAIT_MAX)))
        .bind(names(busy))
        .fetch_all(&mut *transaction)
        .await
        .or_fault(self)?;
        let until = to_micros(after(now, DELIVERY_LOCK));
        for row in &rows {
            sqlx::query("UPDATE delivery SET not_before = ?2, attempts = attempts + 1 WHERE id = ?1")
                .bind(&row.id)
                .bind(until)
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        let taken = rows.iter().map(|row| {
            let delivery = self.delivery_from_row(row)?;
            Ok(Delivery {
                attempts: delivery.attempts + 1,
                not_before: from_micros(until),
                ..delivery
            })
        });
        taken.collect()
    }

    /// Returns when the next delivery is due, if any waits; none for the destinations in `busy`.
    ///
    /// # Panics
    /// Never: a list of names is JSON.
    pub async fn next_delivery_at(&self, busy: &[DestinationId]) -> Result<Option<Timestamp>, StorageFault> {
        let next: Option<i64> = sqlx::query_scalar(concat!(
            "SELECT min(not_before) FROM delivery WHERE ",
            is_next!(),
            " AND destination NOT IN (SELECT number FROM destination WHERE id IN (SELECT value FROM json_each(?1)))"
        ))
        .bind(names(busy))
        .fetch_one(self.readers())
        .await
        .or_fault(self)?;
        Ok(next.map(from_micros))
    }

    /// Notes which of several receivers of a delivery need no further try. What it says is the shell's affair.
    pub async fn keep_settled(&self, id: DeliveryId, settled: &str) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE delivery SET settled = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(settled)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Notes a try of a delivery and what follows it.
    pub async fn keep_attempt(
        &self,
        id: DeliveryId,
        attempt: Attempt,
        followed: Followed,
        now: Timestamp,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.begin_write().await?;
        let row: Option<(i64, i64, i64, String)> = sqlx::query_as(
            "SELECT delivery.number, delivery.alert, delivery.attempts, destination.name FROM delivery \
             JOIN destination ON destination.number = delivery.destination WHERE delivery.id = ?1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let (delivery, alert, attempts, destination) = row.ok_or(DeliveryError::Unknown(id))?;
        let outcome = shortened(attempt.outcome);
        sqlx::query(
            "INSERT INTO delivery_attempt (delivery, number, at, took_us, status, outcome) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )
        .bind(delivery)
        .bind(attempts.max(1))
        .bind(to_micros(attempt.at))
        .bind(count_to_sql(attempt.took.as_micros()))
        .bind(attempt.status.map(i64::from))
        .bind(&outcome)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        let (state, not_before, finished_at) = match followed {
            Followed::Delivered => (DeliveryState::Delivered, now, Some(now)),
            Followed::Again(time) => (DeliveryState::Waiting, time, None),
            Followed::GivenUp => (DeliveryState::GivenUp, now, Some(now)),
        };
        sqlx::query("UPDATE delivery SET state = ?2, not_before = ?3, finished_at = ?4 WHERE number = ?1")
            .bind(delivery)
            .bind(state.as_str())
            .bind(to_micros(not_before))
            .bind(finished_at.map(to_micros))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        sqlx::query(
            "UPDATE destination SET failing_since = CASE ?2 WHEN 'delivered' THEN NULL ELSE coalesce(failing_since, ?3) END, \
             problem = CASE ?2 WHEN 'delivered' THEN NULL ELSE ?4 END, \
             given_up_at = CASE ?2 WHEN 'given_up' THEN ?3 ELSE given_up_at END \
             WHERE number = (SELECT destination FROM delivery WHERE number = ?1)",
        )
        .bind(delivery)
        .bind(state.as_str())
        .bind(to_micros(now))
        .bind(&outcome)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        let told = match followed {
            Followed::Delivered => Some((AlertEventKind::Delivered, destination)),
            Followed::GivenUp => Some((AlertEventKind::GivenUp, format!("{destination}: {outcome}"))),
            Followed::Again(_) => None,
        };
        if let Some((kind, text)) = told {
            happens(&mut transaction, alert, kind, SYSTEM_ACTOR, &text, now)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns one delivery.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Delivery, DeliveryError> {
        let row: Option<DeliveryRow> = sqlx::query_as(concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM delivery JOIN alert ON alert.number = delivery.alert \
             JOIN destination ON destination.number = delivery.destination WHERE delivery.id = ?1"
        ))
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(self.delivery_from_row(&row.ok_or(DeliveryError::Unknown(id))?)?)
    }

    /// Returns the deliveries of an alert, the oldest first.
    pub async fn deliveries_of_alert(&self, id: AlertId) -> Result<Vec<Delivery>, DeliveryError> {
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let alert = number_of_alert(&mut snapshot, id).await.or_fault(self)?;
        let alert = alert.ok_or(DeliveryError::AlertUnknown(id))?;
        let rows: Vec<DeliveryRow> = sqlx::query_as(concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM delivery JOIN alert ON alert.number = delivery.alert \
             JOIN destination ON destination.number = delivery.destination \
             WHERE delivery.alert = ?1 ORDER BY delivery.number LIMIT ?2"
        ))
        .bind(alert)
        .bind(count_to_sql(DELIVERIES_PER_LIST_MAX))
        .fetch_all(&mut *snapshot)
        .await
        .or_fault(self)?;
        let deliveries = rows.iter().map(|row| self.delivery_from_row(row));
        Ok(deliveries.collect::<Result<_, _>>()?)
    }

    /// Returns the newest deliveries to a destination.
    pub async fn deliveries_to(&self, id: DestinationId, limit: usize) -> Result<Vec<Delivery>, DeliveryError> {
        let rows: Vec<DeliveryRow> = sqlx::query_as(concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM delivery JOIN alert ON alert.number = delivery.alert \
             JOIN destination ON destination.number = delivery.destination \
             WHERE destination.id = ?1 ORDER BY delivery.number DESC LIMIT ?2"
        ))
        .bind(id.to_string())
        .bind(count_to_sql(limit.min(DELIVERIES_PER_LIST_MAX)))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let deliveries = rows.iter().map(|row| self.delivery_from_row(row));
        Ok(deliveries.collect::<Result<_, _>>()?)
    }

    /// Returns the tries of a delivery, the oldest first.
    pub async fn attempts(&self, id: DeliveryId) -> Result<Vec<Attempt>, StorageFault> {
        let rows: Vec<(i64, i64, Option<i64>, String)> = sqlx::query_as(
            "SELECT at, took_us, status, outcome FROM delivery_attempt \
             WHERE delivery = (SELECT number FROM delivery WHERE id = ?1) ORDER BY number",
        )
        .bind(id.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let attempt = |(at, took_us, status, outcome): (i64, i64, Option<i64>, String)| Attempt {
            at: from_micros(at),
            took: Duration::from_micros(count_from_sql(took_us)),
            status: status.and_then(|status| u16::try_from(status).ok()),
            outcome,
        };
        Ok(rows.into_iter().map(attempt).collect())
    }

    fn delivery_from_row(&self, row: &DeliveryRow) -> Result<Delivery, StorageFault> {
        Ok(Delivery {
            id: row.id.parse().map_err(|_| self.damaged("a delivery's id is no UUID"))?,
            alert: row
                .alert
                .parse()
                .map_err(|_| self.damaged("an alert's id is no UUID"))?,
            destination: row
                .destination
                .parse()
                .map_err(|_| self.damaged("a destination's id is no UUID"))?,
            notice: DeliveryNotice::of_name(&row.notice).ok_or_else(|| self.damaged("a notice is unknown"))?,
            state: DeliveryState::of_name(&row.state).ok_or_else(|| self.damaged("a delivery's state is unknown"))?,
            attempts: count_from_sql(row.attempts),
            created_at: from_micros(row.created_at),
            begun_at: from_micros(row.begun_at),
            not_before: from_micros(row.not_before),
            finished_at: row.finished_at.map(from_micros),
            is_resent: row.is_resent,
            settled: row.settled.clone(),
        })
    }
}

row! {
    struct DeliveryRow {
        id: String,
        alert: String,
        destination: String,
        notice: String,
        state: String,
        attempts: i64,
        created_at: i64,
        begun_at: i64,
        not_before: i64,
        finished_at: Option<i64>,
        settled: Option<String>,
        is_resent: bool,
    }
}
