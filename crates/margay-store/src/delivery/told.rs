//! What a delivery tells: the alert as it was when the delivery was made.

use serde_json::Value;

use super::{DeliveryError, DeliveryId};
use crate::alert::{Alert, AlertError, AlertStatus, AlertText};
use crate::store::{OrFault, Store};
use crate::time::from_micros;

impl Store {
    /// Returns what a delivery tells of: its alert, with the text and the status that it had when the delivery was made, so that
    /// every try under one key says the same. A delivery that an earlier version made tells of the alert as it is now.
    pub async fn alert_as_told(&self, id: DeliveryId) -> Result<Alert, DeliveryError> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT alert.id, delivery.told FROM delivery JOIN alert ON alert.number = delivery.alert WHERE delivery.id = ?1",
        )
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let (alert, told) = row.ok_or(DeliveryError::Unknown(id))?;
        let alert = alert.parse().map_err(|_| self.damaged("an alert's id is no UUID"))?;
        let now = self.alert(alert).await.map_err(|error| match error {
            AlertError::Storage(fault) => DeliveryError::Storage(fault),
            _ => DeliveryError::AlertUnknown(alert),
        })?;
        let Some(told) = told else { return Ok(now) };
        let told = as_told(now, &told);
        Ok(told.ok_or_else(|| self.damaged("what a delivery tells cannot be read"))?)
    }
}

/// An alert with what a delivery kept of it; nothing if that cannot be read.
fn as_told(now: Alert, told: &str) -> Option<Alert> {
    let told: Value = serde_json::from_str(told).ok()?;
    let text = |name: &str| Some(told.get(name)?.as_str()?.to_owned());
    Some(Alert {
        text: AlertText {
            title: text("title")?,
            cause: text("cause")?,
            evidence: text("evidence")?,
            blind: text("blind")?,
            remedy: text("remedy")?,
        },
        status: AlertStatus::of_name(&text("status")?)?,
        recovered_at: told.get("recovered_at")?.as_i64().map(from_micros),
        ..now
    })
}
