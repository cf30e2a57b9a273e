//! Sessions: where users are signed in.
//!
//! The value of a session's cookie is random and kept nowhere, like that of an API token: the database has its SHA-256.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::audit_log::Subject;
use crate::fault::StorageFault;
use crate::ids::{ids, new_uuid};
use crate::password::PasswordHash;
use crate::random::{hash_of, new_value};
use crate::round::shortened;
use crate::store::{OrFault, Store};
use crate::time::{after, before, count_to_sql, from_micros, to_micros};
use crate::user::{User, UserError, UserId};

/// A session that is not used for this long is over: a night and a weekend's Saturday.
pub const SESSION_IDLE_MAX: Duration = Duration::from_hours(36);
/// A session is over after this long, however much it is used.
pub const SESSION_LASTS_MAX: Duration = Duration::from_hours(14 * 24);
/// The most sessions of one user; beyond, the one that was not used for longest is over.
pub const SESSIONS_PER_USER_MAX: usize = 20;

/// When a session was used is written this often: not each request is to wait for the disk.
const LAST_USED_STEP: Duration = Duration::from_secs(60);
/// What the values of cookies begin with, for who finds one.
pub const SESSION_PREFIX: &str = "mgs_";

ids! {
    /// The key of a session, under which its user ends it.
    SessionId
}

/// Where a user is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The key.
    pub id: SessionId,
    /// When they signed in.
    pub begun_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Timestamp,
    /// Where they signed in from.
    pub address: String,
    /// What their browser called itself.
    pub agent: String,
}

/// A session with the value of its cookie.
#[derive(Debug)]
pub struct IssuedSession {
    /// The session.
    pub session: Session,
    /// What the browser sends.
    pub value: SecretString,
}

/// Why a session is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SessionRefused {
    /// There is none with that value: it ended, or its user is gone or may not sign in.
    #[error("you are not signed in any more\nhint: sign in again")]
    Over,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

/// How a session ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// Whoever has it signs out.
    LoggedOut,
    /// Its user ends it from another one.
    Ended,
}

type SessionRow = (String, i64, i64, String, String);

impl Store {
    /// Begins a session of a user who has shown the password that `known` is of. Refused when it is not the one any more.
    pub async fn begin_session(
        &self,
        user: UserId,
        known: &PasswordHash,
        address: Option<IpAddr>,
        agent: &str,
        now: Timestamp,
    ) -> Result<IssuedSession, UserError> {
        let value =
            new_value(SESSION_PREFIX).ok_or_else(|| self.damaged("the operating system gave no random bytes"))?;
        let session = Session {
            id: SessionId(new_uuid(now)),
            begun_at: from_micros(to_micros(now)),
            last_used_at: from_micros(to_micros(now)),
            address: address.map_or_else(String::new, |address| address.to_canonical().to_string()),
            agent: shortened(agent.to_owned()),
        };
        let mut transaction = self.begin_change("log_in", Subject::session(session.id)).await?;
        let number: Option<i64> = sqlx::query_scalar(
            "UPDATE user SET last_login_at = ?2 WHERE id = ?1 AND password_hash = ?3 AND disabled_at IS NULL \
             RETURNING number",
        )
        .bind(user.to_string())
        .bind(to_micros(now))
        .bind(known.kept())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let number = number.ok_or(UserError::PasswordChanged)?;
        sqlx::query(
            "INSERT INTO session (hash, id, user, begun_at, last_used_at, address, agent) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
        )
        .bind(hash_of(value.expose_secret()))
        .bind(session.id.to_string())
        .bind(number)
        .bind(to_micros(now))
        .bind(&session.address)
        .bind(&session.agent)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        sqlx::query(
            "DELETE FROM session WHERE user = ?1 AND hash NOT IN \
             (SELECT hash FROM session WHERE user = ?1 ORDER BY last_used_at DESC, begun_at DESC LIMIT ?2)",
        )
        .bind(number)
        .bind(count_to_sql(SESSIONS_PER_USER_MAX))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(IssuedSession { session, value })
    }

    /// Returns the session of that value and its user, if it goes on at `now`, and notes that it was used.
    pub async fn use_session(&self, value: &str, now: Timestamp) -> Result<(Session, User), SessionRefused> {
        let row: Option<(String, i64, i64, String, String, String)> = sqlx::query_as(
            "SELECT session.id, begun_at, last_used_at, address, agent, user.id FROM session \
             JOIN user ON user.number = session.user WHERE hash = ?1 AND disabled_at IS NULL",
        )
        .bind(hash_of(value))
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let (id, begun_at, last_used_at, address, agent, user) = row.ok_or(SessionRefused::Over)?;
        let session = self.session_from_row((id, begun_at, last_used_at, address, agent))?;
        let is_over =
            after(session.last_used_at, SESSION_IDLE_MAX) <= now || after(session.begun_at, SESSION_LASTS_MAX) <= now;
        if is_over {
            return Err(SessionRefused::Over);
        }
        let user = user.parse().map_err(|_| self.damaged("a user's id is no UUID"))?;
        let user = match self.user(user).await {
            Ok(user) => user,
            Err(UserError::Storage(fault)) => return Err(fault.into()),
            Err(_) => return Err(SessionRefused::Over),
        };
        let is_noted = before(now, LAST_USED_STEP) < session.last_used_at && session.last_used_at <= now;
        if !is_noted && let Err(fault) = self.note_session(session.id, now).await {
            // A full disk must not keep people from reading the alert about it.
            tracing::warn!(error = %fault, "the use of a session could not be noted");
        }
        Ok((session, user))
    }

    async fn note_session(&self, id: SessionId, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE session SET last_used_at = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    /// Returns the sessions of a user, the one that was used last first.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, StorageFault> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT session.id, begun_at, last_used_at, address, agent FROM session \
             JOIN user ON user.number = session.user WHERE user.id = ?1 ORDER BY last_used_at DESC, begun_at DESC",
        )
        .bind(user.to_string())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.session_from_row(row)).collect()
    }

    /// Ends a session of a user. One that is over already is no failure.
    pub async fn end_session(&self, user: UserId, id: SessionId, end: SessionEnd) -> Result<(), StorageFault> {
        let action = match end {
            SessionEnd::LoggedOut => "log_out",
            SessionEnd::Ended => "end_my_session",
        };
        let mut transaction = self.begin_change(action, Subject::session(id)).await?;
        let ended = sqlx::query("DELETE FROM session WHERE id = ?1 AND user = (SELECT number FROM user WHERE id = ?2)")
            .bind(id.to_string())
            .bind(user.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        if ended.rows_affected() == 0 {
            return Ok(());
        }
        transaction.commit().await.or_fault(self)
    }

    /// Removes sessions that are over.
    pub(crate) async fn prune_sessions(&self, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("DELETE FROM session WHERE last_used_at <= ?1 OR begun_at <= ?2")
            .bind(to_micros(before(now, SESSION_IDLE_MAX)))
            .bind(to_micros(before(now, SESSION_LASTS_MAX)))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    fn session_from_row(&self, row: SessionRow) -> Result<Session, StorageFault> {
        let (id, begun_at, last_used_at, address, agent) = row;
        Ok(Session {
            id: id.parse().map_err(|_| self.damaged("a session's id is no UUID"))?,
            begun_at: from_micros(begun_at),
            last_used_at: from_micros(last_used_at),
            address,
            agent,
        })
    }
}
