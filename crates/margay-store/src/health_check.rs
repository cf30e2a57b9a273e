//! Health checks: what of a source works, when each thing last did and did not, and when that changed.

use std::collections::HashMap;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::{LookupError, StorageFault};
use crate::round::shortened;
use crate::row::{Joined, row};
use crate::source::{has_vendor, number_of};
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

/// So many changes of what works of a source are kept, the newest ones: years of ordinary trouble, and days of one that comes and goes.
pub const HEALTH_CHANGES_KEPT_MAX: usize = 2_000;

/// What is looked at. Its name is stored and stands in the API, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckName {
    /// The vendor answers.
    Reachable,
    /// It takes the credentials.
    Token,
    /// It knows the organization.
    Organization,
    /// It lets the audit log be read.
    AuditLog,
    /// What is read reaches the lake.
    Landing,
    /// The schema can be used, and records fit it.
    Schema,
}

impl CheckName {
    /// All of them, each needing those before it.
    pub const ALL: [CheckName; 6] = [
        Self::Reachable,
        Self::Token,
        Self::Organization,
        Self::AuditLog,
        Self::Landing,
        Self::Schema,
    ];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Token => "token",
            Self::Organization => "organization",
            Self::AuditLog => "audit_log",
            Self::Landing => "landing",
            Self::Schema => "schema",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.as_str() == name)
    }
}

/// How a thing that is looked at stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// What it is.
    pub name: CheckName,
    /// When it last worked.
    pub last_success_at: Option<Timestamp>,
    /// When it last did not.
    pub last_failure_at: Option<Timestamp>,
    /// What the last look found, for people.
    pub message: String,
    /// What the vendor said then, as it said it, if it said anything.
    pub raw: Option<String>,
}

impl HealthCheck {
    /// Whether it worked when it was looked at last.
    pub fn is_healthy(&self) -> bool {
        self.last_success_at >= self.last_failure_at
    }
}

/// A look at one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// At what.
    pub name: CheckName,
    /// Whether it works.
    pub is_healthy: bool,
    /// What was found, for people; never a secret. Cut at [`PROBLEM_BYTES_MAX`](crate::PROBLEM_BYTES_MAX).
    pub message: String,
    /// What the vendor said; never a secret, cut alike.
    pub raw: Option<String>,
}

/// When a look found otherwise than the look before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthChange {
    /// Which one it is: grows from change to change.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What was looked at.
    pub name: CheckName,
    /// Whether it worked from then on.
    pub is_healthy: bool,
    /// What was found, for people.
    pub message: String,
    /// What the vendor said, as it said it, if it said anything.
    pub raw: Option<String>,
}

impl Store {
    /// Notes looks at a source that were made at `now`. One that finds otherwise than the look before is kept as a change; so is a
    /// first one that finds something broken.
    pub async fn note_checks(
        &self,
        source_id: SourceId,
        looks: Vec<Looked>,
        now: Timestamp,
    ) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        write_checks(&mut transaction, number, looks, now)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the changes of what works of a source, the newest first: at most `limit`, and only those before the change with the
    /// number `before`, if it is given. The last [`HEALTH_CHANGES_KEPT_MAX`] are kept.
    pub async fn health_changes(
        &self,
        source_id: SourceId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<HealthChange>, LookupError> {
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let source = number_of(&mut snapshot, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<(i64, i64, String, bool, String, Option<String>)> = sqlx::query_as(
            "SELECT number, at, name, is_healthy, message, raw FROM health_change \
             WHERE source = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
        )
        .bind(source)
        .bind(before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX)))
        .bind(count_to_sql(limit))
        .fetch_all(&mut *snapshot)
        .await
        .or_fault(self)?;
        let mut changes = Vec::with_capacity(rows.len());
        for (number, at, name, is_healthy, message, raw) in rows {
            changes.push(HealthChange {
                number: count_from_sql(number),
                at: from_micros(at),
                name: CheckName::of_name(&name).ok_or_else(|| self.damaged("a health check is unknown"))?,
                is_healthy,
                message,
                raw,
            });
        }
        Ok(changes)
    }

