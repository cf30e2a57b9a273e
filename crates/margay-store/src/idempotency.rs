//! Idempotency keys: what was answered to a request that may come twice.
//!
//! ```text
//! begin ──▶ Begun ──work──▶ finish (kept for IDEMPOTENCY_KEPT) or give up (as if it had never come)
//!   └─────▶ the same again: its answer; while the first is worked on: InProgress; something else: Reused
//! ```
//! A key belongs to an actor and a route. Whoever begins and dies leaves the key taken for [`WORK_MAX`]; then it may begin again.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::envelope::{self, Purpose};
use crate::fault::{Remedy, StorageFault};
use crate::store::{OrFault, Store};
use crate::time::{before, count_to_sql, to_micros};

/// How long an answer is kept: a client that tries again for longer than a day has given up.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_hours(24);
/// The longest key: a UUID has 36.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// The most keys of one actor that are kept; beyond, the oldest go, so that nobody pushes out another's. Creations are made by people and a few machines.
pub const IDEMPOTENCY_KEYS_MAX: usize = 2_000;

/// Longer than the work of any request takes.
const WORK_MAX: Duration = Duration::from_mins(5);

/// A request that carries a key.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub actor: &'a str,
    /// What for, such as `POST /api/v1/destinations`.
    pub route: &'a str,
    /// The key.
    pub key: &'a str,
    /// All of what is asked; it may hold a secret.
    pub body: &'a [u8],
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; never with a secret.
    pub body: String,
}

/// What is to be done for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idempotent {
    /// It is new: the work is to be done.
    Begun,
    /// It was answered before, with this.
    Answered(Answer),
    /// The same is being worked on.
    InProgress,
    /// The key was used for something else.
    Reused,
}

/// Why a key was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum IdempotencyError {
    /// The key is empty or longer than [`IDEMPOTENCY_KEY_BYTES_MAX`].
    #[error("an idempotency key has 1 to {IDEMPOTENCY_KEY_BYTES_MAX} bytes; this one has {0}")]
    KeyLength(usize),
    /// What was asked could not be sealed.
    #[error("the request could not be kept under its idempotency key")]
    NotSealed,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl IdempotencyError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

/// The sealed request, the status and body of its answer, and when it began.
type KeptRow = (Vec<u8>, Option<u16>, Option<String>, i64);

impl Store {
    /// Takes the key of a request for it, or says what became of it.
    pub async fn begin_idempotent(&self, request: Request<'_>, now: Timestamp) -> Result<Idempotent, IdempotencyError> {
        let Request {
            actor,
            route,
            key,
            body,
        } = request;
        if key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX {
            return Err(IdempotencyError::KeyLength(key.len()));
        }
        let hash = Sha256::digest(body);
        let master_key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let mut transaction = self.begin_write().await?;
        let row: Option<KeptRow> = sqlx::query_as(
            "SELECT request, status, body, begun_at FROM idempotency WHERE actor = ?1 AND route = ?2 AND key = ?3",
        )
        .bind(actor)
        .bind(route)
        .bind(key)
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        if let Some((kept, status, body, begun_at)) = row {
            let age_max = if status.is_some() { IDEMPOTENCY_KEPT } else { WORK_MAX };
            let lasts = begun_at > to_micros(before(now, age_max));
            // One that was sealed under another master key is as good as gone.
            let same = envelope::unseal(master_key, Purpose::Idempotency, &kept).map(|kept| kept[..] == hash[..]);
            if let (true, Ok(is_same)) = (lasts, same) {
                return Ok(match (is_same, status, body) {
                    (false, ..) => Idempotent::Reused,
                    (true, Some(status), Some(body)) => Idempotent::Answered(Answer { status, body }),
                    (true, ..) => Idempotent::InProgress,
                });
            }
        }
        let sealed =
            envelope::seal(master_key, Purpose::Idempotency, &hash).map_err(|_| IdempotencyError::NotSealed)?;
        sqlx::query(
            "INSERT INTO idempotency (actor, route, key, request, begun_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (actor, route, key) DO UPDATE SET request = ?4, begun_at = ?5, status = NULL, body = NULL",
        )
        .bind(actor)
        .bind(route)
        .bind(key)
        .bind(sealed)
        .bind(to_micros(now))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        sqlx::query(
            "DELETE FROM idempotency WHERE actor = ?1 AND begun_at < (SELECT begun_at FROM idempotency \
             WHERE actor = ?1 ORDER BY begun_at DESC LIMIT 1 OFFSET ?2) AND (status IS NOT NULL OR begun_at <= ?3)",
        )
        .bind(actor)
        .bind(count_to_sql(IDEMPOTENCY_KEYS_MAX))
        .bind(to_micros(before(now, WORK_MAX)))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(Idempotent::Begun)
    }

    /// Keeps what was answered to a request that has begun; without an answer it is as if it had never come.
    pub async fn finish_idempotent(&self, request: Request<'_>, answer: Option<&Answer>) -> Result<(), StorageFault> {
        let statement = match answer {
            Some(_) => {
                "UPDATE idempotency SET status = ?4, body = ?5 WHERE actor = ?1 AND route = ?2 AND key = ?3 AND status IS NULL"
            }
            None => "DELETE FROM idempotency WHERE actor = ?1 AND route = ?2 AND key = ?3 AND status IS NULL",
        };
        let mut transaction = self.begin_write().await?;
        let mut query = sqlx::query(statement)
            .bind(request.actor)
            .bind(request.route)
            .bind(request.key);
        if let Some(Answer { status, body }) = answer {
            query = query.bind(*status).bind(body);
        }
        query.execute(&mut *transaction).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Removes answers that are older than they are kept.
    pub(crate) async fn prune_idempotency(&self, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("DELETE FROM idempotency WHERE begun_at <= ?1")
            .bind(to_micros(before(now, IDEMPOTENCY_KEPT)))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }
}
