//! Alerts: what somebody is told, and what became of it.
//!
//! An alert belongs to one incident of one alarm. It is raised by [`Store::keep_alarm`](crate::Store::keep_alarm) together with the
//! alarm's state and the deliveries; here it is read, and people change it. Everything that happens to it is a row of its timeline,
//! written in the transaction that does it.

use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::audit_log::Subject;
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::row::row;
use crate::store::{OrFault, Store};
use crate::time::{before, count_from_sql, count_to_sql, from_micros, to_micros};

mod edit;

pub use edit::{ALERTS_PER_EDIT_MAX, AlertChoice, AlertsEdited};

/// The columns of an alert, in the order of its row.
macro_rules! alert_columns {
    () => {
        "id, kind, alert_type, severity, source, source_label, title, cause, evidence, blind, remedy, status, assignee, \
         opened_at, updated_at, recovered_at"
    };
}

/// What a filter wants, with its values as [`AlertFilter::bound`] has them under the numbers 1 to 6.
macro_rules! alert_conditions {
    () => {
        "(?1 = '[]' OR status IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR source = ?2) \
         AND (?3 IS NULL OR opened_at >= ?3) AND (?4 IS NULL OR number < (SELECT number FROM alert WHERE id = ?4)) \
         AND (?5 = '[]' OR severity IN (SELECT value FROM json_each(?5))) \
         AND (?6 = '[]' OR alert_type IN (SELECT value FROM json_each(?6)))"
    };
}
use alert_conditions;

/// The longest comment, in bytes: a page of text.
pub const COMMENT_BYTES_MAX: usize = 10 * 1024;
/// The longest name of a person or token that does something.
pub const ACTOR_BYTES_MAX: usize = 255;
/// The most alerts that one listing returns.
pub const ALERTS_PER_LIST_MAX: usize = 1_000;
/// The most rows of one timeline that are returned, the newest ones.
pub const TIMELINE_MAX: usize = 1_000;

/// How long an alert is kept that is over, with its timeline and deliveries.
pub const ALERTS_KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Alerts removed in one transaction.
const ALERTS_PER_CHUNK: usize = 100;

ids! {
    /// The key of an alert.
    AlertId
}

impl AlertId {
    /// Makes a new key. Those of alerts that are kept are made with them; this is for one that is only sent, to try a destination.
    pub fn new(now: Timestamp) -> Self {
        Self(new_uuid(now))
    }
}

/// Where people have come with an alert. Its name is stored and stands in the API, so it never changes; the words are Panther's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertStatus {
    /// Nobody has looked yet.
    Open,
    /// Somebody has.
    Triaged,
    /// It was about something, and that is over.
    Resolved,
    /// It was about nothing.
    Closed,
}

impl AlertStatus {
    /// All of them, in the order of their life.
    pub const ALL: [AlertStatus; 4] = [Self::Open, Self::Triaged, Self::Resolved, Self::Closed];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Triaged => "TRIAGED",
            Self::Resolved => "RESOLVED",
            Self::Closed => "CLOSED",
        }
    }

    /// Returns the status of that name, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str().eq_ignore_ascii_case(name))
    }
}

/// What an alert says when it is raised, or is told of again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertText {
    /// What happened, to what: one line.
    pub title: String,
    /// Why there is an alert.
    pub cause: String,
    /// What that was concluded from.
    pub evidence: String,
    /// What nobody sees meanwhile.
    pub blind: String,
    /// What to do.
    pub remedy: String,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its key.
    pub id: AlertId,
    /// The alarm that raised it, by its name.
    pub kind: String,
    /// What sort of alert it is: `SYSTEM_ERROR`.
    pub alert_type: String,
    /// How grave it is: `CRITICAL`.
    pub severity: String,
    /// The source that it is about, if it is about one; it may be deleted by now.
    pub source_id: Option<SourceId>,
    /// That source's label when the alert was raised.
    pub source_label: Option<String>,
    /// What it says.
    pub text: AlertText,
    /// Where people have come with it.
    pub status: AlertStatus,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// When it was raised.
    pub opened_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
    /// When what it tells of was over; nothing while it lasts.
    pub recovered_at: Option<Timestamp>,
}

/// What happened to an alert. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertEventKind {
    /// It was raised.
    Opened,
    /// What it tells of came back soon after it was over.
    Reopened,
    /// It was told of again.
    Reminded,
    /// What it tells of is over.
    Recovered,
    /// Nobody watches any more what it tells of.
    Unwatched,
    /// Somebody changed its status.
    Status,
    /// Somebody was assigned, or nobody is any more.
    Assigned,
    /// Somebody wrote a comment.
    Comment,
    /// It arrived at a destination.
    Delivered,
    /// A destination was given up.
    GivenUp,
    /// Somebody had it sent again.
    Resent,
}

