//! The audit log: what was done to this server, by whom and from where, and what it changed.
//!
//! Whoever acts is named around everything that they have done ([`acting`]); a transaction that changes something on their behalf
//! (`Store::begin_change`) then writes its entry itself, so that there is neither a change without an entry nor an entry without
//! its change. Without somebody who acts (the server's own loops) nothing is written.
//!
//! Entries are never changed. They become events of the log type `Margay.Audit` like the records of any vendor: our own log is a
//! log source ([`Store::own_source`]) whose checkpoint is the number of the last entry that is in its journal.

use jiff::Timestamp;

use crate::fault::StorageFault;
use crate::ids::ids;
use crate::row::row;
use crate::source::OWN_CONNECTOR;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

mod acting;
mod change;
mod object;

#[cfg(test)]
mod tests;

pub use acting::{Acting, acting, acting_now};
pub(crate) use change::Watched;
pub(crate) use object::Subject;
pub use object::{AuditObject, ObjectKind};

/// How many entries the database keeps of those that are in the journal of our own source already; the lake keeps all.
pub const AUDIT_ENTRIES_KEPT_MAX: usize = 100_000;
/// The longest that `before` and `after` may be, each: a schema of ordinary size fits. What is longer is left out, and says so.
pub const AUDIT_STATE_BYTES_MAX: usize = 64 * 1024;

ids! {
    /// The key of an entry of the audit log, and of its event in the lake.
    AuditEntryId
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditActor {
    /// What they are.
    pub kind: ActorKind,
    /// The id of the user or token.
    pub id: Option<String>,
    /// What people call them.
    pub name: String,
}

/// What somebody is who does something. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Somebody who is signed in.
    User,
    /// Whoever has an API token.
    ApiToken,
    /// Whoever may run commands on the data directory; the operating system's name of them.
    CommandLine,
    /// Nobody who is known: a sign-in that failed.
    Nobody,
}

impl ActorKind {
    const ALL: [Self; 4] = [Self::User, Self::ApiToken, Self::CommandLine, Self::Nobody];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiToken => "api_token",
            Self::CommandLine => "command_line",
            Self::Nobody => "nobody",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Something that was done, or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log: each is higher than all before it.
    pub number: u64,
    /// Its id.
    pub id: AuditEntryId,
    /// When, by our clock.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// From where; nothing for the command line, or when a proxy did not tell.
    pub address: Option<String>,
    /// What: the name of the API's operation, such as `pause_log_source`.
    pub action: String,
    /// To what.
    pub object: Option<AuditObject>,
    /// The HTTP status of the answer, for what was refused or changed nothing that is kept.
    pub status: Option<u16>,
    /// The code of the problem; nothing if it was done.
    pub problem: Option<String>,
    /// The object before, as JSON without secrets; nothing if there was none.
    pub before: Option<String>,
    /// The object afterwards, as JSON without secrets; nothing if there is none any more.
    pub after: Option<String>,
    /// The id of the request, as its answer has it.
    pub request_id: Option<String>,
}

/// Which entries are wanted: those that fit everything that is given.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The name or id of who did it.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// To what kind of thing.
    pub object_kind: Option<String>,
    /// To which one.
    pub object_id: Option<String>,
    /// Whether it was done, or refused.
    pub is_done: Option<bool>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// What was asked for and needs an entry although no transaction wrote one: it was refused, or changes nothing that is kept.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// What.
    pub action: String,
    /// To what, as far as the request says.
    pub object: Option<AuditObject>,
    /// The HTTP status of the answer; a command has none.
    pub status: Option<u16>,
    /// The code of the problem, if it was refused.
    pub problem: Option<String>,
    /// What else there is to tell of it, as JSON without secrets.
    pub after: Option<String>,
}

/// The columns of an entry, in the order of its row.
macro_rules! audit_columns {
    () => {
        "number, id, at, actor_kind, actor_id, actor_name, address, action, object_kind, object_id, object_name, status, \
         problem, before, after, request_id"
    };
}

