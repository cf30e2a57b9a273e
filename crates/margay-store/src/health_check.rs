//! Health checks: what of a source works, and when each thing last did and did not.

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::LookupError;
use crate::round::shortened;
use crate::source::number_of;
use crate::store::{OrFault, Store};
use crate::time::{from_micros, to_micros};

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

impl Store {
    /// Notes looks at a source that were made at `now`.
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
        for look in looks {
            let at = to_micros(now);
            sqlx::query(
                "INSERT INTO health_check (source, name, last_success_at, last_failure_at, message, raw) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (source, name) DO UPDATE SET \
                 last_success_at = coalesce(?3, last_success_at), last_failure_at = coalesce(?4, last_failure_at), \
                 message = ?5, raw = ?6",
            )
            .bind(number)
            .bind(look.name.as_str())
            .bind(look.is_healthy.then_some(at))
            .bind((!look.is_healthy).then_some(at))
            .bind(shortened(look.message))
            .bind(look.raw.map(shortened))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns how the things stand that were looked at of a source, in the order of [`CheckName::ALL`].
    pub async fn health_checks(&self, source_id: SourceId) -> Result<Vec<HealthCheck>, LookupError> {
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let number = number_of(&mut snapshot, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<CheckRow> = sqlx::query_as(
            "SELECT name, last_success_at, last_failure_at, message, raw FROM health_check WHERE source = ?1",
        )
        .bind(number)
        .fetch_all(&mut *snapshot)
        .await
        .or_fault(self)?;
        let check = |row: CheckRow| {
            Ok(HealthCheck {
                name: CheckName::of_name(&row.name).ok_or_else(|| self.damaged("a health check is unknown"))?,
                last_success_at: row.last_success_at.map(from_micros),
                last_failure_at: row.last_failure_at.map(from_micros),
                message: row.message,
                raw: row.raw,
            })
        };
        let mut checks: Vec<HealthCheck> = rows.into_iter().map(check).collect::<Result<_, LookupError>>()?;
        checks.sort_by_key(|check| check.name);
        Ok(checks)
    }
}

#[derive(sqlx::FromRow)]
struct CheckRow {
    name: String,
    last_success_at: Option<i64>,
    last_failure_at: Option<i64>,
    message: String,
    raw: Option<String>,
}