impl AlertEventKind {
    const ALL: [AlertEventKind; 11] = [
        Self::Opened,
        Self::Reopened,
        Self::Reminded,
        Self::Recovered,
        Self::Unwatched,
        Self::Status,
        Self::Assigned,
        Self::Comment,
        Self::Delivered,
        Self::GivenUp,
        Self::Resent,
    ];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Reminded => "reminded",
            Self::Recovered => "recovered",
            Self::Unwatched => "unwatched",
            Self::Status => "status",
            Self::Assigned => "assigned",
            Self::Comment => "comment",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Resent => "resent",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What somebody changes of an alert.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertEdit<'a> {
    /// Where they have come with it; left alone if there is none.
    pub status: Option<AlertStatus>,
    /// Who looks after it: nobody, or somebody; left alone if there is none.
    pub assignee: Option<Option<&'a str>>,
}

impl<'a> AlertEdit<'a> {
    /// Only the status changes.
    pub fn status(status: AlertStatus) -> Self {
        Self {
            status: Some(status),
            assignee: None,
        }
    }

    /// Only who looks after it changes.
    pub fn assignee(name: Option<&'a str>) -> Self {
        Self {
            status: None,
            assignee: Some(name),
        }
    }
}

/// A row of an alert's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEvent {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: AlertEventKind,
    /// Who did it: a person, a token, or [`SYSTEM_ACTOR`].
    pub actor: String,
    /// More about it, for people; a comment's own text.
    pub text: String,
}

/// The actor of what Margay does by itself.
pub const SYSTEM_ACTOR: &str = "margay";
/// What timelines call whoever works on the server's machine, by the command line.
pub const OPERATOR_ACTOR: &str = "command line";
/// Who made the first user.
pub const SETUP_ACTOR: &str = "setup";

/// Which alerts are wanted, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Only with one of these statuses; with any if there is none.
    pub statuses: Vec<AlertStatus>,
    /// Only about this source.
    pub source_id: Option<SourceId>,
    /// Only raised before the alert with this key: where the page before ended.
    pub before: Option<AlertId>,
    /// Only raised at or after this time.
    pub since: Option<Timestamp>,
    /// Only with one of these severities; with any if there is none.
    pub severities: Vec<String>,
    /// Only of one of these types; of any if there is none.
    pub alert_types: Vec<String>,
}

/// A filter as statements take it.
struct BoundFilter {
    statuses: String,
    source: Option<String>,
    since: Option<i64>,
    before: Option<String>,
    severities: String,
    alert_types: String,
}

impl AlertFilter {
    fn bound(&self) -> BoundFilter {
        let statuses: Vec<&str> = self.statuses.iter().map(|status| status.as_str()).collect();
        BoundFilter {
            statuses: serde_json::to_string(&statuses).expect("names are JSON"),
            source: self.source_id.map(|id| id.to_string()),
            since: self.since.map(to_micros),
            before: self.before.map(|id| id.to_string()),
            severities: serde_json::to_string(&self.severities).expect("names are JSON"),
            alert_types: serde_json::to_string(&self.alert_types).expect("names are JSON"),
        }
    }
}