impl Store {
    /// Writes an entry for what whoever acts has asked for.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn record_asked(&self, acting: &Acting, asked: AskedFor) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        let entry = change::Written {
            action: &asked.action,
            object: asked.object.as_ref(),
            status: asked.status,
            problem: asked.problem.as_deref(),
            before: None,
            after: asked.after.as_deref(),
        };
        change::write(&mut transaction, acting, &entry).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    /// Writes an entry for what the task has done in many transactions, or in none, or could not do, if it works on somebody's
    /// behalf: what is done in one transaction writes its own.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn record_tried(&self, tried: AskedFor) -> Result<(), StorageFault> {
        match acting_now() {
            Some(acting) => self.record_asked(&acting, tried).await,
            None => Ok(()),
        }
    }

    /// Returns the entries that fit the filter and were written before `before`, the newest first.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn audit_log(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StorageFault> {
        let rows: Vec<EntryRow> = sqlx::query_as(concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit_log WHERE number < ?1 AND (?2 IS NULL OR actor_name = ?2 OR actor_id = ?2) \
             AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR object_kind = ?4) AND (?5 IS NULL OR object_id = ?5) \
             AND (?6 IS NULL OR (problem IS NULL) = ?6) AND (?7 IS NULL OR at >= ?7) AND (?8 IS NULL OR at < ?8) \
             ORDER BY number DESC LIMIT ?9"
        ))
        .bind(before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX)))
        .bind(&filter.actor)
        .bind(&filter.action)
        .bind(&filter.object_kind)
        .bind(&filter.object_id)
        .bind(filter.is_done)
        .bind(filter.since.map(to_micros))
        .bind(filter.until.map(to_micros))
        .bind(count_to_sql(limit))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.entry_from_row(row)).collect()
    }

    /// Returns one entry, if the database has it.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn audit_entry(&self, id: AuditEntryId) -> Result<Option<AuditEntry>, StorageFault> {
        let row: Option<EntryRow> =
            sqlx::query_as(concat!("SELECT ", audit_columns!(), " FROM audit_log WHERE id = ?1"))
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await
                .or_fault(self)?;
        row.map(|row| self.entry_from_row(row)).transpose()
    }

    /// Returns the entries after that number, the oldest first.
    ///
    /// # Errors
    /// When the database cannot do its work.
    pub async fn audit_log_after(&self, number: u64, limit: usize) -> Result<Vec<AuditEntry>, StorageFault> {
        let rows: Vec<EntryRow> = sqlx::query_as(concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit_log WHERE number > ?1 ORDER BY number LIMIT ?2"
        ))
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(count_to_sql(limit))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.entry_from_row(row)).collect()
    }

    /// Removes entries beyond the newest [`AUDIT_ENTRIES_KEPT_MAX`], as far as they are in the journal.
    pub(crate) async fn prune_audit_log(&self) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query(
            "DELETE FROM audit_log WHERE number <= (SELECT max(number) - ?1 FROM audit_log) AND number <= \
             (SELECT CAST(checkpoint AS INTEGER) FROM journal JOIN source ON source.number = journal.source \
             WHERE connector = ?2)",
        )
        .bind(count_to_sql(AUDIT_ENTRIES_KEPT_MAX))
        .bind(OWN_CONNECTOR)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    fn entry_from_row(&self, row: EntryRow) -> Result<AuditEntry, StorageFault> {
        let object = match (row.object_kind, row.object_id) {
            (Some(kind), Some(id)) => Some(AuditObject {
                kind,
                id,
                name: row.object_name,
            }),
            _ => None,
        };
        Ok(AuditEntry {
            number: count_from_sql(row.number),
            id: row
                .id
                .parse()
                .map_err(|_| self.damaged("an audit entry's id is no UUID"))?,
            at: from_micros(row.at),
            actor: AuditActor {
                kind: ActorKind::of_name(&row.actor_kind).ok_or_else(|| self.damaged("an actor's kind is unknown"))?,
                id: row.actor_id,
                name: row.actor_name,
            },
            address: row.address,
            action: row.action,
            object,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            problem: row.problem,
            before: row.before,
            after: row.after,
            request_id: row.request_id,
        })
    }
}

row! {
    struct EntryRow {
        number: i64,
        id: String,
        at: i64,
        actor_kind: String,
        actor_id: Option<String>,
        actor_name: String,
        address: Option<String>,
        action: String,
        object_kind: Option<String>,
        object_id: Option<String>,
        object_name: Option<String>,
        status: Option<i64>,
        problem: Option<String>,
        before: Option<String>,
        after: Option<String>,
        request_id: Option<String>,
    }
}
