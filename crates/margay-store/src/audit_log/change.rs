//! A transaction that writes its own entry of the audit log.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::object::{AuditObject, State, Subject};
use super::{AUDIT_STATE_BYTES_MAX, Acting, AuditEntryId, acting_now};
use crate::fault::StorageFault;
use crate::ids::new_uuid;
use crate::store::{OrFault, Store};
use crate::time::to_micros;

/// A transaction that changes one thing, and leaves an entry about it if somebody acts. Dropped, it leaves neither.
pub(crate) struct Change {
    transaction: Transaction<'static, Sqlite>,
    watched: Option<Watched>,
}

/// What becomes of one thing within a transaction.
pub(crate) struct Watched {
    acting: Acting,
    action: &'static str,
    subject: Subject,
    before: Option<State>,
    /// What there is to tell in place of how it stands afterwards.
    told: Option<&'static str>,
}

/// An entry, without who and when.
pub(super) struct Written<'a> {
    pub(super) action: &'a str,
    pub(super) object: Option<&'a AuditObject>,
    pub(super) status: Option<u16>,
    pub(super) problem: Option<&'a str>,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
}

impl Store {
    /// Begins a transaction that does `action` to `subject`.
    pub(crate) async fn begin_change(&self, action: &'static str, subject: Subject) -> Result<Change, StorageFault> {
        let mut transaction = self.begin_write().await?;
        let watched = Watched::begin(&mut transaction, action, subject).await.or_fault(self)?;
        Ok(Change { transaction, watched })
    }
}

impl Change {
    /// Says what came of it, as JSON, in place of how the thing stands afterwards.
    pub(crate) fn tell(&mut self, told: &'static str) {
        if let Some(watched) = &mut self.watched {
            watched.told = Some(told);
        }
    }

    /// Commits what was done, and the entry about it.
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if let Some(watched) = self.watched.take() {
            watched.end(&mut self.transaction).await?;
        }
        self.transaction.commit().await
    }
}

impl Watched {
    /// Begins to watch what `action` does to `subject`, if somebody acts.
    pub(crate) async fn begin(
        connection: &mut SqliteConnection,
        action: &'static str,
        subject: Subject,
    ) -> Result<Option<Self>, sqlx::Error> {
        let Some(acting) = acting_now() else { return Ok(None) };
        let before = subject.state(connection).await?;
        Ok(Some(Self {
            acting,
            action,
            subject,
            before,
            told: None,
        }))
    }

    /// Writes the entry.
    pub(crate) async fn end(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let Self {
            acting,
            action,
            subject,
            before,
            told,
        } = self;
        let after = subject.state(&mut *connection).await?;
        let name = after.as_ref().or(before.as_ref()).and_then(|state| state.name.clone());
        let entry = Written {
            action,
            object: Some(&subject.object(name)),
            status: None,
            problem: None,
            before: before.as_ref().map(|state| state.json.as_str()),
            after: told.or(after.as_ref().map(|state| state.json.as_str())),
        };
        write(connection, &acting, &entry).await
    }
}

impl Deref for Change {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

/// Writes an entry. `acting` counts as recorded from then on, also if the transaction fails: then the answer is a failure of the
/// database, which keeps no entry either.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    acting: &Acting,
    entry: &Written<'_>,
) -> Result<(), sqlx::Error> {
    let (actor, at) = (acting.actor_or_nobody(), acting.at());
    sqlx::query(
        "INSERT INTO audit_log (id, at, actor_kind, actor_id, actor_name, address, action, object_kind, object_id, \
         object_name, status, problem, before, after, request_id) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )
    .bind(AuditEntryId(new_uuid(at)).to_string())
    .bind(to_micros(at))
    .bind(actor.kind.as_str())
    .bind(actor.id)
    .bind(actor.name)
    .bind(acting.address())
    .bind(entry.action)
    .bind(entry.object.map(|object| object.kind.as_str()))
    .bind(entry.object.map(|object| object.id.as_str()))
    .bind(entry.object.and_then(|object| object.name.as_deref()))
    .bind(entry.status.map(i64::from))
    .bind(entry.problem)
    .bind(entry.before.map(bounded))
    .bind(entry.after.map(bounded))
    .bind(acting.request_id())
    .execute(connection)
    .await?;
    acting.entry_written();
    Ok(())
}

/// Returns the JSON, or what stands for one that is too long: cut, it would be none.
fn bounded(json: &str) -> String {
    if json.len() <= AUDIT_STATE_BYTES_MAX {
        return json.to_owned();
    }
    format!(r#"{{"leftOut":"it has {} bytes"}}"#, json.len())
}
