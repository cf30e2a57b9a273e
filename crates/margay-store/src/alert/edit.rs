//! What people change of alerts: of one, or of many at once.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::{
    Alert, AlertEdit, AlertError, AlertEventKind, AlertFilter, AlertId, AlertStatus, check_name, happens,
    number_of_alert,
};
use crate::audit_log::{Subject, Watched};
use crate::fault::StorageFault;
use crate::store::{OrFault, Store};
use crate::time::count_to_sql;

/// The most alerts that one edit changes: some milliseconds of the writer's time.
pub const ALERTS_PER_EDIT_MAX: usize = 500;

/// Which alerts an edit is for.
#[derive(Debug, Clone)]
pub enum AlertChoice {
    /// These; those that are not there are passed over.
    Ids(Vec<AlertId>),
    /// All that a filter wants.
    Matching(AlertFilter),
}

/// What an edit of many alerts came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlertsEdited {
    /// Alerts that are otherwise than before.
    pub changed: usize,
    /// Whether there are more that the edit would change; the same edit again goes on with them.
    pub has_more: bool,
}

impl Store {
    /// Changes an alert, whole or not at all. What it has already changes nothing.
    pub async fn edit_alert(
        &self,
        id: AlertId,
        edit: AlertEdit<'_>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Alert, AlertError> {
        check(edit, actor)?;
        let mut transaction = self.begin_change("change_alert", Subject::alert(id)).await?;
        let number = number_of_alert(&mut transaction, id).await.or_fault(self)?;
        let number = number.ok_or(AlertError::Unknown(id))?;
        edit_one(&mut transaction, number, edit, actor, now)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        self.alert(id).await
    }

    /// Changes many alerts in one transaction, the newest first: at most [`ALERTS_PER_EDIT_MAX`] of those that are not yet as the edit
    /// wants them.
    pub async fn edit_alerts(
        &self,
        choice: &AlertChoice,
        edit: AlertEdit<'_>,
        actor: &str,
        now: Timestamp,
    ) -> Result<AlertsEdited, AlertError> {
        check(edit, actor)?;
        let mut transaction = self.begin_write().await?;
        let mut found = self.to_edit(&mut transaction, choice, edit).await?;
        let has_more = found.len() > ALERTS_PER_EDIT_MAX;
        found.truncate(ALERTS_PER_EDIT_MAX);
        for (number, id) in &found {
            let id = id.parse().map_err(|_| self.damaged("an alert's id is no UUID"))?;
            let watched = Watched::begin(&mut transaction, "change_alert", Subject::alert(id)).await;
            let watched = watched.or_fault(self)?;
            edit_one(&mut transaction, *number, edit, actor, now)
                .await
                .or_fault(self)?;
            if let Some(watched) = watched {
                watched.end(&mut transaction).await.or_fault(self)?;
            }
        }
        transaction.commit().await.or_fault(self)?;
        Ok(AlertsEdited {
            changed: found.len(),
            has_more,
        })
    }

    /// Returns the alerts of a choice that an edit changes: one more than it may, if there are so many.
    async fn to_edit(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        choice: &AlertChoice,
        edit: AlertEdit<'_>,
    ) -> Result<Vec<(i64, String)>, StorageFault> {
        let status = edit.status.map(AlertStatus::as_str);
        let limit = count_to_sql(ALERTS_PER_EDIT_MAX + 1);
        let query = match choice {
            AlertChoice::Ids(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                sqlx::query_as(
                    "SELECT number, id FROM alert WHERE id IN (SELECT value FROM json_each(?1)) \
                     AND ((?2 IS NOT NULL AND status <> ?2) OR (?3 AND assignee IS NOT ?4)) ORDER BY number DESC LIMIT ?5",
                )
                .bind(serde_json::to_string(&ids).expect("a list of texts is JSON"))
                .bind(status)
                .bind(edit.assignee.is_some())
                .bind(edit.assignee.flatten())
                .bind(limit)
            }
            AlertChoice::Matching(filter) => {
                let bound = filter.bound();
                sqlx::query_as(concat!(
                    "SELECT number, id FROM alert WHERE ",
                    super::alert_conditions!(),
                    " AND ((?7 IS NOT NULL AND status <> ?7) OR (?8 AND assignee IS NOT ?9)) ORDER BY number DESC LIMIT ?10"
                ))
                .bind(bound.statuses)
                .bind(bound.source)
                .bind(bound.since)
                .bind(bound.before)
                .bind(bound.severities)
                .bind(bound.alert_types)
                .bind(status)
                .bind(edit.assignee.is_some())
                .bind(edit.assignee.flatten())
                .bind(limit)
            }
        };
        query.fetch_all(&mut **transaction).await.or_fault(self)
    }
}

fn check(edit: AlertEdit<'_>, actor: &str) -> Result<(), AlertError> {
    check_name(actor)?;
    edit.assignee.flatten().map_or(Ok(()), check_name)
}

async fn edit_one(
    connection: &mut SqliteConnection,
    number: i64,
    edit: AlertEdit<'_>,
    actor: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if let Some(assignee) = edit.assignee {
        let changed = sqlx::query("UPDATE alert SET assignee = ?2 WHERE number = ?1 AND assignee IS NOT ?2")
            .bind(number)
            .bind(assignee)
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() > 0 {
            let (kind, text) = (AlertEventKind::Assigned, assignee.unwrap_or_default());
            happens(&mut *connection, number, kind, actor, text, now).await?;
        }
    }
    if let Some(status) = edit.status {
        let changed = sqlx::query("UPDATE alert SET status = ?2 WHERE number = ?1 AND status <> ?2")
            .bind(number)
            .bind(status.as_str())
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() > 0 {
            let (kind, text) = (AlertEventKind::Status, status.as_str());
            happens(&mut *connection, number, kind, actor, text, now).await?;
        }
    }
    Ok(())
}
