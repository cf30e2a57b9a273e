//! Leases: who may append to a source.
//!
//! A lease is a promise that ends with time; a fencing token makes it safe. Every acquisition raises the source's token,
//! and [`Store::append`] compares tokens within its transaction. So a holder that slept through the end of its lease
//! cannot write over the one that came after it:
//!
//! ```text
//! t0  A acquires, token 1
//! t1  A stalls; its lease ends
//! t2  B acquires, token 2, and appends
//! t3  A wakes up and appends with token 1: refused, nothing is written
//! ```

use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::{Remedy, StorageFault};
use crate::store::{OrFault, Store};
use crate::time::{after, from_micros, to_micros};

#[cfg(test)]
mod tests;

/// The longest lease. A stored lease that ends later than this from now was made under a clock that has been set back
/// since, and counts as ended: nobody is locked out until a wrong time comes.
pub const LEASE_TTL_MAX: Duration = Duration::from_hours(1);

/// The fencing number of one acquisition: each is higher than all before it on the same source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseToken(i64);

/// The right to append to a source, until it ends or somebody else gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The source.
    pub source_id: SourceId,
    /// What to show with every append.
    pub token: LeaseToken,
    /// When others may take it, unless it is renewed.
    pub expires_at: Timestamp,
}

/// Why a lease was not given, kept or returned.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// Somebody else has it.
    #[error("the log source {source_id} is being polled by {holder} until {expires_at}")]
    Held {
        /// The source.
        source_id: SourceId,
        /// Who has it.
        holder: String,
        /// Until when, unless they renew it.
        expires_at: Timestamp,
    },
    /// It was released, or somebody else acquired it since.
    #[error("the lease of the log source {source_id} was lost to another holder")]
    Lost {
        /// The source.
        source_id: SourceId,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl LeaseError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            LeaseError::Held { .. } => Remedy::Retry,
            LeaseError::SourceUnknown(_) | LeaseError::Lost { .. } => Remedy::StandDown,
            LeaseError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Acquires the lease of a source for `holder`, with a new token.
    ///
    /// A holder may acquire what it already has: its older token is then void. So a process that is alone on its
    /// database should use the same name at every start, and never waits for the lease of its own past self.
    ///
    /// # Panics
    ///
    /// If `ttl` is longer than [`LEASE_TTL_MAX`] or `holder` is empty.
    pub async fn acquire_lease(
        &self,
        source_id: SourceId,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        assert!(!holder.is_empty(), "a lease has a holder");
        let expires_at = end_of(now, ttl);
        let mut transaction = self.begin_write().await?;
        let row: Option<(i64, i64, Option<String>, i64)> = sqlx::query_as(
            "SELECT source.number, lease.token, lease.holder, lease.expires_at \
             FROM source JOIN lease ON lease.source = source.number WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let (number, token, current_holder, current_end) = row.ok_or(LeaseError::SourceUnknown(source_id))?;
        let current_end = from_micros(current_end);
        if let Some(current_holder) = current_holder
            && current_holder != holder
            && is_running(current_end, now)
        {
            return Err(LeaseError::Held {
                source_id,
                holder: current_holder,
                expires_at: current_end,
            });
        }

        let token = token + 1;
        sqlx::query("UPDATE lease SET token = ?2, holder = ?3, expires_at = ?4 WHERE source = ?1")
            .bind(number)
            .bind(token)
            .bind(holder)
            .bind(to_micros(expires_at))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(Lease {
            source_id,
            token: LeaseToken(token),
            expires_at,
        })
    }

    /// Lets a lease end later. One that has ended can be renewed as long as nobody else acquired it.
    ///
    /// # Panics
    ///
    /// If `ttl` is longer than [`LEASE_TTL_MAX`].
    pub async fn renew_lease(&self, lease: &Lease, now: Timestamp, ttl: Duration) -> Result<Lease, LeaseError> {
        let expires_at = end_of(now, ttl);
        // One statement is a transaction of its own, and this one is made for every source twice a minute.
        let mut writer = self.writer().await?;
        let changed = sqlx::query(
            "UPDATE lease SET expires_at = ?3 WHERE token = ?2 AND holder IS NOT NULL \
             AND source = (SELECT number FROM source WHERE id = ?1)",
        )
        .bind(lease.source_id.to_string())
        .bind(lease.token.0)
        .bind(to_micros(expires_at))
        .execute(&mut *writer)
        .await
        .or_fault(self)?;
        if changed.rows_affected() == 0 {
            return Err(LeaseError::Lost {
                source_id: lease.source_id,
            });
        }
        Ok(Lease {
            expires_at,
            ..lease.clone()
        })
    }

    /// Gives a lease back, so that others need not wait for its end. Its token is void from then on.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), LeaseError> {
        let mut transaction = self.begin_write().await?;
        let changed = sqlx::query(
            "UPDATE lease SET holder = NULL, expires_at = 0 WHERE token = ?2 AND holder IS NOT NULL \
             AND source = (SELECT number FROM source WHERE id = ?1)",
        )
        .bind(lease.source_id.to_string())
        .bind(lease.token.0)
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        if changed.rows_affected() == 0 {
            return Err(LeaseError::Lost {
                source_id: lease.source_id,
            });
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Ends all leases of this database and returns how many there were. Their tokens are void.
    ///
    /// Only for a process that alone holds the data directory, at its start: whoever had these leases is dead, and nobody
    /// need wait for their end.
    pub async fn void_leases(&self) -> Result<u64, StorageFault> {
        let mut transaction = self.begin_write().await?;
        let changed = sqlx::query("UPDATE lease SET holder = NULL, expires_at = 0 WHERE holder IS NOT NULL")
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(changed.rows_affected())
    }
}

impl LeaseToken {
    /// Returns whether a stored token with a holder is this one.
    pub(crate) fn is_current(self, token: i64, has_holder: bool) -> bool {
        has_holder && token == self.0
    }
}

fn end_of(now: Timestamp, ttl: Duration) -> Timestamp {
    assert!(
        ttl <= LEASE_TTL_MAX,
        "a lease of {ttl:?} is longer than {LEASE_TTL_MAX:?}"
    );
    from_micros(to_micros(after(now, ttl)))
}

fn is_running(expires_at: Timestamp, now: Timestamp) -> bool {
    now < expires_at && expires_at <= after(now, LEASE_TTL_MAX)
}