/// Why an alert was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// There is none.
    #[error("there is no alert with the id {0}")]
    Unknown(AlertId),
    /// A comment without text, or longer than [`COMMENT_BYTES_MAX`].
    #[error("a comment has 1 to {COMMENT_BYTES_MAX} bytes; this one has {0}")]
    CommentLength(usize),
    /// The name of an actor or assignee is empty or longer than [`ACTOR_BYTES_MAX`].
    #[error("a name has 1 to {ACTOR_BYTES_MAX} bytes; this one has {0}")]
    NameLength(usize),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AlertError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Returns the alerts that a filter wants, the newest first, at most `limit` and [`ALERTS_PER_LIST_MAX`].
    pub async fn alerts(&self, filter: &AlertFilter, limit: usize) -> Result<Vec<Alert>, StorageFault> {
        let bound = filter.bound();
        let rows: Vec<AlertRow> = sqlx::query_as(concat!(
            "SELECT ",
            alert_columns!(),
            " FROM alert WHERE ",
            alert_conditions!(),
            " ORDER BY number DESC LIMIT ?7"
        ))
        .bind(bound.statuses)
        .bind(bound.source)
        .bind(bound.since)
        .bind(bound.before)
        .bind(bound.severities)
        .bind(bound.alert_types)
        .bind(count_to_sql(limit.min(ALERTS_PER_LIST_MAX)))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.alert_from_row(row)).collect()
    }

    /// Returns how many alerts nobody has looked at yet.
    pub async fn open_alert_count(&self) -> Result<u64, StorageFault> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM alert WHERE status = ?1")
            .bind(AlertStatus::Open.as_str())
            .fetch_one(self.readers())
            .await
            .or_fault(self)?;
        Ok(count_from_sql(count))
    }

    /// Returns one alert.
    pub async fn alert(&self, id: AlertId) -> Result<Alert, AlertError> {
        let row: Option<AlertRow> = sqlx::query_as(concat!("SELECT ", alert_columns!(), " FROM alert WHERE id = ?1"))
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
        Ok(self.alert_from_row(row.ok_or(AlertError::Unknown(id))?)?)
    }

    /// Returns what happened to an alert, the oldest first, at most the last [`TIMELINE_MAX`].
    pub async fn alert_timeline(&self, id: AlertId) -> Result<Vec<AlertEvent>, AlertError> {
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let number = number_of_alert(&mut snapshot, id).await.or_fault(self)?;
        let number = number.ok_or(AlertError::Unknown(id))?;
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT at, kind, actor, text FROM (SELECT number, at, kind, actor, text FROM alert_event \
             WHERE alert = ?1 ORDER BY number DESC LIMIT ?2) ORDER BY number",
        )
        .bind(number)
        .bind(count_to_sql(TIMELINE_MAX))
        .fetch_all(&mut *snapshot)
        .await
        .or_fault(self)?;
        let event = |(at, kind, actor, text): (i64, String, String, String)| {
            Ok(AlertEvent {
                at: from_micros(at),
                kind: AlertEventKind::of_name(&kind).ok_or_else(|| self.damaged("an alert's event is unknown"))?,
                actor,
                text,
            })
        };
        rows.into_iter().map(event).collect()
    }

    /// Adds a comment to an alert.
    pub async fn comment_alert(&self, id: AlertId, text: &str, actor: &str, now: Timestamp) -> Result<(), AlertError> {
        check_name(actor)?;
        let text = text.trim();
        if text.is_empty() || text.len() > COMMENT_BYTES_MAX {
            return Err(AlertError::CommentLength(text.len()));
        }
        let mut transaction = self.begin_change("comment_alert", Subject::alert(id)).await?;
        let number = number_of_alert(&mut transaction, id).await.or_fault(self)?;
        let number = number.ok_or(AlertError::Unknown(id))?;
        happens(&mut transaction, number, AlertEventKind::Comment, actor, text, now)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Removes alerts that are over and that nothing has happened to for [`ALERTS_KEPT`].
    pub(crate) async fn prune_alerts(&self, now: Timestamp) -> Result<(), StorageFault> {
        let cutoff = to_micros(before(now, ALERTS_KEPT));
        loop {
            let old: Vec<i64> = sqlx::query_scalar(
                "SELECT number FROM alert WHERE updated_at < ?1 AND recovered_at IS NOT NULL LIMIT ?2",
            )
            .bind(cutoff)
            .bind(count_to_sql(ALERTS_PER_CHUNK))
            .fetch_all(self.readers())
            .await
            .or_fault(self)?;
            if old.is_empty() {
                return Ok(());
            }
            let mut transaction = self.begin_write().await?;
            for number in old {
                sqlx::query("DELETE FROM alert WHERE number = ?1")
                    .bind(number)
                    .execute(&mut *transaction)
                    .await
                    .or_fault(self)?;
            }
            transaction.commit().await.or_fault(self)?;
        }
    }

    fn alert_from_row(&self, row: AlertRow) -> Result<Alert, StorageFault> {
        let source_id = row.source.map(|id| id.parse()).transpose();
        Ok(Alert {
            id: row.id.parse().map_err(|_| self.damaged("an alert's id is no UUID"))?,
            kind: row.kind,
            alert_type: row.alert_type,
            severity: row.severity,
            source_id: source_id.map_err(|_| self.damaged("an alert's source is no UUID"))?,
            source_label: row.source_label,
            text: AlertText {
                title: row.title,
                cause: row.cause,
                evidence: row.evidence,
                blind: row.blind,
                remedy: row.remedy,
            },
            status: AlertStatus::of_name(&row.status).ok_or_else(|| self.damaged("an alert's status is unknown"))?,
            assignee: row.assignee,
            opened_at: from_micros(row.opened_at),
            updated_at: from_micros(row.updated_at),
            recovered_at: row.recovered_at.map(from_micros),
        })
    }
}

row! {
    struct AlertRow {
        id: String,
        kind: String,
        alert_type: String,
        severity: String,
        source: Option<String>,
        source_label: Option<String>,
        title: String,
        cause: String,
        evidence: String,
        blind: String,
        remedy: String,
        status: String,
        assignee: Option<String>,
        opened_at: i64,
        updated_at: i64,
        recovered_at: Option<i64>,
    }
}

fn check_name(name: &str) -> Result<(), AlertError> {
    if name.is_empty() || name.len() > ACTOR_BYTES_MAX {
        return Err(AlertError::NameLength(name.len()));
    }
    Ok(())
}

pub(crate) async fn number_of_alert(
    connection: &mut SqliteConnection,
    id: AlertId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT number FROM alert WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
}

/// Adds a row to an alert's timeline.
pub(crate) async fn happens(
    connection: &mut SqliteConnection,
    alert: i64,
    kind: AlertEventKind,
    actor: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO alert_event (alert, at, kind, actor, text) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(alert)
        .bind(to_micros(now))
        .bind(kind.as_str())
        .bind(actor)
        .bind(text)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE alert SET updated_at = max(updated_at, ?2) WHERE number = ?1")
        .bind(alert)
        .bind(to_micros(now))
        .execute(connection)
        .await?;
    Ok(())
}
