//! Sending again: what was given up, on somebody's wish.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::{Delivery, DeliveryError, DeliveryId, DeliveryNotice, DeliveryState, Occasion, insert};
use crate::alert::{AlertEventKind, happens};
use crate::audit_log::Subject;
use crate::fault::StorageFault;
use crate::row::row;
use crate::store::{OrFault, Store};
use crate::time::to_micros;

impl Store {
    /// Has what was given up sent again, and what waits tried now. What has arrived stays as it is. Returns the delivery that is on
    /// its way.
    ///
    /// What was given up is sent again as a delivery of its own, under its own key: it tells how the alert stands at `now`, so that
    /// nobody is told that something begins which is over.
    pub async fn resend(&self, id: DeliveryId, actor: &str, now: Timestamp) -> Result<Delivery, DeliveryError> {
        let mut transaction = self.begin_change("resend_delivery", Subject::delivery(id)).await?;
        let row: Option<ResentRow> = sqlx::query_as(
            "SELECT delivery.number, delivery.alert, delivery.destination, destination.name, delivery.notice, \
             delivery.state, alert.recovered_at IS NOT NULL AS is_over FROM delivery \
             JOIN alert ON alert.number = delivery.alert \
             JOIN destination ON destination.number = delivery.destination WHERE delivery.id = ?1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let row = row.ok_or(DeliveryError::Unknown(id))?;
        let sent = match DeliveryState::of_name(&row.state) {
            Some(DeliveryState::Delivered) => id,
            Some(DeliveryState::Waiting) => {
                hasten(&mut transaction, row.number, now).await.or_fault(self)?;
                id
            }
            Some(DeliveryState::GivenUp) => self.send_again(&mut transaction, &row, now).await?,
            None => return Err(self.damaged("a delivery's state is unknown").into()),
        };
        if row.state != DeliveryState::Delivered.as_str() {
            let kind = AlertEventKind::Resent;
            happens(&mut transaction, row.alert, kind, actor, &row.name, now)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        self.delivery(sent).await
    }

    /// Makes the delivery that tells how things stand; one that waits already is tried now.
    async fn send_again(
        &self,
        connection: &mut SqliteConnection,
        row: &ResentRow,
        now: Timestamp,
    ) -> Result<DeliveryId, StorageFault> {
        let waiting: Option<(i64, String)> = sqlx::query_as(
            "SELECT number, id FROM delivery WHERE alert = ?1 AND destination = ?2 AND is_resent = 1 \
             AND finished_at IS NULL ORDER BY number LIMIT 1",
        )
        .bind(row.alert)
        .bind(row.destination)
        .fetch_optional(&mut *connection)
        .await
        .or_fault(self)?;
        if let Some((number, id)) = waiting {
            hasten(connection, number, now).await.or_fault(self)?;
            return id.parse().map_err(|_| self.damaged("a delivery's id is no UUID"));
        }
        let notice = match DeliveryNotice::of_name(&row.notice) {
            _ if row.is_over => DeliveryNotice::Recovered,
            Some(DeliveryNotice::Reminded) => DeliveryNotice::Reminded,
            _ => DeliveryNotice::Opened,
        };
        insert(connection, row.alert, row.destination, notice, Occasion::Resend, now)
            .await
            .or_fault(self)
    }
}

/// Has a delivery that waits tried now, and for as long as one that was just made.
async fn hasten(connection: &mut SqliteConnection, delivery: i64, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE delivery SET begun_at = ?2, not_before = ?2 WHERE number = ?1")
        .bind(delivery)
        .bind(to_micros(now))
        .execute(connection)
        .await?;
    Ok(())
}

row! {
    struct ResentRow {
        number: i64,
        alert: i64,
        destination: i64,
        name: String,
        notice: String,
        state: String,
        is_over: bool,
    }
}