    /// Returns how the things stand that were looked at of a source, in the order of [`CheckName::ALL`].
    pub async fn health_checks(&self, source_id: SourceId) -> Result<Vec<HealthCheck>, LookupError> {
        let rows: Vec<Joined<CheckRow>> = sqlx::query_as(concat!(
            "SELECT ",
            check_columns!(),
            " FROM source LEFT JOIN health_check ON health_check.source = source.number WHERE source.id = ?1 AND ",
            has_vendor!()
        ))
        .bind(source_id.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let rows = Joined::found(rows).ok_or(LookupError::SourceUnknown(source_id))?;
        Ok(self.checks_from_rows(rows)?)
    }

    pub(crate) fn checks_from_rows(
        &self,
        rows: impl IntoIterator<Item = CheckRow>,
    ) -> Result<Vec<HealthCheck>, StorageFault> {
        let check = |row: CheckRow| {
            Ok(HealthCheck {
                name: CheckName::of_name(&row.name).ok_or_else(|| self.damaged("a health check is unknown"))?,
                last_success_at: row.last_success_at.map(from_micros),
                last_failure_at: row.last_failure_at.map(from_micros),
                message: row.message,
                raw: row.raw,
            })
        };
        let mut checks: Vec<HealthCheck> = rows.into_iter().map(check).collect::<Result<_, StorageFault>>()?;
        checks.sort_by_key(|check| check.name);
        Ok(checks)
    }
}

/// Notes looks at a source, and which of them found otherwise than the look before.
pub(crate) async fn write_checks(
    connection: &mut SqliteConnection,
    number: i64,
    looks: Vec<Looked>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let known = healthy_by_name(connection, number).await?;
    let at = to_micros(now);
    let looks: Vec<NotedLook> = looks
        .into_iter()
        .map(|look| {
            let success_at = look.is_healthy.then_some(at);
            let failure_at = (!look.is_healthy).then_some(at);
            let (message, raw) = (shortened(look.message), look.raw.map(shortened));
            (look.name.as_str(), success_at, failure_at, message, raw)
        })
        .collect();
    let json = |looks: &[&NotedLook]| serde_json::to_string(looks).expect("names and texts are JSON");
    sqlx::query(
        "INSERT INTO health_check (source, name, last_success_at, last_failure_at, message, raw) \
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2) WHERE true ON CONFLICT (source, name) DO UPDATE SET \
         last_success_at = coalesce(excluded.last_success_at, last_success_at), \
         last_failure_at = coalesce(excluded.last_failure_at, last_failure_at), \
         message = excluded.message, raw = excluded.raw",
    )
    .bind(number)
    .bind(json(&looks.iter().collect::<Vec<_>>()))
    .execute(&mut *connection)
    .await?;
    let is_change = |(name, success_at, ..): &&NotedLook| {
        let was_healthy = known.get(*name).copied().unwrap_or(true);
        was_healthy != success_at.is_some()
    };
    let changes: Vec<&NotedLook> = looks.iter().filter(is_change).collect();
    if changes.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO health_change (source, at, name, is_healthy, message, raw) SELECT ?1, ?3, value ->> 0, \
         value ->> 1 IS NOT NULL, value ->> 3, value ->> 4 FROM json_each(?2)",
    )
    .bind(number)
    .bind(json(&changes))
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM health_change WHERE source = ?1 AND number <= \
         (SELECT number FROM health_change WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
    )
    .bind(number)
    .bind(count_to_sql(HEALTH_CHANGES_KEPT_MAX))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// A look as it is noted: its name, when it succeeded or failed, its message and what the vendor said.
type NotedLook = (&'static str, Option<i64>, Option<i64>, String, Option<String>);

/// Whether each thing worked that was looked at of a source, by its stored name.
async fn healthy_by_name(connection: &mut SqliteConnection, source: i64) -> Result<HashMap<String, bool>, sqlx::Error> {
    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT name, coalesce(last_success_at, 0) >= coalesce(last_failure_at, 0) FROM health_check WHERE source = ?1",
    )
    .bind(source)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The columns of a health check.
macro_rules! check_columns {
    () => {
        "name, last_success_at, last_failure_at, message, raw"
    };
}
pub(crate) use check_columns;

row! {
    pub(crate) struct CheckRow {
        name: String,
        last_success_at: Option<i64>,
        last_failure_at: Option<i64>,
        message: String,
        raw: Option<String>,
    }
}
